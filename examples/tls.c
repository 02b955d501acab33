/* SPDX-License-Identifier: MIT
 *
 * TLS: WebSocket echo on wss://.  OpenSSL has TLS, and wslay has the frames.
 * Each client has a process of its own, which may wait for it.
 *
 * With this file and the two files of the library in one folder (libssl-dev,
 * libwslay-dev):
 *     cc -I. tls.c upshake.c -lssl -lcrypto -lwslay -o tls
 *
 * A certificate for tests, which no browser trusts:
 *     openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout key.pem \
 *       -out cert.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost
 *
 * To try it with that certificate (the last command in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-tls 8100 cert.pem key.pem
 *     build/upshake-client --ca cert.pem --message hello wss://localhost:8100/
 *
 * After PATIENCE seconds of waiting for a client, alarm ends its process.  So a
 * head that is late gets no 408.
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <upshake.h>
#include <wslay/wslay.h>

enum {
  CLIENTS_MAX = 100,    /* one more has to wait */
  MESSAGE_MAX = 131072, /* bytes; a longer message: Close 1009 */
  PATIENCE = 10,        /* seconds for TLS and the head, and for each turn */
  SILENCE_MAX = 30      /* seconds; then a Ping; if nothing comes: the end */
};

struct client {
  SSL *ssl;
  upshake_slice received; /* by OpenSSL, and not yet by wslay */
  wslay_event_context_ptr wslay;
};

/* ---- WebSocket: wslay calls these functions ------------------------------ */

static ssize_t on_receive(wslay_event_context_ptr wslay, uint8_t *out,
                          size_t cap, int flags, void *user) {
  upshake_slice *from = &((struct client *)user)->received;
  size_t len = from->len < cap ? from->len : cap;
  (void)flags;

  if (len == 0) {
    wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  memcpy(out, from->ptr, len);
  from->ptr += len;
  from->len -= len;
  return (ssize_t)len;
}

static ssize_t on_send(wslay_event_context_ptr wslay, const uint8_t *bytes,
                       size_t len, int flags, void *user) {
  struct client *client = user;
  (void)flags;

  if (SSL_write(client->ssl, bytes, (int)len) > 0)
    return (ssize_t)len; /* it writes everything or nothing */
  wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
  return -1;
}

/* wslay itself answers a Ping and a Close.  The echo leaves at once, or else a
 * Close would overtake it. */
static void on_message(wslay_event_context_ptr wslay,
                       const struct wslay_event_on_msg_recv_arg *got,
                       void *user) {
  struct wslay_event_msg echo = {got->opcode, got->msg, got->msg_length};
  (void)user;

  if (!wslay_is_ctrl_frame(got->opcode) &&
      (wslay_event_queue_msg(wslay, &echo) == WSLAY_ERR_NOMEM ||
       wslay_event_send(wslay) != 0))
    exit(1);
}

/* ---- A client: all of this runs in its process --------------------------- */

/* Bytes that OpenSSL holds are not in the socket: poll does not see them. */
static int wait_for_bytes(SSL *ssl) {
  struct pollfd at = {SSL_get_fd(ssl), POLLIN, 0};
  return SSL_pending(ssl) > 0 || poll(&at, 1, SILENCE_MAX * 1000) > 0;
}

/* A client may be silent, but must answer a Ping.  Returns how many bytes came;
 * 0 or less at the end. */
static int receive(struct client *client, char *out, int cap) {
  const struct wslay_event_msg ping = {WSLAY_PING, NULL, 0};
  alarm(0);
  if (!wait_for_bytes(client->ssl)) {
    alarm(PATIENCE);
    if (wslay_event_queue_msg(client->wslay, &ping) != 0 ||
        wslay_event_send(client->wslay) != 0)
      return -1;
  }
  alarm(PATIENCE);
  return SSL_read(client->ssl, out, cap);
}

/* Ends when both sides have sent a Close.  wslay_event_recv fails if bytes are
 * no frame at all; wslay has queued a Close then, too. */
static void talk(struct client *client) {
  static const struct wslay_event_callbacks callbacks = {
      .recv_callback = on_receive,
      .send_callback = on_send,
      .on_msg_recv_callback = on_message};
  char bytes[4096];
  int n = 1;

  if (wslay_event_context_server_init(&client->wslay, &callbacks, client) != 0)
    return;
  wslay_event_config_set_max_recv_msg_length(client->wslay, MESSAGE_MAX);
  while (n > 0) {
    int error = wslay_event_recv(client->wslay);
    if (wslay_event_send(client->wslay) != 0 || error != 0 ||
        !wslay_event_want_read(client->wslay))
      break;
    n = receive(client, bytes, sizeof bytes);
    client->received = (upshake_slice){bytes, n > 0 ? (size_t)n : 0};
  }
  wslay_event_context_free(client->wslay);
}

/* Closing at once could destroy what was sent last: the peer closes first. */
static void leave(SSL *ssl) {
  char dropped[4096];
  alarm(PATIENCE);
  SSL_shutdown(ssl);
  shutdown(SSL_get_fd(ssl), SHUT_WR);
  while (SSL_read(ssl, dropped, sizeof dropped) > 0)
    ;
}

/* 2 decide: the library calls it for a valid offer. */
static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/") ? UPSHAKE_ACCEPT
                                                          : 404;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {protocols, 1, .decide = decide,
                                      .transport = UPSHAKE_TRANSPORT_SECURED};

static void serve(SSL *ssl) {
  char head[8192], bytes[4096], reply[UPSHAKE_REPLY_CAP];
  upshake_next next = UPSHAKE_READ;
  size_t used = 0, len = 0;
  upshake hs;
  int n = 0;

  alarm(PATIENCE);
  if (SSL_accept(ssl) != 1 ||
      upshake_init(&hs, &config, head, sizeof head, NULL) != UPSHAKE_OK)
    return;

  /* 1 feed */
  while (next == UPSHAKE_READ) {
    n = SSL_read(ssl, bytes, sizeof bytes);
    if (n <= 0)
      return;
    next = upshake_feed(&hs, bytes, (size_t)n, &used);
  }
  if (next == UPSHAKE_PLAIN) /* a web server would serve the request */
    upshake_answer(&hs, 426);

  /* 3 reply, then early bytes.  If an answer was not possible, upshake_reply
   * fails. */
  if (upshake_reply(&hs, reply, sizeof reply, &len) != UPSHAKE_OK ||
      SSL_write(ssl, reply, (int)len) <= 0)
    return;
  if (upshake_get_result(&hs).switched) {
    upshake_slice early = {bytes + used, (size_t)n - used};
    talk(&(struct client){.ssl = ssl, .received = early});
  }
  leave(ssl);
}

/* ---- The port ------------------------------------------------------------ */

static SSL_CTX *open_tls(const char *cert, const char *key) {
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  if (tls == NULL || SSL_CTX_use_certificate_chain_file(tls, cert) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "tls: cannot use %s and %s\n", cert, key);
    SSL_CTX_free(tls);
    exit(1);
  }
  return tls;
}

