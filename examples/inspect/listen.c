/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --listen: waits for clients, judges what each sends, answers
 * it, and says what is wrong with it.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "inspect.h"
#include "live.h"
#include "../common/exit.h"
#include "../common/start.h"

#define GUESTS_MAX 64

/* The most that is kept of a head, and of what comes behind it or is dropped by
 * --lean. */
#define HEAD_KEPT ((size_t)1 << 20)
#define BEHIND_KEPT ((size_t)65536)

/* How long a client may take to close after the answer. */
#define DRAIN_MS 1000

/* A reply, a 100 before it, and a Close behind it. */
#define OUT_MAX 2048

typedef enum stage { READING, SENDING, DRAINING } stage;

/* A client that is connected. */
typedef struct guest {
  int fd;
  stage stage;
  moment deadline;
  char from[80]; /* "127.0.0.1:50000" */
  upshake hs;
  char *head;  /* memory for the handshake */
  char *bytes; /* all that it sent */
  size_t len, taken;
  char out[OUT_MAX];
  size_t out_len, out_sent;
} guest;

typedef struct host {
  const options *opt;
  upshake_config config;
  struct listeners listeners;
  guest *guests[GUESTS_MAX];
  size_t guests_len;
  size_t outcomes[4]; /* how many clients had each */
  int last;           /* the last outcome */
  int is_done;
} host;

/* ---- The reply ----------------------------------------------------------- */

static size_t head_cap(const options *opt) {
  return opt->head_max < HEAD_KEPT ? opt->head_max : HEAD_KEPT;
}

static size_t bytes_cap(const options *opt) {
  return head_cap(opt) + BEHIND_KEPT;
}

static void add_out(guest *one, const char *bytes, size_t len) {
  if (len > sizeof one->out - one->out_len)
    return;
  memcpy(one->out + one->out_len, bytes, len);
  one->out_len += len;
}

/* For those who see the answer to a request that asks for no switch: curl, and
 * a person with a browser. */
#define EXPLANATION                                                            \
  "upshake-inspect waits here for a request that asks for a switch.\n"

static void add_reply(guest *one, const options *opt) {
  char agreed[UPSHAKE_DEFLATE_CAP], reply[OUT_MAX];
  upshake_result result = upshake_get_result(&one->hs);
  upshake_extra extra;
  size_t len;
  memset(&extra, 0, sizeof extra);
  extra.keep = UPSHAKE_KEEP_CLOSE;
  if (upshake_get_request(&one->hs).has_upgrade == 0 && result.status == 426)
    extra.body = (upshake_slice){UPSHAKE_TEXT(EXPLANATION)};
  if (result.status == UPSHAKE_ACCEPT)
    extra.extensions = agreed_extensions(&one->hs, opt, agreed);
  if (upshake_reply_with(&one->hs, &extra, reply, sizeof reply, &len) ==
      UPSHAKE_OK)
    add_out(one, reply, len);
}

/* Nothing follows, so a WebSocket is closed at once: 1000 (RFC 6455 7.4.1). */
static void add_close(guest *one, const upshake_result *result) {
  if (result->status == UPSHAKE_ACCEPT && is_websocket(result->protocol))
    add_out(one, "\x88\x02\x03\xe8", 4);
}

/* ---- The verdict --------------------------------------------------------- */

static void count_guest(host *all, outcome got) {
  all->outcomes[got]++;
  all->last = (int)got;
  all->is_done = all->opt->once;
}

static int is_open(const upshake_result *result) {
  return result->next == UPSHAKE_READ || result->next == UPSHAKE_BODY ||
         (result->next == UPSHAKE_SEND && result->status == 100);
}

/* Prints the verdict, and answers.  A request that asks for no switch gets a
 * 426; one that does not end gets a 408, or a 413 if it is too long for this
 * program. */
static void end_reading(host *all, guest *one) {
  char repairs[120], from[120];
  upshake_result result = upshake_get_result(&one->hs);
  upshake_slice bytes = {one->bytes, one->len};
  snprintf(repairs, sizeof repairs, "live, from %s", one->from);
  snprintf(from, sizeof from, ",\"from\":\"%s\"", one->from);
  const reading live = {.form = "live", .repairs = repairs, .members = from};
  count_guest(all, judge_request(all->opt, &live, bytes));
  if (result.next == UPSHAKE_PLAIN)
    upshake_answer(&one->hs, 426);
  else if (is_open(&result))
    upshake_answer(&one->hs, one->len < bytes_cap(all->opt) ? 408 : 413);
  if (!all->opt->json && result.next != UPSHAKE_SEND)
    printf("Sent: %d\n", upshake_get_result(&one->hs).status);
  if (!all->opt->json && !all->opt->once)
    putchar('\n');
  fflush(stdout);
  add_reply(one, all->opt);
  add_close(one, &result);
  one->stage = SENDING;
  one->deadline = net_now_ms() + all->opt->timeout;
}

