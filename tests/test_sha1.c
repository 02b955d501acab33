/* SPDX-License-Identifier: MIT
 *
 * SHA-1: the examples that NIST publishes with FIPS 180, and every length
 * around the edges of a block against a reference written as the text is; by
 * the loop and by the straight code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check.h"
#include "accept/sha1.h"

static void unrolled(uint32_t h[5], uint32_t w[16]) { sha1_unrolled(h, w); }

typedef void block_function(uint32_t h[5], uint32_t w[16]);
static block_function *const twins[] = {sha1_loop, unrolled};

static void hash_octets(block_function *twin, uint32_t h[5],
                        const unsigned char *block) {
  uint32_t w[16];
  for (size_t t = 0; t < 16; t++)
    w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
           (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
  twin(h, w);
}

/* A message of any length: whole blocks, and the one or two of its end. */
static void sha1(block_function *twin, const void *message, size_t len,
                 unsigned char *digest) {
  const unsigned char *octets = message;
  unsigned char end[128] = {0};
  size_t left = len % 64, end_len = left < 56 ? 64 : 128;
  uint32_t h[5] = SHA1_INITIAL;
  for (size_t at = 0; at < len - left; at += 64)
    hash_octets(twin, h, octets + at);
  if (left > 0)
    memcpy(end, octets + len - left, left);
  end[left] = 0x80;
  for (size_t i = 0; i < 8; i++)
    end[end_len - 1 - i] = (unsigned char)((uint64_t)len * 8 >> 8 * i);
  for (size_t at = 0; at < end_len; at += 64)
    hash_octets(twin, h, end + at);
  for (size_t i = 0; i < 20; i++)
    digest[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void assert_digest(const char *message, size_t len, const char *hex) {
  for (size_t k = 0; k < CHECK_LEN(twins); k++) {
    unsigned char digest[20];
    sha1(twins[k], message, len, digest);
    for (size_t i = 0; i < 20; i++) {
      const char two[3] = {hex[2 * i], hex[2 * i + 1], 0};
      assert_int_equal(digest[i], strtoul(two, NULL, 16));
    }
  }
}

static void gives_the_published_digests(void **state) {
  static const struct {
    const char *message, *hex;
  } rows[] = {
      {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
      {"a", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"},
      {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
      {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmn"
       "opjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
       "a49b2446a02c645bf419f995b67091253a04a259"},
      /* RFC 6455 1.3: a key and the GUID. */
      {"dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
       "b37a4f2cc0624f1690f64606cf385945b2bec4ea"},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    assert_digest(rows[i].message, strlen(rows[i].message), rows[i].hex);
}

static void gives_the_digest_of_a_million_a(void **state) {
  const size_t len = 1000000;
  char *message = malloc(len);
  (void)state;
  memset(message, 'a', len);
  assert_digest(message, len, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  free(message);
}

/* ---- FIPS 180-4 6.1, step by step, for up to four blocks ------------------
 */

#define BLOCKS_MAX 4

static uint32_t rotl(uint32_t x, unsigned n) {
  return (x << n) | (x >> (32 - n));
}

static size_t pad(const unsigned char *message, size_t len,
                  unsigned char *padded) { /* 5.1.1 */
  size_t blocks = (len + 9 + 63) / 64;
  memset(padded, 0, blocks * 64);
  memcpy(padded, message, len);
  padded[len] = 0x80;
  for (size_t i = 0; i < 8; i++)
    padded[blocks * 64 - 1 - i] = (unsigned char)((uint64_t)len * 8 >> 8 * i);
  return blocks;
}

static uint32_t f(size_t t, uint32_t b, uint32_t c, uint32_t d) { /* 4.1.1 */
  if (t < 20)
    return (b & c) ^ (~b & d);
  return t >= 40 && t < 60 ? (b & c) ^ (b & d) ^ (c & d) : b ^ c ^ d;
}

static void hash_block(const unsigned char *block, uint32_t h[5]) { /* 6.1.2 */
  static const uint32_t k[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
  uint32_t w[80], v[5];
  for (size_t t = 0; t < 16; t++)
    w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
           (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
  for (size_t t = 16; t < 80; t++)
    w[t] = rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  memcpy(v, h, sizeof v);
  for (size_t t = 0; t < 80; t++) {
    uint32_t sum =
        rotl(v[0], 5) + f(t, v[1], v[2], v[3]) + v[4] + k[t / 20] + w[t];
    memmove(v + 1, v, 4 * sizeof v[0]);
    v[2] = rotl(v[2], 30);
    v[0] = sum;
  }
  for (size_t i = 0; i < 5; i++)
    h[i] += v[i];
}

static void reference(const unsigned char *message, size_t len,
                      unsigned char digest[20]) {
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  unsigned char padded[64 * BLOCKS_MAX];
  size_t blocks = pad(message, len, padded);
  for (size_t i = 0; i < blocks; i++)
    hash_block(padded + 64 * i, h);
  for (size_t i = 0; i < 20; i++)
    digest[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void agrees_with_the_text_at_every_length(void **state) {
  unsigned char message[130], expected[20], digest[20];
  (void)state;
  for (size_t fill = 0; fill < 3; fill++)
    for (size_t len = 0; len <= sizeof message; len++) {
      for (size_t i = 0; i < len; i++)
        message[i] = (unsigned char)(fill == 2 ? i * 151 + len : 255 * fill);
      reference(message, len, expected);
      for (size_t k = 0; k < CHECK_LEN(twins); k++) {
        sha1(twins[k], message, len, digest);
        assert_memory_equal(digest, expected, 20);
      }
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gives_the_published_digests),
      cmocka_unit_test(gives_the_digest_of_a_million_a),
      cmocka_unit_test(agrees_with_the_text_at_every_length),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
