/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors.  A reader of tests is strict: what it does not
 * know is a problem of the case, never skipped, so that no expectation is lost
 * to a slip of the pen.
 */
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const vector_text_names[VECTOR_TEXTS] = {
    "protocol", "subprotocol", "method", "target", "authority",
    "scheme",   "path",        "query",  "rest"};

/* ---- Memory ------------------------------------------------------------- */

struct vector_kept {
  vector_kept *next;
  char octets[];
};

void *vectors_keep(vectors *all, const void *octets, size_t len) {
  vector_kept *kept = malloc(sizeof *kept + len);
  if (kept == NULL)
    abort();
  kept->next = all->kept;
  all->kept = kept;
  if (len > 0)
    memcpy(kept->octets, octets, len);
  return kept->octets;
}

void vectors_free(vectors *all) {
  while (all->first != NULL) {
    vector *next = all->first->next;
    free(all->first);
    all->first = next;
  }
  while (all->kept != NULL) {
    vector_kept *next = all->kept->next;
    free(all->kept);
    all->kept = next;
  }
  memset(all, 0, sizeof *all);
}

/* Octets that grow. */
typedef struct text {
  char *ptr;
  size_t len, cap;
} text;

static void put(text *out, int octet) {
  if (out->len == out->cap) {
    out->cap = out->cap * 2 + 64;
    out->ptr = realloc(out->ptr, out->cap);
    if (out->ptr == NULL)
      abort();
  }
  out->ptr[out->len++] = (char)octet;
}

/* ---- The state of reading one file -------------------------------------- */

typedef struct line_kind line_kind;
typedef struct reader {
  vectors *all;
  vector *vector; /* the case at hand, or NULL before the first */
  const char *file;
  char *at; /* the rest of the file */
  size_t line;
  int in_ids;     /* the lines right under a heading */
  int in_request; /* where marks may stand */
  unsigned seen;  /* the kinds of block that this case had */
  int named;      /* a `protocol` line replaced the default */
  text scratch;

  /* The line of a block at hand. */
  const line_kind *kind;
  const char *value;
  void *member; /* of the case, where the value goes */
} reader;

enum { CONFIG = 1, REQUEST = 2, EXPECT = 4, REPLY = 8 };

static void note_problem(reader *r, const char *what, const char *line) {
  vector *v = r->vector;
  if (v->problem[0] == 0)
    snprintf(v->problem, sizeof v->problem, "line %zu: %s: %.80s", r->line,
             what, line);
}

/* The next line without its end, or NULL.  A line is made a string. */
static char *next_line(reader *r) {
  char *line = r->at;
  if (*line == 0)
    return NULL;
  char *end = strchr(line, '\n');
  r->at = end == NULL ? line + strlen(line) : end + 1;
  if (end != NULL)
    *end = 0;
  r->line++;
  return line;
}

static const char *keep_string(reader *r, const char *string) {
  return vectors_keep(r->all, string, strlen(string) + 1);
}

static upshake_slice keep_text(reader *r, const text *octets) {
  upshake_slice slice = {NULL, octets->len};
  slice.ptr = vectors_keep(r->all, octets->ptr, octets->len);
  return slice;
}

/* ---- Escapes ------------------------------------------------------------ */

enum { BROKEN, ENDED, CONTINUED };
static int decode(reader *r, const char *at, const char *end, text *out);

static int hex_value(char digit) {
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  const char *found = digit == 0 ? NULL : strchr(digits, digit);
  return found == NULL ? -1 : (int)((found - digits) % 16);
}

static const char *decode_octet(const char *at, text *out) {
  int high = hex_value(at[0]);
  int low = high < 0 ? -1 : hex_value(at[1]);
  if (low < 0)
    return NULL;
  put(out, high * 16 + low);
  return at + 2;
}

