/* SPDX-License-Identifier: MIT
 *
 * The request line (RFC 9112 3), part by part, resumable at every octet; and
 * the lines and octets that may stand before it.
 */
#include "head_part.h"
#include "target.h"

#define EMPTY_LINES_MAX 8

/* The target is complete, at the SP after it. */
static head_event end_target(head_step *step) {
  upshake_parser *parser = step->parser;
  upshake_slice method = head_method(parser, step->octets);

  if (SLICE_IS(method, "PRI") &&
      SLICE_IS(head_target(parser, step->octets), "*"))
    return head_go_on(step, STATE_PREFACE);
  head_go_on(step, STATE_VERSION);
  return HEAD_TARGET;
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
    return head_refuse_at(step, UPSHAKE_ERR_TARGET_LONG, begin + limit);
  if (stop == end)
    return HEAD_MORE;
  if (*stop == '?')
    return head_go_on(step, STATE_QUERY);
  if (*stop != ' ' || parser->pos == begin)
    return head_refuse(step, UPSHAKE_ERR_TARGET_OCTET);
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
    return head_refuse_at(step, UPSHAKE_ERR_METHOD_LONG, begin + limit);
  if (stop == end)
    return HEAD_MORE;
  if (*stop != ' ' || parser->pos == begin)
    return head_refuse(step, UPSHAKE_ERR_METHOD_OCTET);
  parser->method_len = (uint8_t)(parser->pos - begin);
  parser->pos++;
  head_go_on(step, STATE_PATH);
  return parse_target(step);
}

/* Some empty lines before the request line are skipped (RFC 9112 2.2). */
static head_event parse_start(head_step *step) {
  upshake_parser *parser = step->parser;
  char octet = octet_at(step, parser->pos);

  if (octet == 0x16 && parser->pos == 0) /* a TLS handshake record */
    return head_refuse(step, UPSHAKE_ERR_TLS);
  if (octet != '\r') {
    head_go_on(step, STATE_METHOD);
    return parse_method(step);
  }
  if (parser->empty_lines == EMPTY_LINES_MAX)
    return head_refuse(step, UPSHAKE_ERR_EMPTY_LINES);
  parser->pos++;
  return head_go_on(step, STATE_EMPTY_LF);
}

static head_event parse_empty_lf(head_step *step) {
  if (octet_at(step, step->parser->pos) != '\n')
    return head_refuse(step, UPSHAKE_ERR_LINE_END);
  step->parser->pos++;
  step->parser->empty_lines++;
  return head_go_on(step, STATE_START);
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
    if (error && parser->pos == begin + MAJOR_PLACE && is_digit(octet)) {
      parser->pos++;
      return head_go_on(step, STATE_MAJOR);
    }
    if (error)
      return head_refuse(step, error);
  }
  parser->minor = (uint8_t)(octet_at(step, begin + 8) - '0');
  head_go_on(step, STATE_FIELD);
  return HEAD_LINE;
}

/* Refuses the part of the request line that begins at `begin`, now that the
 * byte at parser->pos shows what is wrong with it. */
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

/* Another version has one digit and a dot; HTTP/01.1 and HTTP/11.1 are none
 * (RFC 9112 2.3). */
static head_event parse_major(head_step *step) {
  return octet_at(step, step->parser->pos) == '.'
             ? refuse_major(step)
             : head_refuse(step, UPSHAKE_ERR_HTTP_VERSION_OCTET);
}

/* A request line that begins as the preface of HTTP/2 does goes on in another
 * way here. */
static head_event end_preface(head_step *step, uint32_t place) {
  upshake_parser *parser = step->parser;
  char octet = octet_at(step, parser->pos);

  if (place > MAJOR_PLACE + 1) /* any other HTTP/2 */
    return refuse_major(step);
  if (place != MAJOR_PLACE || !is_digit(octet))
    return head_refuse(step, UPSHAKE_ERR_HTTP_VERSION_OCTET);
  if (octet == '1') /* asterisk-form without OPTIONS */
    return refuse_part(step, UPSHAKE_ERR_TARGET_FORM, head_target_at(parser));
  parser->pos++;
  return head_go_on(step, STATE_MAJOR);
}

/* "PRI * HTTP/2.0" CRLF CRLF (RFC 9113 3.4).  A client that speaks HTTP/2
 * begins with it, so empty lines cannot stand before it. */
static head_event parse_preface(head_step *step) {
  static const char form[] = " HTTP/2.0\r\n\r\n";
  upshake_parser *parser = step->parser;
  uint32_t begin = head_target_end(parser), place;

  while ((place = parser->pos - begin) < sizeof form - 1) {
    if (parser->pos == step->len)
      return HEAD_MORE;
    if (octet_at(step, parser->pos) != form[place] ||
        (place == MAJOR_PLACE && parser->empty_lines > 0))
      return end_preface(step, place);
    parser->pos++;
  }
  return head_go_on(step, STATE_END_PREFACE);
}

/* ---- its parts ---- */

head_event upshake_request_line_part(head_step *step) {
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
  case STATE_MAJOR:
    return parse_major(step);
  default:
    return parse_preface(step);
  }
}

/* ---- a request line that is complete ---- */

#ifndef UPSHAKE_SMALL
/* One of HTTP/1.1 in origin-form, which goes with every method but CONNECT. */
void upshake_take_request_line(upshake_parser *parser,
                               const upshake_limits *limits, const char *begin,
                               uint32_t len) {
  const char *end = begin + len, *target = begin + 3, *stop;

  if (memcmp(begin, "GET ", 4) != 0) /* as most are */
    target = upshake_skip_class(begin, end, CLASS_TOKEN);
  if (target - begin == 7 && memcmp(begin, "CONNECT", 7) == 0)
    return;
  if (target == begin || end - target < 2 || memcmp(target, " /", 2) != 0)
    return;
  target++;
  stop = upshake_skip_class(target, end, CLASS_PATH);
  if (stop < end && *stop == '?')
    stop = upshake_skip_class(stop, end, CLASS_QUERY);
  if (end - stop < HEAD_VERSION_LEN ||
      memcmp(stop, " HTTP/1.1\r\n", HEAD_VERSION_LEN) != 0 ||
      (size_t)(target - begin - 1) > head_method_limit(limits) ||
      (size_t)(stop - target) > head_target_limit(limits))
    return;
  parser->method_len = (uint8_t)(target - begin - 1);
  parser->target_len = (uint32_t)(stop - target);
  parser->pos = (uint32_t)(stop - begin) + HEAD_VERSION_LEN;
  parser->minor = 1;
  parser->state = STATE_FIELD;
}
#endif
