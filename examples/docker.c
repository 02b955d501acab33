/* SPDX-License-Identifier: MIT
 *
 * An Upgrade whose request has a body, as Docker's clients send it to start a
 * command in a container:
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
 * With this file and the two files of the library in one folder:
 *     cc -I. docker.c upshake.c -o docker
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-docker 8100
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: tcp' -d '{}' \
 *         127.0.0.1:8100/v1.43/exec/ID/start
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <upshake.h>

#define BODY_MOST 4096

struct exec {
  int fd;
  upshake hs;
  char head[8192];
  char body[BODY_MOST];
  size_t body_len;
  char buf[4096];
  char *at; /* `len` bytes from here were received and are not consumed */
  size_t len;
};

static int ends_with(upshake_slice text, const char *end) {
  size_t len = strlen(end);
  return text.len >= len && memcmp(text.ptr + text.len - len, end, len) == 0;
}

/* Called twice: behind the head, where ACCEPT means "read the body", and behind
 * the body. */
static int decide(upshake *hs, void *user) {
  const struct exec *exec = user;

  if (!ends_with(upshake_get_request(hs).path, "/start"))
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
                                      .limits = {.body = BODY_MOST}};

/* ---- The socket ---------------------------------------------------------- */

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

static int receive(struct exec *exec) {
  ssize_t received = recv(exec->fd, exec->buf, sizeof exec->buf, 0);
  exec->at = exec->buf;
  exec->len = received > 0 ? (size_t)received : 0;
  return received > 0 ? 0 : -1;
}

/* ---- The handshake ------------------------------------------------------- */

/* A 101 says what Docker's says.  If this reply is impossible, 500 takes its
 * place. */
static int send_reply(struct exec *exec) {
  static const upshake_field stream = {
      {UPSHAKE_TEXT("Content-Type")},
      {UPSHAKE_TEXT("application/vnd.docker.raw-stream")}};
  static const upshake_extra upgraded = {
      .fields = &stream, .fields_len = 1, .reason = {UPSHAKE_TEXT("UPGRADED")}};
  char reply[UPSHAKE_REPLY_CAP + 128];
  size_t len;
  int is_switch = upshake_get_result(&exec->hs).status == 101;

  upshake_error error = upshake_reply_with(
      &exec->hs, is_switch ? &upgraded : NULL, reply, sizeof reply, &len);
  if (error != UPSHAKE_OK && upshake_answer(&exec->hs, 500) == UPSHAKE_OK)
    error = upshake_reply(&exec->hs, reply, sizeof reply, &len);
  return error == UPSHAKE_OK ? send_all(exec->fd, reply, len) : -1;
}

/* There is room for all pieces: the library refuses a body that is longer than
 * its limit. */
static void keep_piece(struct exec *exec, upshake_slice piece) {
  if (piece.len > 0)
    memcpy(exec->body + exec->body_len, piece.ptr, piece.len);
  exec->body_len += piece.len;
}

/* Feeds head and body.  Returns READ if the client left before their end. */
static upshake_next feed_request(struct exec *exec) {
  upshake_next next = UPSHAKE_READ;

  while (next == UPSHAKE_READ || next == UPSHAKE_BODY) {
    size_t used;
    if (next == UPSHAKE_READ && exec->len == 0 && receive(exec) != 0)
      return UPSHAKE_READ;
    next = upshake_feed(&exec->hs, exec->at, exec->len, &used);
    exec->at += used;
    exec->len -= used;

    upshake_result result = upshake_get_result(&exec->hs);
    if (next == UPSHAKE_BODY)
      keep_piece(exec, result.content);
    if (next == UPSHAKE_SEND && result.status == 100) { /* it said Expect */
      if (send_reply(exec) != 0)
        return UPSHAKE_READ;
      next = UPSHAKE_READ;
    }
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
  if (upshake_init(&exec.hs, &config, exec.head, sizeof exec.head, &exec) !=
      UPSHAKE_OK)
    return; /* the config is wrong: hs must not be used */

  /* 1 feed */
  upshake_next next = feed_request(&exec);
  if (next == UPSHAKE_READ)
    return;

  /* 2 decide: the callback has decided on an offer */
  if (next == UPSHAKE_PLAIN) /* a daemon would serve the rest of its API */
    upshake_answer(&exec.hs, 404);

  /* 3 reply, then early bytes */
  if (send_reply(&exec) == 0 && upshake_get_result(&exec.hs).switched)
    echo(&exec);

  /* Closing at once could destroy the reply on its way (RFC 9112 9.6). */
  shutdown(fd, SHUT_WR);
  while (receive(&exec) == 0)
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

/* One process for each connection, which may block. */
int main(int argc, char **argv) {
  const struct timeval limit = {.tv_sec = 60};
  unsigned port;
  char rest;
  if (argc != 2 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fputs("usage: docker PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  int listener = start_listening(port);
  if (listener < 0) {
    perror("docker: cannot listen");
    return 1;
  }
  signal(SIGCHLD, SIG_IGN); /* no zombies */
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (fd >= 0 && fork() == 0) {
      serve(fd);
      return 0;
    }
    close(fd);
  }
}
