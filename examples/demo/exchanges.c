/* SPDX-License-Identifier: MIT
 *
 * The last few exchanges of the demo's page: see exchanges.h.
 */
#include "exchanges.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Who asks for what --------------------------------------------------- */

static int is_token_of_page(upshake_slice value) {
  size_t digits = 0;
  while (digits < value.len && value.ptr[digits] != '\0' &&
         strchr("0123456789abcdefABCDEF", value.ptr[digits]) != NULL)
    digits++;
  return digits == TOKEN_LEN && value.len == TOKEN_LEN;
}

/* The target is known also if a later line is refused; the query is not. */
static upshake_slice query_of(upshake_slice target) {
  const char *mark =
      target.len > 0 ? memchr(target.ptr, '?', target.len) : NULL;
  if (mark == NULL)
    return (upshake_slice){NULL, 0};
  size_t before = (size_t)(mark - target.ptr) + 1;
  return (upshake_slice){mark + 1, target.len - before};
}

/* Returns the value of `show` if that is the last parameter, or an absent
 * slice. */
static upshake_slice token_to_keep(const upshake *hs) {
  upshake_slice query = query_of(upshake_get_request(hs).target);
  upshake_field pair, last = {{NULL, 0}, {NULL, 0}};
  while (upshake_next_pair(&query, &pair))
    last = pair;
  if (upshake_equal(last.name, "show") && is_token_of_page(last.value))
    return last.value;
  return (upshake_slice){NULL, 0};
}

/* Returns the lines behind the request line.  There may be few of them, because
 * a refusal may come in the middle of the head; half a line is no field. */
static upshake_fields read_fields(const upshake *hs) {
  upshake_slice head = upshake_head(hs);
  upshake_slice target = upshake_get_request(hs).target;
  upshake_fields fields = {{NULL, 0}, NULL, 0};
  if (head.len == 0 || target.len == 0)
    return fields;
  const char *end = head.ptr + head.len;
  const char *line = memchr(target.ptr, '\n', (size_t)(end - target.ptr));
  if (line != NULL)
    fields.raw = (upshake_slice){line + 1, (size_t)(end - line) - 1};
  return fields;
}

/* Returns the only value of a field, or an absent slice. */
static upshake_slice only_value(upshake_fields fields, const char *name) {
  upshake_slice value = {NULL, 0};
  upshake_field field;
  for (size_t count = 0; upshake_next_field(&fields, &field);)
    if (upshake_equal_fold(field.name, name))
      value = count++ == 0 ? field.value : (upshake_slice){NULL, 0};
  return value;
}

/* Returns what stands behind "scheme://". */
static upshake_slice host_of_origin(upshake_slice origin) {
  for (size_t i = 0; i + 3 < origin.len; i++)
    if (memcmp(origin.ptr + i, "://", 3) == 0)
      return (upshake_slice){origin.ptr + i + 3, origin.len - i - 3};
  return (upshake_slice){NULL, 0};
}

static int is_from_own_page(upshake_fields fields) {
  upshake_slice host = only_value(fields, "Host");
  upshake_slice origin = host_of_origin(only_value(fields, "Origin"));
  return origin.len > 0 && upshake_same_fold(origin, host);
}

/* A browser names no Origin when a page asks its own server with GET. */
static int is_from_other_page(upshake_fields fields) {
  return upshake_find_field(fields, "Origin").ptr != NULL &&
         !is_from_own_page(fields);
}

/* The address, without the port. */
static size_t address_len(const char *peer) {
  const char *port = strrchr(peer, ':');
  return port != NULL ? (size_t)(port - peer) : 0;
}

static int same_address(const char *a, const char *b) {
  size_t len = address_len(a);
  return len > 0 && len == address_len(b) && memcmp(a, b, len) == 0;
}

/* Takes as long for a wrong token as for the right one. */
static int same_token(const char *a, const char *b) {
  int differs = 0;
  for (size_t i = 0; i < TOKEN_LEN; i++)
    differs |= a[i] ^ b[i];
  return differs == 0;
}

/* ---- The ring ------------------------------------------------------------ */

