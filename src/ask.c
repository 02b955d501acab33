/* SPDX-License-Identifier: MIT
 *
 * The client's request (RFC 9110 7.8, RFC 6455 4.1): all that is asked for is
 * checked, then written in the order and spelling of browsers.
 */
#include "added.h"
#include "base64.h"
#include "extension.h"
#include "protocol.h"
#include "settings.h"
#include "target.h"
#include "window.h"

#define KEY_LEN 16
#define METHOD_MOST 255 /* as upshake_limits says */
#define BITS_LEAST 8
#define BITS_MOST 15

/* What is asked for, and what was found out about it.  Little, as it is on the
 * stack all the time: defaults in place of NULL come from the functions below.
 */
typedef struct asked {
  const upshake_ask *ask;
  const uint8_t *key;
  size_t host_len; /* of the authority, as Host names it                */
  unsigned rules;  /* a bit for each of those that the protocols have   */
} asked;

static int has_rules(const asked *a, int rules) {
  return (int)(a->rules >> rules & 1u);
}

static upshake_slice text_or(const char *text, const char *otherwise) {
  return slice_text(text ? text : otherwise);
}

static upshake_slice method_of(const asked *a) {
  return text_or(a->ask->method, "GET");
}

static upshake_slice target_of(const asked *a) {
  return text_or(a->ask->target, "");
}

static upshake_slice scheme_of(const asked *a) {
  return text_or(a->ask->scheme, "ws");
}

static size_t protocols_len(const asked *a) {
  return a->ask->protocols_len > 0 ? a->ask->protocols_len : 1;
}

static const char *const *protocols_of(const asked *a) {
  static const char *const websocket[] = {"websocket"};
  return a->ask->protocols_len > 0 ? a->ask->protocols : websocket;
}

/* ---- checks ---- */

/* protocol = token ["/" token].  Those with rules of their own have no
 * version. */
static int check_protocol(asked *a, upshake_slice protocol) {
  size_t len = index_of(protocol, '/');
  int rules = upshake_rules_of_token(slice_of(protocol.ptr, len));

  a->rules |= 1u << rules;
  return upshake_is_protocol_list(protocol) &&
         index_of(protocol, ',') == protocol.len &&
         (len == protocol.len || rules == UPSHAKE_RULES_NONE);
}

static NOINLINE upshake_error check_protocols(asked *a) {
  for (size_t i = 0; i < protocols_len(a); i++)
    if (!check_protocol(a, slice_text(protocols_of(a)[i])))
      return UPSHAKE_ERR_REPLY_PROTOCOL;
  return has_rules(a, UPSHAKE_RULES_WEBSOCKET) && !a->key
             ? UPSHAKE_ERR_KEY_MISSING
             : UPSHAKE_OK;
}

static NOINLINE upshake_error check_method(const asked *a) {
  upshake_slice method = method_of(a);
  if (!upshake_is_token(method))
    return UPSHAKE_ERR_METHOD_OCTET;
  if (method.len > METHOD_MOST)
    return UPSHAKE_ERR_METHOD_LONG;
  if (upshake_equal(method, "GET"))
    return UPSHAKE_OK;
  if (has_rules(a, UPSHAKE_RULES_CAPSULES))
    return UPSHAKE_ERR_METHOD_NOT_GET;
  if (has_rules(a, UPSHAKE_RULES_WEBSOCKET) || upshake_equal(method, "CONNECT"))
    return UPSHAKE_ERR_METHOD;
  return UPSHAKE_OK;
}

/* Host names the port only where it is not the scheme's (RFC 9110 7.2). */
static NOINLINE upshake_error check_authority(asked *a) {
  upshake_slice authority = text_or(a->ask->authority, "");
  int32_t port = upshake_parse_authority(authority, &a->host_len);

  if (!upshake_is_known_scheme(scheme_of(a)))
    return UPSHAKE_ERR_TARGET_SCHEME;
  if (port == AUTHORITY_BROKEN || a->host_len == 0)
    return UPSHAKE_ERR_TARGET_AUTHORITY;
  if (port != AUTHORITY_NO_PORT && port != upshake_default_port(scheme_of(a)))
    a->host_len = authority.len;
  return UPSHAKE_OK;
}

