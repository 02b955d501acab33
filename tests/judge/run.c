/* SPDX-License-Identifier: MIT
 *
 * The library's side of the judge: reads cases from stdin, writes one line of
 * what the library makes of each.
 *
 * The input is items: a line "NAME LENGTH", that many bytes, and a line end.
 * `new` begins a case: every setting is the default again.  Other items set
 * one thing, under the names that tests/vectors/README.md gives to the lines of
 * a config or an ask.  Seven items run the case and leave the settings alone:
 *
 *   request   a server reads these bytes
 *   connection  a server reads these bytes, answers, and goes on
 *   response  a client that sent `asked` reads these bytes
 *   write     the request that is asked for is written
 *   found     a server judges a request that another parser has found
 *   stream    the same of HTTP/2 or HTTP/3
 *   answered  a client that sent `asked` judges a response that another parser
 *             has found, behind `interims` interim responses
 *
 * The parts of what was found are `pair-name` and `pair-value` for each field,
 * `found-version`, `found-transport`, `found-method`, `found-target`, and
 * `found-status`.
 *
 * `piece N` feeds N bytes at a time; 0, the default, all at once.  If fields
 * were found, the first N - 1 are given as an array and each further one alone.
 * The output is NAME=VALUE, separated by blanks.  Numbers are decimal, names of
 * errors are those of upshake_explain, and everything else is hexadecimal;
 * "-" is an absent value.
 */
#include "upshake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 40, PAIRS = 1024, OUT = 1 << 17 };

typedef struct bytes {
  char *ptr;
  size_t len;
} bytes;

/* ---- The settings of a case -------------------------------------------- */

static struct {
  bytes kept[4 * MANY + 2 * PAIRS]; /* what the strings below point to */
  size_t kept_len;
  upshake_protocol protocols[MANY];
  size_t protocols_len;
  int no_protocols;
  const char *subprotocols[MANY], *origins[MANY], *wanted[MANY];
  upshake_config config;
  size_t head_max, piece;
  int asked_callback, answer, answer_at_end, refuse;
  const char *choose_protocol, *choose_subprotocol;
  int choose_none;
  upshake_field fields[MANY];
  upshake_extra extra;
  int deflate;
  upshake_deflate_caps caps;
  upshake_slice asked;
  uint8_t client_required;
  upshake_ask ask;
  const char *ask_protocols[MANY];
  size_t ask_protocols_len;
  upshake_deflate_offer offers[MANY];
  uint8_t key[16];
  int no_key;
  upshake_field pairs[PAIRS];
  size_t pairs_len;
  upshake_found found;
  int status, interims;
  int reads_body, serves, commits;
} set;

static void die(const char *why, const char *what) {
  fprintf(stderr, "judge: %s: %s\n", why, what);
  exit(1);
}

static void *must(void *ptr) {
  if (!ptr)
    die("no memory", "malloc");
  return ptr;
}

static void begin(void) {
  for (size_t i = 0; i < set.kept_len; i++)
    free(set.kept[i].ptr);
  memset(&set, 0, sizeof set);
  set.protocols[0] = (upshake_protocol)UPSHAKE_WEBSOCKET;
  set.head_max = 8192;
  set.answer = set.answer_at_end = UPSHAKE_ACCEPT;
  memcpy(set.key, "the sample nonce", 16);
}

/* The next place of an array of MANY. */
static size_t place(size_t *len) {
  if (*len == MANY)
    die("too many of one setting", "an array is full");
  return (*len)++;
}

static upshake_slice slice(bytes value) {
  return (upshake_slice){value.ptr, value.len};
}

static int number(bytes value) { return atoi(value.ptr); }

static int answer(bytes value) {
  static const struct {
    const char *name;
    int answer;
  } names[] = {
      {"accept", UPSHAKE_ACCEPT},
      {"decline", UPSHAKE_DECLINE},
      {"later", UPSHAKE_LATER},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(value.ptr, names[i].name) == 0)
      return names[i].answer;
  return number(value);
}

/* The number of a word in a list that begins with 0. */
static uint8_t word(bytes value, const char *const *words) {
  for (uint8_t i = 0; words[i]; i++)
    if (strcmp(value.ptr, words[i]) == 0)
      return i;
  die("unknown word", value.ptr);
  return 0;
}

/* ---- Each setting by its name ------------------------------------------ */

#define SET(name) static void set_##name(bytes value)

static upshake_protocol *last_protocol(void) {
  size_t len = set.protocols_len ? set.protocols_len : 1;
  return &set.protocols[len - 1];
}

typedef const upshake_private_rules *get_rules(void);

