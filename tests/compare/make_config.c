/* SPDX-License-Identifier: MIT
 *
 * Making cases: edits of a config, of what the application decides and adds,
 * and of what a client asks for.
 */
#include "make.h"

#define CONFIG(m) (&(m)->it->config)
#define HOST(m) (&(m)->it->host)
#define ASK(m) (&(m)->it->ask)

/* ---- The config ---------------------------------------------------------- */

static void other_config(maker *m) { *CONFIG(m) = make_other(m)->config; }

static void other_names(maker *m) {
  const compare_config *other = &make_other(m)->config;
  compare_config *c = CONFIG(m);
  memcpy(c->subprotocols, other->subprotocols, sizeof c->subprotocols);
  c->subprotocols_len = other->subprotocols_len;
}

static void other_origins(maker *m) {
  const compare_config *other = &make_other(m)->config;
  compare_config *c = CONFIG(m);
  memcpy(c->origins, other->origins, sizeof c->origins);
  c->origins_len = other->origins_len;
  c->origin = other->origin;
}

static void other_origin(maker *m) {
  CONFIG(m)->origin = (uint8_t)make_below(m, COMPARE_ORIGIN_LEN);
}

static void other_transport(maker *m) {
  CONFIG(m)->transport = (uint8_t)make_below(m, COMPARE_TRANSPORT_LEN);
}

static void flip_flag(maker *m) {
  compare_config *c = CONFIG(m);
  uint8_t *const flags[] = {&c->lean, &c->cpu, &c->subprotocol_server_order,
                            &c->subprotocol_required, &c->client_order};
  *flags[make_below(m, sizeof flags / sizeof *flags)] ^= 1;
}

static void other_wanted(maker *m) {
  const compare_config *other = &make_other(m)->config;
  compare_config *c = CONFIG(m);
  memcpy(c->wanted, other->wanted, sizeof c->wanted);
  c->wanted_len = other->wanted_len;
  c->lean = 1;
}

/* Around what the request needs. */
static void other_room(maker *m) {
  size_t len = m->stream_len + 4;
  CONFIG(m)->head_max = (uint32_t)(len - make_below(m, len < 9 ? len : 9));
}

static void any_room(maker *m) {
  CONFIG(m)->head_max = (uint32_t)make_below(m, 700);
}

void make_edit_limits(maker *m) {
  compare_config *c = CONFIG(m);
  uint32_t *const limits[] = {&c->method_max, &c->target_max, &c->fields_max,
                              &c->name_max, &c->total_max};
  static const uint16_t most[] = {8, 40, 12, 30, 600};
  size_t i = make_below(m, sizeof limits / sizeof *limits);
  *limits[i] = (uint32_t)make_below(m, most[i]);
}

static void other_body_limit(maker *m) {
  CONFIG(m)->body_max = make_below(m, 40);
}

static compare_protocol *any_protocol(maker *m) {
  compare_config *c = CONFIG(m);
  return c->protocols_len == 0 ? NULL
                               : &c->protocols[make_below(m, c->protocols_len)];
}

static void other_rules(maker *m) {
  compare_protocol *p = any_protocol(m);
  if (p != NULL)
    p->rules = (uint8_t)make_below(m, COMPARE_RULES_LEN);
}

static void other_body(maker *m) {
  compare_protocol *p = any_protocol(m);
  if (p != NULL)
    p->body = (uint8_t)make_below(m, COMPARE_BODY_LEN);
}

static void flip_failed(maker *m) {
  compare_protocol *p = any_protocol(m);
  if (p != NULL)
    p->failed_is_plain ^= 1;
}

static void change_protocol(maker *m) {
  compare_protocol *p = any_protocol(m);
  if (p == NULL)
    return;
  const char **const texts[] = {&p->token, &p->version, &p->methods,
                                &p->upgrade};
  const char **text = texts[make_below(m, 4)];
  *text =
      text != &p->token && make_once_in(m, 4) ? NULL : make_changed(m, *text);
  if (p->token == NULL)
    p->token = "websocket";
}

static void add_protocol(maker *m) {
  const compare_config *other = &make_other(m)->config;
  compare_config *c = CONFIG(m);
  if (other->protocols_len == 0 || c->protocols_len == COMPARE_PROTOCOLS)
    return;
  size_t at = make_below(m, c->protocols_len + 1);
  memmove(&c->protocols[at + 1], &c->protocols[at],
          (c->protocols_len - at) * sizeof *c->protocols);
  c->protocols[at] = other->protocols[make_below(m, other->protocols_len)];
  c->protocols_len++;
}

