/* SPDX-License-Identifier: MIT
 *
 * The head parser (RFC 9112 2 to 5): field lines, and whole heads.  The request
 * line is in request_line.c.  The parser is strict, and it can stop and go on
 * at every byte.  It knows only the grammar; the layer "judge" knows what a
 * field means.  Positions are offsets, so that the bytes may move between two
 * calls.
 */
#include "head.h"

#include "target.h"
#include "walk.h"

int upshake__head_in_target(const upshake_parser *parser) {
  return parser->state == STATE_PATH || parser->state == STATE_QUERY;
}

int upshake__head_has_line(const upshake_parser *parser) {
  return parser->state >= STATE_FIELD && parser->state <= STATE_END;
}

/* ---- what all parts share ---- */

NOINLINE head_event upshake__head_refuse(head_step *step, upshake_error error) {
  int is_lf = byte_at(step, step->parser->pos) == '\n';
  step->error = is_lf ? UPSHAKE_ERR_LINE_END : error;
  step->offset = step->parser->pos;
  return HEAD_REFUSED;
}

/* A run is scanned up to the end of the input, or up to one byte more than its
 * limit.  So it is refused at the first byte too many, and no later byte is
 * read. */
NOINLINE head_event upshake__head_scan(head_step *step, head_run run,
                                       uint32_t begin) {
  uint32_t limit = head_run_limit(run, step->limits);
  int is_cut = step->len - begin > limit;
  unsigned error = is_cut ? head_rule(run).too_long : UPSHAKE_OK;
  const char *end = step->bytes + (is_cut ? begin + limit + 1 : step->len);
  const char *stop = upshake__skip_class(step->bytes + step->parser->pos, end,
                                         head_rule(run).class_bits);

  step->parser->pos = (uint32_t)(stop - step->bytes);
  if (stop < end)
    return HEAD_GO_ON;
  if (!error)
    return HEAD_MORE;
  return head_refuse_at(step, (upshake_error)error, step->parser->pos - 1);
}

/* ---- field lines: RFC 9112 5 ---- */

static NOINLINE head_event parse_field(head_step *step) {
  upshake_parser *parser = step->parser;
  char byte = byte_at(step, parser->pos);

  if (byte == '\r') {
    parser->pos++;
    return head_go_on(step, STATE_END_LF);
  }
  if (is_blank(byte)) /* obs-fold (RFC 9112 5.2), or before all fields (2.2) */
    return upshake__head_refuse(step, UPSHAKE_ERR_FIELD_FOLDED);
  if (parser->fields == limit_of_fields(step->limits))
    return upshake__head_refuse(step, UPSHAKE_ERR_FIELDS_MANY);
  parser->name_at = parser->pos;
  return head_go_on(step, STATE_NAME);
}

/* field-name ":" (RFC 9112 5.1) */
static NOINLINE head_event parse_name(head_step *step) {
  upshake_parser *parser = step->parser;
  head_event event = upshake__head_scan(step, RUN_NAME, parser->name_at);
  char byte;

  if (event != HEAD_GO_ON)
    return event;
  byte = byte_at(step, parser->pos);
  if (is_blank(byte))
    return upshake__head_refuse(step, UPSHAKE_ERR_FIELD_BLANK);
  if (byte != ':' || parser->pos == parser->name_at)
    return head_refuse_run(step, RUN_NAME);
  end_name(parser);
  parser->pos++;
  return HEAD_GO_ON;
}

static head_event parse_blanks(head_step *step) {
  upshake_parser *parser = step->parser;
  while (parser->pos < step->len && is_blank(byte_at(step, parser->pos)))
    parser->pos++;
  parser->value_at = parser->pos;
  return parser->pos < step->len ? head_go_on(step, STATE_VALUE) : HEAD_MORE;
}

/* field-value CRLF (RFC 9110 5.5).  A value has no limit but that of the head,
 * so it is scanned by words. */
static NOINLINE head_event parse_value(head_step *step) {
  upshake_parser *parser = step->parser;
  const char *end = step->bytes + step->len;
  const char *stop = scan_value(step->bytes + parser->pos, end);

  parser->pos = (uint32_t)(stop - step->bytes);
  if (stop == end)
    return HEAD_MORE;
  if (*stop != '\r')
    return head_refuse_run(step, RUN_VALUE);
  parser->pos++;
  return head_go_on(step, STATE_VALUE_LF);
}

static head_event parse_value_lf(head_step *step) {
  if (byte_at(step, step->parser->pos) != '\n')
    return upshake__head_refuse(step, UPSHAKE_ERR_LINE_END);
  step->parser->pos++;
  head_go_on(step, STATE_FIELD);
  return HEAD_FIELD;
}

static head_event parse_end_lf(head_step *step) {
  if (byte_at(step, step->parser->pos) != '\n')
    return upshake__head_refuse(step, UPSHAKE_ERR_LINE_END);
  step->parser->pos++;
  return head_go_on(step, STATE_END);
}

int upshake__head_is_complete(const upshake_parser *parser) {
  return parser->state == STATE_END;
}

void upshake__head_at_fields(upshake_parser *parser, uint32_t pos) {
  parser->pos = pos;
  parser->state = STATE_FIELD;
}