/* Connections inherit the options. */
static int start_listening(unsigned port) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t len = sizeof at;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  at.sin_port = htons((in_port_t)port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      bind(listener, (void *)&at, len) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, (void *)&at, &len) != 0) {
    perror("tls: cannot listen");
    exit(1);
  }
  printf("listening on https://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return listener;
}

/* In the new process.  Ends it. */
static void run_client(SSL_CTX *tls, int fd) {
  SSL *ssl = SSL_new(tls);
  if (ssl != NULL && SSL_set_fd(ssl, fd) == 1)
    serve(ssl);
  SSL_free(ssl);
  SSL_CTX_free(tls);
  exit(0);
}

int main(int argc, char **argv) {
  unsigned port;
  char rest;
  if (argc != 4 || sscanf(argv[1], "%5u%c", &port, &rest) != 1 ||
      port > 65535) {
    fprintf(stderr, "usage: tls PORT CERTIFICATE KEY; PORT is a number from 0 "
                    "to 65535\n");
    return 64;
  }
  SSL_CTX *tls = open_tls(argv[2], argv[3]);
  int listener = start_listening(port), clients = 0;
  signal(SIGPIPE, SIG_IGN); /* SSL_write returns the error */

  for (;;) {
    while (waitpid(-1, NULL, clients < CLIENTS_MAX ? WNOHANG : 0) > 0)
      clients--;
    int fd = accept(listener, NULL, NULL);
    pid_t process = fd >= 0 ? fork() : -1;
    if (process == 0) {
      close(listener);
      run_client(tls, fd);
    }
    clients += process > 0;
    close(fd);
  }
}