/* The rules that a case means if it names none. */
static get_rules *usual_rules(const char *name) {
  upshake_slice slice = {name, strcspn(name, "/")};
  if (upshake_equal_fold(slice, "websocket"))
    return upshake_websocket_rules;
  if (upshake_equal_fold(slice, "h2c"))
    return upshake_h2c_rules;
  if (upshake_equal_fold(slice, "connect-udp") ||
      upshake_equal_fold(slice, "connect-ip"))
    return upshake_capsules_rules;
  if (upshake_equal(slice, "*"))
    return upshake_any_rules;
  return NULL;
}

SET(protocol) {
  upshake_protocol *entry = &set.protocols[place(&set.protocols_len)];
  memset(entry, 0, sizeof *entry);
  entry->name = value.ptr;
  entry->rules = usual_rules(value.ptr);
}

SET(methods) { last_protocol()->methods = value.ptr; }
SET(upgrade) { last_protocol()->upgrade = value.ptr; }

SET(rules) {
  static const char *const words[] = {"none",     "websocket", "h2c",
                                      "capsules", "any",       NULL};
  static get_rules *const rules[] = {NULL, upshake_websocket_rules,
                                     upshake_h2c_rules, upshake_capsules_rules,
                                     upshake_any_rules};
  last_protocol()->rules = rules[word(value, words)];
}

SET(body) {
  static const char *const words[] = {"default", "plain", "refuse",
                                      "consume", "ask",   NULL};
  last_protocol()->body = word(value, words);
}

SET(failed) {
  (void)value;
  last_protocol()->failed = UPSHAKE_FAILED_PLAIN;
}

SET(no_protocols) {
  (void)value;
  set.no_protocols = 1;
}

SET(protocol_order) {
  (void)value;
  set.config.protocol_client_order = 1;
}

SET(subprotocol) {
  set.subprotocols[place(&set.config.subprotocols_len)] = value.ptr;
}

SET(subprotocol_order) {
  (void)value;
  set.config.subprotocol_server_order = 1;
}

SET(subprotocol_required) {
  (void)value;
  set.config.subprotocol_required = 1;
  set.client_required = 1;
}

SET(origin) {
  if (strcmp(value.ptr, "any") == 0)
    set.config.origin = UPSHAKE_ORIGIN_ANY;
  else if (strcmp(value.ptr, "callback") == 0)
    set.config.origin = UPSHAKE_ORIGIN_CALLBACK;
  else if (strcmp(value.ptr, "same-host-any-port") == 0)
    set.config.origin = UPSHAKE_ORIGIN_SAME_HOST_ANY_PORT;
  else if (strcmp(value.ptr, "same-host") != 0) {
    set.config.origin = UPSHAKE_ORIGIN_LIST;
    set.origins[place(&set.config.origins_len)] = value.ptr;
  }
}

SET(origin_required) {
  (void)value;
  set.config.origin_required = 1;
}

SET(transport) {
  static const char *const words[] = {"unknown", "unsecured", "secured", NULL};
  set.config.transport = word(value, words);
}

SET(head_max) { set.head_max = strtoul(value.ptr, NULL, 10); }
SET(method_max) { set.config.limits.method = (uint32_t)number(value); }
SET(target_max) { set.config.limits.target = (uint32_t)number(value); }
SET(fields_max) { set.config.limits.fields = (uint32_t)number(value); }
SET(name_max) { set.config.limits.name = (uint32_t)number(value); }
SET(body_max) { set.config.limits.body = (uint64_t)number(value); }
SET(total_max) { set.config.limits.total = (uint32_t)number(value); }
SET(piece) { set.piece = (size_t)number(value); }

SET(lean) {
  (void)value;
  set.config.lean = 1;
}

SET(wanted) { set.wanted[place(&set.config.wanted_len)] = value.ptr; }

SET(answer) {
  set.asked_callback = 1;
  set.answer = answer(value);
}

SET(answer_at_end) {
  set.asked_callback = 1;
  set.answer_at_end = answer(value);
}

SET(choose_protocol) {
  set.asked_callback = 1;
  set.choose_protocol = value.ptr;
}

SET(choose_subprotocol) {
  set.asked_callback = 1;
  set.choose_none = value.len == 0;
  set.choose_subprotocol = value.ptr;
}

SET(refuse) { set.refuse = number(value); }
SET(date) { set.extra.date = slice(value); }
SET(body_text) { set.extra.body = slice(value); }
SET(reason) { set.extra.reason = slice(value); }
SET(extensions) { set.extra.extensions = slice(value); }

SET(read_body) {
  (void)value;
  set.reads_body = 1;
}

SET(serves) {
  (void)value;
  set.serves = 1;
}

SET(relayed) {
  (void)value;
  set.extra.relayed = 1;
}

SET(commits) {
  (void)value;
  set.commits = 1;
}

