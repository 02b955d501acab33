/* SPDX-License-Identifier: MIT
 *
 * The adapter of this tree's library: what tests/compare.sh knows of it, said
 * with its own public header.  A change of the header changes this file with
 * it; an older revision brings its own.
 */
#include "engine.h"

#include "upshake.h"

#include <stdio.h>

/* One run of a case. */
typedef struct run {
  const compare_case *it;
  const compare_way *way;
  compare_output *out;
  upshake_protocol protocols[COMPARE_PROTOCOLS];
  char *names[COMPARE_PROTOCOLS];
  upshake_config config;
  upshake_field fields[COMPARE_FIELDS];
  upshake_extra extra;
  upshake_fields offers; /* field lines with what the client offers */
  char extensions[UPSHAKE_DEFLATE_CAP];
  char *memory;
  size_t cap, at; /* of the stream: taken by calls */
  uint32_t seed;
  upshake_error chosen;
} run;

static upshake_slice slice_of(compare_bytes bytes) {
  upshake_slice slice = {bytes.ptr, bytes.len};
  return slice;
}

static void show(run *r, int text, upshake_slice slice) {
  compare_add(r->out, text, slice.ptr, slice.len);
}

static void read_fields(upshake_field *to, const compare_field *from,
                        size_t len) {
  for (size_t i = 0; i < len; i++) {
    to[i].name = slice_of(from[i].name);
    to[i].value = slice_of(from[i].value);
  }
}

/* ---- The config ---------------------------------------------------------- */

static unsigned rules_by_token(const char *token) {
  upshake_slice slice = {token, strlen(token)};
  if (upshake_equal_fold(slice, "websocket"))
    return COMPARE_WEBSOCKET;
  if (upshake_equal_fold(slice, "h2c"))
    return COMPARE_H2C;
  if (upshake_equal_fold(slice, "connect-udp") ||
      upshake_equal_fold(slice, "connect-ip"))
    return COMPARE_CAPSULES;
  return COMPARE_NO_RULES;
}

/* TOKEN[/VERSION].  A token with a slash is none, and has no name. */
static char *join_name(const compare_protocol *p) {
  size_t token = strlen(p->token);
  size_t version = p->version == NULL ? 0 : 1 + strlen(p->version);
  char *name = compare_room(token + version + 1);
  memcpy(name, p->token, token);
  if (version > 0)
    memcpy(name + token, "/", 1);
  if (version > 1)
    memcpy(name + token + 1, p->version, version - 1);
  name[strchr(p->token, '/') == NULL ? token + version : 0] = 0;
  return name;
}

static void read_protocols(run *r) {
  static const upshake_private_rules *(*const rules[])(void) = {
      NULL, NULL, upshake_websocket_rules, upshake_h2c_rules,
      upshake_capsules_rules};
  static const uint8_t bodies[] = {UPSHAKE_BODY_DEFAULT, UPSHAKE_BODY_PLAIN,
                                   UPSHAKE_BODY_REFUSE, UPSHAKE_BODY_READ,
                                   UPSHAKE_BODY_ASK};
  const compare_config *from = &r->it->config;
  for (uint32_t i = 0; i < from->protocols_len; i++) {
    const compare_protocol *p = &from->protocols[i];
    upshake_protocol *to = &r->protocols[i];
    memset(to, 0, sizeof *to);
    to->name = r->names[i] = join_name(p);
    to->methods = p->methods;
    to->upgrade = p->upgrade;
    to->rules = rules[p->rules == COMPARE_BY_TOKEN ? rules_by_token(p->token)
                                                   : p->rules];
    to->body = bodies[p->body];
    to->failed =
        p->failed_is_plain ? UPSHAKE_FAILED_PLAIN : UPSHAKE_FAILED_REFUSE;
  }
  r->config.protocols = from->protocols_len == 0 ? NULL : r->protocols;
  r->config.protocols_len = from->protocols_len;
}

