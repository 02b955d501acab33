/* SPDX-License-Identifier: MIT
 *
 * The client: is this 101 a valid answer to the request?  RFC 9110 7.8 for
 * every protocol, RFC 6455 4.1 for WebSocket, RFC 9298 3.3 for capsules.
 */
#include "client.h"

#include "../websocket/extension.h"
#include "../text/field.h"
#include "../judge/judge.h"
#include "../text/base64.h"
#include "../judge/protocol.h"
#include "../judge/rules.h"

#ifndef UPSHAKE_NO_CLIENT

static const char accept_name[] = "Sec-WebSocket-Accept";
static const char subprotocol_name[] = "Sec-WebSocket-Protocol";
static const char extensions_name[] = NAME_EXTENSIONS;

static int refuse_switch(upshake_client *client, upshake_error error,
                         const char *at) {
  return client_note(client, error, (uint64_t)(at - client->memory));
}

/* The offset of something missing is the end of the head. */
static int refuse_missing(upshake_client *client, upshake_error error) {
  return client_note(client, error, client->parser.pos);
}

static NOINLINE upshake_slice find_value(const upshake_client *client,
                                         const char *name) {
  return upshake__find_line(client_fields(client), name);
}

/* Refuses a second line of a field that may have one line. */
static NOINLINE int judge_once(upshake_client *client, const char *name,
                               upshake_error repeated) {
  upshake_slice fields = client_fields(client), value;
  upshake__next_line(&fields, name, &value);
  if (upshake__next_line(&fields, name, &value))
    return refuse_switch(client, repeated, value.ptr);
  return 1;
}

/* ---- every protocol: RFC 9110 7.8 ---- */

/* 1 if the protocols are equal: token ["/" version], the token in any case. */
static int same_protocol(upshake_slice a, const upshake_slice *b) {
  size_t slash = index_of(a, '/');
  return upshake__same_fold(a, *b) &&
         upshake__same(slice_from(a, slash), slice_from(*b, slash));
}

COLD upshake_slice upshake__find_member(upshake_slice fields, const char *name,
                                        const upshake_slice *member) {
  upshake_slice line, found;
  while (next_line(&fields, name, &line))
    while (next_in(&line, &found))
      if (!member || same_protocol(found, member))
        return found;
  return slice_none();
}

/* Returns the protocol as the request spells it; absent if it was not asked
 * for. */
static upshake_slice find_asked(const upshake_client *client,
                                const upshake_slice *protocol) {
  return upshake__find_member(client_asked(client), ASKED_UPGRADE, protocol);
}

/* Returns the protocol that the 101 names first: it switches to this
 * protocol. */
static upshake_slice first_protocol(const upshake_client *client) {
  return upshake__find_member(client_fields(client), "Upgrade", NULL);
}

static rules_kind kind_of(const upshake_client *client) {
  return upshake__rules_of_token(first_protocol(client));
}

/* A 101 ends at its empty line, whatever its fields say of content (RFC 9112
 * 6.3).  With capsules such a field makes it malformed (RFC 9297 3.2). */
static NOINLINE COLD int judge_content(upshake_client *client) {
  upshake_slice fields = client_fields(client);
  upshake_field field;

  if (kind_of(client) != RULES_CAPSULES)
    return 1;
  while (upshake__next_raw_field(&fields, &field))
    if (upshake_equal_fold(field.name, "Content-Length") ||
        upshake_equal_fold(field.name, "Transfer-Encoding") ||
        upshake_equal_fold(field.name, "Content-Type"))
      return refuse_switch(client, UPSHAKE_ERR_CAPSULES, field.value.ptr);
  return 1;
}

/* Judges a further protocol in Upgrade, which is a layer on the first protocol.
 * Protocols with rules of their own have no layers.  HTTP/1.1 on TLS need not
 * have been asked for (RFC 2817 3.3). */
static NOINLINE upshake_error judge_layer(upshake_slice first,
                                          const upshake_slice *member) {
  if (first.ptr == member->ptr)
    return UPSHAKE_ERR_UPGRADE_NOT_ASKED; /* it is the first protocol itself */
  if (upshake__rules_of_token(first) != RULES_NONE ||
      upshake__rules_of_token(*member) != RULES_NONE)
    return UPSHAKE_ERR_UPGRADE_REPEATED;
  if (first.len > 4 && upshake_equal_fold(slice_of(first.ptr, 4), "TLS/") &&
      upshake_equal_fold(*member, "HTTP/1.1"))
    return UPSHAKE_OK;
  return UPSHAKE_ERR_UPGRADE_NOT_ASKED;
}

