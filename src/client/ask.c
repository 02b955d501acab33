/* SPDX-License-Identifier: MIT
 *
 * The client's request (RFC 9110 7.8, RFC 6455 4.1).  Everything is checked
 * first, and then written by ask_lines.c.
 */
#include "ask.h"

#include "client.h"

#include "../judge/known.h"
#include "../judge/protocol.h"
#include "../judge/settings.h"
#include "../text/field.h"
#include "../websocket/extension.h"

#ifndef UPSHAKE_NO_CLIENT

#define METHOD_MOST 255 /* see upshake_limits */
#define PORT_MOST 65535
#define IPV6_MOST 45 /* bytes; the longest ends with an IPv4 address */
#define BITS_LEAST 8
#define BITS_MOST 15

/* ---- checks ---- */

/* protocol = token ["/" token].  A protocol with rules of its own has no
 * version. */
static int check_protocol(asking *a, upshake_slice protocol) {
  size_t len = index_of(protocol, '/');
  rules_kind rules = upshake__rules_of_token(slice_of(protocol.ptr, len));

  a->rules |= rules;
  return upshake__is_protocol_list(protocol) &&
         (len == protocol.len || rules == RULES_NONE);
}

/* A request that is forwarded has its key among the fields. */
static int has_asked_key(const asking *a) {
  added fields = {a->ask->fields, a->ask->fields_len};
  return a->ask->forward ? has_more_added(fields, NAME_KEY, 0) : a->key != NULL;
}

static NOINLINE COLD upshake_error check_protocols(asking *a) {
  upshake_slice list = asked_protocols(a), protocol;
  if (a->ask->plain)
    return a->ask->protocols.len == 0 ? UPSHAKE_OK : UPSHAKE_ERR_REPLY_PROTOCOL;
  while (upshake__next_in(&list, &protocol))
    if (!check_protocol(a, protocol))
      return UPSHAKE_ERR_REPLY_PROTOCOL;
  if (!a->rules)
    return UPSHAKE_ERR_REPLY_PROTOCOL;
  return has_rules(a, RULES_WEBSOCKET) && !has_asked_key(a)
             ? UPSHAKE_ERR_KEY_MISSING
             : UPSHAKE_OK;
}

static NOINLINE COLD upshake_error check_method(const asking *a) {
  upshake_slice method = asked_method(a);
  if (!upshake_is_token(method))
    return UPSHAKE_ERR_METHOD_BYTE;
  if (method.len > METHOD_MOST)
    return UPSHAKE_ERR_METHOD_LONG;
  if (upshake_equal(method, "GET"))
    return UPSHAKE_OK;
  if (has_rules(a, RULES_CAPSULES))
    return UPSHAKE_ERR_METHOD_NOT_GET;
  if (has_rules(a, RULES_WEBSOCKET) || upshake_equal(method, "CONNECT"))
    return UPSHAKE_ERR_METHOD;
  return UPSHAKE_OK;
}

/* 1 if the host is good as soon as it has brackets. */
static NOINLINE int is_bare_literal(upshake_slice host) {
  char text[IPV6_MOST + 2];
  size_t len;
  if (host.len > IPV6_MOST)
    return 0;
  text[0] = '[';
  memcpy(text + 1, host.ptr, host.len);
  text[host.len + 1] = ']';
  return upshake__parse_authority(slice_of(text, host.len + 2), &len) ==
         AUTHORITY_NO_PORT; /* no port ends with a bracket */
}

/* 1 if the host is good, and nothing else stands there. */
static int is_host(upshake_slice host) {
  size_t len;
  if (lacks_brackets(host))
    return is_bare_literal(host);
  return upshake__parse_authority(host, &len) == AUTHORITY_NO_PORT &&
         len == host.len && len > 0;
}

static upshake_slice find_asked_host(const upshake_ask *ask) {
  added fields = {ask->fields, ask->fields_len};
  size_t place = upshake__find_added(fields, "Host", 0);
  return place < fields.len ? fields.fields[place].value : slice_none();
}

/* Takes the host from the authority, or from the fields of a request that is
 * forwarded, which keeps its Host as it is.  Returns 0 if it is malformed. */
static NOINLINE int read_authority(asking *a) {
  const upshake_ask *ask = a->ask;
  size_t len;
  a->host = ask->authority;
  if (ask->forward && !a->host.ptr)
    a->host = find_asked_host(ask);
  a->port = upshake__parse_authority(a->host, &len);
  if (a->port == AUTHORITY_BROKEN)
    return 0;
  if (ask->forward) {
    a->port = AUTHORITY_NO_PORT;
    return a->host.ptr != NULL;
  }
  a->host.len = len;
  return len > 0;
}

