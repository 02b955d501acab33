/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept in portable C, in a small and in a fast version.  The
 * message is always a key of 24 bytes and a GUID of 36 bytes.  So SHA-1 has two
 * blocks: the first holds the message and the start of the padding, the second
 * holds only zeros and the length of the message.
 *
 * UPSHAKE_SMALL chooses the small version.  It has a tenth of the code of the
 * fast version, and takes two to three times as long.  Where the compiler has
 * vectors, those of vector.h take the place of the fast version.
 */
#ifndef UPSHAKE_SRC_ACCEPT_ACCEPT_H
#define UPSHAKE_SRC_ACCEPT_ACCEPT_H

#include <string.h>

#include "../text/base64.h"
#include "sha1.h"

#define MESSAGE_BITS ((KEY_LEN + 36) * 8)

/* The GUID of RFC 6455 1.3, then a 1 bit and zeros up to the end of the block
 * (RFC 3174 4).  The last zero byte is the NUL of the string. */
static const char after_key[64 - KEY_LEN] =
    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11\x80\0\0";

/* Compilers turn this form into one load and a swap of bytes. */
SHA1_INLINE uint32_t load_word(const char *bytes) {
  const unsigned char *o = (const unsigned char *)bytes;
  return (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 |
         o[3];
}

static inline void accept_small(const char key[24], char accept[28]) {
  uint32_t h[5] = SHA1_INITIAL, w[16];

  for (unsigned block = 0; block < 2; block++) { /* so sha1_loop has one copy */
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

/* The compiler knows all words of the GUID and of the second block.  It
 * computes at compile time what does not depend on the key. */
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
