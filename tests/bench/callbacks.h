/* SPDX-License-Identifier: MIT
 *
 * llhttp and http-parser as contestants: both call back with pieces of names
 * and values, which here fill an array of fields.  As all bytes of a head are
 * in one memory, a piece that goes on only makes a length longer: no copies.
 *
 * The file that includes this defines what its parser is called:
 *   PARSER, SETTINGS   types
 *   NAME               text
 *   FIRST(parser)      begins a request
 *   EXECUTE(parser, octets, len)  0 where the bytes are refused
 *   IS_GET(parser)     1 for the method GET
 *   MINOR(parser)      1 for HTTP/1.1
 */
#include "checks.h"
#include "peer_openssl.h"

typedef struct request {
  PARSER parser; /* the callbacks get its address, and so all of this */
  int done, in_value;
  size_t len;
  struct check_field fields[FIELDS_CAP];
} request;

static int on_name(PARSER *parser, const char *at, size_t len) {
  request *r = (request *)(void *)parser;
  if (r->in_value || r->len == 0) {
    if (r->len == FIELDS_CAP)
      return -1;
    r->in_value = 0;
    r->fields[r->len++] = (struct check_field){at, len, NULL, 0};
    return 0;
  }
  r->fields[r->len - 1].name_len += len;
  return 0;
}

static int on_value(PARSER *parser, const char *at, size_t len) {
  request *r = (request *)(void *)parser;
  struct check_field *field = &r->fields[r->len - 1];
  if (!r->in_value) {
    r->in_value = 1;
    field->value = at;
  }
  field->value_len += len;
  return 0;
}

static int on_complete(PARSER *parser) {
  ((request *)(void *)parser)->done = 1;
  return 0;
}

/* The target is taken too, as the other parsers give it. */
static int on_target(PARSER *parser, const char *at, size_t len) {
  (void)parser;
  (void)at;
  (void)len;
  return 0;
}

static const SETTINGS *callbacks(void);

static inline void begin(request *r) {
  FIRST(&r->parser);
  r->done = 0;
  r->in_value = 0;
  r->len = 0;
}

static size_t run_fields(const char *octets, size_t len, size_t step,
                         char *out) {
  request r;
  (void)out;
  begin(&r);
  for (size_t at = 0; at < len && !r.done;) {
    size_t piece = smaller(step, len - at);
    if (!EXECUTE(&r.parser, octets + at, piece))
      return 0;
    at += piece;
  }
  return r.done ? r.len : 0;
}

static inline int judge(const char *octets, size_t len, size_t step,
                        char memory[HEAD_CAP], const char **key) {
  request r;
  if (len > HEAD_CAP)
    return 0;
  begin(&r);
  for (size_t at = 0; at < len && !r.done;) {
    size_t piece = smaller(step, len - at);
    memcpy(memory + at, octets + at, piece);
    if (!EXECUTE(&r.parser, memory + at, piece))
      return 0;
    at += piece;
  }
  /* The method is checked by its number here; "GET" is for the rest. */
  return r.done && IS_GET(&r.parser) &&
         check_request("GET", 3, MINOR(&r.parser), r.fields, r.len, key);
}

static size_t run_judge(const char *octets, size_t len, size_t step,
                        char *out) {
  char memory[HEAD_CAP];
  const char *key;
  (void)out;
  return (size_t)judge(octets, len, step, memory, &key);
}