/* N{text} */
static const char *decode_repeated(reader *r, const char *at, text *out) {
  char *open;
  unsigned long times = strtoul(at, &open, 10);
  const char *close = strchr(open, '}');
  if (*open != '{' || close == NULL || times > 1000000)
    return NULL;
  while (times-- > 0)
    if (decode(r, open + 1, close, out) != ENDED)
      return NULL;
  return close + 1;
}

static const char *decode_mark(reader *r, const char *at, const text *out) {
  size_t *mark = *at == '!' ? &r->vector->bad_at : &r->vector->consumed_at;
  if (!r->in_request || *mark != VECTOR_NOT_GIVEN)
    return NULL;
  *mark = out->len;
  return at + 1;
}

static const char *decode_escape(reader *r, const char *at, text *out) {
  static const char plain[] = "r\rn\nt\t\\\\";
  const char *found = strchr("rnt\\", *at);
  if (*at == 'x')
    return decode_octet(at + 1, out);
  if (*at == '*')
    return decode_repeated(r, at + 1, out);
  if (*at == '!' || *at == '|')
    return decode_mark(r, at, out);
  if (*at == 0 || found == NULL)
    return NULL;
  put(out, strchr(plain, *at)[1]);
  return at + 1;
}

static int decode(reader *r, const char *at, const char *end, text *out) {
  while (at < end) {
    if (*at != '\\') {
      put(out, *at++);
      continue;
    }
    if (at + 1 == end)
      return CONTINUED;
    at = decode_escape(r, at + 1, out);
    if (at == NULL)
      return BROKEN;
  }
  return ENDED;
}

/* One value of a line, which has no line end. */
static int decode_value(reader *r, const char *value, size_t len,
                        upshake_slice *out) {
  r->scratch.len = 0;
  if (decode(r, value, value + len, &r->scratch) != ENDED)
    return 0;
  *out = keep_text(r, &r->scratch);
  return 1;
}

/* ---- Values ------------------------------------------------------------- */

static int is(const char *value, const char *word) {
  return strcmp(value, word) == 0;
}

static int read_number(const char *value, uint64_t max, uint64_t *number) {
  uint64_t n = 0;
  if (*value == 0)
    return 0;
  for (; *value != 0; value++) {
    uint64_t digit = (uint64_t)(unsigned char)*value - '0';
    if (digit > 9 || n > (UINT64_MAX - digit) / 10)
      return 0;
    n = n * 10 + digit;
  }
  *number = n;
  return n <= max;
}

static int read_error(const char *value, upshake_error *error) {
  for (unsigned i = 0; i < UPSHAKE_ERRORS_LEN; i++)
    if (is(value, upshake_explain((upshake_error)i).name)) {
      *error = (upshake_error)i;
      return 1;
    }
  return 0;
}

/* ---- Lines of a block --------------------------------------------------- */

/* A kind of line: its first word, what takes the rest, and the member that
 * this goes to.  `take` returns 0 where it does not know the value. */
struct line_kind {
  const char *word;
  int (*take)(reader *r);
  size_t member;
  const char *choices; /* for take_choice: 1 the first, 2 the second... */
};
#define MEMBER(name) offsetof(vector, name)
#define OF_PROTOCOL(name) offsetof(upshake_protocol, name)

static int take_flag(reader *r) {
  uint8_t *flag = r->member;
  *flag = 1;
  return *r->value == 0;
}

static int take_choice(reader *r) {
  uint8_t *choice = r->member;
  const char *word = r->kind->choices;
  *choice = 0;
  for (uint8_t i = 1; *word != 0; i++) {
    size_t len = strcspn(word, " ");
    if (strlen(r->value) == len && memcmp(r->value, word, len) == 0)
      *choice = i;
    word += len + (word[len] == ' ');
  }
  return *choice != 0;
}

static int take_limit(reader *r) {
  uint32_t *limit = r->member;
  uint64_t number;
  if (!read_number(r->value, UINT32_MAX, &number))
    return 0;
  *limit = (uint32_t)number;
  return 1;
}

