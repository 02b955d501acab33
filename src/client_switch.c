/* SPDX-License-Identifier: MIT
 *
 * The client: is this 101 the answer to what was asked for?  RFC 9110 7.8 for
 * every protocol, RFC 6455 4.1 for WebSocket, RFC 9298 3.3 for capsules.
 */
#include "client.h"

#include "extension.h"
#include "field.h"
#include "offer.h"
#include "protocol.h"

#define ACCEPT_LEN 28

static const char accept_name[] = "Sec-WebSocket-Accept";
static const char subprotocol_name[] = "Sec-WebSocket-Protocol";
static const char extensions_name[] = "Sec-WebSocket-Extensions";

static int refuse(upshake_client *client, upshake_error error, const char *at) {
  return client_note(client, error, (uint64_t)(at - client->memory));
}

/* What is missing is missing at the end. */
static int refuse_missing(upshake_client *client, upshake_error error) {
  return client_note(client, error, client->parser.pos);
}

static NOINLINE upshake_slice find_value(const upshake_client *client,
                                         const char *name) {
  return upshake_find_field(client_fields(client), name);
}

/* Most fields have one line. */
static NOINLINE int judge_once(upshake_client *client, const char *name,
                               upshake_error repeated) {
  upshake_slice fields = client_fields(client), value;
  upshake_next_line(&fields, name, &value);
  if (upshake_next_line(&fields, name, &value))
    return refuse(client, repeated, value.ptr);
  return 1;
}

/* ---- every protocol: RFC 9110 7.8 ---- */

/* token ["/" version]: the token without regard to case. */
static int same_protocol(upshake_slice a, const upshake_slice *b) {
  int in_version = 0;
  if (a.len != b->len)
    return 0;
  for (size_t i = 0; i < a.len; i++) {
    if (in_version ? a.ptr[i] != b->ptr[i]
                   : to_lower(a.ptr[i]) != to_lower(b->ptr[i]))
      return 0;
    in_version |= a.ptr[i] == '/';
  }
  return 1;
}

upshake_slice upshake_find_member(upshake_slice fields, const char *name,
                                  const upshake_slice *member) {
  upshake_slice line, found;
  while (next_line(&fields, name, &line))
    while (next_in(&line, &found))
      if (!member || same_protocol(found, member))
        return found;
  return slice_none();
}

/* As it was asked for; absent where it was not. */
static upshake_slice find_asked(const upshake_client *client,
                                const upshake_slice *protocol) {
  return upshake_find_member(client_asked(client), "Upgrade", protocol);
}

/* The protocol that a 101 names first, which is the one it switches to. */
static upshake_slice first_protocol(const upshake_client *client) {
  return upshake_find_member(client_fields(client), "Upgrade", NULL);
}

static int rules_of(const upshake_client *client) {
  return upshake_rules_of_token(first_protocol(client));
}

/* A 101 ends at its empty line, whatever its fields say of content (RFC 9112
 * 6.3); but with capsules such a field makes it malformed (RFC 9297 3.2). */
static NOINLINE int judge_content(upshake_client *client) {
  upshake_slice fields = client_fields(client);
  upshake_field field;

  if (rules_of(client) != UPSHAKE_RULES_CAPSULES)
    return 1;
  while (upshake_next_field(&fields, &field))
    if (upshake_equal_fold(field.name, "Content-Length") ||
        upshake_equal_fold(field.name, "Transfer-Encoding") ||
        upshake_equal_fold(field.name, "Content-Type"))
      return refuse(client, UPSHAKE_ERR_CAPSULES, field.value.ptr);
  return 1;
}

/* A layer on the first protocol: none goes with rules of their own, and the one
 * on TLS need not have been asked for (RFC 2817 3.3). */
