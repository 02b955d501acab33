/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: why does my handshake fail?
 *
 * Reads one request until it is clear what a server that uses upshake would do
 * with it.  Then it says what the server does, and why.  This file feeds the
 * handshake.  client.c does the same for a response and a client.
 */
#include <stdlib.h>
#include <string.h>

#include "inspect.h"
#include "client.h"
#include "forms.h"
#include "live.h"
#include "options.h"

/* A shown line has fewer bytes than this before its mark. */
#define LINE_KEPT 256

upshake_config config_of(const options *opt) {
  upshake_config config;
  memset(&config, 0, sizeof config);
  config.protocols = opt->protocols;
  config.protocols_len = opt->protocols_len;
  config.subprotocols = opt->subprotocols;
  config.subprotocols_len = opt->subprotocols_len;
  config.origins = opt->origins;
  config.origins_len = opt->origins_len;
  config.origin = opt->origin_any    ? UPSHAKE_ORIGIN_ANY
                  : opt->origins_len ? UPSHAKE_ORIGIN_LIST
                                     : UPSHAKE_ORIGIN_SAME_HOST;
  config.lean = opt->lean ? 1 : 0;
  config.wanted = opt->wanted;
  config.wanted_len = opt->wanted_len;
  config.limits = limits_of(opt);
  return config;
}

/* ---- The handshake ------------------------------------------------------- */

upshake_slice agreed_extensions(const upshake *hs, const options *opt,
                                char agreed[UPSHAKE_DEFLATE_CAP]) {
  upshake_fields fields = upshake_get_request(hs).fields;
  const upshake_protocol *protocol = upshake_get_result(hs).protocol;
  upshake_slice extensions = {NULL, 0};
  upshake_deflate parameters;
  if (!opt->deflate || !is_websocket(protocol))
    return extensions;
  extensions.len = upshake_agree_deflate(fields, NULL, &parameters, agreed);
  extensions.ptr = extensions.len > 0 ? agreed : NULL;
  return extensions;
}

/* Appends the reply to what was sent already: a 100 before a body. */
static void write_reply(inspection *in) {
  upshake_extra extra;
  size_t len;
  memset(&extra, 0, sizeof extra);
  extra.extensions = in->extensions;
  upshake_reply_with(&in->hs, &extra, NULL, 0, &len); /* its length */
  char *reply = allocate(in->reply_len + len);
  if (in->reply_len > 0)
    memcpy(reply, in->reply, in->reply_len);
  free(in->reply);
  in->reply = reply;
  upshake_error error =
      upshake_reply_with(&in->hs, &extra, reply + in->reply_len, len, &len);
  if (error != UPSHAKE_OK)
    fail_library(error);
  in->reply_len += len;
}

/* Only an input that fills head_max can be too long, so the head memory needs
 * just one byte more than the input so far. */
static void make_room(inspection *in, size_t head_max) {
  size_t cap = input_end(&in->input) + 1;
  if (has_request(in) || cap <= in->head_cap || in->head_cap == head_max)
    return;
  if (cap < 2 * in->head_cap)
    cap = 2 * in->head_cap;
  if (cap > head_max)
    cap = head_max;
  char *head = allocate(cap);
  upshake_error error = upshake_move(&in->hs, head, cap);
  if (error != UPSHAKE_OK)
    fail_library(error);
  free(in->head);
  in->head = head;
  in->head_cap = cap;
}

static void take_content(inspection *in, const char *content, size_t len) {
  size_t kept = in->content_len < CONTENT_KEPT ? in->content_len : CONTENT_KEPT;
  size_t room = CONTENT_KEPT - kept;
  if (len > 0 && room > 0)
    memcpy(in->content + kept, content, len < room ? len : room);
  in->content_len += len;
}

/* Each piece is fed from memory of exactly its size, so that a memory checker
 * sees a read beyond it. */
static void feed_piece(inspection *in, size_t len) {
  size_t used = 0;
  char *piece = allocate(len);
  if (len > 0)
    memcpy(piece, input_at(&in->input, in->taken), len);
  upshake_feed(&in->hs, piece, len, &used);
  in->result = upshake_get_result(&in->hs);
  in->taken += used;
  take_content(in, in->result.content.ptr, in->result.content.len);
  free(piece);
}

