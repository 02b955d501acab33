/* SPDX-License-Identifier: MIT
 *
 * upshake-h2-websocket: WebSocket over HTTP/1.1 and HTTP/2 on one port, with
 * TLS.  It teaches how one config and one callback serve both versions:
 *
 *   HTTP/1.1  a GET with Upgrade: feed and reply, as in the other examples
 *   HTTP/2    a CONNECT with :protocol (RFC 8441): a judge takes the fields as
 *             nghttp2 reports them, and gives the reply as fields.  After a 200
 *             the stream stays open, and DATA frames carry the WebSocket
 *
 * The client chooses the version by ALPN.  Every path echoes messages, by
 * demo/websocket.c.  GET / gives a page that opens a WebSocket to its own host.
 * Browsers open it on the HTTP/2 connection that the page came from.
 *
 * To try it (libssl-dev, libnghttp2-dev, libwslay-dev, zlib1g-dev):
 *     openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=localhost \
 *       -keyout key.pem -out cert.pem
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-h2-websocket --port 8443 --cert cert.pem --key key.pem
 *     chromium --ignore-certificate-errors https://localhost:8443/
 *
 * A real server adds a deadline for every phase: see demo/demo.c.
 */
#define _POSIX_C_SOURCE 200809L
#include <nghttp2/nghttp2.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "common/start.h"
#include "demo/websocket.h"
#define CONNECTIONS_MAX 64
#define POLLED_MAX (CONNECTIONS_MAX + LISTENERS_MAX) /* the listeners last */
#define STREAMS_MAX 16

/* Who may open a WebSocket: a connection in HTTP/1.1, a stream in HTTP/2. */
struct peer {
  int32_t stream;      /* its number; 0: HTTP/1.1, or a free place */
  int frames, ended;   /* HEADERS and DATA so far; nothing new comes */
  upshake hs;          /* of HTTP/1.1 */
  upshake_judge judge; /* of HTTP/2 */
  char head[8192];
  size_t head_len, withheld;   /* see take_field, take_data */
  struct websocket *websocket; /* NULL until the callback has accepted */
  struct out out;              /* bytes for TLS, or for DATA frames */
};

/* peers[0] is the connection in HTTP/1.1, the others are streams. */
struct connection {
  SSL *ssl;
  nghttp2_session *session; /* NULL: HTTP/1.1 */
  const uint8_t *waiting;   /* bytes for TLS.  Nothing is received, and nothing
                               moves them, until TLS has taken all `len` */
  size_t len;
  struct peer peers[1 + STREAMS_MAX];
};

/* ---- Both versions ------------------------------------------------------- */

/* The library calls it for a valid offer, whatever the version. */
static int open_websocket(upshake *hs, void *user) {
  struct peer *peer = user;
  upshake_slice path = upshake_get_request(hs).path;
  if ((peer->websocket = websocket_open(&peer->out, NULL)) == NULL)
    return 503;
  char who[24] = "h1";
  if (peer->stream != 0)
    snprintf(who, sizeof who, "h2 stream %d", (int)peer->stream);
  printf("%s websocket %.*s\n", who, (int)path.len, path.ptr);
  return UPSHAKE_ACCEPT;
}

static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {.protocols = table,
                                      .protocols_len = 1,
                                      .decide = open_websocket,
                                      .transport = UPSHAKE_TRANSPORT_SECURED};

#define PAGE_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
static const char page[] = PAGE_HEAD
    "<!DOCTYPE html><meta charset=utf-8><title>waiting</title><script>\n"
    "const socket = new WebSocket(`wss://${location.host}/echo`);\n"
    "socket.onopen = () => socket.send('hello');\n"
    "socket.onmessage = (e) => document.title = `echo: ${e.data}`;</script>\n";

/* If a PLAIN request asks for something else, returns 0, and the library has a
 * reply.  HTTP/2 writes the head of the page by itself. */
