/* SPDX-License-Identifier: MIT
 *
 * The bytes that wait to be sent on a connection: see out.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "out.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

size_t out_len(const struct out *out) { return out->to - out->from; }

char *out_room(struct out *out, size_t *cap) {
  size_t len = out_len(out);
  if (out->from > 0) {
    memmove(out->bytes, out->bytes + out->from, len);
    out->from = 0;
    out->to = len;
  }
  *cap = sizeof out->bytes - len;
  return out->bytes + len;
}

void out_commit(struct out *out, size_t len) { out->to += len; }

size_t out_append(struct out *out, const void *bytes, size_t len) {
  size_t cap;
  char *room = out_room(out, &cap);
  if (len > cap)
    len = cap;
  if (len > 0)
    memcpy(room, bytes, len);
  out_commit(out, len);
  return len;
}

/* MSG_NOSIGNAL: if the peer has gone, send returns an error instead of a
 * SIGPIPE. */
long out_flush(struct out *out, int fd) {
  long sent = 0;
  while (out_len(out) > 0) {
    ssize_t n = send(fd, out->bytes + out->from, out_len(out), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK ? sent : -1;
    out->from += (size_t)n;
    sent += n;
  }
  return sent;
}
