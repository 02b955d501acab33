/* SPDX-License-Identifier: MIT
 *
 * What a program does before it listens, and what it says of it.  None of this
 * has to do with upshake.
 */
#ifndef START_H
#define START_H

#include <netinet/in.h>

/* The exit statuses are those of sysexits.h. */
enum { EXIT_BAD_USAGE = 64, EXIT_BAD_SYSTEM = 71, EXIT_BAD_OUTPUT = 74 };

/* A socket must not become standard input, output or error, where one of them
 * is closed: it would be sent what is printed.  Their use fails as before. */
void keep_streams(void);

/* A decimal number from min to max, or -1. */
long parse_number(const char *text, long min, long max);

/* PORT, the only argument of the program, on 127.0.0.1; `usual` where it is not
 * there.  Exits with one line on stderr where it is not a number from `least`
 * to 65535, and behind --help.  Does keep_streams, too. */
struct sockaddr_in take_port(const char *program, int argc, char **argv,
                             int least, int usual);

/* "listening on http://127.0.0.1:8100/", at once.  Exits with one line on
 * stderr where that cannot be written. */
void say_where(const char *program, int listener);

#endif
