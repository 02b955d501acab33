/* SPDX-License-Identifier: MIT
 *
 * What upshake-client prints: error lines, the two heads, and an object for
 * scripts.  Bytes from the network are made harmless for a terminal.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_REPORT_H
#define UPSHAKE_EXAMPLES_CLIENT_REPORT_H

#include <stdio.h>

#include "upshake.h"

/* Prints one line on stderr, with the name of the program before it. */
void complain(const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* Prints bytes of heads on stderr, with a mark before each line: "> " for the
 * request, "< " for the response.  The bytes may come in pieces.  Only
 * `mark` is set at the start. */
struct shown {
  const char *mark;
  int in_line;
};
void show_bytes(struct shown *shown, const char *bytes, size_t len);
void show_end(struct shown *shown); /* ends a line that is not complete */

/* Prints a received message on a line of its own: a text, or with is_text 0 its
 * bytes as hexadecimal digits.  On a terminal, "< " stands before it, and
 * control characters are made harmless. */
void print_message(int is_text, const char *bytes, size_t len);

/* On a terminal, prints a message that was sent, with "> " before it, unless
 * the terminal shows it because a person has typed it. */
void print_sent(int is_text, const char *bytes, size_t len, int is_typed);

/* Prints UTF-8 as the inside of a JSON string (RFC 8259 7), without the
 * quotes. */
void put_json_text(FILE *out, const char *text, size_t len);

/* Prints the keys of upshake-inspect --client, and `messages`: the received
 * texts, given as the elements of an array.  `more` are further members, with a
 * comma before each. */
void print_json(const upshake_client_result *result, const char *messages,
                const char *more);

#endif
