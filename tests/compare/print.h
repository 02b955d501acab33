/* SPDX-License-Identifier: MIT
 *
 * A case, and what it came to, in the words of the golden vectors: what is
 * printed can be written into a chapter.
 */
#ifndef COMPARE_PRINT_H
#define COMPARE_PRINT_H

#include "differ.h"

/* Text of limited size, always a string. */
typedef struct print {
  char *text;
  size_t len, cap;
} print;

void print_text(print *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Lines of a config block; nothing for what is the default. */
void print_config(print *p, const compare_case *it);

/* The case, the way, and each member that differs. */
void print_difference(print *p, const differ *d, const compare_case *it,
                      const compare_way *way, uint64_t members);

/* What a side shows of a member. */
void print_value_of(print *p, const differ *d, int side, int member);

/* All that both sides show. */
void print_outputs(print *p, const differ *d);

const char *print_layer(int layer);

#endif
