/* SPDX-License-Identifier: MIT
 *
 * The bytes that wait to be sent on a connection.  Everything that is sent goes
 * through here, so that bytes of a new protocol stay behind the 101.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_OUT_H
#define UPSHAKE_EXAMPLES_COMMON_OUT_H

#include <stddef.h>

#define OUT_CAP 16384

/* bytes[from .. to) wait.  Starts from all 0. */
struct out {
  size_t from, to;
  char bytes[OUT_CAP];
};

/* Returns how many bytes wait. */
size_t out_len(const struct out *out);

/* out_room returns the room behind the waiting bytes.  Write into it, and tell
 * out_commit how many bytes you wrote. */
char *out_room(struct out *out, size_t *cap);
void out_commit(struct out *out, size_t len);

/* Appends as many bytes as fit, and returns how many. */
size_t out_append(struct out *out, const void *bytes, size_t len);

/* Sends as much as the socket takes.  Returns how many bytes were sent, or -1
 * if the connection is broken. */
long out_flush(struct out *out, int fd);

#endif
