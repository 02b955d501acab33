/* SPDX-License-Identifier: MIT
 *
 * Fuzzing answers to ordinary requests (libFuzzer).  The first bytes of an
 * input choose the request, the status, where the content comes from and what
 * happens to the connection; then come texts, each with a line feed behind it,
 * and the content.  An answer that is written is the same in parts and as
 * values, and a client reads from it what was given: status, phrase, fields and
 * content.
 */
#include "../check.h"
#include "require.h"

enum { CHOICES = 6, FIELDS = 3, OUT = 16384, LINES = UPSHAKE_REPLY_LINES + 8 };

typedef struct input {
  upshake_slice left; /* texts that were not taken */
  upshake_field fields[FIELDS];
  upshake_extra extra;
  upshake_slice content;
  int status, is_head, version;
  size_t step;
} input;

typedef struct answer {
  char bytes[OUT];
  size_t len, head_len;
} answer;

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* ---- What is given ------------------------------------------------------ */

static upshake_slice take_text(input *in) {
  const char *end =
      in->left.len > 0 ? memchr(in->left.ptr, '\n', in->left.len) : NULL;
  size_t len = end ? (size_t)(end - in->left.ptr) : in->left.len;
  upshake_slice text = part_of(in->left.ptr, len);
  in->left.ptr += end ? len + 1 : len;
  in->left.len -= end ? len + 1 : len;
  return text;
}

/* Many bytes of content are made of few. */
static void choose_content(input *in, const uint8_t *choices) {
  in->content = in->left;
  in->extra.content = choices[2] & 3;
  if (in->extra.content == UPSHAKE_CONTENT_MEMORY)
    in->extra.body = in->content;
  if (in->extra.content == UPSHAKE_CONTENT_LENGTH)
    in->extra.body_len = in->content.len;
  in->step = 1 + choices[3] % 61u;
}

static void choose(input *in, const uint8_t *choices) {
  static const int known[] = {200, 204, 205, 206, 304, 401, 405, 407, 413, 426};
  size_t fields = choices[2] >> 4 & 3;
  in->is_head = choices[0] & 1;
  in->version = choices[0] & 2 ? 10 : 11;
  in->status =
      choices[1] < CHECK_LEN(known) ? known[choices[1]] : 190 + choices[1] * 2;
  in->extra.keep = choices[2] >> 2 & 3;
  in->extra.relayed = choices[0] >> 2 & 1;
  for (size_t i = 0; i < fields; i++) {
    in->fields[i].name = take_text(in);
    in->fields[i].value = take_text(in);
  }
  in->extra.fields = in->fields;
  in->extra.fields_len = fields;
  if (choices[2] & 64)
    in->extra.date = take_text(in);
  if (choices[2] & 128)
    in->extra.reason = take_text(in);
  choose_content(in, choices);
}

/* ---- What is written ---------------------------------------------------- */

static void append(answer *a, const char *bytes, size_t len) {
  REQUIRE(len <= sizeof a->bytes - a->len);
  if (len > 0)
    memcpy(a->bytes + a->len, bytes, len);
  a->len += len;
}

/* The same bytes in parts, and no byte less. */
static void require_parts(upshake *hs, const input *in, const answer *a) {
  upshake_cursor cursor = {0, 0, {0}};
  char part[64];
  size_t at = 0, len;
  do {
    REQUIRE(!upshake_reply_part(hs, &in->extra, &cursor, part, in->step, &len));
    REQUIRE(len <= a->len - at && memcmp(part, a->bytes + at, len) == 0);
    at += len;
  } while (len > 0);
  REQUIRE(at == a->len);
}

/* The lines of the head are the values; Connection is one line. */
static void require_lines(const input *in, const answer *a,
                          const upshake_line *lines, size_t len) {
  upshake_slice head = part_of(a->bytes, a->head_len), line = {NULL, 0};
  upshake_field field;
  REQUIRE(lines[len].status == in->status);
  REQUIRE(take_line(&head, &line) && status_of_line(line) == in->status);
  REQUIRE(
      upshake_same(lines[len].reason, part_of(line.ptr + 13, line.len - 13)));
  for (size_t i = 0; i < len; i++) {
    REQUIRE(take_line(&head, &line) && split_line(line, &field));
    REQUIRE(upshake_same(field.name, lines[i].field.name));
    if (i + 1 < len && lines[i + 1].kind & UPSHAKE_LINE_CLOSE)
      REQUIRE(upshake_equal(field.value, "Upgrade, close") && i++ < len);
    else
      REQUIRE(upshake_same(field.value, lines[i].field.value));
  }
  REQUIRE(take_line(&head, &line) && line.len == 0 && head.len == 0);
}

