/* SPDX-License-Identifier: MIT
 *
 * Reads a body: Content-Length and chunked (RFC 9112 6 and 7).  A piece of
 * content is taken in one step; the bytes around content are taken one by one.
 */
#include "body.h"

#if HAS_BODIES

#define SLACK_MAX 4096 /* bytes of chunk extensions, and of trailer fields */

/* What the next byte of a chunked body is expected to be.  The number of a
 * state is the place of its first row in the table below. */
enum body_state {
  CHUNK_BROKEN,
  CHUNK_SIZE_FIRST = BODY_BEGIN,          /* first digit of chunk-size */
  CHUNK_SIZE = CHUNK_SIZE_FIRST + 2,      /* further digits */
  CHUNK_BLANK = CHUNK_SIZE + 2,           /* blanks, and a ";" must follow */
  CHUNK_EXT_FIRST = CHUNK_BLANK + 3,      /* blanks, or chunk-ext-name */
  CHUNK_EXT_NAME = CHUNK_EXT_FIRST + 3,   /* in the name */
  CHUNK_EXT_EQUALS = CHUNK_EXT_NAME + 3,  /* blanks, then "=" or ";" */
  CHUNK_EXT_VALUE = CHUNK_EXT_EQUALS + 4, /* blanks, or chunk-ext-val */
  CHUNK_EXT_TOKEN = CHUNK_EXT_VALUE + 4,  /* in a value that is a token */
  CHUNK_EXT_QUOTED = CHUNK_EXT_TOKEN + 2, /* in a quoted-string */
  CHUNK_EXT_PAIR = CHUNK_EXT_QUOTED + 4,  /* after a backslash in quotes */
  CHUNK_EXT_END = CHUNK_EXT_PAIR + 2,     /* after a whole extension */
  CHUNK_SIZE_LF = CHUNK_EXT_END + 4,
  CHUNK_DATA = CHUNK_SIZE_LF + 2,
  CHUNK_DATA_CR = CHUNK_DATA + 1,
  CHUNK_DATA_LF = CHUNK_DATA_CR + 2,
  CHUNK_TRAILER = CHUNK_DATA_LF + 2, /* a field line, or the last CR */
  CHUNK_NAME = CHUNK_TRAILER + 3,
  CHUNK_VALUE = CHUNK_NAME + 3,
  CHUNK_VALUE_LF = CHUNK_VALUE + 3,
  CHUNK_END_LF = CHUNK_VALUE_LF + 2,
  CHUNK_END = CHUNK_END_LF + 2
};

/* An expected byte, and the state after it.  A byte with the top bit set stands
 * for a class of bytes, and SP stands for HTAB too.  The last row of a state,
 * ELSE, names the state that takes any other byte. */
struct move {
  uint8_t byte, next;
};

#define IN_HEX (0x80 | CLASS_HEX)
#define IN_TOKEN (0x80 | CLASS_TOKEN)
#define IN_VALUE (0x80 | CLASS_VALUE)
#define ELSE 0

