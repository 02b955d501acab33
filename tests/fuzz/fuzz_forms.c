/* SPDX-License-Identifier: MIT
 *
 * Fuzzing the readers of forms of upshake-inspect (libFuzzer): an input is read
 * as every form.
 */
#include <stdint.h>

#include "forms.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  read_all_forms(bytes, len);
  return 0;
}
