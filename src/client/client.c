/* SPDX-License-Identifier: MIT
 *
 * The client: reads the answer to a request that asked for a switch.
 *
 * The status line is parsed here, the field lines by the head parser of the
 * server.  An interim response is dropped from the memory when it ends.
 */
#include "client.h"

#include "../text/field.h"
#include "../judge/judge.h"
#include "../judge/protocol.h"
#include "../judge/rules.h"
#include "../reply/reply.h"
#include "../text/scan.h"

#ifndef UPSHAKE_NO_CLIENT

#define INTERIMS_MAX 32
#define STATUS_AT 9  /* behind "HTTP/1.1 " */
#define REASON_AT 13 /* behind "HTTP/1.1 101 " */

/* ---- the status line: RFC 9112 4 ---- */

/* Checks a byte of HTTP-version SP status-code SP.  In `form`, '0' stands for
 * any digit. */
static upshake_error judge_status_byte(char byte, uint32_t place) {
  static const char form[REASON_AT + 1] = "HTTP/1.0 000 ";
  if (form[place] == '1' && is_digit(byte))
    return byte == '1' ? UPSHAKE_OK : UPSHAKE_ERR_HTTP_VERSION;
  if (form[place] == '0' && is_digit(byte))
    return UPSHAKE_OK;
  if (form[place] != '0' && byte == form[place])
    return UPSHAKE_OK;
  return byte == '\n' ? UPSHAKE_ERR_LINE_END : UPSHAKE_ERR_STATUS_LINE;
}

/* Parses [ reason-phrase ] CRLF.  A CR cannot stand in a reason phrase, so a CR
 * before pos belongs to the end of the line. */
static upshake_error parse_reason(upshake_client *client) {
  upshake_parser *parser = &client->parser;
  const char *bytes = client->memory, *end = bytes + client->held;
  const char *stop = bytes + parser->pos;

  if (stop[-1] != '\r')
    stop = scan_value(stop, end);
  parser->pos = (uint32_t)(stop - bytes);
  if (stop < end && *stop == '\r' && stop[-1] != '\r')
    stop = bytes + ++parser->pos;
  if (stop == end)
    return UPSHAKE_ERR_INCOMPLETE;
  if (stop[-1] != '\r' && *stop != '\n')
    return UPSHAKE_ERR_STATUS_LINE;
  if (stop[-1] != '\r' || *stop != '\n')
    return UPSHAKE_ERR_LINE_END;
  client->fields_at = parser->pos + 1;
  upshake__head_at_fields(parser, client->fields_at);
  return UPSHAKE_OK;
}

/* 1 if the line ends right after the status: some servers leave out the SP
 * before an empty reason phrase. */
static int ends_at_status(const upshake_client *client) {
  return client->parser.pos == REASON_AT - 1 &&
         client->memory[REASON_AT - 1] == '\r';
}

static NOINLINE COLD upshake_error parse_status_line(upshake_client *client) {
  upshake_parser *parser = &client->parser;
  for (; parser->pos < REASON_AT; parser->pos++) {
    upshake_error error;
    if (parser->pos == client->held)
      return UPSHAKE_ERR_INCOMPLETE;
    if (ends_at_status(client))
      break;
    error = judge_status_byte(client->memory[parser->pos], parser->pos);
    if (error)
      return error;
  }
  return parse_reason(client);
}

static int digit_at(const upshake_client *client, uint32_t at) {
  return client->memory[at] - '0';
}

static int status_of(const upshake_client *client) {
  return digit_at(client, STATUS_AT) * 100 +
         digit_at(client, STATUS_AT + 1) * 10 + digit_at(client, STATUS_AT + 2);
}

static int is_http_1_0(const upshake_client *client) {
  return client->memory[STATUS_AT - 2] == '0';
}

/* ---- field lines ---- */

/* Joins a line that begins with a blank to the line before it: the line end
 * between them becomes blanks (RFC 9112 5.2).  Returns 0 for the first field
 * line, because no line is before it (RFC 9112 2.2). */