static int give_page(struct peer *peer, upshake *hs) {
  upshake_request request = upshake_get_request(hs);
  size_t from = peer->stream == 0 ? 0 : sizeof PAGE_HEAD - 1;
  if (!upshake_equal(request.method, "GET") ||
      !upshake_equal(request.path, "/"))
    return upshake_answer(hs, 404), 0;
  out_append(&peer->out, page + from, sizeof page - 1 - from);
  return peer->ended = 1;
}

/* 1 if nothing follows the bytes that wait. */
static int peer_is_done(const struct peer *peer) {
  if (peer->ended)
    return !peer->websocket || !websocket_has_more(peer->websocket);
  return peer->websocket && websocket_is_done(peer->websocket);
}

/* With 0: a place for a new stream. */
static struct peer *find(struct connection *c, int32_t stream) {
  for (size_t i = 1; i <= STREAMS_MAX; i++)
    if (c->peers[i].stream == stream)
      return &c->peers[i];
  return NULL;
}

/* ---- HTTP/2: the reply --------------------------------------------------- */

/* Gives what waits for a DATA frame.  If nothing waits, nghttp2 asks again
 * after nghttp2_session_resume_data.  EOF becomes END_STREAM. */
static ssize_t give_data(nghttp2_session *session, int32_t stream, uint8_t *buf,
                         size_t cap, uint32_t *flags,
                         nghttp2_data_source *source, void *user) {
  struct peer *peer = source->ptr;
  struct out *out = &peer->out;
  size_t len = out_len(out) < cap ? out_len(out) : cap;
  (void)session, (void)stream, (void)user;
  memcpy(buf, out->bytes + out->from, len);
  out->from += len;
  if (out_len(out) == 0 && peer_is_done(peer))
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  else if (len == 0)
    return NGHTTP2_ERR_DEFERRED;
  return (ssize_t)len;
}

/* The callback is called at the end of the judgement.  The reply goes back as
 * fields, of which nghttp2 makes copies.  After a 200 for a CONNECT the stream
 * has data, even though no frame waits yet.  If it has no data, the HEADERS
 * frame ends it. */
static int answer(nghttp2_session *session, struct peer *peer) {
  const nghttp2_data_provider data = {{.ptr = peer}, give_data};
  nghttp2_nv fields[UPSHAKE_REPLY_LINES] = {
      {(uint8_t *)":status", (uint8_t *)"200", 7, 3, 0}};
  upshake *hs = &peer->judge.hs;
  upshake_next next = upshake_judge_end(&peer->judge);
  upshake_cursor cursor = {0};
  upshake_line line;
  size_t len = 0;
  if (upshake_judge_is_malformed(&peer->judge))
    return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, peer->stream,
                                     NGHTTP2_PROTOCOL_ERROR);
  if (next == UPSHAKE_PLAIN && give_page(peer, hs))
    return nghttp2_submit_response(session, peer->stream, fields, 1, &data);
  while (upshake_reply_line(hs, NULL, &cursor, &line) == 1) {
    upshake_slice name = line.field.name, value = line.field.value;
    fields[len++] =
        (nghttp2_nv){(uint8_t *)(uintptr_t)name.ptr,
                     (uint8_t *)(uintptr_t)value.ptr, name.len, value.len, 0};
  }
  return nghttp2_submit_response(session, peer->stream, fields, len,
                                 peer->websocket ? &data : NULL);
}

/* ---- HTTP/2: what nghttp2 reports ---------------------------------------- */

/* nghttp2 takes its fields back after this call, and the judge needs them until
 * the reply is taken.  So `head` keeps copies. */
