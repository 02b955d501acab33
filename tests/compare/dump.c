/* SPDX-License-Identifier: MIT
 *
 * Writes the golden vectors as cases to compare.  The readers of the vectors
 * know today's header, so this file is the one beside the adapter that changes
 * with it.
 *
 * usage: dump FILE
 */
#include "corpus.h"

#include "../client_vectors.h"

static compare_bytes bytes_of(upshake_slice slice) {
  compare_bytes bytes = {slice.ptr, slice.len};
  return bytes;
}

static void dump_fields(compare_field *to, const upshake_field *from,
                        size_t len) {
  for (size_t i = 0; i < len; i++) {
    to[i].name = bytes_of(from[i].name);
    to[i].value = bytes_of(from[i].value);
  }
}

static uint8_t number_of(const upshake_private_rules *(*rules)(void)) {
  return rules == upshake_websocket_rules  ? COMPARE_WEBSOCKET
         : rules == upshake_h2c_rules      ? COMPARE_H2C
         : rules == upshake_capsules_rules ? COMPARE_CAPSULES
                                           : COMPARE_NO_RULES;
}

/* Those that the token stands for are not named. */
static uint8_t rules_of(const char *token, const upshake_protocol *p) {
  static const upshake_protocol usual[] = {UPSHAKE_WEBSOCKET, UPSHAKE_H2C,
                                           UPSHAKE_CAPSULES("connect-udp"),
                                           UPSHAKE_CAPSULES("connect-ip")};
  upshake_slice slice = {token, strlen(token)};
  const upshake_private_rules *(*by_token)(void) = NULL;
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
    if (upshake_equal_fold(slice, usual[i].name))
      by_token = usual[i].rules;
  return p->rules == by_token ? COMPARE_BY_TOKEN : number_of(p->rules);
}

static void dump_protocols(compare_config *to, const upshake_config *from) {
  static char tokens[COMPARE_PROTOCOLS][64];
  to->protocols_len = (uint32_t)from->protocols_len;
  for (uint32_t i = 0; i < to->protocols_len; i++) {
    const upshake_protocol *p = &from->protocols[i];
    compare_protocol *copy = &to->protocols[i];
    char *slash = strchr(strcpy(tokens[i], p->name), '/');
    if (slash != NULL)
      *slash = 0;
    copy->token = tokens[i];
    copy->version = slash == NULL ? NULL : slash + 1;
    copy->methods = p->methods;
    copy->upgrade = p->upgrade;
    copy->rules = rules_of(copy->token, p);
    copy->body = p->body;
    copy->failed_is_plain = p->failed == UPSHAKE_FAILED_PLAIN;
  }
}

static void dump_names(const char **to, uint32_t *len, const char *const *from,
                       size_t from_len) {
  *len = (uint32_t)from_len;
  for (size_t i = 0; i < from_len; i++)
    to[i] = from[i];
}

static void dump_config(compare_config *to, const vector *v) {
  const upshake_config *from = &v->config;
  dump_protocols(to, from);
  dump_names(to->subprotocols, &to->subprotocols_len, from->subprotocols,
             from->subprotocols_len);
  dump_names(to->origins, &to->origins_len, from->origins, from->origins_len);
  dump_names(to->wanted, &to->wanted_len, from->wanted, from->wanted_len);
  to->head_max = v->head_max;
  to->method_max = from->limits.method;
  to->target_max = from->limits.target;
  to->fields_max = from->limits.fields;
  to->name_max = from->limits.name;
  to->total_max = from->limits.total;
  to->body_max = from->limits.body;
  to->origin = from->origin <= UPSHAKE_ORIGIN_ANY /* older ones know no other */
                   ? from->origin
                   : (uint8_t)UPSHAKE_ORIGIN_SAME_HOST;
  to->transport = from->transport;
  to->lean = from->lean;
  to->subprotocol_server_order = from->subprotocol_server_order;
  to->subprotocol_required = from->subprotocol_required;
  to->client_order = from->protocol_client_order;
}

/* Of the protocol that is chosen; behind the table, if no entry has its name.
 */
static int32_t place_of(const vector *v) {
  size_t place = 0;
  if (!v->chooses_protocol)
    return 0;
  while (place < v->config.protocols_len &&
         !upshake_equal(v->protocol_choice, v->protocols[place].name))
    place++;
  return (int32_t)place;
}

