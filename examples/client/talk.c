/* SPDX-License-Identifier: MIT
 *
 * A talk over a WebSocket: see talk.h.
 *
 * A text of --message is sent after the answer to the text before it.  A line
 * of standard input is sent at once.  When everything is sent and answered, a
 * Close is sent.
 */
#define _POSIX_C_SOURCE 200809L

#include "talk.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codes.h"
#include "hex.h"
#include "../common/net.h"
#include "report.h"
#include "websocket.h"
#include "../common/endpoint.h"
#include "../common/out.h"
#include "../common/text.h"

#define READ_CAP 8192

/* How long the server may take to close the connection after both Closes. */
#define DRAIN_MS 1000

enum outcome { GOING_ON, DONE, FAILED };

struct talk {
  const struct options *options;
  struct channel *channel;
  struct out out;
  struct websocket *ws;
  FILE *messages;
  size_t received; /* texts so far */
  size_t said;     /* messages of the options that were sent */
  size_t lines;    /* lines of standard input so far */
  size_t awaited;  /* messages that were sent and not answered yet */
  size_t progress; /* websocket_progress, as last seen */
  int input_over, closing;
  moment deadline; /* for the server, if it has to do something */
  char line[MESSAGE_MAX];
  size_t line_len; /* length of a line that is not complete */
};

static enum outcome lose(const char *why) {
  complain("the connection is lost: %s", why);
  return FAILED;
}

/* ---- Receiving ----------------------------------------------------------- */

static void take_content(struct talk *t, int is_text, const char *bytes,
                         size_t len) {
  if (t->messages == NULL) {
    print_message(is_text, bytes, len);
    return;
  }
  fputs(t->received++ > 0 ? ",\"" : "\"", t->messages);
  if (is_text)
    put_json_text(t->messages, bytes, len);
  else
    hex_write(t->messages, bytes, len);
  putc('"', t->messages);
}

static void take_message(void *user, int is_text, const char *bytes,
                         size_t len) {
  struct talk *t = user;
  if (t->awaited > 0)
    t->awaited--;
  if (is_text || t->options->binary)
    take_content(t, is_text, bytes, len);
  else
    complain("a message of %zu bytes that are no text", len);
}

static ssize_t hear(struct talk *t) {
  char bytes[READ_CAP];
  ssize_t n = channel_receive_now(t->channel, bytes, sizeof bytes);
  if (n > 0)
    websocket_receive(t->ws, bytes, (size_t)n);
  return n;
}

/* Waiting bytes cannot be sent any more.  That does not matter if all is
 * over. */
static enum outcome drop_output(struct talk *t, const char *why) {
  t->out.from = t->out.to;
  return websocket_is_over(t->ws) ? GOING_ON : lose(why);
}

static enum outcome receive(struct talk *t) {
  ssize_t n = hear(t);
  if (n == 0)
    return drop_output(t, "the server ended it without a Close "
                          "(RFC 6455 7.1.5: 1006)");
  if (n < 0 && errno != EAGAIN)
    return drop_output(t, t->channel->why);
  return GOING_ON;
}

/* ---- Sending ------------------------------------------------------------- */

static void start_clock(struct talk *t) {
  t->deadline = net_now_ms() + t->options->timeout;
}

static enum outcome say(struct talk *t, const char *bytes, size_t len) {
  int is_text = !t->options->binary;
  if (websocket_say(t->ws, is_text, bytes, len) != 0)
    return lose("out of memory");
  if (t->messages == NULL)
    print_sent(is_text, bytes, len, t->options->messages_len == 0);
  if (t->awaited++ == 0)
    start_clock(t);
  return GOING_ON;
}

static enum outcome say_binary(struct talk *t, char *line, size_t len) {
  long bytes = hex_read(line, len);
  if (bytes >= 0)
    return say(t, line, (size_t)bytes);
  complain("line %zu of standard input is not hexadecimal digits, two for "
           "each byte",
           t->lines);
  return FAILED;
}

static enum outcome say_line(struct talk *t, char *line, size_t len) {
  t->lines++;
  if (t->options->binary)
    return say_binary(t, line, len);
  if (text_is_utf8((upshake_slice){line, len}))
    return say(t, line, len);
  complain("line %zu of standard input is not UTF-8", t->lines);
  return FAILED;
}

