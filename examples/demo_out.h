/* SPDX-License-Identifier: MIT
 *
 * The octets that wait to be sent on one connection: everything it says goes
 * through here, so that the octets of a new protocol stay behind the 101.
 */
#ifndef DEMO_OUT_H
#define DEMO_OUT_H

#include <stddef.h>

#define OUT_CAP 16384

/* octets[from .. to) wait; begins as zero. */
struct out {
  size_t from, to;
  char octets[OUT_CAP];
};

/* How many octets wait. */
size_t out_len(const struct out *out);

/* The room behind them, to write into; _commit then says how many came. */
char *out_room(struct out *out, size_t *cap);
void out_commit(struct out *out, size_t len);

/* Append as many of the octets as fit; returns how many. */
size_t out_append(struct out *out, const void *octets, size_t len);

/* Send what the socket takes.  Returns how many octets went, or -1 where the
 * connection is broken. */
long out_flush(struct out *out, int fd);

#endif
