/* SPDX-License-Identifier: MIT
 *
 * The size of a client's state.
 */
#include "client.h"

#ifndef UPSHAKE_NO_CLIENT
size_t upshake_client_size(void) { return sizeof(upshake_client); }
#endif
