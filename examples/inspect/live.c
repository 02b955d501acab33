/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect ws://HOST/PATH: connects, asks, and judges the answer.
 */
#define _POSIX_C_SOURCE 200809L

#include "live.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "dial.h"
#include "judge.h"
#include "../common/note.h"
#include "probe.h"
#include "../common/exit.h"
#include "../common/start.h"

/* How long the body of an answer may take, and how much of it is kept. */
#define BODY_MS 500
#define BODY_KEPT 4096

/* What was asked, and what came. */
typedef struct talk {
  dial to;
  char request[REQUEST_CAP];
  size_t request_len;
  char answer[ANSWER_CAP];
  size_t len;
  upshake_client_policy policy;
  upshake_client client;
  char memory[ANSWER_CAP + REQUEST_CAP];
} talk;

/* ---- The request --------------------------------------------------------- */

/* The bytes of a file are sent as they are, right or wrong. */
static int read_request(talk *with) {
  input in;
  input_open(&in, with->to.opt->request);
  while (in.len <= REQUEST_CAP && input_read(&in))
    continue;
  with->request_len = in.len <= REQUEST_CAP ? in.len : 0;
  memcpy(with->request, in.bytes, with->request_len);
  input_close(&in);
  if (with->request_len > 0)
    return 0;
  complain("the request is empty, or longer than %zu bytes", REQUEST_CAP);
  return EXIT_BAD_INPUT;
}

static int make_request(talk *with) {
  if (with->to.opt->request != NULL)
    return read_request(with);
  return dial_write_request(&with->to, with->request, sizeof with->request,
                            &with->request_len);
}

/* If no client should have sent this request, the answer is read as one to a
 * request for no switch. */
static void begin(talk *with) {
  static const char plain[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  upshake_slice asked = {with->request, with->request_len};
  upshake_slice instead = {plain, sizeof plain - 1};
  size_t most = with->to.opt->head_max;
  with->policy.limits = limits_of(with->to.opt);
  with->policy.limits.total =
      (uint32_t)(most < sizeof with->answer ? most : sizeof with->answer);
  if (upshake_client_init(&with->client, &with->policy, asked, with->memory,
                          sizeof with->memory) != UPSHAKE_OK)
    upshake_client_init(&with->client, &with->policy, instead, with->memory,
                        sizeof with->memory);
}

/* ---- The answer ---------------------------------------------------------- */

/* Receives once.  Returns what channel_receive does. */
static ssize_t receive(talk *with, moment deadline) {
  ssize_t n = channel_receive(&with->to.channel, with->answer + with->len,
                              sizeof with->answer - with->len, deadline);
  if (n > 0)
    with->len += (size_t)n;
  return n;
}

static int complain_of_end(const talk *with, ssize_t n, int error) {
  if (n == 0 && with->len < sizeof with->answer)
    complain("the server closed before its answer was complete: %zu bytes came",
             with->len);
  else if (n == 0)
    complain("the head of the answer is longer than %zu bytes", with->len);
  else if (error == ETIMEDOUT)
    complain("no complete answer within %ld ms: %zu bytes came",
             with->to.opt->timeout, with->len);
  else if (error == ECANCELED)
    complain("interrupted while waiting for the answer: %zu bytes came",
             with->len);
  else
    complain("the connection is lost: %s", with->to.channel.why);
  return INCOMPLETE;
}

/* Returns 0 when the verdict on the head is clear, or the exit status. */
static int read_head(talk *with) {
  moment deadline = net_now_ms() + with->to.opt->timeout;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  size_t taken = 0, used;
  while (next == UPSHAKE_CLIENT_READ) {
    ssize_t n = receive(with, deadline);
    if (n <= 0)
      return complain_of_end(with, n, n < 0 ? errno : 0);
    next = upshake_client_feed(&with->client, with->answer + taken,
                               with->len - taken, &used);
    taken += used;
  }
  return 0;
}

/* The body of an answer often says why, so a part of it is worth a short
 * wait. */
static void read_body(talk *with) {
  upshake_client_result result = upshake_client_get_result(&with->client);
  moment deadline = net_now_ms() + BODY_MS;
  size_t head = result.consumed, most = BODY_KEPT;
  if (result.next != UPSHAKE_CLIENT_OTHER)
    return;
  if (result.body_len < most)
    most = (size_t)result.body_len;
  while (with->len < head + most && receive(with, deadline) > 0)
    continue;
}

/* A WebSocket ends with Close (RFC 6455 7.1.2): 1000, masked. */
static void say_goodbye(talk *with) {
  char close[] = {'\x88', '\x82', 0, 0, 0, 0, 0x03, '\xe8'};
  upshake_client_result result = upshake_client_get_result(&with->client);
  if (result.next != UPSHAKE_CLIENT_SWITCHED || net_random(close + 2, 4) != 0)
    return;
  close[6] = (char)(close[6] ^ close[2]);
  close[7] = (char)(close[7] ^ close[3]);
  channel_send(&with->to.channel, close, sizeof close, net_now_ms() + BODY_MS);
}

static int ask(talk *with) {
  long long begun = net_now_us();
  moment deadline = net_now_ms() + with->to.opt->timeout;
  begin(with);
  /* It may have answered before it closed. */
  if (channel_send(&with->to.channel, with->request, with->request_len,
                   deadline) != 0 &&
      errno != EPIPE && errno != ECONNRESET)
    return complain("cannot send the request: %s", with->to.channel.why),
           INCOMPLETE;
  int status = read_head(with);
  with->to.times.answer = net_now_us() - begun;
  if (status == 0)
    read_body(with);
  say_goodbye(with);
  return status;
}

/* ---- The verdict --------------------------------------------------------- */

static outcome judge(talk *with) {
  note people = {NULL, 0, 0}, scripts = {NULL, 0, 0};
  note_times(&with->to.times, &people, &scripts);
  const reading live = {.form = "live",
                        .times = note_text(&people),
                        .members = note_text(&scripts)};
  upshake_slice request = {with->request, with->request_len};
  upshake_slice came = {with->answer, with->len};
  outcome got = judge_response(with->to.opt, &live, request, came);
  note_free(&people);
  note_free(&scripts);
  return got;
}

static int talk_to(const options *opt) {
  static talk with;
  int status = dial_begin(&with.to, opt, opt->file);
  if (status == 0)
    status = make_request(&with);
  if (status == 0)
    status = dial_find(&with.to);
  if (status == 0)
    status = dial_connect(&with.to);
  if (status != 0)
    return status;
  ask(&with);
  channel_close(&with.to.channel);
  return (int)judge(&with);
}

/* ---- All of it ----------------------------------------------------------- */

int is_live(const options *opt) {
  return opt->listen != NULL || opt->probe != NULL ||
         (opt->file != NULL && uri_is_websocket(opt->file));
}

int live_run(const options *opt) {
  keep_streams();
  signal(SIGPIPE, SIG_IGN); /* SSL_write returns the error */
  if (net_catch_stop() != 0)
    return complain("cannot wait for signals: %s", strerror(errno)),
           EXIT_BAD_SYSTEM;
  if (opt->listen != NULL)
    return listen_run(opt);
  return opt->probe != NULL ? probe_run(opt) : talk_to(opt);
}
