/* SPDX-License-Identifier: MIT
 *
 * Unit tests of the writer of requests, where a golden vector does not fit:
 * every octet in every place, every number, every size of memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check.h"

#include <stdio.h>

enum { CAP = 32768 };

static const uint8_t nonce[16] = {1, 2, 3};
static char out[CAP];

static upshake_ask chat(void) {
  upshake_ask ask = {.authority = {UPSHAKE_TEXT("example.com")},
                     .target = {UPSHAKE_TEXT("/chat")}};
  return ask;
}

/* Written whole, or not at all. */
static upshake_error write_to(const upshake_ask *ask, upshake_slice *request) {
  size_t len = 77;
  memset(out, 'u', sizeof out);
  upshake_error error = upshake_write_request(ask, nonce, out, CAP, &len);
  if (error != UPSHAKE_OK) {
    assert_true(len <= ask->fields_len);
    for (size_t i = 0; i < CAP; i++)
      assert_int_equal(out[i], 'u');
  }
  *request = part_of(out, error == UPSHAKE_OK ? len : 0);
  return error;
}

static size_t count_lines(upshake_slice octets) {
  upshake_slice line;
  size_t lines = 0;
  while (take_line(&octets, &line))
    lines++;
  assert_int_equal(octets.len, 0);
  return lines;
}

/* Behind the request line. */
static upshake_fields fields_of(upshake_slice request) {
  upshake_slice line;
  assert_true(take_line(&request, &line));
  return raw_fields(request);
}

/* The whole of it is one head that a strict parser takes. */
static void assert_one_head(upshake_slice request) {
  upshake_parser parser = {0};
  size_t end = 0;
  assert_int_equal(
      upshake_parse_head(&parser, NULL, request.ptr, request.len, &end),
      UPSHAKE_OK);
  assert_int_equal(end, request.len);
}

static size_t lines_of(const upshake_ask *ask) {
  upshake_slice request;
  assert_int_equal(write_to(ask, &request), UPSHAKE_OK);
  assert_one_head(request);
  return count_lines(request);
}

/* ---- Memory -------------------------------------------------------------- */

static void every_size_of_memory_but_the_right_one_is_refused(void **state) {
  upshake_ask ask = chat();
  upshake_slice request;
  size_t len;
  (void)state;
  assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
  for (size_t cap = 0; cap <= request.len + 2; cap++) {
    char *room = malloc(cap + (cap == 0));
    assert_non_null(room);
    upshake_error error =
        upshake_write_request(&ask, nonce, cap == 0 ? NULL : room, cap, &len);
    assert_int_equal(error, cap < request.len ? UPSHAKE_ERR_ROOM : UPSHAKE_OK);
    assert_int_equal(len, request.len);
    if (error == UPSHAKE_OK)
      assert_memory_equal(room, request.ptr, len);
    free(room);
  }
}

static void the_same_is_written_for_the_same(void **state) {
  upshake_ask ask = chat();
  upshake_slice request;
  static char first[CAP];
  (void)state;
  assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
  memcpy(first, request.ptr, request.len);
  size_t len = request.len;
  assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
  assert_int_equal(request.len, len);
  assert_memory_equal(request.ptr, first, len);
}

/* ---- The key (RFC 6455 4.1) ---------------------------------------------- */

static int value_of_letter(char letter) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = memchr(letters, letter, 64);
  return at == NULL ? -1 : (int)(at - letters);
}

/* The octets that 24 letters stand for; the pad bits are zero. */
static void decode_key(upshake_slice value, uint8_t key[18]) {
  assert_int_equal(value.len, 24);
  for (size_t i = 0; i < 24; i += 4) {
    unsigned bits = 0;
    for (size_t j = i; j < i + 4; j++) {
      int is_pad = j >= 22 && value.ptr[j] == '=';
      int six = is_pad ? 0 : value_of_letter(value.ptr[j]);
      assert_true(six >= 0 && (j < 22 || is_pad));
      bits = bits << 6 | (unsigned)six;
    }
    key[i / 4 * 3] = (uint8_t)(bits >> 16);
    key[i / 4 * 3 + 1] = (uint8_t)(bits >> 8);
    key[i / 4 * 3 + 2] = (uint8_t)bits;
  }
  assert_true(key[16] == 0 && key[17] == 0);
}

static void the_key_is_the_sixteen_octets(void **state) {
  upshake_ask ask = chat();
  (void)state;
  for (unsigned octet = 0; octet < 256; octet++)
    for (unsigned place = 0; place < 16; place++) {
      uint8_t key[16] = {0}, decoded[18];
      size_t len;
      key[place] = (uint8_t)octet;
      key[15 - place] ^= (uint8_t)~octet;
      void *only_here = exact(key, sizeof key);
      assert_int_equal(upshake_write_request(&ask, only_here, out, CAP, &len),
                       UPSHAKE_OK);
      free(only_here);
      decode_key(
          upshake_find_field(fields_of(part_of(out, len)), "Sec-WebSocket-Key"),
          decoded);
      assert_memory_equal(decoded, key, 16);
    }
}

