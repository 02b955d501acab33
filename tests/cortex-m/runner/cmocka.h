/* SPDX-License-Identifier: MIT
 *
 * What those who run the vectors need of it.
 */
#ifndef UPSHAKE_TESTS_RUNNER_CMOCKA_H
#define UPSHAKE_TESTS_RUNNER_CMOCKA_H

void print_error(const char *format, ...);

#endif
