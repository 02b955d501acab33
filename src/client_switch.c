/* SPDX-License-Identifier: MIT
 *
 * The client: is this 101 the answer to what was asked for?  RFC 9110 7.8 for
 * every protocol, RFC 6455 4.1 for WebSocket, RFC 9298 3.3 for capsules.
 */
#include "client.h"

#include "extension.h"
#include "offer.h"
#include "protocol.h"

#define KEY_LEN 24
#define ACCEPT_LEN 28

static const char subprotocol_name[] = "Sec-WebSocket-Protocol";
static const char extensions_name[] = "Sec-WebSocket-Extensions";

static answer_fault fault(upshake_error error, const char *at) {
  answer_fault f = {error, at};
  return f;
}

static answer_fault no_fault(void) { return fault(UPSHAKE_OK, NULL); }

/* The one line with that name, absent where there is none; *again is the
 * second one, which most fields cannot have. */
static upshake_slice only_line(upshake_slice fields, const char *name,
                               upshake_slice *again) {
  upshake_slice value;
  *again = slice_none();
  if (!upshake_next_line(&fields, name, &value))
    return slice_none();
  if (!upshake_next_line(&fields, name, again))
    *again = slice_none();
  return value;
}

static upshake_list list_in(upshake_slice fields, const char *name) {
  upshake_list list = {{NULL, 0}, {NULL, 0}, NULL};
  list.fields = fields;
  list.name = name;
  return list;
}

/* ---- every protocol: RFC 9110 7.8 ---- */

/* token ["/" version]: the token without regard to case. */
static NOINLINE int same_protocol(const upshake_slice *a,
                                  const upshake_slice *b) {
  size_t len = index_of(*a, '/');
  return len == index_of(*b, '/') &&
         upshake_same_fold(slice_of(a->ptr, len), slice_of(b->ptr, len)) &&
         upshake_same(slice_from(*a, len), slice_from(*b, len));
}

/* As it was asked for; absent where it was not. */
static NOINLINE upshake_slice find_asked(const upshake_client *client,
                                         const upshake_slice *protocol) {
  upshake_slice asked = client_asked(client), value, member;
  while (upshake_next_line(&asked, "Upgrade", &value))
    while (upshake_next_in(&value, &member))
      if (same_protocol(&member, protocol))
        return member;
  return slice_none();
}

/* The protocol that a 101 names first, which is the one it switches to. */
static NOINLINE upshake_slice first_protocol(const upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;
  while (upshake_next_line(&fields, "Upgrade", &value))
    if (upshake_next_in(&value, &member))
      return member;
  return slice_none();
}

static int rules_of(const upshake_client *client) {
  return upshake_rules_of_token(first_protocol(client));
}

/* RFC 9110 8.6, RFC 9112 6.1, RFC 9297 3.2 */
static NOINLINE answer_fault judge_content(const upshake_client *client) {
  upshake_slice fields = client_fields(client);
  int is_capsules = rules_of(client) == UPSHAKE_RULES_CAPSULES;
  upshake_field field;

  while (upshake_next_field(&fields, &field))
    if (upshake_equal_fold(field.name, "Content-Length") ||
        upshake_equal_fold(field.name, "Transfer-Encoding") ||
        (is_capsules && upshake_equal_fold(field.name, "Content-Type")))
      return fault(UPSHAKE_ERR_SWITCH_CONTENT, field.value.ptr);
  return no_fault();
}

/* A layer on the first protocol: none goes with rules of their own, and the one
 * on TLS need not have been asked for (RFC 2817 3.3). */
static NOINLINE upshake_error judge_layer(const upshake_client *client,
                                          const upshake_slice *place) {
  upshake_slice first = first_protocol(client), member = *place;
  if (first.ptr == member.ptr)
    return UPSHAKE_ERR_UPGRADE_NOT_ASKED; /* it is no layer */
  if (upshake_rules_of_token(first) != UPSHAKE_RULES_NONE ||
      upshake_rules_of_token(member) != UPSHAKE_RULES_NONE)
    return UPSHAKE_ERR_UPGRADE_REPEATED;
  if (first.len > 4 && upshake_equal_fold(slice_of(first.ptr, 4), "TLS/") &&
      upshake_equal_fold(member, "HTTP/1.1"))
    return UPSHAKE_OK;
  return UPSHAKE_ERR_UPGRADE_NOT_ASKED;
}