SET(skip_max) { set.config.limits.skip = (uint32_t)number(value); }

SET(content_length) {
  set.extra.content = UPSHAKE_CONTENT_LENGTH;
  set.extra.body_len = strtoull(value.ptr, NULL, 10);
}

SET(content_chunked) {
  (void)value;
  set.extra.content = UPSHAKE_CONTENT_CHUNKED;
  set.extra.body_len = 0;
}

SET(keep) {
  (void)value;
  set.extra.keep = 1;
}

/* Added to a reply or to a request; the value behind ": ". */
SET(field) {
  upshake_field *field = &set.fields[place(&set.extra.fields_len)];
  char *colon = memchr(value.ptr, ':', value.len);
  if (!colon)
    die("a field without a colon", value.ptr);
  field->name = (upshake_slice){value.ptr, (size_t)(colon - value.ptr)};
  size_t skip = colon[1] == ' ' ? 2 : 1;
  field->value =
      (upshake_slice){colon + skip, value.len - field->name.len - skip};
}

static unsigned bits(const char *text, const char *name) {
  const char *at = strstr(text, name);
  if (!at)
    return 0;
  at += strlen(name);
  return strncmp(at, "any", 3) == 0 ? UPSHAKE_BITS_ANY : (unsigned)atoi(at);
}

SET(deflate) {
  set.deflate = 1;
  set.caps.server_bits = (uint8_t)bits(value.ptr, "server-bits=");
  set.caps.client_bits = (uint8_t)bits(value.ptr, "client-bits=");
  set.caps.server_bits_least = (uint8_t)bits(value.ptr, "server-bits-least=");
  set.caps.no_server_takeover = strstr(value.ptr, "no-server-takeover") != NULL;
  set.caps.no_client_takeover = strstr(value.ptr, "no-client-takeover") != NULL;
}

SET(asked) { set.asked = slice(value); }
SET(ask_scheme) { set.ask.scheme = slice(value); }
SET(ask_host) { set.ask.host = slice(value); }
SET(ask_port) { set.ask.port = (uint32_t)number(value); }
SET(ask_authority) { set.ask.authority = slice(value); }
SET(ask_target) { set.ask.target = slice(value); }
SET(ask_query) { set.ask.query = slice(value); }
SET(ask_method) { set.ask.method = slice(value); }
SET(ask_extensions) { set.ask.extensions = slice(value); }
SET(ask_origin) { set.ask.origin = slice(value); }
SET(ask_settings) { set.ask.settings = slice(value); }

SET(ask_protocol) {
  set.ask_protocols[place(&set.ask_protocols_len)] = value.ptr;
}

SET(ask_deflate) {
  upshake_deflate_offer *offer = &set.offers[place(&set.ask.deflates_len)];
  offer->server_bits = (uint8_t)bits(value.ptr, "server-bits=");
  offer->client_bits = (uint8_t)bits(value.ptr, "client-bits=");
  offer->no_server_takeover = strstr(value.ptr, "no-server-takeover") != NULL;
  offer->no_client_takeover = strstr(value.ptr, "no-client-takeover") != NULL;
}

SET(ask_forward) {
  (void)value;
  set.ask.forward = 1;
}

SET(ask_plain) {
  (void)value;
  set.ask.plain = 1;
}

SET(ask_content) { set.ask.content = (uint8_t)number(value); }
SET(ask_body_len) { set.ask.body_len = strtoull(value.ptr, NULL, 10); }

SET(ask_key) { memcpy(set.key, value.ptr, value.len < 16 ? value.len : 16); }

SET(ask_no_key) {
  (void)value;
  set.no_key = 1;
}

SET(found_version) { set.found.version = number(value); }
SET(found_transport) { set.found.transport = number(value); }
SET(found_method) { set.found.method = slice(value); }
SET(found_target) { set.found.target = slice(value); }
SET(found_status) { set.status = number(value); }
SET(interims) { set.interims = number(value); }

SET(pair_name) {
  if (set.pairs_len == PAIRS)
    die("too many fields", "an array is full");
  set.pairs[set.pairs_len++].name = slice(value);
}

SET(pair_value) {
  if (set.pairs_len == 0)
    die("a value without a name", "pair-value");
  set.pairs[set.pairs_len - 1].value = slice(value);
}

/* ---- Output ------------------------------------------------------------ */

static void put_bytes(const char *name, const void *ptr, size_t len) {
  const unsigned char *at = ptr;
  printf(" %s=", name);
  if (!ptr)
    putchar('-');
  for (size_t i = 0; ptr && i < len; i++) {
    putchar("0123456789abcdef"[at[i] >> 4]);
    putchar("0123456789abcdef"[at[i] & 15]);
  }
}

