/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Extensions: its grammar, and finding a name in it.
 */
#ifndef UPSHAKE_EXTENSION_H
#define UPSHAKE_EXTENSION_H

#include "bytes.h"

/* 1 if every member follows the grammar; so also where there is none. */
int upshake_are_extensions(upshake_slice value);

/* *( ";" OWS token [ "=" ( token | quoted-string ) ] ) (RFC 9112 7), blanks
 * between them allowed, from p on: returns where that ends, or NULL where it is
 * broken.  What is in quotes is of the class, for CLASS_TOKEN a token. */
const char *upshake_skip_parameters(const char *p, const char *end,
                                    unsigned class_bits);

/* The same for a sender: at least one member, and no empty ones (RFC 9110
 * 5.6.1.1). */
int upshake_is_extension_answer(upshake_slice value);

/* The name that a member begins with. */
upshake_slice upshake_extension_name(upshake_slice member);

/* Where the first member of the line begins that has that name, byte for byte;
 * or NULL. */
const char *upshake_find_extension_in(upshake_slice line, upshake_slice name);

/* The same in all lines of Sec-WebSocket-Extensions among the fields. */
const char *upshake_find_extension(upshake_slice fields, upshake_slice name);

/* Does the member of an answer accept one of the offers of permessage-deflate
 * in these fields (RFC 7692 7.1)?  Then *agreed is what both sides do; else it
 * means nothing. */
int upshake_check_deflate(upshake_slice fields, upshake_slice member,
                          upshake_deflate *agreed);

#endif
