/* SPDX-License-Identifier: MIT
 *
 * Wrong ways to compute Sec-WebSocket-Accept: see accept.h.
 *
 * The right way (RFC 6455 4.2.2): the 24 characters of the key, then the GUID;
 * the SHA-1 of these 60 bytes; its 20 bytes as base64.
 */
#include "accept.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"

enum { KEY_LEN = 24, GUID_LEN = 36, HASHED_MAX = 128, WRITTEN_MAX = 64 };
static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/* What a server hashes. */
typedef struct hashed {
  unsigned char bytes[HASHED_MAX];
  size_t len;
} hashed;

static void add(hashed *to, const void *bytes, size_t len) {
  memcpy(to->bytes + to->len, bytes, len);
  to->len += len;
}

/* ---- Wrong input --------------------------------------------------------- */

static void hash_right(const char *key, hashed *to) {
  add(to, key, KEY_LEN);
  add(to, guid, GUID_LEN);
}

static void hash_decoded(const char *key, hashed *to) {
  unsigned char bytes[KEY_LEN];
  upshake_slice text = {key, KEY_LEN};
  long len = decode_base64(text, bytes, sizeof bytes);
  add(to, bytes, len > 0 ? (size_t)len : 0);
  add(to, guid, GUID_LEN);
}

static void hash_lower_guid(const char *key, hashed *to) {
  char lower[GUID_LEN];
  for (size_t i = 0; i < GUID_LEN; i++)
    lower[i] = (char)tolower((unsigned char)guid[i]);
  add(to, key, KEY_LEN);
  add(to, lower, GUID_LEN);
}

static void hash_guid_first(const char *key, hashed *to) {
  add(to, guid, GUID_LEN);
  add(to, key, KEY_LEN);
}

static void hash_no_guid(const char *key, hashed *to) { add(to, key, KEY_LEN); }

static void hash_lf_behind(const char *key, hashed *to) {
  hash_right(key, to);
  add(to, "\n", 1);
}

static void hash_crlf_behind(const char *key, hashed *to) {
  hash_right(key, to);
  add(to, "\r\n", 2);
}

static void hash_nul_behind(const char *key, hashed *to) {
  hash_right(key, to);
  add(to, "", 1);
}

static void hash_lf_between(const char *key, hashed *to) {
  add(to, key, KEY_LEN);
  add(to, "\n", 1);
  add(to, guid, GUID_LEN);
}

static void hash_cr_between(const char *key, hashed *to) {
  add(to, key, KEY_LEN);
  add(to, "\r", 1);
  add(to, guid, GUID_LEN);
}

static void hash_nul_between(const char *key, hashed *to) {
  add(to, key, KEY_LEN + 0);
  add(to, "", 1);
  add(to, guid, GUID_LEN);
}

static void hash_blank_before(const char *key, hashed *to) {
  add(to, " ", 1);
  hash_right(key, to);
}

static void hash_blank_between(const char *key, hashed *to) {
  add(to, key, KEY_LEN);
  add(to, " ", 1);
  add(to, guid, GUID_LEN);
}

static void hash_without_padding(const char *key, hashed *to) {
  add(to, key, KEY_LEN - 2);
  add(to, guid, GUID_LEN);
}

static void hash_braces(const char *key, hashed *to) {
  add(to, key, KEY_LEN);
  add(to, "{", 1);
  add(to, guid, GUID_LEN);
  add(to, "}", 1);
}

static const struct {
  void (*hash)(const char *key, hashed *to);
  const char *sentence; /* "" for the right way */
} ways[] = {
    {hash_right, ""},
    {hash_decoded, "The server hashes the decoded key; RFC 6455 4.2.2 wants "
                   "the 24 characters."},
    {hash_lower_guid, "The server writes the GUID in lower case; RFC 6455 1.3 "
                      "has capital letters."},
    {hash_guid_first, "The server hashes the GUID first; the key comes first."},
    {hash_no_guid, "The server hashes the key without the GUID of RFC 6455 "
                   "1.3."},
    {hash_lf_behind, "The server hashes a \\n behind the GUID, as echo without "
                     "-n adds it."},
    {hash_crlf_behind, "The server hashes CR LF behind the GUID."},
    {hash_nul_behind, "The server hashes the NUL behind the GUID, as sizeof "
                      "counts it."},
    {hash_lf_between, "The server hashes a \\n between the key and the GUID."},
    {hash_cr_between, "The server hashes the CR at the end of the key's line."},
    {hash_nul_between, "The server hashes a NUL between the key and the GUID."},
    {hash_blank_before, "The server hashes the blank before the key; the value "
                        "begins behind it."},
    {hash_blank_between, "The server hashes a blank between the key and the "
                         "GUID."},
    {hash_without_padding, "The server hashes the key without its \"==\"."},
    {hash_braces, "The server hashes braces around the GUID."},
};

