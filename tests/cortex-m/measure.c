/* SPDX-License-Identifier: MIT
 *
 * How deep each function of the library goes into the stack: the linker puts
 * these between the library and its callers (--wrap).  Cases with a callback
 * are left out, as that one's stack is not the library's.
 */
#include "measure.h"
#include "machine.h"

#include <upshake.h>

int measure_is_on;

static struct depth {
  const char *name;
  size_t octets;
} depths[16];

static void note(const char *name, size_t octets) {
  struct depth *at = depths;
  while (at->name != NULL && at->name != name)
    at++;
  at->name = name;
  if (at->octets < octets)
    at->octets = octets;
}

/* run.sh reads the names from these lines. */
#define MEASURE(type, name, parameters, arguments)                             \
  type __real_##name parameters;                                               \
  type __wrap_##name parameters;                                               \
  type __wrap_##name parameters {                                              \
    static const char called[] = #name;                                        \
    if (!measure_is_on)                                                        \
      return __real_##name arguments;                                          \
    volatile uint32_t *sp = stack_paint();                                     \
    type result = __real_##name arguments;                                     \
    note(called, stack_depth(sp));                                             \
    return result;                                                             \
  }

/* clang-format off */
MEASURE(upshake_next, upshake_feed,
        (upshake *hs, const void *data, size_t len, size_t *used),
        (hs, data, len, used))
MEASURE(upshake_next, upshake_commit, (upshake *hs, size_t len), (hs, len))
MEASURE(upshake_error, upshake_answer, (upshake *hs, int answer), (hs, answer))
MEASURE(upshake_error, upshake_reply_with,
        (upshake *hs, const upshake_extra *extra, void *out, size_t cap,
         size_t *len),
        (hs, extra, out, cap, len))
MEASURE(upshake_error, upshake_reply_part,
        (upshake *hs, const upshake_extra *extra, upshake_cursor *cursor,
         void *out, size_t cap, size_t *len),
        (hs, extra, cursor, out, cap, len))
MEASURE(upshake_next, upshake_judge_end, (upshake_judge *judge), (judge))
MEASURE(size_t, upshake_agree_deflate,
        (upshake_fields fields, const upshake_deflate_caps *caps,
         upshake_deflate *agreed, char *value),
        (fields, caps, agreed, value))
/* clang-format on */

void measure_say(void) {
  for (const struct depth *at = depths; at->name != NULL; at++) {
    say("  stack of ");
    say(at->name);
    say_number(": ", at->octets, " octets\n");
  }
}

size_t measure_deepest(void) {
  size_t deepest = 0;
  for (const struct depth *at = depths; at->name != NULL; at++)
    deepest = at->octets > deepest ? at->octets : deepest;
  return deepest;
}
