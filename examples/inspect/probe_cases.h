/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --probe: the breakages that are sent to a server.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_PROBE_CASES_H
#define UPSHAKE_EXAMPLES_INSPECT_PROBE_CASES_H

#include <stddef.h>

/* How the rule binds a server. */
typedef enum level { MUST, SHOULD } level;

/* What the rule allows.  A server may always close the connection, unless the
 * rule names a status. */
typedef enum allowed {
  NO_SWITCH,     /* everything but a 101 */
  NO_SWITCH_NOW, /* the same; or silence, as the request has not ended */
  AN_ERROR,      /* a status from 400 on */
  STATUS_400,    /* 400, and nothing else */
  VERSION_13,    /* an error with Sec-WebSocket-Version: 13 */
  NO_DEFLATE,    /* an error, or a 101 without permessage-deflate */
  NO_SUBPROTOCOL /* an error, or a 101 without a sub-protocol */
} allowed;

typedef struct probe_case {
  level level;
  allowed allowed;
  const char *rule; /* "RFC 6455 4.2.1 (5)" */
  const char *what; /* "the key has 15 bytes" */
  const char *bytes;
  size_t len;
} probe_case;

extern const probe_case probe_cases[];
extern const size_t probe_cases_len;

/* A right request, from which each case differs in one place.  {target}, {host}
 * and {key} stand for those of the connection, {origin} and {subprotocol} for
 * the lines that the options ask for. */
#define LINE "GET {target} HTTP/1.1\r\n"
#define HOST "Host: {host}\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: {key}\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define ORIGIN "{origin}"
#define SUBPROTOCOL "{subprotocol}"
#define END "\r\n"
#define RIGHT_REQUEST                                                          \
  LINE HOST UPGRADE CONNECTION KEY VERSION ORIGIN SUBPROTOCOL END

#endif