static void put_slice(const char *name, upshake_slice value) {
  put_bytes(name, value.ptr, value.len);
}

static void put_error(const char *name, upshake_error error) {
  printf(" %s=%s", name, upshake_explain(error).name);
}

/* A number; else why there is none. */
static void put_length(const char *name, uint64_t len, const char *chunked) {
  if (len == UPSHAKE_BODY_CHUNKED)
    printf(" %s=%s", name, chunked);
  else if (len == UPSHAKE_BODY_TO_CLOSE)
    printf(" %s=to-close", name);
  else
    printf(" %s=%" PRIu64, name, len);
}

/* ---- A server ---------------------------------------------------------- */

typedef struct served {
  upshake *hs;
  upshake_error call; /* of the application, the first that failed */
  int decisions;
  size_t pos, begin; /* bytes of the input that were taken; before this one */
  size_t steps;
  int has_body, asked_body;
  bytes body, reply, values, content;
  upshake_error wrote, listed; /* the reply as bytes and as values */
  int listed_status, wrong_100;
  upshake_slice listed_reason;
} served;

static void note(served *s, upshake_error error) {
  if (s->call == UPSHAKE_OK)
    s->call = error;
}

static void append(bytes *to, const void *ptr, size_t len) {
  if (to->len + len > OUT)
    die("no room", "body or reply");
  memcpy(to->ptr + to->len, ptr, len);
  to->len += len;
}

static int decide(upshake *hs, void *user) {
  served *s = user;
  if (s->decisions++)
    return set.answer_at_end;
  if (set.choose_protocol) {
    upshake_slice name = {set.choose_protocol, strlen(set.choose_protocol)};
    note(s, upshake_choose_protocol(hs, name));
  }
  if (set.choose_subprotocol) {
    upshake_slice name = {set.choose_none ? NULL : set.choose_subprotocol,
                          strlen(set.choose_subprotocol)};
    note(s, upshake_choose_subprotocol(hs, name));
  }
  return set.answer;
}

/* Each line is kept until the last one was given: all are valid together. */
static void put_values(served *s, const upshake_line *lines, size_t len) {
  for (size_t i = 0; i < len; i++) {
    const upshake_field *field = &lines[i].field;
    char sizes[64];
    int n = snprintf(sizes, sizeof sizes, "%u %zu %zu ", lines[i].kind,
                     field->name.len, field->value.len);
    append(&s->values, sizes, (size_t)n);
    append(&s->values, field->name.ptr, field->name.len);
    append(&s->values, field->value.ptr, field->value.len);
  }
}

static void list(served *s, const upshake_extra *extra) {
  static upshake_line lines[UPSHAKE_REPLY_LINES + MANY];
  upshake_cursor cursor = {0};
  size_t len = 0;
  int more;
  while ((more = upshake_reply_line(s->hs, extra, &cursor, &lines[len])) > 0)
    if (++len == sizeof lines / sizeof *lines)
      die("the lines of a reply do not end", "upshake_reply_line");
  if (upshake_get_result(s->hs).status == 100) {
    s->wrong_100 |= len > 0 || (more == 0 && lines[0].status != 100);
    return;
  }
  s->values.len = 0;
  put_values(s, lines, len);
  s->listed = more < 0 ? lines[len].error : UPSHAKE_OK;
  s->listed_status = lines[len].status;
  s->listed_reason = lines[len].reason;
}

static void reply(served *s) {
  static char value[UPSHAKE_DEFLATE_CAP];
  upshake_result result = upshake_get_result(s->hs);
  upshake_extra extra = set.extra;
  upshake_deflate agreed;
  size_t len = 0;
  extra.fields = set.fields;
  if (set.deflate && result.switched) {
    size_t n = upshake_agree_deflate(upshake_get_request(s->hs).fields,
                                     &set.caps, &agreed, value);
    if (n)
      extra.extensions = (upshake_slice){value, n};
  }
  list(s, &extra);
  s->wrote = upshake_reply_with(s->hs, &extra, s->reply.ptr + s->reply.len,
                                OUT - s->reply.len, &len);
  if (s->wrote == UPSHAKE_OK)
    s->reply.len += len;
}

/* A library that goes round in a circle is as wrong as any. */
static void count_step(size_t *steps, bytes input) {
  if (++*steps > 4 * input.len + 64)
    die("feed does not come to an end", "request or response");
}

/* The host wants the body of an ordinary request, once. */
static int wants_body(served *s, upshake_next next) {
  if (next != UPSHAKE_PLAIN || !set.reads_body || s->asked_body)
    return 0;
  s->asked_body = 1;
  return upshake_read_body(s->hs) == UPSHAKE_OK;
}

