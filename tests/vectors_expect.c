/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors: the lines of an expect block.
 */
#include "vectors_reader.h"

#include <stdlib.h>

#define OF_AGREED(name) offsetof(upshake_deflate, name)

const char *const vector_text_names[VECTOR_TEXTS] = {
    "protocol",   "subprotocol", "method", "target", "authority",
    "scheme",     "path",        "query",  "rest",   "body",
    "extensions", "settings",    "head"};

static int take_switched(reader *r) {
  r->vector->outcome = VECTOR_SWITCHED;
  r->vector->status = UPSHAKE_ACCEPT;
  return *r->value == 0;
}

/* STATUS ERROR */
static int take_refused(reader *r) {
  char *end;
  r->vector->outcome = VECTOR_REFUSED;
  r->vector->status = (int)strtol(r->value, &end, 10);
  return *end == ' ' && read_error(end + 1, r->member);
}

static int take_plain(reader *r) {
  r->vector->outcome = VECTOR_PLAIN;
  return take_error(r);
}

static int take_incomplete(reader *r) {
  r->vector->outcome = VECTOR_INCOMPLETE;
  r->vector->error = UPSHAKE_ERR_INCOMPLETE;
  return *r->value == 0;
}

static int take_decide(reader *r) {
  r->vector->outcome = VECTOR_DECIDE;
  return *r->value == 0;
}

static int take_member(reader *r) {
  upshake_slice *member = r->member;
  r->vector->texts_given[member - r->vector->texts] = 1;
  return is_word(r->value, "-") || take_text(r);
}

static int take_body_left(reader *r) {
  uint64_t *left = r->member;
  r->vector->body_left_given = 1;
  *left = UPSHAKE_BODY_CHUNKED;
  return is_word(r->value, "unknown") ||
         read_number(r->value, UINT64_MAX - 1, left);
}

static int take_dropped(reader *r) {
  r->vector->dropped_given = 1;
  return take_large(r);
}

/* What both sides do of permessage-deflate. */
static int take_agreed(reader *r) {
  static const line_kind words[] = {
      {"server-bits", take_small, OF_AGREED(server_bits), NULL},
      {"client-bits", take_small, OF_AGREED(client_bits), NULL},
      {"no-server-takeover", take_flag, OF_AGREED(no_server_takeover), NULL},
      {"no-client-takeover", take_flag, OF_AGREED(no_client_takeover), NULL},
  };
  r->vector->agreed_given = is_word(r->value, "-") ? 1 : 2;
  return is_word(r->value, "-") ||
         take_words(r, words, sizeof words / sizeof *words, r->member);
}

/* no (REASON) */
static int take_judge(reader *r) {
  const char **reason = r->member;
  size_t len = strlen(r->value);
  if (len < 6 || memcmp(r->value, "no (", 4) != 0 || r->value[len - 1] != ')')
    return 0;
  char *kept = vectors_keep(r->all, r->value + 4, len - 4);
  kept[len - 5] = 0;
  *reason = kept;
  return 1;
}

static const line_kind outcome_lines[] = {
    {"switched", take_switched, MEMBER(error), NULL},
    {"refused", take_refused, MEMBER(error), NULL},
    {"plain", take_plain, MEMBER(error), NULL},
    {"incomplete", take_incomplete, MEMBER(error), NULL},
    {"decide", take_decide, MEMBER(error), NULL},
};

static const line_kind expect_lines[] = {
    {"status", take_number, MEMBER(status), NULL},
    {"call", take_error, MEMBER(call), NULL},
    {"may-keep", take_choice, MEMBER(may_keep), "no yes"},
    {"capsules", take_choice, MEMBER(capsules), "no yes"},
    {"settings", take_member, MEMBER(texts[VECTOR_SETTINGS]), NULL},
    {"body-left", take_body_left, MEMBER(body_left), NULL},
    {"protocol", take_member, MEMBER(texts[VECTOR_PROTOCOL]), NULL},
    {"subprotocol", take_member, MEMBER(texts[VECTOR_SUBPROTOCOL]), NULL},
    {"method", take_member, MEMBER(texts[VECTOR_METHOD]), NULL},
    {"target", take_member, MEMBER(texts[VECTOR_TARGET]), NULL},
    {"authority", take_member, MEMBER(texts[VECTOR_AUTHORITY]), NULL},
    {"scheme", take_member, MEMBER(texts[VECTOR_SCHEME]), NULL},
    {"path", take_member, MEMBER(texts[VECTOR_PATH]), NULL},
    {"query", take_member, MEMBER(texts[VECTOR_QUERY]), NULL},
    {"rest", take_member, MEMBER(texts[VECTOR_REST]), NULL},
    {"body", take_member, MEMBER(texts[VECTOR_BODY]), NULL},
    {"extensions", take_member, MEMBER(texts[VECTOR_EXTENSIONS]), NULL},
    {"head", take_member, MEMBER(texts[VECTOR_HEAD]), NULL},
    {"dropped", take_dropped, MEMBER(dropped), NULL},
    {"agreed", take_agreed, MEMBER(agreed), NULL},
    {"judge", take_judge, MEMBER(unjudged), NULL},
};

int take_outcome_line(reader *r, const char *line) {
  return TAKE_LINE(r, outcome_lines, r->vector, line);
}

int take_expect_line(reader *r, const char *line) {
  return TAKE_LINE(r, expect_lines, r->vector, line);
}
