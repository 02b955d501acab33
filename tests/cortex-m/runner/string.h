/* SPDX-License-Identifier: MIT
 *
 * What those who read and run the vectors need beyond the library's six.
 */
#ifndef UPSHAKE_TESTS_RUNNER_STRING_H
#define UPSHAKE_TESTS_RUNNER_STRING_H

#include "../libc/string.h"

int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t len);
char *strchr(const char *string, int octet);
char *strstr(const char *string, const char *part);
size_t strspn(const char *string, const char *set);
size_t strcspn(const char *string, const char *set);

#endif
