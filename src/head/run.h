/* SPDX-License-Identifier: MIT
 *
 * Runs: the parts of a head that are bytes of one class.  Which bytes, how many
 * of them, and what is wrong with any other, stands here for the parser and for
 * what another parser found.
 */
#ifndef UPSHAKE_SRC_HEAD_RUN_H
#define UPSHAKE_SRC_HEAD_RUN_H

#include "../text/bytes.h"

/* clang-format off */

/* X(run, class, limit, error of a run that is too long, error of a byte that is
 * not in the class and does not end the run): RFC 9112 3.1, 3.2, RFC 9110 5.1,
 * 5.5.  The target is path and query; both begin where the target begins. */
#define RUNS(X) \
  X(METHOD, CLASS_TOKEN, method, \
    UPSHAKE_ERR_METHOD_LONG, UPSHAKE_ERR_METHOD_BYTE) \
  X(PATH,   CLASS_PATH,  target, \
    UPSHAKE_ERR_TARGET_LONG, UPSHAKE_ERR_TARGET_BYTE) \
  X(QUERY,  CLASS_QUERY, target, \
    UPSHAKE_ERR_TARGET_LONG, UPSHAKE_ERR_TARGET_BYTE) \
  X(NAME,   CLASS_TOKEN, name, \
    UPSHAKE_ERR_FIELD_NAME_LONG, UPSHAKE_ERR_FIELD_NAME) \
  X(VALUE,  CLASS_VALUE, none, \
    UPSHAKE_ERR_HEAD_LONG, UPSHAKE_ERR_FIELD_VALUE)

/* X(limit, its default, the most that it can be).  A value has only the limit
 * of the head. */
#define LIMITS(X) \
  X(method, 32,         UINT8_MAX)  \
  X(target, UINT32_MAX, UINT32_MAX) \
  X(name,   255,        UINT16_MAX) \
  X(fields, 128,        UINT16_MAX) /* lines */

/* clang-format on */

/* Returns a limit; 0 becomes the default. */
static inline uint32_t head_limit(uint32_t limit, uint32_t otherwise,
                                  uint32_t most) {
  if (limit == 0)
    return otherwise;
  return limit < most ? limit : most;
}

/* limit_of_method, and so on.  limits may be NULL. */
#define LIMIT(name, otherwise, most)                                           \
  static inline uint32_t limit_of_##name(const upshake_limits *limits) {       \
    return head_limit(limits ? limits->name : 0, otherwise, most);             \
  }
LIMITS(LIMIT)
#undef LIMIT

static inline uint32_t limit_of_none(const upshake_limits *limits) {
  (void)limits;
  return UINT32_MAX;
}

#define NAME(run, class_bits, limit, too_long, wrong) RUN_##run,
typedef enum head_run { RUNS(NAME) RUNS_LEN } head_run;
#undef NAME

/* Returns how many bytes a run may have. */
static inline uint32_t head_run_limit(head_run which,
                                      const upshake_limits *limits) {
#define LIMIT(run, class_bits, limit, too_long, wrong)                         \
  which == RUN_##run ? limit_of_##limit(limits):
  return RUNS(LIMIT) 0;
#undef LIMIT
}

typedef struct head_run_rule {
  uint8_t class_bits, too_long, wrong;
} head_run_rule;

/* Where the run is known to the compiler, it becomes constants. */
static inline head_run_rule head_rule(head_run run) {
#define RULE(run, class_bits, limit, too_long, wrong)                          \
  {class_bits, too_long, wrong},
  static const head_run_rule rules[RUNS_LEN] = {RUNS(RULE)};
#undef RULE
  return rules[run];
}

#endif