/* ---- Every octet in every place (RFC 9112 11.2) -------------------------- */

typedef struct place {
  const char *what, *format; /* %c: the octet */
  void (*set)(upshake_ask *ask, const char *value);
} place;

static upshake_field added;

#define SET(member)                                                            \
  static void set_##member(upshake_ask *ask, const char *v) {                  \
    ask->member = text(v);                                                     \
  }
SET(target)
SET(scheme)
SET(origin)
SET(authority)
SET(extensions)
SET(protocols)
SET(subprotocols)
static void set_query(upshake_ask *ask, const char *v) { ask->query = text(v); }
static void set_host(upshake_ask *ask, const char *v) {
  ask->authority = part_of(NULL, 0);
  ask->host = text(v);
}
static void set_method(upshake_ask *ask, const char *v) {
  set_protocols(ask, "example");
  ask->method = text(v);
}
static void set_name(upshake_ask *ask, const char *v) {
  added.name = text(v);
  added.value = text("value");
  ask->fields = &added;
  ask->fields_len = 1;
}
static void set_value(upshake_ask *ask, const char *v) {
  set_name(ask, "X-Note");
  added.value = text(v);
}

static const place places[] = {
    {"target", "/a%cb", set_target},
    {"query", "/?a%cb", set_target},
    {"query of its own", "a%cb", set_query},
    {"host", "a%cb", set_host},
    {"IPv6 address", "::%c", set_host},
    {"scheme", "ws%c", set_scheme},
    {"authority", "a%cb", set_authority},
    {"IP literal", "[::%c]", set_authority},
    {"port", "example.com:80%c", set_authority},
    {"method", "G%cT", set_method},
    {"protocol", "exam%cple", set_protocols},
    {"version", "example/1%c", set_protocols},
    {"sub-protocol", "ch%cat", set_subprotocols},
    {"extension", "x-sh%cout", set_extensions},
    {"quoted parameter", "x; y=\"a%cb\"", set_extensions},
    {"origin", "https://a%cb", set_origin},
    {"field name", "X-%cNote", set_name},
    {"field value", "a%cb", set_value},
};

/* Whatever stands there, the request has the lines that it has with a letter,
 * or there is none. */
static void no_octet_adds_a_line(void **state) {
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(places); i++) {
    size_t lines = 0, refused = 0;
    for (int octet = 255; octet > 0; octet--) {
      char value[32];
      upshake_ask ask = chat();
      upshake_slice request;
      snprintf(value, sizeof value, places[i].format, octet);
      places[i].set(&ask, value);
      if (write_to(&ask, &request) != UPSHAKE_OK) {
        refused++;
        continue;
      }
      assert_one_head(request);
      if (lines == 0)
        lines = count_lines(request);
      if (count_lines(request) != lines || octet == '\r' || octet == '\n' ||
          octet == 127 || (octet < ' ' && octet != '\t'))
        fail_msg("octet %d in %s", octet, places[i].what);
    }
    if (refused < 30)
      fail_msg("%s: only %d octets are refused", places[i].what, (int)refused);
  }
}

/* Slices may have a NUL, which strings cannot. */
static void a_nul_is_no_octet_of_a_field(void **state) {
  upshake_ask ask = chat();
  upshake_slice request;
  (void)state;
  set_name(&ask, "X-Note");
  added.name = part_of("X\0Note", 6);
  assert_int_equal(write_to(&ask, &request), UPSHAKE_ERR_EXTRA_NAME);
  added.name = text("X-Note");
  added.value = part_of("a\0b", 3);
  assert_int_equal(write_to(&ask, &request), UPSHAKE_ERR_EXTRA_VALUE);
}

/* ---- Every number of an offer (RFC 7692 7.1.2) --------------------------- */

static void windows_of_8_to_15_can_be_offered(void **state) {
  (void)state;
  for (unsigned server = 0; server < 256; server++)
    for (unsigned client = 0; client < 256; client++) {
      upshake_deflate_offer offer = {(uint8_t)server, (uint8_t)client, 0, 0};
      upshake_ask ask = chat();
      size_t len;
      int is_good = (server == 0 || (server >= 8 && server <= 15)) &&
                    (client <= 1 || (client >= 8 && client <= 15));
      ask.deflates = &offer;
      ask.deflates_len = 1;
      assert_int_equal(upshake_write_request(&ask, nonce, out, CAP, &len),
                       is_good ? UPSHAKE_OK : UPSHAKE_ERR_EXTENSION_MALFORMED);
    }
}