static void drop_protocol(maker *m) {
  if (CONFIG(m)->protocols_len > 0)
    CONFIG(m)->protocols_len--;
}

void make_edit_config(maker *m) {
  static const make_edit edits[] = {
      {6, other_config},     {3, other_names},      {3, other_origins},
      {3, other_origin},     {3, other_transport},  {6, flip_flag},
      {3, other_wanted},     {2, other_room},       {1, any_room},
      {2, make_edit_limits}, {2, other_body_limit}, {3, other_rules},
      {3, other_body},       {2, flip_failed},      {2, change_protocol},
      {3, add_protocol},     {1, drop_protocol}};
  MAKE_ANY(m, edits);
}

/* ---- The application ----------------------------------------------------- */

static void other_host(maker *m) { *HOST(m) = make_other(m)->host; }

static int32_t any_answer(maker *m) {
  static const int32_t answers[] = {COMPARE_LATER,
                                    COMPARE_DECLINE,
                                    COMPARE_ACCEPT,
                                    COMPARE_ACCEPT,
                                    300,
                                    301,
                                    304,
                                    400,
                                    401,
                                    403,
                                    404,
                                    405,
                                    407,
                                    408,
                                    421,
                                    426,
                                    500,
                                    503,
                                    599,
                                    600,
                                    299,
                                    200,
                                    100,
                                    102,
                                    2,
                                    7,
                                    -1};
  return answers[make_below(m, sizeof answers / sizeof *answers)];
}

static void other_answer(maker *m) {
  HOST(m)->decides = 1;
  HOST(m)->answer = any_answer(m);
  HOST(m)->answer_at_end = any_answer(m);
}

static void refuse(maker *m) {
  HOST(m)->refuses = 1;
  HOST(m)->refusal = any_answer(m);
}

static void choose_protocol(maker *m) {
  HOST(m)->decides = HOST(m)->chooses_protocol = 1;
  if (HOST(m)->answer == COMPARE_LATER)
    HOST(m)->answer = COMPARE_ACCEPT;
  HOST(m)->place = (int32_t)make_below(m, 4);
}

static void choose_subprotocol(maker *m) {
  static const char *const names[] = {"chat", "superchat", "Chat", "", "a,b"};
  const char *name = names[make_below(m, 5)];
  HOST(m)->decides = HOST(m)->chooses_subprotocol = 1;
  if (HOST(m)->answer == COMPARE_LATER)
    HOST(m)->answer = COMPARE_ACCEPT;
  HOST(m)->choice.ptr = make_once_in(m, 6) ? NULL : name;
  HOST(m)->choice.len = HOST(m)->choice.ptr == NULL ? 0 : strlen(name);
}

static void set_text(compare_bytes *to, const char *text) {
  to->ptr = text;
  to->len = text == NULL ? 0 : strlen(text);
}

/* A field for an answer, sound or not. */
static void add_field(maker *m) {
  static const char *const names[] = {"Set-Cookie",
                                      "Location",
                                      "WWW-Authenticate",
                                      "Proxy-Authenticate",
                                      "Allow",
                                      "Retry-After",
                                      "Date",
                                      "Connection",
                                      "Upgrade",
                                      "Content-Length",
                                      "Sec-WebSocket-Accept",
                                      "Sec-WebSocket-Protocol",
                                      "Content-Type",
                                      "Transfer-Encoding",
                                      "Keep-Alive",
                                      "Trailer",
                                      "TE",
                                      "X Y",
                                      "",
                                      "X:"};
  static const char *const values[] = {"a=b",   "/",    "Basic", "GET",
                                       "",      "a\tb", " a",    "a\r\nb",
                                       "\"x\"", "chat", "9"};
  compare_host *h = HOST(m);
  if (h->fields_len == COMPARE_FIELDS)
    return;
  compare_field *field = &h->fields[h->fields_len++];
  set_text(&field->name, names[make_below(m, sizeof names / sizeof *names)]);
  set_text(&field->value,
           values[make_below(m, sizeof values / sizeof *values)]);
}

static void change_texts(maker *m) {
  static const char *const texts[] = {
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "text",
      "permessage-deflate",
      "x-shout",
      "permessage-deflate; server_max_window_bits=10",
      "a,b",
      "",
      "a\nb"};
  compare_host *h = HOST(m);
  compare_bytes *const all[] = {&h->date, &h->body, &h->reason, &h->extensions};
  set_text(all[make_below(m, 4)],
           make_once_in(m, 4)
               ? NULL
               : texts[make_below(m, sizeof texts / sizeof *texts)]);
}

