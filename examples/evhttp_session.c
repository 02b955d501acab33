/* SPDX-License-Identifier: MIT
 *
 * WebSocket by wslay on a connection of evhttp: see evhttp_session.h.  Nothing
 * here uses upshake.
 */
#include "evhttp_session.h"

#include <stdlib.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <wslay/wslay.h>

struct session {
  struct evhttp_connection *connection; /* it owns the peer and the request */
  struct bufferevent *peer;
  wslay_event_context_ptr wslay;
};

static ssize_t on_recv(wslay_event_context_ptr wslay, uint8_t *out, size_t cap,
                       int flags, void *user) {
  struct session *s = user;
  size_t len = bufferevent_read(s->peer, out, cap);
  (void)flags;
  if (len > 0)
    return (ssize_t)len;
  wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
  return -1;
}

static ssize_t on_send(wslay_event_context_ptr wslay, const uint8_t *bytes,
                       size_t len, int flags, void *user) {
  struct session *s = user;
  (void)wslay, (void)flags;
  bufferevent_write(s->peer, bytes, len);
  return (ssize_t)len;
}

static void on_message(wslay_event_context_ptr wslay,
                       const struct wslay_event_on_msg_recv_arg *got,
                       void *user) {
  struct wslay_event_msg message = {got->opcode, got->msg, got->msg_length};
  (void)user;
  if (!wslay_is_ctrl_frame(got->opcode)) /* wslay itself answers the others */
    wslay_event_queue_msg(wslay, &message);
  wslay_event_send(wslay); /* at once, before a Close overtakes the message */
}

static void on_read(struct bufferevent *peer, void *user) {
  struct session *s = user;
  if (wslay_event_recv(s->wslay) != 0 || wslay_event_send(s->wslay) != 0)
    exit(1); /* no memory */
  if (evbuffer_get_length(bufferevent_get_output(peer)) > 0)
    bufferevent_disable(peer, EV_READ); /* until it is sent */
}

static void on_end(struct bufferevent *peer, short events, void *user) {
  struct session *s = user;
  (void)peer, (void)events; /* EOF, an error or a timeout */
  wslay_event_context_free(s->wslay);
  evhttp_connection_free(s->connection);
  free(s);
}

static void on_sent(struct bufferevent *peer, void *user) {
  struct session *s = user;
  if (wslay_event_want_read(s->wslay))
    bufferevent_enable(peer, EV_READ);
  else /* both have sent a Close */
    on_end(peer, 0, s);
}

void start_session(struct evhttp_connection *connection) {
  static const struct wslay_event_callbacks callbacks = {
      .recv_callback = on_recv,
      .send_callback = on_send,
      .on_msg_recv_callback = on_message};
  static const struct timeval patience = {.tv_sec = 10};
  struct session *s = calloc(1, sizeof *s);
  if (!s || wslay_event_context_server_init(&s->wslay, &callbacks, s) != 0)
    exit(1);
  wslay_event_config_set_max_recv_msg_length(s->wslay, 65536);
  s->connection = connection;
  s->peer = evhttp_connection_get_bufferevent(connection);
  bufferevent_setcb(s->peer, on_read, on_sent, on_end, s);
  bufferevent_set_timeouts(s->peer, NULL, &patience);
  bufferevent_enable(s->peer, EV_READ | EV_WRITE);
  on_read(s->peer, s); /* bytes that arrived together with the head */
}
