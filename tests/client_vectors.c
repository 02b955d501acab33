/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors of the client's side: blocks, and the lines of
 * config and expect.
 */
#include "client_vectors.h"
#include "vectors_reader.h"

#include <stdlib.h>

enum { CONFIG, ASK, REQUEST, RESPONSE, EXPECT };

#define OF_CLIENT(name) offsetof(client_vector, name)
#define OF_AGREED(name) offsetof(upshake_deflate, name)

const char *const client_text_names[CLIENT_TEXTS] = {
    "reason", "protocol", "subprotocol", "extensions", "rest"};

static client_vector *case_of(reader *r) { return (client_vector *)r->vector; }

/* ---- The first line of expect -------------------------------------------- */

static int take_switched(reader *r) {
  r->vector->status = 101;
  return *r->value == 0;
}

static int take_other(reader *r) {
  r->member = &r->vector->status;
  case_of(r)->outcome = CLIENT_OTHER;
  return take_number(r);
}

static int take_refused(reader *r) {
  case_of(r)->outcome = CLIENT_REFUSED;
  return take_error(r);
}

static int take_incomplete(reader *r) {
  case_of(r)->outcome = CLIENT_INCOMPLETE;
  r->vector->error = UPSHAKE_ERR_INCOMPLETE;
  return *r->value == 0;
}

static int take_call(reader *r) {
  case_of(r)->outcome = CLIENT_CALL;
  return take_error(r);
}

static int take_written(reader *r) {
  case_of(r)->outcome = CLIENT_WRITTEN;
  return *r->value == 0;
}

static const line_kind outcome_lines[] = {
    {"switched", take_switched, OF_CLIENT(common.error), NULL},
    {"other", take_other, OF_CLIENT(common.error), NULL},
    {"refused", take_refused, OF_CLIENT(common.error), NULL},
    {"incomplete", take_incomplete, OF_CLIENT(common.error), NULL},
    {"call", take_call, OF_CLIENT(common.call), NULL},
    {"written", take_written, OF_CLIENT(common.error), NULL},
};

/* ---- Its further lines --------------------------------------------------- */

static int take_member(reader *r) {
  upshake_slice *member = r->member;
  case_of(r)->texts_given[member - case_of(r)->texts] = 1;
  return is_word(r->value, "-") || take_text(r);
}

static int take_body_len(reader *r) {
  uint64_t *len = r->member;
  case_of(r)->body_len_given = 1;
  *len = is_word(r->value, "chunked") ? UPSHAKE_BODY_CHUNKED
                                      : UPSHAKE_BODY_TO_CLOSE;
  return is_word(r->value, "chunked") || is_word(r->value, "to-close") ||
         read_number(r->value, UPSHAKE_BODY_TO_CLOSE - 1, len);
}

static int take_content_length(reader *r) {
  uint64_t *len = r->member;
  case_of(r)->length_given = 1;
  *len = UPSHAKE_BODY_CHUNKED;
  return is_word(r->value, "none") ||
         read_number(r->value, UPSHAKE_BODY_CHUNKED - 1, len);
}

/* NAME: VALUE, one of the response's. */
static int take_seen(reader *r) {
  client_vector *v = case_of(r);
  const char *colon = strchr(r->value, ':');
  if (colon == NULL || v->seen_len == VECTOR_FIELDS)
    return 0;
  upshake_field *field = &v->seen[v->seen_len++];
  size_t name_len = (size_t)(colon - r->value);
  colon += colon[1] == ' ' ? 2 : 1;
  return decode_value(r, r->value, name_len, &field->name) &&
         decode_value(r, colon, strlen(colon), &field->value);
}

static int take_agreed(reader *r) {
  static const line_kind words[] = {
      {"server-bits", take_small, OF_AGREED(server_bits), NULL},
      {"client-bits", take_small, OF_AGREED(client_bits), NULL},
      {"no-server-takeover", take_flag, OF_AGREED(no_server_takeover), NULL},
      {"no-client-takeover", take_flag, OF_AGREED(no_client_takeover), NULL},
  };
  return is_word(r->value, "-") ||
         take_words(r, words, sizeof words / sizeof *words, r->member);
}

