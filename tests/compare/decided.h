/* SPDX-License-Identifier: MIT
 *
 * The differences that a commit means, from tests/compare/decided.tsv.
 */
#ifndef COMPARE_DECIDED_H
#define COMPARE_DECIDED_H

#include "differ.h"

#include <regex.h>

enum { DECIDED_RULES = 128, DECIDED_CONDITIONS = 4 };

/* The input, or a member of what came out, matches a pattern or does not; or
 * the member equals another one, or has that value. */
typedef struct decided_condition {
  const char *input; /* stream, sent or config; NULL: a member */
  int side, member;
  int has_pattern, negated;
  regex_t pattern;
  int other_side, other_member; /* other_side SIDES: a value */
  const char *value;
} decided_condition;

typedef struct decided_rule {
  const char *layers, *old, *new, *section;
  uint64_t members; /* that may differ */
  decided_condition conditions[DECIDED_CONDITIONS];
  size_t conditions_len, line;
} decided_rule;

typedef struct decided {
  decided_rule rules[DECIDED_RULES];
  size_t rules_len;
} decided;

/* Returns 0, and has said why, if the file cannot be read. */
int decided_read(decided *all, const char *path);

/* Whether the difference at hand is decided: the rules that apply allow each
 * member that differs.  Counts the rules that were of use. */
int decided_allow(const decided *all, const differ *d, const compare_case *it,
                  const compare_way *way, uint64_t members,
                  uint64_t by_rule[DECIDED_RULES]);

/* The name that an old name has today. */
const char *decided_renamed(const char *name);

/* 1 if no input gives that error, but only a call that breaks a rule. */
int decided_only_calls(const char *name);

#endif