static int take_number(reader *r) {
  int *taken = r->member;
  int is_negative = *r->value == '-';
  uint64_t number;
  if (!read_number(r->value + is_negative, 99999, &number))
    return 0;
  *taken = is_negative ? -(int)number : (int)number;
  return 1;
}

static int take_string(reader *r) {
  const char **string = r->member;
  *string = keep_string(r, r->value);
  return *r->value != 0;
}

static int take_text(reader *r) {
  return decode_value(r, r->value, strlen(r->value), r->member);
}

static int take_error(reader *r) { return read_error(r->value, r->member); }

static int take_line(reader *r, const line_kind *kinds, size_t len, void *base,
                     const char *line) {
  size_t word = strcspn(line, " ");
  for (size_t i = 0; i < len; i++)
    if (strlen(kinds[i].word) == word &&
        memcmp(kinds[i].word, line, word) == 0) {
      r->kind = &kinds[i];
      r->value = line + word + (line[word] == ' ');
      r->member = (char *)base + kinds[i].member;
      return kinds[i].take(r);
    }
  return 0;
}
#define TAKE_LINE(r, kinds, base, line)                                        \
  take_line(r, kinds, sizeof(kinds) / sizeof *(kinds), base, line)

/* ---- Lines of config ---------------------------------------------------- */

static upshake_protocol *named_last(reader *r) {
  size_t len = r->vector->config.protocols_len;
  return &r->vector->protocols[len == 0 ? 0 : len - 1];
}

/* TOKEN[/VERSION] */
static int take_protocol(reader *r) {
  upshake_config *config = r->member;
  if (!r->named)
    config->protocols_len = 0;
  r->named = 1;
  if (config->protocols_len == VECTOR_PROTOCOLS)
    return 0;
  config->protocols_len++;
  size_t len = strcspn(r->value, "/");
  char *token = vectors_keep(r->all, r->value, len + 1);
  token[len] = 0;
  upshake_protocol *protocol = named_last(r);
  memset(protocol, 0, sizeof *protocol);
  protocol->token = token;
  if (r->value[len] == '/')
    protocol->version = keep_string(r, r->value + len + 1);
  return 1;
}

static int take_no_protocols(reader *r) {
  upshake_config *config = r->member;
  config->protocols = NULL;
  config->protocols_len = 0;
  return *r->value == 0 && !r->named;
}

static int take_subprotocol(reader *r) {
  upshake_config *config = r->member;
  if (config->subprotocols_len == VECTOR_NAMES)
    return 0;
  r->member = &r->vector->subprotocols[config->subprotocols_len++];
  return take_string(r);
}

/* One of the words, or a member of the list. */
static int take_origin(reader *r) {
  upshake_config *config = r->member;
  static const char *const words[] = {"same-host", "", "callback", "any"};
  for (uint8_t i = 0; i < sizeof words / sizeof *words; i++)
    if (is(r->value, words[i])) {
      config->origin = i;
      return i != UPSHAKE_ORIGIN_LIST;
    }
  if (config->origins_len == VECTOR_NAMES)
    return 0;
  config->origin = UPSHAKE_ORIGIN_LIST;
  r->member = &r->vector->origins[config->origins_len++];
  return take_string(r);
}

static int take_answer(reader *r) {
  int *answer = r->member;
  r->vector->decides = 1;
  *answer = is(r->value, "later")     ? UPSHAKE_LATER
            : is(r->value, "decline") ? UPSHAKE_DECLINE
                                      : UPSHAKE_ACCEPT;
  return is(r->value, "later") || is(r->value, "decline") ||
         is(r->value, "accept") || take_number(r);
}

static int take_refuse(reader *r) {
  r->vector->refuses = 1;
  return take_number(r);
}

static int take_choose_protocol(reader *r) {
  r->vector->decides = r->vector->chooses_protocol = 1;
  return take_number(r);
}