static int take_field(nghttp2_session *session, const nghttp2_frame *frame,
                      const uint8_t *name, size_t name_len,
                      const uint8_t *value, size_t value_len, uint8_t flags,
                      void *user) {
  static const upshake_found found = {.version = 20};
  struct peer *peer = find(user, frame->hd.stream_id);
  (void)session, (void)flags;
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) /* trailer fields */
    return 0;
  if (peer == NULL) {
    if ((peer = find(user, 0)) == NULL)
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* resets the stream */
    peer->stream = frame->hd.stream_id;
    upshake_judge_begin_stream(&peer->judge, &config, peer, &found);
  }
  if (name_len + value_len > sizeof peer->head - peer->head_len)
    return upshake_answer(&peer->judge.hs, 431), 0;
  char *at = peer->head + peer->head_len;
  memcpy(at, name, name_len);
  memcpy(at + name_len, value, value_len);
  peer->head_len += name_len + value_len;
  upshake_judge_field(&peer->judge, (upshake_slice){at, name_len},
                      (upshake_slice){at + name_len, value_len});
  return 0;
}

/* The first frame of a stream is the whole head of the request. */
static int take_frame(nghttp2_session *session, const nghttp2_frame *frame,
                      void *user) {
  struct peer *peer = find(user, frame->hd.stream_id);
  if (peer == NULL || frame->hd.type > NGHTTP2_HEADERS) /* nor DATA */
    return 0;
  peer->ended |= frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
  return peer->frames++ == 0 ? answer(session, peer) : 0;
}

/* The connection's window opens again at once, so that a stream that waits
 * stops no other stream.  The stream's own window opens in http2_fill. */
static int take_data(nghttp2_session *session, uint8_t flags, int32_t stream,
                     const uint8_t *bytes, size_t len, void *user) {
  struct peer *peer = find(user, stream);
  (void)flags;
  nghttp2_session_consume_connection(session, len);
  if (peer == NULL)
    return 0;
  peer->withheld += len;
  if (peer->websocket != NULL)
    websocket_receive(peer->websocket, (const char *)bytes, len);
  return 0;
}

static int end_stream(nghttp2_session *session, int32_t stream, uint32_t code,
                      void *user) {
  struct peer *peer = find(user, stream);
  (void)session, (void)code;
  if (peer == NULL)
    return 0;
  websocket_close(peer->websocket);
  memset(peer, 0, sizeof *peer); /* the place is free */
  return 0;
}

/* ---- HTTP/2: the connection ---------------------------------------------- */

/* A client sends an extended CONNECT only after the setting that allows it (RFC
 * 8441 3). */
static int http2_open(struct connection *c) {
  static const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX}};
  static nghttp2_session_callbacks *calls; /* for all connections */
  static nghttp2_option *option;
  if (option == NULL && (nghttp2_session_callbacks_new(&calls) != 0 ||
                         nghttp2_option_new(&option) != 0))
    return -1;
  nghttp2_session_callbacks_set_on_header_callback(calls, take_field);
  nghttp2_session_callbacks_set_on_frame_recv_callback(calls, take_frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, take_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(calls, end_stream);
  nghttp2_option_set_no_auto_window_update(option, 1);
  return nghttp2_session_server_new2(&c->session, calls, c, option) ||
         nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 2);
}

/* A client that sends and does not read stops itself: the window of a stream
 * opens only while few of its echoes wait. */
static int http2_fill(struct connection *c) {
  for (struct peer *p = &c->peers[1]; p <= &c->peers[STREAMS_MAX]; p++) {
    if (p->websocket != NULL)
      websocket_fill(p->websocket);
    nghttp2_session_resume_data(c->session, p->stream);
    if (p->websocket != NULL && !websocket_listens(p->websocket))
      continue;
    nghttp2_session_consume_stream(c->session, p->stream, p->withheld);
    p->withheld = 0;
  }
  ssize_t len = nghttp2_session_mem_send(c->session, &c->waiting);
  c->len = len > 0 ? (size_t)len : 0;
  return !nghttp2_session_want_read(c->session) &&
         !nghttp2_session_want_write(c->session);
}

/* ---- A connection -------------------------------------------------------- */

