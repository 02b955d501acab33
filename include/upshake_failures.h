/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "failures": every rule that a request breaks.  It is for tools
 * that show everything that is wrong with a request, not only the first
 * reason. */
#include "upshake.h" /* before the guard: it ends by including this header */
#ifndef UPSHAKE_FAILURES_H
#define UPSHAKE_FAILURES_H
/* clang-format off: what belongs together stands on one line */

#ifdef __cplusplus
extern "C" {
#endif

/* Gives every rule that the complete head of a request breaks, one
 * for each call, in the order of judgement.  The first is result.error, unless
 * you refused or the body is wrong.  Begin with a failure of all 0 and call
 * until the function returns OK.  A rule counts once.  Each call judges all
 * fields again and changes hs meanwhile: no other thread may read hs during the
 * call.  hs is as before when the call returns.  A head that was refused before
 * its end has no failures, because the rest of it is not known.  A request of
 * HTTP/2 or HTTP/3 has none either: see result.error. */
typedef struct upshake_failure {
  upshake_error error; /* as returned                                      */
  size_t offset;       /* as in upshake_result; for lean, in upshake_head  */
  size_t place;        /* private, as is the next member                   */
  upshake_private_facts facts;
} upshake_failure;
UPSHAKE_API upshake_error upshake_next_failure(upshake *hs,
    upshake_failure *failure);

#ifdef __cplusplus
}
#endif
#endif
