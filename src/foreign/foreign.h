/* SPDX-License-Identifier: MIT
 *
 * Judging what another parser found: what HTTP/1.x (foreign.c) and HTTP/2 and 3
 * (extended.c) share.
 */
#ifndef UPSHAKE_SRC_FOREIGN_FOREIGN_H
#define UPSHAKE_SRC_FOREIGN_FOREIGN_H

#include "../handshake/handshake.h"

/* A handshake in a judge counts fields, not bytes.  parser.pos is the number of
 * fields so far, and `at` is the number of a field. */

static inline void note_syntax(upshake_judge *judge, upshake_error error) {
  upshake__note_bad(&judge->hs.facts, error, judge->hs.parser.pos);
}

/* Begins a judge of any version. */
UPSHAKE_PRIVATE upshake_error upshake__begin_judge(upshake_judge *judge,
                                                   const upshake_config *config,
                                                   void *user,
                                                   const upshake_found *found);

/* Judges the fields that the host gives at once. */
UPSHAKE_PRIVATE void upshake__judge_found(upshake_judge *judge);

/* Judges a part that is one run of bytes.  Only a value may be empty.  Returns
 * 1 if all of its bytes may be there. */
UPSHAKE_PRIVATE int upshake__note_run(upshake_judge *judge, head_run run,
                                      upshake_slice part);

/* Judges the bytes and the form of found.target. */
UPSHAKE_PRIVATE void upshake__note_target(upshake_judge *judge, int is_preface,
                                          int version);

/* Judges the bytes of a field, and the number of fields: there may be so many
 * more than the limit. */
UPSHAKE_PRIVATE void upshake__judge_bytes(upshake_judge *judge,
                                          upshake_slice name,
                                          upshake_slice value, uint32_t more);

/* Judges a field line, and keeps what is needed of it. */
UPSHAKE_PRIVATE void upshake__judge_and_keep(upshake_judge *judge,
                                             upshake_slice name,
                                             upshake_slice value);

#endif