/* A protocol with rules of its own has one line, and nothing else is in it
 * (RFC 6455 4.1). */
static NOINLINE answer_fault judge_alone(const upshake_client *client) {
  upshake_slice protocol = first_protocol(client), again;
  upshake_slice value = only_line(client_fields(client), "Upgrade", &again);

  if (upshake_rules_of_token(protocol) == UPSHAKE_RULES_NONE)
    return no_fault();
  if (again.ptr)
    return fault(UPSHAKE_ERR_UPGRADE_REPEATED, again.ptr);
  if (value.len != protocol.len)
    return fault(UPSHAKE_ERR_UPGRADE_REPEATED, value.ptr);
  return no_fault();
}

/* All members were asked for, or are layers that need not be. */
static NOINLINE answer_fault judge_upgrade(const upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;
  upshake_error error = UPSHAKE_ERR_UPGRADE_MISSING;

  while (upshake_next_line(&fields, "Upgrade", &value)) {
    const char *at = value.ptr;
    while (upshake_next_in(&value, &member)) {
      error = judge_layer(client, &member);
      if (error == UPSHAKE_ERR_UPGRADE_NOT_ASKED &&
          find_asked(client, &member).ptr)
        error = UPSHAKE_OK;
      if (error)
        return fault(error, at);
    }
  }
  return fault(error, NULL);
}

static NOINLINE answer_fault judge_connection(const upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;
  int has_upgrade = 0;

  while (upshake_next_line(&fields, "Connection", &value)) {
    const char *at = value.ptr;
    while (upshake_next_in(&value, &member)) {
      if (!upshake_is_token(member))
        return fault(UPSHAKE_ERR_CONNECTION_MALFORMED, at);
      has_upgrade |= upshake_equal_fold(member, "upgrade");
    }
  }
  return has_upgrade ? no_fault() : fault(UPSHAKE_ERR_CONNECTION_MISSING, NULL);
}

/* ---- WebSocket: RFC 6455 4.1 ---- */

static NOINLINE answer_fault judge_accept(const upshake_client *client) {
  upshake_slice key =
      upshake_find_field(client_asked(client), "Sec-WebSocket-Key");
  upshake_slice again,
      value = only_line(client_fields(client), "Sec-WebSocket-Accept", &again);
  char accept[ACCEPT_LEN];

  if (!value.ptr)
    return fault(UPSHAKE_ERR_ACCEPT_MISSING, NULL);
  if (again.ptr)
    return fault(UPSHAKE_ERR_ACCEPT_REPEATED, again.ptr);
  upshake_accept(key.ptr, accept);
  if (!upshake_same(value, slice_of(accept, sizeof accept)))
    return fault(UPSHAKE_ERR_ACCEPT_WRONG, value.ptr);
  return no_fault();
}

static NOINLINE answer_fault judge_subprotocol(const upshake_client *client) {
  upshake_list asked = list_in(client_asked(client), subprotocol_name);
  upshake_slice again, member;
  upshake_slice value =
      only_line(client_fields(client), subprotocol_name, &again);
  int is_required = client->flags & CLIENT_SUBPROTOCOL_REQUIRED;

  if (again.ptr)
    return fault(UPSHAKE_ERR_SUBPROTOCOL_REPEATED, again.ptr);
  while (upshake_next_member(&asked, &member))
    if (value.ptr ? upshake_same(member, value) : is_required)
      return value.ptr ? no_fault() : fault(UPSHAKE_ERR_SUBPROTOCOL_NONE, NULL);
  return value.ptr ? fault(UPSHAKE_ERR_SUBPROTOCOL_NOT_ASKED, value.ptr)
                   : no_fault();
}

