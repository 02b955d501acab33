/* SPDX-License-Identifier: MIT
 *
 * The six functions of libc that the library uses, in the plainest form: an
 * octet at a time, for a machine that has no other libc.
 */
#include <string.h>

void *memcpy(void *to, const void *from, size_t len) {
  unsigned char *out = to;
  const unsigned char *in = from;
  while (len-- > 0)
    *out++ = *in++;
  return to;
}

void *memmove(void *to, const void *from, size_t len) {
  unsigned char *out = to;
  const unsigned char *in = from;
  if (out <= in)
    return memcpy(to, from, len);
  while (len-- > 0)
    out[len] = in[len];
  return to;
}

void *memset(void *to, int octet, size_t len) {
  unsigned char *out = to;
  while (len-- > 0)
    *out++ = (unsigned char)octet;
  return to;
}

int memcmp(const void *a, const void *b, size_t len) {
  const unsigned char *one = a, *two = b;
  for (; len > 0; len--, one++, two++)
    if (*one != *two)
      return *one < *two ? -1 : 1;
  return 0;
}

void *memchr(const void *octets, int octet, size_t len) {
  const unsigned char *at = octets;
  for (; len > 0; len--, at++)
    if (*at == (unsigned char)octet)
      return (void *)(size_t)at;
  return NULL;
}

size_t strlen(const char *string) {
  size_t len = 0;
  while (string[len] != 0)
    len++;
  return len;
}
