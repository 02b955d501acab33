/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --listen: one client: see guest.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "guest.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inspect.h"

/* The most that is kept of a head, and of what comes behind it or is dropped by
 * --lean. */
#define HEAD_KEPT ((size_t)1 << 20)
#define BEHIND_KEPT ((size_t)65536)

/* How long a client may take to close after the answer. */
#define DRAIN_MS 1000

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

static void write_address(const struct sockaddr_storage *address, socklen_t len,
                          char text[ADDRESS_CAP]) {
  char name[64], port[8];
  text[0] = '\0';
  if (getnameinfo((const struct sockaddr *)address, len, name, sizeof name,
                  port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return;
  snprintf(text, ADDRESS_CAP, strchr(name, ':') ? "[%s]:%s" : "%s:%s", name,
           port);
}

void peer_address(int fd, char text[ADDRESS_CAP]) {
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  memset(&address, 0, sizeof address);
  getpeername(fd, (struct sockaddr *)&address, &len);
  write_address(&address, len, text);
}

void own_address(int fd, char text[ADDRESS_CAP]) {
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  memset(&address, 0, sizeof address);
  getsockname(fd, (struct sockaddr *)&address, &len);
  write_address(&address, len, text);
}

void guest_welcome(host *all, int listener) {
  int fd = accept_for_poll(listener);
  if (fd < 0)
    return;
  guest *one = allocate(sizeof *one);
  memset(one, 0, sizeof *one);
  one->fd = fd;
  one->deadline = net_now_ms() + all->opt->timeout;
  peer_address(fd, one->from);
  one->head = allocate(all->opt->head_max);
  upshake_error error =
      upshake_init(&one->hs, &all->config, one->head, all->opt->head_max, NULL);
  if (error != UPSHAKE_OK)
    fail_library(error);
  all->guests[all->guests_len++] = one;
}

void guest_part(host *all, size_t at) {
  guest *one = all->guests[at];
  close(one->fd);
  free(one->head);
  free(one->bytes);
  free(one);
  all->guests[at] = all->guests[--all->guests_len];
}

int guest_serve(host *all, guest *one, short events) {
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

short guest_events(const guest *one) {
  short events = one->stage == SENDING ? 0 : POLLIN;
  return (short)(events | (one->out_sent < one->out_len ? POLLOUT : 0));
}
