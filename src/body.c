/* SPDX-License-Identifier: MIT
 *
 * Reading a body: Content-Length and chunked (RFC 9112 6 and 7).  Content is
 * passed over in one step; the octets around chunks are taken one by one.
 */
#include "body.h"

#define SLACK_MAX 4096 /* octets of chunk extensions, and of trailer fields */

/* What the next octet of a chunked body is expected to be. */
enum state {
  STATE_SIZE_FIRST, /* first digit of chunk-size                           */
  STATE_SIZE,       /* further digits, or what is after them              */
  STATE_BLANK,      /* blanks, and a ";" must follow                       */
  STATE_EXT_FIRST,  /* blanks, or first octet of chunk-ext-name            */
  STATE_EXT_NAME,   /* in chunk-ext-name                                   */
  STATE_EXT_EQUALS, /* blanks after it, then "=" or ";"                   */
  STATE_EXT_VALUE,  /* blanks, or first octet of chunk-ext-val             */
  STATE_EXT_TOKEN,  /* in chunk-ext-val that is a token                    */
  STATE_EXT_QUOTED, /* in one that is a quoted-string                      */
  STATE_EXT_PAIR,   /* after its backslash                                */
  STATE_EXT_END,    /* after its closing quote                            */
  STATE_SIZE_LF,
  STATE_DATA,
  STATE_DATA_CR,
  STATE_DATA_LF,
  STATE_TRAILER, /* first octet of a trailer field line, or the last CR */
  STATE_NAME,
  STATE_VALUE,
  STATE_VALUE_LF,
  STATE_END_LF,
  STATE_END,
  STATE_BROKEN
};

static int is_chunked(const upshake *hs) {
  return (hs->facts.flags & FACT_CODING) != 0;
}

/* ---- chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF (7.1) ---- */

static int hex_value(char octet) {
  return is_digit(octet) ? octet - '0' : to_lower(octet) - 'a' + 10;
}

/* chunk-size = 1*HEXDIG, below 2^63. */
static enum state take_digit(upshake *hs, char octet) {
  if (hs->facts.in.body.chunk_left >> 59)
    return STATE_BROKEN;
  hs->facts.in.body.chunk_left =
      hs->facts.in.body.chunk_left * 16 + (uint64_t)hex_value(octet);
  if (hs->facts.in.body.chunk_left == 0 && BODY_SIZE_LINE_LEN(hs) > 0)
    BODY_EXTENSION_OCTETS(hs)++; /* leading zeros could go on without end */
  return STATE_SIZE;
}

/* What may stand after a size or a whole extension. */
static enum state end_extension(char octet) {
  if (octet == '\r')
    return STATE_SIZE_LF;
  if (octet == ';')
    return STATE_EXT_FIRST;
  return is_blank(octet) ? STATE_BLANK : STATE_BROKEN;
}

/* Stays in `state` on a blank; otherwise goes on, or is broken. */
static enum state skip_blank(char octet, enum state state, enum state go_on) {
  return is_blank(octet) ? state : go_on;
}

static enum state if_token(char octet, enum state state) {
  return in_class(octet, CLASS_TOKEN) ? state : STATE_BROKEN;
}

static enum state if_value(char octet, enum state state) {
  return in_class(octet, CLASS_VALUE) ? state : STATE_BROKEN;
}

/* chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
 * (RFC 9112 7.1.1).  Unknown ones are ignored, and all are unknown. */
static enum state take_extension(enum state state, char octet) {
  switch (state) {
  case STATE_BLANK:
    return skip_blank(octet, state,
                      octet == ';' ? STATE_EXT_FIRST : STATE_BROKEN);
  case STATE_EXT_FIRST:
    return skip_blank(octet, state, if_token(octet, STATE_EXT_NAME));
  case STATE_EXT_NAME:
    if (in_class(octet, CLASS_TOKEN))
      return state;
    if (octet == '=')
      return STATE_EXT_VALUE;
    return is_blank(octet) ? STATE_EXT_EQUALS : end_extension(octet);
  case STATE_EXT_EQUALS:
    if (octet == '=')
      return STATE_EXT_VALUE;
    return skip_blank(octet, state,
                      octet == ';' ? STATE_EXT_FIRST : STATE_BROKEN);
  case STATE_EXT_VALUE:
    if (octet == '"')
      return STATE_EXT_QUOTED;
    return skip_blank(octet, state, if_token(octet, STATE_EXT_TOKEN));
  case STATE_EXT_TOKEN:
    return in_class(octet, CLASS_TOKEN) ? state : end_extension(octet);
  case STATE_EXT_QUOTED:
    if (octet == '"')
      return STATE_EXT_END;
    return octet == '\\' ? STATE_EXT_PAIR : if_value(octet, state);
  case STATE_EXT_PAIR:
    return if_value(octet, STATE_EXT_QUOTED);
  default:
    return end_extension(octet);
  }
}

static enum state end_size_line(const upshake *hs, char octet) {
  if (octet != '\n')
    return STATE_BROKEN;
  return hs->facts.in.body.chunk_left > 0 ? STATE_DATA : STATE_TRAILER;
}

/* ---- trailer-section = *( field-line CRLF ) (RFC 9112 7.1.2): checked, and
 * never merged into the head (RFC 9110 6.5.1) ---- */