static void read_limits(upshake_limits *to, const compare_config *from) {
  to->method = from->method_max;
  to->target = from->target_max;
  to->fields = from->fields_max;
  to->name = from->name_max;
  to->body = from->body_max;
  to->total = from->total_max;
}

static int decide(upshake *hs, void *user);

static void read_config(run *r) {
  static const uint8_t origins[] = {
      UPSHAKE_ORIGIN_SAME_HOST, UPSHAKE_ORIGIN_LIST, UPSHAKE_ORIGIN_CALLBACK,
      UPSHAKE_ORIGIN_ANY};
  static const uint8_t transports[] = {UPSHAKE_TRANSPORT_UNKNOWN,
                                       UPSHAKE_TRANSPORT_UNSECURED,
                                       UPSHAKE_TRANSPORT_SECURED};
  const compare_config *from = &r->it->config;
  upshake_config *to = &r->config;
  read_protocols(r);
  read_limits(&to->limits, from);
  to->decide = r->it->host.decides ? decide : NULL;
  to->subprotocols = from->subprotocols;
  to->subprotocols_len = from->subprotocols_len;
  to->origins = from->origins;
  to->origins_len = from->origins_len;
  to->wanted = from->wanted;
  to->wanted_len = from->wanted_len;
  to->origin = origins[from->origin];
  to->transport = transports[from->transport];
  to->subprotocol_server_order = from->subprotocol_server_order;
  to->subprotocol_required = from->subprotocol_required;
  to->protocol_client_order = from->client_order;
  to->lean = from->lean;
}

static void read_extra(run *r) {
  const compare_host *from = &r->it->host;
  read_fields(r->fields, from->fields, from->fields_len);
  r->extra.fields = r->fields;
  r->extra.fields_len = from->fields_len;
  r->extra.date = slice_of(from->date);
  r->extra.body = slice_of(from->body);
  r->extra.reason = slice_of(from->reason);
  r->extra.extensions = slice_of(from->extensions);
  r->extra.keep = from->keep ? UPSHAKE_KEEP_OPEN : UPSHAKE_KEEP_CLOSE;
}

static int has_extra(const run *r) {
  const upshake_extra *extra = &r->extra;
  return extra->fields_len > 0 || extra->date.ptr != NULL ||
         extra->body.ptr != NULL || extra->keep == UPSHAKE_KEEP_OPEN ||
         extra->reason.ptr != NULL || extra->extensions.ptr != NULL;
}

/* ---- The application ----------------------------------------------------- */

static int answer_of(int32_t answer) {
  return answer == COMPARE_LATER     ? UPSHAKE_LATER
         : answer == COMPARE_DECLINE ? UPSHAKE_DECLINE
         : answer == COMPARE_ACCEPT  ? UPSHAKE_ACCEPT
                                     : (int)answer;
}

static int next_answer(const run *r) {
  const compare_host *host = &r->it->host;
  return answer_of(r->out->numbers[COMPARE_N_decisions] > 1
                       ? host->answer_at_end
                       : host->answer);
}

/* Of a place behind the table: a name that no entry has. */
static upshake_slice name_at(const run *r, int32_t place) {
  upshake_slice name = {"", 0};
  if (place >= 0 && (uint32_t)place < r->it->config.protocols_len) {
    name.ptr = r->names[place];
    name.len = strlen(name.ptr);
  }
  return name;
}

static void choose(run *r, upshake *hs) {
  const compare_host *host = &r->it->host;
  if (host->chooses_protocol)
    r->chosen = upshake_choose_protocol(hs, name_at(r, host->place));
  if (r->chosen == UPSHAKE_OK && host->chooses_subprotocol)
    r->chosen = upshake_choose_subprotocol(hs, slice_of(host->choice));
}

static int decide(upshake *hs, void *user) {
  run *r = user;
  if (r->out->numbers[COMPARE_N_decisions]++ == 0)
    choose(r, hs);
  return r->way->waits ? UPSHAKE_LATER : next_answer(r);
}

