/* SPDX-License-Identifier: MIT
 *
 * Base64 and SHA-1: see base64.h.
 */
#include "base64.h"

#include <string.h>

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

long decode_base64(upshake_slice text, unsigned char *out, size_t cap) {
  size_t len = 0, padding = 0;
  unsigned long bits = 0;
  while (padding < 2 && padding < text.len &&
         text.ptr[text.len - 1 - padding] == '=')
    padding++;
  if (text.len % 4 != 0)
    return -1;
  for (size_t i = 0; i < text.len; i++) {
    const char *at = strchr(letters, text.ptr[i]);
    int is_padding = i >= text.len - padding;
    if (!is_padding && (text.ptr[i] == '\0' || at == NULL))
      return -1;
    bits = bits << 6 | (is_padding ? 0 : (unsigned long)(at - letters));
    if (i % 4 != 3)
      continue;
    if (len + 3 > cap)
      return -1;
    out[len++] = (unsigned char)(bits >> 16);
    out[len++] = (unsigned char)(bits >> 8);
    out[len++] = (unsigned char)bits;
    bits = 0;
  }
  return (long)(len - padding);
}

void encode_base64(const unsigned char *bytes, size_t len, char *out) {
  for (size_t i = 0; i < len; i += 3) {
    size_t have = len - i < 3 ? len - i : 3;
    unsigned long bits = (unsigned long)bytes[i] << 16;
    if (have > 1)
      bits |= (unsigned long)bytes[i + 1] << 8;
    if (have > 2)
      bits |= bytes[i + 2];
    *out++ = letters[bits >> 18 & 63];
    *out++ = letters[bits >> 12 & 63];
    *out++ = have > 1 ? letters[bits >> 6 & 63] : '=';
    *out++ = have > 2 ? letters[bits & 63] : '=';
  }
  *out = '\0';
}

/* ---- SHA-1 (RFC 3174) ---------------------------------------------------- */

static uint32_t rotate(uint32_t word, unsigned by) {
  return word << by | word >> (32 - by);
}

static uint32_t mix(unsigned round, uint32_t b, uint32_t c, uint32_t d) {
  if (round < 20)
    return ((b & c) | (~b & d)) + 0x5A827999u;
  if (round < 40)
    return (b ^ c ^ d) + 0x6ED9EBA1u;
  if (round < 60)
    return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCu;
  return (b ^ c ^ d) + 0xCA62C1D6u;
}

static void hash_block(uint32_t hash[5], const unsigned char block[64]) {
  uint32_t words[80], at[5];
  for (size_t i = 0; i < 16; i++)
    words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (size_t i = 16; i < 80; i++)
    words[i] =
        rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  memcpy(at, hash, sizeof at);
  for (unsigned i = 0; i < 80; i++) {
    uint32_t next =
        rotate(at[0], 5) + mix(i, at[1], at[2], at[3]) + at[4] + words[i];
    at[4] = at[3];
    at[3] = at[2];
    at[2] = rotate(at[1], 30);
    at[1] = at[0];
    at[0] = next;
  }
  for (size_t i = 0; i < 5; i++)
    hash[i] += at[i];
}

/* Byte `i` of the text with its padding: 0x80, zeros, the length in bits. */
static unsigned char padded_byte(const unsigned char *bytes, size_t len,
                                 size_t all, size_t i) {
  if (i < len)
    return bytes[i];
  if (i == len)
    return 0x80;
  return i < all - 8 ? 0
                     : (unsigned char)((uint64_t)len * 8 >> 8 * (all - 1 - i));
}

void hash_sha1(const unsigned char *bytes, size_t len, unsigned char out[20]) {
  uint32_t hash[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476,
                      0xC3D2E1F0};
  size_t all = (len + 8) / 64 * 64 + 64;
  for (size_t at = 0; at < all; at += 64) {
    unsigned char block[64];
    for (size_t i = 0; i < 64; i++)
      block[i] = padded_byte(bytes, len, all, at + i);
    hash_block(hash, block);
  }
  for (size_t i = 0; i < 20; i++)
    out[i] = (unsigned char)(hash[i / 4] >> 8 * (3 - i % 4));
}