/* Gives n bytes, or as many as there is room for. */
static upshake_next give(served *s, const char *ptr, size_t n) {
  upshake_next next = upshake_get_result(s->hs).next;
  size_t cap = 0, used;
  char *room = set.commits ? upshake_room(s->hs, &cap) : NULL;
  if (cap == 0 || next == UPSHAKE_BODY) {
    n = set.commits && next == UPSHAKE_BODY ? 0 : n; /* what is held first */
    next = upshake_feed(s->hs, ptr, n, &used);
  } else {
    used = n < cap ? n : cap;
    memcpy(room, ptr, used);
    next = upshake_commit(s->hs, used);
  }
  s->pos += used;
  return next;
}

/* Feeds on until there is nothing more to feed, or nothing more to do. */
static void feed(served *s, bytes input) {
  for (;;) {
    size_t n = input.len - s->pos;
    if (set.piece && n > set.piece)
      n = set.piece;
    upshake_next next = give(s, input.ptr + s->pos, n);
    upshake_result result = upshake_get_result(s->hs);
    if (next == UPSHAKE_BODY) {
      s->has_body = 1;
      append(&s->body, result.content.ptr, result.content.len);
    } else if (next == UPSHAKE_SEND && result.status == 100) {
      reply(s);
      note(s, s->wrote);
    } else if (wants_body(s, next)) {
      continue;
    } else if (next != UPSHAKE_READ || s->pos == input.len) {
      return;
    }
    count_step(&s->steps, input);
  }
}

static const char *outcome(upshake_result result) {
  switch (result.next) {
  case UPSHAKE_DECIDE:
    return "decide";
  case UPSHAKE_SEND:
    return result.switched ? "switched" : "refused";
  case UPSHAKE_PLAIN:
    return "plain";
  default:
    return "incomplete";
  }
}

static void put_served(const served *s) {
  upshake_result result = upshake_get_result(s->hs);
  upshake_request request = upshake_get_request(s->hs);
  printf("outcome=%s status=%d offset=%zu consumed=%zu keep=%d dropped=%zu",
         outcome(result), result.status, result.offset, s->pos, result.may_keep,
         result.dropped);
  put_error("error", result.error);
  put_error("call", s->call);
  put_length("left", result.body_left, "unknown");
  put_slice("protocol", upshake_protocol_name(s->hs));
  put_slice("subprotocol", result.subprotocol);
  put_slice("method", request.method);
  put_slice("target", request.target);
  put_slice("scheme", request.scheme);
  put_slice("authority", request.authority);
  put_slice("path", request.path);
  put_slice("query", request.query);
  put_bytes("body", s->body.ptr, s->body.len);
  put_bytes("reply", s->reply.ptr, s->reply.len);
  put_error("wrote", s->wrote);
  put_error("listed", s->listed);
  printf(" listed-status=%d wrong-100=%d version=%d", s->listed_status,
         s->wrong_100, request.version);
  printf(" upgrade=%d expect=%d coding=%d empty-host=%d", request.has_upgrade,
         request.has_expect, request.unknown_coding, request.empty_host);
  put_slice("listed-reason", s->listed_reason);
  put_bytes("values", s->values.ptr, s->values.len);
}

static void set_config(void) {
  set.config.protocols = set.protocols;
  set.config.protocols_len = set.protocols_len ? set.protocols_len : 1;
  if (set.no_protocols)
    set.config.protocols_len = 0;
  set.config.decide = set.asked_callback ? decide : NULL;
  set.config.subprotocols = set.subprotocols;
  set.config.origins = set.origins;
  set.config.wanted = set.wanted;
}

static void put_call(upshake_error error) {
  printf("outcome=call");
  put_error("call", error);
  putchar('\n');
}

static served serve(upshake *hs) {
  static char body[OUT], out[OUT], values[OUT];
  return (served){
      .hs = hs, .body = {body, 0}, .reply = {out, 0}, .values = {values, 0}};
}

/* The reply, or what the calls return if there is none. */
static void end_served(served *s, int is_stream) {
  reply(s);
  if (upshake_get_result(s->hs).next == UPSHAKE_SEND)
    note(s, is_stream ? s->listed : s->wrote);
  put_served(s);
}

static void run_request(bytes input) {
  upshake hs;
  served s = serve(&hs);
  char *memory = must(malloc(set.head_max + 1));
  set_config();
  upshake_error error =
      upshake_init(&hs, &set.config, memory, set.head_max, &s);
  if (error != UPSHAKE_OK) {
    put_call(error);
  } else {
    feed(&s, input);
    if (set.refuse) {
      note(&s, upshake_answer(&hs, set.refuse));
      if (upshake_get_result(&hs).next == UPSHAKE_READ)
        feed(&s, input);
    }
    end_served(&s, 0);
    putchar('\n');
  }
  free(memory);
}

