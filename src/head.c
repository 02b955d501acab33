/* SPDX-License-Identifier: MIT
 *
 * The head parser: request line and field lines (RFC 9112 2 to 5), strict,
 * resumable at every octet.  It knows the grammar only; what a field means is
 * judged elsewhere.  Positions are offsets, so the octets may move between
 * two calls, and no octet is scanned twice.
 */
#include "head.h"

#include "lines.h"
#include "target.h"

#define EMPTY_LINES_MAX 8

/* What the octet at parser->pos is expected to be. */
enum state {
  STATE_START,    /* first octet of the request line, or of an empty one */
  STATE_EMPTY_LF, /* LF of an empty line                                 */
  STATE_METHOD,   /* in the method                                       */
  STATE_PATH,     /* in the target, before a "?"                         */
  STATE_QUERY,    /* in the target, after it                            */
  STATE_VERSION,  /* in SP HTTP-version CRLF, at any octet               */
  STATE_PREFACE,  /* the same in what may be the HTTP/2 preface          */
  STATE_FIELD,    /* first octet of a field line, or CR of the last line */
  STATE_NAME,     /* in a field's name, after its first octet           */
  STATE_BLANKS,   /* in the blanks before a value                        */
  STATE_VALUE,    /* in a value                                          */
  STATE_VALUE_LF, /* LF of a field line                                  */
  STATE_END_LF,   /* LF of the last line                                 */
  STATE_END,
  STATE_END_PREFACE
};

/* ---- results of a step ---- */

static head_event go_on(head_step *step, enum state state) {
  step->parser->state = (uint8_t)state;
  return HEAD_GO_ON;
}

/* Refuse the octet at parser->pos.  A LF is always refused as what it means to
 * be: files and tools that end lines with LF alone are the usual cause. */
static head_event refuse(head_step *step, upshake_error error) {
  int is_lf = step->octets[step->parser->pos] == '\n';
  step->error = is_lf ? UPSHAKE_ERR_LINE_END : error;
  step->offset = step->parser->pos;
  return HEAD_REFUSED;
}

/* As refuse, but the octet at `pos`: what is before it was good. */
static head_event refuse_at(head_step *step, upshake_error error,
                            uint32_t pos) {
  step->parser->pos = pos;
  return refuse(step, error);
}

static char octet_at(const head_step *step, uint32_t pos) {
  return step->octets[pos];
}

/* The octets from `begin` on that are not looked at yet end here: all that
 * came, or one after the limit of `begin`'s part, so that a part that is too
 * long is noticed at the first octet too many and no further one is read. */
static const char *window_end(const head_step *step, uint32_t begin,
                              uint32_t limit) {
  if (step->len - begin > limit)
    return step->octets + begin + limit + 1;
  return step->octets + step->len;
}

int upshake_head_in_target(const upshake_parser *parser) {
  return parser->state == STATE_PATH || parser->state == STATE_QUERY;
}

/* ---- the request line: RFC 9112 3 ---- */

/* The target is complete, at the SP after it. */
static head_event end_target(head_step *step) {
  upshake_parser *parser = step->parser;
  upshake_slice method = head_method(parser, step->octets);

  if (SLICE_IS(method, "PRI") &&
      SLICE_IS(head_target(parser, step->octets), "*"))
    return go_on(step, STATE_PREFACE);
  go_on(step, STATE_VERSION);
  return HEAD_TARGET;
}

/* Has the target a form that goes with the method (RFC 9112 3.2)? */
static upshake_error judge_target(head_step *step) {
  upshake_parser *parser = step->parser;

  step->error = upshake_check_target(head_method(parser, step->octets),
                                     head_target(parser, step->octets));
  step->offset = head_target_at(parser);
  if (step->error) { /* at its SP, to be refused again */
    parser->pos = head_target_end(parser);
    parser->state = STATE_PATH;
  }
  return step->error;
}

