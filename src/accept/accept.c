/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept: proves that the server has read the key (RFC 6455 4.2.2
 * step 5.4).
 */
#include "accept.h"
#include "vector.h"
#include "../text/compiler.h"

void upshake_accept(const char key[24], char accept[28]) {
#ifdef UPSHAKE_SMALL
  accept_small(key, accept);
#elif defined(ACCEPT_VECTOR)
  accept_vector(key, accept);
#else
  accept_fast(key, accept);
#endif
}