static int unfold(upshake_client *client) {
  upshake_parser *parser = &client->parser;
  if (parser->pos == client->fields_at)
    return 0;
  memset(client->memory + parser->pos - 2, ' ', 2);
  upshake__head_unfold(parser);
  return 1;
}

static upshake_error parse_fields(upshake_client *client) {
  const upshake_client_policy *policy = client->policy;
  size_t end;
  return upshake_parse_head(&client->parser, policy ? &policy->limits : NULL,
                            client->memory, client->held, &end);
}

/* ---- what the answer is ---- */

static upshake_client_next refuse_answer(upshake_client *client,
                                         upshake_error error, uint64_t at) {
  client_note(client, error, at);
  return UPSHAKE_CLIENT_REFUSED;
}

static upshake_client_next judge_101(upshake_client *client) {
  if (is_http_1_0(client))
    return refuse_answer(client, UPSHAKE_ERR_SWITCH_HTTP_1_0, 0);
  return upshake__judge_switch(client) && upshake__judge_accepted(client)
             ? UPSHAKE_CLIENT_SWITCHED
             : UPSHAKE_CLIENT_REFUSED;
}

/* Judges the end of the answer by the rules for requests: doubt is as dangerous
 * here, and the fields are the same. */
static void judge_framing(upshake_client *client) {
  upshake_slice fields = client_fields(client);
  upshake_private_facts *facts = &client->facts;
  upshake_field field;

  while (!facts->bad && upshake__next_raw_field(&fields, &field)) {
    uint32_t at = (uint32_t)(field.value.ptr - client->memory);
    if (upshake_equal_fold(field.name, "Content-Length"))
      upshake__judge_length(facts, NULL, field.value, at);
    else if (upshake_equal_fold(field.name, "Transfer-Encoding"))
      upshake__judge_coding(facts, NULL, field.value, at);
  }
}

static NOINLINE COLD upshake_client_next judge_other(upshake_client *client) {
  upshake_private_facts *facts = &client->facts;
  if (is_http_1_0(client))
    facts->flags = FACT_HTTP_1_0;
  judge_framing(client);
  if (facts->bad)
    return refuse_answer(client, (upshake_error)facts->bad, facts->bad_at);
  return UPSHAKE_CLIENT_OTHER;
}

static upshake_client_next judge_answer(upshake_client *client) {
  return status_of(client) == SWITCHING ? judge_101(client)
                                        : judge_other(client);
}

/* ---- bytes ---- */

/* Parses the held bytes. */
static upshake_error parse_held(upshake_client *client) {
  upshake_error error = UPSHAKE_OK;
  if (client->fields_at == 0)
    error = parse_status_line(client);
  if (error)
    return error;
  do
    error = parse_fields(client);
  while (error == UPSHAKE_ERR_FIELD_FOLDED && unfold(client));
  return error;
}

static int is_interim(const upshake_client *client) {
  int status = status_of(client);
  return status / 100 == 1 && status != SWITCHING;
}

/* Drops an interim response, whatever it says (RFC 9110 15.2). */
static upshake_client_next skip_interim(upshake_client *client) {
  if (client->interims++ == INTERIMS_MAX)
    return refuse_answer(client, UPSHAKE_ERR_INTERIM_MANY, 0);
  client->skipped += client->held;
  client->held = 0;
  client->fields_at = 0;
  memset(&client->parser, 0, sizeof client->parser);
  return UPSHAKE_CLIENT_READ;
}

/* Takes the bytes that fit, up to the end of one head, and adds them to
 * *used. */
static upshake_error take_piece(upshake_client *client, const char *data,
                                size_t len, size_t *used) {
  upshake_error error;

  if (len > client->cap - client->held)
    len = client->cap - client->held;
  if (len > 0)
    memcpy(client->memory + client->held, data, len);
  client->held += (uint32_t)len;
  *used += len;
  error = parse_held(client);
  if (error == UPSHAKE_ERR_INCOMPLETE)
    return client->held == client->cap ? UPSHAKE_ERR_HEAD_LONG : error;
  *used -= client->held - client->parser.pos; /* the bytes after the head */
  client->held = client->parser.pos;
  return error;
}