/* clang-format off */
static const struct move moves[] = {
    [CHUNK_BROKEN] = {ELSE, CHUNK_BROKEN},

    /* chunk-size [ chunk-ext ] CRLF chunk-data CRLF (RFC 9112 7.1), and
     * chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
     * (7.1.1).  Unknown extensions are ignored, and no extension is known
     * here. */
    [CHUNK_SIZE_FIRST] = {IN_HEX, CHUNK_SIZE}, {ELSE, CHUNK_BROKEN},
    [CHUNK_SIZE] = {IN_HEX, CHUNK_SIZE}, {ELSE, CHUNK_EXT_END},
    [CHUNK_BLANK] = {' ', CHUNK_BLANK}, {';', CHUNK_EXT_FIRST},
                    {ELSE, CHUNK_BROKEN},
    [CHUNK_EXT_FIRST] = {' ', CHUNK_EXT_FIRST}, {IN_TOKEN, CHUNK_EXT_NAME},
                        {ELSE, CHUNK_BROKEN},
    [CHUNK_EXT_NAME] = {IN_TOKEN, CHUNK_EXT_NAME}, {'\r', CHUNK_SIZE_LF},
                       {ELSE, CHUNK_EXT_EQUALS},
    [CHUNK_EXT_EQUALS] = {' ', CHUNK_EXT_EQUALS}, {'=', CHUNK_EXT_VALUE},
                         {';', CHUNK_EXT_FIRST}, {ELSE, CHUNK_BROKEN},
    [CHUNK_EXT_VALUE] = {' ', CHUNK_EXT_VALUE}, {'"', CHUNK_EXT_QUOTED},
                        {IN_TOKEN, CHUNK_EXT_TOKEN}, {ELSE, CHUNK_BROKEN},
    [CHUNK_EXT_TOKEN] = {IN_TOKEN, CHUNK_EXT_TOKEN}, {ELSE, CHUNK_EXT_END},
    [CHUNK_EXT_QUOTED] = {'"', CHUNK_EXT_END}, {'\\', CHUNK_EXT_PAIR},
                         {IN_VALUE, CHUNK_EXT_QUOTED}, {ELSE, CHUNK_BROKEN},
    [CHUNK_EXT_PAIR] = {IN_VALUE, CHUNK_EXT_QUOTED}, {ELSE, CHUNK_BROKEN},
    [CHUNK_EXT_END] = {'\r', CHUNK_SIZE_LF}, {' ', CHUNK_BLANK},
                      {';', CHUNK_EXT_FIRST}, {ELSE, CHUNK_BROKEN},
    [CHUNK_SIZE_LF] = {'\n', CHUNK_DATA}, {ELSE, CHUNK_BROKEN},
    [CHUNK_DATA_CR] = {'\r', CHUNK_DATA_LF}, {ELSE, CHUNK_BROKEN},
    [CHUNK_DATA_LF] = {'\n', CHUNK_SIZE_FIRST}, {ELSE, CHUNK_BROKEN},

    /* trailer-section = *( field-line CRLF ) (7.1.2).  Trailer fields are
     * checked, and never merged into the head (RFC 9110 6.5.1). */
    [CHUNK_TRAILER] = {'\r', CHUNK_END_LF}, {IN_TOKEN, CHUNK_NAME},
                      {ELSE, CHUNK_BROKEN},
    [CHUNK_NAME] = {IN_TOKEN, CHUNK_NAME}, {':', CHUNK_VALUE},
                   {ELSE, CHUNK_BROKEN},
    [CHUNK_VALUE] = {IN_VALUE, CHUNK_VALUE}, {'\r', CHUNK_VALUE_LF},
                    {ELSE, CHUNK_BROKEN},
    [CHUNK_VALUE_LF] = {'\n', CHUNK_TRAILER}, {ELSE, CHUNK_BROKEN},
    [CHUNK_END_LF] = {'\n', CHUNK_END}, {ELSE, CHUNK_BROKEN},
};
/* clang-format on */

STATIC_ASSERT(sizeof moves / sizeof moves[0] == CHUNK_END, enum_body_state);

static int is_expected(unsigned expected, char byte) {
  if (expected & 0x80)
    return in_class(byte, expected & 0x7f);
  return (unsigned char)byte == expected;
}

static unsigned next_state(unsigned state, char byte) {
  if (byte == '\t')
    byte = ' ';
  while (state != CHUNK_BROKEN) {
    const struct move *move = &moves[state];
    for (; move->byte != ELSE; move++)
      if (is_expected(move->byte, byte))
        return move->next;
    state = move->next;
  }
  return CHUNK_BROKEN;
}

/* Adds a digit of chunk-size = 1*HEXDIG, which must be below 2^63. */
static unsigned take_digit(uint64_t *size, char byte) {
  if (*size >> 59)
    return CHUNK_BROKEN;
  *size = *size << 4 | hex_value(byte);
  return CHUNK_SIZE;
}

static unsigned take_framing(upshake_private_body *body, char byte) {
  unsigned next = next_state(body->state, byte);
  if (next == CHUNK_SIZE)
    return take_digit(&body->left, byte);
  return next == CHUNK_DATA && body->left == 0 ? CHUNK_TRAILER : next;
}

/* 1 if this step is in a chunk extension.  Leading zeros of the size count as
 * an extension, because they could go on without end. */
static int is_extension(const upshake_private_body *body, unsigned from,
                        unsigned to) {
  if (to == CHUNK_SIZE)
    return from == CHUNK_SIZE && body->left == 0;
  return to > CHUNK_SIZE && to < CHUNK_SIZE_LF;
}

static int is_trailer(unsigned from, unsigned to) {
  return from >= CHUNK_TRAILER && to < CHUNK_END_LF;
}

/* Returns what is wrong with a step from one state to the next. */
static upshake_error judge_state(upshake_private_body *body, unsigned from,
                                 unsigned to) {
  if (to == CHUNK_BROKEN)
    return from >= CHUNK_TRAILER ? UPSHAKE_ERR_TRAILER : UPSHAKE_ERR_CHUNK;
  if (is_extension(body, from, to) && ++body->slack > SLACK_MAX)
    return UPSHAKE_ERR_CHUNK_EXTENSION_LONG;
  if (to == CHUNK_TRAILER && from < CHUNK_TRAILER)
    body->slack = 0;
  if (is_trailer(from, to) && ++body->slack > SLACK_MAX)
    return UPSHAKE_ERR_TRAILER_LONG;
  return UPSHAKE_OK;
}

