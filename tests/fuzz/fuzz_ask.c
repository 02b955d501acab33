/* SPDX-License-Identifier: MIT
 *
 * Fuzzing the request writer (libFuzzer).  The first octets of an input say
 * which members an upshake_ask has; the others are their texts, each with a
 * line feed behind it.  What is written has as many lines as were asked for
 * and fits its room exactly; a server finds in it what was given, an offer if
 * one was asked for, and nothing wrong but what was forwarded; and a client can
 * begin with it.
 */
#include "../check.h"
#include "require.h"

#define ROOM 8192
#define INPUT_MAX 250 /* so that no name is longer than a parser takes */
#define CHOICES 9
#define TEXTS 16

/* ---- What to ask for ------------------------------------------------------
 */

typedef struct input {
  char *copy;
  const char *texts[TEXTS]; /* taken one by one */
  size_t taken;
  char protocols[2 * INPUT_MAX], subprotocols[2 * INPUT_MAX];
  upshake_deflate_offer deflates[2];
  upshake_field fields[3];
  uint8_t key[16];
  upshake_ask ask;
} input;

static const char *next_text(input *in) {
  return in->taken < TEXTS ? in->texts[in->taken++] : NULL;
}

static upshake_slice text_if(input *in, unsigned chosen) {
  return upshake_text(chosen & 1 ? next_text(in) : NULL);
}

/* Texts as a list; absent without texts. */
static upshake_slice join(char out[2 * INPUT_MAX], const char *const *texts,
                          size_t len) {
  out[0] = '\0';
  for (size_t i = 0; i < len; i++)
    strcat(strcat(out, i > 0 ? ", " : ""), texts[i]);
  return upshake_text(len > 0 ? out : NULL);
}

static size_t take_texts(input *in, const char *texts[3], unsigned count) {
  size_t len = 0;
  for (; len < count; len++)
    if ((texts[len] = next_text(in)) == NULL)
      break;
  return len;
}

static const char *protocol_of(unsigned number) {
  static const char *const known[] = {"websocket", "h2c",  "connect-udp",
                                      "SPDY/3.1",  "echo", "TLS/1.0"};
  return number < CHECK_LEN(known) ? known[number] : NULL;
}

static void choose_protocols(input *in, const uint8_t *choices) {
  const char *known = protocol_of(choices[0] % 8), *texts[3];
  size_t len = take_texts(in, texts, choices[0] >> 6);
  if (known != NULL && len < 3)
    texts[len++] = known;
  in->ask.protocols = join(in->protocols, texts, len);
}

static void choose_deflates(input *in, const uint8_t *choices) {
  for (size_t i = 0; i < 2; i++) {
    in->deflates[i].server_bits = choices[3 + i] & 15;
    in->deflates[i].client_bits = choices[3 + i] >> 4;
    in->deflates[i].no_server_takeover = choices[5] >> i & 1;
    in->deflates[i].no_client_takeover = choices[5] >> (2 + i) & 1;
  }
  in->ask.deflates = in->deflates;
  in->ask.deflates_len = (choices[5] >> 4) % 3;
}

static void choose_fields(input *in, const uint8_t *choices) {
  const char *texts[3];
  for (size_t i = 0; i < (choices[6] & 3u); i++)
    if (take_texts(in, texts, 2) == 2) {
      in->fields[i].name = text(texts[0]);
      in->fields[i].value = text(texts[1]);
      in->ask.fields_len = i + 1;
    }
  in->ask.fields = in->fields;
}

static void choose_content(input *in, const uint8_t *choices) {
  static const uint64_t lens[] = {0, 1, 77, INT64_MAX, UPSHAKE_BODY_CHUNKED};
  in->ask.forward = choices[8] & 1;
  in->ask.plain = choices[8] >> 1 & 1;
  in->ask.content = choices[8] >> 2 & 3;
  in->ask.body_len = lens[(choices[8] >> 4) % CHECK_LEN(lens)];
}

