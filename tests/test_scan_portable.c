/* SPDX-License-Identifier: MIT
 *
 * Runs the tests of test_scan.c on the code of UPSHAKE_PORTABLE, in every
 * build.  So the sanitizers see each read behind the end in that code too, and
 * not only in the code for SSE2 or NEON.
 */
#ifndef UPSHAKE_PORTABLE
#define UPSHAKE_PORTABLE
#endif
#include "test_scan.c"
