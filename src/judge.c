/* SPDX-License-Identifier: MIT
 *
 * Judging a request that another parser has taken apart.  Whatever that parser
 * was, every octet is checked again.
 */
#include "handshake.h"
#include "target.h"

/* A handshake in a judge counts fields instead of octets: parser.pos is how
 * many there were, which is also what `at` means. */

static void note_syntax(upshake_judge *judge, upshake_error error) {
  upshake_note_bad(&judge->hs.facts, error, judge->hs.parser.pos);
}

static const upshake_limits *limits_of(const upshake_judge *judge) {
  return &judge->hs.config->limits;
}

/* ---- the request line ---- */

static void judge_method(upshake_judge *judge) {
  if (!upshake_is_token(judge->method))
    note_syntax(judge, UPSHAKE_ERR_METHOD_OCTET);
  else if (judge->method.len > head_method_limit(limits_of(judge)))
    note_syntax(judge, UPSHAKE_ERR_METHOD_LONG);
  if (upshake_equal(judge->method, "HEAD"))
    judge->hs.facts.flags |= FACT_HEAD;
  if (upshake_equal(judge->method, "CONNECT"))
    judge->hs.facts.flags |= FACT_CONNECT;
}

/* The path's octets up to the first "?", the query's after it. */
static int is_target(upshake_slice target) {
  size_t mark = index_of(target, '?');
  return target.len > 0 &&
         upshake_all_in(slice_of(target.ptr, mark), CLASS_PATH) &&
         upshake_all_in(slice_from(target, mark), CLASS_QUERY);
}

static void judge_version(upshake_judge *judge, int is_preface, int version) {
  if (version / 10 == 1)
    return;
  note_syntax(judge, is_preface && version == 20 ? UPSHAKE_ERR_HTTP2_PREFACE
                                                 : UPSHAKE_ERR_HTTP_VERSION);
}

static void judge_target(upshake_judge *judge, int is_preface, int version) {
  upshake_error error;

  if (!is_target(judge->target)) {
    note_syntax(judge, UPSHAKE_ERR_TARGET_OCTET);
    return;
  }
  if (judge->target.len > head_target_limit(limits_of(judge)))
    note_syntax(judge, UPSHAKE_ERR_TARGET_LONG);
  error = upshake_check_target(judge->method, judge->target);
  if (error && (!is_preface || version / 10 == 1))
    note_syntax(judge, error);
  if (judge->hs.config->transport == UPSHAKE_TRANSPORT_UNSECURED &&
      upshake_is_secured_target(judge->target))
    note_syntax(judge, UPSHAKE_ERR_TARGET_SECURED);
}

upshake_error upshake_judge_begin(upshake_judge *judge,
                                  const upshake_config *config, void *user,
                                  upshake_slice method, upshake_slice target,
                                  int version) {
  upshake_error error = upshake_init(&judge->hs, config, NULL, 0, user);
  int is_preface; /* of HTTP/2, as far as the version (RFC 9113 3.4) */

  if (error)
    return error;
  memset((char *)judge + sizeof judge->hs, 0, sizeof *judge - sizeof judge->hs);
  judge->hs.flags = HANDSHAKE_JUDGE;
  judge->method = method;
  judge->target = target;
  judge_method(judge);
  is_preface = upshake_equal(method, "PRI") && upshake_equal(target, "*");
  judge_target(judge, is_preface, version);
  judge_version(judge, is_preface, version);
  if (version == 10)
    judge->hs.facts.flags |= FACT_HTTP_1_0;
  return UPSHAKE_OK;
}

/* ---- fields ---- */

static void judge_octets(upshake_judge *judge, upshake_slice name,
                         upshake_slice value) {
  const upshake_limits *limits = limits_of(judge);

  if (!upshake_is_token(name))
    note_syntax(judge, UPSHAKE_ERR_FIELD_NAME);
  else if (name.len > head_name_limit(limits))
    note_syntax(judge, UPSHAKE_ERR_FIELD_NAME_LONG);
  if (!upshake_all_in(value, CLASS_VALUE))
    note_syntax(judge, UPSHAKE_ERR_FIELD_VALUE);
  if (judge->hs.parser.pos > head_fields_limit(limits))
    note_syntax(judge, UPSHAKE_ERR_FIELDS_MANY);
}

static void remember_line(upshake_slice lines[UPSHAKE_JUDGE_LINES],
                          upshake_slice value) {
  for (size_t i = 0; value.len > 0 && i < UPSHAKE_JUDGE_LINES; i++) {
    if (!lines[i].ptr) {
      lines[i] = value;
      return;
    }
  }
}

/* What is needed of a value after the judgement of its line. */
static void remember(upshake_judge *judge, upshake_slice name,
                     upshake_slice value) {
  if (upshake_equal_fold(name, "Host"))
    judge->host = value;
  else if (upshake_equal_fold(name, "Origin"))
    judge->origin = value;
  else if (upshake_equal_fold(name, "Sec-WebSocket-Protocol"))
    remember_line(judge->lines, value);
  else if (upshake_equal_fold(name, "Sec-WebSocket-Extensions"))
    remember_line(judge->extensions, value);
  else if (upshake_equal_fold(name, "Sec-WebSocket-Key") &&
           value.len == sizeof judge->key)
    memcpy(judge->key, value.ptr, sizeof judge->key);
}

void upshake_judge_field(upshake_judge *judge, upshake_slice name,
                         upshake_slice value) {
  upshake *hs = &judge->hs;

  if (hs->next != UPSHAKE_READ || hs->parser.pos == UINT32_MAX - 1)
    return;
  if (hs->facts.bad == UPSHAKE_ERR_HTTP2_PREFACE) /* which has no fields */
    note_syntax(judge, UPSHAKE_ERR_HTTP_VERSION);
  hs->parser.pos++;
  judge_octets(judge, name, value);
  value = upshake_trim(value);
  upshake_judge_line(hs, name, value, hs->parser.pos);
  remember(judge, name, value);
}

/* ---- the end ---- */

upshake_next upshake_judge_end(upshake_judge *judge) {
  upshake *hs = &judge->hs;

  if (hs->next != UPSHAKE_READ)
    return (upshake_next)hs->next;
  hs->held = hs->end = hs->parser.pos + 1;
  if (!hs->facts.bad || hs->facts.bad >= UPSHAKE_ERR_HOST_REPEATED)
    hs->flags |= HANDSHAKE_COMPLETE;
  upshake_conclude(hs);
  return (upshake_next)hs->next;
}
