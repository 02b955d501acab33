/* SPDX-License-Identifier: MIT
 *
 * What the clients in C send, and want back: nothing, the three lengths of a
 * frame, octets that are no text; what deflates well, twice.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <stddef.h>
#include <string.h>

#define MESSAGES_LEN 7
#define MESSAGE_MAX 70000

static const struct {
  size_t len;
  int binary;
  const char *octets; /* NULL: the digits, again and again */
} messages[MESSAGES_LEN] = {
    {5, 0, "hello"},        {0, 0, ""},      {2, 0, "\303\244"},
    {3, 1, "\0\1\377"},     {5000, 0, NULL}, {5000, 0, NULL},
    {MESSAGE_MAX, 0, NULL},
};

/* Writes the message to `out`, of MESSAGE_MAX octets. */
static inline size_t write_message(size_t place, char *out) {
  size_t len = messages[place].len;
  if (messages[place].octets != NULL && len > 0)
    memcpy(out, messages[place].octets, len);
  for (size_t i = 0; messages[place].octets == NULL && i < len; i++)
    out[i] = (char)('0' + i % 10);
  return len;
}

#endif