/* Takes all bytes; returns less than 0 if they are no HTTP/2.  In HTTP/1.1 the
 * bytes that arrived together with the head are the first frames. */
static int receive(struct connection *c, const char *bytes, size_t len) {
  struct peer *peer = &c->peers[0];
  size_t used = 0, cap, reply_len;
  if (c->session != NULL)
    return (int)nghttp2_session_mem_recv(c->session, (const void *)bytes, len);
  if (peer->websocket == NULL && !peer->ended) {
    upshake_next next = upshake_feed(&peer->hs, bytes, len, &used);
    if (next == UPSHAKE_READ ||
        (next == UPSHAKE_PLAIN && give_page(peer, &peer->hs)))
      return 0;
    char *room = out_room(&peer->out, &cap);
    upshake_reply(&peer->hs, room, cap, &reply_len);
    out_commit(&peer->out, reply_len);
    peer->ended = peer->websocket == NULL;
  }
  if (peer->websocket != NULL)
    websocket_receive(peer->websocket, bytes + used, len - used);
  return 0;
}

/* Lets the next bytes wait.  Returns 1 if nothing follows them. */
static int fill(struct connection *c) {
  struct peer *peer = &c->peers[0];
  if (c->session != NULL)
    return http2_fill(c);
  if (peer->websocket != NULL)
    websocket_fill(peer->websocket);
  c->len = out_len(&peer->out);
  c->waiting = (const uint8_t *)peer->out.bytes + peer->out.from;
  peer->out.from = peer->out.to;
  return peer_is_done(peer);
}

/* TLS may have to write in order to read, and to read in order to write.
 * Returns the event that it waits for, or 0 if the connection is broken. */
static short event_after(const struct connection *c, int n) {
  int error = SSL_get_error(c->ssl, n);
  if (n > 0 || error == SSL_ERROR_WANT_READ)
    return POLLIN;
  return error == SSL_ERROR_WANT_WRITE ? POLLOUT : 0;
}

/* Returns the event to wait for, or 0 if the connection is over.  Nothing is
 * received while bytes wait to be sent.  A whole record fits, so TLS keeps no
 * bytes that poll cannot see.  Closing with unread bytes could destroy the
 * answer on its way, so our side first stops sending. */
static short serve(struct connection *c) {
  char bytes[SSL3_RT_MAX_PLAIN_LENGTH];
  short event = POLLIN;
  int n, is_last = 0;
  ERR_clear_error();
  if (c->len == 0) {
    n = SSL_read(c->ssl, bytes, sizeof bytes);
    event = event_after(c, n);
    if (event == 0 || (n > 0 && receive(c, bytes, (size_t)n) < 0))
      return 0;
  }
  while (c->len > 0 || (is_last = fill(c), c->len > 0)) {
    n = SSL_write(c->ssl, c->waiting, (int)c->len);
    if (n <= 0)
      return event_after(c, n);
    c->len -= (size_t)n; /* to 0: it writes everything or nothing */
  }
  if (is_last && SSL_get_shutdown(c->ssl) == 0) {
    SSL_shutdown(c->ssl);
    shutdown(SSL_get_fd(c->ssl), SHUT_WR);
  }
  return event;
}

/* Returns -1: there is no connection. */
static int close_connection(struct connection *c, int fd) {
  for (size_t i = 0; i <= STREAMS_MAX; i++)
    websocket_close(c->peers[i].websocket);
  nghttp2_session_del(c->session);
  SSL_free(c->ssl);
  memset(c, 0, sizeof *c);
  BIO_closesocket(fd);
  return -1;
}

static int open_connection(struct connection *c, SSL_CTX *tls, int listener) {
  int fd = accept(listener, NULL, NULL);
  struct peer *peer = &c->peers[0];
  /* If the config is wrong, hs must not be used. */
  if (upshake_init(&peer->hs, &config, peer->head, sizeof peer->head, peer) !=
          UPSHAKE_OK ||
      (c->ssl = SSL_new(tls)) == NULL || BIO_socket_nbio(fd, 1) != 1 ||
      SSL_set_fd(c->ssl, fd) != 1)
    return close_connection(c, fd);
  SSL_set_accept_state(c->ssl);
  SSL_set_app_data(c->ssl, c); /* for choose_version */
  return fd;
}

