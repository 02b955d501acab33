/* SPDX-License-Identifier: MIT
 *
 * The address on the command line of upshake-client: a URI, which may lack its
 * scheme and may have a user name and a password.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_ADDRESS_H
#define UPSHAKE_EXAMPLES_CLIENT_ADDRESS_H

#include <stddef.h>

#include "../common/uri.h"

/* So many bytes more than the text needs what is made of it. */
#define ADDRESS_MORE 6 /* "ws://" and a NUL */

/* Reads "ws://user:password@host/path" or "host:8080/path".  Writes a URI
 * without user to `memory`, whose parts then are in `uri`.  `*user` is
 * "user:password" in `text`, `*user_len` bytes, as it is written; or NULL.
 * Returns NULL, or what is wrong. */
const char *address_parse(struct uri *uri, const char *text, char *memory,
                          const char **user, size_t *user_len);

/* Writes "Basic " and the base64 of the user (RFC 7617 2) and a NUL to `out`,
 * which has AUTHORIZATION_CAP bytes.  %41 is A.  Returns NULL, or what is
 * wrong. */
#define AUTHORIZATION_CAP(user_len) (6 + ((user_len) + 3) / 3 * 4 + 1)
const char *address_authorize(const char *user, size_t user_len, char *out);

#endif
