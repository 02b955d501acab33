/* SPDX-License-Identifier: MIT
 *
 * For scripts: the outcome of a handshake as one JSON object on one line.
 *
 *   outcome      "switched", "refused", "plain", "incomplete"; for a response
 *                "other" instead of "plain"
 *   status       of the reply, or of the response; 0 if there is none
 *   error        such as "KEY_MISSING"; null unless refused
 *   rule         such as "RFC 6455 4.2.1"; null unless refused or plain
 *   offset       the first byte of what is wrong; null unless refused
 *   consumed     bytes taken.  switched: the new protocol begins there, behind
 *                the head and a body.  plain, other: the body begins there.
 *                incomplete: the whole input
 *   protocol, subprotocol, extensions   what was agreed on, or null; the
 *                last is the value of Sec-WebSocket-Extensions
 *   close        true if the connection closes after the reply; for a
 *                response: if the client closes it, or the server closes it
 *                after the body
 *   reply        all bytes sent, a 100 before a body included, or "";
 *                byte N is code point N
 *   hint         what usually causes it, and what helps; null if switched
 *
 * upshake-client only:
 *   messages     the texts that were received; with --binary also the other
 *                messages, as hexadecimal digits
 *   body         "other": the beginning of the body; byte N is code point N
 *   times        as below, with --timing
 *
 * upshake-inspect only:
 *   sentence     the verdict in words
 *   line, column of the byte at `offset`, counted from 1; null unless refused
 *   input        what the input is: "raw" for the exact bytes; "text" for a
 *                request that was pasted or edited; a name of --from; or what
 *                is no request: "gzip", "zip", "hexdump", "log", "http2",
 *                "proxy-v2", "response", "json", "html"
 *   also         further faults of the head: error, rule, sentence, offset,
 *                line and column of each
 *   times        milliseconds of the steps name, connect, tls and answer of a
 *                connection to a server; null for a step that there was not
 *   from         the client's address and port, with --listen
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_JSON_H
#define UPSHAKE_EXAMPLES_COMMON_JSON_H

#include <stdio.h>

#include "upshake.h"

/* The members of the object, in their order. */
struct verdict {
  const char *outcome;
  int status;
  const char *error; /* NULL unless refused */
  const char *rule;  /* NULL if there is none */
  size_t offset;     /* valid if there is an error */
  size_t consumed;
  upshake_slice protocol; /* this and the next two: absent if there is none */
  upshake_slice subprotocol;
  upshake_slice extensions;
  int close;
  upshake_slice reply;
  const char *messages; /* the elements of the array; NULL: no such member */
  const char *more;     /* members behind all others, as JSON; or NULL */
};

/* How CR, LF and tab are escaped: as \r, or as \u000d like other control
 * characters. */
enum json_escapes { JSON_SHORT, JSON_LONG };

/* Returns the members for a response, as a client judges it. */
struct verdict verdict_of(const upshake_client_result *result);

/* Prints the object on standard output. */
void put_json(const struct verdict *said, enum json_escapes escapes);

/* Escapes quotation mark, backslash and control characters (RFC 8259 7), and
 * all bytes that are not printable ASCII. */
void put_json_byte(FILE *out, unsigned char byte, enum json_escapes escapes);

#endif