/* Returns 1 if the final head is complete and must be judged. */
static NOINLINE COLD int take_all(upshake_client *client, const char *data,
                                  size_t len, size_t *used) {
  while (client->next == UPSHAKE_CLIENT_READ && *used < len) {
    upshake_error error = take_piece(client, data + *used, len - *used, used);
    if (error && error != UPSHAKE_ERR_INCOMPLETE)
      client->next = (uint8_t)refuse_answer(client, error, client->parser.pos);
    else if (!error && !is_interim(client))
      return 1;
    else if (!error)
      client->next = (uint8_t)skip_interim(client);
  }
  return 0;
}

upshake_client_next upshake_client_feed(upshake_client *client,
                                        const void *data, size_t len,
                                        size_t *used) {
  *used = 0;
  if (take_all(client, data, len, used))
    client->next = (uint8_t)judge_answer(client);
  return (upshake_client_next)client->next;
}

/* ---- begin and result ---- */

/* 1 if a list field has this member.  The text has its length, so that no other
 * call takes stack: see NOINLINE. */
static NOINLINE int has_member(upshake_slice fields, const char *name,
                               const char *text, size_t len) {
  upshake_slice member = slice_of(text, len);
  return upshake__find_member(fields, name, &member).ptr != NULL;
}

/* 1 if Connection has this option (RFC 9110 7.6.1). */
#define HAS_OPTION(fields, option)                                             \
  has_member(fields, "Connection", UPSHAKE_TEXT(option))

/* 1 if there is exactly one key, and it is valid (RFC 6455 4.1). */
static NOINLINE int has_key(upshake_slice fields) {
  upshake_slice value;
  return upshake__next_line(&fields, "Sec-WebSocket-Key", &value) &&
         upshake__is_key(value) &&
         !upshake__next_line(&fields, "Sec-WebSocket-Key", &value);
}

/* 1 if this member of Upgrade can be asked for: it is a protocol (RFC 9110
 * 7.8), and has no version if it has rules of its own. */
static int is_askable(const upshake_slice *member) {
  size_t len = index_of(*member, '/');
  return upshake__is_protocol_list(*member) &&
         (len == member->len ||
          upshake__rules_of_token(slice_of(member->ptr, len)) == RULES_NONE);
}

/* 1 if Upgrade has members, and each of them can be asked for. */
static NOINLINE int offers_protocols(upshake_slice fields) {
  upshake_slice line, member;
  int found = 0;
  while (upshake__next_line(&fields, "Upgrade", &line)) {
    while (upshake__next_in(&line, &member)) {
      if (!is_askable(&member))
        return 0;
      found = 1;
    }
  }
  return found;
}

/* 1 if this request asks for a switch, with a key if it asks for WebSocket. */
static NOINLINE COLD int asks(const upshake_parser *parser, const char *bytes) {
  upshake_slice fields = head_fields(parser, bytes);

  if (parser->minor == 0 ||
      upshake_equal(head_method(parser, bytes), "CONNECT") ||
      !HAS_OPTION(fields, "upgrade") || !offers_protocols(fields))
    return 0;
  return !has_member(fields, "Upgrade", UPSHAKE_TEXT("websocket")) ||
         has_key(fields);
}

static NOINLINE void read_request(upshake_client *client,
                                  const upshake_parser *parser,
                                  const char *bytes) {
  upshake_slice fields = head_fields(parser, bytes);

  client->asked = fields.ptr;
  client->asked_len = (uint32_t)fields.len;
  if (upshake_equal(head_method(parser, bytes), "HEAD"))
    client->flags |= CLIENT_HEAD;
  if (HAS_OPTION(fields, "close"))
    client->flags |= CLIENT_CLOSE;
}

/* Returns how long a head may be. */
static uint32_t most_of_head(const upshake_client_policy *policy, size_t cap) {
  uint32_t most = clamp_len(cap);
  return head_limit(policy ? policy->limits.total : 0, most, most);
}

