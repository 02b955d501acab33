/* SPDX-License-Identifier: MIT
 *
 * The two ends of wslay: octets that came go in, and those that are to be sent
 * come out.  For a struct that has them as its first member and is the user of
 * wslay's callbacks.
 */
#ifndef WSLAY_ENDS_H
#define WSLAY_ENDS_H

#include <string.h>
#include <wslay/wslay.h>

#include "demo_out.h"

/* wslay keeps every frame of a message apart until the last one has come, so
 * that their number has a limit too. */
#define FRAMES_MAX 32768

struct wslay_ends {
  struct out *out;
  const char *in; /* what wslay has not taken yet */
  size_t in_len;
};

static inline ssize_t give_octets(wslay_event_context_ptr wslay, uint8_t *buf,
                                  size_t len, int flags, void *user) {
  struct wslay_ends *ends = user;
  (void)flags;
  if (ends->in_len == 0) {
    wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  if (len > ends->in_len)
    len = ends->in_len;
  memcpy(buf, ends->in, len);
  ends->in += len;
  ends->in_len -= len;
  return (ssize_t)len;
}

static inline ssize_t take_octets(wslay_event_context_ptr wslay,
                                  const uint8_t *data, size_t len, int flags,
                                  void *user) {
  struct wslay_ends *ends = user;
  size_t taken = out_append(ends->out, data, len);
  (void)flags;
  if (taken > 0)
    return (ssize_t)taken;
  wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
  return -1;
}

#endif
