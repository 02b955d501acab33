/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors: the lines of a config block.
 */
#include "vectors_reader.h"

#define OF_CAPS(name) offsetof(upshake_deflate_caps, name)

static upshake_protocol *named_last(reader *r) {
  size_t len = r->vector->config.protocols_len;
  return &r->vector->protocols[len == 0 ? 0 : len - 1];
}

static const upshake_private_rules *(*const rules_of[])(void) = {
    NULL, upshake_websocket_rules, upshake_h2c_rules, upshake_capsules_rules,
    upshake_any_rules};
enum { NONE, WEBSOCKET, H2C, CAPSULES, ANY };

/* The rules that a name stands for, if the case does not give others. */
static void set_usual_rules(upshake_protocol *protocol) {
  upshake_slice token = {protocol->name, strcspn(protocol->name, "/")};
  unsigned rules = NONE;
  if (upshake_equal_fold(token, "websocket"))
    rules = WEBSOCKET;
  else if (upshake_equal_fold(token, "h2c"))
    rules = H2C;
  else if (upshake_equal_fold(token, "connect-udp") ||
           upshake_equal_fold(token, "connect-ip"))
    rules = CAPSULES;
  else if (upshake_equal(token, "*"))
    rules = ANY;
  protocol->rules = rules_of[rules];
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
  upshake_protocol *protocol = named_last(r);
  memset(protocol, 0, sizeof *protocol);
  protocol->name = keep_string(r, r->value);
  set_usual_rules(protocol);
  return 1;
}

static int take_rules(reader *r) {
  static const char *const words[] = {"none", "websocket", "h2c", "capsules",
                                      "any"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (is_word(r->value, words[i])) {
      named_last(r)->rules = rules_of[i];
      return 1;
    }
  return 0;
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
  static const char *const words[] = {"same-host", "", "callback", "any",
                                      "same-host-any-port"};
  for (uint8_t i = 0; i < sizeof words / sizeof *words; i++)
    if (is_word(r->value, words[i])) {
      config->origin = i;
      return i != UPSHAKE_ORIGIN_LIST;
    }
  if (config->origins_len == VECTOR_NAMES)
    return 0;
  config->origin = UPSHAKE_ORIGIN_LIST;
  r->member = &r->vector->origins[config->origins_len++];
  return take_string(r);
}

static int take_wanted(reader *r) {
  upshake_config *config = r->member;
  if (config->wanted_len == VECTOR_NAMES)
    return 0;
  r->member = &r->vector->wanted[config->wanted_len++];
  return take_string(r);
}

static int take_answer(reader *r) {
  int *answer = r->member;
  r->vector->decides = 1;
  *answer = is_word(r->value, "later")     ? UPSHAKE_LATER
            : is_word(r->value, "decline") ? UPSHAKE_DECLINE
                                           : UPSHAKE_ACCEPT;
  return is_word(r->value, "later") || is_word(r->value, "decline") ||
         is_word(r->value, "accept") || take_number(r);
}

static int take_deflate(reader *r) {
  static const line_kind words[] = {
      {"server-bits", take_small, OF_CAPS(server_bits), NULL},
      {"client-bits", take_small, OF_CAPS(client_bits), NULL},
      {"server-bits-least", take_small, OF_CAPS(server_bits_least), NULL},
      {"no-server-takeover", take_flag, OF_CAPS(no_server_takeover), NULL},
      {"no-client-takeover", take_flag, OF_CAPS(no_client_takeover), NULL},
  };
  r->vector->agrees = 1;
  return take_words(r, words, sizeof words / sizeof *words, r->member);
}

static int take_refuse(reader *r) {
  r->vector->refuses = 1;
  return take_number(r);
}

static int take_choose_protocol(reader *r) {
  r->vector->decides = r->vector->chooses_protocol = 1;
  return *r->value != 0 && take_text(r);
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

static int take_content_length(reader *r) {
  r->vector->extra.content = UPSHAKE_CONTENT_LENGTH;
  return take_large(r);
}

static int take_content_chunked(reader *r) {
  r->vector->extra.content = UPSHAKE_CONTENT_CHUNKED;
  return *r->value == 0;
}

/* Lines about the protocol named last. */
static const line_kind protocol_lines[] = {
    {"methods", take_string, OF_PROTOCOL(methods), NULL},
    {"upgrade", take_string, OF_PROTOCOL(upgrade), NULL},
    {"rules", take_rules, OF_PROTOCOL(rules), NULL},
    {"body", take_choice, OF_PROTOCOL(body), "plain refuse consume ask"},
    {"failed", take_choice, OF_PROTOCOL(failed), "plain"},
};

static const line_kind config_lines[] = {
    {"protocol", take_protocol, MEMBER(config), NULL},
    {"no-protocols", take_no_protocols, MEMBER(config), NULL},
    {"subprotocol", take_subprotocol, MEMBER(config), NULL},
    {"subprotocol-order", take_choice, MEMBER(config.subprotocol_server_order),
     "server"},
    {"origin-required", take_flag, MEMBER(config.origin_required), NULL},
    {"subprotocol-required", take_flag, MEMBER(config.subprotocol_required),
     NULL},
    {"origin", take_origin, MEMBER(config), NULL},
    {"transport", take_choice, MEMBER(config.transport), "unsecured secured"},
    {"head-max", take_limit, MEMBER(head_max), NULL},
    {"method-max", take_limit, MEMBER(config.limits.method), NULL},
    {"target-max", take_limit, MEMBER(config.limits.target), NULL},
    {"fields-max", take_limit, MEMBER(config.limits.fields), NULL},
    {"name-max", take_limit, MEMBER(config.limits.name), NULL},
    {"body-max", take_large, MEMBER(config.limits.body), NULL},
    {"lean", take_flag, MEMBER(config.lean), NULL},
    {"wanted", take_wanted, MEMBER(config), NULL},
    {"total-max", take_limit, MEMBER(config.limits.total), NULL},
    {"protocol-order", take_choice, MEMBER(config.protocol_client_order),
     "client"},
    {"answer", take_answer, MEMBER(answer), NULL},
    {"answer-at-end", take_answer, MEMBER(answer_at_end), NULL},
    {"choose-protocol", take_choose_protocol, MEMBER(protocol_choice), NULL},
    {"choose-subprotocol", take_choose_subprotocol, MEMBER(choice), NULL},
    {"refuse", take_refuse, MEMBER(refusal), NULL},
    {"field", take_field, MEMBER(extra), NULL},
    {"read-body", take_flag, MEMBER(reads_body), NULL},
    {"content-length", take_content_length, MEMBER(extra.body_len), NULL},
    {"content-chunked", take_content_chunked, MEMBER(extra), NULL},
    {"date", take_text, MEMBER(extra.date), NULL},
    {"body-text", take_text, MEMBER(extra.body), NULL},
    {"keep", take_flag, MEMBER(extra.keep), NULL},
    {"reason", take_text, MEMBER(extra.reason), NULL},
    {"extensions", take_text, MEMBER(extra.extensions), NULL},
    {"deflate", take_deflate, MEMBER(caps), NULL},
};

int take_config_line(reader *r, const char *line) {
  return TAKE_LINE(r, protocol_lines, named_last(r), line) ||
         TAKE_LINE(r, config_lines, r->vector, line);
}
