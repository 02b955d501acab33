/* SPDX-License-Identifier: MIT
 *
 * Cases in a file, without any type of the library: tests/compare/dump.c
 * writes the golden vectors there, and what compares reads them.
 */
#ifndef COMPARE_CORPUS_H
#define COMPARE_CORPUS_H

#include "engine.h"

#include <stdio.h>

/* Returns 0 if the file cannot be written. */
int corpus_write(FILE *file, const compare_case *it);

/* All cases of a file, which live as long as the program; NULL if it cannot be
 * read. */
compare_case *corpus_read(const char *path, size_t *len);

#endif
