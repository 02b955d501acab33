/* SPDX-License-Identifier: MIT
 *
 * upshake behind another parser, http-parser.  The parser finds the fields in
 * pieces, which are put together here.  upshake judges them and writes the
 * reply.  An upgrade gets `echo`, any other request gets 426.
 *
 * To try it (libhttp-parser-dev; the lines after the server in a second
 * terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-http-parser 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i 127.0.0.1:8100
 *
 * A judge does not see what the parser forgives: here a single LF and a folded
 * line.  A real server serves many peers at a time (epoll.c, libuv.c). */
#include <http_parser.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <upshake.h>
#include "common/start.h"
#define PARTS 201 /* the target, then 100 names and values */
struct head {
  upshake_judge judge;
  upshake_slice parts[PARTS];
  size_t last, len;
  int judged, status; /* status: for a head that is not judged */
  char text[8192];
};
static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = table, .protocols_len = 1};
static int gather(struct head *h, size_t odd, const char *at, size_t len) {
  if (h->last % 2 != odd)
    h->last++; /* from a name to its value, from there to the next name */
  if (h->last == PARTS || len > sizeof h->text - h->len)
    return h->status = h->last == 0 ? 414 : 431;
  if (!h->parts[h->last].ptr)
    h->parts[h->last].ptr = h->text + h->len;
  memcpy(h->text + h->len, at, len);
  h->parts[h->last].len += len;
  h->len += len;
  return 0;
}
static int on_name(http_parser *parser, const char *at, size_t len) {
  return gather(parser->data, 1, at, len);
}
static int on_other(http_parser *parser, const char *at, size_t len) {
  return gather(parser->data, 0, at, len);
}
static int on_head(http_parser *parser) {
  struct head *h = parser->data;
  upshake_found found = {
      .version = parser->http_major * 10 + parser->http_minor,
      .method = upshake_text(http_method_str(parser->method)),
      .target = h->parts[0]};
  upshake_judge_begin(&h->judge, &config, NULL, &found);
  for (size_t i = 1; i < h->last; i += 2)
    upshake_judge_field(&h->judge, h->parts[i], h->parts[i + 1]);
  if (upshake_judge_end(&h->judge) == UPSHAKE_PLAIN)
    upshake_answer(&h->judge.hs, 426);
  h->judged = 1;
  return 2; /* the bytes behind it are not for http-parser */
}
static void serve(int fd) {
  static const http_parser_settings settings = {.on_url = on_other,
                                                .on_header_field = on_name,
                                                .on_header_value = on_other,
                                                .on_headers_complete = on_head};
  char buf[4096], reply[UPSHAKE_REPLY_CAP];
  struct head h = {.status = 400};
  http_parser parser = {.data = &h};
  size_t used = 0, len = 0;
  ssize_t n = 1;
  http_parser_init(&parser, HTTP_REQUEST);
  while (!h.judged && parser.http_errno == HPE_OK) {
    if ((n = recv(fd, buf, sizeof buf, 0)) <= 0)
      return;
    used = http_parser_execute(&parser, &settings, buf, (size_t)n);
  }
  upshake_response broken = {.status = h.status};
  if (h.judged)
    upshake_reply(&h.judge.hs, reply, sizeof reply, &len);
  else
    upshake_write(&broken, NULL, reply, sizeof reply, &len);
  send(fd, reply, len, MSG_NOSIGNAL);
  if (h.judged && upshake_get_result(&h.judge.hs).switched)
    for (; n > 0; n = recv(fd, buf, sizeof buf, 0), used = 0)
      send(fd, buf + used, (size_t)n - used, MSG_NOSIGNAL);
  shutdown(fd, SHUT_WR); /* then read, or the reply may be lost: RFC 9112 9.6 */
  while (n > 0 && (n = recv(fd, buf, sizeof buf, 0)) > 0)
    ;
}
int main(int argc, char **argv) {
  struct listeners at =
      start_listening("upshake-http-parser", argc, argv, 8100);
  struct timeval limit = {.tv_sec = 10};
  int fd;
  say_where("upshake-http-parser", "http", &at);
  for (; (fd = accept_next(&at)) >= 0; serve(fd), close(fd))
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return perror("upshake-http-parser"), 1;
}