/* 1 if every member of Upgrade was asked for, or is a layer that need not
 * be. */
static NOINLINE COLD int judge_switch_protocol(upshake_client *client,
                                               upshake_slice first) {
  upshake_slice fields = client_fields(client), value, member;

  while (upshake__next_line(&fields, "Upgrade", &value)) {
    const char *at = value.ptr;
    while (upshake__next_in(&value, &member)) {
      upshake_error error = judge_layer(first, &member);
      if (error == UPSHAKE_ERR_UPGRADE_NOT_ASKED &&
          find_asked(client, &member).ptr)
        continue;
      if (error)
        return refuse_switch(client, error, at);
    }
  }
  return 1;
}

/* A protocol with rules of its own stands alone: Upgrade has one line and one
 * member (RFC 6455 4.1). */
static NOINLINE int judge_alone(upshake_client *client, upshake_slice first) {
  upshake_slice value = find_value(client, "Upgrade");
  if (upshake__rules_of_token(first) == RULES_NONE)
    return 1;
  if (!judge_once(client, "Upgrade", UPSHAKE_ERR_UPGRADE_REPEATED))
    return 0;
  if (value.len != first.len)
    return refuse_switch(client, UPSHAKE_ERR_UPGRADE_REPEATED, value.ptr);
  return 1;
}

static NOINLINE COLD int judge_switch_option(upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;
  int has_upgrade = 0;

  while (upshake__next_line(&fields, "Connection", &value)) {
    const char *at = value.ptr;
    while (upshake__next_in(&value, &member)) {
      if (!upshake_is_token(member))
        return refuse_switch(client, UPSHAKE_ERR_CONNECTION_MALFORMED, at);
      has_upgrade |= upshake_equal_fold(member, "upgrade");
    }
  }
  if (!has_upgrade)
    return refuse_missing(client, UPSHAKE_ERR_CONNECTION_MISSING);
  return 1;
}

COLD int upshake__judge_switch(upshake_client *client) {
  upshake_slice first = first_protocol(client);
  if (!first.ptr)
    return refuse_missing(client, UPSHAKE_ERR_UPGRADE_MISSING);
  return judge_content(client) && judge_switch_protocol(client, first) &&
         judge_alone(client, first) && judge_switch_option(client);
}

/* ---- WebSocket: RFC 6455 4.1 ---- */

static NOINLINE int judge_accept(upshake_client *client) {
  upshake_slice key = upshake__find_line(client_asked(client), ASKED_KEY);
  upshake_slice value = find_value(client, accept_name);
  char accept[ACCEPT_LEN];

  if (!value.ptr)
    return refuse_missing(client, UPSHAKE_ERR_ACCEPT_MISSING);
  upshake_accept(key.ptr, accept);
  if (!upshake__same(value, slice_of(accept, sizeof accept)))
    return refuse_switch(client, UPSHAKE_ERR_ACCEPT_WRONG, value.ptr);
  return 1;
}

/* 1 if the request asks for this sub-protocol.  If the name is absent: 1 if it
 * asks for any sub-protocol. */
static NOINLINE int is_subprotocol_asked(const upshake_client *client,
                                         upshake_slice name) {
  upshake_slice asked = client_asked(client), line, member;
  while (upshake__next_line(&asked, ASKED_SUBPROTOCOL, &line))
    while (upshake__next_in(&line, &member))
      if (!name.ptr || upshake__same(member, name))
        return 1;
  return 0;
}

static int is_subprotocol_required(const upshake_client *client) {
  return client->policy && client->policy->subprotocol_required;
}

static NOINLINE int judge_agreed_subprotocol(upshake_client *client) {
  upshake_slice value = find_value(client, subprotocol_name);
  int is_asked = is_subprotocol_asked(client, value);

  if (value.ptr && !is_asked)
    return refuse_switch(client, UPSHAKE_ERR_SUBPROTOCOL_NOT_ASKED, value.ptr);
  if (!value.ptr && is_asked && is_subprotocol_required(client))
    return refuse_missing(client, UPSHAKE_ERR_SUBPROTOCOL_NONE);
  return 1;
}

