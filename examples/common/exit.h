/* SPDX-License-Identifier: MIT
 *
 * How a program ends.  Nothing here uses upshake or POSIX.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_EXIT_H
#define UPSHAKE_EXAMPLES_COMMON_EXIT_H

/* Exit statuses, as in sysexits.h. */
enum {
  EXIT_BAD_USAGE = 64,
  EXIT_BAD_INPUT = 66,
  EXIT_BAD_SYSTEM = 71,
  EXIT_BAD_OUTPUT = 74
};

/* Writes out standard output at the end of a program.  Returns the status.  If
 * some output could not be written, returns EXIT_BAD_OUTPUT after a line on
 * stderr: the complaint. */
int end_output(int status, const char *complaint);

#endif
