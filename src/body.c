/* SPDX-License-Identifier: MIT
 *
 * Reading a body: Content-Length and chunked (RFC 9112 6 and 7).  Content is
 * passed over in one step; the octets around chunks are taken one by one.
 */
#include "body.h"

#define SLACK_MAX 4096 /* octets of chunk extensions, and of trailer fields */

/* What the next octet of a chunked body is expected to be; as a number, where
 * in the table below its moves begin. */
enum state {
  STATE_BROKEN,
  STATE_SIZE_FIRST = BODY_BEGIN,          /* first digit of chunk-size */
  STATE_SIZE = STATE_SIZE_FIRST + 2,      /* further digits */
  STATE_BLANK = STATE_SIZE + 2,           /* blanks, and a ";" must follow */
  STATE_EXT_FIRST = STATE_BLANK + 3,      /* blanks, or chunk-ext-name */
  STATE_EXT_NAME = STATE_EXT_FIRST + 3,   /* in it */
  STATE_EXT_EQUALS = STATE_EXT_NAME + 3,  /* blanks, then "=" or ";" */
  STATE_EXT_VALUE = STATE_EXT_EQUALS + 4, /* blanks, or chunk-ext-val */
  STATE_EXT_TOKEN = STATE_EXT_VALUE + 4,  /* in one that is a token */
  STATE_EXT_QUOTED = STATE_EXT_TOKEN + 2, /* in a quoted-string */
  STATE_EXT_PAIR = STATE_EXT_QUOTED + 4,  /* after its backslash */
  STATE_EXT_END = STATE_EXT_PAIR + 2,     /* after a whole extension */
  STATE_SIZE_LF = STATE_EXT_END + 4,
  STATE_DATA = STATE_SIZE_LF + 2,
  STATE_DATA_CR = STATE_DATA + 1,
  STATE_DATA_LF = STATE_DATA_CR + 2,
  STATE_TRAILER = STATE_DATA_LF + 2, /* a field line, or the last CR */
  STATE_NAME = STATE_TRAILER + 3,
  STATE_VALUE = STATE_NAME + 3,
  STATE_VALUE_LF = STATE_VALUE + 3,
  STATE_END_LF = STATE_VALUE_LF + 2,
  STATE_END = STATE_END_LF + 2
};

/* An octet that is expected, and the state after it.  What stands for all of a
 * class has the top bit, SP stands for HTAB too; any other octet is one for the
 * state that is named last. */
struct move {
  uint8_t octet, next;
};

#define HEX (0x80 | CLASS_HEX)
#define TOKEN (0x80 | CLASS_TOKEN)
#define VALUE (0x80 | CLASS_VALUE)
#define OTHER 0

/* clang-format off */
static const struct move moves[] = {
    [STATE_BROKEN] = {OTHER, STATE_BROKEN},

    /* chunk-size [ chunk-ext ] CRLF chunk-data CRLF (RFC 9112 7.1), where
     * chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
     * (7.1.1): unknown ones are ignored, and all are unknown */
    [STATE_SIZE_FIRST] = {HEX, STATE_SIZE}, {OTHER, STATE_BROKEN},
    [STATE_SIZE] = {HEX, STATE_SIZE}, {OTHER, STATE_EXT_END},
    [STATE_BLANK] = {' ', STATE_BLANK}, {';', STATE_EXT_FIRST},
                    {OTHER, STATE_BROKEN},
    [STATE_EXT_FIRST] = {' ', STATE_EXT_FIRST}, {TOKEN, STATE_EXT_NAME},
                        {OTHER, STATE_BROKEN},
    [STATE_EXT_NAME] = {TOKEN, STATE_EXT_NAME}, {'\r', STATE_SIZE_LF},
                       {OTHER, STATE_EXT_EQUALS},
    [STATE_EXT_EQUALS] = {' ', STATE_EXT_EQUALS}, {'=', STATE_EXT_VALUE},
                         {';', STATE_EXT_FIRST}, {OTHER, STATE_BROKEN},
    [STATE_EXT_VALUE] = {' ', STATE_EXT_VALUE}, {'"', STATE_EXT_QUOTED},
                        {TOKEN, STATE_EXT_TOKEN}, {OTHER, STATE_BROKEN},
    [STATE_EXT_TOKEN] = {TOKEN, STATE_EXT_TOKEN}, {OTHER, STATE_EXT_END},
    [STATE_EXT_QUOTED] = {'"', STATE_EXT_END}, {'\\', STATE_EXT_PAIR},
                         {VALUE, STATE_EXT_QUOTED}, {OTHER, STATE_BROKEN},
    [STATE_EXT_PAIR] = {VALUE, STATE_EXT_QUOTED}, {OTHER, STATE_BROKEN},
    [STATE_EXT_END] = {'\r', STATE_SIZE_LF}, {' ', STATE_BLANK},
                      {';', STATE_EXT_FIRST}, {OTHER, STATE_BROKEN},
    [STATE_SIZE_LF] = {'\n', STATE_DATA}, {OTHER, STATE_BROKEN},
    [STATE_DATA_CR] = {'\r', STATE_DATA_LF}, {OTHER, STATE_BROKEN},
    [STATE_DATA_LF] = {'\n', STATE_SIZE_FIRST}, {OTHER, STATE_BROKEN},

    /* trailer-section = *( field-line CRLF ) (7.1.2): checked, and never merged
     * into the head (RFC 9110 6.5.1) */
    [STATE_TRAILER] = {'\r', STATE_END_LF}, {TOKEN, STATE_NAME},
                      {OTHER, STATE_BROKEN},
    [STATE_NAME] = {TOKEN, STATE_NAME}, {':', STATE_VALUE},
                   {OTHER, STATE_BROKEN},
    [STATE_VALUE] = {VALUE, STATE_VALUE}, {'\r', STATE_VALUE_LF},
                    {OTHER, STATE_BROKEN},
    [STATE_VALUE_LF] = {'\n', STATE_TRAILER}, {OTHER, STATE_BROKEN},
    [STATE_END_LF] = {'\n', STATE_END}, {OTHER, STATE_BROKEN},
};
/* clang-format on */

