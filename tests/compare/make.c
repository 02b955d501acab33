/* SPDX-License-Identifier: MIT
 *
 * Making cases: which one is mutated, and how often.
 */
#include "make.h"

/* splitmix64 */
uint64_t make_random(maker *m) {
  uint64_t z = m->random += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void make_any(maker *m, const make_edit *edits, size_t len) {
  size_t all = 0, at = 0;
  for (size_t i = 0; i < len; i++)
    all += edits[i].weight;
  for (size_t left = make_below(m, all); left >= edits[at].weight; at++)
    left -= edits[at].weight;
  edits[at].run(m);
}

/* ---- Texts --------------------------------------------------------------- */

char make_byte(maker *m) {
  static const char known[] = "\0\t\r\n !\"#%&'()*+,-./:;<=>?@[\\]^_`{|}~\177"
                              "\200\377019AZaz";
  if (make_once_in(m, 4))
    return (char)make_random(m);
  return known[make_below(m, sizeof known - 1)];
}

const char *make_word(maker *m) {
  static const char *const words[] = {"websocket",
                                      "WebSocket",
                                      "Upgrade",
                                      "upgrade",
                                      "close",
                                      "keep-alive",
                                      "13",
                                      "8",
                                      "chunked",
                                      "gzip",
                                      "identity",
                                      "100-continue",
                                      "h2c",
                                      "TLS/1.2",
                                      "permessage-deflate",
                                      "; client_max_window_bits",
                                      "=10",
                                      "=\"10\"",
                                      "null",
                                      "; server_no_context_takeover",
                                      "http://",
                                      "https://",
                                      "wss://",
                                      "ws://",
                                      "example.com",
                                      ":443",
                                      ":80",
                                      "HTTP2-Settings",
                                      "?1",
                                      "?0",
                                      "connect-udp",
                                      "HTTP/1.0",
                                      "HTTP/1.1",
                                      "HTTP/1.2",
                                      "HTTP/2.0",
                                      "HTTP/01.01",
                                      "GET",
                                      "HEAD",
                                      "POST",
                                      "OPTIONS",
                                      "CONNECT",
                                      "PRI",
                                      "*",
                                      "\r\n",
                                      "\r\n\r\n",
                                      "\r\n ",
                                      " ",
                                      "  ",
                                      "\t",
                                      ",",
                                      ", ,",
                                      ", ",
                                      ";",
                                      "=",
                                      "\"",
                                      "\\",
                                      "0",
                                      "1",
                                      "chat",
                                      "superchat",
                                      "AAMAAABk",
                                      "\n",
                                      "\r",
                                      "/",
                                      "//",
                                      "?",
                                      "@",
                                      "[::1]",
                                      "%00",
                                      "%2F",
                                      "..",
                                      "echo",
                                      "SPDY/3.1",
                                      "x-shout"};
  return words[make_below(m, sizeof words / sizeof *words)];
}

char *make_text(maker *m, const char *ptr, size_t len) {
  char *copy = m->arena + m->arena_len;
  if (ptr == NULL || len >= MAKE_ARENA - m->arena_len)
    return NULL;
  memcpy(copy, ptr, len);
  copy[len] = 0;
  m->arena_len += len + 1;
  return copy;
}

const char *make_changed(maker *m, const char *string) {
  char text[512];
  size_t len = string == NULL ? 0 : strlen(string);
  const char *word = make_word(m);
  if (len > sizeof text / 2)
    return string;
  if (len > 0)
    memcpy(text, string, len);
  text[len] = 0;
  size_t at = make_below(m, len + 1);
  switch (make_below(m, 5)) {
  case 0: /* another byte */
    text[at] = make_byte(m);
    text[len > at ? len : at + 1] = 0;
    break;
  case 1: /* one less */
    memmove(text + at, text + at + 1, len - at + (at < len ? 0 : 1));
    text[len == 0 ? 0 : len - 1] = 0;
    break;
  case 2: /* a word in it */
    memmove(text + at + strlen(word), text + at, len - at + 1);
    memcpy(text + at, word, strlen(word));
    break;
  case 3: /* a word */
    memcpy(text, word, strlen(word) + 1);
    break;
  default: /* another case */
    text[at] ^= text[at] != ' ' ? 0x20 : 1;
    text[len] = 0;
  }
  return make_text(m, text, strlen(text));
}

/* ---- The corpus ---------------------------------------------------------- */

static void add_lines(maker *m, const compare_case *it) {
  const char *at = it->stream.ptr, *end = at + it->stream.len;
  size_t *len = &m->lines_len[it->kind];
  for (const char *lf; at != NULL && at < end; at = lf + 1) {
    lf = memchr(at, '\n', (size_t)(end - at));
    if (lf == NULL)
      return;
    size_t size = (size_t)(lf + 1 - at);
    if (size > 2 && size < 512 && *len < MAKE_LINES) {
      m->lines[it->kind][*len].ptr = at;
      m->lines[it->kind][(*len)++].len = size;
    }
  }
}

void make_init(maker *m, const compare_case *corpus, size_t len,
               uint64_t seed) {
  memset(m, 0, sizeof *m);
  m->corpus = corpus;
  m->corpus_len = len;
  m->seed = seed;
  m->stream = compare_room(MAKE_STREAM);
  m->arena = compare_room(MAKE_ARENA);
  for (size_t i = 0; i < len; i++)
    add_lines(m, &corpus[i]);
}

void make_note(maker *m, size_t number, int outcome, int error) {
  size_t at = 0;
  while (at < m->groups_len &&
         (m->groups[at].outcome != outcome || m->groups[at].error != error))
    at++;
  if (at == MAKE_GROUPS)
    return;
  make_group *group = &m->groups[at];
  if (at == m->groups_len) {
    m->groups_len++;
    group->outcome = outcome;
    group->error = error;
    group->cases = calloc(m->corpus_len, sizeof *group->cases);
    if (group->cases == NULL)
      abort();
  }
  group->cases[group->len++] = (uint32_t)number;
}

const compare_case *make_other(maker *m) {
  const compare_case *other;
  do
    other = &m->corpus[make_below(m, m->corpus_len)];
  while (other->kind != m->it->kind);
  return other;
}

/* ---- A case -------------------------------------------------------------- */

/* One of a group in every second case, be it large or small; a switch in
 * every sixth. */
static size_t choose_any(maker *m) {
  const make_group *group = &m->groups[make_below(m, m->groups_len)];
  size_t of_switches = make_below(m, m->groups_len);
  if (m->groups_len == 0 || make_once_in(m, 3))
    return make_below(m, m->corpus_len);
  if (make_once_in(m, 4))
    while (group->outcome != COMPARE_OUTCOME_switched &&
           of_switches++ < 2 * m->groups_len)
      group = &m->groups[of_switches % m->groups_len];
  return group->cases[make_below(m, group->len)];
}

/* 0 for as many as are run with other configs only. */
static size_t edits_of_stream(maker *m) {
  static const uint8_t edits[] = {0, 0, 1, 1, 1, 1, 2, 2, 3, 5};
  return edits[make_below(m, sizeof edits)];
}

/* What a client asks for is the smaller part of it all. */
static size_t choose_base(maker *m) {
  size_t base = choose_any(m);
  return m->corpus[base].kind == COMPARE_ASK ? choose_any(m) : base;
}

static void edit_request(maker *m) {
  for (size_t n = edits_of_stream(m); n > 0; n--)
    make_edit_stream(m);
  if (make_once_in(m, 3))
    for (size_t n = 1 + make_below(m, 3); n > 0; n--)
      make_edit_config(m);
  if (make_once_in(m, 3))
    for (size_t n = 1 + make_below(m, 3); n > 0; n--)
      make_edit_host(m);
}

static void edit_response(maker *m) {
  for (size_t n = 1 + edits_of_stream(m); n > 0; n--)
    make_edit_stream(m);
  if (make_once_in(m, 8))
    m->it->config.head_max =
        (uint32_t)(m->stream_len - make_below(m, m->stream_len / 2 + 1));
  if (make_once_in(m, 4))
    m->it->config.subprotocol_required ^= 1;
  if (make_once_in(m, 16))
    make_edit_limits(m);
}

/* What is sent is edited by the same edits, and is then put away. */
static void edit_sent(maker *m) {
  compare_bytes sent = m->it->sent;
  if (make_once_in(m, 2))
    sent = make_other(m)->sent;
  if (sent.ptr == NULL || sent.len >= MAKE_ARENA / 2)
    return;
  memcpy(m->stream, sent.ptr, sent.len);
  m->stream_len = sent.len;
  if (make_once_in(m, 2))
    make_edit_stream(m);
  if (m->stream_len < MAKE_ARENA / 2) {
    m->it->sent.ptr = make_text(m, m->stream, m->stream_len);
    m->it->sent.len = m->stream_len;
  }
}

static void take_stream(maker *m) {
  compare_bytes stream = m->it->stream;
  m->stream_len = stream.len < MAKE_STREAM ? stream.len : MAKE_STREAM;
  if (m->stream_len > 0)
    memcpy(m->stream, stream.ptr, m->stream_len);
}

static void mutate(maker *m) {
  if (m->it->kind == COMPARE_RESPONSE && make_once_in(m, 6))
    edit_sent(m);
  take_stream(m);
  if (m->it->kind == COMPARE_REQUEST)
    edit_request(m);
  else if (m->it->kind == COMPARE_RESPONSE)
    edit_response(m);
  else
    for (size_t n = 1 + make_below(m, 3); n > 0; n--)
      make_edit_ask(m);
  m->it->stream.ptr = m->stream;
  m->it->stream.len = m->stream_len;
}

static compare_bytes exactly(compare_bytes bytes) {
  bytes.ptr = compare_copy(bytes.ptr, bytes.len);
  return bytes;
}

void make_case(maker *m, uint64_t number, compare_case *it) {
  size_t base = (size_t)number;
  m->random = m->seed * 0x2545f4914f6cdd1du + number;
  m->it = it;
  m->arena_len = 0;
  if (number >= m->corpus_len)
    base = choose_base(m);
  *it = m->corpus[base];
  if (number >= m->corpus_len)
    mutate(m);
  it->stream = exactly(it->stream);
  it->sent = exactly(it->sent);
}

void make_free(compare_case *it) {
  compare_free(it->stream.ptr);
  compare_free(it->sent.ptr);
}
