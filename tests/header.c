/* SPDX-License-Identifier: MIT
 *
 * What must hold of the header alone, in each language that may include it:
 * C99, C11, C++98, C++17.  To be compiled is to pass; nothing runs.
 */
#include "upshake.h"
#include "upshake.h" /* twice does no harm */

/* An array of negative size does not compile; C99 and C++98 have no
 * _Static_assert. */
#define HOLDS(name, condition) typedef char name[(condition) ? 1 : -1]

/* Room for a handshake on a microcontroller: 128 octets beside the head. */
HOLDS(upshake_takes_at_most_128_octets, sizeof(upshake) <= 128);
HOLDS(errors_fit_the_octet_that_keeps_them, UPSHAKE_ERRORS_LEN <= 255);

/* The initializers of the documentation. */
static const upshake_protocol protocols[] = {
    {"websocket", NULL, NULL, NULL, 0, 0, 0}};
static const upshake_field field = {{UPSHAKE_TEXT("Server")},
                                    {UPSHAKE_TEXT("example")}};
const upshake_protocol *upshake_header_protocols(void);
const upshake_field *upshake_header_field(void);
uint64_t upshake_header_unknown(void);

const upshake_protocol *upshake_header_protocols(void) { return protocols; }
const upshake_field *upshake_header_field(void) { return &field; }
uint64_t upshake_header_unknown(void) { return UPSHAKE_BODY_UNKNOWN; }
