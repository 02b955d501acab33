/* SPDX-License-Identifier: MIT
 *
 * What those who read and run the vectors need of it.  Files are those of the
 * host, by semihosting, and read only.
 */
#ifndef UPSHAKE_TESTS_RUNNER_STDIO_H
#define UPSHAKE_TESTS_RUNNER_STDIO_H

#include <stddef.h>

#define EOF (-1)

typedef struct file FILE;
FILE *fopen(const char *path, const char *mode);
int fgetc(FILE *file);
int fclose(FILE *file);

int snprintf(char *out, size_t cap, const char *format, ...);
int sprintf(char *out, const char *format, ...);

#endif