/* ---- Requests that follow each other ------------------------------------ */

/* What the host sends as content, in two pieces.  Returns 0 if it is not what
 * was announced. */
static int send_content(served *s) {
  static const char content[] = "hello";
  char frame[UPSHAKE_FRAME_CAP];
  size_t len, sent = 0;
  uint64_t most = set.extra.content == UPSHAKE_CONTENT_LENGTH
                      ? set.extra.body_len
                      : sizeof content - 1;
  for (size_t n = 2; sent < sizeof content - 1 && sent < most; sent += n) {
    n = most - sent < n ? (size_t)(most - sent) : n;
    n = sizeof content - 1 - sent < n ? sizeof content - 1 - sent : n;
    if (upshake_send_content(s->hs, n, frame, &len) != UPSHAKE_OK)
      break; /* to HEAD there is none */
    append(&s->content, frame, len);
    append(&s->content, content + sent, n);
  }
  if (upshake_send_content(s->hs, 0, frame, &len) != UPSHAKE_OK)
    return 0;
  append(&s->content, frame, len);
  return 1;
}

/* Returns whether another request may follow. */
static int end_message(served *s, int n) {
  upshake_next next = upshake_get_result(s->hs).next;
  upshake_error error = UPSHAKE_ERR_STATE;
  int is_over = next == UPSHAKE_PLAIN && set.serves;
  if (next == UPSHAKE_PLAIN && !set.serves)
    note(s, upshake_answer(s->hs, set.refuse ? set.refuse : 200));
  if (upshake_get_result(s->hs).next == UPSHAKE_SEND) {
    reply(s);
    note(s, s->wrote);
    is_over = s->wrote == UPSHAKE_OK;
    if (is_over && set.extra.content != UPSHAKE_CONTENT_MEMORY)
      send_content(s);
  }
  upshake_result result = upshake_get_result(s->hs);
  printf("%soutcome%d=%s status%d=%d offset%d=%zu keep%d=%d consumed%d=%zu",
         n ? " " : "", n, outcome(result), n, result.status, n, result.offset,
         n, result.may_keep, n, s->pos - s->begin);
  printf(" error%d=%s call%d=%s", n, upshake_explain(result.error).name, n,
         upshake_explain(s->call).name);
  if (is_over)
    error = upshake_reset(s->hs);
  printf(" reset%d=%s", n, is_over ? upshake_explain(error).name : "-");
  return error == UPSHAKE_OK;
}

static void put_numbered(const char *name, int n, bytes value) {
  char numbered[32];
  snprintf(numbered, sizeof numbered, "%s%d", name, n);
  put_bytes(numbered, value.ptr, value.len);
}

static void run_connection(bytes input) {
  static char content[OUT];
  upshake hs;
  served s = serve(&hs);
  char *memory = must(malloc(set.head_max + 1));
  int n = 0, goes_on = 1;
  set_config();
  s.content.ptr = content;
  upshake_error error =
      upshake_init(&hs, &set.config, memory, set.head_max, &s);
  if (error != UPSHAKE_OK)
    put_call(error);
  for (; error == UPSHAKE_OK && goes_on && n < 4; n++) {
    s.body.len = s.reply.len = s.content.len = s.steps = 0;
    s.asked_body = s.decisions = 0;
    s.call = UPSHAKE_OK;
    s.begin = s.pos;
    feed(&s, input);
    goes_on = end_message(&s, n);
    put_numbered("body", n, s.body);
    put_numbered("reply", n, s.reply);
    put_numbered("content", n, s.content);
  }
  if (error == UPSHAKE_OK)
    printf(" outcome=connection count=%d\n", n);
  free(memory);
}

/* ---- A server with another parser --------------------------------------- */

static void judge_pairs(int is_stream) {
  static upshake_judge judge;
  served s = serve(&judge.hs);
  size_t at_once =
      set.piece && set.piece <= set.pairs_len ? set.piece - 1 : set.pairs_len;
  set_config();
  set.found.fields = upshake_array(set.pairs, at_once);
  upshake_error error =
      (is_stream ? upshake_judge_begin_stream
                 : upshake_judge_begin)(&judge, &set.config, &s, &set.found);
  if (error != UPSHAKE_OK) {
    put_call(error);
    return;
  }
  for (size_t i = at_once; i < set.pairs_len; i++)
    upshake_judge_field(&judge, set.pairs[i].name, set.pairs[i].value);
  upshake_judge_end(&judge);
  if (set.refuse)
    note(&s, upshake_answer(&judge.hs, set.refuse));
  s.pos = upshake_get_result(&judge.hs).consumed;
  end_served(&s, is_stream);
  printf(" malformed=%d\n", upshake_judge_is_malformed(&judge));
}

