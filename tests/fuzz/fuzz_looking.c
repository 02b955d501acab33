/* SPDX-License-Identifier: MIT
 *
 * Fuzzing what looks at a request (libFuzzer): an input is a value, a query, a
 * value of Cookie and field lines.  All slices lie in the input, a walk and a
 * search agree, and what was decoded can be encoded again.
 */
#include "../check.h"
#include "require.h"

static int is_inside(upshake_slice slice, upshake_slice all) {
  return slice.ptr != NULL && slice.ptr >= all.ptr &&
         slice.ptr + slice.len <= all.ptr + all.len;
}

static int are_same(upshake_slice a, upshake_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static int is_hex(upshake_slice all, size_t at) {
  return at < all.len &&
         octet_in((unsigned char)all.ptr[at], "0123456789abcdefABCDEF");
}

/* ---- Percent-decoding -------------------------------------------------- */

static void require_malformed(upshake_slice value, size_t offset) {
  REQUIRE(offset < value.len && value.ptr[offset] == '%');
  REQUIRE(!is_hex(value, offset + 1) || !is_hex(value, offset + 2));
}

/* Each byte as %XX decodes to the same bytes. */
static void require_encodable(const char *bytes, size_t bytes_len, int plus) {
  static const char digits[] = "0123456789aBcDEf";
  char *encoded = malloc(bytes_len * 3 + 1), *decoded = malloc(bytes_len + 1);
  size_t len = SIZE_MAX;
  for (size_t i = 0; i < bytes_len; i++) {
    encoded[i * 3] = '%';
    encoded[i * 3 + 1] = digits[(unsigned char)bytes[i] >> 4];
    encoded[i * 3 + 2] = digits[bytes[i] & 15];
  }
  REQUIRE(upshake_decode(part_of(encoded, bytes_len * 3), plus, decoded,
                         bytes_len, &len) == UPSHAKE_OK);
  REQUIRE(are_same(part_of(decoded, len), part_of(bytes, bytes_len)));
  free(encoded);
  free(decoded);
}

/* Returns the decoded bytes, or NULL if the value is malformed; free it. */
static char *decode(upshake_slice value, int plus, size_t *len) {
  size_t needed = SIZE_MAX;
  char *out, *copy;
  upshake_error error = upshake_decode(value, plus, NULL, 0, &needed);
  if (error == UPSHAKE_ERR_DECODE) {
    require_malformed(value, needed);
    return NULL;
  }
  REQUIRE(error == (needed > 0 ? UPSHAKE_ERR_ROOM : UPSHAKE_OK));
  REQUIRE(needed <= value.len && value.len <= needed * 3);
  out = malloc(needed + 1);
  REQUIRE(upshake_decode(value, plus, out, needed, len) == UPSHAKE_OK);
  REQUIRE(*len == needed);
  copy = exact(value.ptr, value.len);
  REQUIRE(upshake_decode(part_of(copy, value.len), plus, copy, needed, len) ==
          UPSHAKE_OK);
  REQUIRE(are_same(part_of(copy, *len), part_of(out, needed)));
  free(copy);
  return out;
}

static void try_decode(upshake_slice value) {
  for (int plus = 0; plus <= 1; plus++) {
    size_t len = 0;
    char *decoded = decode(value, plus, &len);
    if (decoded != NULL)
      require_encodable(decoded, len, plus);
    free(decoded);
  }
}

/* ---- Queries ----------------------------------------------------------- */

/* The next part between "&", which may be empty; 0 at the end. */
static int next_part(upshake_slice all, size_t *at, upshake_slice *part) {
  size_t end = *at;
  if (*at > all.len)
    return 0;
  while (end < all.len && all.ptr[end] != '&')
    end++;
  *part = part_of(all.ptr + *at, end - *at);
  *at = end + 1;
  return 1;
}

static void require_part(upshake_slice part, const upshake_field *pair) {
  size_t sign = 0;
  while (sign < part.len && part.ptr[sign] != '=')
    sign++;
  REQUIRE(pair->name.ptr == part.ptr && pair->name.len == sign);
  REQUIRE(pair->value.ptr + pair->value.len == part.ptr + part.len);
  REQUIRE(part.len == sign + pair->value.len + (sign < part.len));
}

/* What is found by the decoded name is the first pair with that name. */
static void require_found(upshake_slice query, const upshake_field *pair) {
  size_t len = 0;
  char *name = decode(pair->name, 1, &len);
  upshake_slice found;
  if (name != NULL && (len == 0 || memchr(name, 0, len) == NULL)) {
    name[len] = '\0';
    found = upshake_find_parameter(query, name);
    REQUIRE(is_inside(found, query) && found.ptr <= pair->value.ptr);
  }
  free(name);
}

static void try_query(upshake_slice query) {
  upshake_slice left = query, part;
  upshake_field pair;
  size_t at = 0, tries = 16;
  while (next_part(query, &at, &part)) {
    if (part.len == 0)
      continue;
    REQUIRE(upshake_next_pair(&left, &pair));
    require_part(part, &pair);
    if (tries > 0 && tries--)
      require_found(query, &pair);
  }
  REQUIRE(!upshake_next_pair(&left, &pair) && left.len == 0);
}

/* ---- Cookies ----------------------------------------------------------- */

static int has_blank_end(upshake_slice text) {
  return text.len > 0 &&
         (octet_in((unsigned char)text.ptr[0], " \t") ||
          octet_in((unsigned char)text.ptr[text.len - 1], " \t"));
}

static void try_cookies(upshake_slice value) {
  upshake_slice left = value;
  upshake_field cookie;
  while (upshake_next_cookie(&left, &cookie)) {
    REQUIRE(is_inside(cookie.name, value) && is_inside(cookie.value, value));
    REQUIRE(!has_blank_end(cookie.name) && !has_blank_end(cookie.value));
    REQUIRE(cookie.name.len == 0 ||
            memchr(cookie.name.ptr, '=', cookie.name.len) == NULL);
    REQUIRE(cookie.value.len == 0 ||
            memchr(cookie.value.ptr, ';', cookie.value.len) == NULL);
  }
  REQUIRE(left.len == 0);
}

/* The first cookie with this name, by another walk. */
static upshake_slice first_cookie(upshake_fields fields, const char *name) {
  upshake_field line, cookie;
  while (upshake_next_field(&fields, &line))
    while (same_fold(line.name, "cookie") &&
           upshake_next_cookie(&line.value, &cookie))
      if (are_same(cookie.name, text(name)))
        return cookie.value;
  return part_of(NULL, 0);
}

static void try_lines(upshake_slice raw) {
  static const char *const names[] = {"", "a", "b", "SID"};
  for (size_t i = 0; i < CHECK_LEN(names); i++) {
    upshake_slice found = upshake_find_cookie(raw_fields(raw), names[i]);
    upshake_slice first = first_cookie(raw_fields(raw), names[i]);
    REQUIRE(found.ptr == first.ptr && found.len == first.len);
  }
}

/* ---- Credentials ------------------------------------------------------- */

/* Returns how many Authorization lines there are, and the last one's value. */
static int authorization(upshake_fields fields, upshake_slice *value) {
  upshake_field field;
  int lines = 0;
  while (upshake_next_field(&fields, &field))
    if (same_fold(field.name, "authorization")) {
      *value = field.value;
      lines++;
    }
  return lines;
}

/* The credentials are the end of the value, behind a blank. */
static void require_end(upshake_slice end, upshake_slice value) {
  REQUIRE(end.len > 0 && end.len < value.len);
  value = part_of(value.ptr + value.len - end.len - 1, end.len + 1);
  REQUIRE(value.ptr[0] == ' ');
  REQUIRE(are_same(end, part_of(value.ptr + 1, end.len)));
}

/* There is one encoding only, and it is that of the field. */
static void require_encoding(const char *bytes, size_t len,
                             upshake_slice value) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789+/";
  char *encoded = malloc(len / 3 * 4 + 4), *out = encoded;
  for (size_t i = 0; i < len; i += 3) {
    uint32_t bits = 0;
    for (size_t j = i; j < i + 3; j++)
      bits = bits << 8 | (j < len ? (unsigned char)bytes[j] : 0);
    *out++ = digits[bits >> 18];
    *out++ = digits[bits >> 12 & 63];
    *out++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
    *out++ = i + 2 < len ? digits[bits & 63] : '=';
  }
  require_end(part_of(encoded, (size_t)(out - encoded)), value);
  free(encoded);
}

