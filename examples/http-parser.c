/* SPDX-License-Identifier: MIT
 *
 * upshake behind another parser, http-parser.  The parser finds the fields in
 * pieces, which are put together here.  upshake judges them and writes the
 * reply.  An upgrade gets `echo`, any other request gets 426.
 *
 * With this file and the two files of the library in one folder
 * (libhttp-parser-dev):
 *     cc -I. http-parser.c upshake.c -lhttp_parser -o http-parser
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-http-parser 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i 127.0.0.1:8100
 *
 * A judge does not see what the parser forgives: here a single LF and a folded
 * line.  A real server serves many peers at a time (epoll.c, libuv.c).
 */
#include <arpa/inet.h>
#include <http_parser.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <upshake.h>

enum { TARGET = 0, FIELDS_MOST = 100, PARTS_MOST = 1 + 2 * FIELDS_MOST };

static const upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1};

/* What the parser has found: the target, then names and values in turn.  Each
 * part is a slice of `text`. */
struct request {
  upshake_slice parts[PARTS_MOST];
  size_t last; /* the part that is found now */
  char text[8192];
  size_t len;
  int status; /* of a head that cannot be judged */
  int judged;
  upshake_judge judge;
};

/* ---- The parser's callbacks ---------------------------------------------- */

/* Adds a piece to the last part, or begins the next one: the target and the
 * values have even numbers, the names have odd ones. */
static int gather(struct request *r, size_t odd, const char *piece,
                  size_t len) {
  if (r->last % 2 != odd)
    r->last++;
  if (r->last == PARTS_MOST || len > sizeof r->text - r->len) {
    r->status = r->last == TARGET ? 414 : 431;
    return 1;
  }

  upshake_slice *part = &r->parts[r->last];
  if (part->ptr == NULL)
    part->ptr = r->text + r->len;
  memcpy(r->text + r->len, piece, len);
  part->len += len;
  r->len += len;
  return 0;
}

static int on_name(http_parser *parser, const char *piece, size_t len) {
  return gather(parser->data, 1, piece, len);
}

static int on_target_or_value(http_parser *parser, const char *piece,
                              size_t len) {
  return gather(parser->data, 0, piece, len);
}

/* 2 decide: this config accepts every valid offer */
static int on_head(http_parser *parser) {
  struct request *r = parser->data;
  upshake_found found = {
      .version = parser->http_major * 10 + parser->http_minor,
      .method = upshake_text(http_method_str(parser->method)),
      .target = r->parts[TARGET]};

  upshake_judge_begin(&r->judge, &config, NULL, &found);
  for (size_t i = 1; i < r->last; i += 2)
    upshake_judge_field(&r->judge, r->parts[i], r->parts[i + 1]);
  if (upshake_judge_end(&r->judge) == UPSHAKE_PLAIN)
    upshake_answer(&r->judge.hs, 426);
  r->judged = 1;
  return 2; /* the bytes behind the head are not for http-parser */
}

static const http_parser_settings callbacks = {.on_url = on_target_or_value,
                                               .on_header_field = on_name,
                                               .on_header_value =
                                                   on_target_or_value,
                                               .on_headers_complete = on_head};

/* ---- A connection -------------------------------------------------------- */

static int send_all(int fd, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
    if (sent <= 0)
      return -1;
    bytes += sent;
    len -= (size_t)sent;
  }
  return 0;
}

static int send_reply(int fd, struct request *r) {
  char reply[UPSHAKE_REPLY_CAP];
  size_t len;
  upshake_response broken = {.status = r->status};
  upshake *hs = &r->judge.hs;
  upshake_error error;

  if (!r->judged)
    error = upshake_write(&broken, NULL, reply, sizeof reply, &len);
  else if ((error = upshake_reply(hs, reply, sizeof reply, &len)) !=
               UPSHAKE_OK &&
           upshake_answer(hs, 500) == UPSHAKE_OK)
    error = upshake_reply(hs, reply, sizeof reply, &len);
  return error == UPSHAKE_OK ? send_all(fd, reply, len) : -1;
}

static void serve(int fd) {
  char buf[4096];
  struct request request = {.status = 400};
  http_parser parser = {.data = &request};
  size_t used = 0;
  ssize_t len = 0;

  /* 1 feed */
  http_parser_init(&parser, HTTP_REQUEST);
  while (!request.judged && parser.http_errno == HPE_OK) {
    if ((len = recv(fd, buf, sizeof buf, 0)) <= 0)
      return;
    used = http_parser_execute(&parser, &callbacks, buf, (size_t)len);
  }

  /* 3 reply, then early bytes: those that the parser did not use */
  if (send_reply(fd, &request) == 0 && request.judged &&
      upshake_get_result(&request.judge.hs).switched &&
      send_all(fd, buf + used, (size_t)len - used) == 0)
    while ((len = recv(fd, buf, sizeof buf, 0)) > 0)
      if (send_all(fd, buf, (size_t)len) != 0)
        return;

  /* Closing at once could destroy the reply on its way (RFC 9112 9.6). */
  shutdown(fd, SHUT_WR);
  while (recv(fd, buf, sizeof buf, 0) > 0)
    continue;
}

/* ---- The port ------------------------------------------------------------ */

static int start_listening(unsigned port) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((in_port_t)port)};
  socklen_t len = sizeof at;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&at, len) != 0 ||
      listen(listener, 64) != 0 ||
      getsockname(listener, (struct sockaddr *)&at, &len) != 0)
    return -1;
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  const struct timeval limit = {.tv_sec = 10};
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fputs("usage: http-parser PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  int listener = start_listening(port);
  if (listener < 0) {
    perror("http-parser: cannot listen");
    return 1;
  }
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    serve(fd); /* if there is none, it fails */
    close(fd);
  }
}