static const line_kind expect_lines[] = {
    {"status", take_number, OF_CLIENT(common.status), NULL},
    {"reason", take_member, OF_CLIENT(texts[CLIENT_REASON]), NULL},
    {"protocol", take_member, OF_CLIENT(texts[CLIENT_PROTOCOL]), NULL},
    {"subprotocol", take_member, OF_CLIENT(texts[CLIENT_SUBPROTOCOL]), NULL},
    {"extensions", take_member, OF_CLIENT(texts[CLIENT_EXTENSIONS]), NULL},
    {"rest", take_member, OF_CLIENT(texts[CLIENT_REST]), NULL},
    {"agreed", take_agreed, OF_CLIENT(common.agreed), NULL},
    {"body-len", take_body_len, OF_CLIENT(body_len), NULL},
    {"content-length", take_content_length, OF_CLIENT(length), NULL},
    {"version", take_number, OF_CLIENT(version), NULL},
    {"may-keep", take_choice, OF_CLIENT(common.may_keep), "no yes"},
    {"fields", take_number, OF_CLIENT(fields_len), NULL},
    {"field", take_seen, OF_CLIENT(seen), NULL},
};

static void read_expect(reader *r) {
  char *line = next_block_line(r);
  if (line == NULL || !TAKE_LINE(r, outcome_lines, r->vector, line))
    note_problem(r, "unknown outcome", line == NULL ? "" : line);
  while (line != NULL && (line = next_block_line(r)) != NULL)
    if (!TAKE_LINE(r, expect_lines, r->vector, line))
      note_problem(r, "unknown line of expect", line);
}

/* ---- The other blocks ---------------------------------------------------- */

static const line_kind config_lines[] = {
    {"subprotocol-required", take_flag, OF_CLIENT(policy.subprotocol_required),
     NULL},
    {"fields-max", take_limit, OF_CLIENT(policy.limits.fields), NULL},
    {"name-max", take_limit, OF_CLIENT(policy.limits.name), NULL},
    {"total-max", take_limit, OF_CLIENT(policy.limits.total), NULL},
    {"head-max", take_limit, OF_CLIENT(common.head_max), NULL},
};

static void read_config(reader *r) {
  for (char *line; (line = next_block_line(r)) != NULL;)
    if (!TAKE_LINE(r, config_lines, r->vector, line))
      note_problem(r, "unknown line of config", line);
}

static void read_ask(reader *r) {
  case_of(r)->asks = 1;
  for (char *line; (line = next_block_line(r)) != NULL;)
    if (!take_ask_line(r, line))
      note_problem(r, "unknown line of ask", line);
}

static void take_block(reader *r, unsigned block) {
  client_vector *v = case_of(r);
  r->in_request = block == RESPONSE;
  v->request_given |= block == REQUEST;
  v->responds |= block == RESPONSE;
  if (block == CONFIG)
    read_config(r);
  else if (block == ASK)
    read_ask(r);
  else if (block == EXPECT)
    read_expect(r);
  else
    read_octets(r, block == REQUEST ? &v->request : &v->common.octets);
}

static void begin_case(reader *r) {
  static const char nonce[] = "the sample nonce"; /* of RFC 6455 1.3 */
  client_vector *v = case_of(r);
  v->ask.deflates = v->deflates;
  v->ask.fields = v->common.fields;
  v->key.len = sizeof nonce - 1;
  v->key.ptr = vectors_keep(r->all, nonce, v->key.len);
  v->fields_len = -1;
  v->version = -1;
}

/* Which blocks go with which outcome: no octets that nothing is said of. */
static void end_case(reader *r) {
  const client_vector *v = case_of(r);
  int is_fed = v->outcome < CLIENT_CALL;
  if (v->responds != is_fed)
    note_problem(r, "this outcome and a response do not go together",
                 v->common.title);
  if (v->outcome == CLIENT_WRITTEN && !v->asks)
    note_problem(r, "written, but nothing is asked", v->common.title);
  if (v->request_given == (v->asks && v->outcome == CLIENT_CALL))
    note_problem(r, "request is missing, or in excess", v->common.title);
}

int client_vectors_read(vectors *all, const char *path) {
  static const chapter_kind clients = {
      {"config", "ask", "request", "response", "expect"},
      1U << EXPECT,
      sizeof(client_vector),
      begin_case,
      take_block,
      end_case};
  return read_chapter(all, path, &clients);
}