/* request-target SP (RFC 9112 3.2) */
static head_event parse_target(head_step *step) {
  upshake_parser *parser = step->parser;
  uint32_t begin = head_target_at(parser),
           limit = head_target_limit(step->limits);
  const char *end = window_end(step, begin, limit);
  const char *stop = upshake_skip_class(
      step->octets + parser->pos, end,
      parser->state == STATE_PATH ? CLASS_PATH : CLASS_QUERY);

  parser->pos = (uint32_t)(stop - step->octets);
  if (parser->pos - begin > limit)
    return refuse_at(step, UPSHAKE_ERR_TARGET_LONG, begin + limit);
  if (stop == end)
    return HEAD_MORE;
  if (*stop == '?')
    return go_on(step, STATE_QUERY);
  if (*stop != ' ' || parser->pos == begin)
    return refuse(step, UPSHAKE_ERR_TARGET_OCTET);
  parser->target_len = parser->pos - begin;
  return end_target(step);
}

/* method = token SP (RFC 9112 3.1) */
static head_event parse_method(head_step *step) {
  upshake_parser *parser = step->parser;
  uint32_t begin = head_method_at(parser),
           limit = head_method_limit(step->limits);
  const char *end = window_end(step, begin, limit);
  const char *stop =
      upshake_skip_class(step->octets + parser->pos, end, CLASS_TOKEN);

  parser->pos = (uint32_t)(stop - step->octets);
  if (parser->pos - begin > limit)
    return refuse_at(step, UPSHAKE_ERR_METHOD_LONG, begin + limit);
  if (stop == end)
    return HEAD_MORE;
  if (*stop != ' ' || parser->pos == begin)
    return refuse(step, UPSHAKE_ERR_METHOD_OCTET);
  parser->method_len = (uint8_t)(parser->pos - begin);
  parser->pos++;
  go_on(step, STATE_PATH);
  return parse_target(step);
}

/* Some empty lines before the request line are skipped (RFC 9112 2.2). */
static head_event parse_start(head_step *step) {
  upshake_parser *parser = step->parser;
  char octet = octet_at(step, parser->pos);

  if (octet == 0x16 && parser->pos == 0) /* a TLS handshake record */
    return refuse(step, UPSHAKE_ERR_TLS);
  if (octet != '\r') {
    go_on(step, STATE_METHOD);
    return parse_method(step);
  }
  if (parser->empty_lines == EMPTY_LINES_MAX)
    return refuse(step, UPSHAKE_ERR_EMPTY_LINES);
  parser->pos++;
  return go_on(step, STATE_EMPTY_LF);
}

static head_event parse_empty_lf(head_step *step) {
  if (octet_at(step, step->parser->pos) != '\n')
    return refuse(step, UPSHAKE_ERR_LINE_END);
  step->parser->pos++;
  step->parser->empty_lines++;
  return go_on(step, STATE_START);
}

/* What is wrong with an octet of SP HTTP-version CRLF, which is the place-th
 * there; UPSHAKE_OK where nothing is.  The major version is judged at its
 * digit (RFC 9112 2.3). */
static upshake_error judge_version_octet(char octet, uint32_t place) {
  static const char form[HEAD_VERSION_LEN + 1] = " HTTP/1.d\r\n";
  if (place == 6 && is_digit(octet))
    return octet == '1' ? UPSHAKE_OK : UPSHAKE_ERR_HTTP_VERSION;
  if (form[place] == 'd' ? is_digit(octet) : octet == form[place])
    return UPSHAKE_OK;
  if (place == 10)
    return UPSHAKE_ERR_LINE_END;
  return UPSHAKE_ERR_HTTP_VERSION_OCTET;
}

static head_event parse_version(head_step *step) {
  upshake_parser *parser = step->parser;
  uint32_t begin = head_target_end(parser), end = begin + HEAD_VERSION_LEN;

  for (; parser->pos < end; parser->pos++) {
    upshake_error error;
    char octet;
    if (parser->pos == step->len)
      return HEAD_MORE;
    octet = octet_at(step, parser->pos);
    error = judge_version_octet(octet, parser->pos - begin);
    if (error)
      return refuse(step, error);
  }
  parser->minor = (uint8_t)(octet_at(step, begin + 8) - '0');
  go_on(step, STATE_FIELD);
  return HEAD_LINE;
}