static enum state take_trailer(enum state state, char octet) {
  switch (state) {
  case STATE_TRAILER:
    return octet == '\r' ? STATE_END_LF : if_token(octet, STATE_NAME);
  case STATE_NAME:
    return octet == ':' ? STATE_VALUE : if_token(octet, state);
  case STATE_VALUE:
    return octet == '\r' ? STATE_VALUE_LF : if_value(octet, state);
  case STATE_VALUE_LF:
    return octet == '\n' ? STATE_TRAILER : STATE_BROKEN;
  default:
    return octet == '\n' ? STATE_END : STATE_BROKEN;
  }
}

/* ---- all of it, an octet at a time ---- */

static enum state take_octet(upshake *hs, char octet) {
  enum state state = (enum state)BODY_STATE(hs);

  if (state <= STATE_SIZE && in_class(octet, CLASS_HEX))
    return take_digit(hs, octet);
  if (state == STATE_SIZE_FIRST)
    return STATE_BROKEN;
  if (state < STATE_SIZE_LF)
    return state == STATE_SIZE ? end_extension(octet)
                               : take_extension(state, octet);
  if (state == STATE_SIZE_LF)
    return end_size_line(hs, octet);
  if (state == STATE_DATA_CR)
    return octet == '\r' ? STATE_DATA_LF : STATE_BROKEN;
  if (state == STATE_DATA_LF)
    return octet == '\n' ? STATE_SIZE_FIRST : STATE_BROKEN;
  return take_trailer(state, octet);
}

static int is_extension(enum state state) {
  return state > STATE_SIZE && state < STATE_SIZE_LF;
}

static int is_trailer(enum state state) {
  return state >= STATE_TRAILER && state < STATE_END_LF;
}

/* What is wrong with going from one state to the next. */
static upshake_error judge_state(upshake *hs, enum state from, enum state to) {
  if (to == STATE_BROKEN)
    return from >= STATE_TRAILER ? UPSHAKE_ERR_TRAILER : UPSHAKE_ERR_CHUNK;
  if (is_extension(to))
    BODY_EXTENSION_OCTETS(hs)++;
  if (is_trailer(to) && from >= STATE_TRAILER)
    BODY_TRAILER_OCTETS(hs)++;
  if (BODY_EXTENSION_OCTETS(hs) > SLACK_MAX)
    return UPSHAKE_ERR_CHUNK_EXTENSION_LONG;
  if (BODY_TRAILER_OCTETS(hs) > SLACK_MAX)
    return UPSHAKE_ERR_TRAILER_LONG;
  return UPSHAKE_OK;
}

/* ---- events ---- */

static body_event refuse(const upshake *hs, body_step *step,
                         upshake_error error, uint64_t place) {
  uint64_t offset = hs->end + place;
  step->error = error;
  step->offset = offset < UINT32_MAX ? (uint32_t)offset : UINT32_MAX;
  return BODY_REFUSED;
}

/* A chunk begins: does it fit?  Its size is after its own line. */
static int is_too_long(upshake *hs) {
  uint64_t most = hs->config->limits.body;
  if (most > 0 && hs->facts.in.body.chunk_left > most - hs->facts.body_len)
    return 1;
  hs->facts.body_len += hs->facts.in.body.chunk_left;
  return hs->facts.body_len > INT64_MAX;
}

/* Content that is there: up to the end of the chunk, or of the body. */
static size_t take_content(uint64_t *left, size_t len) {
  if (len > *left)
    len = (size_t)*left;
  *left -= len;
  return len;
}

static body_event step_length(upshake *hs, size_t len, body_step *step) {
  if (hs->facts.body_len == 0)
    return BODY_END;
  step->used = step->content = take_content(&hs->facts.body_len, len);
  hs->facts.in.body.taken += step->used;
  return step->used > 0 ? BODY_CONTENT : BODY_MORE;
}

/* One octet of what is around the chunks. */
static body_event step_octet(upshake *hs, char octet, body_step *step) {
  enum state from = (enum state)BODY_STATE(hs);
  enum state to = take_octet(hs, octet);
  upshake_error error = judge_state(hs, from, to);

  if (error)
    return refuse(hs, step, error, hs->facts.in.body.taken);
  hs->facts.in.body.taken++;
  BODY_SIZE_LINE_LEN(hs)++;
  if (to == STATE_SIZE_FIRST)
    BODY_SIZE_LINE_LEN(hs) = 0;
  BODY_STATE(hs) = (uint8_t)to;
  if (to == STATE_DATA && is_too_long(hs))
    return refuse(hs, step, UPSHAKE_ERR_BODY_LONG,
                  hs->facts.in.body.taken - BODY_SIZE_LINE_LEN(hs));
  return BODY_MORE;
}

static body_event step_chunked(upshake *hs, const char *octets, size_t len,
                               body_step *step) {
  uint64_t before = hs->facts.in.body.taken;
  body_event event = BODY_MORE;

  while (event == BODY_MORE && step->used < len &&
         BODY_STATE(hs) != STATE_END) {
    if (BODY_STATE(hs) == STATE_DATA) {
      step->content =
          take_content(&hs->facts.in.body.chunk_left, len - step->used);
      hs->facts.in.body.taken += step->content;
      if (hs->facts.in.body.chunk_left == 0)
        BODY_STATE(hs) = STATE_DATA_CR;
      event = BODY_CONTENT;
    } else {
      event = step_octet(hs, octets[step->used], step);
    }
    step->used = (size_t)(hs->facts.in.body.taken - before);
  }
  if (event == BODY_MORE && BODY_STATE(hs) == STATE_END)
    return BODY_END;
  return event;
}

body_event upshake_body_step(upshake *hs, const char *octets, size_t len,
                             body_step *step) {
  memset(step, 0, sizeof *step);
  return is_chunked(hs) ? step_chunked(hs, octets, len, step)
                        : step_length(hs, len, step);
}
