/* SPDX-License-Identifier: MIT
 *
 * Fuzzing bodies beside llhttp, the parser of Node (libFuzzer).  An input is a
 * request or a response; or a number below 32, and a body behind a head that
 * the number chooses.  Read in any split the body has the same content, error
 * and end.  Where llhttp accepts it too, it is llhttp's content and end.
 */
#include "../check.h"
#include "require.h"

#include <llhttp.h>

enum { CAP = 8192 };

/* What a reader has found. */
typedef struct found {
  upshake_error error; /* OK: the message is complete */
  char content[CAP];
  size_t len, used; /* of the content; bytes of the message */
  int is_chunked;   /* that is what llhttp says */
} found;

static void take(found *f, const char *ptr, size_t len) {
  REQUIRE(len <= sizeof f->content - f->len);
  if (len > 0)
    memcpy(f->content + f->len, ptr, len);
  f->len += len;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* ---- llhttp ------------------------------------------------------------- */

static int on_body(llhttp_t *parser, const char *at, size_t len) {
  take(parser->data, at, len);
  return 0;
}

/* The host of llhttp knows which responses have no body (RFC 9112 6.3). */
static int on_head(llhttp_t *parser) {
  return parser->status_code == 204 || parser->status_code == 304;
}

static int on_complete(llhttp_t *parser) {
  found *f = parser->data;
  f->error = UPSHAKE_OK;
  return HPE_PAUSED;
}

static void read_by_llhttp(const char *bytes, size_t len, size_t step,
                           int is_response, found *f) {
  llhttp_settings_t settings;
  llhttp_t parser;
  llhttp_errno_t error = HPE_OK;
  llhttp_settings_init(&settings);
  settings.on_headers_complete = on_head;
  settings.on_body = on_body;
  settings.on_message_complete = on_complete;
  llhttp_init(&parser, is_response ? HTTP_RESPONSE : HTTP_REQUEST, &settings);
  parser.data = f;
  memset(f, 0, sizeof *f);
  f->error = UPSHAKE_ERR_INCOMPLETE;
  while (error == HPE_OK && f->used < len) {
    size_t n = least(len - f->used, step);
    char *piece = exact(bytes + f->used, n);
    error = llhttp_execute(&parser, piece, n);
    f->used +=
        error == HPE_OK ? n : (size_t)(llhttp_get_error_pos(&parser) - piece);
    free(piece);
  }
  if (error == HPE_OK && parser.type == HTTP_RESPONSE &&
      llhttp_message_needs_eof(&parser))
    llhttp_finish(&parser);
  f->is_chunked = (parser.flags & F_CHUNKED) != 0;
  if (error != HPE_OK && error != HPE_PAUSED)
    f->error = UPSHAKE_ERR_ANSWER; /* any but those that are compared */
}

/* ---- upshake ------------------------------------------------------------ */

/* Where the body begins, and its length; 0 if there is no body to compare. */
static size_t read_request(const char *bytes, size_t len, uint64_t *body_len) {
  static char memory[CAP];
  const upshake_config config = {NULL, 0, .decide = NULL};
  upshake_request request;
  upshake hs;
  size_t used = 0;
  REQUIRE(!upshake_init(&hs, &config, memory, sizeof memory, NULL));
  if (upshake_feed(&hs, bytes, len, &used) != UPSHAKE_PLAIN)
    return 0;
  request = upshake_get_request(&hs);
  *body_len = request.body_len;
  if (request.unknown_coding || upshake_equal(request.method, "CONNECT") ||
      upshake_equal(request.method, "PRI")) /* llhttp waits for HTTP/2 */
    return 0;
  return used;
}

static size_t read_response(const char *bytes, size_t len, uint64_t *body_len) {
  static const char asked[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  static char memory[CAP];
  const upshake_client_policy policy = {.interim = 1};
  upshake_client client;
  size_t used = 0;
  REQUIRE(!upshake_client_init(&client, &policy, text(asked), memory,
                               sizeof memory));
  if (upshake_client_feed(&client, bytes, len, &used) != UPSHAKE_CLIENT_OTHER)
    return 0;
  *body_len = upshake_client_get_result(&client).body_len;
  return used;
}

static void read_body(uint64_t body_len, const char *bytes, size_t len,
                      size_t step, found *f) {
  upshake_body body;
  upshake_body_init(&body, body_len, 0);
  memset(f, 0, sizeof *f);
  do {
    size_t n = least(len - f->used, step), used;
    char *piece = exact(bytes + f->used, n);
    upshake_slice content;
    f->error = upshake_body_read(&body, piece, n, &used, &content);
    REQUIRE(used <= n && content.len <= used);
    take(f, content.ptr, content.len);
    f->used += used;
    free(piece);
  } while (f->error == UPSHAKE_ERR_INCOMPLETE && f->used < len);
  if (f->error == UPSHAKE_ERR_INCOMPLETE)
    f->error = upshake_body_closed(&body);
}

static void require_same(const found *a, const found *b) {
  REQUIRE(a->error == b->error && a->used == b->used && a->len == b->len);
  REQUIRE(memcmp(a->content, b->content, a->len) == 0);
}

/* ---- The harness -------------------------------------------------------- */

/* llhttp reads folded lines in its own way. */
static int is_folded(const char *head, size_t len) {
  for (size_t i = 1; i < len; i++)
    if (head[i - 1] == '\n' && octet_in((unsigned char)head[i], " \t"))
      return 1;
  return 0;
}

static void compare(const char *bytes, size_t len, size_t step) {
  static found ours, other, theirs;
  int is_response = len >= 5 && memcmp(bytes, "HTTP/", 5) == 0;
  uint64_t body_len = 0;
  size_t head =
      (is_response ? read_response : read_request)(bytes, len, &body_len);
  if (head == 0)
    return;
  read_body(body_len, bytes + head, len - head, len, &ours);
  read_body(body_len, bytes + head, len - head, 1, &other);
  require_same(&ours, &other);
  read_body(body_len, bytes + head, len - head, step, &other);
  require_same(&ours, &other);
  if (is_folded(bytes, head))
    return;
  ours.used += head;
  read_by_llhttp(bytes, len, len / 7 + step, is_response, &theirs);
  if (is_response && body_len == UPSHAKE_BODY_CHUNKED && !theirs.is_chunked)
    return; /* in a list llhttp has no empty members, and no tabs */
  if ((ours.error == UPSHAKE_OK || ours.error == UPSHAKE_ERR_INCOMPLETE) &&
      theirs.error != UPSHAKE_ERR_ANSWER)
    require_same(&ours, &theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const heads[] = {
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n",
  };
  char message[CAP];
  size_t len = 0;
  if (size < 2 || size > 4096)
    return 0;
  if (data[0] < 32) {
    const char *head = heads[data[0] % CHECK_LEN(heads)];
    len = strlen(head);
    memcpy(message, head, len);
    data++, size--;
  }
  memcpy(message + len, data, size);
  len += size;
  compare(message, len, 1 + len % 23);
  return 0;
}