static NOINLINE int is_extension_asked(const upshake_client *client,
                                       upshake_slice name) {
  upshake_slice asked = client_asked(client), line;
  while (upshake_next_line(&asked, extensions_name, &line))
    if (upshake_find_extension(line, name))
      return 1;
  return 0;
}

/* Is there a member before this one, in the same value, with its name? */
static NOINLINE int is_named_before(upshake_slice value, upshake_slice member) {
  return upshake_find_extension(
      slice_of(value.ptr, (size_t)(member.ptr - value.ptr)),
      upshake_extension_name(member));
}

/* One line, with a list that is not empty (RFC 6455 9.1 and 11.3.2). */
static NOINLINE answer_fault judge_extensions(const upshake_client *client) {
  upshake_slice again;
  upshake_slice value =
      only_line(client_fields(client), extensions_name, &again);

  if (again.ptr)
    return fault(UPSHAKE_ERR_EXTENSION_REPEATED, again.ptr);
  if (value.ptr && !upshake_is_extension_answer(value))
    return fault(UPSHAKE_ERR_EXTENSION_MALFORMED, value.ptr);
  return no_fault();
}

static NOINLINE answer_fault
judge_extension_names(const upshake_client *client) {
  upshake_slice value =
      upshake_find_field(client_fields(client), extensions_name);
  upshake_slice rest = value, member;

  while (upshake_next_in(&rest, &member)) {
    if (is_named_before(value, member))
      return fault(UPSHAKE_ERR_EXTENSION_REPEATED, value.ptr);
    if (!is_extension_asked(client, upshake_extension_name(member)))
      return fault(UPSHAKE_ERR_EXTENSION_NOT_ASKED, value.ptr);
  }
  return no_fault();
}

/* ---- permessage-deflate: RFC 7692 7.1 ---- */

static NOINLINE upshake_slice deflate_member(const upshake_client *client) {
  upshake_slice fields = client_fields(client), line, member;
  while (upshake_next_line(&fields, extensions_name, &line))
    while (upshake_next_in(&line, &member))
      if (upshake_equal(upshake_extension_name(member), "permessage-deflate"))
        return member;
  return slice_none();
}

static NOINLINE answer_fault judge_deflate(upshake_client *client) {
  upshake_slice member = deflate_member(client);
  upshake_list offers = {{NULL, 0}, {NULL, 0}, extensions_name};
  offers.fields = client_asked(client);
  if (!member.ptr || upshake_check_deflate(&offers, member, &client->deflate))
    return no_fault();
  return fault(UPSHAKE_ERR_EXTENSION_PARAMETER,
               upshake_find_field(client_fields(client), extensions_name).ptr);
}

/* ---- all of it ---- */

answer_fault upshake_judge_accepted(upshake_client *client) {
  answer_fault found;
  if (rules_of(client) != UPSHAKE_RULES_WEBSOCKET)
    return no_fault();
  found = judge_accept(client);
  if (!found.error)
    found = judge_subprotocol(client);
  if (!found.error)
    found = judge_extensions(client);
  if (!found.error)
    found = judge_extension_names(client);
  return found.error ? found : judge_deflate(client);
}

answer_fault upshake_judge_switch(const upshake_client *client) {
  answer_fault found = judge_content(client);
  if (!found.error)
    found = judge_upgrade(client);
  if (!found.error)
    found = judge_alone(client);
  return found.error ? found : judge_connection(client);
}

upshake_slice upshake_agreed_protocol(const upshake_client *client) {
  upshake_slice first = first_protocol(client);
  return find_asked(client, &first);
}

static upshake_slice find_websocket(const upshake_client *client,
                                    const char *name) {
  return rules_of(client) == UPSHAKE_RULES_WEBSOCKET
             ? upshake_find_field(client_fields(client), name)
             : slice_none();
}

upshake_slice upshake_agreed_subprotocol(const upshake_client *client) {
  return find_websocket(client, subprotocol_name);
}

upshake_slice upshake_agreed_extensions(const upshake_client *client) {
  return find_websocket(client, extensions_name);
}