static void the_numbers_are_written(void **state) {
  (void)state;
  for (unsigned bits = 8; bits <= 15; bits++) {
    upshake_deflate_offer offer = {(uint8_t)bits, (uint8_t)(23 - bits), 0, 0};
    upshake_ask ask = chat();
    upshake_slice request;
    char value[128];
    ask.deflates = &offer;
    ask.deflates_len = 1;
    snprintf(value, sizeof value,
             "permessage-deflate; server_max_window_bits=%u; "
             "client_max_window_bits=%u",
             bits, 23 - bits);
    assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
    assert_slice(
        upshake_find_field(fields_of(request), "Sec-WebSocket-Extensions"),
        value);
  }
}

/* ---- Many of a kind ------------------------------------------------------ */

enum { MANY = 100 };

static void many_subprotocols_are_one_list_without_repetition(void **state) {
  static char names[MANY][16], list_of_all[MANY * 16];
  upshake_ask ask = chat();
  upshake_slice request;
  (void)state;
  for (int i = 0; i < MANY; i++) {
    snprintf(names[i], sizeof names[i], "v%u", (unsigned)i % 1000);
    strcat(strcat(list_of_all, i > 0 ? " ,," : ""), names[i]);
  }
  strcat(list_of_all, ",v0,v99");
  ask.subprotocols = text(list_of_all);
  assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
  upshake_list list =
      upshake_begin_list(fields_of(request), "Sec-WebSocket-Protocol");
  upshake_slice member;
  int members = 0;
  for (; upshake_next_member(&list, &member); members++)
    assert_slice(member, names[members]);
  assert_int_equal(members, MANY);
}

static void many_fields_are_as_many_lines(void **state) {
  static char names[MANY][16];
  static upshake_field fields[MANY];
  upshake_ask ask = chat();
  (void)state;
  for (int i = 0; i < MANY; i++) {
    snprintf(names[i], sizeof names[i], "X-%u", (unsigned)i % 1000);
    fields[i].name = text(names[i]);
    fields[i].value = text("");
  }
  size_t lines = lines_of(&ask);
  ask.fields = fields;
  ask.fields_len = MANY;
  assert_int_equal(lines_of(&ask), lines + MANY);
}

/* What a field means is the application's to know. */
static void any_field_may_repeat(void **state) {
  static const char *const names[] = {
      "Accept-Language", "Authorization", "Content-Type", "Cookie",
      "Referer",         "User-Agent",    "X-Note"};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(names); i++) {
    upshake_field twice[2];
    upshake_ask ask = chat();
    upshake_slice request;
    twice[0].name = twice[1].name = text(names[i]);
    twice[0].value = twice[1].value = text("a");
    ask.fields = twice;
    ask.fields_len = 2;
    assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
    upshake_fields fields = fields_of(request);
    upshake_field field;
    int count = 0;
    while (upshake_next_field(&fields, &field))
      count += upshake_equal(field.name, names[i]);
    assert_int_equal(count, 2);
  }
}

/* Each place, and each error; the first of two wrong fields is named. */
static void the_wrong_field_is_named(void **state) {
  static const struct {
    const char *name, *value;
    upshake_error error;
  } rows[] = {
      {"a b", "c", UPSHAKE_ERR_EXTRA_NAME},
      {"X", "c ", UPSHAKE_ERR_EXTRA_VALUE},
      {"Connection", "c", UPSHAKE_ERR_EXTRA_RESERVED},
      {"sec-websocket-version", "c", UPSHAKE_ERR_EXTRA_RESERVED},
      {"Host", "c", UPSHAKE_ERR_EXTRA_RESERVED},
      {"ORIGIN", "c", UPSHAKE_ERR_EXTRA_RESERVED},
      {"expect", "100-continue", UPSHAKE_ERR_EXTRA_RESERVED},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t j = 0; j < CHECK_LEN(rows); j++)
      for (size_t at = 0; at < 4; at++) {
        upshake_field fields[5] = {{text("A"), text("a")},
                                   {text("B"), text("b")},
                                   {text("C"), text("c")},
                                   {text("D"), text("d")},
                                   {text("E"), text("e")}};
        upshake_ask ask = chat();
        size_t len = 77;
        fields[at].name = text(rows[i].name);
        fields[at].value = text(rows[i].value);
        fields[4].name = text(rows[j].name);
        fields[4].value = text(rows[j].value);
        ask.fields = fields;
        ask.fields_len = 5;
        assert_int_equal(upshake_write_request(&ask, nonce, out, CAP, &len),
                         rows[i].error);
        assert_int_equal(len, at);
        ask.target = text("x");
        assert_int_equal(upshake_write_request(&ask, nonce, out, CAP, &len),
                         UPSHAKE_ERR_TARGET_FORM);
        assert_int_equal(len, 5);
      }
}