/* ---- Feeding ------------------------------------------------------------- */

static int is_in_body(const upshake *hs) {
  return upshake_get_request(hs).fields.raw.ptr != NULL;
}

static void take_content(run *r, const upshake *hs) {
  show(r, COMPARE_T_content, upshake_get_result(hs).content);
}

static void feed_piece(run *r, upshake *hs) {
  compare_bytes stream = r->it->stream;
  size_t used = 0;
  size_t len = r->at == stream.len
                   ? 0
                   : compare_piece(r->way, &r->seed, stream.len - r->at);
  char *piece = compare_copy(stream.ptr + r->at, len);
  if (upshake_feed(hs, piece, len, &used) == UPSHAKE_BODY)
    take_content(r, hs);
  r->at += used <= len ? used : len;
  free(piece);
}

static void commit_piece(run *r, upshake *hs) {
  compare_bytes stream = r->it->stream;
  upshake_next next = upshake_get_result(hs).next;
  size_t cap = 0, len = 0;
  char *room = upshake_room(hs, &cap);
  if (next == UPSHAKE_READ && cap == 0 && is_in_body(hs)) {
    feed_piece(r, hs);
    return;
  }
  if (next == UPSHAKE_READ && r->at < stream.len)
    len = compare_piece(r->way, &r->seed, stream.len - r->at);
  len = len < cap ? len : cap;
  if (len > 0)
    memcpy(room, stream.ptr + r->at, len);
  r->at += len;
  if (upshake_commit(hs, len) == UPSHAKE_BODY)
    take_content(r, hs);
}

/* To other memory of the same size; the state is copied by the caller. */
static void move_memory(run *r, upshake *hs) {
  char *memory = compare_room(r->cap);
  if (upshake_move(hs, memory, r->cap) == UPSHAKE_OK) {
    free(r->memory);
    r->memory = memory;
  } else {
    free(memory);
  }
}

static void move_all(run *r, upshake *hs) {
  upshake moved = *hs;
  memset(hs, 0x5a, sizeof *hs);
  *hs = moved;
  if (r->seed % 7 == 0)
    move_memory(r, hs);
}

static const upshake_extra *extra_of(const run *r) {
  return has_extra(r) ? &r->extra : NULL;
}

static upshake_error take_parts(run *r, upshake *hs, size_t part) {
  upshake_error error = UPSHAKE_OK;
  upshake_cursor cursor = {0};
  size_t from = 0, len = 1;
  while (error == UPSHAKE_OK && len > 0) {
    char *out = compare_room(part);
    error = upshake_reply_part(hs, extra_of(r), &cursor, out, part, &len);
    if (error == UPSHAKE_OK) {
      compare_add(r->out, COMPARE_T_reply, out, len);
      from += len;
    }
    free(out);
  }
  r->out->numbers[COMPARE_N_reply_size] = (int64_t)from;
  return error;
}

static upshake_error take_whole(run *r, upshake *hs) {
  size_t size = 0, len = 0;
  upshake_error error = upshake_reply_with(hs, extra_of(r), NULL, 0, &size);
  if (error != UPSHAKE_ERR_ROOM)
    return error;
  char *out = compare_room(size);
  error = upshake_reply_with(hs, extra_of(r), out, size, &len);
  compare_add(r->out, COMPARE_T_reply, out, len);
  r->out->numbers[COMPARE_N_reply_size] = (int64_t)size;
  free(out);
  return error;
}

static void take_piece(run *r, upshake *hs) {
  if (r->way->layer == COMPARE_COMMIT)
    commit_piece(r, hs);
  else
    feed_piece(r, hs);
}