/* 1 after a piece of content or a 100: the handshake goes on without further
 * bytes. */
static int is_on_the_way(const inspection *in) {
  return in->result.next == UPSHAKE_BODY ||
         (in->result.next == UPSHAKE_SEND && in->result.status == 100);
}

static int is_undecided(const inspection *in) {
  return is_on_the_way(in) || in->result.next == UPSHAKE_READ;
}

/* A body may have any length, so only the end of what was taken is kept: a line
 * with a wrong byte can be shown.  An error in the head is found before. */
static void forget_body(inspection *in) {
  if (has_request(in) && is_undecided(in) && in->taken > LINE_KEPT)
    input_forget(&in->input, in->taken - LINE_KEPT);
}

static void feed_all(inspection *in, const options *opt) {
  in->result = upshake_get_result(&in->hs);
  while (is_undecided(in)) {
    size_t left = input_end(&in->input) - in->taken;
    if (left == 0 && in->result.next == UPSHAKE_READ) {
      if (!input_read(&in->input))
        return;
      continue;
    }
    if (in->result.next == UPSHAKE_SEND)
      write_reply(in);
    make_room(in, opt->head_max);
    feed_piece(in, opt->feed && opt->feed < left ? opt->feed : left);
    forget_body(in);
  }
}

static outcome judge_outcome(const upshake_result *result) {
  if (result->next == UPSHAKE_READ)
    return INCOMPLETE;
  if (result->next == UPSHAKE_PLAIN)
    return PLAIN;
  return result->status == UPSHAKE_ACCEPT ? SWITCHED : REFUSED;
}

static void begin(inspection *in, const options *opt) {
  in->head_cap = opt->head_max < 1024 ? opt->head_max : 1024;
  in->head = allocate(in->head_cap);
  upshake_error error =
      upshake_init(&in->hs, in->config, in->head, in->head_cap, NULL);
  if (error != UPSHAKE_OK)
    fail_library(error);
}

static void print(inspection *in, const options *opt) {
  answer said;
  memset(&said, 0, sizeof said);
  if (!opt->json)
    input_read_on(&in->input, in->taken);
  say_request(in, &said);
  if (opt->json)
    print_json(in, &said);
  else
    print_text(in, &said, opt);
  answer_free(&said);
}

outcome judge_request_input(const options *opt, const reading *read,
                            input *from) {
  upshake_config config = config_of(opt);
  inspection in;
  memset(&in, 0, sizeof in);
  in.config = &config;
  in.input = *from;
  in.read = read;
  begin(&in, opt);
  feed_all(&in, opt);
  in.outcome = read->is != NULL ? REFUSED : judge_outcome(&in.result);
  if (in.outcome == SWITCHED)
    in.extensions = agreed_extensions(&in.hs, opt, in.agreed);
  if (in.result.next == UPSHAKE_SEND)
    write_reply(&in);
  print(&in, opt);
  free(in.reply);
  free(in.head);
  *from = in.input;
  from->taken = in.taken;
  return in.outcome;
}

outcome judge_request(const options *opt, const reading *read,
                      upshake_slice bytes) {
  input in;
  input_of_bytes(&in, bytes.ptr, bytes.len);
  outcome got = judge_request_input(opt, read, &in);
  input_close(&in);
  return got;
}

/* The exact bytes of a response, unless --from says otherwise. */
static int judge_answer(const options *opt) {
  return opt->from_given && opt->from != &raw_form ? inspect_response_forms(opt)
                                                   : (int)inspect_response(opt);
}

int main(int argc, char **argv) {
  options opt;
  allocate_program = "upshake-inspect";
  parse_options(&opt, argc, argv);
#ifndef _WIN32
  if (is_live(&opt)) {
    int status = live_run(&opt);
    free_options(&opt);
    return finish(status);
  }
#endif
  int got = opt.client ? judge_answer(&opt) : inspect_forms(&opt);
  free_options(&opt);
  return finish(got);
}
