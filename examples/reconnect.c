/* SPDX-License-Identifier: MIT
 *
 * reconnect HOST PORT [PATH]: a WebSocket client that comes back.  It
 * sends "hello" and prints what the server sends.  If the connection fails or
 * ends, it asks again: after a random time that grows with each failure, and
 * not before the time of Retry-After.  It stops if asking again cannot help.
 *
 * With this file and the two files of the library in one folder:
 *     cc -I. reconnect.c upshake.c -o reconnect
 *
 * To try it (the last line in a second terminal; without `timeout 3` it comes
 * back as often as you stop the server and start it again):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-demo --port 8100
 *     timeout 3 build/upshake-reconnect 127.0.0.1 8100 /chat
 *
 * The frames are written by hand: of one piece and at most 125 bytes.  wslay
 * does all of them (client/websocket.c), and checks UTF-8.
 */
#define _GNU_SOURCE /* strptime, timegm */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <upshake.h>

/* Milliseconds: the first delay doubles with each failure, up to the last. */
#define FIRST_DELAY 100UL
#define LAST_DELAY 30000UL
/* Seconds: a longer Retry-After ends the program; silence before a Ping. */
#define MOST_WAIT 86400
#define PATIENCE 10
#define FRAME_MOST 125

enum outcome { AGAIN, STOP, DONE };

/* The bytes from in + at to in + len were received and are not used yet. */
struct link {
  int fd;
  size_t at, len;
  unsigned char in[4096];
};

/* Keys and masks must be unpredictable, which rand is not. */
static void fill_random(void *bytes, size_t len) {
  if (getrandom(bytes, len, 0) != (ssize_t)len)
    abort(); /* Linux gives so few bytes always */
}

static int dial(const char *host, const char *port) {
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  const struct timeval patience = {.tv_sec = PATIENCE};
  struct addrinfo *found = NULL;
  int fd = -1;

  if (getaddrinfo(host, port, &hints, &found) != 0)
    return -1;
  for (struct addrinfo *at = found; at != NULL; at = at->ai_next) {
    fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
      break;
    close(fd);
    fd = -1;
  }
  freeaddrinfo(found);
  return fd;
}

/* ---- Retry-After (RFC 9110 10.2.3) --------------------------------------- */

/* Returns -1 if the text is no date in the form that servers must send (RFC
 * 9110 5.6.7). */
static time_t read_date(const char *text) {
  struct tm date = {0};
  const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date);

  return end != NULL && *end == '\0' ? timegm(&date) : -1;
}

/* Returns how many seconds the server asks us to wait; 0 if it does not say. */
static long read_retry_after(upshake_fields fields) {
  char text[40] = ""; /* stays empty if the value is longer */
  upshake_copy(upshake_find_field(fields, "Retry-After"), text, sizeof text);

  if (strspn(text, "0123456789") == strlen(text))
    return strtol(text, NULL, 10); /* LONG_MAX if it is more than that */
  time_t now = time(NULL), then = read_date(text);
  return then > now ? (long)(then - now) : 0;
}

/* ---- The handshake ------------------------------------------------------- */

/* Returns AGAIN if the same request may get a better answer later. */
static enum outcome judge(const upshake_client_result *result, long *wait) {
  int status = result->status;
  int is_passing = status == 408 || status == 425 || status == 429 ||
                   status == 500 || (status >= 502 && status <= 504);

  if (result->next == UPSHAKE_CLIENT_SWITCHED)
    return DONE;
  *wait = read_retry_after(result->fields);
  if (result->next == UPSHAKE_CLIENT_OTHER && is_passing && *wait <= MOST_WAIT)
    return AGAIN;
  fprintf(stderr, "reconnect: gives up: status %d, %s\n", status,
          *wait > MOST_WAIT ? "a long Retry-After"
                            : upshake_strerror(result->error));
  return STOP;
}

