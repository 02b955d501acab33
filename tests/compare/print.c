/* SPDX-License-Identifier: MIT
 *
 * A case, and what it came to, in the words of the golden vectors.
 */
#include "print.h"

#include <stdarg.h>
#include <stdio.h>

void print_text(print *p, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int len = vsnprintf(p->text + p->len, p->cap - p->len, format, arguments);
  va_end(arguments);
  p->len += len < 0 ? 0 : (size_t)len;
  if (p->len >= p->cap)
    p->len = p->cap - 1;
}

static void print_byte(print *p, unsigned char byte) {
  if (byte == '\r')
    print_text(p, "\\r");
  else if (byte == '\n')
    print_text(p, "\\n");
  else if (byte == '\t')
    print_text(p, "\\t");
  else if (byte == '\\')
    print_text(p, "\\\\");
  else if (byte < ' ' || byte > '~')
    print_text(p, "\\x%02x", byte);
  else
    print_text(p, "%c", byte);
}

/* How often the first `len` bytes stand there, one behind the other. */
static size_t times(const char *ptr, size_t left, size_t len) {
  size_t n = 1;
  while ((n + 1) * len <= left && memcmp(ptr, ptr + n * len, len) == 0)
    n++;
  return n;
}

/* The length of what is repeated there often enough to be written once. */
static size_t repeated(const char *ptr, size_t left, size_t *n) {
  enum { MOST = 64, WORTH = 48 };
  for (size_t len = 1; len <= MOST && len <= left; len++) {
    *n = times(ptr, left, len);
    if (*n > 3 && *n * len >= WORTH && memchr(ptr, '}', len) == NULL)
      return len;
  }
  *n = 1;
  return left == 0 ? 0 : 1;
}

/* All on one line, with \*N{text} for text that stands there N times. */
static void print_bytes(print *p, const char *ptr, size_t len) {
  size_t n;
  if (ptr == NULL)
    print_text(p, "-");
  for (size_t at = 0, unit; ptr != NULL && at < len; at += n * unit) {
    unit = repeated(ptr + at, len - at, &n);
    if (n > 1)
      print_text(p, "\\*%zu{", n);
    for (size_t i = 0; i < unit; i++)
      print_byte(p, (unsigned char)ptr[at + i]);
    if (n > 1)
      print_text(p, "}");
  }
}

/* ---- The config ---------------------------------------------------------- */

static void print_line(print *p, const char *word, const char *value) {
  if (value != NULL)
    print_text(p, "%s %s\n", word, value);
}

static void print_value(print *p, const char *word, compare_bytes value) {
  if (value.ptr == NULL)
    return;
  print_text(p, "%s ", word);
  print_bytes(p, value.ptr, value.len);
  print_text(p, "\n");
}

static void print_number(print *p, const char *word, uint64_t number) {
  if (number != 0)
    print_text(p, "%s %llu\n", word, (unsigned long long)number);
}

static void print_word(print *p, const char *word, const char *const *words,
                       unsigned number) {
  if (number != 0)
    print_text(p, "%s %s\n", word, words[number]);
}

static void print_flag(print *p, const char *word, int is_set) {
  if (is_set)
    print_text(p, "%s\n", word);
}

static void print_protocol(print *p, const compare_protocol *of) {
  static const char *const rules[] = {"", "none", "websocket", "h2c",
                                      "capsules"};
  static const char *const bodies[] = {"", "plain", "refuse", "consume", "ask"};
  print_text(p, "protocol %s%s%s\n", of->token, of->version ? "/" : "",
             of->version ? of->version : "");
  print_line(p, "methods", of->methods);
  print_line(p, "upgrade", of->upgrade);
  print_word(p, "rules", rules, of->rules);
  print_word(p, "body", bodies, of->body);
  print_flag(p, "failed plain", of->failed_is_plain);
}