COLD upshake_error upshake_client_init(upshake_client *client,
                                       const upshake_client_policy *policy,
                                       upshake_slice request, void *memory,
                                       size_t cap) {
#define MOST(name, otherwise, most) .name = most,
  static const upshake_limits most = {LIMITS(MOST)};
#undef MOST
  upshake_parser parser;
  size_t end;

  memset(&parser, 0, sizeof parser);
  if (upshake_parse_head(&parser, &most, request.ptr, request.len, &end) ||
      end != request.len || !asks(&parser, request.ptr))
    return UPSHAKE_ERR_REQUEST;

  memset(client, 0, sizeof *client);
  client->policy = policy;
  client->memory = memory;
  client->cap = most_of_head(policy, cap);
  read_request(client, &parser, request.ptr);
  return UPSHAKE_OK;
}

/* Returns the length of the body (RFC 9112 6.3). */
static uint64_t body_len(const upshake_client *client) {
  int status = status_of(client);
  if ((client->flags & CLIENT_HEAD) || status == 204 || status == 304)
    return 0;
  if (client->facts.flags & FACT_LENGTH)
    return client->facts.body_len;
  return client->facts.flags & FACT_CHUNKED_LAST ? UPSHAKE_BODY_CHUNKED
                                                 : UPSHAKE_BODY_TO_CLOSE;
}

/* 1 if the connection can be kept (RFC 9112 9.3): neither side says close,
 * HTTP/1.0 says keep-alive, and the end of the body can be found. */
static NOINLINE COLD int may_keep(const upshake_client *client) {
  upshake_slice fields = client_fields(client);
  int is_framed = (client->facts.flags & (FACT_LENGTH | FACT_CHUNKED_LAST)) ||
                  body_len(client) == 0;
  if (!is_framed || (client->flags & CLIENT_CLOSE) ||
      HAS_OPTION(fields, "close"))
    return 0;
  return !is_http_1_0(client) || HAS_OPTION(fields, "keep-alive");
}

/* Returns the reason phrase.  It is empty if the line ends right after the
 * status. */
static upshake_slice reason_of(const upshake_client *client) {
  uint32_t end = client->fields_at - 2;
  uint32_t begin = end < REASON_AT ? end : REASON_AT;
  return slice_of(client->memory + begin, end - begin);
}

/* No pointer to the result is passed on, so that the compiler builds it in the
 * caller's memory. */
static NOINLINE COLD upshake_client_result
make_result(const upshake_client *client, const agreement *agreed, int keep) {
  upshake_client_result result = {0};

  result.next = (upshake_client_next)client->next;
  result.error = (upshake_error)client->error;
  if (result.next == UPSHAKE_CLIENT_READ)
    result.error = UPSHAKE_ERR_INCOMPLETE;
  result.offset = (size_t)client->offset;
  result.consumed = (size_t)client->skipped + client->held;
  if (!upshake__head_is_complete(&client->parser)) /* or refused before */
    return result;
  result.status = status_of(client);
  result.reason = reason_of(client);
  result.fields.raw = client_fields(client);
  result.protocol = agreed->protocol;
  result.subprotocol = agreed->subprotocol;
  result.extensions = agreed->extensions;
  if (client->next == UPSHAKE_CLIENT_SWITCHED)
    result.deflate = client->deflate;
  if (result.next == UPSHAKE_CLIENT_OTHER)
    result.body_len = body_len(client);
  result.may_keep = keep;
  return result;
}

/* Looks at the fields before there is a result: see NOINLINE. */
COLD upshake_client_result
upshake_client_get_result(const upshake_client *client) {
  agreement agreed = {.protocol = {NULL, 0}};
  int keep = client->next == UPSHAKE_CLIENT_OTHER && may_keep(client);

  if (client->next == UPSHAKE_CLIENT_SWITCHED)
    upshake__read_agreement(client, &agreed);
  return make_result(client, &agreed, keep);
}

#endif