/* Only methods that mean to send content say that there is none (RFC 9110
 * 8.6). */
static void a_method_that_means_content_says_that_there_is_none(void **state) {
  static const struct {
    const char *method, *length;
  } rows[] = {{"POST", "0"},     {"PUT", "0"},     {"PATCH", "0"},
              {"GET", NULL},     {"DELETE", NULL}, {"HEAD", NULL},
              {"OPTIONS", NULL}, {"PUTS", NULL},   {"post", NULL}};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_ask ask = chat();
    upshake_slice request;
    set_method(&ask, rows[i].method);
    assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
    upshake_slice length =
        upshake_find_field(fields_of(request), "Content-Length");
    if (rows[i].length == NULL)
      assert_absent(length);
    else
      assert_slice(length, rows[i].length);
  }
}

/* As many as the largest limit of a server (upshake_limits.method). */
static void a_method_has_at_most_255_bytes(void **state) {
  upshake_ask ask = chat();
  char method[257] = "";
  upshake_slice request;
  (void)state;
  memset(method, 'M', 255);
  set_method(&ask, method);
  assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
  assert_memory_equal(request.ptr, method, 255);
  memset(method, 'M', 256);
  set_method(&ask, method);
  assert_int_equal(write_to(&ask, &request), UPSHAKE_ERR_METHOD_LONG);
}

/* ---- Errors -------------------------------------------------------------- */

/* Everything is wrong first, and then one member after the other is right. */
static void of_several_errors_one_is_always_named(void **state) {
  static const upshake_error errors[] = {UPSHAKE_ERR_REPLY_PROTOCOL,
                                         UPSHAKE_ERR_KEY_MISSING,
                                         UPSHAKE_ERR_METHOD,
                                         UPSHAKE_ERR_TARGET_SCHEME,
                                         UPSHAKE_ERR_TARGET_AUTHORITY,
                                         UPSHAKE_ERR_TARGET_FORM,
                                         UPSHAKE_ERR_SUBPROTOCOL_MALFORMED,
                                         UPSHAKE_ERR_EXTENSION_MALFORMED,
                                         UPSHAKE_ERR_ORIGIN_MALFORMED,
                                         UPSHAKE_ERR_PASSED_OVER_SETTINGS,
                                         UPSHAKE_ERR_EXTRA_NAME,
                                         UPSHAKE_ERR_EXTRA_RESERVED,
                                         UPSHAKE_OK};
  const upshake_field fields[] = {{text("a b"), text("c")},
                                  {text("Host"), text("a")},
                                  {text("Referer"), text("/")}};
  (void)state;
  for (size_t right = 0; right < CHECK_LEN(errors); right++) {
    size_t skip = right > 10 ? right - 10 : 0, len;
    const upshake_ask ask = {
        .protocols = text(right > 0 ? "websocket" : "websocket, a b"),
        .method = text(right > 2 ? "GET" : "POST"),
        .scheme = text(right > 3 ? "ws" : "ftp"),
        .authority = text(right > 4 ? "a" : ""),
        .target = text(right > 5 ? "/" : "x"),
        .subprotocols = text(right > 6 ? "" : "a b"),
        .extensions = text(right > 7 ? "x" : ";"),
        .origin = text(right > 8 ? "null" : "x\n"),
        .settings = part_of("123456", right > 9 ? 0 : 6),
        .fields = fields + skip,
        .fields_len = CHECK_LEN(fields) - skip};
    assert_int_equal(
        upshake_write_request(&ask, right > 1 ? nonce : NULL, out, CAP, &len),
        errors[right]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_size_of_memory_but_the_right_one_is_refused),
      cmocka_unit_test(the_same_is_written_for_the_same),
      cmocka_unit_test(the_key_is_the_sixteen_octets),
      cmocka_unit_test(no_octet_adds_a_line),
      cmocka_unit_test(a_nul_is_no_octet_of_a_field),
      cmocka_unit_test(windows_of_8_to_15_can_be_offered),
      cmocka_unit_test(the_numbers_are_written),
      cmocka_unit_test(many_subprotocols_are_one_list_without_repetition),
      cmocka_unit_test(many_fields_are_as_many_lines),
      cmocka_unit_test(any_field_may_repeat),
      cmocka_unit_test(the_wrong_field_is_named),
      cmocka_unit_test(a_method_that_means_content_says_that_there_is_none),
      cmocka_unit_test(a_method_has_at_most_255_bytes),
      cmocka_unit_test(of_several_errors_one_is_always_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