static NOINLINE int read_host(asking *a) {
  const upshake_ask *ask = a->ask;
  if (!ask->host.ptr && ask->port == 0)
    return read_authority(a);
  a->host = ask->host;
  a->port = ask->port > 0 ? (int32_t)ask->port : AUTHORITY_NO_PORT;
  return !ask->authority.ptr && ask->port <= PORT_MOST && is_host(ask->host);
}

/* Host names the port only if it is not the port of the scheme (RFC 9110
 * 7.2). */
static NOINLINE upshake_error check_host(asking *a) {
  int32_t otherwise = upshake__default_port(asked_scheme(a));
  if (otherwise == AUTHORITY_NO_PORT)
    return UPSHAKE_ERR_TARGET_SCHEME;
  if (!read_host(a))
    return UPSHAKE_ERR_TARGET_AUTHORITY;
  if (a->port == otherwise)
    a->port = AUTHORITY_NO_PORT;
  return UPSHAKE_OK;
}

/* The target is in origin-form or asterisk-form.  The path may be left out (RFC
 * 6455 3). */
static NOINLINE upshake_error check_target(const asking *a) {
  upshake_slice target = a->ask->target, query = a->ask->query;
  size_t mark = index_of(target, '?');

  if (mark < target.len && query.ptr)
    return UPSHAKE_ERR_TARGET_FORM;
  if (SLICE_IS(target, "*"))
    return upshake_equal(asked_method(a), "OPTIONS") && !query.ptr
               ? UPSHAKE_OK
               : UPSHAKE_ERR_TARGET_FORM;
  if (mark > 0 && *target.ptr != '/')
    return UPSHAKE_ERR_TARGET_FORM;
  if (!upshake__all_in(slice_of(target.ptr, mark), CLASS_PATH) ||
      !upshake__all_in(query, CLASS_QUERY))
    return UPSHAKE_ERR_TARGET_BYTE;
  if (mark < target.len &&
      !upshake__all_in(slice_from(target, mark), CLASS_QUERY))
    return UPSHAKE_ERR_TARGET_BYTE;
  return UPSHAKE_OK;
}

static NOINLINE COLD upshake_error check_subprotocols(const asking *a) {
  upshake_slice list = a->ask->subprotocols, name;
  if (list.len > 0 && !has_rules(a, RULES_WEBSOCKET))
    return UPSHAKE_ERR_SUBPROTOCOL_MALFORMED;
  while (upshake__next_in(&list, &name))
    if (!upshake_is_token(name))
      return UPSHAKE_ERR_SUBPROTOCOL_MALFORMED;
  return UPSHAKE_OK;
}

static int is_bits(uint8_t bits) {
  return bits == 0 || (bits >= BITS_LEAST && bits <= BITS_MOST);
}

static NOINLINE COLD upshake_error check_offered_extensions(const asking *a) {
  const upshake_ask *ask = a->ask;
  if (ask->deflates_len == 0 && !ask->extensions.ptr)
    return UPSHAKE_OK;
  if (!has_rules(a, RULES_WEBSOCKET))
    return UPSHAKE_ERR_EXTENSION_MALFORMED;
  if (ask->extensions.ptr && (!upshake__is_value(ask->extensions) ||
                              !upshake__is_extension_answer(ask->extensions)))
    return UPSHAKE_ERR_EXTENSION_MALFORMED;
  for (size_t i = 0; i < ask->deflates_len; i++)
    if (!is_bits(ask->deflates[i].server_bits) ||
        (!is_bits(ask->deflates[i].client_bits) &&
         ask->deflates[i].client_bits != UPSHAKE_BITS_ANY))
      return UPSHAKE_ERR_EXTENSION_MALFORMED;
  return UPSHAKE_OK;
}

/* Any text can stand in a server's list of origins, so any text can be sent. */
static upshake_error check_origin(const asking *a) {
  return upshake__is_value(a->ask->origin) ? UPSHAKE_OK
                                           : UPSHAKE_ERR_ORIGIN_MALFORMED;
}

/* Only h2c has settings.  They are not empty (token68), and h2c is not spoken
 * on TLS (RFC 7540 3.2.1 and 3.3). */
