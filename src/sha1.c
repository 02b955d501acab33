/* SPDX-License-Identifier: MIT
 *
 * SHA-1 (RFC 3174, method 2 of section 6: a schedule of 16 words that rolls).
 */
#include "sha1.h"

#include <stdint.h>
#include <string.h>

static uint32_t rotate(uint32_t word, unsigned bits) {
  return word << bits | word >> (32 - bits);
}

static uint32_t load_word(const unsigned char *octets) {
  return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
         (uint32_t)octets[2] << 8 | octets[3];
}

static void store_word(unsigned char *octets, uint32_t word) {
  octets[0] = (unsigned char)(word >> 24);
  octets[1] = (unsigned char)(word >> 16);
  octets[2] = (unsigned char)(word >> 8);
  octets[3] = (unsigned char)word;
}

/* f(t;B,C,D) + K(t), RFC 3174 5. */
static uint32_t mix(unsigned t, uint32_t b, uint32_t c, uint32_t d) {
  if (t < 20)
    return ((b & c) | (~b & d)) + 0x5A827999;
  if (t < 40)
    return (b ^ c ^ d) + 0x6ED9EBA1;
  if (t < 60)
    return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
  return (b ^ c ^ d) + 0xCA62C1D6;
}

void upshake_sha1_block(uint32_t h[5], const unsigned char block[SHA1_BLOCK]) {
  uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

  for (unsigned t = 0; t < 80; t++) {
    unsigned s = t & 15;
    if (t < 16)
      w[s] = load_word(block + 4 * t);
    else
      w[s] = rotate(w[(s + 13) & 15] ^ w[(s + 8) & 15] ^ w[(s + 2) & 15] ^ w[s],
                    1);
    uint32_t next = rotate(a, 5) + mix(t, b, c, d) + e + w[s];
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
  h[4] += e;
}

/* RFC 3174 6.1 */
const uint32_t upshake_sha1_initial[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE,
                                          0x10325476, 0xC3D2E1F0};

/* Behind the message come a one bit, zeros, and its length in bits as 64 of
 * them; the length may need a block of its own (RFC 3174 4). */
void upshake_sha1_end(uint32_t h[5], unsigned char buffer[SHA1_BLOCK],
                      size_t left, uint64_t len, unsigned char digest[20]) {
  buffer[left] = 0x80;
  memset(buffer + left + 1, 0, SHA1_BLOCK - 1 - left);
  if (left >= SHA1_BLOCK - 8) {
    upshake_sha1_block(h, buffer);
    memset(buffer, 0, SHA1_BLOCK);
  }
  store_word(buffer + SHA1_BLOCK - 8, (uint32_t)(len >> 29));
  store_word(buffer + SHA1_BLOCK - 4, (uint32_t)(len << 3));
  upshake_sha1_block(h, buffer);
  for (unsigned i = 0; i < 5; i++)
    store_word(digest + 4 * i, h[i]);
}
