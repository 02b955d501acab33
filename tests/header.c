/* SPDX-License-Identifier: MIT
 *
 * What must hold of the header alone, in each language that may include it:
 * C89 to C2x, C++98 to C++23.  To be compiled is to pass; nothing runs.
 */
#include "upshake.h"
#include "upshake.h" /* twice does no harm */

/* An array of negative size does not compile; C99 and C++98 have no
 * _Static_assert. */
#define HOLDS(name, condition) typedef char name[(condition) ? 1 : -1]

/* Room for a handshake on a microcontroller, beside the head. */
HOLDS(upshake_takes_at_most_160_bytes,
      sizeof(upshake) <= (sizeof(void *) > 4 ? 160 : 144));
HOLDS(errors_fit_the_byte_that_keeps_them, UPSHAKE_ERRORS_LEN <= 255);
HOLDS(the_judge_begins_with_its_handshake, offsetof(upshake_judge, hs) == 0);

/* The initializers of the documentation, which are constants. */
static const upshake_protocol protocols[] = {
    UPSHAKE_WEBSOCKET, UPSHAKE_H2C, UPSHAKE_CAPSULES("connect-udp"),
    UPSHAKE_PROTOCOL("tcp"),
    UPSHAKE_ENTRY("SPDY/3.1", NULL, "GET, POST", NULL, UPSHAKE_BODY_READ, 0)};
static const upshake_protocol protocol = UPSHAKE_WEBSOCKET;
static const upshake_field field = {{UPSHAKE_TEXT("Server")},
                                    {UPSHAKE_TEXT("example")}};
const upshake_protocol *upshake_header_protocols(void);
const upshake_protocol *upshake_header_protocol(void);
const upshake_field *upshake_header_field(void);
uint64_t upshake_header_chunked(void);

const upshake_protocol *upshake_header_protocols(void) { return protocols; }
const upshake_protocol *upshake_header_protocol(void) { return &protocol; }
const upshake_field *upshake_header_field(void) { return &field; }
uint64_t upshake_header_chunked(void) { return UPSHAKE_BODY_CHUNKED; }