/* ---- Bytes --------------------------------------------------------------- */

/* A body is read, and not used. */
static void feed(host *all, guest *one) {
  upshake_result result = upshake_get_result(&one->hs);
  while (is_open(&result) &&
         (one->taken < one->len || result.next != UPSHAKE_READ)) {
    size_t used;
    if (result.next == UPSHAKE_SEND)
      add_reply(one, all->opt);
    upshake_feed(&one->hs, one->bytes + one->taken, one->len - one->taken,
                 &used);
    one->taken += used;
    result = upshake_get_result(&one->hs);
  }
  if (!is_open(&result) || one->len == bytes_cap(all->opt))
    end_reading(all, one);
}

static int receive(host *all, guest *one) {
  size_t room = bytes_cap(all->opt) - one->len;
  if (room > 4096)
    room = 4096;
  char *more = realloc(one->bytes, one->len + room);
  if (more == NULL)
    return -1;
  one->bytes = more;
  ssize_t n = recv(one->fd, one->bytes + one->len, room, 0);
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
  if (n == 0 && one->len == 0)
    return -1; /* it only looked whether somebody listens */
  one->len += (size_t)n;
  if (n == 0)
    end_reading(all, one);
  else
    feed(all, one);
  return 0;
}

/* Returns -1 if the connection is broken. */
static int send_out(guest *one) {
  while (one->out_sent < one->out_len) {
    ssize_t n = send(one->fd, one->out + one->out_sent,
                     one->out_len - one->out_sent, MSG_NOSIGNAL);
    if (n < 0)
      return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
    one->out_sent += (size_t)n;
  }
  if (one->stage != SENDING)
    return 0;
  shutdown(one->fd, SHUT_WR);
  one->stage = DRAINING;
  one->deadline = net_now_ms() + DRAIN_MS;
  return 0;
}

/* What comes after the answer is dropped, until the client closes. */
static int drain(guest *one) {
  char bytes[4096];
  ssize_t n = recv(one->fd, bytes, sizeof bytes, 0);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)) ? 0 : -1;
}

/* ---- Guests -------------------------------------------------------------- */

