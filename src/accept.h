/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept in portable C, small and fast.  The message is always
 * a key of 24 octets and a GUID of 36: one block with its end, and one that
 * holds nothing but the length.
 *
 * Define UPSHAKE_SMALL for the small one, which takes a tenth of the code and
 * two or three times as long; nothing but this switch chooses it.
 */
#ifndef UPSHAKE_ACCEPT_H
#define UPSHAKE_ACCEPT_H

#include <string.h>

#include "base64.h"
#include "sha1.h"

#define KEY_LEN 24
#define MESSAGE_BITS ((KEY_LEN + 36) * 8)

/* The GUID of RFC 6455 1.3; then a one bit and zeros up to the end of the
 * block, of which the last is the NUL (RFC 3174 4). */
static const char after_key[64 - KEY_LEN] =
    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11\x80\0\0";

/* In a form that compilers know as one load, with the octets swapped. */
static inline uint32_t load_word(const char *octets) {
  const unsigned char *o = (const unsigned char *)octets;
  return (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 |
         o[3];
}

static inline void accept_small(const char key[24], char accept[28]) {
  uint32_t h[5] = SHA1_INITIAL, w[16];

  for (unsigned block = 0; block < 2; block++) { /* one copy of the loop */
    for (unsigned i = 0; i < 16; i++)
      w[i] = block > 0
                 ? 0
                 : load_word(4 * i < KEY_LEN ? key + 4 * i
                                             : after_key + (4 * i - KEY_LEN));
    if (block > 0)
      w[15] = MESSAGE_BITS;
    sha1_loop(h, w);
  }
  base64_digest(h, accept);
}

/* All words of the GUID and of the second block are known to the compiler,
 * which computes with them what does not depend on the key. */
static inline void accept_fast(const char key[24], char accept[28]) {
  const char *guid = after_key;
  uint32_t h[5] = SHA1_INITIAL;
  uint32_t first[16] = {
      load_word(key),       load_word(key + 4),   load_word(key + 8),
      load_word(key + 12),  load_word(key + 16),  load_word(key + 20),
      load_word(guid),      load_word(guid + 4),  load_word(guid + 8),
      load_word(guid + 12), load_word(guid + 16), load_word(guid + 20),
      load_word(guid + 24), load_word(guid + 28), load_word(guid + 32),
      load_word(guid + 36)};
  uint32_t second[16] = {0, 0, 0, 0, 0, 0, 0, 0,
                         0, 0, 0, 0, 0, 0, 0, MESSAGE_BITS};

  sha1_unrolled(h, first);
  sha1_unrolled(h, second);
  base64_digest(h, accept);
}

#endif
