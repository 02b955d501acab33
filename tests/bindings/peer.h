/* SPDX-License-Identifier: MIT
 *
 * What the servers in C++ share, in C++98: sockets that block, and what follows
 * the switch.  Nothing here uses upshake.
 */
#ifndef UPSHAKE_TESTS_BINDINGS_PEER_H
#define UPSHAKE_TESTS_BINDINGS_PEER_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Returns a socket that listens on the port argv[1], and says so; or exits. */
static inline int listen_on(int argc, char **argv) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = sockaddr_in();
  struct sockaddr *address = reinterpret_cast<struct sockaddr *>(&at);
  socklen_t len = sizeof at;

  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<in_port_t>(argc == 2 ? atoi(argv[1]) : 0));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, address, len) || listen(listener, 64) ||
      getsockname(listener, address, &len)) {
    perror("cannot listen");
    exit(1);
  }
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

static inline int accept_next(int listener) {
  struct timeval limit = {10, 0};
  int peer = accept(listener, NULL, NULL);
  setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return peer;
}

/* Returns how many bytes came; 0 at the end. */
static inline size_t receive(int peer, char *out, size_t cap) {
  ssize_t len = recv(peer, out, cap, 0);
  return len > 0 ? static_cast<size_t>(len) : 0;
}

static inline void send_all(int peer, const char *bytes, size_t len) {
  ssize_t sent = 1;
  for (; len > 0 && sent > 0; len -= static_cast<size_t>(sent)) {
    sent = send(peer, bytes, len, MSG_NOSIGNAL);
    bytes += sent > 0 ? sent : 0;
  }
}

/* The new protocol, which begins with the early bytes. */
static inline void go_on(int peer, const char *protocol, const char *early,
                         size_t len) {
  char bytes[4096];
  if (strcmp(protocol, "echo") == 0) {
    send_all(peer, early, len);
    while ((len = receive(peer, bytes, sizeof bytes)) > 0)
      send_all(peer, bytes, len);
  } else if (strcmp(protocol, "websocket") == 0) {
    send_all(peer, "\x81\x05hello\x88\x02\x03\xe8", 11); /* and Close */
    if (len == 0)
      receive(peer, bytes, sizeof bytes); /* the client's Close */
  }
}

/* Closing at once could destroy the answer on its way. */
static inline void finish(int peer) {
  char bytes[4096];
  shutdown(peer, SHUT_WR);
  while (receive(peer, bytes, sizeof bytes) > 0)
    continue;
  close(peer);
}

#endif
