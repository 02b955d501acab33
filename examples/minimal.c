/* SPDX-License-Identifier: MIT
 *
 * The smallest server: one connection after the other on port 8100.  To try it:
 *     new WebSocket("ws://127.0.0.1:8100/chat").onmessage = console.log */
#include <arpa/inet.h>
#include <sys/time.h>
#include <unistd.h>
/* README: begin */
#include <stdio.h>
#include <sys/socket.h>
#include <upshake.h>

static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/chat") ? 101 : 404;
}
static const upshake_protocol protocols[] = {{.token = "websocket"}};
static const upshake_config config = {
    .protocols = protocols, .protocols_len = 1, .decide = decide};

static void talk(int fd, const char *early, size_t early_len) {
  printf("switched, %zu octets early\n", early_len);
  (void)early; /* a server gives these to its frames (wslay) first */
  send(fd, "\x81\x05hello", 7, MSG_NOSIGNAL);
}
static void serve(int fd) {
  char head[8192], buf[4096], reply[UPSHAKE_REPLY_CAP];
  size_t used = 0, len = 0;
  ssize_t n = 0;
  upshake hs;
  upshake_init(&hs, &config, head, sizeof head, NULL);
  upshake_next next = UPSHAKE_READ;
  while (next == UPSHAKE_READ) {
    if ((n = recv(fd, buf, sizeof buf, 0)) <= 0)
      return;
    next = upshake_feed(&hs, buf, (size_t)n, &used);
  }
  if (next == UPSHAKE_PLAIN) /* a web server would serve the request */
    upshake_answer(&hs, 426);
  while (upshake_reply(&hs, NULL, reply, sizeof reply, &len) != UPSHAKE_OK)
    upshake_answer(&hs, 500); /* 401 and 405 need a field of yours */
  send(fd, reply, len, MSG_NOSIGNAL);
  if (upshake_get_result(&hs).status == 101)
    talk(fd, buf + used, (size_t)n - used); /* those glued to the head */
  shutdown(fd, SHUT_WR); /* to close at once could destroy the answer */
  while (recv(fd, buf, sizeof buf, 0) > 0)
    ;
}
/* README: end */
int main(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(8100)};
  struct timeval limit = {.tv_sec = 10};
  int fd, on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (void *)&at, sizeof at) || listen(listener, 64))
    return perror("port 8100"), 1;
  for (; (fd = accept(listener, NULL, NULL)) >= 0; serve(fd), close(fd))
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}