/* ---- events ---- */

static body_event refuse_body(body_step *step, upshake_error error,
                              uint32_t back) {
  step->error = error;
  step->offset = step->body->taken - back;
  return BODY_REFUSED;
}

/* A chunk begins: adds its size, and returns 1 if the body is then too long. */
static int is_too_long(body_step *step) {
  uint64_t size = step->body->left;
  if (step->limit > 0 && size > step->limit - *step->len)
    return 1;
  *step->len += size;
  return *step->len > INT64_MAX;
}

static void count_taken(body_step *step, size_t len) {
  uint32_t *taken = &step->body->taken;
  *taken = len < UINT32_MAX - *taken ? *taken + (uint32_t)len : UINT32_MAX;
  step->used += len;
}

/* Takes the content that is there, up to the end of the chunk or of the
 * body. */
static body_event take_content(body_step *step, uint64_t *left, size_t len) {
  if (len > *left)
    len = (size_t)*left;
  *left -= len;
  if (*left == 0)
    step->body->state = CHUNK_DATA_CR;
  step->content = len;
  count_taken(step, len);
  return BODY_CONTENT;
}

/* Takes one byte that is not content. */
static body_event step_framing(body_step *step, char byte) {
  upshake_private_body *body = step->body;
  unsigned from = body->state, to = take_framing(body, byte);
  upshake_error error = judge_state(body, from, to);

  if (error)
    return refuse_body(step, error, 0);
  count_taken(step, 1);
  body->line++;
  if (to == CHUNK_SIZE_FIRST)
    body->line = 0;
  body->state = (uint8_t)to;
  if (to == CHUNK_DATA && is_too_long(step))
    return refuse_body(step, UPSHAKE_ERR_BODY_LONG, body->line);
  return BODY_MORE;
}

/* Fast path: the end of a chunk and the size of the next chunk, of 1 to 8
 * digits without a zero in front and without an extension; or the end of a body
 * without trailer fields.  Returns 0 if the next bytes are anything else, or
 * not all there. */
#ifdef UPSHAKE_SMALL
#define take_usual_size(step, bytes, len) 0
#else
static inline int take_usual_end(body_step *step, const char *bytes,
                                 size_t len) {
  if (len < 5 || memcmp(bytes, "0\r\n\r\n", 5) != 0)
    return 0;
  step->body->state = CHUNK_END;
  return 5;
}

/* Returns how many bytes the line has. */
static inline size_t take_usual_line(body_step *step, const char *bytes,
                                     size_t len) {
  uint64_t size = 0;
  size_t at = 0;
  if (len < 3)
    return 0;
  if (bytes[0] == '0')
    return (size_t)take_usual_end(step, bytes, len);
  for (; at < 8 && at + 2 < len && in_class(bytes[at], CLASS_HEX); at++)
    size = size << 4 | hex_value(bytes[at]);
  if (at == 0 || memcmp(bytes + at, "\r\n", 2) != 0)
    return 0;
  if (step->limit > 0 && size > step->limit - *step->len)
    return 0;
  step->body->left = size;
  *step->len += size;
  step->body->state = CHUNK_DATA;
  return at + 2;
}

static inline int take_usual_size(body_step *step, const char *bytes,
                                  size_t len) {
  size_t begin = step->body->state == CHUNK_DATA_CR ? 2 : 0, line;
  if (begin == 0 && step->body->state != CHUNK_SIZE_FIRST)
    return 0;
  if (begin > 0 && (len < 2 || memcmp(bytes, "\r\n", 2) != 0))
    return 0;
  line = take_usual_line(step, bytes + begin, len - begin);
  if (line > 0)
    count_taken(step, begin + line);
  return line > 0;
}
#endif

/* A body with Content-Length is all content. */
body_event upshake__body_step(body_step *step, const char *bytes, size_t len) {
  upshake_private_body *body = step->body;
  uint64_t *left = &body->left;

  step->used = step->content = 0;
  if (!step->is_chunked) {
    left = step->len;
    body->state = *left > 0 ? CHUNK_DATA : CHUNK_END;
  }
  while (body->state != CHUNK_END) {
    if (step->used == len)
      return BODY_MORE;
    if (body->state == CHUNK_DATA)
      return take_content(step, left, len - step->used);
    if (take_usual_size(step, bytes + step->used, len - step->used))
      continue;
    if (step_framing(step, bytes[step->used]) == BODY_REFUSED)
      return BODY_REFUSED;
  }
  return BODY_END;
}

#endif
