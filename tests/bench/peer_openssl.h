/* SPDX-License-Identifier: MIT
 *
 * Ways to compute the Accept, for the parsers that have none.
 */
#ifndef BENCH_PEER_OPENSSL_H
#define BENCH_PEER_OPENSSL_H

#include "bench.h"

/* SHA1_Init, _Update and _Final; deprecated, and the fastest. */
accept_function openssl_accept;
/* SHA1(), as most servers that do it by hand have it. */
accept_function openssl_oneshot_accept;

#endif