static enum outcome say_lines(struct talk *t) {
  enum outcome outcome = GOING_ON;
  char *at = t->line, *end;
  size_t left = t->line_len;
  while (outcome == GOING_ON && (end = memchr(at, '\n', left)) != NULL) {
    outcome = say_line(t, at, (size_t)(end - at));
    left -= (size_t)(end - at) + 1;
    at = end + 1;
  }
  memmove(t->line, at, left);
  t->line_len = left;
  return outcome;
}

/* The last line may lack its line feed. */
static enum outcome end_input(struct talk *t) {
  t->input_over = 1;
  return t->line_len > 0 ? say_line(t, t->line, t->line_len) : GOING_ON;
}

/* Reads at most READ_CAP bytes, because each line becomes a message that
 * waits. */
static enum outcome read_input(struct talk *t) {
  size_t room = sizeof t->line - t->line_len;
  if (room == 0) {
    complain("line %zu of standard input is longer than %zu bytes",
             t->lines + 1, sizeof t->line - 1);
    return FAILED;
  }
  ssize_t n = read(STDIN_FILENO, t->line + t->line_len,
                   room < READ_CAP ? room : READ_CAP);
  if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
    return GOING_ON;
  if (n < 0) {
    complain("cannot read standard input: %s", strerror(errno));
    return FAILED;
  }
  if (n == 0)
    return end_input(t);
  t->line_len += (size_t)n;
  return say_lines(t);
}

/* Waits until no message is left to send, because a Close would overtake it. */
static enum outcome say_next(struct talk *t) {
  const struct options *options = t->options;
  if (t->awaited > 0 || t->closing || !t->input_over ||
      websocket_is_over(t->ws) || websocket_has_more(t->ws))
    return GOING_ON;
  if (t->said < options->messages_len) {
    const struct message *message = &options->messages[t->said++];
    return say(t, message->bytes, message->len);
  }
  t->closing = 1;
  start_clock(t);
  return websocket_close(t->ws) == 0 ? GOING_ON : lose("out of memory");
}

/* ---- The end ------------------------------------------------------------- */

/* A Close may have no code, which is reported as 1005.  That is no error (RFC
 * 6455 5.5.1, 7.1.5). */
static enum outcome judge_close(const struct talk *t, int code,
                                upshake_slice reason) {
  if (code != 1000 && code != 1005)
    complain("the server closed with %d%s%.*s (%s)", code,
             reason.len > 0 ? " " : "", (int)reason.len, reason.ptr,
             code_name(code));
  else if (t->awaited > 0 || t->said < t->options->messages_len)
    complain("the server closed before the echo came");
  else
    return DONE;
  return FAILED;
}

/* Our own Close goes first: it answers the server's Close, or says what the
 * server did wrong.  Then the server ends the connection (RFC 6455 7.1.1). */
static enum outcome look_for_end(struct talk *t) {
  long timeout = t->options->timeout;
  upshake_slice reason;
  if (!websocket_is_over(t->ws) || out_len(&t->out) > 0)
    return GOING_ON;
  channel_end(t->channel);
  net_drain(t->channel->fd, timeout < DRAIN_MS ? timeout : DRAIN_MS);
  int code = websocket_closed(t->ws, &reason);
  if (code != 0)
    return judge_close(t, code, reason);
  complain("the server sent %s", websocket_failed(t->ws));
  return FAILED;
}

static enum outcome expire(struct talk *t) {
  const char *waited_for = "an echo";
  if (websocket_is_over(t->ws))
    return drop_output(t, "the server takes nothing");
  if (out_len(&t->out) > 0)
    waited_for = "the server to take what is sent";
  else if (t->closing)
    waited_for = "the server's Close";
  complain("nothing for %ld ms while waiting for %s", t->options->timeout,
           waited_for);
  return FAILED;
}

/* ---- The loop ------------------------------------------------------------ */

/* Sends as much as the server takes.  Returns how many bytes, or -1. */
static long flush(struct talk *t) {
  struct out *out = &t->out;
  long sent = 0;
  while (out_len(out) > 0) {
    ssize_t n =
        channel_send_now(t->channel, out->bytes + out->from, out_len(out));
    if (n < 0)
      return errno == EAGAIN ? sent : -1;
    out->from += (size_t)n;
    sent += n;
  }
  return sent;
}