/* Returns 1 if there is more to do. */
static int go_on(run *r, upshake *hs) {
  upshake_result result = upshake_get_result(hs);
  int is_waiting = result.next == UPSHAKE_SEND && result.status == 100;
  if (result.next == UPSHAKE_DECIDE && r->way->waits)
    return upshake_answer(hs, next_answer(r)) == UPSHAKE_OK &&
           upshake_get_result(hs).next != UPSHAKE_DECIDE;
  if (result.next == UPSHAKE_READ && is_in_body(hs))
    compare_add(r->out, COMPARE_T_content, "", 0);
  if (is_waiting && take_parts(r, hs, r->way->parts ? r->way->parts : 64))
    return 0;
  if (!is_waiting && result.next != UPSHAKE_BODY &&
      (result.next != UPSHAKE_READ || r->at == r->it->stream.len))
    return 0;
  take_piece(r, hs);
  return 1;
}

static int is_full(upshake *hs) {
  size_t cap = 1;
  upshake_room(hs, &cap);
  return upshake_get_result(hs).next == UPSHAKE_READ && cap == 0 &&
         !is_in_body(hs);
}

static void drive(run *r, upshake *hs) {
  size_t most = r->it->stream.len * 4 + 64;
  while (most > 0 && go_on(r, hs)) {
    if (r->way->moves)
      move_all(r, hs);
    most--;
  }
  if (r->way->layer == COMPARE_COMMIT && is_full(hs))
    upshake_commit(hs, 0);
  if (most == 0)
    r->out->outcome = COMPARE_OUTCOME_unfinished;
}

/* ---- What it shows ------------------------------------------------------- */

static int outcome_of(const upshake_result *result) {
  switch (result->next) {
  case UPSHAKE_READ:
    return COMPARE_OUTCOME_incomplete;
  case UPSHAKE_DECIDE:
    return COMPARE_OUTCOME_decide;
  case UPSHAKE_PLAIN:
    return COMPARE_OUTCOME_plain;
  case UPSHAKE_SEND:
    return result->status == 101 ? COMPARE_OUTCOME_switched
                                 : COMPARE_OUTCOME_refused;
  case UPSHAKE_BODY:
    break;
  }
  return COMPARE_OUTCOME_unfinished;
}

static void show_request(run *r, const upshake_request *request) {
  show(r, COMPARE_T_method, request->method);
  show(r, COMPARE_T_target, request->target);
  show(r, COMPARE_T_scheme, request->scheme);
  show(r, COMPARE_T_authority, request->authority);
  show(r, COMPARE_T_path, request->path);
  show(r, COMPARE_T_query, request->query);
  show(r, COMPARE_T_fields, request->fields.raw);
}

static int64_t sum(int64_t of, upshake_slice slice) {
  uint64_t hash = (uint64_t)of ^ (slice.ptr == NULL ? 77 : slice.len);
  for (size_t i = 0; i < slice.len; i++)
    hash = (hash ^ (unsigned char)slice.ptr[i]) * 0x100000001b3u;
  return (int64_t)hash;
}

/* What the walkers find in these field lines. */
static int64_t walk(upshake_fields fields) {
  upshake_field field;
  upshake_slice member, name, value;
  char text[256];
  int64_t all = 1;
  while (upshake_next_field(&fields, &field)) {
    upshake_list list = {field.value, {{NULL, 0}, NULL, 0}, NULL};
    all = sum(sum(all, field.name), field.value);
    while (upshake_next_member(&list, &member)) {
      int found;
      all = sum(all, member) + upshake_is_token(member);
      while ((found = upshake_next_parameter(&member, &name, &value)) > 0) {
        size_t len =
            value.ptr == NULL ? 0 : upshake_unquote(value, text, sizeof text);
        upshake_slice unquoted = {text, len <= sizeof text ? len : 0};
        all = sum(sum(all, name), unquoted) + (int64_t)len;
      }
      all += found;
    }
  }
  return all;
}

/* The layers beside the handshake. */
static void show_fields(run *r) {
  upshake_slice settings = upshake_find_field(r->offers, "HTTP2-Settings");
  r->out->numbers[COMPARE_N_walk] = walk(r->offers);
  r->out->numbers[COMPARE_N_capsules] =
      upshake_is_true(r->offers, "Capsule-Protocol");
  if (settings.ptr != NULL) {
    char *out = compare_room(settings.len);
    size_t len = upshake_decode_settings(settings, out, settings.len);
    if (len <= settings.len)
      compare_add(r->out, COMPARE_T_settings, out, len);
    free(out);
  }
}

