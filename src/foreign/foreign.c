/* SPDX-License-Identifier: MIT
 *
 * Judges a request that another parser has split into its parts.  Every byte is
 * checked again, whatever that parser has checked.
 */
#include "foreign.h"

#include "../error/errors.h"
#include "../judge/known.h"
#include "../head/target.h"

static const upshake_limits *limits_of(const upshake_judge *judge) {
  return &judge->hs.config->limits;
}

/* ---- the request line ---- */

NOINLINE int upshake__note_run(upshake_judge *judge, head_run run,
                               upshake_slice part) {
  head_run_rule rule = head_rule(run);
  if (!upshake__all_in(part, rule.class_bits) ||
      (part.len == 0 && run != RUN_VALUE)) {
    note_syntax(judge, (upshake_error)rule.wrong);
    return 0;
  }
  if (part.len > head_run_limit(run, limits_of(judge)))
    note_syntax(judge, (upshake_error)rule.too_long);
  return 1;
}

/* Judges the bytes before the first "?" as a path, and the others as a query:
 * every byte of a path may be in a query too. */
static int note_target_bytes(upshake_judge *judge, upshake_slice target) {
  upshake_slice path = slice_of(target.ptr, index_of(target, '?'));
  int is_path = upshake__all_in(path, head_rule(RUN_PATH).class_bits);
  return upshake__note_run(judge, is_path ? RUN_QUERY : RUN_PATH, target);
}

static void note_version(upshake_judge *judge, int is_preface, int version) {
  if (version / 10 == 1)
    return;
  note_syntax(judge, is_preface && version == 20 ? UPSHAKE_ERR_HTTP2_PREFACE
                                                 : UPSHAKE_ERR_HTTP_VERSION);
}

void upshake__note_target(upshake_judge *judge, int is_preface, int version) {
  upshake_slice target = judge->found.target;
  upshake_error error;

  if (!note_target_bytes(judge, target))
    return;
  error = upshake__check_target(judge->found.method, target);
  if (error && (!is_preface || version / 10 == 1))
    note_syntax(judge, error);
  if (judge->hs.facts.transport == UPSHAKE_TRANSPORT_UNSECURED &&
      upshake__is_secured_target(judge->found.target))
    note_syntax(judge, UPSHAKE_ERR_TARGET_SECURED);
}

upshake_error upshake__begin_judge(upshake_judge *judge,
                                   const upshake_config *config, void *user,
                                   const upshake_found *found) {
  upshake_error error = upshake_init(&judge->hs, config, NULL, 0, user);
  if (found->fields.raw.ptr)
    error = UPSHAKE_ERR_CONFIG;
  if (!error && found->transport)
    error = upshake_set_transport(&judge->hs, found->transport);
  if (error)
    return error;
  memset((char *)judge + sizeof judge->hs, 0, sizeof *judge - sizeof judge->hs);
  judge->hs.flags = HANDSHAKE_JUDGE;
  judge->found = *found;
  return UPSHAKE_OK;
}

upshake_error upshake_judge_begin(upshake_judge *judge,
                                  const upshake_config *config, void *user,
                                  const upshake_found *found) {
  upshake_error error = upshake__begin_judge(judge, config, user, found);
  int is_preface; /* PRI *: the preface of HTTP/2 (RFC 9113 3.4) */

  if (error)
    return error;
  upshake__note_run(judge, RUN_METHOD, found->method);
  is_preface =
      upshake_equal(found->method, "PRI") && upshake_equal(found->target, "*");
  upshake__note_target(judge, is_preface, found->version);
  note_version(judge, is_preface, found->version);
  if (found->version == 10)
    judge->hs.facts.flags |= FACT_HTTP_1_0;
  upshake__judge_found(judge);
  return UPSHAKE_OK;
}

/* ---- fields ---- */

void upshake__judge_bytes(upshake_judge *judge, upshake_slice name,
                          upshake_slice value, uint32_t more) {
  upshake__note_run(judge, RUN_NAME, name);
  upshake__note_run(judge, RUN_VALUE, value);
  if (judge->hs.parser.pos > limit_of_fields(limits_of(judge)) + more)
    note_syntax(judge, UPSHAKE_ERR_FIELDS_MANY);
}

/* Keeps what is needed of a field after its line was judged. */
static void remember(upshake_judge *judge, unsigned which, upshake_slice name,
                     upshake_slice value) {
  if (which == FIELD_HOST)
    judge->host = value;
  if (which == FIELD_ORIGIN && !judge->origin.ptr)
    judge->origin = value;
  if (which == FIELD_KEY && value.len == sizeof judge->key)
    memcpy(judge->key, value.ptr, sizeof judge->key);
  if (which == FIELD_OTHER || judge->lines_len == UPSHAKE_JUDGE_LINES)
    return;
  judge->lines[judge->lines_len].name = name;
  judge->lines[judge->lines_len].value = value;
  judge->numbers[judge->lines_len++] = judge->hs.parser.pos;
}

void upshake__judge_and_keep(upshake_judge *judge, upshake_slice name,
                             upshake_slice value) {
  upshake__judge_line(&judge->hs, name, value, judge->hs.parser.pos);
  remember(judge, upshake__which_field(name), name, value);
}

static void judge_one(upshake_judge *judge, upshake_slice name,
                      upshake_slice value) {
  upshake *hs = &judge->hs;

  if (hs->next != UPSHAKE_READ || hs->parser.pos == UINT32_MAX - 1)
    return;
  if (hs->facts.bad == UPSHAKE_ERR_HTTP2_PREFACE) /* a preface has no fields */
    note_syntax(judge, UPSHAKE_ERR_HTTP_VERSION);
  judge->fields_len = ++hs->parser.pos;
  if (judge->stream) {
    judge->stream->field(judge, name, value);
    return;
  }
  upshake__judge_bytes(judge, name, value, 0);
  upshake__judge_and_keep(judge, name, upshake__trim(value));
}

void upshake__judge_found(upshake_judge *judge) {
  upshake_fields fields = judge->found.fields;
  judge->has_all = fields.array != NULL;
  for (size_t i = 0; i < fields.array_len; i++)
    judge_one(judge, fields.array[i].name, fields.array[i].value);
}

void upshake_judge_field(upshake_judge *judge, upshake_slice name,
                         upshake_slice value) {
  judge->has_all = 0;
  judge_one(judge, name, value);
}

/* ---- the end ---- */

upshake_next upshake_judge_end(upshake_judge *judge) {
  upshake *hs = &judge->hs;

  if (hs->next != UPSHAKE_READ)
    return (upshake_next)hs->next;
  hs->held = hs->end = hs->parser.pos + 1;
  if (judge->stream)
    judge->stream->end(judge);
  if (error_class_of((upshake_error)hs->facts.bad) != ERROR_AT_BYTE)
    hs->flags |= HANDSHAKE_COMPLETE;
  upshake__conclude(hs);
  if (judge->stream)
    judge->stream->concluded(judge);
  return (upshake_next)hs->next;
}
