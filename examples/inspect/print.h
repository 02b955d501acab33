/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: printing, for the server's and the client's side.
 *
 * Bytes from the network are printed escaped.  They may come from an attacker,
 * and often the wrong byte is one that cannot be seen.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_PRINT_H
#define UPSHAKE_EXAMPLES_INSPECT_PRINT_H

#include <stdio.h>

#include "input.h"
#include "../common/note.h"
#include "upshake.h"

/* The outcomes; their numbers are the exit statuses. */
typedef enum outcome {
  SWITCHED = 0,
  REFUSED = 1,
  PLAIN = 2, /* a request that asks for no switch */
  OTHER = 2, /* a response that grants no switch */
  INCOMPLETE = 3
} outcome;

#define SUBPROTOCOL_FIELD "Sec-WebSocket-Protocol"
#define EXTENSIONS_FIELD "Sec-WebSocket-Extensions"

/* Prints bytes so that they harm no terminal: \r \n \t \\ \xHH. */
void put_escaped(FILE *out, const char *bytes, size_t len);
void put_slice(upshake_slice slice);

/* Begins a line with a label of at most 12 letters. */
void put_label(const char *label);

/* Prints as many of the bytes as one line can show, on a line of their own. */
void put_bytes(const char *bytes, size_t len);

/* Prints the bytes between two places of the input. */
void put_rest(const char *label, const input *in, size_t at, size_t end);

/* Prints all field lines with this name, each on a line.  Returns how many. */
size_t put_received(const char *label, upshake_fields fields, const char *name);

/* Prints the members of all lines with this name; `lead` goes before the first
 * member.  Returns how many. */
size_t put_members(const char *lead, upshake_fields fields, const char *name);

#endif
