/* SPDX-License-Identifier: MIT
 *
 * All that the library asks of a libc, for compilers that have no libc here.
 */
#ifndef UPSHAKE_TESTS_FOREIGN_MSVC_STRING_H
#define UPSHAKE_TESTS_FOREIGN_MSVC_STRING_H

#include <stddef.h>

void *memchr(const void *bytes, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *bytes, int byte, size_t len);
size_t strlen(const char *text);

#endif
