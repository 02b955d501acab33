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
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/random.h>
#endif

long long net_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

moment net_now_ms(void) { return net_now_us() / 1000; }

/* ---- Waiting ------------------------------------------------------------- */

static int stop_pipe[2] = {-1, -1};

/* Writes are safe in a handler of signals; errno must not change there. */
static void note_stop(int signal) {
  int saved = errno;
  ssize_t ignored = write(stop_pipe[1], "", 1);
  (void)ignored;
  (void)signal;
  errno = saved;
}

int net_catch_stop(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_stop;
  if (pipe(stop_pipe) != 0)
    return -1;
  for (int i = 0; i < 2; i++) {
    fcntl(stop_pipe[i], F_SETFL, O_NONBLOCK);
    fcntl(stop_pipe[i], F_SETFD, FD_CLOEXEC);
  }
  return sigaction(SIGINT, &action, NULL) == 0 &&
                 sigaction(SIGTERM, &action, NULL) == 0
             ? 0
             : -1;
}

int net_stop_fd(void) { return stop_pipe[0]; }

int net_wait(int fd, short events, moment deadline) {
  struct pollfd polled[2] = {{fd, events, 0}, {stop_pipe[0], POLLIN, 0}};
  for (;;) {
    moment left = deadline - net_now_ms();
    int ready = poll(polled, 2, left > 0 ? (int)left : 0);
    if (ready > 0 && polled[1].revents == 0)
      return 0;
    if (ready > 0)
      errno = ECANCELED;
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
  if (net_wait(fd, POLLOUT, deadline) != 0)
    return -1;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
    return -1;
  errno = error;
  return error == 0 ? 0 : -1;
}

static int open_socket(const struct net_address *address) {
  int on = 1;
  int fd = socket(address->family, SOCK_STREAM, 0);
  if (fd < 0)
    return -1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
    return fd;
  close(fd);
  return -1;
}

static int connect_to(const struct net_address *address, moment deadline) {
  int fd = open_socket(address);
  if (fd < 0)
    return -1;
  if (connect(fd, (const struct sockaddr *)&address->address, address->len) ==
      0)
    return fd;
  if ((errno == EINPROGRESS || errno == EINTR) &&
      finish_connect(fd, deadline) == 0)
    return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

/* Each address has its share of the time: one that is silent leaves some to the
 * others. */
int net_connect_to(const struct net_addresses *addresses, moment deadline,
                   const char **why) {
  int fd = -1;
  for (size_t i = 0; i < addresses->len && fd < 0; i++) {
    moment now = net_now_ms();
    moment share = (deadline - now) / (moment)(addresses->len - i);
    fd = connect_to(&addresses->at[i], now + share);
  }
  if (fd < 0)
    *why = strerror(errno);
  return fd;
}

/* ---- The name ------------------------------------------------------------ */

/* What the other process says of a name. */
struct found {
  int error, system; /* of getaddrinfo, and errno */
  struct net_addresses addresses;
};

static void look_up(const char *host, const char *port, int flags,
                    struct found *found) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                           .ai_flags = AI_NUMERICSERV | flags};
  struct addrinfo *all = NULL;
  memset(found, 0, sizeof *found);
  found->error = getaddrinfo(host, port, &hints, &all);
  found->system = errno;
  if (found->error != 0)
    return;
  for (struct addrinfo *from = all; from != NULL; from = from->ai_next) {
    struct net_address *to = &found->addresses.at[found->addresses.len];
    if (found->addresses.len == NET_ADDRESSES_MAX)
      break;
    if (from->ai_addrlen > sizeof to->address)
      continue;
    to->family = from->ai_family;
    to->len = from->ai_addrlen;
    memcpy(&to->address, from->ai_addr, from->ai_addrlen);
    found->addresses.len++;
  }
  freeaddrinfo(all);
}