static void show_result(run *r, const upshake_result *result) {
  int64_t *numbers = r->out->numbers;
  r->out->errors[COMPARE_E_error] = (int)result->error;
  numbers[COMPARE_N_status] = result->status;
  numbers[COMPARE_N_offset] = (int64_t)result->offset;
  numbers[COMPARE_N_consumed] = (int64_t)result->consumed;
  numbers[COMPARE_N_may_keep] = result->may_keep;
  numbers[COMPARE_N_body_left] = (int64_t)result->body_left;
  numbers[COMPARE_N_dropped] = (int64_t)result->dropped;
  if (result->protocol != NULL)
    numbers[COMPARE_N_protocol] = result->protocol - r->protocols + 1;
  show(r, COMPARE_T_subprotocol, result->subprotocol);
  if (r->out->outcome == COMPARE_OUTCOME_none)
    r->out->outcome = outcome_of(result);
}

static void agree(run *r) {
  const compare_host *host = &r->it->host;
  upshake_deflate_caps caps = {
      host->server_bits, host->client_bits, host->server_bits_least,
      host->no_server_takeover, host->no_client_takeover};
  upshake_deflate agreed = {0, 0, 0, 0};
  size_t len = upshake_agree_deflate(r->offers, &caps, &agreed, r->extensions);
  r->out->numbers[COMPARE_N_agreed] =
      (int64_t)len << 32 | agreed.server_bits << 16 | agreed.client_bits << 8 |
      agreed.no_server_takeover << 1 | agreed.no_client_takeover;
  if (len > 0) {
    r->extra.extensions.ptr = r->extensions;
    r->extra.extensions.len = len;
  }
}

/* What the host does when all was fed. */
static void finish(run *r, upshake *hs) {
  upshake_result result = upshake_get_result(hs);
  r->out->errors[COMPARE_E_first_error] = (int)result.error;
  r->out->numbers[COMPARE_N_first_offset] = (int64_t)result.offset;
  r->out->errors[COMPARE_E_call] = (int)r->chosen;
  if (r->it->host.refuses) {
    upshake_error error = upshake_answer(hs, (int)r->it->host.refusal);
    if (r->chosen == UPSHAKE_OK)
      r->out->errors[COMPARE_E_call] = (int)error;
    result = upshake_get_result(hs);
  }
  show_result(r, &result);
  if (r->it->host.agrees && result.status == UPSHAKE_ACCEPT)
    agree(r);
  r->out->errors[COMPARE_E_reply_error] =
      (int)(r->way->parts ? take_parts(r, hs, r->way->parts)
                          : take_whole(r, hs));
}

/* The next request on the connection, behind what is left of the body.  Where
 * the older library was told to drop a body of unknown length, nothing was left
 * to read. */
static void begin_again(run *r, upshake *hs) {
  upshake_result result = upshake_get_result(hs);
  if (result.next != UPSHAKE_PLAIN)
    return;
  if (upshake_reset(hs) != UPSHAKE_OK) {
    r->out->errors[COMPARE_E_again_error] = (int)UPSHAKE_ERR_INCOMPLETE;
    return;
  }
  result = upshake_get_result(hs);
  r->out->numbers[COMPARE_N_again_next] = (int64_t)result.next;
  r->out->errors[COMPARE_E_again_error] = (int)result.error;
  r->out->numbers[COMPARE_N_again_status] = result.status;
  r->out->numbers[COMPARE_N_again_consumed] = (int64_t)result.consumed;
}

/* ---- Layers of a server -------------------------------------------------- */

/* Returns 0, and says so, if the config breaks a rule. */
static int is_begun(run *r, upshake_error error) {
  if (error == UPSHAKE_OK)
    return 1;
  r->out->outcome = COMPARE_OUTCOME_call;
  r->out->errors[COMPARE_E_error] = (int)error;
  return 0;
}

