/* SPDX-License-Identifier: MIT
 *
 * The request line (RFC 9112 3), and what may stand before it.  The parser can
 * stop and go on at every byte.
 */
#include "part.h"
#include "target.h"

#define EMPTY_LINES_MAX 8

/* Ends the target.  The parser is at the SP behind it. */
static NOINLINE head_event end_target(head_step *step) {
  upshake_parser *parser = step->parser;
  upshake_slice method = head_method(parser, step->bytes);

  if (SLICE_IS(method, "PRI") &&
      SLICE_IS(head_target(parser, step->bytes), "*"))
    return head_go_on(step, STATE_PREFACE);
  head_go_on(step, STATE_VERSION);
  return HEAD_TARGET;
}

/* request-target SP (RFC 9112 3.2) */
static NOINLINE head_event parse_target(head_step *step) {
  upshake_parser *parser = step->parser;
  head_run run = parser->state == STATE_PATH ? RUN_PATH : RUN_QUERY;
  uint32_t begin = head_target_at(parser);
  head_event event = upshake__head_scan(step, run, begin);
  char byte;

  if (event != HEAD_GO_ON)
    return event;
  byte = byte_at(step, parser->pos);
  if (byte == '?') /* in a query it is a byte of the run */
    return head_go_on(step, STATE_QUERY);
  if (byte != ' ' || parser->pos == begin)
    return head_refuse_run(step, run);
  parser->target_len = parser->pos - begin;
  return end_target(step);
}

/* method = token SP (RFC 9112 3.1) */
static NOINLINE head_event parse_method(head_step *step) {
  upshake_parser *parser = step->parser;
  uint32_t begin = head_method_at(parser);
  head_event event = upshake__head_scan(step, RUN_METHOD, begin);

  if (event != HEAD_GO_ON)
    return event;
  if (byte_at(step, parser->pos) != ' ' || parser->pos == begin)
    return head_refuse_run(step, RUN_METHOD);
  parser->method_len = (uint8_t)(parser->pos - begin);
  parser->pos++;
  head_go_on(step, STATE_PATH);
  return parse_target(step);
}

/* Skips up to EMPTY_LINES_MAX empty lines before the request line (RFC 9112
 * 2.2). */
static head_event parse_start(head_step *step) {
  upshake_parser *parser = step->parser;
  char byte = byte_at(step, parser->pos);

  if (byte == 0x16 && parser->pos == 0) /* a TLS handshake record */
    return upshake__head_refuse(step, UPSHAKE_ERR_TLS);
  if (byte != '\r') {
    head_go_on(step, STATE_METHOD);
    return parse_method(step);
  }
  if (parser->empty_lines == EMPTY_LINES_MAX)
    return upshake__head_refuse(step, UPSHAKE_ERR_EMPTY_LINES);
  parser->pos++;
  return head_go_on(step, STATE_EMPTY_LF);
}

static head_event parse_empty_lf(head_step *step) {
  if (byte_at(step, step->parser->pos) != '\n')
    return upshake__head_refuse(step, UPSHAKE_ERR_LINE_END);
  step->parser->pos++;
  step->parser->empty_lines++;
  return head_go_on(step, STATE_START);
}

static head_event parse_http_version(head_step *step) {
  upshake_parser *parser = step->parser;
  uint32_t begin = head_target_end(parser), end = begin + HEAD_VERSION_LEN;

  for (; parser->pos < end; parser->pos++) {
    upshake_error error;
    char byte;
    if (parser->pos == step->len)
      return HEAD_MORE;
    byte = byte_at(step, parser->pos);
    error = judge_version_byte(byte, parser->pos - begin);
    if (error && parser->pos == begin + MAJOR_PLACE && is_digit(byte)) {
      parser->pos++;
      return head_go_on(step, STATE_MAJOR);
    }
    if (error)
      return upshake__head_refuse(step, error);
  }
  parser->minor = (uint8_t)(byte_at(step, begin + 8) - '0');
  head_go_on(step, STATE_FIELD);
  return HEAD_LINE;
}

/* Refuses the part of the request line that begins at `begin`.  The byte at
 * parser->pos has shown what is wrong with it. */
static head_event refuse_part(head_step *step, upshake_error error,
                              uint32_t begin) {
  step->error = error;
  step->offset = begin;
  return HEAD_REFUSED;
}

