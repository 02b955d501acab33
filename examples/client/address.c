/* SPDX-License-Identifier: MIT
 *
 * The address on the command line of upshake-client: see address.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "address.h"

#include <string.h>
#include <strings.h>

#include "hex.h"
#include "../common/base64.h"

#define USER_MAX 512

/* Returns how many bytes are before the authority: "ws://" and "wss://". */
static size_t scheme_len(const char *text) {
  const char *colon = strstr(text, "://");
  return colon != NULL && uri_is_websocket(text) ? (size_t)(colon - text) + 3
                                                 : 0;
}

/* "a", "a:80", "[::1]:80" and "a/b" are hosts.  In "http://a" and "ws:/a" no
 * port is behind the colon. */
static int begins_with_host(const char *host) {
  size_t len = strcspn(host, host[0] == '[' ? "]" : ":/?");
  if (len == 0)
    return 0;
  return host[0] == '[' || host[len] != ':' ||
         (host[len + 1] >= '0' && host[len + 1] <= '9');
}

/* The last @ of the authority ends the user. */
static const char *find_user(const char *authority, size_t *len) {
  const char *user = NULL;
  size_t end = strcspn(authority, "/?#");
  *len = 0;
  for (size_t i = 0; i < end; i++)
    if (authority[i] == '@') {
      user = authority;
      *len = i;
    }
  return user;
}

/* People who ask for a protocol of their own think of http://. */
static const char *explain_scheme(const char *text) {
  if (strncasecmp(text, "http://", 7) == 0)
    return "not ws://HOST[:PORT][/PATH]: for any protocol write ws:// instead "
           "of http://, or leave it out";
  if (strncasecmp(text, "https://", 8) == 0)
    return "not ws://HOST[:PORT][/PATH]: for any protocol write wss:// instead "
           "of https://";
  return "not ws://HOST[:PORT][/PATH]";
}

const char *address_parse(struct uri *uri, const char *text, char *memory,
                          const char **user, size_t *user_len) {
  size_t scheme = scheme_len(text);
  *user = find_user(text + scheme, user_len);
  const char *host = text + scheme + (*user ? *user_len + 1 : 0);
  if (scheme == 0 && !begins_with_host(host))
    return explain_scheme(text);
  memcpy(memory, scheme ? text : "ws://", scheme ? scheme : 5);
  strcpy(memory + (scheme ? scheme : 5), host);
  return uri_parse(uri, memory);
}

/* ---- The user ------------------------------------------------------------ */

/* Returns the length of what is written for a character (RFC 3986 2.1), or
 * 0. */
static size_t take_character(const char *at, size_t left, unsigned char *byte) {
  *byte = (unsigned char)at[0];
  if (at[0] != '%')
    return 1;
  int high = left > 2 ? hex_digit(at[1]) : -1;
  int low = left > 2 ? hex_digit(at[2]) : -1;
  *byte = (unsigned char)(high * 16 + low);
  return high >= 0 && low >= 0 ? 3 : 0;
}

/* A user name without a password has an empty one. */
const char *address_authorize(const char *user, size_t user_len, char *out) {
  unsigned char bytes[USER_MAX + 1];
  size_t len = 0, colon = user_len;
  if (user_len > USER_MAX)
    return "a URI whose user is too long";
  for (size_t i = 0, step; i < user_len; i += step) {
    step = take_character(user + i, user_len - i, &bytes[len++]);
    if (step == 0)
      return "a URI whose user has % without two hexadecimal digits behind it";
    if (user[i] == ':' && colon == user_len)
      colon = i;
    if (step == 3 && bytes[len - 1] == ':' && colon == user_len)
      return "a URI whose user name has a colon, which Basic does not allow "
             "(RFC 7617 2)";
  }
  if (colon == user_len)
    bytes[len++] = ':';
  memcpy(out, "Basic ", 6);
  encode_base64(bytes, len, out + 6);
  return NULL;
}
