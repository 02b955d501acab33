/* SPDX-License-Identifier: MIT
 *
 * The grammar of Sec-WebSocket-Extensions, and the search for a name in it.
 */
#ifndef UPSHAKE_SRC_WEBSOCKET_EXTENSION_H
#define UPSHAKE_SRC_WEBSOCKET_EXTENSION_H

#include "../text/bytes.h"

/* 1 if every member follows the grammar; also for a list without members. */
UPSHAKE_PRIVATE int upshake__are_extensions(upshake_slice value);

/* Skips *( ";" OWS token [ "=" ( token | quoted-string ) ] ) (RFC 9112 7), with
 * blanks between the elements, from p on.  Returns the end, or NULL if an
 * element is malformed.  The text of a quoted-string must be of the class; for
 * CLASS_TOKEN it must be a token. */
UPSHAKE_PRIVATE const char *
upshake__skip_parameters(const char *p, const char *end, unsigned class_bits);

/* 1 if a sender may write this list of extensions: it has members, and no
 * member is empty (RFC 9110 5.6.1.1). */
UPSHAKE_PRIVATE int upshake__is_extension_answer(upshake_slice value);

/* Returns the name that a member begins with. */
UPSHAKE_PRIVATE upshake_slice upshake__extension_name(upshake_slice member);

/* Returns the first member of the line with this name, compared byte for byte;
 * or NULL. */
UPSHAKE_PRIVATE const char *upshake__find_extension_in(upshake_slice line,
                                                       upshake_slice name);

/* The same for all lines of Sec-WebSocket-Extensions among the fields. */
UPSHAKE_PRIVATE const char *upshake__find_extension(upshake_slice fields,
                                                    upshake_slice name);

/* 1 if the member of an answer accepts one of the offers of permessage-deflate
 * in the fields with this name (RFC 7692 7.1).  *agreed is then what both sides
 * do.  Otherwise *agreed has no meaning. */
UPSHAKE_PRIVATE int upshake__check_deflate(upshake_slice fields,
                                           const char *name,
                                           upshake_slice member,
                                           upshake_deflate *agreed);

#endif