static void choose(input *in, const uint8_t *choices) {
  static const char *const schemes[] = {NULL, "ws", "wss", "http", "https"};
  const char *names[3];
  unsigned chosen = choices[1];
  choose_protocols(in, choices);
  in->ask.scheme = upshake_text(
      chosen % 8 < CHECK_LEN(schemes) ? schemes[chosen % 8] : next_text(in));
  if (choices[2] & 8) {
    in->ask.host = upshake_text(chosen & 8 ? next_text(in) : "::1");
    in->ask.port = (uint32_t)choices[2] << 4;
  } else
    in->ask.authority =
        upshake_text(chosen & 8 ? next_text(in) : "example.com:8080");
  in->ask.query = text_if(in, choices[6] >> 2);
  in->ask.target = text_if(in, chosen >> 4);
  in->ask.method = text_if(in, chosen >> 5);
  in->ask.extensions = text_if(in, chosen >> 6);
  in->ask.origin = text_if(in, chosen >> 7);
  in->ask.subprotocols =
      join(in->subprotocols, names, take_texts(in, names, choices[2] % 4));
  if (choices[2] & 4)
    in->ask.settings = part_of((const char *)in->key, choices[2] >> 4);
  choose_deflates(in, choices);
  choose_fields(in, choices);
  choose_content(in, choices);
  memset(in->key, choices[7], sizeof in->key);
}

/* ---- What is written ------------------------------------------------------
 */

/* A line for each member and no more, whatever octets there are in them. */
static void assert_lines(const input *in, const char *octets, size_t len) {
  upshake_slice all = part_of(octets, len), line = {NULL, 0};
  upshake_field field;
  size_t lines = 0;
  REQUIRE(take_line(&all, &line) && line.len > 9);
  REQUIRE(memcmp(line.ptr + line.len - 9, " HTTP/1.1", 9) == 0);
  for (size_t i = 0; i < len; i++)
    REQUIRE(octets[i] != '\n' || octets[i - 1] == '\r');
  while (take_line(&all, &line) && line.len > 0) {
    REQUIRE(split_line(line, &field));
    lines++;
  }
  REQUIRE(line.len == 0 && all.len == 0);
  REQUIRE(lines + in->ask.forward >=
          (in->ask.plain ? 1u : 3u) + in->ask.fields_len);
  REQUIRE(lines <= 12 + in->ask.fields_len);
}

static int only(const upshake_ask *ask, const char *name) {
  return same_fold(ask->protocols, name);
}

/* All that were given are there, in their order, but for a Host that something
 * else has replaced. */
static void assert_fields(const upshake_ask *ask, upshake_fields found) {
  upshake_field field;
  for (size_t i = 0; i < ask->fields_len; i++) {
    if (same_fold(ask->fields[i].name, "host"))
      continue;
    do
      REQUIRE(upshake_next_field(&found, &field));
    while (!upshake_same(field.name, ask->fields[i].name) ||
           !upshake_same(field.value, ask->fields[i].value));
  }
}

/* What was given is what a server finds. */
static void assert_given(const upshake_ask *ask, const upshake *hs) {
  upshake_request found = upshake_get_request(hs);
  upshake_slice origin = upshake_find_field(found.fields, "Origin");
  uint64_t body_len = ask->content == UPSHAKE_CONTENT_CHUNKED
                          ? UPSHAKE_BODY_CHUNKED
                          : ask->body_len;
  REQUIRE(found.version == 11 && found.has_upgrade == !ask->plain);
  REQUIRE(found.body_len == body_len);
  if (ask->method.ptr != NULL)
    REQUIRE(upshake_same(found.method, ask->method));
  if (ask->query.ptr != NULL)
    REQUIRE(upshake_same(found.query, ask->query));
  else if (ask->target.len > 0 && *ask->target.ptr == '/')
    REQUIRE(upshake_same(found.target, ask->target));
  if (ask->origin.ptr != NULL)
    REQUIRE(upshake_same(origin, ask->origin));
  assert_fields(ask, found.fields);
}