/* origin-form, whose path may be left out (RFC 6455 3), or asterisk-form. */
static NOINLINE upshake_error check_target(const asked *a) {
  upshake_slice target = target_of(a);
  size_t mark = index_of(target, '?');

  if (upshake_equal(target, "*"))
    return upshake_equal(method_of(a), "OPTIONS") ? UPSHAKE_OK
                                                  : UPSHAKE_ERR_TARGET_FORM;
  if (mark > 0 && target.ptr[0] != '/')
    return UPSHAKE_ERR_TARGET_FORM;
  if (!upshake_all_in(slice_of(target.ptr, mark), CLASS_PATH) ||
      !upshake_all_in(slice_from(target, mark), CLASS_QUERY))
    return UPSHAKE_ERR_TARGET_OCTET;
  return UPSHAKE_OK;
}

static int names_before(const upshake_ask *ask, size_t place) {
  for (size_t i = 0; i < place; i++)
    if (upshake_equal(slice_text(ask->subprotocols[i]),
                      ask->subprotocols[place]))
      return 1;
  return 0;
}

static NOINLINE upshake_error check_subprotocols(const asked *a) {
  const upshake_ask *ask = a->ask;
  if (ask->subprotocols_len > 0 && !has_rules(a, UPSHAKE_RULES_WEBSOCKET))
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

static NOINLINE upshake_error check_extensions(const asked *a) {
  const upshake_ask *ask = a->ask;
  if (ask->deflates_len == 0 && !ask->extensions)
    return UPSHAKE_OK;
  if (!has_rules(a, UPSHAKE_RULES_WEBSOCKET))
    return UPSHAKE_ERR_EXTENSION_MALFORMED;
  if (ask->extensions &&
      (!upshake_is_value(slice_text(ask->extensions)) ||
       !upshake_is_extension_answer(slice_text(ask->extensions))))
    return UPSHAKE_ERR_EXTENSION_MALFORMED;
  for (size_t i = 0; i < ask->deflates_len; i++)
    if (!is_bits(ask->deflates[i].server_bits) ||
        (!is_bits(ask->deflates[i].client_bits) &&
         ask->deflates[i].client_bits != UPSHAKE_BITS_ANY))
      return UPSHAKE_ERR_EXTENSION_MALFORMED;
  return UPSHAKE_OK;
}

/* origin-list-or-null with one origin (RFC 6454 7.1). */
static NOINLINE upshake_error check_origin(const upshake_ask *ask) {
  upshake_slice origin = text_or(ask->origin, "null");
  int32_t port;
  if (upshake_equal(origin, "null") || upshake_is_hostless(origin) ||
      upshake_parse_origin(origin, &origin, &port) != AUTHORITY_BROKEN)
    return UPSHAKE_OK;
  return UPSHAKE_ERR_ORIGIN_MALFORMED;
}

/* Only h2c has settings, which are not empty (token68), and it is not spoken on
 * TLS (RFC 7540 3.2.1 and 3.3). */
static NOINLINE upshake_error check_settings(const asked *a) {
  int is_secured = upshake_is_secured_scheme(scheme_of(a));
  size_t len = a->ask->settings.len;
  int is_good = has_rules(a, UPSHAKE_RULES_H2C)
                    ? !is_secured && len > 0 && len % SETTING_LEN == 0
                    : len == 0;
  return is_good ? UPSHAKE_OK : UPSHAKE_ERR_PASSED_OVER_SETTINGS;
}

/* Fields of the handshake that only a request has. */
static int has_reserved(const asked *a, added fields) {
  if (upshake_count_added(fields, "Host") > 0 ||
      upshake_count_added(fields, "Origin") > 0 ||
      upshake_count_added(fields, "Expect") > 0) /* RFC 9110 10.1.1 */
    return 1;
  return has_rules(a, UPSHAKE_RULES_CAPSULES) && /* RFC 9297 3.2 */
         (upshake_count_added(fields, "Content-Type") > 0 ||
          upshake_count_added(fields, "Capsule-Protocol") > 0);
}

static NOINLINE upshake_error check_fields(const asked *a) {
  static const char singletons[][20] = {
      "Authorization", "Content-Type",        "Cookie",  "From",
      "Max-Forwards",  "Proxy-Authorization", "Referer", "User-Agent"};
  added fields = {a->ask->fields, a->ask->fields_len};
  upshake_error error = upshake_check_added(fields);

  if (error)
    return error;
  if (has_reserved(a, fields))
    return UPSHAKE_ERR_EXTRA_RESERVED;
  for (size_t i = 0; i < sizeof singletons / sizeof singletons[0]; i++)
    if (upshake_count_added(fields, singletons[i]) > 1)
      return UPSHAKE_ERR_EXTRA_REPEATED;
  return UPSHAKE_OK;
}

/* Fills in what follows, and checks all of it. */
static upshake_error check_ask(asked *a) {
  upshake_error error = check_protocols(a);
  if (!error)
    error = check_method(a);
  if (!error)
    error = check_authority(a);
  if (!error)
    error = check_target(a);
  if (!error)
    error = check_subprotocols(a);
  if (!error)
    error = check_extensions(a);
  if (!error)
    error = check_origin(a->ask);
  if (!error)
    error = check_settings(a);
  return error ? error : check_fields(a);
}

/* ---- lines ---- */

static void put_request_line(window *w, const asked *a) {
  upshake_slice target = target_of(a);
  upshake_put(w, method_of(a));
  upshake_put_text(w, " ");
  if (target.len == 0 || target.ptr[0] == '?')
    upshake_put_text(w, "/");
  upshake_put(w, target);
  upshake_put_text(w, " HTTP/1.1\r\n");
}

/* A list, all of it in one line; nothing where it is empty. */
static NOINLINE void put_list(window *w, const char *name,
                              const char *const *members, size_t len) {
  for (size_t i = 0; i < len; i++) {
    upshake_put_text(w, i > 0 ? ", " : name);
    upshake_put_text(w, members[i]);
  }
  if (len > 0)
    upshake_put_text(w, "\r\n");
}

static uint32_t three_octets(const char *octets) {
  const unsigned char *o = (const unsigned char *)octets;
  return (uint32_t)o[0] << 16 | (uint32_t)o[1] << 8 | o[2];
}

/* Four digits of base64url (RFC 4648 5). */
static NOINLINE void url_group(const char octets[3], char digits[4]) {
  base64_group(three_octets(octets), digits);
  for (size_t i = 0; i < 4; i++) {
    if (digits[i] == '+')
      digits[i] = '-';
    if (digits[i] == '/')
      digits[i] = '_';
  }
}

/* Whole settings need no padding. */
static NOINLINE void put_settings(window *w, upshake_slice settings) {
  PUT_LITERAL(w, "HTTP2-Settings: ");
  for (size_t i = 0; i < settings.len; i += 3) {
    char digits[4];
    url_group(settings.ptr + i, digits);
    upshake_put(w, slice_of(digits, sizeof digits));
  }
  PUT_LITERAL(w, "\r\n");
}

/* A method that means to send content says that there is none (RFC 9110 8.6).
 */
static int means_content(upshake_slice method) {
  return upshake_equal(method, "POST") || upshake_equal(method, "PUT") ||
         upshake_equal(method, "PATCH");
}

static void put_switch(window *w, const asked *a) {
  upshake_put_field(w, "Host", slice_of(a->ask->authority, a->host_len));
  upshake_put_text(w, has_rules(a, UPSHAKE_RULES_H2C)
                          ? "Connection: Upgrade, HTTP2-Settings\r\n"
                          : "Connection: Upgrade\r\n");
  put_list(w, "Upgrade: ", protocols_of(a), protocols_len(a));
  if (has_rules(a, UPSHAKE_RULES_H2C))
    put_settings(w, a->ask->settings);
  if (means_content(method_of(a)))
    upshake_put_text(w, "Content-Length: 0\r\n");
  if (has_rules(a, UPSHAKE_RULES_CAPSULES))
    upshake_put_text(w, "Capsule-Protocol: ?1\r\n");
  if (a->ask->origin)
    upshake_put_field(w, "Origin", slice_text(a->ask->origin));
  if (has_rules(a, UPSHAKE_RULES_WEBSOCKET))
    upshake_put_text(w, "Sec-WebSocket-Version: 13\r\n");
}

static void put_bits(window *w, const char *name, uint8_t bits) {
  if (bits == 0)
    return;
  upshake_put_text(w, name);
  if (bits == UPSHAKE_BITS_ANY)
    return;
  upshake_put_text(w, "=");
  upshake_put_number(w, bits);
}

static void put_deflate(window *w, const upshake_deflate_offer *offer) {
  upshake_put_text(w, "permessage-deflate");
  if (offer->no_server_takeover)
    upshake_put_text(w, "; server_no_context_takeover");
  if (offer->no_client_takeover)
    upshake_put_text(w, "; client_no_context_takeover");
  put_bits(w, "; server_max_window_bits", offer->server_bits);
  put_bits(w, "; client_max_window_bits", offer->client_bits);
}

static void put_extensions(window *w, const upshake_ask *ask) {
  if (ask->deflates_len == 0 && !ask->extensions)
    return;
  upshake_put_text(w, "Sec-WebSocket-Extensions: ");
  for (size_t i = 0; i < ask->deflates_len; i++) {
    if (i > 0)
      upshake_put_text(w, ", ");
    put_deflate(w, &ask->deflates[i]);
  }
  if (ask->deflates_len > 0 && ask->extensions)
    upshake_put_text(w, ", ");
  if (ask->extensions)
    upshake_put_text(w, ask->extensions);
  upshake_put_text(w, "\r\n");
}

/* 16 octets are five groups, and one octet for two digits and the padding. */
static NOINLINE void put_key(window *w, const uint8_t key[KEY_LEN]) {
  char digits[24];
  for (size_t i = 0; i < 5; i++)
    base64_group(three_octets((const char *)key + 3 * i), digits + 4 * i);
  base64_group((uint32_t)key[KEY_LEN - 1] << 16, digits + 20);
  memset(digits + 22, '=', 2);
  PUT_LITERAL(w, "Sec-WebSocket-Key: ");
  upshake_put(w, slice_of(digits, sizeof digits));
  PUT_LITERAL(w, "\r\n");
}

static void put_websocket(window *w, const asked *a) {
  put_key(w, a->key);
  put_extensions(w, a->ask);
  put_list(w, "Sec-WebSocket-Protocol: ", a->ask->subprotocols,
           a->ask->subprotocols_len);
}

static NOINLINE void put_request(window *w, const asked *a) {
  window_rewind(w);
  put_request_line(w, a);
  put_switch(w, a);
  upshake_put_added(w, a->ask->fields, a->ask->fields_len);
  if (has_rules(a, UPSHAKE_RULES_WEBSOCKET))
    put_websocket(w, a);
  upshake_put_text(w, "\r\n");
}

upshake_error upshake_write_request(const upshake_ask *ask,
                                    const uint8_t key[16], void *out,
                                    size_t cap, size_t *len) {
  asked a = {ask, key, 0, 0};
  window w = {out, 0, 0, 0, 1, 0};
  upshake_error error = check_ask(&a);

  *len = 0;
  if (error)
    return error;
  put_request(&w, &a); /* without room, to see how long it is */
  *len = w.pos;
  if (w.pos > cap)
    return UPSHAKE_ERR_ROOM;
  w.cap = cap;
  put_request(&w, &a);
  return UPSHAKE_OK;
}
