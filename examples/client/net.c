/* SPDX-License-Identifier: MIT
 *
 * A TCP connection with time limits: see net.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/random.h>
#endif

moment now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (moment)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns 0 if the socket is ready, or -1 with errno. */
static int wait_until(int fd, short events, moment deadline) {
  struct pollfd polled = {fd, events, 0};
  for (;;) {
    moment left = deadline - now_ms();
    int ready = poll(&polled, 1, left > 0 ? (int)left : 0);
    if (ready > 0)
      return 0;
    if (ready == 0)
      errno = ETIMEDOUT;
    if (errno != EINTR)
      return -1;
  }
}

static int is_for_later(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* ---- Connecting ---------------------------------------------------------- */

/* SO_ERROR tells the outcome of a connect that did not block. */
static int finish_connect(int fd, moment deadline) {
  int error = 0;
  socklen_t len = sizeof error;
  if (wait_until(fd, POLLOUT, deadline) != 0)
    return -1;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
    return -1;
  errno = error;
  return error == 0 ? 0 : -1;
}

static int open_socket(const struct addrinfo *address) {
  int on = 1;
  int fd =
      socket(address->ai_family, address->ai_socktype, address->ai_protocol);
  if (fd < 0)
    return -1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
    return fd;
  close(fd);
  return -1;
}

static int connect_to(const struct addrinfo *address, moment deadline) {
  int fd = open_socket(address);
  if (fd < 0)
    return -1;
  if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
    return fd;
  if ((errno == EINPROGRESS || errno == EINTR) &&
      finish_connect(fd, deadline) == 0)
    return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

/* The system looks up the name, with a time limit of its own. */
int net_connect(const char *host, const char *port, long timeout,
                const char **why) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                           .ai_flags = AI_NUMERICSERV};
  struct addrinfo *addresses;
  int fd = -1;
  int error = getaddrinfo(host, port, &hints, &addresses);
  if (error != 0) {
    *why = error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
    return -1;
  }
  for (struct addrinfo *at = addresses; at != NULL && fd < 0; at = at->ai_next)
    fd = connect_to(at, now_ms() + timeout);
  if (fd < 0)
    *why = strerror(errno);
  freeaddrinfo(addresses);
  return fd;
}

/* ---- Bytes -------------------------------------------------------------- */

/* MSG_NOSIGNAL: if the peer has gone, send returns an error instead of a
 * SIGPIPE. */
int net_send(int fd, const char *bytes, size_t len, long timeout) {
  while (len > 0) {
    ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
    if (n < 0 && !is_for_later(errno))
      return -1;
    if (n < 0 && wait_until(fd, POLLOUT, now_ms() + timeout) != 0)
      return -1;
    if (n < 0)
      continue;
    bytes += n;
    len -= (size_t)n;
  }
  return 0;
}

ssize_t net_receive(int fd, char *bytes, size_t cap, long timeout) {
  moment deadline = now_ms() + timeout;
  for (;;) {
    ssize_t n = recv(fd, bytes, cap, 0);
    if (n >= 0 || !is_for_later(errno))
      return n;
    if (wait_until(fd, POLLIN, deadline) != 0)
      return -1;
  }
}

void net_drain(int fd, long timeout) {
  char bytes[4096];
  moment deadline = now_ms() + timeout;
  while (now_ms() < deadline &&
         net_receive(fd, bytes, sizeof bytes, (long)(deadline - now_ms())) > 0)
    continue;
}

/* ---- Randomness ---------------------------------------------------------- */

static int read_device(unsigned char *bytes, size_t len) {
  int fd = open("/dev/urandom", O_RDONLY);
  while (fd >= 0 && len > 0) {
    ssize_t n = read(fd, bytes, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    bytes += n;
    len -= (size_t)n;
  }
  if (fd >= 0)
    close(fd);
  return len == 0 ? 0 : -1;
}

/* getrandom fills up to 256 bytes in one call (getrandom(2)).  The device is
 * for systems without it. */
int net_random(void *bytes, size_t len) {
#ifdef __linux__
  if (len <= 256 && getrandom(bytes, len, 0) == (ssize_t)len)
    return 0;
#endif
  return read_device(bytes, len);
}
