/* SPDX-License-Identifier: MIT
 *
 * HTTP/2 behind upshake-h2c: see h2c_session.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "h2c_session.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Gives the content of an answer, in pieces that fit the frame and the client's
 * window.  source->fd is not needed for a file, so it counts the sent bytes. */
static ssize_t give_content(nghttp2_session *session, int32_t stream,
                            uint8_t *buf, size_t cap, uint32_t *flags,
                            nghttp2_data_source *source, void *user) {
  char content[40];

  (void)session, (void)user;
  int all = snprintf(content, sizeof content, "HTTP/2, stream %d\n", stream);
  size_t len = (size_t)(all - source->fd);

  if (len <= cap)
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  else
    len = cap;
  memcpy(buf, content + source->fd, len);
  source->fd += (int)len;
  return (ssize_t)len;
}

int session_answer(nghttp2_session *session, int32_t stream, int to_head) {
  static uint8_t status[] = ":status", ok[] = "200";
  static uint8_t type[] = "content-type", plain[] = "text/plain";
  const nghttp2_nv fields[] = {
      {status, ok, sizeof status - 1, sizeof ok - 1, 0},
      {type, plain, sizeof type - 1, sizeof plain - 1, 0}};
  const nghttp2_data_provider content = {.read_callback = give_content};

  return nghttp2_submit_response(session, stream, fields, 2,
                                 to_head ? NULL : &content);
}

/* Only one thing of a request matters here: the answer to HEAD has no content.
 * The stream remembers HEAD by a pointer that is not NULL. */
static int take_field(nghttp2_session *session, const nghttp2_frame *frame,
                      const uint8_t *name, size_t name_len,
                      const uint8_t *value, size_t value_len, uint8_t flags,
                      void *user) {
  (void)flags;
  if (name_len == 7 && memcmp(name, ":method", 7) == 0 && value_len == 4 &&
      memcmp(value, "HEAD", 4) == 0)
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, user);
  return 0;
}

/* A request is answered when it ends.  Its content is dropped. */
static int take_frame(nghttp2_session *session, const nghttp2_frame *frame,
                      void *user) {
  int32_t stream = frame->hd.stream_id;
  (void)user;
  if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
      !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
    return 0;
  return session_answer(session, stream,
                        nghttp2_session_get_stream_user_data(session, stream) !=
                            NULL);
}

static ssize_t send_bytes(nghttp2_session *session, const uint8_t *bytes,
                          size_t len, int flags, void *user) {
  const int *fd = user;
  size_t done = 0;

  (void)session, (void)flags;
  while (done < len) {
    ssize_t sent = send(*fd, bytes + done, len - done, MSG_NOSIGNAL);
    if (sent <= 0)
      return NGHTTP2_ERR_CALLBACK_FAILURE;
    done += (size_t)sent;
  }
  return (ssize_t)len;
}

/* A server's first frame is SETTINGS (RFC 9113 3.4). */
nghttp2_session *session_open(int *fd) {
  const nghttp2_settings_entry streams = {
      NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100};
  nghttp2_session_callbacks *callbacks;
  nghttp2_session *session = NULL;

  if (nghttp2_session_callbacks_new(&callbacks) != 0)
    return NULL;
  nghttp2_session_callbacks_set_send_callback(callbacks, send_bytes);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, take_field);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, take_frame);

  if (nghttp2_session_server_new(&session, callbacks, fd) == 0)
    nghttp2_submit_settings(session, 0, &streams, 1);
  nghttp2_session_callbacks_del(callbacks);
  return session;
}