void exchange_forget(struct exchange *exchange) {
  free(exchange->bytes);
  *exchange = (struct exchange){.bytes = NULL};
}

void exchanges_forget_all(struct exchanges *exchanges) {
  for (size_t i = 0; i < EXCHANGES_MAX; i++)
    exchange_forget(&exchanges->kept[i]);
}

static void forget_old(struct exchanges *exchanges, moment now) {
  for (size_t i = 0; i < EXCHANGES_MAX; i++)
    if (exchanges->kept[i].until <= now)
      exchange_forget(&exchanges->kept[i]);
}

void exchanges_keep(struct exchanges *exchanges, const upshake *hs,
                    const char *peer, struct verdict verdict,
                    upshake_slice reply, moment now) {
  upshake_slice token = token_to_keep(hs);
  upshake_slice request = upshake_head(hs);
  forget_old(exchanges, now);
  if (token.len == 0 || reply.len == 0 || !is_from_own_page(read_fields(hs)))
    return;
  struct exchange *exchange = &exchanges->kept[exchanges->next];
  exchanges->next = (exchanges->next + 1) % EXCHANGES_MAX;
  exchange_forget(exchange);
  char *bytes = malloc(request.len + reply.len);
  if (bytes == NULL)
    return;
  memcpy(bytes, request.ptr, request.len);
  memcpy(bytes + request.len, reply.ptr, reply.len);
  *exchange = (struct exchange){.until = now + EXCHANGES_MS,
                                .verdict = verdict,
                                .bytes = bytes,
                                .request_len = request.len,
                                .reply_len = reply.len};
  memcpy(exchange->token, token.ptr, TOKEN_LEN);
  snprintf(exchange->peer, sizeof exchange->peer, "%s", peer);
}

struct exchange *exchanges_find(struct exchanges *exchanges, const upshake *hs,
                                const char *peer, moment now) {
  upshake_request request = upshake_get_request(hs);
  forget_old(exchanges, now);
  if (!is_token_of_page(request.query) || is_from_other_page(request.fields))
    return NULL;
  for (size_t i = 0; i < EXCHANGES_MAX; i++) {
    struct exchange *exchange = &exchanges->kept[i];
    if (exchange->bytes != NULL &&
        same_token(exchange->token, request.query.ptr) &&
        same_address(exchange->peer, peer))
      return exchange;
  }
  return NULL;
}

/* ---- What the page is told ----------------------------------------------- */

static void add_json(struct text *text, const struct exchange *exchange) {
  const char *reply = exchange->bytes + exchange->request_len;
  struct verdict verdict = exchange->verdict;
  text_add(text, "{\"request\":\"");
  text_add_escaped(
      text, (upshake_slice){exchange->bytes, exchange->request_len}, "\\u00");
  text_add(text, "\",\"reply\":\"");
  text_add_escaped(text, (upshake_slice){reply, exchange->reply_len}, "\\u00");
  text_add(text, "\",\"outcome\":\"");
  text_add(text, verdict.outcome);
  text_add(text, "\",\"status\":");
  text_add_number(text, verdict.status);
  text_add(text, ",\"error\":");
  text_add(text, verdict.error == UPSHAKE_OK ? "null" : "\"");
  if (verdict.error != UPSHAKE_OK) {
    text_add(text, upshake_explain(verdict.error).name);
    text_add(text, "\"");
  }
  const char *sentence = sentence_of(verdict);
  text_add(text, ",\"sentence\":\"");
  text_add_escaped(text, (upshake_slice){sentence, strlen(sentence)}, "\\u00");
  text_add(text, "\"}");
}

/* Each byte becomes at most six. */
char *exchange_to_json(const struct exchange *exchange) {
  size_t cap = 6 * (exchange->request_len + exchange->reply_len +
                    strlen(sentence_of(exchange->verdict))) +
               256;
  char *json = malloc(cap);
  if (json == NULL)
    return NULL;
  struct text text = {json, cap - 1, 0, 0};
  add_json(&text, exchange);
  json[text.len] = '\0';
  return json;
}
