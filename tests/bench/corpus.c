/* SPDX-License-Identifier: MIT
 *
 * The requests.  A single one, repeated, teaches the branch predictor and
 * flatters everyone; so the most important kind is 1024 distinct ones, made
 * from the fields that browsers, libraries and proxies send.  The numbers come
 * from a seed: every run and every machine has the same requests.
 */
#include "bench.h"
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIXED 1024
#define LEAST_FIELDS 7
#define MOST_FIELDS 23

/* splitmix64 */
static uint64_t random_state = 20240917;

static uint64_t random_number(void) {
  uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static size_t random_below(size_t n) { return random_number() % n; }

typedef struct text {
  char octets[HEAD_CAP];
  size_t len;
} text;

static void add(text *t, const char *octets, size_t len) {
  if (t->len + len > sizeof t->octets) {
    fprintf(stderr, "bench: a request is too long\n");
    exit(1);
  }
  memcpy(t->octets + t->len, octets, len);
  t->len += len;
}

/* `$d8`: 8 digits, `$x` of hex, `$b` of base64url; `$b40~90`: 40 to 90 of
 * them; `$h`: the host. */
static const char *add_random(text *t, const char *p, const char *host) {
  static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz-"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  size_t letters = *p == 'd' ? 10 : *p == 'x' ? 16 : 64;
  char *end = NULL;
  if (*p == 'h') {
    add(t, host, strlen(host));
    return p + 1;
  }
  unsigned long len = strtoul(p + 1, &end, 10);
  if (*end == '~')
    len += random_below(strtoul(end + 1, &end, 10) - len + 1);
  for (; len > 0; len--)
    add(t, &alphabet[random_below(letters)], 1);
  return end;
}

static void add_template(text *t, const char *p, const char *host) {
  while (*p != '\0')
    if (*p == '$')
      p = add_random(t, p + 1, host);
    else
      add(t, p++, 1);
}

static void add_line(text *t, const char *line, const char *host,
                     int lower_case) {
  size_t from = t->len, name_len = strcspn(line, ":");
  add_template(t, line, host);
  add(t, "\r\n", 2);
  for (size_t i = from; lower_case && i < from + name_len; i++)
    if (t->octets[i] >= 'A' && t->octets[i] <= 'Z')
      t->octets[i] |= 0x20;
}

static void add_key(char line[64]) {
  static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789+/";
  char key[KEY_LEN + 1] = "";
  for (size_t i = 0; i < 22; i++)
    key[i] = base64[random_below(64)];
  key[21] = "AQgw"[random_below(4)]; /* 16 bytes: the last has 2 bits */
  memcpy(key + 22, "==", 2);
  snprintf(line, 64, "Sec-WebSocket-Key: %s", key);
}

/* Each of the one kind, and as many of the other as there is room for. */
static size_t choose_lines(const char *lines[MOST_FIELDS], char key[64]) {
  size_t count = LEAST_FIELDS + random_below(MOST_FIELDS - LEAST_FIELDS + 1);
  size_t taken = 0;
  size_t left = 0;
  const char *others[64];
  for (const char *const *line = corpus_optional; *line; line++)
    others[left++] = *line;
  add_key(key);
  lines[taken++] = key;
  lines[taken++] = "Host: $h";
  lines[taken++] = "Upgrade: websocket";
  lines[taken++] = "Sec-WebSocket-Version: 13";
  lines[taken++] = random_below(4) > 0 ? "Connection: Upgrade"
                                       : "Connection: keep-alive, Upgrade";
  lines[taken++] = corpus_agents[random_below(CORPUS_AGENTS)];
  while (taken < count) {
    size_t i = random_below(left);
    lines[taken++] = others[i];
    others[i] = others[--left];
  }
  for (size_t i = taken; i > 1; i--) { /* shuffle */
    size_t j = random_below(i);
    const char *line = lines[i - 1];
    lines[i - 1] = lines[j];
    lines[j] = line;
  }
  return taken;
}

static void add_mixed(text *t) {
  const char *lines[MOST_FIELDS];
  char key[64];
  text host = {.len = 0};
  size_t count = choose_lines(lines, key);
  int lower_case = random_below(8) == 0; /* libraries and proxies do so */
  add_template(&host, corpus_hosts[random_below(CORPUS_HOSTS)], "");
  host.octets[host.len] = '\0';
  add(t, "GET ", 4);
  add_template(t, corpus_targets[random_below(CORPUS_TARGETS)], host.octets);
  add(t, " HTTP/1.1\r\n", 11);
  for (size_t i = 0; i < count; i++)
    add_line(t, lines[i], host.octets, lower_case);
  add(t, "\r\n", 2);
}

static void put(bench_corpus *c, const char *octets, size_t len) {
  char *copy = malloc(len); /* exactly: a tool sees what is read too far */
  c->heads = realloc(c->heads, (c->count + 1) * sizeof *c->heads);
  c->lens = realloc(c->lens, (c->count + 1) * sizeof *c->lens);
  if (!copy || !c->heads || !c->lens) {
    fprintf(stderr, "bench: out of memory\n");
    exit(1);
  }
  memcpy(copy, octets, len);
  c->heads[c->count] = copy;
  c->lens[c->count++] = len;
  c->octets += len;
}

static void put_template(bench_corpus *c, const char *p) {
  text t = {.len = 0};
  add_template(&t, p, "");
  put(c, t.octets, t.len);
}

static void put_tiny(bench_corpus *c) {
  text t = {.len = 0};
  char line[16];
  add_template(&t, corpus_tiny, "");
  for (int i = 0; i < 60; i++) {
    int len =
        i % 3 == 0 ? snprintf(line, sizeof line, "%c:\r\n", 'a' + i % 26)
        : i % 3 == 1
            ? snprintf(line, sizeof line, "%c:%d\r\n", 'a' + i % 26, i % 10)
            : snprintf(line, sizeof line, "x%c: %d\r\n", 'a' + i % 26, i % 10);
    add(&t, line, (size_t)len);
  }
  add(&t, "\r\n", 2);
  put(c, t.octets, t.len);
}

/* `most` lines at most of a list, in another order each time. */
static void add_some(text *t, const char *const *list, size_t least,
                     size_t most) {
  const char *others[64];
  size_t left = 0, count = least + random_below(most - least + 1);
  while (list[left]) {
    others[left] = list[left];
    left++;
  }
  for (; count > 0 && left > 0; count--) {
    size_t i = random_below(left);
    add_line(t, others[i], "www.example.com", 0);
    others[i] = others[--left];
  }
}

static void put_other(bench_corpus *c, const char *first, const char *line,
                      const char *const *list) {
  text t = {.len = 0};
  add_template(&t, first, "");
  add_line(&t, line, "www.example.com", 0);
  add_some(&t, list, 4, 12);
  add(&t, "\r\n", 2);
  put(c, t.octets, t.len);
}

/* 4096 bytes of content. */
static void put_chunks(bench_corpus *c, size_t chunk_len) {
  text t = {.len = 0};
  char line[32];
  for (size_t i = 0; i < 4096 / chunk_len; i++) {
    add(&t, line, (size_t)snprintf(line, sizeof line, "%zx\r\n", chunk_len));
    for (size_t j = 0; j < chunk_len; j++)
      add(&t, "a", 1);
    add(&t, "\r\n", 2);
  }
  add(&t, "0\r\n\r\n", 5);
  put(c, t.octets, t.len);
}

enum { CORPORA = 5, BROKEN = CORPORA, OTHERS, ALL = OTHERS + 4 };

static bench_corpus *all(void) {
  static bench_corpus made[ALL] = {
      {.name = "1024"},         {.name = "rfc6455"},
      {.name = "browser"},      {.name = "fat"},
      {.name = "tiny60"},       {.name = "broken"},
      {.name = "plain"},        {.name = "responses"},
      {.name = "chunks-of-16"}, {.name = "chunks-of-1024"}};
  if (made[0].count > 0)
    return made;
  for (int i = 0; i < MIXED; i++) {
    text t = {.len = 0};
    add_mixed(&t);
    put(&made[0], t.octets, t.len);
  }
  put_template(&made[1], corpus_rfc6455);
  put_template(&made[2], corpus_browser);
  put_template(&made[3], corpus_fat);
  put_tiny(&made[4]);
  for (const char *const *p = corpus_broken; *p; p++)
    put_template(&made[BROKEN], *p);
  for (int i = 0; i < 256; i++) {
    put_other(&made[OTHERS], "GET /$b4~40 HTTP/1.1\r\n", "Host: $h",
              corpus_optional);
    put_other(&made[OTHERS + 1], "HTTP/1.1 200 OK\r\n", "Content-Length: $d3",
              corpus_answers);
  }
  put_chunks(&made[OTHERS + 2], 16);
  put_chunks(&made[OTHERS + 3], 1024);
  return made;
}

const bench_corpus *each_other(size_t i) {
  return OTHERS + i < ALL ? &all()[OTHERS + i] : NULL;
}

const bench_corpus *each_corpus(size_t i) {
  return i < CORPORA ? &all()[i] : NULL;
}

const bench_corpus *broken_requests(void) { return &all()[BROKEN]; }

const bench_corpus *find_corpus(const char *name) {
  for (size_t i = 0; i < ALL; i++)
    if (strcmp(all()[i].name, name) == 0)
      return &all()[i];
  return NULL;
}
