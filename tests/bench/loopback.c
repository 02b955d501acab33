/* SPDX-License-Identifier: MIT
 *
 * What a handshake costs a server with sockets around it: an epoll server with
 * upshake against one that receives and answers a fixed 101 without looking.
 * A child is the client, so that the processor's time of this process is the
 * server's.  The two take turns, and each turn is a line of times.
 */
#define _GNU_SOURCE /* accept4 */
#include <upshake.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TURNS 15
#define FDS 64

static const char request[] =
    "GET /chat?room=lobby HTTP/1.1\r\n"
    "Host: server.example.com:8080\r\n"
    "Connection: Upgrade\r\n"
    "Pragma: no-cache\r\n"
    "Cache-Control: no-cache\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n"
    "Upgrade: websocket\r\n"
    "Origin: http://server.example.com:8080\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-US,en;q=0.9\r\n"
    "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    "\r\n";

static const char canned[] =
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Connection: Upgrade\r\n"
    "Upgrade: websocket\r\n"
    "Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n"
    "\r\n";

static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {.protocols = table, .protocols_len = 1};

static void check(int good, const char *what) {
  if (good)
    return;
  perror(what);
  exit(1);
}

/* ---- the client ---- */

static void connect_once(const struct sockaddr_in *address) {
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  char reply[1024];
  size_t len = 0;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  check(fd >= 0, "socket");
  check(connect(fd, (const void *)address, sizeof *address) == 0, "connect");
  check(send(fd, request, sizeof request - 1, 0) > 0, "send");
  while (len < 4 || memcmp(reply + len - 4, "\r\n\r\n", 4) != 0) {
    ssize_t n = recv(fd, reply + len, sizeof reply - len, 0);
    check(n > 0, "recv");
    len += (size_t)n;
  }
  check(len > 12 && memcmp(reply + 9, "101", 3) == 0, "no 101");
  /* A reset: no port is left waiting, thousands of them come. */
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

static pid_t start_client(const struct sockaddr_in *address, int count) {
  pid_t child = fork();
  check(child >= 0, "fork");
  if (child > 0)
    return child;
  for (int i = 0; i < count; i++)
    connect_once(address);
  _exit(0);
}

/* ---- the two servers ---- */

typedef struct connection {
  upshake hs;
  char head[2048];
} connection;

static connection connections[FDS];
typedef ssize_t serve_function(connection *c, int fd);

static ssize_t serve_canned(connection *c, int fd) {
  ssize_t n = recv(fd, c->head, sizeof c->head, 0);
  return n > 0 ? send(fd, canned, sizeof canned - 1, MSG_NOSIGNAL) : n;
}

static ssize_t serve_upshake(connection *c, int fd) {
  char out[UPSHAKE_REPLY_CAP];
  size_t cap, len;
  char *room = upshake_room(&c->hs, &cap);
  ssize_t n = recv(fd, room, cap, 0);
  if (n <= 0 || upshake_commit(&c->hs, (size_t)n) != UPSHAKE_SEND)
    return n;
  upshake_reply(&c->hs, out, sizeof out, &len);
  return send(fd, out, len, MSG_NOSIGNAL);
}

static void take(int listener, int epoll) {
  struct epoll_event event = {.events = EPOLLIN};
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0)
    return;
  check(fd < FDS, "too many descriptors");
  event.data.fd = fd;
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

static void run_server(int listener, int epoll, int count,
                       serve_function *serve) {
  struct epoll_event events[16];
  while (count > 0) {
    int n = epoll_wait(epoll, events, 16, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        take(listener, epoll);
      } else if (serve(&connections[fd], fd) <= 0) {
        close(fd);
        upshake_init(&connections[fd].hs, &config, connections[fd].head,
                     sizeof connections[fd].head, NULL);
        count--;
      }
    }
  }
}

/* ---- turns ---- */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int listen_on(struct sockaddr_in *address) {
  socklen_t len = sizeof *address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  check(fd >= 0, "socket");
  *address = (struct sockaddr_in){.sin_family = AF_INET};
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(bind(fd, (void *)address, len) == 0, "bind");
  check(listen(fd, 128) == 0, "listen");
  check(getsockname(fd, (void *)address, &len) == 0, "getsockname");
  return fd;
}

/* Microseconds of this process for a connection. */
static double turn(int count, serve_function *serve) {
  struct sockaddr_in address;
  struct epoll_event event = {.events = EPOLLIN};
  int listener = listen_on(&address), epoll = epoll_create1(0), status;
  pid_t client;
  double begin;
  event.data.fd = listener;
  check(epoll >= 0, "epoll_create1");
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0, "epoll_ctl");
  client = start_client(&address, count);
  begin = now();
  run_server(listener, epoll, count, serve);
  begin = now() - begin;
  check(waitpid(client, &status, 0) == client && status == 0, "client");
  close(epoll);
  close(listener);
  return begin / count;
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 2000;
  upshake_hash *hash = upshake_cpu_hash(0);
  for (int fd = 0; fd < FDS; fd++) {
    connection *c = &connections[fd];
    upshake_init(&c->hs, &config, c->head, sizeof c->head, NULL);
    upshake_set_hash(&c->hs, hash);
  }
  turn(count / 4 + 1, serve_canned);
  for (int i = 0; i < TURNS; i++) {
    printf("loopback\tcanned\t%.2f\n", turn(count, serve_canned));
    printf("loopback\tupshake\t%.2f\n", turn(count, serve_upshake));
    fflush(stdout);
  }
  return 0;
}
