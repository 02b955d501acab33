/* SPDX-License-Identifier: MIT
 *
 * A ws:// URI in its parts (RFC 6455 3, RFC 3986 3.2).
 */
#ifndef CLIENT_URI_H
#define CLIENT_URI_H

#define HOST_CAP 256 /* a name has at most 253 octets (RFC 1035 2.3.4) */
#define PORT_CAP 6

struct uri {
  char authority[HOST_CAP + 2 + PORT_CAP]; /* "[::1]:8080" */
  char host[HOST_CAP];                     /* "::1" */
  char port[PORT_CAP];                     /* "8080"; "80" where none is said */
  const char *target;                      /* "/chat?room=1", or "" */
};

/* The target stays in `text`, as far as the other parts are copied.  Returns
 * NULL, or what is wrong.  Which octets a host or a target is made of is left
 * to upshake_write_request. */
const char *uri_parse(struct uri *uri, const char *text);

#endif
