/* SPDX-License-Identifier: MIT
 *
 * What a program does before it listens.  Nothing here uses upshake.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_START_H
#define UPSHAKE_EXAMPLES_COMMON_START_H

#include <netinet/in.h>

#include "exit.h"

/* If standard input, output or error is closed, a socket would get its number,
 * and would receive what the program prints.  This opens them.  Using them
 * still fails, as before. */
void keep_streams(void);

/* Returns a decimal number from min to max, or -1. */
long parse_number(const char *text, long min, long max);

/* Takes PORT, the only argument of the program, on 127.0.0.1; `usual` if there
 * is no argument.  If it is not a number from `least` to 65535, exits with one
 * line on stderr.  Exits after --help.  Calls keep_streams first. */
struct sockaddr_in take_port(const char *program, int argc, char **argv,
                             int least, int usual);

/* Prints "listening on http://127.0.0.1:8100/" at once.  If that cannot be
 * written, exits with one line on stderr. */
void say_where(const char *program, int listener);

#endif