static enum outcome shake_hands(struct link *link, const upshake_ask *ask,
                                long *wait) {
  char request[2048], memory[4096];
  uint8_t key[16];
  size_t len;
  upshake_client client;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  time_t deadline = time(NULL) + PATIENCE;

  /* 1 ask: with a new key for each connection */
  fill_random(key, sizeof key);
  upshake_error error =
      upshake_write_request(ask, key, request, sizeof request, &len);
  if (error != UPSHAKE_OK) {
    fprintf(stderr, "reconnect: %s\n", upshake_strerror(error));
    return STOP;
  }
  upshake_slice asked = {request, len};
  upshake_client_init(&client, NULL, asked, memory, sizeof memory);
  if (send(link->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
    return AGAIN;

  /* 2 check the answer */
  while (next == UPSHAKE_CLIENT_READ) {
    ssize_t received = recv(link->fd, link->in, sizeof link->in, 0);
    if (received <= 0 || time(NULL) > deadline)
      return AGAIN;
    link->len = (size_t)received;
    next = upshake_client_feed(&client, link->in, link->len, &link->at);
  }

  /* 3 early bytes: those from in + at, where take begins */
  upshake_client_result result = upshake_client_get_result(&client);
  return judge(&result, wait);
}

/* ---- WebSocket (RFC 6455 5) ---------------------------------------------- */

enum { FIN = 0x80, MASKED = 0x80 };
enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

/* After a failure take finds the end. */
static void send_frame(struct link *link, int opcode, const void *payload,
                       size_t len) {
  const unsigned char *bytes = payload;
  unsigned char frame[2 + 4 + FRAME_MOST];

  frame[0] = (unsigned char)(FIN | opcode);
  frame[1] = (unsigned char)(MASKED | len);
  fill_random(frame + 2, 4); /* the mask */
  for (size_t i = 0; i < len; i++)
    frame[6 + i] = bytes[i] ^ frame[2 + i % 4];
  if (send(link->fd, frame, 6 + len, MSG_NOSIGNAL) != (ssize_t)(6 + len))
    shutdown(link->fd, SHUT_RDWR);
}

/* Returns the next bytes of the server, or NULL at the end.  If nothing comes,
 * a Ping asks whether the server is still there. */
static const unsigned char *take(struct link *link, size_t len) {
  while (link->len - link->at < len) {
    link->len -= link->at;
    memmove(link->in, link->in + link->at, link->len);
    link->at = 0;

    unsigned char *to = link->in + link->len;
    size_t cap = sizeof link->in - link->len;
    ssize_t received = recv(link->fd, to, cap, 0);
    if (received < 0 && errno == EAGAIN) {
      send_frame(link, PING, "", 0);
      received = recv(link->fd, to, cap, 0);
    }
    if (received <= 0)
      return NULL;
    link->len += (size_t)received;
  }
  link->at += len;
  return link->in + link->at - len;
}

static void print_text(const unsigned char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    putchar(text[i] >= ' ' && text[i] != 0x7f ? text[i] : '.');
  putchar('\n');
  fflush(stdout);
}

static enum outcome talk(struct link *link) {
  const unsigned char *at;

  send_frame(link, TEXT, "hello", 5);
  while ((at = take(link, 2)) != NULL) {
    int opcode = at[0] & 0x7f; /* with the reserved bits */
    size_t len = at[1];
    if (!(at[0] & FIN) || opcode > PONG || len > FRAME_MOST ||
        (opcode < CLOSE && opcode != TEXT)) {
      fputs("reconnect: gives up: not such a frame\n", stderr);
      return STOP;
    }
    if ((at = take(link, len)) == NULL)
      return AGAIN;
    if (opcode == TEXT)
      print_text(at, len);
    else if (opcode == PING)
      send_frame(link, PONG, at, len);
    else if (opcode == CLOSE) {
      send_frame(link, CLOSE, at, len);
      return len < 2 || (at[0] << 8 | at[1]) == 1000 ? DONE : AGAIN;
    }
  }
  return AGAIN;
}

/* ---- Again and again ----------------------------------------------------- */

/* Waits for the time that the server asked for, and then for a random time.  So
 * all the clients of a server that restarts do not come at once. */
static void pause_before_next(unsigned failures, long wait) {
  unsigned long number;
  unsigned long most = failures < 8 ? FIRST_DELAY << failures : LAST_DELAY;

  fill_random(&number, sizeof number);
  unsigned long delay = (unsigned long)wait * 1000 + number % (most + 1);
  fprintf(stderr, "reconnect: again in %lu ms\n", delay);
  poll(NULL, 0, (int)delay);
}

int main(int argc, char **argv) {
  unsigned long port = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;
  if (argc > 4 || port < 1 || port > 65535) {
    fputs("usage: reconnect HOST PORT [PATH]\n", stderr);
    return 64;
  }
  upshake_ask ask = {.host = upshake_text(argv[1]),
                     .port = (uint32_t)port,
                     .target = upshake_text(argv[3])}; /* NULL: "/" */
  enum outcome outcome = AGAIN;

  for (unsigned failures = 0; outcome == AGAIN; failures++) {
    struct link link = {.fd = dial(argv[1], argv[2])};
    long wait = 0;
    if (link.fd >= 0)
      outcome = shake_hands(&link, &ask, &wait);
    time_t began = time(NULL);
    if (outcome == DONE)
      outcome = talk(&link);
    if (time(NULL) - began > PATIENCE)
      failures = 0; /* the connection held */
    close(link.fd);
    if (outcome == AGAIN)
      pause_before_next(failures, wait);
  }
  return outcome == DONE ? 0 : 1;
}
