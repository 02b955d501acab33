/* SPDX-License-Identifier: MIT
 *
 * The names of the codes with which a WebSocket closes.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_CODES_H
#define UPSHAKE_EXAMPLES_CLIENT_CODES_H

/* The name of the code, in the words of IANA's registry; never NULL. */
const char *code_name(int code);

#endif
