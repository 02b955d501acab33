/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --probe: sends each breakage on a connection of its own.
 */
#define _POSIX_C_SOURCE 200809L

#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "../common/exit.h"

/* How long a server may be silent if silence is allowed. */
#define SILENCE_MS 500

/* ---- The bytes of a case ------------------------------------------------- */

typedef struct filled {
  char bytes[REQUEST_CAP];
  size_t len;
  int too_long;
} filled;

static void fill(filled *out, const char *bytes, size_t len) {
  if (len > sizeof out->bytes - out->len) {
    out->too_long = 1;
    return;
  }
  memcpy(out->bytes + out->len, bytes, len);
  out->len += len;
}

static void fill_text(filled *out, const char *text) {
  fill(out, text, strlen(text));
}

/* A new key is 16 random bytes, so that a cache cannot answer. */
static void fill_key(filled *out) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned char bytes[22];
  if (net_random(bytes, sizeof bytes) != 0)
    memset(bytes, 0, sizeof bytes);
  for (size_t i = 0; i < 21; i++)
    fill(out, &letters[bytes[i] % 64], 1);
  /* The last letter has only two bits of the key. */
  fill(out, &letters[bytes[21] % 4 * 16], 1);
  fill_text(out, "==");
}

static void fill_target(filled *out, const dial *to) {
  fill_text(out, to->uri.target[0] == '/' ? "" : "/");
  fill_text(out, to->uri.target);
}

static void fill_origin(filled *out, const options *opt) {
  if (opt->origins_len == 0)
    return;
  fill_text(out, "Origin: ");
  fill_text(out, opt->origins[0]);
  fill_text(out, "\r\n");
}

static void fill_subprotocols(filled *out, const options *opt) {
  for (size_t i = 0; i < opt->subprotocols_len; i++) {
    fill_text(out, i > 0 ? ", " : SUBPROTOCOL_FIELD ": ");
    fill_text(out, opt->subprotocols[i]);
  }
  fill_text(out, opt->subprotocols_len > 0 ? "\r\n" : "");
}

static void fill_named(filled *out, const dial *to, char first) {
  if (first == 't')
    fill_target(out, to);
  else if (first == 'h')
    fill_text(out, to->uri.authority);
  else if (first == 'k')
    fill_key(out);
  else if (first == 'o')
    fill_origin(out, to->opt);
  else
    fill_subprotocols(out, to->opt);
}

/* Writes the bytes of a case; {host} becomes the host, and so on. */
static void fill_case(filled *out, const dial *to, const char *bytes,
                      size_t len) {
  out->len = 0;
  out->too_long = 0;
  for (size_t i = 0; i < len; i++) {
    const char *end = memchr(bytes + i, '}', len - i);
    if (bytes[i] != '{' || end == NULL) {
      fill(out, bytes + i, 1);
      continue;
    }
    fill_named(out, to, bytes[i + 1]);
    i = (size_t)(end - bytes);
  }
}

/* ---- The answer ---------------------------------------------------------- */

static int has_member(upshake_fields fields, const char *name,
                      const char *wanted) {
  upshake_list list = upshake_begin_list(fields, name);
  upshake_slice member;
  while (upshake_next_member(&list, &member)) {
    size_t len = strlen(wanted);
    if (member.len >= len && memcmp(member.ptr, wanted, len) == 0)
      return 1;
  }
  return 0;
}

static void note_head(answer *got, const upshake_client_result *result) {
  upshake_fields fields = result->fields;
  got->status = fields.raw.ptr != NULL ? result->status : -1;
  if (got->status < 0)
    return;
  got->has_version_13 = has_member(fields, "Sec-WebSocket-Version", "13");
  got->has_deflate = has_member(fields, EXTENSIONS_FIELD, "permessage-deflate");
  got->has_subprotocol =
      upshake_find_field(fields, SUBPROTOCOL_FIELD).ptr != NULL;
}

/* The answer is judged as one to the right request: the status of a 101 is what
 * counts, whatever its Accept. */
static int read_answer(probe *all, upshake_slice right, moment deadline,
                       answer *got) {
  static char memory[ANSWER_CAP];
  char bytes[4096];
  upshake_client client;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  size_t used;
  upshake_error error =
      upshake_client_init(&client, NULL, right, memory, sizeof memory);
  if (error != UPSHAKE_OK)
    fail_library(error);
  while (next == UPSHAKE_CLIENT_READ) {
    ssize_t n =
        channel_receive(&all->to.channel, bytes, sizeof bytes, deadline);
    if (n < 0 && errno == ECANCELED)
      return -1;
    got->silent = n < 0 && errno == ETIMEDOUT;
    if (n <= 0)
      return 0;
    next = upshake_client_feed(&client, bytes, (size_t)n, &used);
  }
  upshake_client_result result = upshake_client_get_result(&client);
  note_head(got, &result);
  return 0;
}