/* ---- Wrong output -------------------------------------------------------- */

static void write_hex(const unsigned char *bytes, char *out, const char *form) {
  for (size_t i = 0; i < 20; i++)
    snprintf(out + 2 * i, 3, form, bytes[i]);
}

static void write_base64(const unsigned char hash[20], char *out) {
  encode_base64(hash, 20, out);
}

static void write_unpadded(const unsigned char hash[20], char *out) {
  encode_base64(hash, 20, out);
  out[27] = '\0';
}

static void write_url(const unsigned char hash[20], char *out) {
  encode_base64(hash, 20, out);
  for (; *out != '\0'; out++)
    *out = (char)(*out == '+' ? '-' : *out == '/' ? '_' : *out);
}

static void write_unpadded_url(const unsigned char hash[20], char *out) {
  write_url(hash, out);
  out[27] = '\0';
}

static void write_lower_hex(const unsigned char hash[20], char *out) {
  write_hex(hash, out, "%02x");
}

static void write_upper_hex(const unsigned char hash[20], char *out) {
  write_hex(hash, out, "%02X");
}

static void write_base64_of_hex(const unsigned char hash[20], char *out) {
  char hex[41];
  write_hex(hash, hex, "%02x");
  encode_base64((const unsigned char *)hex, 40, out);
}

static const struct {
  void (*write)(const unsigned char hash[20], char *out);
  const char *sentence;
} endings[] = {
    {write_base64, ""},
    {write_unpadded, "The server drops the \"=\" at the end of the base64."},
    {write_url, "The server writes base64url (- and _); base64 has + and /."},
    {write_unpadded_url, "The server writes base64url (- and _) without \"=\"; "
                         "base64 has + and /, and \"=\" at the end."},
    {write_lower_hex, "The server writes the SHA-1 in hexadecimal digits; the "
                      "base64 is taken of its 20 bytes."},
    {write_upper_hex, "The server writes the SHA-1 in hexadecimal digits; the "
                      "base64 is taken of its 20 bytes."},
    {write_base64_of_hex, "The server writes the base64 of the hexadecimal "
                          "digits; it is taken of the 20 bytes."},
};

/* ---- Comparing ----------------------------------------------------------- */

static int gives(const hashed *input, size_t ending, upshake_slice received) {
  unsigned char hash[20];
  char written[WRITTEN_MAX];
  hash_sha1(input->bytes, input->len, hash);
  endings[ending].write(hash, written);
  return received.len == strlen(written) &&
         memcmp(received.ptr, written, received.len) == 0;
}

static void say(note *out, const char *first, const char *second) {
  note_add(out, "%s%s%s\n", first, *first && *second ? "\n" : "", second);
}

static int say_way(note *out, const char *key, upshake_slice received) {
  for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
    for (size_t end = 0; end < sizeof endings / sizeof *endings; end++) {
      hashed input = {.len = 0};
      ways[way].hash(key, &input);
      if ((way == 0 && end == 0) || !gives(&input, end, received))
        continue;
      say(out, ways[way].sentence, endings[end].sentence);
      return 1;
    }
  return 0;
}

/* A character of the GUID is missing, changed, or in the place of the next. */
static int say_typo(note *out, const char *key, upshake_slice received) {
  static const char letters[] = "0123456789ABCDEF-";
  for (size_t at = 0; at < GUID_LEN; at++)
    for (size_t change = 0; change < sizeof letters + 1; change++) {
      char typed[GUID_LEN];
      size_t len = GUID_LEN;
      memcpy(typed, guid, GUID_LEN);
      if (change < sizeof letters - 1) {
        typed[at] = letters[change];
      } else if (change == sizeof letters - 1) {
        memmove(typed + at, typed + at + 1, --len - at);
      } else if (at + 1 < GUID_LEN) {
        typed[at] = guid[at + 1];
        typed[at + 1] = guid[at];
      }
      hashed input = {.len = 0};
      add(&input, key, KEY_LEN);
      add(&input, typed, len);
      if (memcmp(typed, guid, len) == 0 && len == GUID_LEN)
        continue;
      if (!gives(&input, 0, received))
        continue;
      note_add(out,
               "The server's GUID has a typo at character %zu: it is\n"
               "%.*s, and RFC 6455 1.3 has\n%s.\n",
               at + 1, (int)len, typed, guid);
      return 1;
    }
  return 0;
}

int say_wrong_accept(note *out, upshake_slice key, upshake_slice received) {
  return key.len == KEY_LEN &&
         (say_way(out, key.ptr, received) || say_typo(out, key.ptr, received));
}