/* "PRI * HTTP/2.0" CRLF CRLF: the client speaks HTTP/2 (RFC 9113 3.4).
 * Anything else is judged as the request it then is. */
static upshake_error judge_preface_octet(char octet, uint32_t place) {
  static const char form[] = " HTTP/2.0\r\n\r\n";
  if (octet == form[place])
    return UPSHAKE_OK;
  if (place == 6 && octet == '1') /* asterisk-form without OPTIONS */
    return UPSHAKE_ERR_TARGET_FORM;
  if (place == 11 || (place == 8 && is_digit(octet)))
    return UPSHAKE_ERR_HTTP_VERSION;
  if (place == 12)
    return UPSHAKE_ERR_LINE_END;
  return judge_version_octet(octet, place);
}

static head_event parse_preface(head_step *step) {
  upshake_parser *parser = step->parser;
  uint32_t begin = head_target_end(parser), end = begin + HEAD_VERSION_LEN + 2;

  for (; parser->pos < end; parser->pos++) {
    upshake_error error;
    if (parser->pos == step->len)
      return HEAD_MORE;
    error =
        judge_preface_octet(octet_at(step, parser->pos), parser->pos - begin);
    if (error) {
      refuse(step, error);
      if (error == UPSHAKE_ERR_TARGET_FORM)
        step->offset = head_target_at(parser);
      return HEAD_REFUSED;
    }
  }
  return go_on(step, STATE_END_PREFACE);
}

/* ---- field lines: RFC 9112 5 ---- */

static head_event parse_field(head_step *step) {
  upshake_parser *parser = step->parser;
  char octet = octet_at(step, parser->pos);

  if (octet == '\r') {
    parser->pos++;
    return go_on(step, STATE_END_LF);
  }
  if (is_blank(octet)) /* obs-fold (RFC 9112 5.2), or before the first line */
    return refuse(step, UPSHAKE_ERR_FIELD_FOLDED);
  if (parser->fields == step->fields_limit)
    return refuse(step, UPSHAKE_ERR_FIELDS_MANY);
  parser->name_at = parser->pos;
  return go_on(step, STATE_NAME);
}

/* At the colon; the name has been found good. */
static int end_name(upshake_parser *parser) {
  parser->name_len = (uint16_t)(parser->pos - parser->name_at);
  parser->fields++;
  parser->state = STATE_BLANKS;
  return 1;
}

/* field-name ":" (RFC 9112 5.1) */
static head_event parse_name(head_step *step) {
  upshake_parser *parser = step->parser;
  uint32_t begin = parser->name_at, limit = step->name_limit;
  const char *end = window_end(step, begin, limit);
  const char *stop =
      upshake_skip_class(step->octets + parser->pos, end, CLASS_TOKEN);

  parser->pos = (uint32_t)(stop - step->octets);
  if (parser->pos - begin > limit)
    return refuse_at(step, UPSHAKE_ERR_FIELD_NAME_LONG, begin + limit);
  if (stop == end)
    return HEAD_MORE;
  if (is_blank(*stop))
    return refuse(step, UPSHAKE_ERR_FIELD_BLANK);
  if (*stop != ':' || parser->pos == begin)
    return refuse(step, UPSHAKE_ERR_FIELD_NAME);
  end_name(parser);
  parser->pos++;
  return HEAD_GO_ON;
}

static head_event parse_blanks(head_step *step) {
  upshake_parser *parser = step->parser;
  while (parser->pos < step->len && is_blank(octet_at(step, parser->pos)))
    parser->pos++;
  parser->value_at = parser->pos;
  return parser->pos < step->len ? go_on(step, STATE_VALUE) : HEAD_MORE;
}

