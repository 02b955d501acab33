/* SPDX-License-Identifier: MIT
 *
 * upshake in libevent's own HTTP server, evhttp: a page at "/", and WebSocket
 * at "/chat".  evhttp has parsed the request.  upshake judges what it found,
 * and evhttp sends each refusal, made from values.  After a switch the
 * connection changes hands: evhttp_session.c speaks WebSocket on it.
 *
 * With evhttp.c, evhttp_session.c, evhttp_session.h and the two files of the
 * library in one folder (libevent-dev, libwslay-dev):
 *     cc -I. evhttp.c evhttp_session.c upshake.c -levent -lwslay -o evhttp
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-evhttp 8100
 *     curl -i 127.0.0.1:8100
 *     curl -i 127.0.0.1:8100/chat
 *     echo hello | build/upshake-client ws://127.0.0.1:8100/chat
 *
 * A judge does not see what evhttp forgives: here a single LF and a folded
 * line.  evhttp itself answers a request that it cannot parse.  Its answer may
 * be lost if it closes while bytes of the client are unread.  A real server
 * also sends pings: a session here has no limit of time.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <upshake.h>
#include "evhttp_session.h"

enum { FIELDS_MOST = 100 };

static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/chat") ? UPSHAKE_ACCEPT
                                                              : 404;
}
static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1,
                                      .decide = decide,
                                      .limits = {.fields = FIELDS_MOST}};

/* ---- Judging what evhttp has found --------------------------------------- */

/* EVHTTP_REQ_GET is bit 0, and so on in this order. */
static upshake_slice get_method(const struct evhttp_request *req) {
  static const char *const methods[] = {"GET",   "POST",    "HEAD",
                                        "PUT",   "DELETE",  "OPTIONS",
                                        "TRACE", "CONNECT", "PATCH"};

  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
    if ((int)evhttp_request_get_command(req) == 1 << i)
      return upshake_text(methods[i]);
  return upshake_text(NULL);
}

/* The fields are used until the reply is sent.  There is room for one more than
 * the limit, which makes upshake answer 431. */
static upshake_next judge_request(upshake_judge *judge,
                                  struct evhttp_request *req,
                                  upshake_field fields[FIELDS_MOST + 1]) {
  const struct evkeyval *header;
  size_t len = 0;

  for (header = evhttp_request_get_input_headers(req)->tqh_first;
       header && len <= FIELDS_MOST; header = header->next.tqe_next)
    fields[len++] =
        (upshake_field){upshake_text(header->key), upshake_text(header->value)};

  upshake_found found = {.version = req->major * 10 + req->minor,
                         .method = get_method(req),
                         .target = upshake_text(evhttp_request_get_uri(req)),
                         .fields = upshake_array(fields, len)};
  upshake_judge_begin(judge, &config, NULL, &found);
  return upshake_judge_end(judge);
}

/* ---- Answers ------------------------------------------------------------- */

/* The 101 goes before everything that the new protocol says.  Returns -1 if it
 * is impossible: nothing was sent then. */
static int begin_websocket(struct evhttp_request *req, upshake *hs) {
  struct evhttp_connection *connection = evhttp_request_get_connection(req);
  struct bufferevent *peer = evhttp_connection_get_bufferevent(connection);
  char reply[UPSHAKE_REPLY_CAP];
  size_t len;

  if (upshake_reply(hs, reply, sizeof reply, &len) != UPSHAKE_OK ||
      bufferevent_write(peer, reply, len) != 0)
    return -1;
  start_session(connection); /* it finds early bytes in the input */
  return 0;
}

static void send_page(struct evhttp_request *req) {
  struct evbuffer *page = evbuffer_new();

  if (!page)
    exit(1);
  if (evhttp_request_get_command(req) != EVHTTP_REQ_HEAD)
    evbuffer_add_printf(page, "WebSocket is at /chat\n");
  evhttp_send_reply(req, 200, "OK", page);
  evbuffer_free(page);
}

/* evhttp itself writes the framing. */
static void refuse(struct evhttp_request *req, upshake *hs, int keep) {
  upshake_extra extra = {.keep = keep ? UPSHAKE_KEEP_OPEN : UPSHAKE_KEEP_CLOSE};
  upshake_cursor cursor = {0};
  upshake_line line;
  char name[64], value[256], reason[64];

  while (upshake_reply_line(hs, &extra, &cursor, &line) == 1)
    if (!(line.kind & UPSHAKE_LINE_FRAMING) &&
        !(line.kind & UPSHAKE_LINE_CLOSE) && /* is there already */
        upshake_copy(line.field.name, name, sizeof name) &&
        upshake_copy(line.field.value, value, sizeof value))
      evhttp_add_header(evhttp_request_get_output_headers(req), name, value);
  evhttp_send_reply(req, line.status,
                    upshake_copy(line.reason, reason, sizeof reason), NULL);
}

static void on_request(struct evhttp_request *req, void *user) {
  upshake_field fields[FIELDS_MOST + 1];
  upshake_judge judge;
  upshake *hs = &judge.hs;

  /* 1 feed: all at once */
  upshake_next next = judge_request(&judge, req, fields);
  upshake_slice path = upshake_get_request(hs).path;
  upshake_result result = upshake_get_result(hs);
  (void)user;

  /* 2 decide: evhttp does not read every body, and would take it for a
   * request */
  int is_plain = next == UPSHAKE_PLAIN;
  int keep = is_plain && result.may_keep && result.body_left == 0;
  if (is_plain && !upshake_equal(path, "/"))
    upshake_answer(hs, upshake_equal(path, "/chat") ? 426 : 404);

  /* 3 reply, then early bytes */
  if (result.switched && begin_websocket(req, hs) == 0)
    return;
  if (result.switched)
    upshake_answer(hs, 500);

  /* evhttp closes only if the first Connection is "close"; a 426 has "Upgrade"
   * too.  To HTTP/1.0 evhttp may add "keep-alive"; "close" wins (RFC 9112
   * 9.3). */
  if (!keep)
    evhttp_add_header(evhttp_request_get_output_headers(req), "Connection",
                      "close");
  if (is_plain && upshake_equal(path, "/"))
    send_page(req);
  else
    refuse(req, hs, keep);
}

/* ---- The port ------------------------------------------------------------ */

static int start_listening(struct evhttp *http, unsigned port) {
  struct evhttp_bound_socket *bound =
      evhttp_bind_socket_with_handle(http, "127.0.0.1", (ev_uint16_t)port);
  struct sockaddr_in at;
  socklen_t len = sizeof at;

  if (bound == NULL || getsockname(evhttp_bound_socket_get_fd(bound),
                                   (struct sockaddr *)&at, &len) != 0)
    return -1;
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return 0;
}

int main(int argc, char **argv) {
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fputs("usage: evhttp PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  signal(SIGPIPE, SIG_IGN);
  struct event_base *base = event_base_new();
  struct evhttp *http = base != NULL ? evhttp_new(base) : NULL;
  if (http == NULL) {
    fputs("evhttp: no memory\n", stderr);
    return 1;
  }
  evhttp_set_timeout(http, 10);
  evhttp_set_max_headers_size(http, 8192);
  evhttp_set_max_body_size(http, 8192);
  evhttp_set_default_content_type(http, "text/plain");
  evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
  evhttp_set_gencb(http, on_request, NULL);
  if (start_listening(http, port) != 0) {
    perror("evhttp: cannot listen");
    evhttp_free(http);
    event_base_free(base);
    return 1;
  }
  return event_base_dispatch(base);
}
