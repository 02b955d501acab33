/* SPDX-License-Identifier: MIT
 *
 * The page of upshake-demo.  page.sh makes it, as C, from page/ and wasm/.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_PAGE_H
#define UPSHAKE_EXAMPLES_DEMO_PAGE_H

#include <stddef.h>

/* The lines, without their line feeds; the bytes count a line feed for each. */
extern const char *const demo_page[];
extern const size_t demo_page_lines;
extern const size_t demo_page_bytes;

/* The value of Content-Security-Policy. */
extern const char demo_page_policy[];

#endif