static void try_basic(upshake_fields fields, int lines, upshake_slice value) {
  upshake_slice name, password;
  size_t cap = value.len / 4 * 3, len;
  char *out = malloc(cap + 1);
  upshake_error error = upshake_find_basic(fields, out, cap, &name, &password);
  REQUIRE(error == UPSHAKE_OK || error == UPSHAKE_ERR_DECODE ||
          error == UPSHAKE_ERR_NOT_OFFERED);
  REQUIRE(lines != 0 || error == UPSHAKE_ERR_NOT_OFFERED);
  REQUIRE(lines < 2 || error == UPSHAKE_ERR_DECODE);
  if (error == UPSHAKE_OK) {
    REQUIRE(name.ptr == out && out[name.len] == ':');
    REQUIRE(password.ptr == out + name.len + 1);
    len = name.len + 1 + password.len;
    REQUIRE(len <= cap);
    REQUIRE(name.len == 0 || memchr(out, ':', name.len) == NULL);
    for (size_t i = 0; i < len; i++)
      REQUIRE((unsigned char)out[i] >= ' ' && out[i] != 0x7f);
    require_encoding(out, len, value);
    error = upshake_find_basic(fields, out, len - 1, &name, &password);
    REQUIRE(error == UPSHAKE_ERR_ROOM);
  }
  REQUIRE(name.ptr == NULL && password.ptr == NULL);
  free(out);
}

static void try_bearer(upshake_fields fields, int lines, upshake_slice value) {
  upshake_slice token = upshake_find_bearer(fields);
  if (token.ptr == NULL)
    return;
  REQUIRE(lines == 1 && is_inside(token, value));
  require_end(token, value);
  REQUIRE(memchr(token.ptr, ' ', token.len) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *copy = exact((const char *)data, size);
  upshake_slice all = part_of(copy, size), value = part_of(copy, 0);
  int lines = authorization(raw_fields(all), &value);
  try_decode(all);
  try_query(all);
  try_cookies(all);
  try_lines(all);
  try_basic(raw_fields(all), lines, value);
  try_bearer(raw_fields(all), lines, value);
  free(copy);
  return 0;
}
