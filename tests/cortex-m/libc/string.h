/* SPDX-License-Identifier: MIT
 *
 * All of libc that the library may use.  It is compiled against this header
 * alone, so that one more function would be an error.
 */
#ifndef UPSHAKE_TESTS_STRING_H
#define UPSHAKE_TESTS_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int octet, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *octets, int octet, size_t len);
size_t strlen(const char *string);

#endif
