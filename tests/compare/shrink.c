/* SPDX-License-Identifier: MIT
 *
 * The shortest case that still shows a difference: whatever can be left out of
 * the config, then of the request and the response, is left out.
 */
#include "shrink.h"

#include <stdio.h>

enum { SUMMARY = 128, TRIES = 60000 };

typedef struct shrinker {
  differ *d;
  const decided *rules;
  compare_case *it;
  compare_way *way;
  char old[SUMMARY], new[SUMMARY];
  size_t tries;
} shrinker;

/* Whether it differs as before. */
static int still(shrinker *s, const compare_case *it, const compare_way *way) {
  uint64_t of_use[DECIDED_RULES];
  char text[SUMMARY];
  if (s->tries == 0 || !differ_run(s->d, it, way))
    return 0;
  s->tries--;
  uint64_t members = differ_members(s->d);
  if (members == 0)
    return 0;
  differ_summary(s->d, OLD, text, sizeof text);
  if (strcmp(text, s->old) != 0)
    return 0;
  differ_summary(s->d, NEW, text, sizeof text);
  return strcmp(text, s->new) == 0 &&
         !decided_allow(s->rules, s->d, it, way, members, of_use);
}

static void shrink_way(shrinker *s) {
  compare_way plain = *s->way;
  plain.split = COMPARE_WHOLE;
  plain.waits = plain.moves = 0;
  plain.parts = 0;
  if (still(s, s->it, &plain))
    *s->way = plain;
}

/* ---- The config ---------------------------------------------------------- */

/* Members that are set to 0, one after the other. */
typedef struct place {
  size_t at, size;
} place;
#define PLACE(member)                                                          \
  { offsetof(compare_case, member), sizeof((compare_case *)0)->member }

static const place places[] = {PLACE(host),
                               PLACE(host.fields_len),
                               PLACE(host.date),
                               PLACE(host.body),
                               PLACE(host.reason),
                               PLACE(host.extensions),
                               PLACE(host.keep),
                               PLACE(host.agrees),
                               PLACE(host.server_bits),
                               PLACE(host.client_bits),
                               PLACE(host.server_bits_least),
                               PLACE(host.no_server_takeover),
                               PLACE(host.no_client_takeover),
                               PLACE(host.chooses_protocol),
                               PLACE(host.chooses_subprotocol),
                               PLACE(host.refuses),
                               PLACE(host.decides),
                               PLACE(host.answer_at_end),
                               PLACE(config.subprotocols_len),
                               PLACE(config.origins_len),
                               PLACE(config.wanted_len),
                               PLACE(config.method_max),
                               PLACE(config.target_max),
                               PLACE(config.fields_max),
                               PLACE(config.name_max),
                               PLACE(config.total_max),
                               PLACE(config.body_max),
                               PLACE(config.origin),
                               PLACE(config.transport),
                               PLACE(config.lean),
                               PLACE(config.cpu),
                               PLACE(config.subprotocol_server_order),
                               PLACE(config.subprotocol_required),
                               PLACE(config.client_order),
                               PLACE(ask.scheme),
                               PLACE(ask.authority),
                               PLACE(ask.target),
                               PLACE(ask.method),
                               PLACE(ask.extensions),
                               PLACE(ask.origin),
                               PLACE(ask.protocols_len),
                               PLACE(ask.subprotocols_len),
                               PLACE(ask.deflates_len),
                               PLACE(ask.fields_len),
                               PLACE(ask.settings),
                               PLACE(ask.key)};

static void shrink_member(shrinker *s, place of) {
  static const compare_case nothing;
  static compare_case less; /* too large for a stack */
  less = *s->it;
  memset((char *)&less + of.at, 0, of.size);
  if (memcmp((const char *)s->it + of.at, (const char *)&nothing + of.at,
             of.size) != 0 &&
      still(s, &less, s->way))
    *s->it = less;
}

static void shrink_room(shrinker *s) {
  uint32_t was = s->it->config.head_max;
  s->it->config.head_max = 8192;
  if (was != 8192 && !still(s, s->it, s->way))
    s->it->config.head_max = was;
}

static void shrink_table(shrinker *s) {
  static compare_case less;
  compare_config *c = &less.config;
  for (uint32_t i = s->it->config.protocols_len; i-- > 0;) {
    less = *s->it;
    memmove(&c->protocols[i], &c->protocols[i + 1],
            (c->protocols_len - i - 1) * sizeof *c->protocols);
    c->protocols_len--;
    if (still(s, &less, s->way))
      *s->it = less;
  }
}

static void shrink_fields(shrinker *s) {
  static compare_case less;
  compare_host *h = &less.host;
  for (uint32_t i = s->it->host.fields_len; i-- > 0;) {
    less = *s->it;
    memmove(&h->fields[i], &h->fields[i + 1],
            (h->fields_len - i - 1) * sizeof *h->fields);
    h->fields_len--;
    if (still(s, &less, s->way))
      *s->it = less;
  }
}

static void shrink_config(shrinker *s) {
  shrink_room(s);
  shrink_table(s);
  shrink_fields(s);
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    shrink_member(s, places[i]);
}

/* ---- Bytes --------------------------------------------------------------- */

/* The case without the bytes from `at` to `end` of the stream or the request.
 * Returns 1 if it differs as before; then it is shorter. */
static int leave_out(shrinker *s, compare_bytes *of, size_t at, size_t end) {
  compare_bytes was = *of;
  char *less = compare_room(was.len - (end - at));
  if (at > 0)
    memcpy(less, was.ptr, at);
  if (end < was.len)
    memcpy(less + at, was.ptr + end, was.len - end);
  of->ptr = less;
  of->len = was.len - (end - at);
  int differs = still(s, s->it, s->way);
  compare_free(differs ? was.ptr : less);
  if (!differs)
    *of = was;
  return differs;
}

/* Returns 1 if any line could go. */
static int shrink_lines(shrinker *s, compare_bytes *of) {
  int is_less = 0;
  for (size_t end = of->len; end > 0;) {
    size_t at = end - 1;
    while (at > 0 && of->ptr[at - 1] != '\n')
      at--;
    is_less |= leave_out(s, of, at, end);
    end = at;
  }
  return is_less;
}

/* Returns 1 if any part of that size could go. */
static int shrink_parts(shrinker *s, compare_bytes *of, size_t size) {
  int is_less = 0;
  for (size_t at = 0; at + size <= of->len && s->tries > 0;)
    if (leave_out(s, of, at, at + size))
      is_less = 1;
    else
      at += size > 1 ? size / 2 : 1;
  return is_less;
}

static void shrink_bytes(shrinker *s, compare_bytes *of) {
  int is_less = of->ptr != NULL;
  while (is_less && s->tries > 0) {
    is_less = shrink_lines(s, of);
    for (size_t size = of->len / 2; size > 0; size /= 2)
      is_less |= shrink_parts(s, of, size);
  }
}

void shrink(differ *d, const decided *rules, compare_case *it,
            compare_way *way) {
  shrinker s = {d, rules, it, way, {0}, {0}, TRIES};
  if (!differ_run(d, it, way))
    return;
  differ_summary(d, OLD, s.old, sizeof s.old);
  differ_summary(d, NEW, s.new, sizeof s.new);
  shrink_way(&s);
  shrink_config(&s);
  shrink_bytes(&s, &it->stream);
  shrink_bytes(&s, &it->sent);
  shrink_way(&s);
  shrink_config(&s);
  differ_run(d, it, way);
}
