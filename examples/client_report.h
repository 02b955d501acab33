/* SPDX-License-Identifier: MIT
 *
 * What upshake-client says: its complaints, the two heads, and one object for
 * scripts.  Octets from the network are made harmless for a terminal.
 */
#ifndef CLIENT_REPORT_H
#define CLIENT_REPORT_H

#include <stdio.h>

#include "upshake.h"

/* One line on stderr, behind the name of the program. */
void complain(const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* Octets of heads on stderr, each line behind a mark: "> " for ours, "< " for
 * theirs.  They may come in pieces; begins as { mark }. */
struct shown {
  const char *mark;
  int in_line;
};
void show_octets(struct shown *shown, const char *octets, size_t len);
void show_end(struct shown *shown); /* of a line that was cut off */

/* A message on a line of its own; to a terminal without what could control
 * it. */
void print_message(const char *text, size_t len);

/* UTF-8 as it stands in a string of JSON (RFC 8259 7), without the quotes. */
void put_json_text(FILE *out, const char *text, size_t len);

/* The keys are those of upshake-inspect --client, and `messages`, the texts
 * that came, which are given as they stand in an array. */
void print_json(const upshake_client_result *result, const char *messages);

#endif