static int is_default_table(const compare_config *c) {
  const compare_protocol *of = c->protocols;
  return c->protocols_len == 1 && strcmp(of->token, "websocket") == 0 &&
         !of->version && !of->methods && !of->upgrade && !of->rules &&
         !of->body && !of->failed_is_plain;
}

static void print_server(print *p, const compare_config *c) {
  static const char *const origins[] = {"same-host", "(list)", "callback",
                                        "any"};
  static const char *const transports[] = {"", "unsecured", "secured"};
  for (uint32_t i = 0; i < c->protocols_len && !is_default_table(c); i++)
    print_protocol(p, &c->protocols[i]);
  print_flag(p, "no-protocols", c->protocols_len == 0);
  for (uint32_t i = 0; i < c->subprotocols_len; i++)
    print_line(p, "subprotocol", c->subprotocols[i]);
  for (uint32_t i = 0; i < c->origins_len; i++)
    print_line(p, "origin", c->origins[i]);
  print_word(p, "origin", origins, c->origin);
  print_word(p, "transport", transports, c->transport);
  print_flag(p, "subprotocol-order server", c->subprotocol_server_order);
  print_flag(p, "protocol-order client", c->client_order);
  print_flag(p, "cpu", c->cpu);
  print_flag(p, "lean", c->lean);
  for (uint32_t i = 0; i < c->wanted_len; i++)
    print_line(p, "wanted", c->wanted[i]);
}

static void print_limits(print *p, const compare_config *c) {
  print_number(p, "method-max", c->method_max);
  print_number(p, "target-max", c->target_max);
  print_number(p, "fields-max", c->fields_max);
  print_number(p, "name-max", c->name_max);
  print_number(p, "body-max", c->body_max);
  print_number(p, "total-max", c->total_max);
}

static void print_fields(print *p, const compare_field *fields, uint32_t len) {
  for (uint32_t i = 0; i < len; i++) {
    print_text(p, "field ");
    print_bytes(p, fields[i].name.ptr, fields[i].name.len);
    print_text(p, ": ");
    print_bytes(p, fields[i].value.ptr, fields[i].value.len);
    print_text(p, "\n");
  }
}

static void print_host(print *p, const compare_host *h) {
  if (h->decides)
    print_text(p, "answer %d\nanswer-at-end %d\n", (int)h->answer,
               (int)h->answer_at_end);
  if (h->chooses_protocol)
    print_text(p, "choose-protocol %d\n", (int)h->place);
  if (h->chooses_subprotocol) {
    print_text(p, "choose-subprotocol ");
    print_bytes(p, h->choice.ptr, h->choice.len);
    print_text(p, "\n");
  }
  if (h->refuses)
    print_text(p, "refuse %d\n", (int)h->refusal);
  print_fields(p, h->fields, h->fields_len);
  print_value(p, "date", h->date);
  print_value(p, "body-text", h->body);
  print_value(p, "reason", h->reason);
  print_value(p, "extensions", h->extensions);
  print_flag(p, "keep", h->keep);
  if (h->agrees)
    print_text(p,
               "deflate server-bits=%d client-bits=%d server-bits-least=%d"
               "%s%s\n",
               h->server_bits, h->client_bits, h->server_bits_least,
               h->no_server_takeover ? " no-server-takeover" : "",
               h->no_client_takeover ? " no-client-takeover" : "");
}

static void print_ask(print *p, const compare_ask *a) {
  print_line(p, "scheme", a->scheme);
  print_line(p, "authority", a->authority);
  print_line(p, "target", a->target);
  print_line(p, "method", a->method);
  print_line(p, "extensions", a->extensions);
  print_line(p, "origin", a->origin);
  for (uint32_t i = 0; i < a->protocols_len; i++)
    print_line(p, "protocol", a->protocols[i]);
  for (uint32_t i = 0; i < a->subprotocols_len; i++)
    print_line(p, "subprotocol", a->subprotocols[i]);
  for (uint32_t i = 0; i < a->deflates_len; i++)
    print_text(p, "deflate server-bits=%d client-bits=%d%s%s\n",
               a->deflates[i].server_bits, a->deflates[i].client_bits,
               a->deflates[i].no_server_takeover ? " no-server-takeover" : "",
               a->deflates[i].no_client_takeover ? " no-client-takeover" : "");
  print_fields(p, a->fields, a->fields_len);
  print_value(p, "settings", a->settings);
  print_value(p, "key", a->key);
}

