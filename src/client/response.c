/* SPDX-License-Identifier: MIT
 *
 * The client: a response that another parser has found.  It is written into the
 * client's memory as HTTP/1.1 would send it, and fed: so there is one
 * judgement. A 2xx of HTTP/2 or 3 becomes the 101 that it stands for (RFC 8441
 * 5).
 */
#include "client.h"

#include "../judge/judge.h"
#include "../judge/protocol.h"
#include "../judge/rules.h"
#include "../reply/reply.h"
#include "../text/base64.h"
#include "../text/field.h"

#ifndef UPSHAKE_NO_CLIENT

static int awaits_more(const upshake_client *client) {
  return client->next == UPSHAKE_CLIENT_READ;
}

static void refuse(upshake_client *client, upshake_error error) {
  client->next = (uint8_t)client_refuse(client, error, client->held);
}

static void put(upshake_client *client, upshake_slice bytes) {
  size_t used;
  if (bytes.len > 0)
    upshake_client_feed(client, bytes.ptr, bytes.len, &used);
}

static void put_pair(upshake_client *client, upshake_slice name,
                     upshake_slice value) {
  put(client, name);
  put(client, slice_text(": "));
  put(client, value);
  put(client, slice_text("\r\n"));
}

static void write_status(char *out, int status) {
  out[0] = (char)('0' + status / 100);
  out[1] = (char)('0' + status / 10 % 10);
  out[2] = (char)('0' + status % 10);
}

static NOINLINE void put_status(upshake_client *client, int version,
                                int status) {
  char text[] = "HTTP/1.1 000 \r\n";
  if (version == 10)
    text[STATUS_AT - 2] = '0';
  write_status(text + STATUS_AT, status);
  put(client, slice_text(text));
}

/* ---- HTTP/2 and HTTP/3 ---- */

/* What stands before a field; less stack than the name: see NOINLINE. */
enum { BEHIND_NOTHING, BEHIND_STATUS, BEHIND_FIELD };

static int is_status(upshake_slice name) {
  return upshake_equal(name, ":status");
}

/* A response has :status alone, once, before all fields (RFC 9113 8.3). */
static upshake_error check_pseudo(upshake_slice name, int behind) {
  if (!is_status(name) || behind == BEHIND_FIELD)
    return UPSHAKE_ERR_PSEUDO_MALFORMED;
  return behind == BEHIND_STATUS ? UPSHAKE_ERR_PSEUDO_REPEATED : UPSHAKE_OK;
}

/* Returns what makes a response malformed (RFC 9113 8.1.1, 8.2, 8.3.2). */
static upshake_error check_stream_field(const upshake_field *field,
                                        int behind) {
  upshake_error error = UPSHAKE_OK;
  if (*field->name.ptr == ':')
    error = check_pseudo(field->name, behind);
  else if (!is_lower(field->name))
    error = UPSHAKE_ERR_FIELD_NAME;
  else if (upshake__is_hop_field(field->name))
    error = UPSHAKE_ERR_HOP_FIELD;
  if (!error && !upshake__is_value(field->value))
    error = UPSHAKE_ERR_FIELD_VALUE;
  return error;
}

/* Accept is not processed (RFC 8441 5), and the status was given. */
static int is_passed_over(upshake_slice name) {
  return *name.ptr == ':' || upshake_equal(name, "sec-websocket-accept");
}

/* Any 2xx switches; for capsules not one that has no content (RFC 9297 3.2). */
static int is_switch(upshake_slice protocol, int status) {
  if (status / 100 != 2)
    return 0;
  return upshake__rules_of_token(protocol) != RULES_CAPSULES ||
         (status != 204 && status != 205 && status != 206);
}

/* The lines of a 101 that HTTP/2 does not have. */
static void put_switch_lines(upshake_client *client, upshake_slice protocol) {
  char accept[ACCEPT_LEN];
  put_pair(client, slice_text(NAME_UPGRADE), protocol);
  put_pair(client, slice_text(NAME_CONNECTION), slice_text(SWITCH_OPTION));
  if (upshake__rules_of_token(protocol) != RULES_WEBSOCKET)
    return;
  upshake_accept(upshake__find_line(client_asked(client), ASKED_KEY).ptr,
                 accept);
  put_pair(client, slice_text(NAME_ACCEPT), slice_of(accept, ACCEPT_LEN));
}

/* ---- any version ---- */

static NOINLINE void put_field(upshake_client *client,
                               const upshake_field *field, int is_stream,
                               int behind) {
  upshake_slice name = field->name;
  upshake_error error = UPSHAKE_OK;
  if (is_stream && name.len > 0 && *name.ptr == ':')
    name = slice_from(name, 1);
  if (!upshake_is_token(name))
    error = UPSHAKE_ERR_FIELD_NAME;
  else if (!upshake__all_in(field->value, CLASS_VALUE))
    error = UPSHAKE_ERR_FIELD_VALUE;
  else if (is_stream)
    error = check_stream_field(field, behind);
  if (error)
    refuse(client, error);
  else if (!is_stream || !is_passed_over(field->name))
    put_pair(client, field->name, field->value);
}

static void put_response(upshake_client *client, int version, int status,
                         upshake_fields fields) {
  upshake_slice protocol = slice_none();
  int is_stream = version == 20 || version == 30, is_switching;
  int behind = BEHIND_NOTHING;
  upshake_field field;

  if (client->asked_len > 0)
    protocol = upshake__find_member(client_asked(client), ASKED_UPGRADE, NULL);
  is_switching = is_stream && protocol.ptr && is_switch(protocol, status);
  if (is_stream)
    client->flags |= version == 20 ? CLIENT_HTTP_2 : CLIENT_HTTP_3;
  put_status(client, version, is_switching ? SWITCHING : status);
  if (is_switching)
    put_switch_lines(client, protocol);
  while (awaits_more(client) && upshake_next_field(&fields, &field)) {
    put_field(client, &field, is_stream, behind);
    if (behind == BEHIND_NOTHING)
      behind = is_status(field.name) ? BEHIND_STATUS : BEHIND_FIELD;
  }
  put(client, slice_text("\r\n"));
  if (is_switching && client->held > STATUS_AT + 3)
    write_status(client->memory + STATUS_AT, status);
}

upshake_client_next upshake_client_response(upshake_client *client, int version,
                                            int status, upshake_fields fields) {
  int is_known = version / 10 == 1 || version == 20 || version == 30;
  upshake_client_commit(client, 0); /* behind an interim response */
  if (!awaits_more(client) || client->held > 0)
    return (upshake_client_next)client->next;
  if (!is_known)
    refuse(client, UPSHAKE_ERR_HTTP_VERSION);
  else if (status < 0 || status > 999)
    refuse(client, UPSHAKE_ERR_STATUS_LINE);
  else if (version / 10 > 1 && status == SWITCHING) /* RFC 9113 8.6 */
    refuse(client, UPSHAKE_ERR_PSEUDO_MALFORMED);
  else
    put_response(client, version, status, fields);
  return (upshake_client_next)client->next;
}

#endif