static void run_stream(run *r) {
  upshake hs;
  upshake_request request;
  char more[1] = {'G'};
  size_t used = 0;
  /* memory that is never full is as good as any larger one */
  r->cap = r->it->config.head_max;
  if (r->cap > r->it->stream.len)
    r->cap = r->it->stream.len + 1;
  r->memory = compare_room(r->cap);
  if (is_begun(r, upshake_init(&hs, &r->config, r->memory, r->cap, r))) {
    if (r->it->config.cpu)
      upshake_set_hash(&hs, upshake_cpu_hash(0));
    drive(r, &hs);
    if (upshake_get_result(&hs).next != UPSHAKE_READ)
      upshake_feed(&hs, more, 1, &used);
    request = upshake_get_request(&hs);
    r->offers = request.fields;
    finish(r, &hs);
    show_request(r, &request);
    show(r, COMPARE_T_head, upshake_head(&hs));
    show(r, COMPARE_T_rest, upshake_rest(&hs));
    r->out->numbers[COMPARE_N_complete] = request.fields.raw.ptr != NULL;
    r->out->numbers[COMPARE_N_used] = (int64_t)r->at;
    r->out->numbers[COMPARE_N_used_at_end] = (int64_t)used;
    if (r->way->split == COMPARE_WHOLE)
      show_fields(r);
    if (r->way->layer == COMPARE_COMMIT)
      begin_again(r, &hs);
  }
  free(r->memory);
}

static void judge_fields(upshake_judge *judge, const compare_parsed *parsed,
                         upshake_field *copies) {
  for (size_t i = 0; i < parsed->fields_len; i++) {
    compare_field field = parsed->fields[i];
    copies[i].name.ptr = compare_copy(field.name.ptr, field.name.len);
    copies[i].name.len = field.name.len;
    copies[i].value.ptr = compare_copy(field.value.ptr, field.value.len);
    copies[i].value.len = field.value.len;
    upshake_judge_field(judge, copies[i].name, copies[i].value);
  }
}

static void run_judge(run *r) {
  upshake_judge judge;
  const compare_parsed *parsed = &r->way->parsed;
  upshake_field *copies = calloc(parsed->fields_len + 1, sizeof *copies);
  upshake_found found = {.version = parsed->version,
                         .method = slice_of(parsed->method),
                         .target = slice_of(parsed->target)};
  if (is_begun(r, upshake_judge_begin(&judge, &r->config, r, &found))) {
    if (r->it->config.cpu)
      upshake_set_hash(&judge.hs, upshake_cpu_hash(0));
    judge_fields(&judge, parsed, copies);
    upshake_judge_end(&judge);
    upshake_request request = upshake_get_request(&judge.hs);
    finish(r, &judge.hs);
    show_request(r, &request);
  }
  for (size_t i = 0; i < parsed->fields_len && copies[i].name.ptr; i++) {
    compare_free(copies[i].name.ptr);
    compare_free(copies[i].value.ptr);
  }
  free(copies);
}

static void run_parser(run *r) {
  compare_bytes stream = r->it->stream;
  upshake_parser parser = {0};
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  size_t len = 0, end = 0;
  char *bytes = NULL;
  while (error == UPSHAKE_ERR_INCOMPLETE && len < stream.len) {
    free(bytes);
    len += compare_piece(r->way, &r->seed, stream.len - len);
    bytes = compare_copy(stream.ptr, len);
    error = upshake_parse_head(&parser, &r->config.limits, bytes, len, &end);
  }
  r->out->outcome = error == UPSHAKE_OK ? COMPARE_OUTCOME_plain
                    : error == UPSHAKE_ERR_INCOMPLETE
                        ? COMPARE_OUTCOME_incomplete
                        : COMPARE_OUTCOME_refused;
  r->out->errors[COMPARE_E_error] = (int)error;
  r->out->errors[COMPARE_E_first_error] = (int)error;
  r->out->numbers[COMPARE_N_offset] = (int64_t)end;
  r->out->numbers[COMPARE_N_first_offset] = (int64_t)end;
  r->out->numbers[COMPARE_N_minor] = parser.minor;
  if (error == UPSHAKE_OK) {
    upshake_request request = upshake_parsed_request(&parser, NULL, bytes);
    show_request(r, &request);
  }
  free(bytes);
}