static void run_found(bytes unused) {
  (void)unused;
  judge_pairs(0);
}

static void run_stream(bytes unused) {
  (void)unused;
  judge_pairs(1);
}

/* ---- A client ---------------------------------------------------------- */

static const char *client_outcome(upshake_client_next next) {
  static const char *const names[] = {"incomplete", "switched", "other",
                                      "refused"};
  return names[next];
}

static void put_answered(const upshake_client *client) {
  upshake_client_result result = upshake_client_get_result(client);
  upshake_fields fields = result.fields;
  upshake_field field;
  size_t lines = 0;
  while (upshake_next_field(&fields, &field))
    lines++;
  printf("outcome=%s status=%d offset=%zu consumed=%zu keep=%d fields=%zu",
         client_outcome(result.next), result.status, result.offset,
         result.consumed, result.may_keep, lines);
  put_error("error", result.error);
  put_length("length", result.body_len, "chunked");
  put_length("announced", result.length, "none");
  printf(" version=%d", result.version);
  put_slice("reason", result.reason);
  put_slice("protocol", result.protocol);
  put_slice("subprotocol", result.subprotocol);
  put_slice("extensions", result.extensions);
  printf(" agreed=%u,%u,%u,%u\n", result.deflate.server_bits,
         result.deflate.client_bits, result.deflate.no_server_takeover,
         result.deflate.no_client_takeover);
}

/* The head of the response has head_max bytes of the memory, behind what is
 * kept of the request.  Free the memory. */
static upshake_error begin_client(upshake_client *client, char **memory) {
  static upshake_client_policy policy;
  size_t kept = 0;
  policy.limits = set.config.limits;
  policy.subprotocol_required = set.client_required;
  *memory = must(malloc(set.head_max + set.asked.len + 1));
  while (upshake_client_init(client, NULL, set.asked, *memory, kept) ==
         UPSHAKE_ERR_ROOM)
    kept++;
  return upshake_client_init(client, &policy, set.asked, *memory,
                             kept + set.head_max);
}

static void run_response(bytes input) {
  upshake_client client;
  char *memory;
  upshake_error error = begin_client(&client, &memory);
  if (error != UPSHAKE_OK) {
    put_call(error);
  } else {
    size_t pos = 0, steps = 0, used;
    upshake_client_next next;
    do {
      size_t n = input.len - pos;
      if (set.piece && n > set.piece)
        n = set.piece;
      next = upshake_client_feed(&client, input.ptr + pos, n, &used);
      pos += used;
      count_step(&steps, input);
    } while (next == UPSHAKE_CLIENT_READ && pos < input.len);
    put_answered(&client);
  }
  free(memory);
}

static void run_answered(bytes unused) {
  upshake_client client;
  char *memory;
  upshake_fields fields = upshake_array(set.pairs, set.pairs_len);
  upshake_error error = begin_client(&client, &memory);
  (void)unused;
  if (error != UPSHAKE_OK) {
    put_call(error);
  } else {
    for (int i = 0; i < set.interims; i++)
      upshake_client_response(&client, set.found.version, 103,
                              upshake_array(NULL, 0));
    upshake_client_response(&client, set.found.version, set.status, fields);
    put_answered(&client);
  }
  free(memory);
}

/* The names as the text of a field; absent without names. */
static upshake_slice joined(char *out, const char *const *names, size_t len) {
  size_t at = 0;
  for (size_t i = 0; i < len; i++)
    at += (size_t)snprintf(out + at, OUT - at, "%s%s", i > 0 ? ", " : "",
                           names[i]);
  return (upshake_slice){len > 0 ? out : NULL, at};
}

static void run_write(bytes unused) {
  static char out[OUT];
  size_t len = 0;
  (void)unused;
  static char lists[2][OUT];
  set.ask.protocols =
      joined(lists[0], set.ask_protocols, set.ask_protocols_len);
  set.ask.subprotocols =
      joined(lists[1], set.subprotocols, set.config.subprotocols_len);
  set.ask.deflates = set.offers;
  set.ask.fields = set.fields;
  set.ask.fields_len = set.extra.fields_len;
  upshake_error error = upshake_write_request(
      &set.ask, set.no_key ? NULL : set.key, out, sizeof out, &len);
  printf("outcome=%s", error == UPSHAKE_OK ? "written" : "call");
  put_error("call", error);
  put_bytes("reply", out, error == UPSHAKE_OK ? len : 0);
  putchar('\n');
}

/* ---- Reading the cases ------------------------------------------------- */