/* ---- extensions: one list in any number of lines (RFC 6455 9.1) ---- */

/* Returns the first line that has a member; absent if there is no such line. */
static NOINLINE upshake_slice extensions_of(const upshake_client *client) {
  upshake_slice fields = client_fields(client), value, rest, member;
  while (upshake__next_line(&fields, extensions_name, &value)) {
    rest = value;
    if (upshake__next_in(&rest, &member))
      return value;
  }
  return slice_none();
}

/* Checks the grammar of each line, and that there is a member.  Empty members
 * do not count (RFC 9110 5.6.1.2). */
static NOINLINE int judge_agreed_extensions(upshake_client *client) {
  upshake_slice fields = client_fields(client), value;
  upshake_slice first = find_value(client, extensions_name);

  while (upshake__next_line(&fields, extensions_name, &value))
    if (!upshake__are_extensions(value))
      return refuse_switch(client, UPSHAKE_ERR_EXTENSION_MALFORMED, value.ptr);
  if (first.ptr && !extensions_of(client).ptr)
    return refuse_switch(client, UPSHAKE_ERR_EXTENSION_MALFORMED, first.ptr);
  return 1;
}

static int is_extension_asked(const upshake_client *client,
                              upshake_slice name) {
  upshake_slice asked = client_asked(client), line;
  while (upshake__next_line(&asked, ASKED_EXTENSIONS, &line))
    if (upshake__find_extension_in(line, name))
      return 1;
  return 0;
}

static upshake_error judge_name(const upshake_client *client,
                                const upshake_slice *member) {
  upshake_slice name = upshake__extension_name(*member);
  if (upshake__find_extension(client_fields(client), name) != member->ptr)
    return UPSHAKE_ERR_EXTENSION_REPEATED;
  if (!is_extension_asked(client, name))
    return UPSHAKE_ERR_EXTENSION_NOT_ASKED;
  return UPSHAKE_OK;
}

/* Checks that each name is there once, and that it was asked for. */
static NOINLINE int judge_names(upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;

  while (upshake__next_line(&fields, extensions_name, &value)) {
    const char *at = value.ptr;
    while (upshake__next_in(&value, &member)) {
      upshake_error error = judge_name(client, &member);
      if (error)
        return refuse_switch(client, error, at);
    }
  }
  return 1;
}

/* Finds permessage-deflate.  Returns the value that has it as a member; NULL if
 * there is none. */
static NOINLINE const char *find_deflate(const upshake_client *client,
                                         upshake_slice *member) {
  upshake_slice fields = client_fields(client), value;

  while (upshake__next_line(&fields, extensions_name, &value)) {
    const char *at = value.ptr;
    while (upshake__next_in(&value, member))
      if (upshake_equal(upshake__extension_name(*member), "permessage-deflate"))
        return at;
  }
  return NULL;
}

/* Checks the parameters of permessage-deflate (RFC 7692 7.1). */
static NOINLINE int judge_deflate(upshake_client *client) {
  upshake_slice member;
  const char *at = find_deflate(client, &member);

  if (!at || upshake__check_deflate(client_asked(client), ASKED_EXTENSIONS,
                                    member, &client->deflate))
    return 1;
  return refuse_switch(client, UPSHAKE_ERR_EXTENSION_PARAMETER, at);
}

/* ---- the whole 101 ---- */

int upshake__judge_accepted(upshake_client *client) {
  if (kind_of(client) != RULES_WEBSOCKET)
    return 1;
  return judge_once(client, accept_name, UPSHAKE_ERR_ACCEPT_REPEATED) &&
         judge_accept(client) &&
         judge_once(client, subprotocol_name,
                    UPSHAKE_ERR_SUBPROTOCOL_REPEATED) &&
         judge_agreed_subprotocol(client) && judge_agreed_extensions(client) &&
         judge_names(client) && judge_deflate(client);
}

COLD void upshake__read_agreement(const upshake_client *client,
                                  agreement *agreed) {
  agreed->protocol = first_protocol(client);
  agreed->protocol = find_asked(client, &agreed->protocol);
  if (kind_of(client) != RULES_WEBSOCKET)
    return;
  agreed->subprotocol = find_value(client, subprotocol_name);
  agreed->extensions = extensions_of(client);
}

#endif