/* ---- Layers of a client -------------------------------------------------- */

static void show_client(run *r, const upshake_client_result *result) {
  static const int outcomes[] = {
      COMPARE_OUTCOME_incomplete, COMPARE_OUTCOME_switched,
      COMPARE_OUTCOME_other, COMPARE_OUTCOME_refused};
  int64_t *numbers = r->out->numbers;
  r->out->outcome = outcomes[result->next];
  r->out->errors[COMPARE_E_error] = (int)result->error;
  r->out->errors[COMPARE_E_first_error] = (int)result->error;
  numbers[COMPARE_N_first_offset] = (int64_t)result->offset;
  numbers[COMPARE_N_complete] = result->status != 0;
  numbers[COMPARE_N_status] = result->status;
  numbers[COMPARE_N_offset] = (int64_t)result->offset;
  numbers[COMPARE_N_consumed] = (int64_t)result->consumed;
  numbers[COMPARE_N_body_left] = (int64_t)result->body_len;
  numbers[COMPARE_N_may_keep] = result->may_keep;
  numbers[COMPARE_N_agreed] = result->deflate.server_bits << 16 |
                              result->deflate.client_bits << 8 |
                              result->deflate.no_server_takeover << 1 |
                              result->deflate.no_client_takeover;
  show(r, COMPARE_T_reason, result->reason);
  show(r, COMPARE_T_fields, result->fields.raw);
  show(r, COMPARE_T_protocol_name, result->protocol);
  show(r, COMPARE_T_subprotocol, result->subprotocol);
  show(r, COMPARE_T_extensions, result->extensions);
}

static void feed_client(run *r, upshake_client *client) {
  compare_bytes stream = r->it->stream;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  size_t used;
  while (next == UPSHAKE_CLIENT_READ && r->at < stream.len) {
    size_t len = compare_piece(r->way, &r->seed, stream.len - r->at);
    char *piece = compare_copy(stream.ptr + r->at, len);
    next = upshake_client_feed(client, piece, len, &used);
    free(piece);
    r->at += used;
    if (used < len && next == UPSHAKE_CLIENT_READ)
      break;
  }
  r->out->numbers[COMPARE_N_used] = (int64_t)r->at;
}

/* How many bytes of the memory keep what was asked.  The rest is for the head
 * of the response. */
static size_t kept_of(upshake_slice request, char *memory) {
  size_t least = 0, most = request.len;
  upshake_client client;
  while (least < most) {
    size_t cap = least + (most - least) / 2;
    if (upshake_client_init(&client, NULL, request, memory, cap) ==
        UPSHAKE_ERR_ROOM)
      least = cap + 1;
    else
      most = cap;
  }
  return least;
}

static void run_client(run *r) {
  upshake_client client;
  compare_bytes sent = r->it->sent;
  char *request = compare_copy(sent.ptr, sent.len);
  upshake_slice head = {request, sent.len};
  r->cap = r->it->config.head_max;
  if (r->cap > r->it->stream.len)
    r->cap = r->it->stream.len + 1;
  r->memory = compare_room(r->cap + head.len);
  upshake_client_policy policy = {.subprotocol_required =
                                      r->it->config.subprotocol_required};
  read_limits(&policy.limits, &r->it->config);
  r->cap += kept_of(head, r->memory);
  if (is_begun(
          r, upshake_client_init(&client, &policy, head, r->memory, r->cap))) {
    feed_client(r, &client);
    upshake_client_result result = upshake_client_get_result(&client);
    show_client(r, &result);
  }
  free(r->memory);
  free(request);
}