/* field-value CRLF (RFC 9110 5.5) */
static head_event parse_value(head_step *step) {
  upshake_parser *parser = step->parser;
  const char *end = step->octets + step->len;
  const char *stop = scan_value(step->octets + parser->pos, end);

  parser->pos = (uint32_t)(stop - step->octets);
  if (stop == end)
    return HEAD_MORE;
  if (*stop != '\r')
    return refuse(step, UPSHAKE_ERR_FIELD_VALUE);
  parser->pos++;
  return go_on(step, STATE_VALUE_LF);
}

static head_event parse_value_lf(head_step *step) {
  if (octet_at(step, step->parser->pos) != '\n')
    return refuse(step, UPSHAKE_ERR_LINE_END);
  step->parser->pos++;
  go_on(step, STATE_FIELD);
  return HEAD_FIELD;
}

static head_event parse_end_lf(head_step *step) {
  if (octet_at(step, step->parser->pos) != '\n')
    return refuse(step, UPSHAKE_ERR_LINE_END);
  step->parser->pos++;
  return go_on(step, STATE_END);
}

int upshake_head_is_at_line(const upshake_parser *parser) {
  return parser->state == STATE_FIELD;
}

int upshake_head_is_complete(const upshake_parser *parser) {
  return parser->state == STATE_END;
}

void upshake_head_at_fields(upshake_parser *parser, uint32_t pos) {
  parser->pos = pos;
  parser->state = STATE_FIELD;
}

void upshake_head_unfold(upshake_parser *parser) {
  parser->state = STATE_VALUE;
}

/* ---- a request line that is complete ---- */

#ifdef UPSHAKE_SMALL
static int take_request_line(head_step *step) {
  (void)step;
  return 0;
}
#else
/* One of HTTP/1.1 in origin-form, as most are, without a step for each part.
 * Returns 0 and has done nothing where it is another, or anything is wrong. */
static int take_request_line(head_step *step) {
  upshake_parser *parser = step->parser;
  const char *begin = step->octets, *end = begin + step->len;
  const char *target = upshake_skip_class(begin, end, CLASS_TOKEN), *stop;

  if (target == begin || end - target < 2 || memcmp(target, " /", 2) != 0)
    return 0;
  target++;
  stop = upshake_skip_class(target, end, CLASS_PATH);
  if (stop < end && *stop == '?')
    stop = upshake_skip_class(stop, end, CLASS_QUERY);
  if (end - stop < HEAD_VERSION_LEN ||
      memcmp(stop, " HTTP/1.1\r\n", HEAD_VERSION_LEN) != 0 ||
      target - begin - 1 > head_method_limit(step->limits) ||
      stop - target > head_target_limit(step->limits))
    return 0;
  parser->method_len = (uint8_t)(target - begin - 1);
  parser->target_len = (uint32_t)(stop - target);
  parser->pos = (uint32_t)(stop - begin) + HEAD_VERSION_LEN;
  parser->minor = 1;
  parser->state = STATE_FIELD;
  return 1;
}
#endif

/* ---- all of it ---- */

static head_event parse_part(head_step *step) {
  switch ((enum state)step->parser->state) {
  case STATE_START:
    return parse_start(step);
  case STATE_EMPTY_LF:
    return parse_empty_lf(step);
  case STATE_METHOD:
    return parse_method(step);
  case STATE_PATH:
  case STATE_QUERY:
    return parse_target(step);
  case STATE_VERSION:
    return parse_version(step);
  case STATE_PREFACE:
    return parse_preface(step);
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
    return HEAD_GO_ON; /* the states of the end are no part */
  }
}

