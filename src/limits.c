/* SPDX-License-Identifier: MIT
 *
 * Limits on a head: what the config says, or the default.
 */
#include "head.h"

static uint32_t limit_or(uint32_t limit, uint32_t otherwise, uint32_t most) {
  if (limit == 0)
    return otherwise;
  return limit < most ? limit : most;
}

upshake_limits upshake_head_limits(const upshake_limits *limits) {
  static const upshake_limits none = {0};
  const upshake_limits *given = limits ? limits : &none;
  upshake_limits real;
  real.method = limit_or(given->method, 32, UINT8_MAX);
  real.target = limit_or(given->target, UINT32_MAX - 1, UINT32_MAX - 1);
  real.fields = limit_or(given->fields, 128, UINT16_MAX);
  real.name = limit_or(given->name, 255, UINT16_MAX);
  real.body = given->body;
  real.total = given->total;
  return real;
}
