/* SPDX-License-Identifier: MIT
 *
 * The smallest server: one connection after the other, on port 8100.
 *
 * With this file and the two files of the library in one folder:
 *     cc -I. minimal.c upshake.c -o minimal
 *
 * To try it (the last command in a second terminal; it prints hello).  Instead
 * of build/upshake-minimal, start ./minimal if you built it as above or as the
 * README says:
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-minimal
 *     build/upshake-client ws://127.0.0.1:8100/chat
 */
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
static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {protocols, 1, .decide = decide};

static void talk(int fd, char *buf, size_t used, size_t len) {
  printf("switched, %zu bytes early\n", len - used); /* give them to wslay */
  send(fd, "\x81\x05hello\x88\x02\x03\xe8", 11, MSG_NOSIGNAL); /* and Close */
  recv(fd, buf, len, 0); /* the client's Close, which answers ours */
}
static void serve(int fd) {
  char head[8192], buf[4096], reply[UPSHAKE_REPLY_CAP];
  size_t used = 0, len = 0;
  ssize_t n = 0;
  upshake hs;
  if (upshake_init(&hs, &config, head, sizeof head, NULL) != UPSHAKE_OK)
    return; /* the config is wrong: hs must not be used */
  upshake_next next = UPSHAKE_READ;
  while (next == UPSHAKE_READ) {
    if ((n = recv(fd, buf, sizeof buf, 0)) <= 0)
      return;
    next = upshake_feed(&hs, buf, (size_t)n, &used);
  }
  if (next == UPSHAKE_PLAIN) /* a web server would serve the request */
    upshake_answer(&hs, 426);
  while (upshake_reply(&hs, reply, sizeof reply, &len) != UPSHAKE_OK)
    if (upshake_get_result(&hs).status == 500 || upshake_answer(&hs, 500))
      return; /* no reply was possible, and then no 500 */
  send(fd, reply, len, MSG_NOSIGNAL);
  if (upshake_get_result(&hs).status == 101)
    talk(fd, buf, used, (size_t)n);
  for (shutdown(fd, SHUT_WR); recv(fd, buf, sizeof buf, 0) > 0;)
    ; /* closing at once could destroy the answer */
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
  return perror("port 8100"), 1;
}