head_event upshake_head_step(head_step *step) {
  upshake_parser *parser = step->parser;
  head_event event = HEAD_GO_ON;

  if (parser->pos == 0 && take_request_line(step))
    return HEAD_TARGET;
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
static int goes_on(upshake_parser *parser, const upshake_limits *limits,
                   char octet) {
  (void)parser;
  (void)limits;
  (void)octet;
  return 0;
}
#else
/* Where octets come one by one: an octet that goes on with a field line as most
 * do, at the cost of the octet.  Returns 0 for any other, and has done nothing
 * that the parts above would not do. */
static int goes_on(upshake_parser *parser, const upshake_limits *limits,
                   char octet) {
  if (parser->state == STATE_VALUE && in_class(octet, CLASS_VALUE))
    return 1; /* most of all octets */
  switch ((enum state)parser->state) {
  case STATE_VALUE:
    if (octet == '\r')
      parser->state = STATE_VALUE_LF;
    return octet == '\r';
  case STATE_NAME:
    if (octet == ':' && parser->pos > parser->name_at)
      return end_name(parser);
    return parser->pos - parser->name_at < head_name_limit(limits) &&
           in_class(octet, CLASS_TOKEN);
  case STATE_BLANKS:
    if (!in_class(octet, CLASS_VALUE) || is_blank(octet))
      return octet == ' ';
    parser->value_at = parser->pos;
    parser->state = STATE_VALUE;
    return 1;
  case STATE_VALUE_LF:
    if (octet == '\n')
      parser->state = STATE_FIELD;
    return octet == '\n';
  case STATE_PATH:
    return octet != '?' && in_class(octet, CLASS_PATH) &&
           parser->pos - head_target_at(parser) < head_target_limit(limits);
  case STATE_FIELD:
    if (!in_class(octet, CLASS_TOKEN) ||
        parser->fields >= head_fields_limit(limits))
      return 0;
    parser->name_at = parser->pos;
    parser->state = STATE_NAME;
    return 1;
  default:
    return 0;
  }
}
#endif

/* That its grammar is good is all there is to know of a line. */
static inline int pass_line(void *context, const plain_line *line) {
  (void)context;
  (void)line;
  return 1;
}

static NOINLINE upshake_error parse_all(upshake_parser *parser,
                                        const upshake_limits *limits,
                                        const char *octets, size_t len,
                                        size_t *end) {
  uint32_t most = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX - 1;
  head_step step = head_begin(parser, limits, octets, most);
  head_event event;

  do {
    if (upshake_head_is_at_line(parser))
      take_lines(&step, pass_line, NULL);
    event = upshake_head_step(&step);
    if (event == HEAD_TARGET && judge_target(&step))
      event = HEAD_REFUSED;
  } while (event == HEAD_TARGET || event == HEAD_LINE || event == HEAD_FIELD);

  *end = event == HEAD_REFUSED ? step.offset : parser->pos;
  switch (event) {
  case HEAD_REFUSED:
    return step.error;
  case HEAD_END:
    return UPSHAKE_OK;
  case HEAD_PREFACE:
    return UPSHAKE_ERR_HTTP2_PREFACE;
  default:
    return UPSHAKE_ERR_INCOMPLETE;
  }
}

upshake_error upshake_parse_head(upshake_parser *parser,
                                 const upshake_limits *limits,
                                 const void *octets, size_t len, size_t *end) {
  uint32_t pos = parser->pos;
  if (len - pos == 1 && len < UINT32_MAX &&
      goes_on(parser, limits, ((const char *)octets)[pos])) {
    parser->pos = pos + 1;
    *end = len;
    return UPSHAKE_ERR_INCOMPLETE;
  }
  return parse_all(parser, limits, octets, len, end);
}

upshake_request upshake_parsed_request(const upshake_parser *parser,
                                       const void *octets) {
  const char *begin = octets;
  upshake_request request;

  upshake_split_target(&request, head_method(parser, begin),
                       head_target(parser, begin));
  request.fields = head_fields(parser, begin);
  if (!request.authority.ptr)
    request.authority = upshake_find_field(request.fields, "Host");
  return request;
}

int upshake_head_in_value(const upshake_parser *parser) {
  return parser->state >= STATE_BLANKS && parser->state <= STATE_VALUE_LF;
}
