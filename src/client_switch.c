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

/* The next line with that name: its value. */
static int next_line(upshake_slice *fields, const char *name,
                     upshake_slice *value) {
  upshake_field field;
  while (upshake_next_field(fields, &field)) {
    if (upshake_equal_fold(field.name, name)) {
      *value = field.value;
      return 1;
    }
  }
  return 0;
}

/* The one line with that name, absent where there is none; *again is the
 * second one, which most fields cannot have. */
static upshake_slice only_line(upshake_slice fields, const char *name,
                               upshake_slice *again) {
  upshake_slice value = slice_none();
  *again = slice_none();
  if (next_line(&fields, name, &value))
    next_line(&fields, name, again);
  return value;
}

static upshake_list list_in(upshake_slice fields, const char *name) {
  upshake_list list = {{NULL, 0}, {NULL, 0}, NULL};
  list.fields = fields;
  list.name = name;
  return list;
}

static upshake_list list_of(upshake_slice value) {
  upshake_list list = {{NULL, 0}, {NULL, 0}, NULL};
  list.value = value;
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
  upshake_list list = list_in(client_asked(client), "Upgrade");
  upshake_slice member;
  while (upshake_next_member(&list, &member))
    if (same_protocol(&member, protocol))
      return member;
  return slice_none();
}

/* The protocol that a 101 names first, which is the one it switches to. */
static NOINLINE upshake_slice first_protocol(const upshake_client *client) {
  upshake_list list = list_in(client_fields(client), "Upgrade");
  upshake_slice member = slice_none();
  upshake_next_member(&list, &member);
  return member;
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
static upshake_error judge_layer(upshake_slice first, upshake_slice member) {
  if (upshake_rules_of_token(first) != UPSHAKE_RULES_NONE ||
      upshake_rules_of_token(member) != UPSHAKE_RULES_NONE)
    return UPSHAKE_ERR_UPGRADE_REPEATED;
  if (first.len > 4 && upshake_equal_fold(slice_of(first.ptr, 4), "TLS/") &&
      upshake_equal_fold(member, "HTTP/1.1"))
    return UPSHAKE_OK;
  return UPSHAKE_ERR_UPGRADE_NOT_ASKED;
}

/* The value of the line that a member stands in. */
static NOINLINE const char *value_around(const upshake_client *client,
                                         upshake_slice member) {
  upshake_slice fields = client_fields(client);
  upshake_field field;
  while (upshake_next_field(&fields, &field))
    if (member.ptr < fields.ptr)
      return field.value.ptr;
  return member.ptr;
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
static NOINLINE answer_fault judge_upgrade(const upshake_client *client,
                                           upshake_slice first) {
  upshake_list list = list_in(client_fields(client), "Upgrade");
  upshake_slice member;
  upshake_error error = UPSHAKE_ERR_UPGRADE_MISSING;

  for (int place = 0; upshake_next_member(&list, &member); place++) {
    error =
        place > 0 ? judge_layer(first, member) : UPSHAKE_ERR_UPGRADE_NOT_ASKED;
    if (error == UPSHAKE_ERR_UPGRADE_NOT_ASKED &&
        find_asked(client, &member).ptr)
      error = UPSHAKE_OK;
    if (error)
      return fault(error, value_around(client, member));
  }
  return fault(error, NULL);
}

static NOINLINE answer_fault judge_connection(const upshake_client *client) {
  upshake_slice fields = client_fields(client), value, member;
  int has_upgrade = 0;

  while (next_line(&fields, "Connection", &value)) {
    upshake_list list = list_of(value);
    while (upshake_next_member(&list, &member)) {
      if (!upshake_is_token(member))
        return fault(UPSHAKE_ERR_CONNECTION_MALFORMED, value.ptr);
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
  upshake_list asked = list_in(client_asked(client), extensions_name);
  return upshake_find_extension(&asked, name);
}

/* Is there a member before this one, in the same value, with its name? */
static NOINLINE int is_named_before(upshake_slice value, upshake_slice member) {
  upshake_list before =
      list_of(slice_of(value.ptr, (size_t)(member.ptr - value.ptr)));
  return upshake_find_extension(&before, upshake_extension_name(member));
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
  upshake_list list = list_of(value);
  upshake_slice member;

  while (upshake_next_member(&list, &member)) {
    if (is_named_before(value, member))
      return fault(UPSHAKE_ERR_EXTENSION_REPEATED, value.ptr);
    if (!is_extension_asked(client, upshake_extension_name(member)))
      return fault(UPSHAKE_ERR_EXTENSION_NOT_ASKED, value.ptr);
  }
  return no_fault();
}

/* ---- permessage-deflate: RFC 7692 7.1 ---- */

static NOINLINE upshake_slice deflate_member(const upshake_client *client) {
  upshake_list list = list_in(client_fields(client), extensions_name);
  upshake_slice member;
  while (upshake_next_member(&list, &member))
    if (upshake_equal(upshake_extension_name(member), "permessage-deflate"))
      return member;
  return slice_none();
}

static NOINLINE answer_fault judge_deflate(upshake_client *client) {
  upshake_slice member = deflate_member(client);
  upshake_list offers = list_in(client_asked(client), extensions_name);
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
    found = judge_upgrade(client, first_protocol(client));
  if (!found.error)
    found = judge_alone(client);
  return found.error ? found : judge_connection(client);
}

void upshake_read_switch(const upshake_client *client,
                         upshake_client_result *result) {
  upshake_slice first = first_protocol(client);
  result->protocol = find_asked(client, &first);
  if (rules_of(client) != UPSHAKE_RULES_WEBSOCKET)
    return;
  result->subprotocol = upshake_find_field(result->fields, subprotocol_name);
  result->extensions = upshake_find_field(result->fields, extensions_name);
  result->deflate = client->deflate;
}
