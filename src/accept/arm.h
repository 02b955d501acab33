/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept with the SHA-1 instructions of ARMv8.
 */
#ifndef UPSHAKE_SRC_ACCEPT_ARM_H
#define UPSHAKE_SRC_ACCEPT_ARM_H

#include "accept.h"
#include "cpu.h"
#include "second_block.h"

#ifdef CPU_ARM_SHA

#include <arm_neon.h>

typedef struct arm_state {
  uint32x4_t abcd;
  uint32_t e;
} arm_state;

CPU_ARM_SHA static inline uint32x4_t arm_load(const char *bytes) {
  uint8x16_t read = vld1q_u8((const uint8_t *)bytes);
  return vreinterpretq_u32_u8(vrev32q_u8(read));
}

/* Returns words t to t + 3 of the schedule, computed from the 16 words
 * before. */
CPU_ARM_SHA static inline uint32x4_t
arm_schedule(uint32x4_t w0, uint32x4_t w1, uint32x4_t w2, uint32x4_t w3) {
  return vsha1su1q_u32(vsha1su0q_u32(w0, w1, w2), w3);
}

/* Computes four rounds, the i-th of 20 groups.  wk has W(t) + K(t) of these
 * rounds. */
CPU_ARM_SHA static inline arm_state arm_rounds(arm_state s, unsigned i,
                                               uint32x4_t wk) {
  arm_state after;
  after.e = vsha1h_u32(vgetq_lane_u32(s.abcd, 0));
  if (i < 5)
    after.abcd = vsha1cq_u32(s.abcd, s.e, wk);
  else if (i >= 10 && i < 15)
    after.abcd = vsha1mq_u32(s.abcd, s.e, wk);
  else
    after.abcd = vsha1pq_u32(s.abcd, s.e, wk);
  return after;
}

CPU_ARM_SHA static inline arm_state arm_add(arm_state s, arm_state h) {
  s.abcd = vaddq_u32(s.abcd, h.abcd);
  s.e += h.e;
  return s;
}

#define ARM_ROLLED(i)                                                          \
  if (i >= 4)                                                                  \
    w[(i)&3] = arm_schedule(w[(i)&3], w[((i) + 1) & 3], w[((i) + 2) & 3],      \
                            w[((i) + 3) & 3]);                                 \
  s = arm_rounds(s, i,                                                         \
                 vaddq_u32(w[(i)&3], vdupq_n_u32(sha1_constant(4 * (i)))));
#define ARM_KNOWN(i) s = arm_rounds(s, i, vld1q_u32(wk + 4 * (i)));
#define ARM_TIMES_20(rounds)                                                   \
  rounds(0) rounds(1) rounds(2) rounds(3) rounds(4) rounds(5) rounds(6)        \
      rounds(7) rounds(8) rounds(9) rounds(10) rounds(11) rounds(12)           \
          rounds(13) rounds(14) rounds(15) rounds(16) rounds(17) rounds(18)    \
              rounds(19)

/* Hashes the block with the key and the GUID. */
CPU_ARM_SHA static inline arm_state arm_first_block(arm_state h,
                                                    uint32x4_t w[4]) {
  arm_state s = h;
  ARM_TIMES_20(ARM_ROLLED)
  return arm_add(s, h);
}

/* Hashes the block with the length. */
CPU_ARM_SHA static inline arm_state arm_second_block(arm_state h) {
#define ARM_FOUR(k, w0, w1, w2, w3) w0 + k, w1 + k, w2 + k, w3 + k,
  static const uint32_t wk[80] = {SECOND_BLOCK(ARM_FOUR)};
  arm_state s = h;
  ARM_TIMES_20(ARM_KNOWN)
  return arm_add(s, h);
}

CPU_ARM_SHA static inline void accept_arm(const char key[24], char accept[28]) {
  static const uint32_t initial[5] = SHA1_INITIAL;
  arm_state h = {vld1q_u32(initial), initial[4]};
  uint8x8_t key_end = vld1_u8((const uint8_t *)key + 16);
  uint8x8_t guid = vld1_u8((const uint8_t *)after_key);
  uint32x4_t w[4] = {
      arm_load(key),
      vreinterpretq_u32_u8(vrev32q_u8(vcombine_u8(key_end, guid))),
      arm_load(after_key + 8), arm_load(after_key + 24)};
  uint32_t digest[5];

  h = arm_second_block(arm_first_block(h, w));
  vst1q_u32(digest, h.abcd);
  digest[4] = h.e;
  base64_digest(digest, accept);
}

#endif

#endif
