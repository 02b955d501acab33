/* SPDX-License-Identifier: MIT
 *
 * Bytes in both directions, unchanged: see raw.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "raw.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "../common/out.h"

#define READ_CAP 16384

enum outcome { GOING_ON, DONE, FAILED };

struct raw {
  struct channel *channel;
  struct out out; /* what the server has not taken yet */
  int input_over, ended;
  char lost[256]; /* why the server takes nothing more, or "" */
};

static enum outcome lose(const char *why) {
  complain("the connection is lost: %s", why);
  return FAILED;
}

/* If standard output is closed, end_output says so at the end. */
static enum outcome print(const char *bytes, size_t len) {
  fwrite(bytes, 1, len, stdout);
  return fflush(stdout) == 0 ? GOING_ON : FAILED;
}

static enum outcome receive(struct raw *raw) {
  char bytes[READ_CAP];
  ssize_t n = channel_receive_now(raw->channel, bytes, sizeof bytes);
  if (n > 0)
    return print(bytes, (size_t)n);
  if (n == 0)
    return raw->lost[0] == '\0' ? DONE : lose(raw->lost);
  return errno == EAGAIN ? GOING_ON : lose(raw->channel->why);
}

static enum outcome read_input(struct raw *raw) {
  size_t room;
  char *at = out_room(&raw->out, &room);
  ssize_t n = read(STDIN_FILENO, at, room);
  if (n > 0)
    out_commit(&raw->out, (size_t)n);
  else if (n == 0)
    raw->input_over = 1;
  else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
    complain("cannot read standard input: %s", strerror(errno));
    return FAILED;
  }
  return GOING_ON;
}

/* If the server takes nothing more, it may still have sent something. */
static void stop_sending(struct raw *raw) {
  snprintf(raw->lost, sizeof raw->lost, "%s", raw->channel->why);
  raw->out.from = raw->out.to;
  raw->input_over = raw->ended = 1;
}

static void send_output(struct raw *raw) {
  while (out_len(&raw->out) > 0) {
    ssize_t n = channel_send_now(raw->channel, raw->out.bytes + raw->out.from,
                                 out_len(&raw->out));
    if (n < 0 && errno == EAGAIN)
      return;
    if (n < 0)
      stop_sending(raw);
    else
      raw->out.from += (size_t)n;
  }
  if (raw->input_over && !raw->ended) {
    channel_end(raw->channel);
    raw->ended = 1;
  }
}

static enum outcome wait_and_serve(struct raw *raw) {
  int sends = out_len(&raw->out) > 0;
  int holds = channel_holds_bytes(raw->channel);
  struct pollfd polled[2] = {
      {raw->channel->fd, (short)(sends ? POLLIN | POLLOUT : POLLIN), 0},
      {sends || raw->input_over ? -1 : STDIN_FILENO, POLLIN, 0}};
  int ready = poll(polled, 2, holds ? 0 : -1);
  enum outcome outcome = GOING_ON;
  if (ready < 0)
    return errno == EINTR ? GOING_ON : lose(strerror(errno));
  if (holds || (polled[0].revents & ~POLLOUT) != 0)
    outcome = receive(raw);
  if (outcome == GOING_ON && polled[1].revents != 0)
    outcome = read_input(raw);
  if (outcome == GOING_ON)
    send_output(raw);
  return outcome;
}

int raw_talk(struct channel *channel, upshake_slice early) {
  static struct raw raw;
  raw.channel = channel;
  enum outcome outcome = print(early.ptr, early.len);
  while (outcome == GOING_ON)
    outcome = wait_and_serve(&raw);
  return outcome == DONE ? 0 : -1;
}
