/* SPDX-License-Identifier: MIT
 *
 * The shortest case that still shows a difference.
 */
#ifndef COMPARE_SHRINK_H
#define COMPARE_SHRINK_H

#include "decided.h"

/* The case differs in that way and no rule allows it.  Both become as plain as
 * they can be, so that both outcomes stay what they are and still no rule
 * allows it.  Its stream and request are in memory of their own, before and
 * after. */
void shrink(differ *d, const decided *rules, compare_case *it,
            compare_way *way);

#endif
