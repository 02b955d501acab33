/* SPDX-License-Identifier: MIT
 *
 * Splits a ws:// or wss:// URI into its parts: see uri.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "uri.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void copy(char *out, const char *bytes, size_t len) {
  memcpy(out, bytes, len);
  out[len] = '\0';
}

/* A ":" without digits also means the default port (RFC 3986 3.2.3). */
static const char *take_port(struct uri *uri, const char *text) {
  size_t digits = strspn(text, "0123456789");
  if (text[digits] != '\0')
    return "not a URI whose port is a number";
  if (digits == 0)
    text = uri->secure ? "443" : "80";
  while (text[0] == '0' && text[1] != '\0')
    text++;
  if (strlen(text) >= PORT_CAP || atoi(text) < 1 || atoi(text) > 65535)
    return "not a URI whose port is from 1 to 65535";
  copy(uri->port, text, strlen(text));
  return NULL;
}

/* The brackets around an IPv6 address do not belong to it (RFC 3986 3.2.2). */
static const char *take_authority(struct uri *uri) {
  const char *host = uri->authority;
  int bracket = host[0] == '[';
  host += bracket;
  size_t len = strcspn(host, bracket ? "]" : ":");
  const char *rest = host + len;
  if (strchr(uri->authority, '@') != NULL)
    return "a URI with a user name, which ws:// does not allow (RFC 6455 3)";
  if (bracket && *rest++ != ']')
    return "a URI whose IPv6 address has no end (])";
  if (len == 0)
    return "a URI without a host";
  if (len >= HOST_CAP)
    return "a URI whose host is too long";
  copy(uri->host, host, len);
  if (*rest != '\0' && *rest != ':')
    return "not a URI: only : and a port may stand behind ]";
  return take_port(uri, *rest == ':' ? rest + 1 : "");
}

static size_t scheme_of(const char *text, int *secure) {
  *secure = strncasecmp(text, "wss://", 6) == 0;
  if (*secure)
    return 6;
  return strncasecmp(text, "ws://", 5) == 0 ? 5 : 0;
}

int uri_is_websocket(const char *text) {
  int secure;
  return scheme_of(text, &secure) > 0;
}

const char *uri_parse(struct uri *uri, const char *text) {
  size_t scheme = scheme_of(text, &uri->secure);
  if (scheme == 0)
    return "not ws://HOST[:PORT][/PATH]";
  if (strchr(text, '#') != NULL)
    return "a URI with a fragment (#), which ws:// does not allow (RFC 6455 3)";
  text += scheme;
  size_t len = strcspn(text, "/?");
  if (len >= sizeof uri->authority)
    return "a URI whose host is too long";
  copy(uri->authority, text, len);
  uri->target = text + len;
  return take_authority(uri);
}