static void require_values(upshake *hs, const input *in, const answer *a) {
  static upshake_line lines[LINES];
  upshake_cursor cursor = {0, 0, {0}};
  size_t len = 0;
  int more;
  while ((more = upshake_reply_line(hs, &in->extra, &cursor, &lines[len])) > 0)
    REQUIRE(++len < LINES);
  REQUIRE(more == 0);
  require_lines(in, a, lines, len);
}

static int has_content(const input *in) {
  return !in->is_head && in->status != 204 && in->status != 304;
}

static void send_content(upshake *hs, const input *in, answer *a) {
  char frame[UPSHAKE_FRAME_CAP];
  size_t frame_len, n;
  for (size_t at = 0; has_content(in) && at < in->content.len; at += n) {
    n = least(in->content.len - at, in->step * 7);
    REQUIRE(!upshake_send_content(hs, n, frame, &frame_len));
    append(a, frame, frame_len);
    append(a, in->content.ptr + at, n);
  }
  if (!has_content(in)) {
    upshake copy = *hs;
    REQUIRE(upshake_send_content(&copy, 1, frame, &frame_len) ==
            UPSHAKE_ERR_CONTENT);
  }
  REQUIRE(!upshake_send_content(hs, 0, frame, &frame_len));
  append(a, frame, frame_len);
}

/* ---- What is read ------------------------------------------------------- */

static void require_fields(const input *in, upshake_fields found) {
  upshake_field field;
  for (size_t i = 0; i < in->extra.fields_len; i++)
    do
      REQUIRE(upshake_next_field(&found, &field));
    while (!upshake_same(field.name, in->fields[i].name) ||
           !upshake_same(field.value, in->fields[i].value));
}

static void require_content(const input *in, uint64_t body_len,
                            const char *bytes, size_t len) {
  static char content[OUT];
  upshake_body body;
  upshake_error error;
  size_t content_len = 0;
  upshake_body_init(&body, body_len, 0);
  do {
    size_t n = least(len, in->step), used;
    upshake_slice piece;
    error = upshake_body_read(&body, bytes, n, &used, &piece);
    if (piece.len > 0)
      memcpy(content + content_len, piece.ptr, piece.len);
    content_len += piece.len;
    bytes += used;
    len -= used;
  } while (error == UPSHAKE_ERR_INCOMPLETE && len > 0);
  REQUIRE(upshake_body_closed(&body) == UPSHAKE_OK && len == 0);
  REQUIRE(content_len == (has_content(in) ? in->content.len : 0));
  REQUIRE(content_len == 0 ||
          memcmp(content, in->content.ptr, content_len) == 0);
}

static void require_read(const input *in, upshake_slice request,
                         const answer *a, int keep) {
  static char memory[OUT];
  const upshake_client_policy policy = {.limits = {.name = 65535}};
  upshake_client client;
  upshake_client_result found;
  upshake_slice date;
  size_t used;
  REQUIRE(!upshake_client_init(&client, &policy, request, memory, OUT));
  REQUIRE(upshake_client_feed(&client, a->bytes, a->len, &used) ==
          UPSHAKE_CLIENT_OTHER);
  REQUIRE(used == a->head_len);
  found = upshake_client_get_result(&client);
  REQUIRE(found.status == in->status && found.version == 11);
  if (in->extra.reason.ptr != NULL)
    REQUIRE(upshake_same(found.reason, in->extra.reason));
  date = upshake_find_field(found.fields, "Date");
  if (in->extra.date.ptr != NULL)
    REQUIRE(upshake_same(date, in->extra.date));
  require_fields(in, found.fields);
  require_content(in, found.body_len, a->bytes + used, a->len - used);
  REQUIRE(found.may_keep == keep);
}

