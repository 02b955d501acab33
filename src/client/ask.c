/* SPDX-License-Identifier: MIT
 *
 * The client's request (RFC 9110 7.8, RFC 6455 4.1).  Everything is checked
 * first, and then written in the order and spelling of browsers.
 */
#include "../reply/added.h"
#include "../text/base64.h"
#include "../websocket/extension.h"
#include "../judge/protocol.h"
#include "../judge/rules.h"
#include "../judge/settings.h"
#include "../head/target.h"
#include "../reply/writer.h"

#ifndef UPSHAKE_NO_CLIENT

#define NONCE_LEN 16
#define METHOD_MOST 255 /* see upshake_limits */
#define BITS_LEAST 8
#define BITS_MOST 15

/* The ask, and what was found out about it.  Small: see NOINLINE.  The
 * functions below give the default of a member that is NULL. */
typedef struct asking {
  const upshake_ask *ask;
  const uint8_t *key;
  size_t host_len; /* of the authority, as Host names it */
  unsigned rules;  /* the rules_kind of each protocol */
} asking;

static int has_rules(const asking *a, int rules) {
  return (a->rules & (unsigned)rules) != 0;
}

static upshake_slice text_or(const char *text, const char *otherwise) {
  return slice_text(text ? text : otherwise);
}

static upshake_slice method_of(const asking *a) {
  return text_or(a->ask->method, "GET");
}

static upshake_slice asked_target(const asking *a) {
  return text_or(a->ask->target, "");
}

static upshake_slice asked_scheme(const asking *a) {
  return text_or(a->ask->scheme, "ws");
}

static size_t protocols_len(const asking *a) {
  return a->ask->protocols_len > 0 ? a->ask->protocols_len : 1;
}

static const char *const *protocols_of(const asking *a) {
  static const char *const websocket[] = {"websocket"};
  return a->ask->protocols_len > 0 ? a->ask->protocols : websocket;
}

/* ---- checks ---- */

/* protocol = token ["/" token].  A protocol with rules of its own has no
 * version. */
static int check_protocol(asking *a, upshake_slice protocol) {
  size_t len = index_of(protocol, '/');
  rules_kind rules = upshake__rules_of_token(slice_of(protocol.ptr, len));

  a->rules |= rules;
  return upshake__is_protocol_list(protocol) &&
         index_of(protocol, ',') == protocol.len &&
         (len == protocol.len || rules == RULES_NONE);
}

static NOINLINE COLD upshake_error check_protocols(asking *a) {
  for (size_t i = 0; i < protocols_len(a); i++)
    if (!check_protocol(a, slice_text(protocols_of(a)[i])))
      return UPSHAKE_ERR_REPLY_PROTOCOL;
  return has_rules(a, RULES_WEBSOCKET) && !a->key ? UPSHAKE_ERR_KEY_MISSING
                                                  : UPSHAKE_OK;
}

