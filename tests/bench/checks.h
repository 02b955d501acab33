/* SPDX-License-Identifier: MIT
 *
 * What RFC 6455 4.2.1 asks for, checked on the fields that a peer's parser
 * found; and the reply to it.  All peers use this, none is slowed down by it:
 * fields are told apart by length first, names are compared in words, a list
 * of one member is not taken apart, and all of it can be inlined.
 *
 * Define CHECK_FIELD as the parser's own struct with name, name_len, value and
 * value_len where it has one.
 */
#ifndef BENCH_CHECKS_H
#define BENCH_CHECKS_H

#include "bench.h"

#include <string.h>

#ifndef CHECK_FIELD
struct check_field {
  const char *name;
  size_t name_len;
  const char *value;
  size_t value_len;
};
#define CHECK_FIELD struct check_field
#endif

static inline uint64_t folded8(const char *p) {
  uint64_t word;
  memcpy(&word, p, 8);
  return word | UINT64_C(0x2020202020202020);
}

static inline uint32_t folded4(const char *p) {
  uint32_t word;
  memcpy(&word, p, 4);
  return word | UINT32_C(0x20202020);
}

/* Compares with a literal in lower case of letters and "-", 4 bytes or more;
 * len is known to the compiler, so a few compares of words are left of this.
 * The last word overlaps the one before it.  Of the bytes that may stand in a
 * token or a value, no two but letters become equal. */
static inline int is_folded(const char *p, const char *lower, size_t len) {
  size_t i = 0;
  if (len < 8)
    return folded4(p) == folded4(lower) &&
           folded4(p + len - 4) == folded4(lower + len - 4);
  for (; i + 8 <= len; i += 8)
    if (folded8(p + i) != folded8(lower + i))
      return 0;
  return folded8(p + len - 8) == folded8(lower + len - 8);
}
#define IS_FOLDED(p, literal) is_folded(p, literal, sizeof(literal) - 1)

/* 1 if the comma-separated list has the member. */
static inline int has_member(const char *p, size_t len, const char *lower,
                             size_t lower_len) {
  const char *end = p + len;
  if (len == lower_len)
    return is_folded(p, lower, lower_len);
  while (p < end) {
    const char *comma = (const char *)memchr(p, ',', (size_t)(end - p));
    const char *stop = comma ? comma : end;
    const char *next = comma ? comma + 1 : end;
    while (p < stop && (*p == ' ' || *p == '\t'))
      p++;
    while (stop > p && (stop[-1] == ' ' || stop[-1] == '\t'))
      stop--;
    if ((size_t)(stop - p) == lower_len && is_folded(p, lower, lower_len))
      return 1;
    p = next;
  }
  return 0;
}

/* 1 for base64 of 16 bytes. */
static inline int is_key(const char *key, size_t len) {
  /* 0 for the alphabet of base64, 1 for all else. */
  static const unsigned char bad[256] = {
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1,
      1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  unsigned wrong = 0;
  if (len != KEY_LEN || key[22] != '=' || key[23] != '=')
    return 0;
  for (size_t i = 0; i < 22; i++)
    wrong |= bad[(unsigned char)key[i]];
  return wrong == 0;
}

/* 1 if the request may be answered with 101; key is then set. */
static inline int check_request(const char *method, size_t method_len,
                                int minor, const CHECK_FIELD *fields,
                                size_t len, const char **key) {
  int hosts = 0, upgrade = 0, connection = 0, keys = 0, versions = 0;
  if (method_len != 3 || memcmp(method, "GET", 3) != 0 || minor != 1)
    return 0;
  for (const CHECK_FIELD *f = fields; f < fields + len; f++) {
    switch (f->name_len) {
    case 4:
      hosts += IS_FOLDED(f->name, "host");
      break;
    case 7:
      if (IS_FOLDED(f->name, "upgrade"))
        upgrade |= has_member(f->value, f->value_len, "websocket", 9);
      break;
    case 10:
      if (IS_FOLDED(f->name, "connection"))
        connection |= has_member(f->value, f->value_len, "upgrade", 7);
      break;
    case 17:
      if (IS_FOLDED(f->name, "sec-websocket-key")) {
        keys += is_key(f->value, f->value_len) ? 1 : 2;
        *key = f->value;
      }
      break;
    case 21:
      if (IS_FOLDED(f->name, "sec-websocket-version"))
        versions += f->value_len == 2 && memcmp(f->value, "13", 2) == 0 ? 1 : 2;
      break;
    default:
      break;
    }
  }
  return hosts == 1 && upgrade && connection && keys == 1 && versions == 1;
}

/* 1 if a plain request may be served: one Host, and no body. */
static inline int check_plain(int minor, const CHECK_FIELD *fields,
                              size_t len) {
  int hosts = 0, bodies = 0;
  for (const CHECK_FIELD *f = fields; f < fields + len; f++) {
    switch (f->name_len) {
    case 4:
      hosts += IS_FOLDED(f->name, "host");
      break;
    case 14:
      bodies += IS_FOLDED(f->name, "content-length");
      break;
    case 17:
      bodies += IS_FOLDED(f->name, "transfer-encoding");
      break;
    default:
      break;
    }
  }
  return minor == 1 && hosts == 1 && bodies == 0;
}

/* The 101; returns its length. */
static inline size_t answer(const char *key, accept_function *accept,
                            char *out) {
  static const char begin[] = "HTTP/1.1 101 Switching Protocols\r\n"
                              "Connection: Upgrade\r\n"
                              "Upgrade: websocket\r\n"
                              "Sec-WebSocket-Accept: ";
  const size_t begin_len = sizeof begin - 1;
  memcpy(out, begin, begin_len);
  accept(key, out + begin_len);
  memcpy(out + begin_len + ACCEPT_LEN, "\r\n\r\n", 4);
  return begin_len + ACCEPT_LEN + 4;
}

/* A parser's judge with each way to compute the Accept.  `judge` gives a key
 * in `memory`, which is the connection's. */
#define FULL(name, judge, accept)                                              \
  static size_t name(const char *octets, size_t len, size_t step, char *out) { \
    char memory[HEAD_CAP];                                                     \
    const char *key;                                                           \
    return judge(octets, len, step, memory, &key) ? answer(key, accept, out)   \
                                                  : 0;                         \
  }

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

#endif
