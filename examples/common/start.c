/* SPDX-License-Identifier: MIT
 *
 * What a program does before it listens: see start.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "start.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A new descriptor gets the lowest free number.  A program cannot read from
 * this standard input and cannot write to these outputs, just as if they were
 * closed. */
void keep_streams(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0)
      open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

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

struct sockaddr_in take_port(const char *program, int argc, char **argv,
                             int least, int usual) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  long port = argc > 1 ? parse_number(argv[1], least, 65535) : usual;
  int help = argc == 2 && strcmp(argv[1], "--help") == 0;
  keep_streams();
  if (argc > 2 || port < 0) {
    fprintf(help ? stdout : stderr,
            "usage: %s [PORT]; PORT is a number from %d to 65535 (%d)\n",
            program, least, usual);
    exit(!help ? EXIT_BAD_USAGE : fflush(stdout) == 0 ? 0 : EXIT_BAD_OUTPUT);
  }
  at.sin_port = htons((in_port_t)port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

void say_where(const char *program, int listener) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t len = sizeof at;
  if (getsockname(listener, (struct sockaddr *)&at, &len) == 0 &&
      printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port)) > 0 &&
      fflush(stdout) == 0)
    return;
  fprintf(stderr, "%s: cannot say where it listens: %s\n", program,
          strerror(errno));
  exit(EXIT_BAD_OUTPUT);
}
