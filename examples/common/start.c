/* SPDX-License-Identifier: MIT
 *
 * What a program does before it serves: see start.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "start.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A new descriptor gets the lowest free number.  A program cannot read from
 * this standard input and cannot write to these outputs, just as if they were
 * closed. */
void keep_streams(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0)
      open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* ---- The command line ---------------------------------------------------- */

long parse_number(const char *text, long min, long max) {
  char *end;
  if (text[0] < '0' || text[0] > '9')
    return -1;
  errno = 0;
  long number = strtol(text, &end, 10);
  if (errno != 0 || *end != '\0' || number < min || number > max)
    return -1;
  return number;
}

/* Returns how many words it has taken, or 0. */
static int take_value(char **words, struct option_value *option) {
  size_t len = strlen(option->name);
  if (strncmp(words[0], option->name, len) != 0)
    return 0;
  if (words[0][len] == '=') {
    option->value = words[0] + len + 1;
    return 1;
  }
  if (words[0][len] != '\0' || words[1] == NULL)
    return 0;
  option->value = words[1];
  return 2;
}

int take_values(int argc, char **argv, struct option_value *options,
                size_t len) {
  for (int i = 1, taken; i < argc; i += taken) {
    taken = 0;
    for (size_t k = 0; k < len && taken == 0; k++)
      taken = take_value(&argv[i], &options[k]);
    if (taken == 0)
      return -1;
  }
  for (size_t k = 0; k < len; k++)
    if (options[k].value == NULL)
      return -1;
  return 0;
}

void end_with_usage(int argc, char **argv, const char *usage) {
  if (argc != 2 || strcmp(argv[1], "--help") != 0) {
    fprintf(stderr, "%s\n", usage);
    exit(EXIT_BAD_USAGE);
  }
  exit(puts(usage) >= 0 && fflush(stdout) == 0 ? 0 : EXIT_BAD_OUTPUT);
}

/* ---- The port ------------------------------------------------------------ */

/* Port 0 chooses so many times at most: a port that is free on 127.0.0.1 is
 * rarely taken on [::1]. */
#define TRIES 16

int listen_on(const struct sockaddr *address, socklen_t len) {
  int on = 1, fd = socket(address->sa_family, SOCK_STREAM, 0);
  if (fd < 0)
    return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, address, len) == 0 && listen(fd, SOMAXCONN) == 0 &&
      fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
      fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
    return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

static int listen_on_ipv4(long port) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((in_port_t)port)};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return listen_on((struct sockaddr *)&at, sizeof at);
}

static int listen_on_ipv6(long port) {
  struct sockaddr_in6 at = {.sin6_family = AF_INET6,
                            .sin6_port = htons((in_port_t)port),
                            .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  return listen_on((struct sockaddr *)&at, sizeof at);
}

static int port_of(int listener) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t len = sizeof at;
  getsockname(listener, (struct sockaddr *)&at, &len);
  return ntohs(at.sin_port);
}

/* Returns 0 or an error.  If there is an error and one listener, another
 * program has the port on [::1].  If there is no listener, it is the error of
 * 127.0.0.1.  A machine without IPv6 is no error. */
static int open_both(long port, struct listeners *listeners) {
  *listeners = (struct listeners){.fds = {listen_on_ipv4(port), -1}};
  if (listeners->fds[0] < 0)
    return errno;
  listeners->port = port_of(listeners->fds[0]);
  listeners->fds[1] = listen_on_ipv6(listeners->port);
  listeners->len = listeners->fds[1] >= 0 ? 2 : 1;
  return listeners->len == 1 && errno == EADDRINUSE ? EADDRINUSE : 0;
}

int open_listeners(const char *program, long port,
                   struct listeners *listeners) {
  int error = open_both(port, listeners);
  for (int i = 1; i < TRIES && port == 0 && error && listeners->len == 1; i++) {
    close(listeners->fds[0]);
    error = open_both(port, listeners);
  }
  if (listeners->len == 0)
    return fprintf(stderr, "%s: cannot listen on 127.0.0.1 port %ld: %s\n",
                   program, port, strerror(error)),
           -1;
  if (error != 0)
    fprintf(stderr, "%s: not listening on [::1] port %d: %s\n", program,
            listeners->port, strerror(error));
  return 0;
}

void say_where(const char *program, const char *scheme,
               const struct listeners *listeners) {
  if (printf("listening on %s://127.0.0.1:%d/\n", scheme, listeners->port) >
          0 &&
      fflush(stdout) == 0)
    return;
  fprintf(stderr, "%s: cannot say where it listens: %s\n", program,
          strerror(errno));
  exit(EXIT_BAD_OUTPUT);
}

void prepare_for_poll(int fd) {
  int on = 1;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

int accept_for_poll(int listener) {
  int fd = accept(listener, NULL, NULL);
  if (fd >= 0)
    prepare_for_poll(fd);
  return fd;
}
