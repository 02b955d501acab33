/* SPDX-License-Identifier: MIT
 *
 * upshake as a contestant.  Compiled once for each build of the library, which
 * OURS names; the linker then hides all but that name, so that several builds
 * run in one process.
 */
#include "bench.h"

#include <string.h>

#include <upshake.h>

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Peers do not look at Origin, so neither do we. */
static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {
    .protocols = table, .protocols_len = 1, .origin = UPSHAKE_ORIGIN_ANY};

static upshake_error parse(upshake_parser *parser, const char *octets,
                           size_t len, size_t step) {
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  size_t end;
  for (size_t at = 0; at < len && error == UPSHAKE_ERR_INCOMPLETE;) {
    at = smaller(at + step, len);
    error = upshake_parse_head(parser, NULL, octets, at, &end);
  }
  return error;
}

static size_t run_parse(const char *octets, size_t len, size_t step,
                        char *out) {
  upshake_parser parser = {0};
  (void)out;
  return parse(&parser, octets, len, step) == UPSHAKE_OK;
}

static size_t run_fields(const char *octets, size_t len, size_t step,
                         char *out) {
  upshake_place places[FIELDS_CAP];
  upshake_index index = UPSHAKE_INDEX(places);
  upshake_parser parser = {0};
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  size_t end;
  (void)out;
  for (size_t at = 0; at < len && error == UPSHAKE_ERR_INCOMPLETE;) {
    at = smaller(at + step, len);
    error = upshake_parse_fields(&parser, NULL, &index, octets, at, &end);
  }
  if (error != UPSHAKE_OK)
    return 0;
  /* The compiler cannot know that nobody reads them. */
  __asm__ volatile("" : : "r"(places) : "memory");
  return index.len;
}

static upshake_next feed(upshake *hs, const char *octets, size_t len,
                         size_t step) {
  upshake_next next = UPSHAKE_READ;
  size_t used;
  for (size_t at = 0; at < len && next == UPSHAKE_READ; at += used)
    next = upshake_feed(hs, octets + at, smaller(step, len - at), &used);
  return next;
}

static size_t run_judge(const char *octets, size_t len, size_t step,
                        char *out) {
  char memory[HEAD_CAP];
  upshake hs;
  (void)out;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  return feed(&hs, octets, len, step) == UPSHAKE_SEND &&
         upshake_get_result(&hs).status == 101;
}

static size_t run_full(const char *octets, size_t len, size_t step, char *out) {
  char memory[HEAD_CAP];
  size_t reply_len = 0;
  upshake hs;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  if (feed(&hs, octets, len, step) == UPSHAKE_SEND)
    upshake_reply(&hs, out, OUT_CAP, &reply_len);
  return reply_len;
}

/* The memory is as large as the request, which is in it already. */
static size_t take_in_place(const char *octets, size_t len, char *out,
                            upshake_hash *hash) {
  size_t reply_len = 0;
  upshake hs;
  upshake_init(&hs, &config, (char *)(uintptr_t)octets, len, NULL);
  upshake_set_hash(&hs, hash);
  if (upshake_commit(&hs, len) == UPSHAKE_SEND)
    upshake_reply(&hs, out, OUT_CAP, &reply_len);
  return reply_len;
}

static size_t run_room(const char *octets, size_t len, size_t step, char *out) {
  (void)step;
  return take_in_place(octets, len, out, NULL);
}

static size_t run_plain(const char *octets, size_t len, size_t step,
                        char *out) {
  static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  static char memory[HEAD_CAP];
  static upshake hs;
  static int is_ready;
  if (!is_ready)
    upshake_init(&hs, &config, memory, sizeof memory, NULL);
  is_ready = 1;
  if (feed(&hs, octets, len, step) != UPSHAKE_PLAIN)
    return 0;
  memcpy(out, ok, sizeof ok - 1);
  upshake_reset(&hs);
  return sizeof ok - 1;
}

static size_t run_response(const char *octets, size_t len, size_t step,
                           char *out) {
  static const char request[] =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  static char memory[HEAD_CAP];
  static upshake_place places[FIELDS_CAP];
  static upshake_index index = UPSHAKE_INDEX(places);
  static upshake_client fresh;
  static int is_ready;
  upshake_client client;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  size_t used;
  (void)out;
  if (!is_ready) {
    upshake_slice asked = {request, sizeof request - 1};
    upshake_client_init(&fresh, NULL, asked, memory, sizeof memory);
    upshake_client_set_index(&fresh, &index);
  }
  is_ready = 1;
  client = fresh;
  for (size_t at = 0; at < len && next == UPSHAKE_CLIENT_READ; at += used)
    next = upshake_client_feed(&client, octets + at, smaller(step, len - at),
                               &used);
  return next == UPSHAKE_CLIENT_OTHER ? index.len : 0;
}

static size_t run_chunked(const char *octets, size_t len, size_t step,
                          char *out) {
  char memory[HEAD_CAP];
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  size_t total = 0;
  upshake_body body;
  (void)out;
  upshake_body_init(&body, UPSHAKE_BODY_CHUNKED, 0);
  for (size_t at = 0; at < len && error; at += step) {
    size_t piece = smaller(step, len - at), from = 0, used;
    upshake_slice content;
    memcpy(memory, octets + at, piece); /* received */
    do {
      error = upshake_body_read(&body, memory + from, piece - from, &used,
                                &content);
      from += used;
      total += content.len;
    } while (error == UPSHAKE_ERR_INCOMPLETE && from < piece);
  }
  return error ? 0 : total;
}

const bench_contestant OURS;
const bench_contestant OURS = {
    .name = OURS_NAME,
    .jobs = {run_parse, run_fields, run_judge, run_full, run_room, run_plain,
             run_response, run_chunked},
    .accept = upshake_accept,
    .state = sizeof(upshake),
};

#ifndef UPSHAKE_PORTABLE
/* Asked once, as a host does when it starts. */
static upshake_hash *hash;

__attribute__((constructor)) static void ask_cpu(void) {
  hash = upshake_cpu_hash(0);
}

/* Without such a processor this would be the portable code again. */
static int can(void) { return hash != NULL; }

static size_t run_full_cpu(const char *octets, size_t len, size_t step,
                           char *out) {
  char memory[HEAD_CAP];
  size_t reply_len = 0;
  upshake hs;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  upshake_set_hash(&hs, hash);
  if (feed(&hs, octets, len, step) == UPSHAKE_SEND)
    upshake_reply(&hs, out, OUT_CAP, &reply_len);
  return reply_len;
}

static void accept_cpu(const char key[KEY_LEN], char accept[ACCEPT_LEN]) {
  hash(key, accept);
}

static size_t run_room_cpu(const char *octets, size_t len, size_t step,
                           char *out) {
  (void)step;
  return take_in_place(octets, len, out, hash);
}

const bench_contestant OURS_CPU;
const bench_contestant OURS_CPU = {
    .name = OURS_NAME "-cpu",
    .jobs = {[JOB_FULL] = run_full_cpu, [JOB_ROOM] = run_room_cpu},
    .accept = accept_cpu,
    .can = can,
    .state = sizeof(upshake),
};
#endif