/* Sends the bytes on a new connection.  Returns 0, or the exit status. */
static int ask(probe *all, const filled *sent, upshake_slice right, long wait,
               answer *got) {
  memset(got, 0, sizeof *got);
  int status = dial_connect(&all->to);
  if (status != 0)
    return status;
  moment deadline = net_now_ms() + wait;
  /* A server may answer and close before it has read everything. */
  int sending =
      channel_send(&all->to.channel, sent->bytes, sent->len, deadline);
  int stopped = sending != 0 && errno == ECANCELED;
  if (!stopped)
    stopped = read_answer(all, right, deadline, got) != 0;
  channel_close(&all->to.channel);
  return stopped ? INCOMPLETE : 0;
}

/* ---- The verdict --------------------------------------------------------- */

static int is_error(const answer *got) {
  return got->status <= 0 || got->status >= 400;
}

verdict_of_case judge_case(const probe_case *sent, const answer *got) {
  int closed = got->status <= 0;
  if (got->silent)
    return sent->allowed == NO_SWITCH_NOW ? HELD : SILENT;
  if (got->status == 101)
    return (sent->allowed == NO_DEFLATE && !got->has_deflate) ||
                   (sent->allowed == NO_SUBPROTOCOL && !got->has_subprotocol)
               ? HELD
               : THROUGH;
  switch (sent->allowed) {
  case NO_SWITCH:
  case NO_SWITCH_NOW:
    return HELD;
  case STATUS_400:
    return got->status == 400 ? HELD : OTHERWISE;
  case VERSION_13:
    return is_error(got) && !closed && got->has_version_13 ? HELD : OTHERWISE;
  case AN_ERROR:
  case NO_DEFLATE:
  case NO_SUBPROTOCOL:
    break;
  }
  return is_error(got) ? HELD : OTHERWISE;
}

/* ---- The whole run ------------------------------------------------------- */

/* A server that switches for nobody cannot be probed. */
static int check_right(probe *all, filled *right) {
  answer got;
  fill_case(right, &all->to, RIGHT_REQUEST, sizeof RIGHT_REQUEST - 1);
  if (right->too_long)
    return complain("the request is longer than %zu bytes", REQUEST_CAP),
           EXIT_BAD_USAGE;
  upshake_slice asked = {right->bytes, right->len};
  int status = ask(all, right, asked, all->to.opt->timeout, &got);
  if (status != 0 || got.status == 101)
    return status;
  if (got.silent)
    return complain("no answer to a right request for %ld ms",
                    all->to.opt->timeout),
           INCOMPLETE;
  if (got.status <= 0)
    return complain("a right request gets no HTTP response"), INCOMPLETE;
  complain("a right request is answered %d, so there is nothing to probe; "
           "upshake-inspect %s says why",
           got.status, all->uri);
  return OTHER;
}

static int send_cases(probe *all, const filled *right) {
  static filled sent;
  upshake_slice asked = {right->bytes, right->len};
  for (size_t i = 0; i < probe_cases_len; i++) {
    const probe_case *one = &probe_cases[i];
    long wait = all->to.opt->timeout;
    if (one->allowed == NO_SWITCH_NOW && wait > SILENCE_MS)
      wait = SILENCE_MS;
    fill_case(&sent, &all->to, one->bytes, one->len);
    int status = ask(all, &sent, asked, wait, &all->answers[i]);
    if (status != 0) {
      complain("ended before case %zu of %zu: %s", i + 1, probe_cases_len,
               one->what);
      return status;
    }
    all->verdicts[i] = judge_case(one, &all->answers[i]);
    all->sent++;
  }
  return 0;
}

static int status_of(const probe *all) {
  for (size_t i = 0; i < all->sent; i++)
    if (all->verdicts[i] == THROUGH)
      return REFUSED;
  return 0;
}

/* Whoever probes a server of others has to say so. */
static int check_host(const probe *all) {
  if (all->to.opt->yes || net_is_loopback(&all->to.addresses))
    return 0;
  complain("%s is not this machine: --probe sends it %zu broken requests; add "
           "--yes if you may do that",
           all->to.uri.host, probe_cases_len);
  return EXIT_BAD_USAGE;
}

int probe_run(const options *opt) {
  static filled right;
  probe all;
  memset(&all, 0, sizeof all);
  all.uri = opt->probe;
  int status = dial_begin(&all.to, opt, opt->probe);
  if (status == 0)
    status = dial_find(&all.to);
  if (status == 0)
    status = check_host(&all);
  if (status == 0)
    status = check_right(&all, &right);
  if (status != 0)
    return status;
  all.answers = allocate(probe_cases_len * sizeof *all.answers);
  all.verdicts = allocate(probe_cases_len * sizeof *all.verdicts);
  status = send_cases(&all, &right);
  if (opt->json)
    print_probe_json(&all);
  else
    print_probe(&all);
  if (status == 0)
    status = status_of(&all);
  free(all.answers);
  free(all.verdicts);
  return status;
}
