/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: walking a JSON text (RFC 8259), without a tree in memory.
 *
 * A slice that begins with a value is a cursor.  A text that is cut off or
 * malformed ends early: no call reads beyond it.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_JSON_TEXT_H
#define UPSHAKE_EXAMPLES_INSPECT_JSON_TEXT_H

#include "../common/note.h"

/* Takes a value off the text, and returns it; absent at the end. */
upshake_slice json_take(upshake_slice *text);

/* The value of a member of the object that the text begins with, or an absent
 * slice. */
upshake_slice json_member(upshake_slice object, const char *name);

/* Walks an object or an array: begin with json_inside, then call json_next
 * until it returns 0.  In an array the name is absent. */
upshake_slice json_inside(upshake_slice value);
int json_next(upshake_slice *inside, upshake_slice *name, upshake_slice *value);

/* Adds a string without quotation marks and escapes, as UTF-8; of any other
 * value its text. */
void json_string(upshake_slice value, note *out);

int json_equals(upshake_slice value, const char *text);

#endif