/* ---- The harness -------------------------------------------------------- */

static int is_known(upshake_error error, const input *in, size_t place) {
  if (in->extra.relayed && error >= UPSHAKE_ERR_NEEDS_AUTHENTICATE &&
      error <= UPSHAKE_ERR_NEEDS_RANGE)
    return 0;
  if (error == UPSHAKE_ERR_MUST_CLOSE)
    return in->version == 10 && in->extra.keep == UPSHAKE_KEEP_OPEN;
  if (error == UPSHAKE_ERR_NEEDS_AUTHENTICATE)
    return in->status == 401;
  if (error == UPSHAKE_ERR_NEEDS_PROXY_AUTHENTICATE)
    return in->status == 407;
  if (error == UPSHAKE_ERR_NEEDS_ALLOW)
    return in->status == 405;
  if (error == UPSHAKE_ERR_NEEDS_RANGE)
    return in->status == 206;
  return error >= UPSHAKE_ERR_EXTRA_NAME &&
         error <= UPSHAKE_ERR_EXTRA_EXTENSION && place <= in->extra.fields_len;
}

/* The same without a handshake: the bytes, and the values. */
static void run_alone(const input *in) {
  static answer a;
  static upshake_line lines[LINES];
  const upshake_response response = {.status = in->status,
                                     .version = (uint8_t)in->version,
                                     .to_head = (uint8_t)in->is_head,
                                     .upgrade = text("websocket")};
  upshake_cursor cursor = {0, 0, {0}};
  upshake_error error =
      upshake_write(&response, &in->extra, a.bytes, OUT, &a.len);
  size_t len = 0;
  int more;
  while ((more = upshake_write_line(&response, &in->extra, &cursor,
                                    &lines[len])) > 0)
    REQUIRE(++len < LINES);
  REQUIRE((error == UPSHAKE_OK) == (more == 0));
  if (error != UPSHAKE_OK) {
    REQUIRE(error == lines[len].error && lines[len].status == 500);
    return;
  }
  a.head_len = a.len;
  if (in->extra.content == UPSHAKE_CONTENT_MEMORY && has_content(in))
    a.head_len -= in->extra.body.len;
  require_lines(in, &a, lines, len);
}

static void run(const input *in) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
  static const upshake_config config = {table, 1, .decide = NULL};
  static answer a;
  char memory[128], request[64];
  upshake hs;
  upshake_error error;
  size_t used, len;
  len = (size_t)snprintf(request, sizeof request, "%s / HTTP/1.%d\r\n%s\r\n",
                         in->is_head ? "HEAD" : "GET", in->version % 10,
                         "Host: a\r\n");
  REQUIRE(!upshake_init(&hs, &config, memory, sizeof memory, NULL));
  REQUIRE(upshake_feed(&hs, request, len, &used) == UPSHAKE_PLAIN);
  error = upshake_answer(&hs, in->status);
  REQUIRE((error == UPSHAKE_OK) == (in->status >= 200 && in->status <= 599));
  if (error != UPSHAKE_OK)
    return;
  error = upshake_reply_with(&hs, &in->extra, a.bytes, OUT, &a.len);
  if (error != UPSHAKE_OK) {
    REQUIRE(is_known(error, in, a.len));
    return;
  }
  a.head_len = a.len;
  if (in->extra.content == UPSHAKE_CONTENT_MEMORY && has_content(in))
    a.head_len -= in->extra.body.len;
  require_parts(&hs, in, &a);
  require_values(&hs, in, &a);
  if (in->extra.content != UPSHAKE_CONTENT_MEMORY)
    send_content(&hs, in, &a);

  require_read(in, part_of(request, len), &a, upshake_get_result(&hs).keep);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in;
  char *copy;
  if (size < CHOICES || size > 2000)
    return 0;
  memset(&in, 0, sizeof in);
  copy = exact(data + CHOICES, size - CHOICES);
  in.left = part_of(copy, size - CHOICES);
  choose(&in, data);
  run(&in);
  run_alone(&in);
  free(copy);
  return 0;
}