void print_config(print *p, const compare_case *it) {
  if (it->config.head_max != 8192)
    print_text(p, "head-max %lu\n", (unsigned long)it->config.head_max);
  print_flag(p, "subprotocol-required", it->config.subprotocol_required);
  print_limits(p, &it->config);
  if (it->kind == COMPARE_ASK)
    print_ask(p, &it->ask);
  if (it->kind != COMPARE_REQUEST)
    return;
  print_server(p, &it->config);
  print_host(p, &it->host);
}

/* ---- A difference -------------------------------------------------------- */

const char *print_layer(int layer) {
  static const char *const layers[] = {"feed",  "commit", "judge",
                                       "parse", "client", "write"};
  return layers[layer];
}

void print_value_of(print *p, const differ *d, int side, int member) {
  const compare_output *out = &d->outputs[side];
  int at = member - 1;
  if (member == 0) {
    print_text(p, "%s", differ_outcome_name(out->outcome));
  } else if (at < COMPARE_ERRORS_LEN) {
    print_text(p, "%s", differ_error_name(d, side, out->errors[at]));
  } else if ((at -= COMPARE_ERRORS_LEN) < COMPARE_NUMBERS_LEN) {
    print_text(p, "%lld", (long long)out->numbers[at]);
  } else {
    const compare_text *text = &out->texts[at - COMPARE_NUMBERS_LEN];
    print_bytes(p, text->is_there ? (text->len ? text->ptr : "") : NULL,
                text->len);
  }
}

static void print_member(print *p, const differ *d, int side, int member) {
  print_text(p, "  %s %s: ", side == OLD ? "old" : "new",
             differ_member_name(member));
  print_value_of(p, d, side, member);
  print_text(p, "\n");
}

static void print_way(print *p, const compare_way *way) {
  static const char *const splits[] = {"whole", "byte by byte", "split"};
  print_text(p, "  by %s, %s", print_layer(way->layer), splits[way->split]);
  if (way->split == COMPARE_RANDOM)
    print_text(p, " (seed %lu)", (unsigned long)way->seed);
  print_text(p, "%s%s", way->waits ? ", answered later" : "",
             way->moves ? ", moved" : "");
  if (way->parts)
    print_text(p, ", reply in parts of %lu", (unsigned long)way->parts);
  print_text(p, "\n");
}

void print_difference(print *p, const differ *d, const compare_case *it,
                      const compare_way *way, uint64_t members) {
  print_text(p, "  from the vector \"%s\"\n", it->title);
  print_way(p, way);
  print_text(p, "```config\n");
  print_config(p, it);
  print_text(p, "```\n");
  if (it->kind == COMPARE_RESPONSE) {
    print_text(p, "  request:  ");
    print_bytes(p, it->sent.ptr, it->sent.len);
    print_text(p, "\n");
  }
  if (it->kind != COMPARE_ASK) {
    print_text(p,
               "  %s: ", it->kind == COMPARE_RESPONSE ? "response" : "request");
    print_bytes(p, it->stream.ptr, it->stream.len);
    print_text(p, "\n");
  }
  for (int i = 0; i < DIFFER_MEMBERS; i++)
    for (int side = 0; side < SIDES && members >> i & 1; side++)
      print_member(p, d, side, i);
}

void print_outputs(print *p, const differ *d) {
  for (int side = 0; side < SIDES; side++)
    for (int i = 0; i < DIFFER_MEMBERS; i++)
      print_member(p, d, side, i);
}
