/* SPDX-License-Identifier: MIT
 *
 * How long the steps to an answer took: see times.h.
 */
#include "times.h"

void note_times(const times *took, note *people, note *scripts) {
  static const char *const names[] = {"name", "connect", "TLS", "answer"};
  static const char *const members[] = {"name", "connect", "tls", "answer"};
  const long long us[] = {took->name, took->connect, took->tls, took->answer};
  for (size_t i = 0; i < sizeof us / sizeof *us; i++) {
    note_add(scripts, "%s\"%s\":", i ? "," : ",\"times\":{", members[i]);
    if (us[i] < 0) {
      note_add(scripts, "null");
      continue;
    }
    note_add(scripts, "%lld.%03lld", us[i] / 1000, us[i] % 1000);
    note_add(people, "%s%s %lld.%02lld ms", people->len ? ", " : "", names[i],
             us[i] / 1000, us[i] % 1000 / 10);
  }
  note_add(scripts, "}");
}
