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
  upshake_ask ask = {.authority = "example.com", .target = "/chat"};
  return ask;
}

/* Written whole, or not at all. */
static upshake_error write_to(const upshake_ask *ask, upshake_slice *request) {
  size_t len = 77;
  memset(out, 'u', sizeof out);
  upshake_error error = upshake_write_request(ask, nonce, out, CAP, &len);
  if (error != UPSHAKE_OK) {
    assert_int_equal(len, 0);
    for (size_t i = 0; i < CAP; i++)
      assert_int_equal(out[i], 'u');
  }
  *request = part_of(out, len);
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

static const char *one[1];
static upshake_field added;

static void set_target(upshake_ask *ask, const char *v) { ask->target = v; }
static void set_scheme(upshake_ask *ask, const char *v) { ask->scheme = v; }
static void set_origin(upshake_ask *ask, const char *v) { ask->origin = v; }
static void set_authority(upshake_ask *ask, const char *v) {
  ask->authority = v;
}
static void set_extensions(upshake_ask *ask, const char *v) {
  ask->extensions = v;
}
static void set_protocol(upshake_ask *ask, const char *v) {
  one[0] = v;
  ask->protocols = one;
  ask->protocols_len = 1;
}
static void set_method(upshake_ask *ask, const char *v) {
  set_protocol(ask, "example");
  ask->method = v;
}
static void set_subprotocol(upshake_ask *ask, const char *v) {
  one[0] = v;
  ask->subprotocols = one;
  ask->subprotocols_len = 1;
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
    {"scheme", "ws%c", set_scheme},
    {"authority", "a%cb", set_authority},
    {"IP literal", "[::%c]", set_authority},
    {"port", "example.com:80%c", set_authority},
    {"method", "G%cT", set_method},
    {"protocol", "exam%cple", set_protocol},
    {"version", "example/1%c", set_protocol},
    {"sub-protocol", "ch%cat", set_subprotocol},
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

static void many_subprotocols_are_one_list(void **state) {
  static char names[MANY][16];
  const char *subprotocols[MANY];
  upshake_ask ask = chat();
  upshake_slice request;
  (void)state;
  for (int i = 0; i < MANY; i++) {
    snprintf(names[i], sizeof names[i], "v%u", (unsigned)i % 1000);
    subprotocols[i] = names[i];
  }
  ask.subprotocols = subprotocols;
  ask.subprotocols_len = MANY;
  assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
  upshake_list list =
      upshake_begin_list(fields_of(request), "Sec-WebSocket-Protocol");
  upshake_slice member;
  int members = 0;
  for (; upshake_next_member(&list, &member); members++)
    assert_slice(member, names[members]);
  assert_int_equal(members, MANY);
  subprotocols[0] = subprotocols[MANY - 1];
  assert_int_equal(write_to(&ask, &request), UPSHAKE_ERR_SUBPROTOCOL_MALFORMED);
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

/* Lines that are lists, and lines of which there is one (RFC 9110 5.3). */
static void fields_that_may_repeat_and_others(void **state) {
  static const struct {
    const char *name;
    upshake_error error;
  } rows[] = {
      {"Accept-Language", UPSHAKE_OK},
      {"Via", UPSHAKE_OK},
      {"X-Note", UPSHAKE_OK},
      {"Max-Forward", UPSHAKE_OK},
      {"Authorization", UPSHAKE_ERR_EXTRA_REPEATED},
      {"Content-Type", UPSHAKE_ERR_EXTRA_REPEATED},
      {"Cookie", UPSHAKE_ERR_EXTRA_REPEATED},
      {"From", UPSHAKE_ERR_EXTRA_REPEATED},
      {"Max-Forwards", UPSHAKE_ERR_EXTRA_REPEATED},
      {"Proxy-Authorization", UPSHAKE_ERR_EXTRA_REPEATED},
      {"Referer", UPSHAKE_ERR_EXTRA_REPEATED},
      {"User-Agent", UPSHAKE_ERR_EXTRA_REPEATED},
      {"cookie", UPSHAKE_ERR_EXTRA_REPEATED},
      {"Host", UPSHAKE_ERR_EXTRA_RESERVED},
  };
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(rows); i++) {
    upshake_field twice[2];
    upshake_ask ask = chat();
    upshake_slice request;
    twice[0].name = twice[1].name = text(rows[i].name);
    twice[0].value = twice[1].value = text("a");
    ask.fields = twice;
    ask.fields_len = 2;
    assert_int_equal(write_to(&ask, &request), rows[i].error);
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
  set_method(&ask, method);
  memset(method, 'M', 255);
  assert_int_equal(write_to(&ask, &request), UPSHAKE_OK);
  assert_memory_equal(request.ptr, method, 255);
  memset(method, 'M', 256);
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
                                         UPSHAKE_ERR_EXTRA_REPEATED,
                                         UPSHAKE_OK};
  static const char *const protocols[] = {"websocket", "a b"};
  const char *const subprotocols[] = {"a b"};
  const upshake_field fields[] = {{text("a b"), text("c")},
                                  {text("Host"), text("a")},
                                  {text("Referer"), text("/")},
                                  {text("Referer"), text("/")}};
  (void)state;
  for (size_t right = 0; right < CHECK_LEN(errors); right++) {
    size_t skip = right > 10 ? right - 10 : 0, len;
    const upshake_ask ask = {.protocols = protocols,
                             .protocols_len = right > 0 ? 1 : 2,
                             .method = right > 2 ? "GET" : "POST",
                             .scheme = right > 3 ? "ws" : "ftp",
                             .authority = right > 4 ? "a" : "",
                             .target = right > 5 ? "/" : "x",
                             .subprotocols = subprotocols,
                             .subprotocols_len = right > 6 ? 0 : 1,
                             .extensions = right > 7 ? "x" : ";",
                             .origin = right > 8 ? "null" : "x",
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
      cmocka_unit_test(many_subprotocols_are_one_list),
      cmocka_unit_test(many_fields_are_as_many_lines),
      cmocka_unit_test(fields_that_may_repeat_and_others),
      cmocka_unit_test(a_method_that_means_content_says_that_there_is_none),
      cmocka_unit_test(a_method_has_at_most_255_bytes),
      cmocka_unit_test(of_several_errors_one_is_always_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
