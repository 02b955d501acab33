/* SPDX-License-Identifier: MIT
 *
 * What websocket-in-ten-minutes.md begins with: a server with a poll loop that
 * serves one page.
 */

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MOST = 100 };

struct client {
  int fd; /* -1: this place is free */
  size_t len;
  char head[4096];
};

static const char page[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/html\r\n"
    "Connection: close\r\n"
    "\r\n"
    "<!DOCTYPE html><title>chat</title><pre>Hello</pre>\n";

static int send_page(struct client *c) {
  send(c->fd, page, sizeof page - 1, MSG_NOSIGNAL);
  return -1;
}

/* Returns 0, or -1 if the connection is over. */
static int on_event(struct client *c) {
  ssize_t n = recv(c->fd, c->head + c->len, sizeof c->head - 1 - c->len, 0);
  if (n <= 0)
    return -1;
  c->len += (size_t)n;
  c->head[c->len] = '\0';
  return strstr(c->head, "\r\n\r\n") ? send_page(c) : 0;
}

static void open_client(struct client *c, int fd) {
  *c = (struct client){.fd = fd};
}

static void close_client(struct client *c) {
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
  (void)c;
  return POLLIN;
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
