/* SPDX-License-Identifier: MIT
 *
 * upshake behind another parser, picohttpparser.  The parser gives all fields
 * at once, and upshake takes them as one array.  It judges them and writes the
 * reply.  An upgrade gets `echo`, any other request gets 426.
 *
 * With this file and the two files of the library in one folder, and
 * picohttpparser as a library:
 *     cc -I. picohttpparser.c upshake.c -lpicohttpparser -o picohttpparser
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
 * time (epoll.c, libuv.c).
 */
#include <arpa/inet.h>
#include <picohttpparser.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <upshake.h>

enum { FIELDS_MOST = 100 };

static const upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1};

struct request {
  char bytes[8192];
  size_t len;
  size_t head_len; /* bytes behind it belong to the new protocol */
  upshake_field fields[FIELDS_MOST];
  upshake_judge judge;
};

/* ---- The handshake ------------------------------------------------------- */

/* 2 decide: this config accepts every valid offer.  picohttpparser gives the
 * second line of a folded field without a name.  upshake refuses it, because no
 * name is empty. */
static void judge(struct request *r, upshake_found *found,
                  const struct phr_header *headers, size_t len) {
  for (size_t i = 0; i < len; i++)
    r->fields[i] =
        (upshake_field){.name = {headers[i].name, headers[i].name_len},
                        .value = {headers[i].value, headers[i].value_len}};
  found->fields = upshake_array(r->fields, len);

  upshake_judge_begin(&r->judge, &config, NULL, found);
  if (upshake_judge_end(&r->judge) == UPSHAKE_PLAIN)
    upshake_answer(&r->judge.hs, 426);
}

/* Returns one of these, or the status for a head that cannot be judged. */
enum { JUDGED = 0, READ_ON = 1 };

/* 1 feed: all bytes once more, of which `before` were there already. */
static int parse(struct request *r, size_t before) {
  struct phr_header headers[FIELDS_MOST];
  upshake_found found = {0};
  size_t len = FIELDS_MOST;
  int minor = 0;

  int end = phr_parse_request(r->bytes, r->len, &found.method.ptr,
                              &found.method.len, &found.target.ptr,
                              &found.target.len, &minor, headers, &len, before);
  if (end == -2 && r->len < sizeof r->bytes)
    return READ_ON;
  if (end == -2)
    return memchr(r->bytes, '\n', r->len) != NULL ? 431 : 414;
  if (end < 0)
    return len == FIELDS_MOST ? 431 : 400;

  r->head_len = (size_t)end;
  found.version = minor != 0 ? 11 : 10;
  judge(r, &found, headers, len);
  return JUDGED;
}

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

static int send_reply(int fd, struct request *r, int status) {
  char reply[UPSHAKE_REPLY_CAP];
  size_t len;
  upshake_response broken = {.status = status};
  upshake *hs = &r->judge.hs;
  upshake_error error;

  if (status != JUDGED)
    error = upshake_write(&broken, NULL, reply, sizeof reply, &len);
  else if ((error = upshake_reply(hs, reply, sizeof reply, &len)) !=
               UPSHAKE_OK &&
           upshake_answer(hs, 500) == UPSHAKE_OK)
    error = upshake_reply(hs, reply, sizeof reply, &len);
  return error == UPSHAKE_OK ? send_all(fd, reply, len) : -1;
}

static void echo(int fd, struct request *r) {
  const char *early = r->bytes + r->head_len;
  size_t len = r->len - r->head_len;
  ssize_t received;

  if (send_all(fd, early, len) != 0)
    return;
  while ((received = recv(fd, r->bytes, sizeof r->bytes, 0)) > 0)
    if (send_all(fd, r->bytes, (size_t)received) != 0)
      return;
}

static void serve(int fd) {
  struct request request = {.len = 0};
  int status = READ_ON;

  while (status == READ_ON) {
    size_t before = request.len;
    ssize_t received =
        recv(fd, request.bytes + before, sizeof request.bytes - before, 0);
    if (received <= 0)
      return;
    request.len += (size_t)received;
    status = parse(&request, before);
  }

  /* 3 reply, then early bytes */
  if (send_reply(fd, &request, status) == 0 && status == JUDGED &&
      upshake_get_result(&request.judge.hs).switched)
    echo(fd, &request);

  /* Closing at once could destroy the reply on its way (RFC 9112 9.6). */
  shutdown(fd, SHUT_WR);
  while (recv(fd, request.bytes, sizeof request.bytes, 0) > 0)
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
    fputs("usage: picohttpparser PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  int listener = start_listening(port);
  if (listener < 0) {
    perror("picohttpparser: cannot listen");
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