/* ---- The port ------------------------------------------------------------ */

/* poll skips a place whose descriptor is -1.  If there is no room for a
 * connection, the client waits. */
static _Noreturn void run(SSL_CTX *tls, const struct listeners *listeners) {
  static struct connection all[CONNECTIONS_MAX];
  struct pollfd at[POLLED_MAX], *doors = &at[CONNECTIONS_MAX];
  size_t i, room = 0;
  for (i = 0; i < CONNECTIONS_MAX; i++)
    at[i] = (struct pollfd){-1, POLLIN, 0};
  for (;;) {
    int has_room = room < CONNECTIONS_MAX;
    for (i = 0; i < LISTENERS_MAX; i++)
      doors[i] = (struct pollfd){has_room ? listeners->fds[i] : -1, POLLIN, 0};
    if (poll(at, POLLED_MAX, -1) < 0)
      continue;
    for (i = 0; i < LISTENERS_MAX; i++)
      if (doors[i].revents != 0 && at[room].fd < 0)
        at[room].fd = open_connection(&all[room], tls, doors[i].fd);
    for (i = 0, room = CONNECTIONS_MAX; i < CONNECTIONS_MAX; i++) {
      if (at[i].revents != 0 && (at[i].events = serve(&all[i])) == 0)
        at[i] = (struct pollfd){close_connection(&all[i], at[i].fd), POLLIN, 0};
      if (at[i].fd < 0)
        room = i;
    }
  }
}

static int choose_version(SSL *ssl, const unsigned char **out,
                          unsigned char *out_len, const unsigned char *in,
                          unsigned in_len, void *user) {
  struct connection *c = SSL_get_app_data(ssl);
  unsigned char *chosen = NULL;
  int is_http2 = nghttp2_select_next_protocol(&chosen, out_len, in, in_len);
  (void)user;
  *out = chosen;
  if (is_http2 < 0 || (is_http2 && c->session == NULL && http2_open(c) != 0))
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  return SSL_TLSEXT_ERR_OK;
}

/* HTTP/2 needs TLS 1.2 (RFC 9113 9.2).  Returns NULL if the files are wrong. */
static SSL_CTX *open_tls(const char *cert, const char *key) {
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  if (tls == NULL || SSL_CTX_use_certificate_chain_file(tls, cert) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
    return SSL_CTX_free(tls), NULL;
  SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(tls, choose_version, NULL);
  return tls;
}

int main(int argc, char **argv) {
  struct option_value options[] = {
      {"--port", NULL}, {"--cert", NULL}, {"--key", NULL}};
  struct listeners listeners;
  keep_streams();
  int error = take_values(argc, argv, options, 3);
  const char *cert = options[1].value, *key = options[2].value;
  long port = error ? -1 : parse_number(options[0].value, 0, 65535);
  if (port < 0)
    end_with_usage(argc, argv,
                   "usage: upshake-h2-websocket --port N --cert FILE --key "
                   "FILE; N is a number from 0 to 65535");
  SSL_CTX *tls = open_tls(cert, key);
  if (tls == NULL)
    return fprintf(stderr, "upshake-h2-websocket: cannot use %s and %s\n", cert,
                   key),
           EXIT_BAD_INPUT;
  if (open_listeners("upshake-h2-websocket", port, &listeners) != 0)
    return SSL_CTX_free(tls), 1;
  signal(SIGPIPE, SIG_IGN); /* SSL_write returns the error */
  setvbuf(stdout, NULL, _IOLBF, 0);
  say_where("upshake-h2-websocket", "https", &listeners);
  run(tls, &listeners);
}