static void name_guest(guest *one, const struct sockaddr_storage *address,
                       socklen_t len) {
  char name[64], port[8];
  if (getnameinfo((const struct sockaddr *)address, len, name, sizeof name,
                  port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return;
  snprintf(one->from, sizeof one->from, strchr(name, ':') ? "[%s]:%s" : "%s:%s",
           name, port);
}

static void welcome(host *all, int listener) {
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  int fd = accept_for_poll(listener);
  if (fd < 0)
    return;
  guest *one = allocate(sizeof *one);
  memset(one, 0, sizeof *one);
  one->fd = fd;
  one->deadline = net_now_ms() + all->opt->timeout;
  if (getpeername(fd, (struct sockaddr *)&address, &len) == 0)
    name_guest(one, &address, len);
  one->head = allocate(all->opt->head_max);
  upshake_error error =
      upshake_init(&one->hs, &all->config, one->head, all->opt->head_max, NULL);
  if (error != UPSHAKE_OK)
    fail_library(error);
  all->guests[all->guests_len++] = one;
}

static void part(host *all, size_t at) {
  guest *one = all->guests[at];
  close(one->fd);
  free(one->head);
  free(one->bytes);
  free(one);
  all->guests[at] = all->guests[--all->guests_len];
}

/* Returns -1 if the guest goes. */
static int serve(host *all, guest *one, short events) {
  int failed = 0;
  if (all->is_done && one->stage == READING)
    return -1; /* --once: another one was the first */
  if (one->stage == READING && (events & ~POLLOUT) != 0)
    failed = receive(all, one);
  else if (one->stage == DRAINING && events != 0)
    return drain(one);
  if (failed == 0 && one->out_sent < one->out_len)
    failed = send_out(one);
  if (failed != 0 || net_now_ms() < one->deadline)
    return failed;
  if (one->stage != READING || one->len == 0)
    return -1;
  end_reading(all, one);
  return 0;
}

/* ---- The loop ------------------------------------------------------------ */

static moment next_deadline(const host *all) {
  moment next = net_now_ms() + 60000;
  for (size_t i = 0; i < all->guests_len; i++)
    if (all->guests[i]->deadline < next)
      next = all->guests[i]->deadline;
  return next;
}

static short events_of(const guest *one) {
  short events = one->stage == SENDING ? 0 : POLLIN;
  return (short)(events | (one->out_sent < one->out_len ? POLLOUT : 0));
}

enum { STOP = LISTENERS_MAX, FIRST_GUEST };

static void fill_polled(const host *all, struct pollfd *polled) {
  int full = all->guests_len == GUESTS_MAX || all->is_done;
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    polled[i] = (struct pollfd){full ? -1 : all->listeners.fds[i], POLLIN, 0};
  polled[STOP] = (struct pollfd){net_stop_fd(), POLLIN, 0};
  for (size_t i = 0; i < all->guests_len; i++)
    polled[FIRST_GUEST + i] =
        (struct pollfd){all->guests[i]->fd, events_of(all->guests[i]), 0};
}

/* Guests are served from the last to the first, as one that goes gives its
 * place to the last. */
static int turn(host *all) {
  struct pollfd polled[FIRST_GUEST + GUESTS_MAX];
  fill_polled(all, polled);
  moment left = next_deadline(all) - net_now_ms();
  int ready =
      poll(polled, FIRST_GUEST + all->guests_len, left > 0 ? (int)left : 0);
  if (ready < 0 && errno != EINTR)
    return complain("cannot wait: %s", strerror(errno)), EXIT_BAD_SYSTEM;
  if (ready < 0)
    return 0;
  if (polled[STOP].revents != 0)
    return -1;
  for (size_t i = all->guests_len; i-- > 0;)
    if (serve(all, all->guests[i], polled[FIRST_GUEST + i].revents) != 0)
      part(all, i);
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    if (polled[i].revents != 0)
      welcome(all, polled[i].fd);
  return 0;
}

static void print_summary(const host *all) {
  const size_t *n = all->outcomes;
  size_t count = n[SWITCHED] + n[REFUSED] + n[PLAIN] + n[INCOMPLETE];
  complain("%zu client%s: %zu switched, %zu refused, %zu plain, "
           "%zu incomplete",
           count, count == 1 ? "" : "s", n[SWITCHED], n[REFUSED], n[PLAIN],
           n[INCOMPLETE]);
}

/* With --once the answer of the first client is sent before the end. */
static int loop(host *all) {
  int status = 0;
  while (status == 0 && !(all->is_done && all->guests_len == 0))
    status = turn(all);
  while (all->guests_len > 0)
    part(all, all->guests_len - 1);
  if (status > 0)
    return status;
  if (!all->opt->once || !all->is_done)
    print_summary(all);
  return all->last;
}

/* ---- The port ------------------------------------------------------------ */

/* An address of the option, such as "0.0.0.0:8080" and "[::]:8080". */
static int open_address(host *all, const char *text, const char *colon) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                           .ai_flags = AI_NUMERICHOST | AI_PASSIVE};
  struct addrinfo *found;
  char address[64] = "";
  int bracket = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
  size_t len = (size_t)(colon - text) - (bracket ? 2 : 0);
  if (len < sizeof address)
    memcpy(address, text + bracket, len);
  if (getaddrinfo(address, colon + 1, &hints, &found) != 0)
    return complain("--listen: '%s' is not an address and a port", text),
           EXIT_BAD_USAGE;
  all->listeners = (struct listeners){.fds = {-1, -1}, .len = 1};
  all->listeners.fds[0] = listen_on(found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (all->listeners.fds[0] >= 0)
    return 0;
  complain("cannot listen on %s: %s", text, strerror(errno));
  return EXIT_BAD_SYSTEM;
}

static int open_port(host *all) {
  const char *text = all->opt->listen;
  const char *colon = strrchr(text, ':');
  long port = parse_number(colon ? colon + 1 : text, 0, 65535);
  if (port < 0)
    return complain("--listen: '%s' is not [ADDR:]PORT", text), EXIT_BAD_USAGE;
  if (colon != NULL)
    return open_address(all, text, colon);
  return open_listeners("upshake-inspect", port, &all->listeners) == 0
             ? 0
             : EXIT_BAD_SYSTEM;
}

/* On stderr, as stdout has the verdicts. */
static void say_address(int listener) {
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  guest unnamed = {.from = ""};
  if (getsockname(listener, (struct sockaddr *)&address, &len) == 0)
    name_guest(&unnamed, &address, len);
  fprintf(stderr, "listening on ws://%s/\n", unnamed.from);
}

int listen_run(const options *opt) {
  static host all;
  all.opt = opt;
  all.config = config_of(opt);
  all.last = INCOMPLETE;
  int status = open_port(&all);
  if (status != 0)
    return status;
  say_address(all.listeners.fds[0]);
  status = loop(&all);
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    if (all.listeners.fds[i] >= 0)
      close(all.listeners.fds[i]);
  return status;
}
