/* SPDX-License-Identifier: MIT
 *
 * Explains errors to people.
 */
#include "errors.h"

upshake_explanation upshake_explain(upshake_error error) {
  static const upshake_explanation unknown = {
      "UNKNOWN", "", "this number is no upshake_error", 0};
  static const upshake_explanation all[UPSHAKE_ERRORS_LEN] = {
#define ROW(name, status, rule, sentence)                                      \
  [UPSHAKE_ERR_##name] = {#name, rule, sentence, status},
      ERRORS(ROW)
#undef ROW
  };
  return (unsigned)error < UPSHAKE_ERRORS_LEN ? all[error] : unknown;
}

const char *upshake_strerror(upshake_error error) {
  return upshake_explain(error).sentence;
}
