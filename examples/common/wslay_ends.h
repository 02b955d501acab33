/* SPDX-License-Identifier: MIT
 *
 * The two ends of wslay: it takes received bytes from here, and puts bytes to
 * send here.  A struct that is the user of wslay's callbacks has wslay_ends as
 * its first member.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_WSLAY_ENDS_H
#define UPSHAKE_EXAMPLES_COMMON_WSLAY_ENDS_H

#include <string.h>
#include <wslay/wslay.h>

#include "out.h"

/* wslay keeps every frame of a message until the last frame has come, so the
 * number of frames needs a limit too. */
#define FRAMES_MAX 32768

struct wslay_ends {
  struct out *out;
  const char *in; /* received bytes that wslay has not taken yet */
  size_t in_len;
};

static inline ssize_t give_bytes(wslay_event_context_ptr wslay, uint8_t *buf,
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

static inline ssize_t take_bytes(wslay_event_context_ptr wslay,
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