_Static_assert(sizeof moves / sizeof moves[0] == STATE_END, "enum state");

static int is_expected(unsigned expected, char octet) {
  if (expected & 0x80)
    return in_class(octet, expected & 0x7f);
  return (unsigned char)octet == expected;
}

static unsigned next_state(unsigned state, char octet) {
  if (octet == '\t')
    octet = ' ';
  while (state != STATE_BROKEN) {
    const struct move *move = &moves[state];
    for (; move->octet != OTHER; move++)
      if (is_expected(move->octet, octet))
        return move->next;
    state = move->next;
  }
  return STATE_BROKEN;
}

/* chunk-size = 1*HEXDIG, below 2^63. */
static unsigned take_digit(uint64_t *size, char octet) {
  unsigned value = (unsigned char)octet + (octet > '9' ? 9u : 0u);
  if (*size >> 59)
    return STATE_BROKEN;
  *size = *size << 4 | (value & 15u);
  return STATE_SIZE;
}

static unsigned take_octet(upshake *hs, char octet) {
  uint64_t *size = &hs->facts.in.body.chunk_left;
  unsigned next = next_state(BODY_STATE(hs), octet);
  if (next == STATE_SIZE)
    return take_digit(size, octet);
  return next == STATE_DATA && *size == 0 ? STATE_TRAILER : next;
}

/* Leading zeros are one too, as they could go on without end. */
static int is_extension(const upshake *hs, unsigned from, unsigned to) {
  if (to == STATE_SIZE)
    return from == STATE_SIZE && hs->facts.in.body.chunk_left == 0;
  return to > STATE_SIZE && to < STATE_SIZE_LF;
}

static int is_trailer(unsigned from, unsigned to) {
  return from >= STATE_TRAILER && to < STATE_END_LF;
}

/* What is wrong with going from one state to the next. */
static upshake_error judge_state(upshake *hs, unsigned from, unsigned to) {
  if (to == STATE_BROKEN)
    return from >= STATE_TRAILER ? UPSHAKE_ERR_TRAILER : UPSHAKE_ERR_CHUNK;
  if (is_extension(hs, from, to) && ++BODY_EXTENSION_OCTETS(hs) > SLACK_MAX)
    return UPSHAKE_ERR_CHUNK_EXTENSION_LONG;
  if (is_trailer(from, to) && ++BODY_TRAILER_OCTETS(hs) > SLACK_MAX)
    return UPSHAKE_ERR_TRAILER_LONG;
  return UPSHAKE_OK;
}

/* ---- events ---- */

static body_event refuse(const upshake *hs, body_step *step,
                         upshake_error error, uint32_t back) {
  uint64_t offset = hs->end + hs->facts.in.body.taken - back;
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

static void count_taken(upshake *hs, size_t len, body_step *step) {
  hs->facts.in.body.taken += len;
  step->used += len;
}

/* Content that is there: up to the end of the chunk, or of the body. */
static body_event take_content(upshake *hs, uint64_t *left, size_t len,
                               body_step *step) {
  if (len > *left)
    len = (size_t)*left;
  *left -= len;
  if (*left == 0)
    BODY_STATE(hs) = STATE_DATA_CR;
  step->content = len;
  count_taken(hs, len, step);
  return BODY_CONTENT;
}

/* One octet of what is around the chunks. */
static body_event step_octet(upshake *hs, char octet, body_step *step) {
  unsigned from = BODY_STATE(hs), to = take_octet(hs, octet);
  upshake_error error = judge_state(hs, from, to);

  if (error)
    return refuse(hs, step, error, 0);
  count_taken(hs, 1, step);
  BODY_SIZE_LINE_LEN(hs)++;
  if (to == STATE_SIZE_FIRST)
    BODY_SIZE_LINE_LEN(hs) = 0;
  BODY_STATE(hs) = (uint8_t)to;
  if (to == STATE_DATA && is_too_long(hs))
    return refuse(hs, step, UPSHAKE_ERR_BODY_LONG, BODY_SIZE_LINE_LEN(hs));
  return BODY_MORE;
}

/* With Content-Length all is data. */
body_event upshake_body_step(upshake *hs, const char *octets, size_t len,
                             body_step *step) {
  uint64_t *left = &hs->facts.in.body.chunk_left;

  memset(step, 0, sizeof *step);
  if ((hs->facts.flags & FACT_CODING) == 0) {
    left = &hs->facts.body_len;
    BODY_STATE(hs) = *left > 0 ? STATE_DATA : STATE_END;
  }
  while (BODY_STATE(hs) != STATE_END) {
    if (step->used == len)
      return BODY_MORE;
    if (BODY_STATE(hs) == STATE_DATA)
      return take_content(hs, left, len - step->used, step);
    if (step_octet(hs, octets[step->used], step) == BODY_REFUSED)
      return BODY_REFUSED;
  }
  return BODY_END;
}
