/* SPDX-License-Identifier: MIT
 *
 * The client's request: its lines, in the order and spelling of browsers.
 */
#include "ask.h"

#include "../reply/reply.h"
#include "../text/base64.h"
#include "../text/field.h"

#ifndef UPSHAKE_NO_CLIENT

#define NONCE_LEN 16

static void put_request_line(writer *w, const asking *a) {
  upshake_slice target = a->ask->target;
  put_slice(w, asked_method(a));
  put_text(w, " ");
  if (target.len == 0 || *target.ptr == '?')
    put_text(w, "/");
  put_slice(w, target);
  if (a->ask->query.ptr)
    put_text(w, "?");
  put_slice(w, a->ask->query);
  put_text(w, " HTTP/1.1\r\n");
}

/* IPv6 addresses have brackets (RFC 3986 3.2.2). */
static void put_host(writer *w, const asking *a) {
  int is_bare = a->ask->host.ptr && lacks_brackets(a->host);
  put_text(w, is_bare ? "Host: [" : "Host: ");
  put_slice(w, a->host);
  if (is_bare)
    put_text(w, "]");
  if (a->port != AUTHORITY_NO_PORT) {
    put_text(w, ":");
    upshake__put_number(w, (size_t)a->port);
  }
  put_text(w, "\r\n");
}

/* 1 if a member of the list before this member has the same name. */
static int is_named_before(upshake_slice list, const upshake_slice *member) {
  upshake_slice other;
  upshake__next_in(&list, &other);
  for (; other.ptr != member->ptr; upshake__next_in(&list, &other))
    if (upshake__same(other, *member))
      return 1;
  return 0;
}

/* Puts a list in one line, each name once; nothing if it is empty. */
static NOINLINE void put_list(writer *w, const char *name, upshake_slice list) {
  upshake_slice rest = list, member;
  const char *before = name;
  while (upshake__next_in(&rest, &member)) {
    if (is_named_before(list, &member))
      continue;
    put_text(w, before);
    put_slice(w, member);
    before = ", ";
  }
  if (before != name)
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

static NOINLINE void put_asked_framing(writer *w, const asking *a) {
  if (a->ask->content == UPSHAKE_CONTENT_CHUNKED)
    put_text(w, "Transfer-Encoding: chunked\r\n");
  else if (a->ask->body_len > 0 || means_content(asked_method(a)))
    put_length(w, a->ask->body_len);
}

/* What is said of the switch, in every request that asks for one. */
static void put_offer(writer *w, const asking *a) {
  put_text(w, has_rules(a, RULES_H2C)
                  ? "Connection: Upgrade, HTTP2-Settings\r\n"
                  : "Connection: Upgrade\r\n");
  put_list(w, "Upgrade: ", asked_protocols(a));
  if (has_rules(a, RULES_H2C))
    put_settings(w, a->ask->settings);
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
  if (ask->deflates_len == 0 && !ask->extensions.ptr)
    return;
  put_text(w, "Sec-WebSocket-Extensions: ");
  for (size_t i = 0; i < ask->deflates_len; i++) {
    if (i > 0)
      put_text(w, ", ");
    put_deflate(w, &ask->deflates[i]);
  }
  if (ask->deflates_len > 0 && ask->extensions.ptr)
    put_text(w, ", ");
  put_slice(w, ask->extensions);
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

/* Puts the fields of the application.  Host is there already. */
static void put_fields(writer *w, const asking *a) {
  for (size_t i = 0; i < a->ask->fields_len; i++) {
    const upshake_field *field = &a->ask->fields[i];
    if (!upshake_equal_fold(field->name, "Host"))
      upshake__put_line(w, field->name, field->value);
  }
}

/* What a request that is forwarded has among its fields. */
static void put_own_fields(writer *w, const asking *a) {
  if (has_rules(a, RULES_CAPSULES))
    put_text(w, "Capsule-Protocol: ?1\r\n");
  upshake__put_field(w, "Origin", a->ask->origin);
  if (has_rules(a, RULES_WEBSOCKET))
    put_text(w, "Sec-WebSocket-Version: 13\r\n");
}

static void put_websocket(writer *w, const asking *a) {
  put_key(w, a->key);
  put_extensions(w, a->ask);
  put_list(w, NAME_SUBPROTOCOL ": ", a->ask->subprotocols);
}

COLD void upshake__put_request(writer *w, const asking *a) {
  int is_own = !a->ask->forward;
  writer_rewind(w);
  put_request_line(w, a);
  put_host(w, a);
  if (!a->ask->plain)
    put_offer(w, a);
  put_asked_framing(w, a);
  if (is_own)
    put_own_fields(w, a);
  put_fields(w, a);
  if (is_own && has_rules(a, RULES_WEBSOCKET))
    put_websocket(w, a);
  put_text(w, "\r\n");
}

#endif
