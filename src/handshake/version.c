/* SPDX-License-Identifier: MIT
 *
 * What a program can ask that cannot read the headers: the version, and the
 * sizes of the states.
 */
#include "handshake.h"

#define DIGITS(number) #number
#define DOTTED(major, minor, patch)                                            \
  DIGITS(major) "." DIGITS(minor) "." DIGITS(patch)

const char *upshake_version(void) {
  return DOTTED(UPSHAKE_VERSION_MAJOR, UPSHAKE_VERSION_MINOR,
                UPSHAKE_VERSION_PATCH);
}

size_t upshake_size(void) { return sizeof(upshake); }

size_t upshake_judge_size(void) { return sizeof(upshake_judge); }

upshake *upshake_judge_hs(upshake_judge *judge) { return &judge->hs; }