static NOINLINE COLD upshake_error check_method(const asking *a) {
  upshake_slice method = method_of(a);
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

/* Host names the port only if it is not the port of the scheme (RFC 9110
 * 7.2). */
static NOINLINE upshake_error check_asked_authority(asking *a) {
  upshake_slice authority = text_or(a->ask->authority, "");
  int32_t port = upshake__parse_authority(authority, &a->host_len);

  if (!upshake_is_known_scheme(asked_scheme(a)))
    return UPSHAKE_ERR_TARGET_SCHEME;
  if (port == AUTHORITY_BROKEN || a->host_len == 0)
    return UPSHAKE_ERR_TARGET_AUTHORITY;
  if (port != AUTHORITY_NO_PORT &&
      port != upshake__default_port(asked_scheme(a)))
    a->host_len = authority.len;
  return UPSHAKE_OK;
}

/* The target is in origin-form or asterisk-form.  The path may be left out (RFC
 * 6455 3). */
static NOINLINE upshake_error check_target(const asking *a) {
  upshake_slice target = asked_target(a);
  size_t mark = index_of(target, '?');

  if (upshake_equal(target, "*"))
    return upshake_equal(method_of(a), "OPTIONS") ? UPSHAKE_OK
                                                  : UPSHAKE_ERR_TARGET_FORM;
  if (mark > 0 && target.ptr[0] != '/')
    return UPSHAKE_ERR_TARGET_FORM;
  if (!upshake__all_in(slice_of(target.ptr, mark), CLASS_PATH) ||
      !upshake__all_in(slice_from(target, mark), CLASS_QUERY))
    return UPSHAKE_ERR_TARGET_BYTE;
  return UPSHAKE_OK;
}

static int names_before(const upshake_ask *ask, size_t place) {
  for (size_t i = 0; i < place; i++)
    if (upshake_equal(slice_text(ask->subprotocols[i]),
                      ask->subprotocols[place]))
      return 1;
  return 0;
}

static NOINLINE COLD upshake_error check_subprotocols(const asking *a) {
  const upshake_ask *ask = a->ask;
  if (ask->subprotocols_len > 0 && !has_rules(a, RULES_WEBSOCKET))
    return UPSHAKE_ERR_SUBPROTOCOL_MALFORMED;
  for (size_t i = 0; i < ask->subprotocols_len; i++)
    if (!upshake_is_token(slice_text(ask->subprotocols[i])) ||
        names_before(ask, i))
      return UPSHAKE_ERR_SUBPROTOCOL_MALFORMED;
  return UPSHAKE_OK;
}

static int is_bits(uint8_t bits) {
  return bits == 0 || (bits >= BITS_LEAST && bits <= BITS_MOST);
}

static NOINLINE COLD upshake_error check_offered_extensions(const asking *a) {
  const upshake_ask *ask = a->ask;
  if (ask->deflates_len == 0 && !ask->extensions)
    return UPSHAKE_OK;
  if (!has_rules(a, RULES_WEBSOCKET))
    return UPSHAKE_ERR_EXTENSION_MALFORMED;
  if (ask->extensions &&
      (!upshake__is_value(slice_text(ask->extensions)) ||
       !upshake__is_extension_answer(slice_text(ask->extensions))))
    return UPSHAKE_ERR_EXTENSION_MALFORMED;
  for (size_t i = 0; i < ask->deflates_len; i++)
    if (!is_bits(ask->deflates[i].server_bits) ||
        (!is_bits(ask->deflates[i].client_bits) &&
         ask->deflates[i].client_bits != UPSHAKE_BITS_ANY))
      return UPSHAKE_ERR_EXTENSION_MALFORMED;
  return UPSHAKE_OK;
}

/* Origin is "null" or one origin (origin-list-or-null, RFC 6454 7.1). */
static NOINLINE COLD upshake_error check_origin(const upshake_ask *ask) {
  upshake_slice origin = text_or(ask->origin, "null");
  int32_t port;
  if (upshake_equal(origin, "null") || upshake__is_hostless(origin) ||
      upshake__parse_origin(origin, &origin, &port) != AUTHORITY_BROKEN)
    return UPSHAKE_OK;
  return UPSHAKE_ERR_ORIGIN_MALFORMED;
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

/* 1 if an added field belongs to the handshake, among the fields that only a
 * request has. */
static int has_reserved(const asking *a, added fields) {
  if (has_more_added(fields, "Host", 0) ||
      has_more_added(fields, "Origin", 0) ||
      has_more_added(fields, "Expect", 0)) /* RFC 9110 10.1.1 */
    return 1;
  return has_rules(a, RULES_CAPSULES) && /* RFC 9297 3.2 */
         (has_more_added(fields, "Content-Type", 0) ||
          has_more_added(fields, "Capsule-Protocol", 0));
}

static NOINLINE COLD upshake_error check_fields(const asking *a) {
  static const char singletons[] = /* in one string; an empty name ends it */
      "Authorization\0Content-Type\0Cookie\0From\0Max-Forwards\0"
      "Proxy-Authorization\0Referer\0User-Agent\0";
  added fields = {a->ask->fields, a->ask->fields_len};
  size_t place;
  upshake_error error = upshake__check_added(fields, &place);

  if (error)
    return error;
  if (has_reserved(a, fields))
    return UPSHAKE_ERR_EXTRA_RESERVED;
  for (const char *name = singletons; *name; name += strlen(name) + 1)
    if (has_more_added(fields, name, 1))
      return UPSHAKE_ERR_EXTRA_REPEATED;
  return UPSHAKE_OK;
}

/* Checks all members of the ask, and fills in *a. */
static upshake_error check_ask(asking *a) {
  upshake_error error = check_protocols(a);
  if (!error)
    error = check_method(a);
  if (!error)
    error = check_asked_authority(a);
  if (!error)
    error = check_target(a);
  if (!error)
    error = check_subprotocols(a);
  if (!error)
    error = check_offered_extensions(a);
  if (!error)
    error = check_origin(a->ask);
  if (!error)
    error = check_settings(a);
  return error ? error : check_fields(a);
}

/* ---- lines ---- */

static void put_request_line(writer *w, const asking *a) {
  upshake_slice target = asked_target(a);
  put_slice(w, method_of(a));
  put_text(w, " ");
  if (target.len == 0 || target.ptr[0] == '?')
    put_text(w, "/");
  put_slice(w, target);
  put_text(w, " HTTP/1.1\r\n");
}

/* Puts a list in one line; nothing if it is empty. */
static NOINLINE void put_list(writer *w, const char *name,
                              const char *const *members, size_t len) {
  for (size_t i = 0; i < len; i++) {
    put_text(w, i > 0 ? ", " : name);
    put_text(w, members[i]);
  }
  if (len > 0)
    put_text(w, "\r\n");
}

static uint32_t three_bytes(const char *bytes) {
  const unsigned char *o = (const unsigned char *)bytes;
  return (uint32_t)o[0] << 16 | (uint32_t)o[1] << 8 | o[2];
}

/* Makes four digits of base64url (RFC 4648 5). */
static NOINLINE void url_group(const char bytes[3], char digits[4]) {
  base64_group(three_bytes(bytes), digits);
  for (size_t i = 0; i < 4; i++) {
    if (digits[i] == '+')
      digits[i] = '-';
    if (digits[i] == '/')
      digits[i] = '_';
  }
}

/* Puts whole settings, which need no padding. */
static NOINLINE void put_settings(writer *w, upshake_slice settings) {
  upshake__put_bytes(w, UPSHAKE_TEXT("HTTP2-Settings: "));
  for (size_t i = 0; i < settings.len; i += 3) {
    char digits[4];
    url_group(settings.ptr + i, digits);
    put_slice(w, slice_of(digits, sizeof digits));
  }
  upshake__put_bytes(w, UPSHAKE_TEXT("\r\n"));
}

/* 1 if the method usually sends content: the request then says that there is
 * none (RFC 9110 8.6). */
static int means_content(upshake_slice method) {
  return upshake_equal(method, "POST") || upshake_equal(method, "PUT") ||
         upshake_equal(method, "PATCH");
}

static void put_offer(writer *w, const asking *a) {
  upshake__put_field(w, "Host", slice_of(a->ask->authority, a->host_len));
  put_text(w, has_rules(a, RULES_H2C)
                  ? "Connection: Upgrade, HTTP2-Settings\r\n"
                  : "Connection: Upgrade\r\n");
  put_list(w, "Upgrade: ", protocols_of(a), protocols_len(a));
  if (has_rules(a, RULES_H2C))
    put_settings(w, a->ask->settings);
  if (means_content(method_of(a)))
    put_text(w, "Content-Length: 0\r\n");
  if (has_rules(a, RULES_CAPSULES))
    put_text(w, "Capsule-Protocol: ?1\r\n");
  if (a->ask->origin)
    upshake__put_field(w, "Origin", slice_text(a->ask->origin));
  if (has_rules(a, RULES_WEBSOCKET))
    put_text(w, "Sec-WebSocket-Version: 13\r\n");
}

static void put_bits(writer *w, const char *name, uint8_t bits) {
  if (bits == 0)
    return;
  put_text(w, name);
  if (bits == UPSHAKE_BITS_ANY)
    return;
  put_text(w, "=");
  upshake__put_number(w, bits);
}

static void put_deflate(writer *w, const upshake_deflate_offer *offer) {
  put_text(w, "permessage-deflate");
  if (offer->no_server_takeover)
    put_text(w, "; server_no_context_takeover");
  if (offer->no_client_takeover)
    put_text(w, "; client_no_context_takeover");
  put_bits(w, "; server_max_window_bits", offer->server_bits);
  put_bits(w, "; client_max_window_bits", offer->client_bits);
}

static void put_extensions(writer *w, const upshake_ask *ask) {
  if (ask->deflates_len == 0 && !ask->extensions)
    return;
  put_text(w, "Sec-WebSocket-Extensions: ");
  for (size_t i = 0; i < ask->deflates_len; i++) {
    if (i > 0)
      put_text(w, ", ");
    put_deflate(w, &ask->deflates[i]);
  }
  if (ask->deflates_len > 0 && ask->extensions)
    put_text(w, ", ");
  if (ask->extensions)
    put_text(w, ask->extensions);
  put_text(w, "\r\n");
}

/* 16 bytes are five groups of three bytes; the last byte becomes two digits and
 * "==". */
static NOINLINE COLD void put_key(writer *w, const uint8_t key[NONCE_LEN]) {
  char digits[24];
  for (size_t i = 0; i < 5; i++)
    base64_group(three_bytes((const char *)key + 3 * i), digits + 4 * i);
  base64_group((uint32_t)key[NONCE_LEN - 1] << 16, digits + 20);
  memset(digits + 22, '=', 2);
  upshake__put_bytes(w, UPSHAKE_TEXT("Sec-WebSocket-Key: "));
  put_slice(w, slice_of(digits, sizeof digits));
  upshake__put_bytes(w, UPSHAKE_TEXT("\r\n"));
}

static void put_websocket(writer *w, const asking *a) {
  put_key(w, a->key);
  put_extensions(w, a->ask);
  put_list(w, "Sec-WebSocket-Protocol: ", a->ask->subprotocols,
           a->ask->subprotocols_len);
}

static NOINLINE COLD void put_request(writer *w, const asking *a) {
  writer_rewind(w);
  put_request_line(w, a);
  put_offer(w, a);
  for (size_t i = 0; i < a->ask->fields_len; i++)
    upshake__put_line(w, a->ask->fields[i].name, a->ask->fields[i].value);
  if (has_rules(a, RULES_WEBSOCKET))
    put_websocket(w, a);
  put_text(w, "\r\n");
}

COLD upshake_error upshake_write_request(const upshake_ask *ask,
                                         const uint8_t key[16], void *out,
                                         size_t cap, size_t *len) {
  asking a = {.ask = ask, .key = key};
  writer w = {.out = out, .whole = 1};
  upshake_error error = check_ask(&a);

  *len = 0;
  if (error)
    return error;
  put_request(&w, &a); /* without room, to find the length */
  *len = w.pos;
  if (w.pos > cap)
    return UPSHAKE_ERR_ROOM;
  w.cap = cap;
  put_request(&w, &a);
  return UPSHAKE_OK;
}

#endif
