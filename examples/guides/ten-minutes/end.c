/* SPDX-License-Identifier: MIT
 *
 * What websocket-in-ten-minutes.md ends with: a server with a poll loop that
 * serves one page, and a WebSocket that echoes.
 */

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <upshake.h>
#include "frames.h"

enum { CLIENTS_MOST = 100 };

struct client {
  int fd; /* -1: this place is free */
  enum { HTTP, WEBSOCKET, CLOSING } phase;
  upshake hs;
  struct frames frames;
  char head[4096];
};

static const char page[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/html\r\n"
    "Connection: close\r\n"
    "\r\n"
    "<!DOCTYPE html><title>chat</title><pre></pre>\n"
    "<script>\n"
    "const log = document.querySelector('pre');\n"
    "const ws = new WebSocket('ws://' + location.host + '/chat');\n"
    "ws.onopen = () => ws.send('it works');\n"
    "ws.onmessage = event => log.append(event.data + '\\n');\n"
    "ws.onclose = event => log.append('closed: ' + event.code + '\\n');\n"
    "</script>\n";

static int send_page(struct client *c) {
  send(c->fd, page, sizeof page - 1, MSG_NOSIGNAL);
  return -1;
}

static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/chat") ? 101 : 404;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {
    .protocols = protocols, .protocols_len = 1, .decide = decide};

static void echo(struct frames *frames, int opcode, upshake_slice message) {
  frames_send(frames, opcode, message);
}

static int start_frames(struct client *c) {
  c->phase = WEBSOCKET;
  if (frames_open(&c->frames, c->fd, upshake_rest(&c->hs), echo))
    return -1;
  return frames_go_on(&c->frames);
}

static int send_reply(struct client *c) {
  char reply[UPSHAKE_REPLY_CAP];
  size_t len;
  if (upshake_reply(&c->hs, reply, sizeof reply, &len) != UPSHAKE_OK)
    return -1;
  send(c->fd, reply, len, MSG_NOSIGNAL);
  if (upshake_get_result(&c->hs).switched)
    return start_frames(c);
  c->phase = CLOSING; /* closing at once could destroy the reply */
  shutdown(c->fd, SHUT_WR);
  return 0;
}

static int read_request(struct client *c) {
  size_t cap;
  void *room = upshake_room(&c->hs, &cap);
  ssize_t n = recv(c->fd, room, cap, 0);
  if (n <= 0)
    return -1;
  switch (upshake_commit(&c->hs, (size_t)n)) {
  case UPSHAKE_READ:
    return 0;
  case UPSHAKE_PLAIN:
    return send_page(c);
  default:
    return send_reply(c);
  }
}

/* Returns 0, or -1 if the connection is over. */
static int on_event(struct client *c) {
  char dropped[1024];
  if (c->phase == HTTP)
    return read_request(c);
  if (c->phase == WEBSOCKET)
    return frames_go_on(&c->frames);
  return recv(c->fd, dropped, sizeof dropped, 0) > 0 ? 0 : -1;
}

static void open_client(struct client *c, int fd) {
  *c = (struct client){.fd = fd};
  if (upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK) {
    close(fd); /* the config is wrong: hs must not be used */
    c->fd = -1;
  }
}

static void close_client(struct client *c) {
  frames_close(&c->frames);
  close(c->fd);
  *c = (struct client){.fd = -1};
}

static void accept_client(int listener, struct client *clients) {
  int fd = accept(listener, NULL, NULL);
  for (int i = 0; i < CLIENTS_MOST && fd >= 0; i++)
    if (clients[i].fd < 0) {
      open_client(&clients[i], fd);
      return;
    }
  if (fd >= 0)
    close(fd);
}

static int listen_on(unsigned short port) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 16))
    return perror("server"), -1;
  return fd;
}

static short wanted_events(struct client *c) {
  return c->phase == WEBSOCKET ? frames_events(&c->frames) : POLLIN;
}

int main(void) {
  static struct client clients[CLIENTS_MOST];
  struct pollfd fds[CLIENTS_MOST + 1] = {{listen_on(8100), POLLIN, 0}};
  if (fds[0].fd < 0)
    return 1;
  for (int i = 0; i < CLIENTS_MOST; i++)
    clients[i].fd = -1;
  puts("http://127.0.0.1:8100/");
  fflush(stdout);
  for (;;) {
    for (int i = 0; i < CLIENTS_MOST; i++)
      fds[i + 1] =
          (struct pollfd){clients[i].fd, wanted_events(&clients[i]), 0};
    poll(fds, CLIENTS_MOST + 1, -1);
    for (int i = 0; i < CLIENTS_MOST; i++)
      if (fds[i + 1].revents && on_event(&clients[i]))
        close_client(&clients[i]);
    if (fds[0].revents)
      accept_client(fds[0].fd, clients);
  }
}