static NOINLINE upshake_error check_settings(const asking *a) {
  int is_secured = upshake_is_secured_scheme(asked_scheme(a));
  size_t len = a->ask->settings.len;
  int is_good = has_rules(a, RULES_H2C)
                    ? !is_secured && len > 0 && len % SETTING_LEN == 0
                    : len == 0;
  return is_good ? UPSHAKE_OK : UPSHAKE_ERR_PASSED_OVER_SETTINGS;
}

/* Content goes with a request that does not switch to WebSocket or capsules. */
static upshake_error check_content(const asking *a) {
  const upshake_ask *ask = a->ask;
  if (ask->content > UPSHAKE_CONTENT_CHUNKED ||
      (ask->content == UPSHAKE_CONTENT_MEMORY && ask->body_len > 0) ||
      (ask->content == UPSHAKE_CONTENT_LENGTH && ask->body_len > INT64_MAX))
    return UPSHAKE_ERR_EXTRA_BODY;
  return announces_content(a) && has_rules(a, RULES_STRICT) ? UPSHAKE_ERR_BODY
                                                            : UPSHAKE_OK;
}

/* 1 if only the request itself may have this field: Expect needs content (RFC
 * 9110 10.1.1), and capsules have none (RFC 9297 3.2). */
static int is_of_request(const asking *a, upshake_slice name) {
  if (upshake_equal_fold(name, "Host") || upshake_equal_fold(name, "Origin") ||
      (upshake_equal_fold(name, "Expect") && !announces_content(a)))
    return 1;
  return has_rules(a, RULES_CAPSULES) &&
         (upshake_equal_fold(name, "Content-Type") ||
          upshake_equal_fold(name, "Capsule-Protocol"));
}

/* A request that is forwarded keeps the fields that are not of one
 * connection. */
static upshake_error check_field_of(const asking *a,
                                    const upshake_field *field) {
  added one = {field, 1};
  size_t place;
  upshake_error error = upshake__check_added(one, &place);
  if (!a->ask->forward)
    return error || !is_of_request(a, field->name) ? error
                                                   : UPSHAKE_ERR_EXTRA_RESERVED;
  if (error != UPSHAKE_ERR_EXTRA_RESERVED || !has_own_prefix(field->name))
    return error;
  return upshake__is_value(field->value) ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_VALUE;
}

static NOINLINE COLD upshake_error check_fields(asking *a) {
  added fields = {a->ask->fields, a->ask->fields_len};
  for (a->place = 0; a->place < fields.len; a->place++) {
    upshake_error error = check_field_of(a, &fields.fields[a->place]);
    if (error)
      return error;
  }
  a->place = upshake__find_added(fields, "Host", 1);
  return a->place < fields.len ? UPSHAKE_ERR_EXTRA_REPEATED : UPSHAKE_OK;
}

/* What is among the fields of a request that is forwarded is not written again.
 */
static upshake_error check_forward(const upshake_ask *ask) {
  return ask->forward && (ask->subprotocols.ptr || ask->extensions.ptr ||
                          ask->deflates_len > 0 || ask->origin.ptr)
             ? UPSHAKE_ERR_EXTRA_REPEATED
             : UPSHAKE_OK;
}

/* Checks all members of the ask, and fills in *a. */
static upshake_error check_ask(asking *a) {
  upshake_error error = check_protocols(a);
  if (!error)
    error = check_method(a);
  if (!error)
    error = check_host(a);
  if (!error)
    error = check_target(a);
  if (!error)
    error = check_subprotocols(a);
  if (!error)
    error = check_offered_extensions(a);
  if (!error)
    error = check_origin(a);
  if (!error)
    error = check_settings(a);
  if (!error)
    error = check_content(a);
  if (!error)
    error = check_forward(a->ask);
  return error ? error : check_fields(a);
}

COLD upshake_error upshake_write_request(const upshake_ask *ask,
                                         const uint8_t key[16], void *out,
                                         size_t cap, size_t *len) {
  asking a = {.ask = ask, .key = key, .place = ask->fields_len};
  writer w = {.out = out, .whole = 1};
  upshake_error error = check_ask(&a);

  *len = a.place;
  if (error)
    return error;
  upshake__put_request(&w, &a); /* without room, to find the length */
  *len = w.pos;
  if (w.pos > cap)
    return UPSHAKE_ERR_ROOM;
  w.cap = cap;
  upshake__put_request(&w, &a);
  return UPSHAKE_OK;
}

#endif