static int take_choose_subprotocol(reader *r) {
  r->vector->decides = r->vector->chooses_subprotocol = 1;
  return *r->value == 0 || take_text(r);
}

/* NAME: VALUE, with one blank behind the colon that is not the value's. */
static int take_field(reader *r) {
  upshake_extra *extra = r->member;
  const char *colon = strchr(r->value, ':');
  if (colon == NULL || extra->fields_len == VECTOR_FIELDS)
    return 0;
  upshake_field *field = &r->vector->fields[extra->fields_len++];
  extra->fields = r->vector->fields;
  size_t name_len = (size_t)(colon - r->value);
  colon += colon[1] == ' ' ? 2 : 1;
  return decode_value(r, r->value, name_len, &field->name) &&
         decode_value(r, colon, strlen(colon), &field->value);
}

/* Lines about the protocol named last. */
static const line_kind protocol_lines[] = {
    {"methods", take_string, OF_PROTOCOL(methods), NULL},
    {"upgrade", take_string, OF_PROTOCOL(upgrade), NULL},
    {"rules", take_choice, OF_PROTOCOL(rules), "none websocket"},
    {"body", take_choice, OF_PROTOCOL(body), "plain refuse"},
    {"failed", take_choice, OF_PROTOCOL(failed), "plain"},
};

static const line_kind config_lines[] = {
    {"protocol", take_protocol, MEMBER(config), NULL},
    {"no-protocols", take_no_protocols, MEMBER(config), NULL},
    {"subprotocol", take_subprotocol, MEMBER(config), NULL},
    {"subprotocol-order", take_choice, MEMBER(config.subprotocol_server_order),
     "server"},
    {"subprotocol-required", take_flag, MEMBER(config.subprotocol_required),
     NULL},
    {"origin", take_origin, MEMBER(config), NULL},
    {"transport", take_choice, MEMBER(config.transport), "unsecured secured"},
    {"head-max", take_limit, MEMBER(head_max), NULL},
    {"method-max", take_limit, MEMBER(config.limits.method), NULL},
    {"target-max", take_limit, MEMBER(config.limits.target), NULL},
    {"fields-max", take_limit, MEMBER(config.limits.fields), NULL},
    {"name-max", take_limit, MEMBER(config.limits.name), NULL},
    {"answer", take_answer, MEMBER(answer), NULL},
    {"choose-protocol", take_choose_protocol, MEMBER(place), NULL},
    {"choose-subprotocol", take_choose_subprotocol, MEMBER(choice), NULL},
    {"refuse", take_refuse, MEMBER(refusal), NULL},
    {"field", take_field, MEMBER(extra), NULL},
    {"date", take_text, MEMBER(extra.date), NULL},
    {"body-text", take_text, MEMBER(extra.body), NULL},
    {"keep", take_flag, MEMBER(extra.keep), NULL},
};

static int take_config_line(reader *r, const char *line) {
  return TAKE_LINE(r, protocol_lines, named_last(r), line) ||
         TAKE_LINE(r, config_lines, r->vector, line);
}

/* ---- Lines of expect ---------------------------------------------------- */

static int take_switched(reader *r) {
  r->vector->outcome = VECTOR_SWITCHED;
  r->vector->status = UPSHAKE_ACCEPT;
  return *r->value == 0;
}

/* STATUS ERROR */
static int take_refused(reader *r) {
  char *end;
  r->vector->outcome = VECTOR_REFUSED;
  r->vector->status = (int)strtol(r->value, &end, 10);
  return *end == ' ' && read_error(end + 1, r->member);
}

static int take_plain(reader *r) {
  r->vector->outcome = VECTOR_PLAIN;
  return take_error(r);
}

static int take_incomplete(reader *r) {
  r->vector->outcome = VECTOR_INCOMPLETE;
  r->vector->error = UPSHAKE_ERR_INCOMPLETE;
  return *r->value == 0;
}

