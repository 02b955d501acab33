/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors of the client's side: the lines of an ask block.
 */
#include "client_vectors.h"
#include "vectors_reader.h"

#define OF_ASK(name) offsetof(client_vector, ask.name)
#define OF_OFFER(name) offsetof(upshake_deflate_offer, name)

static client_vector *case_of(reader *r) { return (client_vector *)r->vector; }

/* A string with escapes; it may be empty, and has no NUL but its last. */
static int take_escaped(reader *r) {
  const char **string = r->member;
  upshake_slice octets;
  if (!decode_value(r, r->value, strlen(r->value), &octets))
    return 0;
  put_octet(&r->scratch, 0); /* which has the octets still */
  *string = keep_text(r, &r->scratch).ptr;
  return strlen(*string) == octets.len;
}

/* The names as the text of a field. */
static int join(reader *r, upshake_slice *list, const char *const *names,
                size_t len) {
  r->scratch.len = 0;
  for (size_t i = 0; i < len; i++) {
    for (const char *at = i > 0 ? ", " : ""; *at; at++)
      put_octet(&r->scratch, (unsigned char)*at);
    for (const char *at = names[i]; *at; at++)
      put_octet(&r->scratch, (unsigned char)*at);
  }
  *list = keep_text(r, &r->scratch);
  return 1;
}

static int take_port(reader *r) {
  uint64_t port;
  uint32_t *member = r->member;
  int is_good = read_number(r->value, UINT32_MAX, &port);
  *member = (uint32_t)port;
  return is_good;
}

static int take_protocol(reader *r) {
  client_vector *v = case_of(r);
  if (v->protocols_len == VECTOR_NAMES)
    return 0;
  r->member = &v->protocols[v->protocols_len++];
  return take_escaped(r) &&
         join(r, &v->ask.protocols, v->protocols, v->protocols_len);
}

static int take_subprotocol(reader *r) {
  client_vector *v = case_of(r);
  if (v->subprotocols_len == VECTOR_NAMES)
    return 0;
  r->member = &v->subprotocols[v->subprotocols_len++];
  return take_escaped(r) &&
         join(r, &v->ask.subprotocols, v->subprotocols, v->subprotocols_len);
}

static int take_bits(reader *r) {
  uint8_t *bits = r->member;
  *bits = UPSHAKE_BITS_ANY;
  return is_word(r->value, "any") || take_small(r);
}

static int take_deflate(reader *r) {
  static const line_kind words[] = {
      {"server-bits", take_small, OF_OFFER(server_bits), NULL},
      {"client-bits", take_bits, OF_OFFER(client_bits), NULL},
      {"no-server-takeover", take_flag, OF_OFFER(no_server_takeover), NULL},
      {"no-client-takeover", take_flag, OF_OFFER(no_client_takeover), NULL},
  };
  client_vector *v = case_of(r);
  if (v->ask.deflates_len == VECTOR_NAMES)
    return 0;
  return take_words(r, words, sizeof words / sizeof *words,
                    &v->deflates[v->ask.deflates_len++]);
}

/* NAME: VALUE, with one blank behind the colon that is not the value's. */
static int take_field(reader *r) {
  client_vector *v = case_of(r);
  const char *colon = strchr(r->value, ':');
  if (colon == NULL || v->ask.fields_len == VECTOR_FIELDS)
    return 0;
  upshake_field *field = &v->common.fields[v->ask.fields_len++];
  size_t name_len = (size_t)(colon - r->value);
  colon += colon[1] == ' ' ? 2 : 1;
  return decode_value(r, r->value, name_len, &field->name) &&
         decode_value(r, colon, strlen(colon), &field->value);
}

static int take_key(reader *r) {
  upshake_slice *key = r->member;
  return take_text(r) && key->len == 16;
}

static int take_no_key(reader *r) {
  memset(r->member, 0, sizeof(upshake_slice));
  return *r->value == 0;
}

static const line_kind ask_lines[] = {
    {"scheme", take_text, OF_ASK(scheme), NULL},
    {"host", take_text, OF_ASK(host), NULL},
    {"port", take_port, OF_ASK(port), NULL},
    {"authority", take_text, OF_ASK(authority), NULL},
    {"target", take_text, OF_ASK(target), NULL},
    {"query", take_text, OF_ASK(query), NULL},
    {"method", take_text, OF_ASK(method), NULL},
    {"protocol", take_protocol, OF_ASK(protocols), NULL},
    {"subprotocol", take_subprotocol, OF_ASK(subprotocols), NULL},
    {"deflate", take_deflate, OF_ASK(deflates), NULL},
    {"extensions", take_text, OF_ASK(extensions), NULL},
    {"origin", take_text, OF_ASK(origin), NULL},
    {"settings", take_text, OF_ASK(settings), NULL},
    {"field", take_field, OF_ASK(fields), NULL},
    {"key", take_key, offsetof(client_vector, key), NULL},
    {"no-key", take_no_key, offsetof(client_vector, key), NULL},
};

int take_ask_line(reader *r, const char *line) {
  return TAKE_LINE(r, ask_lines, r->vector, line);
}
