/* SPDX-License-Identifier: MIT
 *
 * The names of the codes with which a WebSocket closes: see codes.h.
 */
#include "codes.h"

#include <stddef.h>

/* RFC 6455 7.4, and IANA's WebSocket Close Code Number Registry. */
static const struct {
  int code;
  const char *name;
} codes[] = {
    {1000, "normal closure"},     {1001, "going away"},
    {1002, "protocol error"},     {1003, "unsupported data"},
    {1005, "no status received"}, {1006, "abnormal closure"},
    {1007, "invalid payload"},    {1008, "policy violation"},
    {1009, "message too big"},    {1010, "extension missing"},
    {1011, "internal error"},     {1012, "service restart"},
    {1013, "try again later"},    {1014, "bad gateway"},
    {1015, "TLS handshake"},      {3000, "unauthorized"},
    {3003, "forbidden"},          {3008, "timeout"},
};

const char *code_name(int code) {
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    if (codes[i].code == code)
      return codes[i].name;
  if (code >= 4000)
    return "a code of the application's own";
  return code >= 3000 ? "a code of a library" : "a code without a meaning";
}