static void flip_keep(maker *m) { HOST(m)->keep ^= 1; }

static void agree(maker *m) {
  static const uint8_t bits[] = {0, 0, 8, 9, 10, 12, 14, 15, 16};
  compare_host *h = HOST(m);
  h->agrees = 1;
  h->server_bits = bits[make_below(m, sizeof bits)];
  h->client_bits = bits[make_below(m, sizeof bits)];
  h->server_bits_least = bits[make_below(m, sizeof bits)];
  h->no_server_takeover = (uint8_t)make_below(m, 2);
  h->no_client_takeover = (uint8_t)make_below(m, 2);
}

void make_edit_host(maker *m) {
  static const make_edit edits[] = {
      {6, other_host},      {4, other_answer},       {3, refuse},
      {3, choose_protocol}, {3, choose_subprotocol}, {6, add_field},
      {3, change_texts},    {3, flip_keep},          {4, agree}};
  MAKE_ANY(m, edits);
}

/* ---- What a client asks for ---------------------------------------------- */

static void other_ask(maker *m) {
  const compare_ask *other = &make_other(m)->ask;
  compare_ask *a = ASK(m);
  const char *const from[] = {other->scheme, other->authority,  other->target,
                              other->method, other->extensions, other->origin};
  const char **const to[] = {&a->scheme, &a->authority,  &a->target,
                             &a->method, &a->extensions, &a->origin};
  size_t i = make_below(m, 6);
  *to[i] = from[i];
}

static void change_ask(maker *m) {
  compare_ask *a = ASK(m);
  const char **const texts[] = {&a->scheme, &a->authority,  &a->target,
                                &a->method, &a->extensions, &a->origin};
  const char **text = texts[make_below(m, 6)];
  *text = make_once_in(m, 6) ? NULL : make_changed(m, *text);
}

static void change_list(maker *m, const char **names, uint32_t *len,
                        const char *const *others, uint32_t others_len) {
  size_t at = make_below(m, *len + 1);
  const char *other =
      others_len == 0 ? "chat" : others[make_below(m, others_len)];
  const char *name = make_once_in(m, 2) ? other : make_changed(m, other);
  if (name == NULL || at == COMPARE_NAMES)
    return;
  if (make_once_in(m, 4) && *len > 0)
    --*len;
  else
    names[at] = name, *len += at == *len;
}

static void change_protocols(maker *m) {
  const compare_ask *other = &make_other(m)->ask;
  change_list(m, ASK(m)->protocols, &ASK(m)->protocols_len, other->protocols,
              other->protocols_len);
}

static void change_subprotocols(maker *m) {
  const compare_ask *other = &make_other(m)->ask;
  change_list(m, ASK(m)->subprotocols, &ASK(m)->subprotocols_len,
              other->subprotocols, other->subprotocols_len);
}

static void change_deflates(maker *m) {
  static const uint8_t bits[] = {0, 1, 7, 8, 9, 10, 15, 16};
  compare_ask *a = ASK(m);
  if (a->deflates_len == COMPARE_NAMES)
    return;
  compare_offer *offer = &a->deflates[a->deflates_len++];
  offer->server_bits = bits[make_below(m, sizeof bits)];
  offer->client_bits = bits[make_below(m, sizeof bits)];
  offer->no_server_takeover = (uint8_t)make_below(m, 3);
  offer->no_client_takeover = (uint8_t)make_below(m, 2);
}

static void change_fields(maker *m) {
  const compare_ask *other = &make_other(m)->ask;
  compare_ask *a = ASK(m);
  if (a->fields_len == COMPARE_FIELDS)
    return;
  compare_field *field = &a->fields[a->fields_len++];
  set_text(&field->name, "X-A");
  set_text(&field->value, "b");
  if (other->fields_len > 0 && make_once_in(m, 2))
    *field = other->fields[make_below(m, other->fields_len)];
  else
    set_text(make_once_in(m, 2) ? &field->name : &field->value,
             make_changed(m, "Cookie"));
  if (field->name.ptr == NULL || field->value.ptr == NULL)
    a->fields_len--;
}

static void change_key(maker *m) {
  const compare_ask *other = &make_other(m)->ask;
  ASK(m)->key = other->key;
  ASK(m)->settings = other->settings;
}

void make_edit_ask(maker *m) {
  static const make_edit edits[] = {
      {4, other_ask},           {8, change_ask},      {4, change_protocols},
      {4, change_subprotocols}, {3, change_deflates}, {4, change_fields},
      {2, change_key}};
  MAKE_ANY(m, edits);
}
