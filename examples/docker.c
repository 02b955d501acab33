/* SPDX-License-Identifier: MIT
 *
 * upshake-docker [PORT]: an Upgrade whose request has a body, as Docker's
 * clients send it to start a command in a container:
 *
 *     POST /v1.43/exec/ID/start HTTP/1.1     HTTP/1.1 101 UPGRADED
 *     Connection: Upgrade                    Connection: Upgrade
 *     Upgrade: tcp                           Upgrade: tcp
 *     Content-Length: 27
 *                                            and then a raw stream
 *     {"Detach":false,"Tty":true}
 *
 * The body is read first.  The bytes behind it belong to the stream (RFC 9110
 * 7.8).  No command runs here: the stream is sent back.
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-docker 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: tcp' -d '{}' \
 *         127.0.0.1:8100/v1.43/exec/ID/start
 */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <upshake.h>

#include "common/start.h"

/* The len bytes at `at` were received and are not consumed yet. */
struct exec {
  int fd;
  upshake hs;
  char head[8192], buf[4096], body[4096];
  char *at;
  size_t len, body_len;
};

/* Called twice: after the head (101 then means "read the body") and after the
 * body. */
static int decide(upshake *hs, void *user) {
  const struct exec *exec = user;
  upshake_slice path = upshake_get_request(hs).path;
  if (path.len < 6 || memcmp(path.ptr + path.len - 6, "/start", 6) != 0)
    return 404;
  if (upshake_get_result(hs).body_left > 0)
    return UPSHAKE_ACCEPT;
  return exec->body_len > 0 && exec->body[0] == '{' ? UPSHAKE_ACCEPT : 400;
}

static const upshake_protocol protocols[] = {
    {.name = "tcp", .methods = "POST", .body = UPSHAKE_BODY_ASK}};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1,
                                      .decide = decide,
                                      .limits = {.body = 4096}};

static int send_all(int fd, const char *bytes, size_t len) {
  ssize_t n = 0;
  for (; len > 0; bytes += n, len -= (size_t)n)
    if ((n = send(fd, bytes, len, MSG_NOSIGNAL)) <= 0)
      return -1;
  return 0;
}

static int receive(struct exec *exec) {
  ssize_t n = recv(exec->fd, exec->buf, sizeof exec->buf, 0);
  exec->at = exec->buf;
  exec->len = n > 0 ? (size_t)n : 0;
  return n > 0 ? 0 : -1;
}

static int send_reply(struct exec *exec) {
  static const upshake_field stream = {
      {UPSHAKE_TEXT("Content-Type")},
      {UPSHAKE_TEXT("application/vnd.docker.raw-stream")}};
  static const upshake_extra upgraded = {
      .fields = &stream, .fields_len = 1, .reason = {UPSHAKE_TEXT("UPGRADED")}};
  char reply[UPSHAKE_REPLY_CAP + 128];
  size_t len;
  int switched = upshake_get_result(&exec->hs).status == 101;
  upshake_reply_with(&exec->hs, switched ? &upgraded : NULL, reply,
                     sizeof reply, &len);
  return send_all(exec->fd, reply, len);
}

/* Reads head and body.  Returns READ if the client left before their end. */
static upshake_next read_request(struct exec *exec) {
  upshake_next next = UPSHAKE_READ;
  while (next == UPSHAKE_READ || next == UPSHAKE_BODY) {
    size_t used;
    if (next == UPSHAKE_READ && exec->len == 0 && receive(exec) != 0)
      return UPSHAKE_READ;
    next = upshake_feed(&exec->hs, exec->at, exec->len, &used);
    exec->at += used;
    exec->len -= used;
    upshake_result result = upshake_get_result(&exec->hs);
    if (next == UPSHAKE_BODY) { /* limits.body bytes in all at most */
      memcpy(exec->body + exec->body_len, result.content.ptr,
             result.content.len);
      exec->body_len += result.content.len;
    }
    if (next == UPSHAKE_SEND && result.status == 100) /* Expect */
      next = send_reply(exec) == 0 ? UPSHAKE_READ : next;
  }
  return next;
}

/* The stream begins with the bytes that arrived together with the body. */
static void echo(struct exec *exec) {
  printf("switched; body: ");
  for (size_t i = 0; i < exec->body_len; i++)
    putchar(exec->body[i] >= ' ' && exec->body[i] <= '~' ? exec->body[i] : '.');
  printf("; %zu bytes behind it\n", exec->len);
  fflush(stdout);
  while (send_all(exec->fd, exec->at, exec->len) == 0 && receive(exec) == 0)
    continue;
}

static void serve(int fd) {
  static struct exec exec;
  exec.fd = fd;
  upshake_init(&exec.hs, &config, exec.head, sizeof exec.head, &exec);
  upshake_next next = read_request(&exec);
  if (next == UPSHAKE_READ)
    return;
  if (next == UPSHAKE_PLAIN) /* a daemon would serve the rest of its API */
    upshake_answer(&exec.hs, 404);
  if (send_reply(&exec) == 0 && upshake_get_result(&exec.hs).status == 101)
    echo(&exec);
  shutdown(fd, SHUT_WR); /* closing at once could destroy the answer */
  while (receive(&exec) == 0)
    continue;
}

int main(int argc, char **argv) {
  struct listeners at = start_listening("upshake-docker", argc, argv, 2375);
  struct timeval limit = {.tv_sec = 60};
  int fd;
  say_where("upshake-docker", "http", &at);
  signal(SIGCHLD, SIG_IGN); /* no zombies */
  for (; (fd = accept_next(&at)) >= 0; close(fd)) {
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (fork() == 0) /* one process for each connection */
      return serve(fd), 0;
  }
  return perror("upshake-docker"), 1;
}