static NOINLINE upshake_error judge_layer(upshake_slice first,
                                          const upshake_slice *member) {
  if (first.ptr == member->ptr)
    return UPSHAKE_ERR_UPGRADE_NOT_ASKED; /* it is no layer */
  if (upshake_rules_of_token(first) != UPSHAKE_RULES_NONE ||
      upshake_rules_of_token(*member) != UPSHAKE_RULES_NONE)
    return UPSHAKE_ERR_UPGRADE_REPEATED;
  if (first.len > 4 && upshake_equal_fold(slice_of(first.ptr, 4), "TLS/") &&
      upshake_equal_fold(*member, "HTTP/1.1"))
    return UPSHAKE_OK;
  return UPSHAKE_ERR_UPGRADE_NOT_ASKED;
}

/* All members were asked for, or are layers that need not be. */
static NOINLINE int judge_upgrade(upshake_client *client, upshake_slice first) {
  upshake_slice fields = client_fields(client), value, member;

  while (upshake_next_line(&fields, "Upgrade", &value)) {
    const char *at = value.ptr;
    while (upshake_next_in(&value, &member)) {
      upshake_error error = judge_layer(first, &member);
      if (error == UPSHAKE_ERR_UPGRADE_NOT_ASKED &&
          find_asked(client, &member).ptr)
        continue;
      if (error)
        return refuse(client, error, at);
    }
  }
  return 1;
}

/* A protocol with rules of its own has one line, and nothing else is in it
 * (RFC 6455 4.1). */
static NOINLINE int judge_alone(upshake_client *client, upshake_slice first) {
  upshake_slice value = find_value(client, "Upgrade");
  if (upshake_rules_of_token(first) == UPSHAKE_RULES_NONE)
    return 1;
  if (!judge_once(client, "Upgrade", UPSHAKE_ERR_UPGRADE_REPEATED))
    return 0;
  if (value.len != first.len)
    return refuse(client, UPSHAKE_ERR_UPGRADE_REPEATED, value.ptr);
  return 1;
}

static NOINLINE int judge_connection(upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;
  int has_upgrade = 0;

  while (upshake_next_line(&fields, "Connection", &value)) {
    const char *at = value.ptr;
    while (upshake_next_in(&value, &member)) {
      if (!upshake_is_token(member))
        return refuse(client, UPSHAKE_ERR_CONNECTION_MALFORMED, at);
      has_upgrade |= upshake_equal_fold(member, "upgrade");
    }
  }
  if (!has_upgrade)
    return refuse_missing(client, UPSHAKE_ERR_CONNECTION_MISSING);
  return 1;
}

int upshake_judge_switch(upshake_client *client) {
  upshake_slice first = first_protocol(client);
  if (!first.ptr)
    return refuse_missing(client, UPSHAKE_ERR_UPGRADE_MISSING);
  return judge_content(client) && judge_upgrade(client, first) &&
         judge_alone(client, first) && judge_connection(client);
}

/* ---- WebSocket: RFC 6455 4.1 ---- */

static NOINLINE int judge_accept(upshake_client *client) {
  upshake_slice key =
      upshake_find_field(client_asked(client), "Sec-WebSocket-Key");
  upshake_slice value = find_value(client, accept_name);
  char accept[ACCEPT_LEN];

  if (!value.ptr)
    return refuse_missing(client, UPSHAKE_ERR_ACCEPT_MISSING);
  upshake_accept(key.ptr, accept);
  if (!upshake_same(value, slice_of(accept, sizeof accept)))
    return refuse(client, UPSHAKE_ERR_ACCEPT_WRONG, value.ptr);
  return 1;
}

/* Is this one of the sub-protocols that were asked for; or, where it is absent,
 * is there one? */
static NOINLINE int is_subprotocol_asked(const upshake_client *client,
                                         upshake_slice name) {
  upshake_slice asked = client_asked(client), line, member;
  while (upshake_next_line(&asked, subprotocol_name, &line))
    while (upshake_next_in(&line, &member))
      if (!name.ptr || upshake_same(member, name))
        return 1;
  return 0;
}

static int is_subprotocol_required(const upshake_client *client) {
  return client->policy && client->policy->subprotocol_required;
}

