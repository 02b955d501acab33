/* SPDX-License-Identifier: MIT
 *
 * Splits a ws:// or wss:// URI into its parts (RFC 6455 3, RFC 3986 3.2).
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_URI_H
#define UPSHAKE_EXAMPLES_COMMON_URI_H

#define HOST_CAP 256 /* a name has at most 253 bytes (RFC 1035 2.3.4) */
#define PORT_CAP 6

struct uri {
  char authority[HOST_CAP + 2 + PORT_CAP]; /* "[::1]:8080" */
  char host[HOST_CAP];                     /* "::1" */
  char port[PORT_CAP];                     /* "8080"; else "80" or "443" */
  const char *target;                      /* "/chat?room=1", or "" */
  int secure;                              /* 1: wss:// */
};

/* 1 if the text begins with ws:// or wss://, in any case. */
int uri_is_websocket(const char *text);

/* The target points into `text`; the other parts are copied.  Returns NULL, or
 * what is wrong.  upshake_write_request checks which bytes a host and a target
 * may have. */
const char *uri_parse(struct uri *uri, const char *text);

#endif
