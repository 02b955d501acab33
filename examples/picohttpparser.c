/* SPDX-License-Identifier: MIT
 *
 * upshake behind another parser, picohttpparser.  The parser gives all fields
 * at once, and upshake takes them as one array.  It judges them and writes the
 * reply.  An upgrade gets `echo`, any other request gets 426.
 *
 * To try it (the lines after the server in a second terminal; Debian has no
 * picohttpparser, so give CMake -DUPSHAKE_PICOHTTPPARSER_DIR=FOLDER):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-picohttpparser 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *     curl -i 127.0.0.1:8100
 *
 * A judge does not see what the parser forgives: here a single LF, and in the
 * version every digit behind "HTTP/1.".  A real server serves many peers at a
 * time (epoll.c, libuv.c). */
#include <picohttpparser.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <upshake.h>
#include "common/start.h"

enum { FIELDS_MOST = 100 };
struct head {
  upshake_judge judge;
  upshake_field fields[FIELDS_MOST];
  size_t len, end; /* bytes from `end` are behind the head */
  char bytes[8192];
};
static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = table, .protocols_len = 1};

/* picohttpparser gives the second line of a folded field without a name.
 * upshake refuses it, as no name is empty. */
static void judge(struct head *h, upshake_found *found,
                  const struct phr_header *headers, size_t len) {
  for (size_t i = 0; i < len; i++)
    h->fields[i] = (upshake_field){{headers[i].name, headers[i].name_len},
                                   {headers[i].value, headers[i].value_len}};
  found->fields = upshake_array(h->fields, len);
  upshake_judge_begin(&h->judge, &config, NULL, found);
  if (upshake_judge_end(&h->judge) == UPSHAKE_PLAIN)
    upshake_answer(&h->judge.hs, 426);
}

/* Returns one of these, or the status for a head that is not judged. */
enum { JUDGED = 0, READ_ON = 1 };
static int parse(struct head *h, size_t before) {
  struct phr_header headers[FIELDS_MOST];
  upshake_found found = {0};
  size_t len = FIELDS_MOST;
  int minor = 0, end;
  end = phr_parse_request(h->bytes, h->len, &found.method.ptr,
                          &found.method.len, &found.target.ptr,
                          &found.target.len, &minor, headers, &len, before);
  if (end == -2 && h->len < sizeof h->bytes)
    return READ_ON;
  if (end == -2)
    return memchr(h->bytes, '\n', h->len) ? 431 : 414;
  if (end < 0)
    return len == FIELDS_MOST ? 431 : 400;
  h->end = (size_t)end;
  found.version = minor ? 11 : 10;
  judge(h, &found, headers, len);
  return JUDGED;
}

static void serve(int fd) {
  struct head h = {.len = 0};
  char reply[UPSHAKE_REPLY_CAP];
  size_t len = 0;
  ssize_t n;
  int status = READ_ON;
  while (status == READ_ON) {
    if ((n = recv(fd, h.bytes + h.len, sizeof h.bytes - h.len, 0)) <= 0)
      return;
    h.len += (size_t)n;
    status = parse(&h, h.len - (size_t)n);
  }
  upshake_response broken = {.status = status};
  if (status == JUDGED)
    upshake_reply(&h.judge.hs, reply, sizeof reply, &len);
  else
    upshake_write(&broken, NULL, reply, sizeof reply, &len);
  send(fd, reply, len, MSG_NOSIGNAL);
  if (status == JUDGED && upshake_get_result(&h.judge.hs).switched) {
    send(fd, h.bytes + h.end, h.len - h.end, MSG_NOSIGNAL);
    while ((n = recv(fd, h.bytes, sizeof h.bytes, 0)) > 0)
      send(fd, h.bytes, (size_t)n, MSG_NOSIGNAL);
  }
  shutdown(fd, SHUT_WR); /* then read, or the reply may be lost: RFC 9112 9.6 */
  while (recv(fd, h.bytes, sizeof h.bytes, 0) > 0)
    continue;
}

int main(int argc, char **argv) {
  struct listeners at =
      start_listening("upshake-picohttpparser", argc, argv, 8100);
  struct timeval limit = {.tv_sec = 10};
  int fd;
  say_where("upshake-picohttpparser", "http", &at);
  for (; (fd = accept_next(&at)) >= 0; serve(fd), close(fd))
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return perror("upshake-picohttpparser"), 1;
}