static head_event refuse_major(head_step *step) {
  return refuse_part(step, UPSHAKE_ERR_HTTP_VERSION,
                     head_target_end(step->parser) + MAJOR_PLACE);
}

/* A major version other than 1 is one digit and a dot.  HTTP/01.1 and HTTP/11.1
 * are malformed (RFC 9112 2.3). */
static head_event parse_major(head_step *step) {
  return byte_at(step, step->parser->pos) == '.'
             ? refuse_major(step)
             : upshake__head_refuse(step, UPSHAKE_ERR_HTTP_VERSION_BYTE);
}

/* The request line began like the preface of HTTP/2, and differs from it
 * here. */
static head_event end_preface(head_step *step, uint32_t place) {
  upshake_parser *parser = step->parser;
  char byte = byte_at(step, parser->pos);

  if (place > MAJOR_PLACE + 1) /* another version of HTTP/2 */
    return refuse_major(step);
  if (place != MAJOR_PLACE || !is_digit(byte))
    return upshake__head_refuse(step, UPSHAKE_ERR_HTTP_VERSION_BYTE);
  if (byte == '1') /* asterisk-form without OPTIONS */
    return refuse_part(step, UPSHAKE_ERR_TARGET_FORM, head_target_at(parser));
  parser->pos++;
  return head_go_on(step, STATE_MAJOR);
}

/* "PRI * HTTP/2.0" CRLF CRLF (RFC 9113 3.4).  A client that speaks HTTP/2
 * begins with it, so no empty line may stand before it. */
static head_event parse_preface(head_step *step) {
  static const char form[] = " HTTP/2.0\r\n\r\n";
  upshake_parser *parser = step->parser;
  uint32_t begin = head_target_end(parser), place;

  while ((place = parser->pos - begin) < sizeof form - 1) {
    if (parser->pos == step->len)
      return HEAD_MORE;
    if (byte_at(step, parser->pos) != form[place] ||
        (place == MAJOR_PLACE && parser->empty_lines > 0))
      return end_preface(step, place);
    parser->pos++;
  }
  return head_go_on(step, STATE_END_PREFACE);
}

/* ---- any part ---- */

head_event upshake__request_line_part(head_step *step) {
  switch ((enum head_state)step->parser->state) {
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
    return parse_http_version(step);
  case STATE_MAJOR:
    return parse_major(step);
  default:
    return parse_preface(step);
  }
}

/* ---- a complete request line ---- */

#ifndef UPSHAKE_SMALL
/* Returns where a target in origin-form begins; NULL if there is none.  It goes
 * with every method but CONNECT. */
static const char *find_target(const char *begin, const char *end) {
  const char *stop;
  if (memcmp(begin, "GET /", 5) == 0) /* needs no scan */
    return begin + 4;
  stop = upshake__skip_class(begin, end, CLASS_TOKEN);
  if (stop - begin == 7 && memcmp(begin, "CONNECT", 7) == 0)
    return NULL;
  return stop > begin && end - stop > 1 && memcmp(stop, " /", 2) == 0 ? stop + 1
                                                                      : NULL;
}

/* Takes only HTTP/1.1 with a target in origin-form. */
void upshake__take_request_line(upshake_parser *parser,
                                const upshake_limits *limits, const char *begin,
                                uint32_t len) {
  const char *end = begin + len, *target = find_target(begin, end), *stop;

  if (!target)
    return;
  stop = upshake__skip_class(target, end, CLASS_PATH);
  if (stop < end && *stop == '?')
    stop = upshake__skip_class(stop, end, CLASS_QUERY);
  if (end - stop < HEAD_VERSION_LEN ||
      memcmp(stop, " HTTP/1.1\r\n", HEAD_VERSION_LEN) != 0 ||
      (size_t)(target - begin - 1) > head_run_limit(RUN_METHOD, limits) ||
      (size_t)(stop - target) > head_run_limit(RUN_PATH, limits))
    return;
  parser->method_len = (uint8_t)(target - begin - 1);
  parser->target_len = (uint32_t)(stop - target);
  parser->pos = (uint32_t)(stop - begin) + HEAD_VERSION_LEN;
  parser->minor = 1;
  parser->state = STATE_FIELD;
}
#endif
