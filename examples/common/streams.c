/* SPDX-License-Identifier: MIT
 *
 * One poll loop for a program that serves many clients: see streams.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "streams.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "start.h"

#define STREAMS_MAX (2 * CLIENTS_MAX)
#define LINGER_SECONDS 2

/* Clients have the even places, and the program's own streams the odd ones. */
static struct stream streams[STREAMS_MAX];
static struct pollfd doors_and_streams[LISTENERS_MAX + STREAMS_MAX];
static struct pollfd *const polled = &doors_and_streams[LISTENERS_MAX];
static const struct service *program;
static long time_limit;

long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (long)time.tv_sec;
}

void stream_renew(struct stream *stream) {
  stream->deadline = now() + time_limit;
}

/* ---- Opening and closing ------------------------------------------------- */

/* Returns the first free place for a client (0), or for another stream (1), or
 * NULL. */
static struct stream *find_place(int kind) {
  for (struct stream *at = &streams[kind]; at < streams + STREAMS_MAX; at += 2)
    if (at->fd < 0)
      return at;
  return NULL;
}

/* The bytes of `in` and `out` need no clearing. */
static struct stream *fill_place(struct stream *place, int fd, void *owner) {
  place->fd = fd;
  place->owner = owner;
  place->wants = place->is_connected = 0;
  place->has_ended = place->is_broken = 0;
  place->at = place->in;
  place->left = place->out.from = place->out.to = 0;
  place->deadline = place->stalls = NEVER;
  return place;
}

struct stream *stream_open(int fd, void *owner) {
  struct stream *place = find_place(1);
  return fd < 0 || place == NULL ? NULL : fill_place(place, fd, owner);
}

/* Its place may be filled again before its events are looked at. */
void stream_close(struct stream *stream) {
  if (stream == NULL)
    return;
  close(stream->fd);
  stream->fd = -1;
  polled[stream - streams].revents = 0;
}

/* A stream without an owner: its deadline begins with the shutdown. */
static void linger(struct stream *stream) {
  int is_empty = out_len(&stream->out) == 0;
  stream->left = 0;
  if (stream->is_broken || (stream->has_ended && is_empty)) {
    stream_close(stream);
  } else if (is_empty && stream->deadline == NEVER) {
    shutdown(stream->fd, SHUT_WR);
    stream->deadline = now() + LINGER_SECONDS;
  }
}

void stream_finish(struct stream *stream) {
  stream->owner = NULL;
  stream->wants = 1;
  stream->deadline = NEVER;
  linger(stream);
}

static void accept_client(int listener) {
  struct stream *place = find_place(0);
  int fd = place != NULL ? accept_for_poll(listener) : -1;
  if (fd < 0)
    return;
  fill_place(place, fd, NULL);
  place->is_connected = 1;
  place->wants = 1;
  stream_renew(place);
  place->owner = program->open(place);
  if (place->owner == NULL)
    stream_close(place);
}

/* ---- Bytes --------------------------------------------------------------- */

void stream_use(struct stream *stream, size_t len) {
  stream->at += len;
  stream->left -= len;
}

int stream_has_room(const struct stream *stream) {
  return out_len(&stream->out) <= OUT_CAP / 2;
}

int stream_is_over(const struct stream *stream) {
  return stream->is_broken ||
         (stream->wants && stream->has_ended && stream->left == 0);
}

upshake_next stream_feed(struct stream *stream, upshake *hs) {
  int has_begun = upshake_get_result(hs).consumed > 0;
  size_t used;
  upshake_next next = upshake_feed(hs, stream->at, stream->left, &used);
  stream_use(stream, used);
  if (!has_begun && used > 0)
    stream_renew(stream);
  return next;
}

upshake_error stream_reply(struct stream *stream, upshake *hs,
                           const upshake_extra *extra) {
  size_t cap, len;
  char *room = out_room(&stream->out, &cap);
  upshake_error error = upshake_reply_with(hs, extra, room, cap, &len);
  out_commit(&stream->out, error ? 0 : len);
  return error;
}

static void receive(struct stream *stream) {
  ssize_t n = recv(stream->fd, stream->in, sizeof stream->in, 0);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return;
  stream->has_ended = n <= 0;
  stream->is_broken |= n < 0;
  stream->at = stream->in;
  stream->left = n > 0 ? (size_t)n : 0;
}

static void flush(struct stream *stream) {
  long sent = out_flush(&stream->out, stream->fd);
  stream->is_broken |= sent < 0;
  stream->is_connected |= sent > 0;
  if (sent > 0)
    stream->stalls = NEVER; /* anew */
}

/* Returns what to wait for.  poll always tells that a peer has gone, and skips
 * a place whose descriptor is -1. */
static struct pollfd prepare(struct stream *stream) {
  int has_out = out_len(&stream->out) > 0 && !stream->is_broken;
  struct pollfd at = {stream->fd, has_out ? POLLOUT : 0, 0};
  if (stream->wants && stream->left == 0 && !stream->has_ended)
    at.events |= POLLIN;
  if (at.events == 0 && (stream->has_ended || stream->is_broken))
    at.fd = -1;
  if (!has_out || !stream->is_connected)
    stream->stalls = NEVER;
  else if (stream->stalls == NEVER)
    stream->stalls = now() + time_limit;
  return at;
}

/* ---- The loop ------------------------------------------------------------ */

static void use(struct stream *stream, struct pollfd at) {
  if (at.events & POLLIN)
    receive(stream);
  if (at.events & POLLOUT)
    flush(stream);
  if (at.events == 0)
    stream->is_broken = 1;
  if (stream->owner != NULL)
    program->go_on(stream->owner);
  else
    linger(stream);
}

static void look_at_time(struct stream *stream) {
  if (now() >= stream->stalls)
    use(stream, (struct pollfd){0});
  else if (now() < stream->deadline)
    return;
  else if (stream->owner != NULL)
    program->expire(stream->owner);
  else
    stream_close(stream);
}

static void look_at_all(void) {
  for (size_t i = 0; i < STREAMS_MAX; i++) {
    if (polled[i].revents != 0)
      use(&streams[i], polled[i]);
    if (streams[i].fd >= 0)
      look_at_time(&streams[i]);
  }
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    if (doors_and_streams[i].revents != 0)
      accept_client(doors_and_streams[i].fd);
}

/* poll returns each second, for the deadlines.  It gets no more places than
 * needed: a system may refuse more of them than descriptors. */
static void wait_for_all(const struct listeners *listeners) {
  int has_room = find_place(0) != NULL;
  nfds_t len = LISTENERS_MAX;
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    doors_and_streams[i] =
        (struct pollfd){has_room ? listeners->fds[i] : -1, POLLIN, 0};
  for (size_t i = 0; i < STREAMS_MAX; i++) {
    polled[i] = prepare(&streams[i]);
    if (streams[i].fd >= 0)
      len = (nfds_t)(LISTENERS_MAX + i + 1);
  }
  if (poll(doors_and_streams, len, 1000) >= 0)
    look_at_all();
}

void run_streams(const char *name, long port, long limit,
                 const struct service *service) {
  struct listeners listeners;
  program = service;
  time_limit = limit;
  if (open_listeners(name, port, &listeners) != 0)
    exit(EXIT_FAILURE);
  say_where(name, "http", &listeners);
  for (size_t i = 0; i < STREAMS_MAX; i++)
    streams[i].fd = -1;
  for (;;)
    wait_for_all(&listeners);
}