static const struct {
  const char *name;
  void (*run)(bytes value);
} items[] = {
    {"protocol", set_protocol},
    {"methods", set_methods},
    {"upgrade", set_upgrade},
    {"rules", set_rules},
    {"body", set_body},
    {"failed", set_failed},
    {"no-protocols", set_no_protocols},
    {"protocol-order", set_protocol_order},
    {"subprotocol", set_subprotocol},
    {"subprotocol-order", set_subprotocol_order},
    {"subprotocol-required", set_subprotocol_required},
    {"origin", set_origin},
    {"origin-required", set_origin_required},
    {"transport", set_transport},
    {"head-max", set_head_max},
    {"method-max", set_method_max},
    {"target-max", set_target_max},
    {"fields-max", set_fields_max},
    {"name-max", set_name_max},
    {"body-max", set_body_max},
    {"total-max", set_total_max},
    {"piece", set_piece},
    {"lean", set_lean},
    {"wanted", set_wanted},
    {"answer", set_answer},
    {"answer-at-end", set_answer_at_end},
    {"choose-protocol", set_choose_protocol},
    {"choose-subprotocol", set_choose_subprotocol},
    {"refuse", set_refuse},
    {"field", set_field},
    {"date", set_date},
    {"body-text", set_body_text},
    {"reason", set_reason},
    {"extensions", set_extensions},
    {"deflate", set_deflate},
    {"keep", set_keep},
    {"read-body", set_read_body},
    {"serves", set_serves},
    {"commits", set_commits},
    {"relayed", set_relayed},
    {"skip-max", set_skip_max},
    {"content-length", set_content_length},
    {"content-chunked", set_content_chunked},
    {"asked", set_asked},
    {"ask-scheme", set_ask_scheme},
    {"ask-host", set_ask_host},
    {"ask-port", set_ask_port},
    {"ask-authority", set_ask_authority},
    {"ask-query", set_ask_query},
    {"ask-target", set_ask_target},
    {"ask-method", set_ask_method},
    {"ask-extensions", set_ask_extensions},
    {"ask-origin", set_ask_origin},
    {"ask-settings", set_ask_settings},
    {"ask-protocol", set_ask_protocol},
    {"ask-deflate", set_ask_deflate},
    {"ask-key", set_ask_key},
    {"ask-forward", set_ask_forward},
    {"ask-plain", set_ask_plain},
    {"ask-content", set_ask_content},
    {"ask-body-len", set_ask_body_len},
    {"ask-no-key", set_ask_no_key},
    {"pair-name", set_pair_name},
    {"pair-value", set_pair_value},
    {"found-version", set_found_version},
    {"found-transport", set_found_transport},
    {"found-method", set_found_method},
    {"found-target", set_found_target},
    {"found-status", set_found_status},
    {"interims", set_interims},
};

static const struct {
  const char *name;
  void (*run)(bytes value);
} runs[] = {
    {"request", run_request},       {"response", run_response},
    {"write", run_write},           {"found", run_found},
    {"stream", run_stream},         {"answered", run_answered},
    {"connection", run_connection},
};

static void keep(bytes value) {
  if (set.kept_len == sizeof set.kept / sizeof *set.kept)
    die("too many settings", "in one case");
  set.kept[set.kept_len++] = value;
}

static void item(const char *name, bytes value) {
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
    if (strcmp(name, runs[i].name) == 0) {
      runs[i].run(value);
      free(value.ptr);
      return;
    }
  keep(value);
  for (size_t i = 0; i < sizeof items / sizeof *items; i++)
    if (strcmp(name, items[i].name) == 0) {
      items[i].run(value);
      return;
    }
  die("unknown item", name);
}

/* Input of the library, in contrast to a setting. */
static int is_input(const char *name) {
  static const char *const names[] = {
      "request",    "response",     "connection",  "pair-name",
      "pair-value", "found-method", "found-target"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0)
      return 1;
  return 0;
}

/* A value in memory of its own, with a NUL behind it that settings need; input
 * has none, so that a sanitizer sees a read too far. */
static bytes read_value(const char *name, size_t len) {
  int settings = !is_input(name);
  bytes value = {must(malloc(len + (settings || len == 0))), len};
  if (settings)
    value.ptr[len] = 0;
  if (fread(value.ptr, 1, len, stdin) != len || getchar() != '\n')
    die("the input ends too early", name);
  return value;
}

int main(void) {
  char name[32];
  size_t len;
  begin();
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* what was judged before a crash */
  while (scanf("%31s %zu", name, &len) == 2) {
    if (getchar() != '\n')
      die("no line end behind", name);
    bytes value = read_value(name, len);
    if (strcmp(name, "new") == 0) {
      free(value.ptr);
      begin();
    } else {
      item(name, value);
    }
  }
  return 0;
}