static void dump_host(compare_host *to, const vector *v) {
  to->decides = v->decides != 0;
  to->chooses_protocol = v->chooses_protocol != 0;
  to->chooses_subprotocol = v->chooses_subprotocol != 0;
  to->refuses = v->refuses != 0;
  to->answer = v->answer;
  to->answer_at_end = v->answer_at_end;
  to->place = place_of(v);
  to->refusal = v->refusal;
  to->choice = bytes_of(v->choice);
  dump_fields(to->fields, v->fields, v->extra.fields_len);
  to->fields_len = (uint32_t)v->extra.fields_len;
  to->date = bytes_of(v->extra.date);
  to->body = bytes_of(v->extra.body);
  to->reason = bytes_of(v->extra.reason);
  to->extensions = bytes_of(v->extra.extensions);
  to->keep = v->extra.keep;
  to->agrees = v->agrees;
  to->server_bits = v->caps.server_bits;
  to->client_bits = v->caps.client_bits;
  to->server_bits_least = v->caps.server_bits_least;
  to->no_server_takeover = v->caps.no_server_takeover;
  to->no_client_takeover = v->caps.no_client_takeover;
}

/* The texts of all vectors are kept until the end. */
static const char *string_of(upshake_slice slice) {
  char *string = slice.ptr == NULL ? NULL : malloc(slice.len + 1);
  return slice.ptr == NULL ? NULL : upshake_copy(slice, string, slice.len + 1);
}

static void dump_ask(compare_ask *to, const client_vector *v) {
  const upshake_ask *from = &v->ask;
  to->scheme = string_of(from->scheme);
  to->authority = string_of(from->authority);
  to->target = string_of(from->target);
  to->method = string_of(from->method);
  to->extensions = string_of(from->extensions);
  to->origin = string_of(from->origin);
  dump_names(to->protocols, &to->protocols_len, v->protocols, v->protocols_len);
  dump_names(to->subprotocols, &to->subprotocols_len, v->subprotocols,
             v->subprotocols_len);
  to->deflates_len = (uint32_t)from->deflates_len;
  for (uint32_t i = 0; i < to->deflates_len; i++) {
    to->deflates[i].server_bits = v->deflates[i].server_bits;
    to->deflates[i].client_bits = v->deflates[i].client_bits;
    to->deflates[i].no_server_takeover = v->deflates[i].no_server_takeover;
    to->deflates[i].no_client_takeover = v->deflates[i].no_client_takeover;
  }
  dump_fields(to->fields, v->common.fields, from->fields_len);
  to->fields_len = (uint32_t)from->fields_len;
  to->settings = bytes_of(from->settings);
  to->key = bytes_of(v->key);
}

static int dump_server(FILE *file, const vector *v) {
  compare_case it;
  memset(&it, 0, sizeof it);
  it.title = v->title;
  it.kind = COMPARE_REQUEST;
  dump_config(&it.config, v);
  dump_host(&it.host, v);
  it.stream = bytes_of(v->octets);
  return corpus_write(file, &it);
}

static int dump_client(FILE *file, const client_vector *v) {
  compare_case it;
  memset(&it, 0, sizeof it);
  it.title = v->common.title;
  it.kind = v->asks ? COMPARE_ASK : COMPARE_RESPONSE;
  it.config.head_max = v->common.head_max;
  it.config.subprotocol_required = v->policy.subprotocol_required;
  it.config.fields_max = v->policy.limits.fields;
  it.config.name_max = v->policy.limits.name;
  it.config.total_max = v->policy.limits.total;
  it.stream = bytes_of(v->common.octets);
  it.sent = bytes_of(v->request);
  if (v->asks)
    dump_ask(&it.ask, v);
  return corpus_write(file, &it);
}

/* 1 if the table has the entry "*", which the older library takes for a name.
 */
static int has_any(const vector *v) {
  for (size_t i = 0; i < v->config.protocols_len; i++)
    if (v->config.protocols[i].rules == upshake_any_rules)
      return 1;
  return 0;
}

static int dump_chapters(FILE *file, int of_clients) {
  vectors all = {0};
  int is_done = vectors_read_chapters(&all, of_clients);
  for (const vector *v = all.first; is_done && v != NULL; v = v->next) {
    is_done = v->problem[0] == 0;
    if (is_done && of_clients)
      is_done = dump_client(file, client_case(v));
    else if (is_done && !has_any(v))
      is_done = dump_server(file, v);
  }
  vectors_free(&all);
  return is_done;
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
  int is_done =
      file != NULL && dump_chapters(file, 0) && dump_chapters(file, 1);
  if (file == NULL || fclose(file) != 0 || !is_done) {
    fprintf(stderr, "dump: the vectors cannot be read, or not be written\n");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