static NOINLINE int judge_subprotocol(upshake_client *client) {
  upshake_slice value = find_value(client, subprotocol_name);
  int is_asked = is_subprotocol_asked(client, value);

  if (value.ptr && !is_asked)
    return refuse(client, UPSHAKE_ERR_SUBPROTOCOL_NOT_ASKED, value.ptr);
  if (!value.ptr && is_asked && is_subprotocol_required(client))
    return refuse_missing(client, UPSHAKE_ERR_SUBPROTOCOL_NONE);
  return 1;
}

/* ---- extensions: one list in any number of lines (RFC 6455 9.1) ---- */

/* The first line that has a member; absent if none has. */
static NOINLINE upshake_slice extensions_of(const upshake_client *client) {
  upshake_slice fields = client_fields(client), value, rest, member;
  while (upshake_next_line(&fields, extensions_name, &value)) {
    rest = value;
    if (upshake_next_in(&rest, &member))
      return value;
  }
  return slice_none();
}

/* The grammar of each line, and that there is a member: empty ones do not count
 * (RFC 9110 5.6.1.2). */
static NOINLINE int judge_extensions(upshake_client *client) {
  upshake_slice fields = client_fields(client), value;
  upshake_slice first = find_value(client, extensions_name);

  while (upshake_next_line(&fields, extensions_name, &value))
    if (!upshake_are_extensions(value))
      return refuse(client, UPSHAKE_ERR_EXTENSION_MALFORMED, value.ptr);
  if (first.ptr && !extensions_of(client).ptr)
    return refuse(client, UPSHAKE_ERR_EXTENSION_MALFORMED, first.ptr);
  return 1;
}

static upshake_error judge_name(const upshake_client *client,
                                const upshake_slice *member) {
  upshake_slice name = upshake_extension_name(*member);
  if (upshake_find_extension(client_fields(client), name) != member->ptr)
    return UPSHAKE_ERR_EXTENSION_REPEATED;
  if (!upshake_find_extension(client_asked(client), name))
    return UPSHAKE_ERR_EXTENSION_NOT_ASKED;
  return UPSHAKE_OK;
}

/* Each name once, and only those that were asked for. */
static NOINLINE int judge_names(upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;

  while (upshake_next_line(&fields, extensions_name, &value)) {
    const char *at = value.ptr;
    while (upshake_next_in(&value, &member)) {
      upshake_error error = judge_name(client, &member);
      if (error)
        return refuse(client, error, at);
    }
  }
  return 1;
}

/* Where the value begins that has this member; NULL if there is none. */
static NOINLINE const char *find_deflate(const upshake_client *client,
                                         upshake_slice *member) {
  upshake_slice fields = client_fields(client), value;

  while (upshake_next_line(&fields, extensions_name, &value)) {
    const char *at = value.ptr;
    while (upshake_next_in(&value, member))
      if (upshake_equal(upshake_extension_name(*member), "permessage-deflate"))
        return at;
  }
  return NULL;
}

/* RFC 7692 7.1 */
static NOINLINE int judge_deflate(upshake_client *client) {
  upshake_slice member;
  const char *at = find_deflate(client, &member);

  if (!at ||
      upshake_check_deflate(client_asked(client), member, &client->deflate))
    return 1;
  return refuse(client, UPSHAKE_ERR_EXTENSION_PARAMETER, at);
}

/* ---- all of it ---- */

int upshake_judge_accepted(upshake_client *client) {
  if (rules_of(client) != UPSHAKE_RULES_WEBSOCKET)
    return 1;
  return judge_once(client, accept_name, UPSHAKE_ERR_ACCEPT_REPEATED) &&
         judge_accept(client) &&
         judge_once(client, subprotocol_name,
                    UPSHAKE_ERR_SUBPROTOCOL_REPEATED) &&
         judge_subprotocol(client) && judge_extensions(client) &&
         judge_names(client) && judge_deflate(client);
}

void upshake_read_agreement(const upshake_client *client, agreement *agreed) {
  agreed->protocol = first_protocol(client);
  agreed->protocol = find_asked(client, &agreed->protocol);
  if (rules_of(client) != UPSHAKE_RULES_WEBSOCKET)
    return;
  agreed->subprotocol = find_value(client, subprotocol_name);
  agreed->extensions = extensions_of(client);
}
