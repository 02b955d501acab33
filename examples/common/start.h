/* SPDX-License-Identifier: MIT
 *
 * What a program does before it serves: its standard streams, its command line,
 * and its port.  Nothing here uses upshake.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_START_H
#define UPSHAKE_EXAMPLES_COMMON_START_H

#include <stddef.h>
#include <sys/socket.h>

#include "exit.h"

/* If standard input, output or error is closed, a socket would get its number,
 * and would receive what the program prints.  This opens them.  Using them
 * still fails, as before. */
void keep_streams(void);

/* ---- The command line ---------------------------------------------------- */

/* Returns a decimal number from min to max, or -1. */
long parse_number(const char *text, long min, long max);

struct option_value {
  const char *name;  /* "--port" */
  const char *value; /* NULL until it is given; the last one counts */
};

/* Takes `--name VALUE` or `--name=VALUE` in any order.  Returns 0, or -1 if an
 * option is unknown, has no value, or is missing. */
int take_values(int argc, char **argv, struct option_value *options,
                size_t len);

/* Exits after the usage, one line: for --help it goes to stdout.  For any other
 * command line it goes to stderr, and the exit status is EXIT_BAD_USAGE. */
_Noreturn void end_with_usage(int argc, char **argv, const char *usage);

/* ---- The port ------------------------------------------------------------ */

#define LISTENERS_MAX 2

/* Sockets that listen on one port.  They do not block. */
struct listeners {
  int fds[LISTENERS_MAX]; /* from `len` on: -1, which poll skips */
  size_t len;
  int port;
};

/* Returns a socket that listens there, or -1 with errno. */
int listen_on(const struct sockaddr *address, socklen_t len);

/* Listens on 127.0.0.1 and, if the machine has it, on [::1].  Port 0 chooses a
 * free port.  If another program has this port on [::1], a line on stderr says
 * so, and 127.0.0.1 is enough.  Returns 0, or -1 after a line on stderr. */
int open_listeners(const char *program, long port, struct listeners *listeners);

/* Prints "listening on http://127.0.0.1:8100/" at once; the scheme is "http" or
 * "https".  If that cannot be written, exits after one line on stderr. */
void say_where(const char *program, const char *scheme,
               const struct listeners *listeners);

/* For a program that polls: the socket does not block, sends small pieces at
 * once, and notices in the end if the peer has vanished. */
void prepare_for_poll(int fd);

/* Accepts a connection that waits.  Returns its socket, prepared, or -1 with
 * errno. */
int accept_for_poll(int listener);

#endif
