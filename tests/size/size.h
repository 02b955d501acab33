/* SPDX-License-Identifier: MIT
 *
 * What the programs of tests/size.sh have in common: they read bytes, give them
 * to a function, and write what it leaves.  They call each function of libc
 * that the library calls, so that the difference is the library.
 */
#ifndef UPSHAKE_SIZE_H
#define UPSHAKE_SIZE_H

#include <stdio.h>
#include <string.h>

/* The functions of libc that the library may call (README, "portable"). */
static void *(*volatile const used_copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile const used_move)(void *, const void *,
                                         size_t) = memmove;
static void *(*volatile const used_set)(void *, int, size_t) = memset;
static int (*volatile const used_compare)(const void *, const void *,
                                          size_t) = memcmp;
static void *(*volatile const used_find)(const void *, int, size_t) = memchr;
static size_t (*volatile const used_len)(const char *) = strlen;

#define SIZE_MAIN(function)                                                    \
  int main(void) {                                                             \
    static char buf[4096];                                                     \
    size_t len = fread(buf, 1, sizeof buf, stdin);                             \
    used_move(buf, buf, len);                                                  \
    used_copy(buf, buf + len, used_len(""));                                   \
    used_set(buf, 0, (size_t)used_compare(buf, buf, len));                     \
    len = used_find(buf, 0, len) ? len : function(buf, len);                   \
    return fwrite(buf, 1, len, stdout) != len;                                 \
  }

#endif
