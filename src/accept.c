/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept: the proof that a server has read the key
 * (RFC 6455 4.2.2 step 5.4).
 */
#include "accept.h"
#include "accept_arm.h"
#include "accept_x86.h"
#include "upshake.h"

void upshake_accept(const char key[24], char accept[28]) {
#ifdef UPSHAKE_SMALL
  accept_small(key, accept);
#else
  accept_fast(key, accept);
#endif
}

void upshake_accept_by(uint32_t cpu, const char key[24], char accept[28]) {
#if defined(CPU_X86_SHA)
  if (cpu & UPSHAKE_CPU_SHA) {
    accept_x86(key, accept);
    return;
  }
#elif defined(CPU_ARM_SHA)
  if (cpu & UPSHAKE_CPU_SHA) {
    accept_arm(key, accept);
    return;
  }
#else
  (void)cpu;
#endif
  upshake_accept(key, accept);
}