/* A server that has closed may have sent the reason before. */
static enum outcome stop_sending(struct talk *t) {
  char why[sizeof t->channel->why];
  memcpy(why, t->channel->why, sizeof why);
  if (!websocket_is_over(t->ws))
    hear(t);
  return drop_output(t, why);
}

/* If the server takes bytes that had to wait, it is alive.  A pong that is sent
 * says nothing about the server. */
static enum outcome send_output(struct talk *t) {
  int waited = out_len(&t->out) > 0, moved = 0;
  long sent;
  do {
    websocket_fill(t->ws);
    sent = flush(t);
    if (sent < 0)
      return stop_sending(t);
    moved |= sent > 0;
  } while (sent > 0 && out_len(&t->out) == 0);
  if (!t->closing && (waited ? moved : out_len(&t->out) > 0))
    start_clock(t);
  return GOING_ON;
}

/* Pings are no sign that an echo is coming.  After our Close the server gets no
 * more time, even if it still talks. */
static void notice_progress(struct talk *t) {
  size_t progress = websocket_progress(t->ws);
  if (progress != t->progress && !t->closing)
    start_clock(t);
  t->progress = progress;
}

static int wait_time(const struct talk *t) {
  if (t->awaited == 0 && !t->closing && out_len(&t->out) == 0)
    return -1;
  moment left = t->deadline - net_now_ms();
  return left > 0 ? (int)left : 0;
}

static enum outcome serve(struct talk *t, const struct pollfd *polled) {
  enum outcome outcome = GOING_ON;
  if ((polled[0].revents & ~POLLOUT) != 0 || channel_holds_bytes(t->channel))
    outcome = receive(t);
  if (outcome == GOING_ON && polled[1].revents != 0 &&
      !websocket_is_over(t->ws))
    outcome = read_input(t);
  notice_progress(t);
  return outcome;
}

static enum outcome wait_and_serve(struct talk *t) {
  int time = wait_time(t);
  int is_sending = out_len(&t->out) > 0;
  int listens = !t->input_over && !is_sending;
  struct pollfd polled[2] = {
      {t->channel->fd, (short)(is_sending ? POLLIN | POLLOUT : POLLIN), 0},
      {listens ? STDIN_FILENO : -1, POLLIN, 0}};
  int holds = channel_holds_bytes(t->channel);
  int ready = poll(polled, 2, holds ? 0 : time);
  if (ready < 0 && errno != EINTR)
    return lose(strerror(errno));
  enum outcome outcome = ready > 0 || holds ? serve(t, polled) : GOING_ON;
  if (outcome == GOING_ON && time == 0 && wait_time(t) == 0)
    return expire(t);
  return outcome;
}

static enum outcome go_on(struct talk *t) {
  enum outcome outcome = send_output(t);
  if (outcome == GOING_ON)
    outcome = say_next(t);
  if (outcome == GOING_ON)
    outcome = send_output(t);
  if (outcome == GOING_ON)
    outcome = look_for_end(t);
  return outcome == GOING_ON ? wait_and_serve(t) : outcome;
}

/* For a person at the terminal, who would see nothing happen. */
static void greet(const struct options *options) {
  if (options->messages_len == 0 && isatty(STDIN_FILENO) &&
      isatty(STDERR_FILENO))
    fputs("connected; each line is a message, Ctrl-D ends\n", stderr);
}

int talk(struct channel *channel, const struct options *options,
         const upshake_deflate *agreed, upshake_slice early, FILE *messages) {
  static struct talk t;
  enum outcome outcome = GOING_ON;
  t.options = options;
  t.channel = channel;
  t.messages = messages;
  t.input_over = options->messages_len > 0;
  t.ws = websocket_open(&t.out, agreed, take_message, &t);
  if (t.ws == NULL)
    return complain("out of memory"), -1;
  greet(options);
  websocket_receive(t.ws, early.ptr, early.len);
  while (outcome == GOING_ON)
    outcome = go_on(&t);
  websocket_free(t.ws);
  return outcome == DONE ? 0 : -1;
}