void upshake__head_unfold(upshake_parser *parser) {
  parser->state = STATE_VALUE;
}

/* ---- the whole head ---- */

static NOINLINE head_event parse_part(head_step *step) {
  switch ((enum head_state)step->parser->state) {
  case STATE_FIELD:
    return parse_field(step);
  case STATE_NAME:
    return parse_name(step);
  case STATE_BLANKS:
    return parse_blanks(step);
  case STATE_VALUE:
    return parse_value(step);
  case STATE_VALUE_LF:
    return parse_value_lf(step);
  case STATE_END_LF:
    return parse_end_lf(step);
  default:
    return upshake__request_line_part(step);
  }
}

head_event upshake__head_step(head_step *step) {
  upshake_parser *parser = step->parser;
  head_event event = HEAD_GO_ON;

  while (event == HEAD_GO_ON) {
    if (parser->state == STATE_END)
      return HEAD_END;
    if (parser->state == STATE_END_PREFACE)
      return HEAD_PREFACE;
    if (parser->pos >= step->len)
      return HEAD_MORE;
    event = parse_part(step);
  }
  return event;
}

#ifdef UPSHAKE_SMALL
#define pass_lines NULL
#else
/* Only the grammar of a line is checked here, and that is checked already.  The
 * arguments are values, which stay in registers. */
static NOINLINE head_event pass_all(upshake_parser *parser,
                                    const upshake_limits *limits,
                                    const char *bytes, uint32_t len) {
  line_ends found;
  head_walk walk = head_begin_lines(parser, limits, bytes, len, &found);
  field_line line;
  while (head_next_line(&walk, &found, &line))
    ;
  return head_end_lines(&walk, parser, limits, 0);
}

static head_event pass_lines(void *user) {
  const head_step *step = user;
  return pass_all(step->parser, step->limits, step->bytes, step->len);
}
#endif

/* Checks that the form of the target goes with the method (RFC 9112 3.2).  If
 * not, the parser goes back to the SP behind the target, so that a later call
 * refuses it again. */
static head_event judge_target_form(head_step *step) {
  upshake_parser *parser = step->parser;
  step->error = upshake__check_target(head_method(parser, step->bytes),
                                      head_target(parser, step->bytes));
  if (!step->error)
    return HEAD_TARGET;
  step->offset = head_target_at(parser);
  parser->pos = head_target_end(parser);
  parser->state = STATE_PATH;
  return HEAD_REFUSED;
}

NOINLINE head_event upshake__pass_step(void *user) {
  head_event event = upshake__head_step(user);
  return event == HEAD_TARGET ? judge_target_form(user) : event;
}

static NOINLINE upshake_error parse_all(upshake_parser *parser,
                                        const upshake_limits *limits,
                                        const char *bytes, size_t len,
                                        size_t *end) {
  head_step step = head_begin(parser, limits, bytes, clamp_len(len));
  return head_parse(&step, pass_lines, upshake__pass_step, &step, end);
}

/* Like head_take_byte, for the LF of a field line: no line is judged here. */
static int ends_line(upshake_parser *parser, char byte) {
  if (parser->state != STATE_VALUE_LF || byte != '\n')
    return 0;
  parser->state = STATE_FIELD;
  return 1;
}

upshake_error upshake_parse_head(upshake_parser *parser,
                                 const upshake_limits *limits,
                                 const void *bytes, size_t len, size_t *end) {
  const char *begin = bytes;
  uint32_t pos = parser->pos, next = pos + 1;
  if (next == len && (head_take_byte(parser, limits, begin[pos]) ||
                      ends_line(parser, begin[pos]))) {
    parser->pos = next;
    *end = len;
    return UPSHAKE_ERR_INCOMPLETE;
  }
  return parse_all(parser, limits, bytes, len, end);
}

/* Returns the place of Host; NULL if there is none.  It ends no long chain
 * of calls: see NOINLINE. */
static NOINLINE const upshake_place *find_host(const upshake_index *index,
                                               const char *begin) {
  const upshake_place *place = index->places, *end = place + index->len;
  for (; place < end; place++)
    if (place->name_len == 4 &&
        upshake_equal_fold(slice_of(begin + place->name_at, 4), "Host"))
      return place;
  return NULL;
}

upshake_request upshake_parsed_request(const upshake_parser *parser,
                                       const upshake_index *index,
                                       const void *bytes) {
  const char *begin = bytes;
  const upshake_place *place;
  upshake_request request;

  memset(&request, 0, sizeof request);
  upshake__split_target(&request, head_method(parser, begin),
                        head_target(parser, begin));
  request.fields.raw = head_fields(parser, begin);
  request.version = parser->minor > 0 ? 11 : 10;
  if (request.authority.ptr)
    return request;
  if (!index || index->len > index->cap) /* Host may have no place */
    request.authority = upshake_find_field(request.fields, "Host");
  else if ((place = find_host(index, begin)) != NULL)
    request.authority = slice_of(begin + place->value_at, place->value_len);
  return request;
}

int upshake__head_in_value(const upshake_parser *parser) {
  return parser->state >= STATE_BLANKS && parser->state <= STATE_VALUE_LF;
}
