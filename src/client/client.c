/* SPDX-License-Identifier: MIT
 *
 * The client: reads the answer to a request (asked.c).
 *
 * The status line is parsed here, the field lines by the head parser of the
 * server.  An interim response is dropped from the memory when it ends.  What a
 * complete head is, stands in outcome.c.
 */
#include "client.h"

#include "../reply/reply.h"
#include "../text/scan.h"

#ifndef UPSHAKE_NO_CLIENT

#define INTERIMS_MAX 32

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

/* Fast path: passes over "HTTP/1.1 ", three digits and SP. */
#ifdef UPSHAKE_SMALL
#define pass_usual_status(client) ((void)0)
#else
static void pass_usual_status(upshake_client *client) {
  const char *bytes = client->memory;
  if (client->parser.pos == 0 && client->held >= REASON_AT &&
      memcmp(bytes, "HTTP/1.1 ", STATUS_AT) == 0 &&
      is_digit(bytes[STATUS_AT]) && is_digit(bytes[STATUS_AT + 1]) &&
      is_digit(bytes[STATUS_AT + 2]) && bytes[REASON_AT - 1] == ' ')
    client->parser.pos = REASON_AT;
}
#endif

static NOINLINE upshake_error parse_status_line(upshake_client *client) {
  upshake_parser *parser = &client->parser;
  pass_usual_status(client);
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
  if (client->index) /* see client_index.c */
    return (upshake_error)client->index->private_take(client);
  return upshake_parse_head(&client->parser, policy ? &policy->limits : NULL,
                            client->memory, client->held, &end);
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

/* Drops a head from the memory.  The bytes behind it move to its place. */
static void drop_head(upshake_client *client) {
  uint32_t len = client->parser.pos;
  client->held -= len;
  memmove(client->memory, client->memory + len, client->held);
  client->skipped += len;
  client->fields_at = 0;
  memset(&client->parser, 0, sizeof client->parser);
}

/* Gives or drops an interim response, whatever it says (RFC 9110 15.2). */
static upshake_client_next take_interim(upshake_client *client) {
  if (client->interims++ == INTERIMS_MAX)
    return client_refuse(client, UPSHAKE_ERR_INTERIM_MANY, 0);
  if (client->policy && client->policy->interim)
    return UPSHAKE_CLIENT_INTERIM;
  drop_head(client);
  return UPSHAKE_CLIENT_READ;
}

/* Returns how many bytes fit behind the bytes that are held. */
static uint32_t room_behind(const upshake_client *client) {
  return client->cap - client->held;
}

/* Takes the bytes that fit.  Returns how many they are. */
static uint32_t hold_bytes(upshake_client *client, const char *data,
                           size_t len) {
  uint32_t room = room_behind(client);
  if (len < room)
    room = (uint32_t)len;
  if (data && room > 0)
    memcpy(client->memory + client->held, data, room);
  client->held += room;
  return room;
}

/* Takes the bytes, up to the end of a final head, and adds how many to *used.
 * If `are_held` is 1, or an interim response was given, it goes through the
 * held bytes first.  Returns 1 if the head is complete and must be judged.  One
 * function: see NOINLINE. */
static NOINLINE int take_all(upshake_client *client, const char *data,
                             size_t len, size_t *used, int are_held) {
  if (client->next == UPSHAKE_CLIENT_INTERIM) {
    drop_head(client);
    client->next = UPSHAKE_CLIENT_READ;
    are_held = 1;
  }
  while (client->next == UPSHAKE_CLIENT_READ && (are_held || *used < len)) {
    upshake_error error;
    if (!are_held)
      *used += hold_bytes(client, data + *used, len - *used);
    are_held = 0;
    error = parse_held(client);
    if (error == UPSHAKE_ERR_INCOMPLETE && client->held < client->cap)
      continue;
    if (error == UPSHAKE_ERR_INCOMPLETE)
      error = UPSHAKE_ERR_HEAD_LONG;
    if (!error && !is_interim(client))
      return 1;
    are_held = 1;
    client->next =
        (uint8_t)(error ? client_refuse(client, error, client->parser.pos)
                        : take_interim(client));
  }
  return 0;
}

upshake_client_next upshake_client_feed(upshake_client *client,
                                        const void *data, size_t len,
                                        size_t *used) {
  *used = 0;
  if (take_all(client, data, len, used, 0))
    client->next = (uint8_t)upshake__judge_answer(client);
  if (*used > 0 && client->next != UPSHAKE_CLIENT_READ) {
    *used -= client->held - client->parser.pos; /* bytes behind the head */
    client->held = client->parser.pos;
  }
  return (upshake_client_next)client->next;
}

void *upshake_client_room(upshake_client *client, size_t *cap) {
  *cap = client->next == UPSHAKE_CLIENT_READ ? room_behind(client) : 0;
  return client->memory ? client->memory + client->held : NULL;
}

upshake_client_next upshake_client_commit(upshake_client *client, size_t len) {
  size_t used = 0;
  if (client->next == UPSHAKE_CLIENT_READ)
    hold_bytes(client, NULL, len);
  if (take_all(client, NULL, 0, &used, 1))
    client->next = (uint8_t)upshake__judge_answer(client);
  return (upshake_client_next)client->next;
}

upshake_slice upshake_client_head(const upshake_client *client) {
  uint32_t len = client_head_len(client);
  return len > 0 ? slice_of(client->memory, len) : slice_none();
}

upshake_slice upshake_client_rest(const upshake_client *client) {
  uint32_t len = client_head_len(client);
  if (client->next == UPSHAKE_CLIENT_READ || !client->memory)
    return slice_none();
  return slice_of(client->memory + len, client->held - len);
}

#endif
