/* SPDX-License-Identifier: MIT
 *
 * Hosts and ports.  An authority is host [ ":" port ] (RFC 3986 3.2), an origin
 * is scheme "://" host [ ":" port ] (serialized-origin, RFC 6454 7.1).
 */
#include "../text/defensive.h"
#include "target.h"

#define PORT_MAX 65535

/* Each match_ function matches one element of the grammar at p.  It returns the
 * end of the element, or NULL if the element is malformed. */

/* reg-name = *( unreserved / pct-encoded / sub-delims ) (RFC 3986 3.2.2).
 * Every IPv4address is a reg-name too. */
static const char *match_reg_name(const char *p, const char *end) {
  while ((p = upshake__skip_class(p, end, CLASS_HOST)) < end && *p == '%') {
    if (!is_pct_encoded(p, end))
      return NULL;
    p += 3;
  }
  return p;
}

/* Takes *DIGIT off *p.  Returns the number, or AUTHORITY_BROKEN if it is more
 * than `most`. */
static int32_t take_number(const char **p, const char *end, int32_t most) {
  int32_t number = 0;
  while (*p < end && is_digit(**p) && number <= most)
    number = number * 10 + (*(*p)++ - '0');
  return number <= most ? number : AUTHORITY_BROKEN;
}

/* dec-octet = 0 to 255, without a leading zero (RFC 3986 3.2.2) */
static COLD const char *match_dec_byte(const char *p, const char *end) {
  const char *begin = p;
  if (take_number(&p, end, 255) < 0 || p == begin ||
      (*begin == '0' && p - begin > 1))
    return NULL;
  return p;
}

/* 1 if everything up to end is an IPv4address. */
static COLD int is_ipv4(const char *p, const char *end) {
  for (int i = 0; i < 4; i++) {
    if (i > 0 && (p == end || *p++ != '.'))
      return 0;
    p = match_dec_byte(p, end);
    if (!p)
      return 0;
  }
  return p == end;
}

/* 1 if everything up to end is an IPv6address (RFC 3986 3.2.2): eight groups of
 * 1 to 4 digits.  One "::" may stand for one or more groups, and an IPv4address
 * at the end stands for two. */
static COLD int is_ipv6(const char *p, const char *end) {
  int groups = 0, gaps = 0;

  if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
    p += 2;
    gaps = 1;
  }
  while (p < end) {
    const char *stop = upshake__skip_class(p, end, CLASS_HEX);
    if (stop < end && *stop == '.') {
      if (!is_ipv4(p, end))
        return 0;
      groups += 2;
      break;
    }
    if (stop == p || stop - p > 4)
      return 0;
    groups++;
    p = stop;
    if (p == end)
      break;
    if (*p++ != ':' || p == end) /* no address ends with a single colon */
      return 0;
    if (*p == ':') {
      p++;
      gaps++;
    }
  }
  return gaps ? gaps == 1 && groups <= 7 : groups == 8;
}

/* 1 if everything up to end is IPvFuture = "v" 1*HEXDIG "." 1*( unreserved /
 * sub-delims / ":" ). */
static COLD int is_ipvfuture(const char *p, const char *end) {
  const char *stop;
  if (p == end || to_lower(*p++) != 'v')
    return 0;
  stop = upshake__skip_class(p, end, CLASS_HEX);
  if (stop == p || end - stop < 2 || *stop != '.')
    return 0;
  for (p = stop + 1; p < end; p++)
    if (*p != ':' && !in_class(*p, CLASS_HOST))
      return 0;
  return 1;
}

/* host = IP-literal / IPv4address / reg-name */
static const char *match_host(const char *p, const char *end) {
  const char *close;
  if (UPSHAKE_NEVER(p == end) || *p != '[')
    return match_reg_name(p, end);
  close = memchr(p, ']', (size_t)(end - p));
  if (!close || (!is_ipv6(p + 1, close) && !is_ipvfuture(p + 1, close)))
    return NULL;
  return close + 1;
}

/* port = *DIGIT (RFC 3986 3.2.3), at most the highest port of TCP. */
static int32_t parse_port(const char *p, const char *end) {
  int32_t port = p < end ? take_number(&p, end, PORT_MAX) : AUTHORITY_NO_PORT;
  return p < end ? AUTHORITY_BROKEN : port;
}

int32_t upshake__parse_authority(upshake_slice text, size_t *host_len) {
  const char *end, *stop;

  *host_len = 0;
  if (text.len == 0) /* absent: ptr is NULL */
    return AUTHORITY_NO_PORT;
  end = text.ptr + text.len;
  stop = match_host(text.ptr, end);
  if (!stop || (stop < end && *stop != ':'))
    return AUTHORITY_BROKEN;
  *host_len = (size_t)(stop - text.ptr);
  return stop < end ? parse_port(stop + 1, end) : AUTHORITY_NO_PORT;
}

/* ---- origins ---- */

COLD int32_t upshake__default_port(upshake_slice scheme) {
  static const char schemes[][6] = {"http", "ws", "https", "wss"};
  for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
    if (upshake_equal_fold(scheme, schemes[i]))
      return i < 2 ? 80 : SECURED_PORT;
  return AUTHORITY_NO_PORT;
}

static int is_letter(char byte) {
  return to_lower(byte) >= 'a' && to_lower(byte) <= 'z';
}

int upshake__is_scheme(upshake_slice text) {
  for (size_t i = 0; i < text.len; i++) {
    char byte = text.ptr[i];
    if (!is_letter(byte) && (i == 0 || (!is_digit(byte) && byte != '+' &&
                                        byte != '-' && byte != '.')))
      return 0;
  }
  return text.len > 0;
}

size_t upshake__scheme_len(upshake_slice text) {
  size_t colon;
  if (text.len == 0 || text.ptr[0] == '/')
    return text.len;
  colon = index_of(text, ':');
  if (text.len - colon < 3 || text.ptr[colon + 1] != '/' ||
      text.ptr[colon + 2] != '/')
    return text.len;
  return colon;
}

int32_t upshake__parse_origin(upshake_slice origin, upshake_slice *host,
                              int32_t *otherwise) {
  upshake_slice scheme = slice_of(origin.ptr, upshake__scheme_len(origin));
  size_t host_len;
  int32_t port;

  if (scheme.len == origin.len || !upshake__is_scheme(scheme))
    return AUTHORITY_BROKEN;
  *host = slice_from(origin, scheme.len + 3);
  port = upshake__parse_authority(*host, &host_len);
  if (port == AUTHORITY_BROKEN || host_len == 0)
    return AUTHORITY_BROKEN;
  host->len = host_len;
  *otherwise = upshake__default_port(scheme);
  return port == AUTHORITY_NO_PORT ? *otherwise : port;
}