static void read_offers(upshake_deflate_offer *to, const compare_ask *from) {
  for (uint32_t i = 0; i < from->deflates_len; i++) {
    const compare_offer *offer = &from->deflates[i];
    to[i].server_bits = offer->server_bits;
    to[i].client_bits =
        offer->client_bits == 1 ? UPSHAKE_BITS_ANY : offer->client_bits;
    to[i].no_server_takeover = offer->no_server_takeover;
    to[i].no_client_takeover = offer->no_client_takeover;
  }
}

/* The names as the text of a field; absent without names.  Free its bytes. */
static upshake_slice join(const char *const *names, size_t len) {
  upshake_slice list = {NULL, 0};
  size_t cap = 1;
  char *out;
  for (size_t i = 0; i < len; i++)
    cap += strlen(names[i]) + 2;
  out = compare_room(cap);
  for (size_t i = 0; i < len; i++)
    list.len += (size_t)snprintf(out + list.len, cap - list.len, "%s%s",
                                 i > 0 ? ", " : "", names[i]);
  list.ptr = len > 0 ? out : NULL;
  if (len == 0)
    free(out);
  return list;
}

static void run_write(run *r) {
  const compare_ask *from = &r->it->ask;
  upshake_deflate_offer deflates[COMPARE_NAMES];
  upshake_ask ask;
  size_t size = 0, len = 0;
  read_offers(deflates, from);
  read_fields(r->fields, from->fields, from->fields_len);
  memset(&ask, 0, sizeof ask);
  ask.scheme = upshake_text(from->scheme);
  ask.authority = upshake_text(from->authority);
  ask.target = upshake_text(from->target);
  ask.method = upshake_text(from->method);
  ask.extensions = upshake_text(from->extensions);
  ask.origin = upshake_text(from->origin);
  ask.protocols = join(from->protocols, from->protocols_len);
  ask.subprotocols = join(from->subprotocols, from->subprotocols_len);
  ask.deflates = deflates;
  ask.deflates_len = from->deflates_len;
  ask.settings = slice_of(from->settings);
  ask.fields = r->fields;
  ask.fields_len = from->fields_len;
  const uint8_t *key = (const uint8_t *)from->key.ptr;
  upshake_error error = upshake_write_request(&ask, key, NULL, 0, &size);
  r->out->numbers[COMPARE_N_reply_size] = (int64_t)size;
  if (error == UPSHAKE_ERR_ROOM) {
    char *out = compare_room(size);
    error = upshake_write_request(&ask, key, out, size, &len);
    compare_add(r->out, COMPARE_T_reply, out, len);
    free(out);
  }
  r->out->outcome =
      error == UPSHAKE_OK ? COMPARE_OUTCOME_written : COMPARE_OUTCOME_call;
  r->out->errors[COMPARE_E_error] = (int)error;
}

/* ---- The engine ---------------------------------------------------------- */

static int run_case(const compare_case *it, const compare_way *way,
                    compare_output *out) {
  static void (*const layers[])(run *) = {run_stream, run_stream, run_judge,
                                          run_parser, run_client, run_write};
  run r;
  memset(&r, 0, sizeof r);
  r.it = it;
  r.way = way;
  r.out = out;
  r.seed = way->seed;
  r.chosen = UPSHAKE_OK;
  compare_clear(out);
  if (it->kind == COMPARE_REQUEST) {
    read_config(&r);
    read_extra(&r);
  }
  layers[way->layer](&r);
  for (size_t i = 0; i < COMPARE_PROTOCOLS; i++)
    free(r.names[i]);
  return 1;
}

static const char *error_name(int error) {
  if (error < 0 || error >= (int)UPSHAKE_ERRORS_LEN)
    return NULL;
  return upshake_explain((upshake_error)error).name;
}

const compare_engine *compare_engine_of(void) {
  static const compare_engine engine = {run_case, error_name};
  return &engine;
}
