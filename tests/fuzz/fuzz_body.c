/* SPDX-License-Identifier: MIT
 *
 * Fuzzing bodies (libFuzzer).  The first two octets of an input choose the
 * policy, the limit and the cuts; the others stand after a head that offers a
 * switch and has a body.  Fed whole, octet by octet, in cuts and through commit
 * the body has to have the same content, end, error and offset.
 */
#include "../check.h"
#include "require.h"

#define CAP 65536

static const upshake_protocol consume[] = {
    {.name = "tcp", .methods = "POST", .body = UPSHAKE_BODY_READ}};
static const upshake_protocol decide_again[] = {
    {.name = "tcp", .methods = "POST", .body = UPSHAKE_BODY_ASK}};
static const upshake_config configs[] = {
    {.protocols = consume, .protocols_len = 1},
    {.protocols = decide_again, .protocols_len = 1},
    {.protocols = consume, .protocols_len = 1, .limits = {.body = 100}},
};

#define HEAD                                                                   \
  "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n"
static const char *const heads[] = {
    HEAD "Transfer-Encoding: chunked\r\n\r\n",
    HEAD "Content-Length: 200\r\n\r\n",
    HEAD "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
};

/* What came of it. */
typedef struct outcome {
  upshake_result result;
  size_t content_len, taken;
  char content[CAP];
} outcome;

/* Sends a 100 that is due.  Returns 1 where there is more to read. */
static int goes_on(upshake *hs) {
  char out[UPSHAKE_REPLY_CAP];
  size_t len;
  upshake_result result = upshake_get_result(hs);

  if (result.next == UPSHAKE_SEND && result.status == 100)
    return upshake_reply(hs, out, sizeof out, &len) == UPSHAKE_OK;
  return result.next == UPSHAKE_READ || result.next == UPSHAKE_BODY;
}

/* The piece of content, which is of these bytes. */
static void gather(outcome *o, const upshake *hs, const char *from,
                   size_t len) {
  upshake_slice content = upshake_get_result(hs).content;
  REQUIRE(content.len > 0 && o->content_len + content.len <= CAP);
  REQUIRE(content.ptr >= from && content.ptr + content.len <= from + len);
  memcpy(o->content + o->content_len, content.ptr, content.len);
  o->content_len += content.len;
}

static void feed(const upshake_config *config, const char *stream, size_t len,
                 size_t cut, outcome *o) {
  char memory[512];
  upshake hs;
  int idle = 0;

  memset(o, 0, sizeof *o);
  REQUIRE(upshake_init(&hs, config, memory, sizeof memory, NULL) == UPSHAKE_OK);
  while (goes_on(&hs) && idle < 4) {
    size_t used, left = len - o->taken, piece = left < cut ? left : cut;
    char *copy = exact(stream + o->taken, piece);
    if (upshake_feed(&hs, copy, piece, &used) == UPSHAKE_BODY)
      gather(o, &hs, copy, used);
    REQUIRE(used <= piece);
    free(copy);
    o->taken += used;
    idle = used == 0 && o->taken == len ? idle + 1 : 0;
  }
  o->result = upshake_get_result(&hs);
}

static void commit(const upshake_config *config, const char *stream, size_t len,
                   size_t cut, outcome *o) {
  char memory[512];
  upshake hs;
  int idle = 0;

  memset(o, 0, sizeof *o);
  REQUIRE(upshake_init(&hs, config, memory, sizeof memory, NULL) == UPSHAKE_OK);
  while (goes_on(&hs) && idle < 4) {
    size_t room, left = len - o->taken, piece = left < cut ? left : cut;
    char *at = upshake_room(&hs, &room);
    if (piece > room)
      piece = room;
    if (piece > 0)
      memcpy(at, stream + o->taken, piece);
    if (upshake_commit(&hs, piece) == UPSHAKE_BODY)
      gather(o, &hs, memory, sizeof memory);
    o->taken += piece;
    idle = o->taken == len ? idle + 1 : 0;
  }
  while (goes_on(&hs) && upshake_commit(&hs, 0) == UPSHAKE_BODY)
    gather(o, &hs, memory, sizeof memory);
  o->result = upshake_get_result(&hs);
  o->taken -= upshake_rest(&hs).len;
}

static void require_same(const outcome *a, const outcome *b) {
  int is_final = a->result.next == UPSHAKE_SEND;
  REQUIRE(a->content_len == b->content_len);
  REQUIRE(memcmp(a->content, b->content, a->content_len) == 0);
  REQUIRE(a->taken == b->taken);
  REQUIRE(a->result.error == b->result.error);
  REQUIRE(a->result.status == b->result.status);
  REQUIRE(is_final == (b->result.next == UPSHAKE_SEND));
  REQUIRE(a->result.offset == b->result.offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static outcome whole, other;
  static char stream[CAP];
  const upshake_config *config;
  const char *head;
  size_t len, cut;

  if (size < 2 || size > 4096)
    return 0;
  config = &configs[data[0] % CHECK_LEN(configs)];
  head = heads[data[0] / 4 % CHECK_LEN(heads)];
  cut = 1u + data[1];
  len = strlen(head);
  memcpy(stream, head, len);
  memcpy(stream + len, data + 2, size - 2);
  len += size - 2;

  feed(config, stream, len, len, &whole);
  feed(config, stream, len, 1, &other);
  require_same(&whole, &other);
  feed(config, stream, len, cut, &other);
  require_same(&whole, &other);
  commit(config, stream, len, cut, &other);
  require_same(&whole, &other);
  return 0;
}
