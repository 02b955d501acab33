/* SPDX-License-Identifier: MIT
 *
 * The heap of those who run the vectors, which may be too small for a case.
 */
#ifndef UPSHAKE_TESTS_HEAP_H
#define UPSHAKE_TESTS_HEAP_H

/* Where malloc goes when there is no memory: for __builtin_setjmp. */
extern void *heap_is_full[5];

/* Free everything. */
void heap_begin_again(void);

#endif
