/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: what both its sides, server and client, print with.
 *
 * Octets from the network are printed escaped: they may come from an attacker,
 * and what is wrong with them is often what cannot be seen.
 */
#ifndef INSPECT_PRINT_H
#define INSPECT_PRINT_H

#include <stdio.h>

#include "inspect_input.h"
#include "upshake.h"

/* How it ended; the numbers are the exit statuses. */
typedef enum outcome {
  SWITCHED = 0,
  REFUSED = 1,
  PLAIN = 2, /* of a request: it asks for no switch */
  OTHER = 2, /* of a response: it grants none */
  INCOMPLETE = 3
} outcome;

#define SUBPROTOCOL_FIELD "Sec-WebSocket-Protocol"
#define EXTENSIONS_FIELD "Sec-WebSocket-Extensions"

/* ---- For scripts --------------------------------------------------------- */

/* The members of the JSON object, in its order; see inspect_json.c. */
typedef struct verdict {
  const char *outcome;
  int status;
  const char *error; /* NULL unless refused */
  const char *rule;  /* NULL where there is none */
  size_t offset;     /* counts where there is an error */
  size_t consumed;
  upshake_slice protocol; /* these four: absent where there is none */
  upshake_slice version;  /* of the protocol, where that is apart */
  upshake_slice subprotocol;
  upshake_slice extensions;
  int close;
  upshake_slice reply;
} verdict;

void put_json(const verdict *said);

/* ---- For people ---------------------------------------------------------- */

/* Print octets so that they harm no terminal: \r \n \t \\ \xHH. */
void put_escaped(FILE *out, const char *octets, size_t len);
void put_slice(upshake_slice slice);

/* A line is a label of at most 12 letters, and what there is to say. */
void put_label(const char *label);

/* Print words, in as many lines as they need, beside a label. */
void put_words(const char *words);

/* The lines of an error: its sentence, its name and its rule. */
void put_error(upshake_error error);

/* As many of the octets as one line shows, on a line of their own. */
void put_octets(const char *octets, size_t len);

/* Where the octet at `offset` is in the input, and its line with a mark below
 * it; where it is missing behind a head, only that. */
void put_where(const input *in, size_t offset);
void put_missing(size_t offset);

/* What stands between two places of the input. */
void put_rest(const char *label, const input *in, size_t at, size_t end);

/* All field lines with that name, each in a line; returns how many. */
size_t put_received(const char *label, upshake_slice fields, const char *name);

/* The members of all lines with that name; `lead` goes before the first one.
 * Returns how many. */
size_t put_members(const char *lead, upshake_slice fields, const char *name);

#endif