/* A server that speaks what is asked for first.  Returns 1 if it switches. */
static int assert_good_for_server(const input *in, const char *octets,
                                  size_t len) {
  static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET, UPSHAKE_H2C,
                                           UPSHAKE_CAPSULES("connect-udp")};
  const upshake_config config = {table, CHECK_LEN(table),
                                 .origin = UPSHAKE_ORIGIN_ANY};
  char memory[ROOM];
  upshake hs;
  upshake_next next;
  int switches;
  size_t used;
  REQUIRE(upshake_init(&hs, &config, memory, ROOM, NULL) == UPSHAKE_OK);
  next = upshake_feed(&hs, octets, len, &used);
  switches = next == UPSHAKE_SEND && upshake_get_result(&hs).status == 101;
  if (next == UPSHAKE_SEND && !switches && !in->ask.forward)
    fprintf(stderr, "%s\n%.*s", upshake_strerror(upshake_get_result(&hs).error),
            (int)len, octets);
  REQUIRE(used == len);
  assert_given(&in->ask, &hs);
  if (in->ask.plain)
    REQUIRE(next == UPSHAKE_PLAIN);
  else if (in->ask.forward) /* its Sec-WebSocket-... may be wrong */
    REQUIRE(next == UPSHAKE_PLAIN || next == UPSHAKE_SEND);
  else if (in->ask.protocols.ptr == NULL || only(&in->ask, "websocket") ||
           only(&in->ask, "connect-udp"))
    REQUIRE(switches);
  else
    REQUIRE(next == UPSHAKE_PLAIN || switches);
  return switches;
}

static void assert_written(const input *in, size_t len) {
  char *octets = malloc(len);
  char memory[1];
  size_t written = 0;
  upshake_client client;
  upshake_error error;
  int switches;
  REQUIRE(upshake_write_request(&in->ask, in->key, octets, len, &written) ==
          UPSHAKE_OK);
  REQUIRE(written == len);
  assert_lines(in, octets, len);
  switches = assert_good_for_server(in, octets, len);
  error = upshake_client_init(&client, NULL, part_of(octets, len), memory, 1);
  if (in->ask.plain)
    REQUIRE(error == UPSHAKE_OK);
  else if (switches || !in->ask.forward)
    REQUIRE(error == UPSHAKE_ERR_ROOM); /* no more is wrong */
  REQUIRE(upshake_write_request(&in->ask, in->key, octets, len - 1, &written) ==
          UPSHAKE_ERR_ROOM);
  REQUIRE(written == len);
  free(octets);
}

/* ---- The harness ----------------------------------------------------------
 */

static void read_texts(input *in, const uint8_t *data, size_t size) {
  char *at = in->copy = malloc(size + 1);
  memcpy(at, data, size);
  at[size] = '\0';
  for (size_t i = 0; i < TEXTS && at != NULL; i++) {
    char *end = strchr(at, '\n');
    in->texts[i] = at;
    if (end != NULL)
      *end++ = '\0';
    at = end;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in;
  size_t len = 9;
  upshake_error error;
  if (size < CHOICES || size > INPUT_MAX)
    return 0;
  memset(&in, 0, sizeof in);
  read_texts(&in, data + CHOICES, size - CHOICES);
  choose(&in, data);
  if (in.ask.method.len > 32)
    in.ask.method = part_of(NULL, 0); /* the default limit of a head */
  error = upshake_write_request(&in.ask, in.key, NULL, 0, &len);
  REQUIRE(error != UPSHAKE_OK);
  REQUIRE(error == UPSHAKE_ERR_ROOM || len <= in.ask.fields_len);
  if (error == UPSHAKE_ERR_ROOM)
    assert_written(&in, len);
  free(in.copy);
  return 0;
}