static int take_decide(reader *r) {
  r->vector->outcome = VECTOR_DECIDE;
  return *r->value == 0;
}

static int take_member(reader *r) {
  upshake_slice *member = r->member;
  r->vector->texts_given[member - r->vector->texts] = 1;
  return is(r->value, "-") || take_text(r);
}

static int take_body_left(reader *r) {
  uint64_t *left = r->member;
  r->vector->body_left_given = 1;
  *left = UPSHAKE_BODY_UNKNOWN;
  return is(r->value, "unknown") || read_number(r->value, UINT64_MAX - 1, left);
}

static const line_kind outcome_lines[] = {
    {"switched", take_switched, MEMBER(error), NULL},
    {"refused", take_refused, MEMBER(error), NULL},
    {"plain", take_plain, MEMBER(error), NULL},
    {"incomplete", take_incomplete, MEMBER(error), NULL},
    {"decide", take_decide, MEMBER(error), NULL},
};

static const line_kind expect_lines[] = {
    {"status", take_number, MEMBER(status), NULL},
    {"call", take_error, MEMBER(call), NULL},
    {"may-keep", take_choice, MEMBER(may_keep), "no yes"},
    {"body-left", take_body_left, MEMBER(body_left), NULL},
    {"protocol", take_member, MEMBER(texts[VECTOR_PROTOCOL]), NULL},
    {"subprotocol", take_member, MEMBER(texts[VECTOR_SUBPROTOCOL]), NULL},
    {"method", take_member, MEMBER(texts[VECTOR_METHOD]), NULL},
    {"target", take_member, MEMBER(texts[VECTOR_TARGET]), NULL},
    {"authority", take_member, MEMBER(texts[VECTOR_AUTHORITY]), NULL},
    {"scheme", take_member, MEMBER(texts[VECTOR_SCHEME]), NULL},
    {"path", take_member, MEMBER(texts[VECTOR_PATH]), NULL},
    {"query", take_member, MEMBER(texts[VECTOR_QUERY]), NULL},
    {"rest", take_member, MEMBER(texts[VECTOR_REST]), NULL},
};

/* ---- Blocks ------------------------------------------------------------- */

/* The next line of the block, or NULL behind its last one. */
static char *next_block_line(reader *r) {
  char *line = next_line(r);
  if (line == NULL)
    note_problem(r, "block without end", "");
  return line == NULL || is(line, "```") ? NULL : line;
}

static void read_config(reader *r) {
  for (char *line; (line = next_block_line(r)) != NULL;)
    if (!take_config_line(r, line))
      note_problem(r, "unknown line of config", line);
}

static void read_expect(reader *r) {
  char *line = next_block_line(r);
  if (line == NULL || !TAKE_LINE(r, outcome_lines, r->vector, line))
    note_problem(r, "unknown outcome", line == NULL ? "" : line);
  while (line != NULL && (line = next_block_line(r)) != NULL)
    if (!TAKE_LINE(r, expect_lines, r->vector, line))
      note_problem(r, "unknown line of expect", line);
}

/* Lines that are octets of HTTP. */
static void read_octets(reader *r, upshake_slice *octets) {
  r->scratch.len = 0;
  for (char *line; (line = next_block_line(r)) != NULL;) {
    int how = decode(r, line, line + strlen(line), &r->scratch);
    if (how == BROKEN)
      note_problem(r, "unknown escape", line);
    if (how == ENDED) {
      put(&r->scratch, '\r');
      put(&r->scratch, '\n');
    }
  }
  *octets = keep_text(r, &r->scratch);
}