static _Noreturn void look_up_and_end(const char *host, const char *port,
                                      int out) {
  struct found found;
  look_up(host, port, 0, &found);
  /* One write of less than PIPE_BUF bytes is never split. */
  _exit(write(out, &found, sizeof found) == (ssize_t)sizeof found ? 0 : 1);
}

/* Returns 0, or -1 with errno.  A process without an answer is ended. */
static int ask_other_process(const char *host, const char *port,
                             moment deadline, struct found *found) {
  int ends[2], status;
  if (pipe(ends) != 0)
    return -1;
  pid_t child = fork();
  if (child == 0)
    look_up_and_end(host, port, ends[1]);
  int failed = child < 0 || net_wait(ends[0], POLLIN, deadline) != 0 ||
               read(ends[0], found, sizeof *found) != (ssize_t)sizeof *found;
  int saved = errno;
  close(ends[0]);
  close(ends[1]);
  if (child > 0) {
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
      continue;
  }
  errno = saved;
  return failed ? -1 : 0;
}

int net_find(const char *host, const char *port, moment deadline,
             struct net_addresses *addresses, const char **why) {
  struct found found;
  look_up(host, port, AI_NUMERICHOST, &found); /* an address needs no time */
  if (found.error != 0 &&
      ask_other_process(host, port, deadline, &found) != 0) {
    *why = strerror(errno);
    return -1;
  }
  if (found.error != 0) {
    *why = found.error == EAI_SYSTEM ? strerror(found.system)
                                     : gai_strerror(found.error);
    return -1;
  }
  *addresses = found.addresses;
  return 0;
}

/* 127.0.0.0/8, ::1, and the first of these inside of IPv6. */
static int is_loopback(const struct net_address *at) {
  if (at->family == AF_INET) {
    const struct sockaddr_in *ipv4 = (const void *)&at->address;
    return ntohl(ipv4->sin_addr.s_addr) >> 24 == 127;
  }
  const struct in6_addr *ipv6 =
      &((const struct sockaddr_in6 *)(const void *)&at->address)->sin6_addr;
  return at->family == AF_INET6 &&
         (IN6_IS_ADDR_LOOPBACK(ipv6) ||
          (IN6_IS_ADDR_V4MAPPED(ipv6) && ipv6->s6_addr[12] == 127));
}

int net_is_loopback(const struct net_addresses *addresses) {
  for (size_t i = 0; i < addresses->len; i++)
    if (!is_loopback(&addresses->at[i]))
      return 0;
  return addresses->len > 0;
}

int net_connect(const char *host, const char *port, long timeout,
                const char **why) {
  struct net_addresses addresses;
  if (net_find(host, port, net_now_ms() + timeout, &addresses, why) != 0)
    return -1;
  return net_connect_to(&addresses, net_now_ms() + timeout, why);
}

/* ---- Bytes -------------------------------------------------------------- */

/* MSG_NOSIGNAL: if the peer has gone, send returns an error instead of a
 * SIGPIPE. */
int net_send(int fd, const char *bytes, size_t len, long timeout) {
  while (len > 0) {
    ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
    if (n < 0 && !is_for_later(errno))
      return -1;
    if (n < 0 && net_wait(fd, POLLOUT, net_now_ms() + timeout) != 0)
      return -1;
    if (n < 0)
      continue;
    bytes += n;
    len -= (size_t)n;
  }
  return 0;
}

ssize_t net_receive(int fd, char *bytes, size_t cap, long timeout) {
  moment deadline = net_now_ms() + timeout;
  for (;;) {
    ssize_t n = recv(fd, bytes, cap, 0);
    if (n >= 0 || !is_for_later(errno))
      return n;
    if (net_wait(fd, POLLIN, deadline) != 0)
      return -1;
  }
}

void net_drain(int fd, long timeout) {
  char bytes[4096];
  moment deadline = net_now_ms() + timeout;
  while (net_now_ms() < deadline &&
         net_receive(fd, bytes, sizeof bytes, (long)(deadline - net_now_ms())) >
             0)
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
