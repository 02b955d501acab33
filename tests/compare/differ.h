/* SPDX-License-Identifier: MIT
 *
 * One case, run by both libraries in one way, and what they disagree about.
 */
#ifndef COMPARE_DIFFER_H
#define COMPARE_DIFFER_H

#include "engine.h"

enum { OLD, NEW, SIDES };
enum {
  DIFFER_ERRORS = 512,
  DIFFER_FIELDS = 4096,
  DIFFER_WAYS = 6,
  DIFFER_MEMBERS =
      1 + COMPARE_ERRORS_LEN + COMPARE_NUMBERS_LEN + COMPARE_TEXTS_LEN
};

typedef struct differ {
  const compare_engine *engines[SIDES];
  int names[DIFFER_ERRORS]; /* the new number of an old error, or -2 */
  compare_output outputs[SIDES];
  compare_field fields[DIFFER_FIELDS]; /* of a parsed request */
} differ;

/* `renamed` gives the name that an old name has today. */
void differ_init(differ *d, const char *(*renamed)(const char *name));

/* The ways in which such a case is run; `seed` chooses the splits. */
size_t differ_ways(const compare_case *it, uint32_t seed,
                   compare_way ways[DIFFER_WAYS]);

/* Runs it in that way.  Returns 0 if one of them has no such layer, or the case
 * is nothing for it. */
int differ_run(differ *d, const compare_case *it, const compare_way *way);

/* What differs after that: a bit for each member. */
uint64_t differ_members(const differ *d);

/* "error", "status", "reply"...; NULL behind the last. */
const char *differ_member_name(int member);
const char *differ_error_name(const differ *d, int side, int error);
const char *differ_outcome_name(int outcome);

/* "refused 400 HOST_MISSING": outcome, status, error. */
void differ_summary(const differ *d, int side, char *text, size_t cap);

#endif