static void read_block(reader *r, const char *name) {
  static const char *const names[] = {"config", "request", "expect", "reply"};
  unsigned kind = 0;
  for (unsigned i = 0; i < 4; i++)
    if (is(name, names[i]))
      kind = 1U << i;
  if (kind <= r->seen)
    note_problem(r, "block unknown, repeated or out of order", name);
  r->seen |= kind;
  r->in_request = kind == REQUEST;
  if (kind == CONFIG)
    read_config(r);
  else if (kind == EXPECT)
    read_expect(r);
  else
    read_octets(r, kind == REPLY ? &r->vector->reply : &r->vector->octets);
}

/* ---- Cases -------------------------------------------------------------- */

static void end_case(reader *r) {
  vector *v = r->vector;
  if (v == NULL)
    return;
  if ((r->seen & (REQUEST | EXPECT)) != (REQUEST | EXPECT))
    note_problem(r, "case without request or without expect", v->title);
  v->reply_given = (r->seen & REPLY) != 0;
}

static void begin_case(reader *r, const char *title) {
  vector *v = calloc(1, sizeof *v);
  if (v == NULL)
    abort();
  v->file = r->file;
  v->line = r->line;
  v->title = keep_string(r, title);
  v->protocols[0].token = "websocket";
  v->config.protocols = v->protocols;
  v->config.protocols_len = 1;
  v->config.subprotocols = v->subprotocols;
  v->config.origins = v->origins;
  v->head_max = 8192;
  v->answer = UPSHAKE_ACCEPT;
  v->bad_at = v->consumed_at = VECTOR_NOT_GIVEN;
  v->status = -1;
  if (r->all->last == NULL)
    r->all->first = v;
  else
    r->all->last->next = v;
  r->all->last = v;
  r->all->len++;
  r->vector = v;
  r->named = 0;
  r->seen = 0;
  r->in_ids = 1;
}

int vector_is_id(const char *at) {
  return at[0] >= 'A' && at[0] <= 'Z' && at[1] == '-' && at[2] >= '0' &&
         at[2] <= '9' && at[3] >= '0' && at[3] <= '9';
}

/* `B-01` `B-02` */
static void read_ids(reader *r, const char *line) {
  vector *v = r->vector;
  for (; *line == '`' && vector_is_id(line + 1) && line[5] == '`';) {
    if (v->ids_len == VECTOR_IDS)
      note_problem(r, "too many ids", line);
    else
      memcpy(v->ids[v->ids_len++], line + 1, 4);
    line += 6;
    line += strspn(line, " ");
  }
  if (*line != 0)
    note_problem(r, "no id of a requirement, or no empty line", line);
}

static void read_line(reader *r, const char *line) {
  if (strncmp(line, "## ", 3) == 0) {
    end_case(r);
    begin_case(r, line + 3);
  } else if (strncmp(line, "```", 3) == 0) {
    if (r->vector == NULL)
      begin_case(r, "(before the first case)");
    read_block(r, line + 3);
  } else if (r->vector == NULL) {
    return;
  } else if (*line == 0) {
    r->in_ids = 0;
  } else if (r->in_ids) {
    read_ids(r, line);
  } else if (line[0] == '#' || strstr(line, "```") != NULL) {
    note_problem(r, "neither prose nor the beginning of a block", line);
  }
}

static char *read_whole(vectors *all, const char *path) {
  FILE *file = fopen(path, "rb");
  text octets = {NULL, 0, 0};
  if (file == NULL)
    return NULL;
  for (int c; (c = fgetc(file)) != EOF;)
    put(&octets, c);
  fclose(file);
  put(&octets, 0);
  char *kept = vectors_keep(all, octets.ptr, octets.len);
  free(octets.ptr);
  return kept;
}

int vectors_read(vectors *all, const char *path) {
  reader r = {0};
  r.all = all;
  r.at = read_whole(all, path);
  if (r.at == NULL)
    return 0;
  r.file = keep_string(&r, path);
  for (char *line; (line = next_line(&r)) != NULL;)
    read_line(&r, line);
  end_case(&r);
  free(r.scratch.ptr);
  return 1;
}
