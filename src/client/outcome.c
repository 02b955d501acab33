/* SPDX-License-Identifier: MIT
 *
 * The client: what a complete head is, and the result.
 */
#include "client.h"

#include "../judge/known.h"
#include "../reply/reply.h"
#include "../text/field.h"

#ifndef UPSHAKE_NO_CLIENT

/* ---- what the answer is ---- */

static upshake_client_next judge_101(upshake_client *client) {
  if (is_http_1_0(client))
    return client_refuse(client, UPSHAKE_ERR_SWITCH_HTTP_1_0, 0);
  return upshake__judge_switch(client) && upshake__judge_accepted(client)
             ? UPSHAKE_CLIENT_SWITCHED
             : UPSHAKE_CLIENT_REFUSED;
}

static inline void judge_framing_of(upshake_client *client, upshake_slice name,
                                    upshake_slice value) {
  judge_framing_line(&client->facts, name, value,
                     (uint32_t)(value.ptr - client->memory));
}

/* Judges the end of the answer by the rules for requests: doubt is as dangerous
 * here, and the fields are the same. */
static void judge_framing(upshake_client *client) {
  upshake_slice fields = client_fields(client);
  upshake_field field;
  while (!client->facts.bad && upshake__next_raw_field(&fields, &field))
    judge_framing_of(client, field.name, field.value);
}

/* Fast path: the same by the index, if it has all lines. */
#ifdef UPSHAKE_SMALL
#define judge_framing_by_index(client) 0
#else
static int judge_framing_by_index(upshake_client *client) {
  const upshake_index *index = client->index;
  const upshake_place *place, *end;
  if (!index || index->len > index->cap)
    return 0;
  for (place = index->places, end = place + index->len;
       place < end && !client->facts.bad; place++)
    if (place->name_len == 14 || place->name_len == 17)
      judge_framing_of(
          client, slice_of(client->memory + place->name_at, place->name_len),
          slice_of(client->memory + place->value_at, place->value_len));
  return 1;
}
#endif

/* 1 if what follows is a tunnel: whatever the fields say, it has no end (RFC
 * 9112 6.3). */
static int is_tunnel(const upshake_client *client) {
  return (client->flags & CLIENT_CONNECT) && status_of(client) / 100 == 2;
}

static NOINLINE upshake_client_next judge_other(upshake_client *client) {
  upshake_private_facts *facts = &client->facts;
  if (is_tunnel(client))
    return UPSHAKE_CLIENT_OTHER;
  if (is_http_1_0(client))
    facts->flags = FACT_HTTP_1_0;
  if (!judge_framing_by_index(client))
    judge_framing(client);
  if (facts->bad)
    return client_refuse(client, (upshake_error)facts->bad, facts->bad_at);
  return UPSHAKE_CLIENT_OTHER;
}

upshake_client_next upshake__judge_answer(upshake_client *client) {
  return status_of(client) == SWITCHING ? judge_101(client)
                                        : judge_other(client);
}

/* ---- the result ---- */

/* Returns the length of the body (RFC 9112 6.3). */
static uint64_t body_len(const upshake_client *client) {
  int status = status_of(client);
  if ((client->flags & CLIENT_HEAD) || status == 204 || status == 304 ||
      is_tunnel(client))
    return 0;
  if (client->facts.flags & FACT_LENGTH)
    return client->facts.body_len;
  return client->facts.flags & FACT_CHUNKED_LAST ? UPSHAKE_BODY_CHUNKED
                                                 : UPSHAKE_BODY_TO_CLOSE;
}

/* 1 if the connection can be kept (RFC 9112 9.3): neither side says close,
 * HTTP/1.0 says keep-alive, and the end of the body can be found. */
static NOINLINE COLD int may_keep(const upshake_client *client) {
  upshake_slice fields = client_fields(client);
  int is_framed = (client->facts.flags & (FACT_LENGTH | FACT_CHUNKED_LAST)) ||
                  body_len(client) == 0;
  if (!is_framed || is_tunnel(client) || (client->flags & CLIENT_CLOSE) ||
      HAS_OPTION(fields, "close"))
    return 0;
  return !is_http_1_0(client) || HAS_OPTION(fields, "keep-alive");
}

/* Returns the reason phrase.  It is empty if the line ends right after the
 * status. */
static upshake_slice reason_of(const upshake_client *client) {
  uint32_t end = client->fields_at - 2;
  uint32_t begin = end < REASON_AT ? end : REASON_AT;
  return slice_of(client->memory + begin, end - begin);
}

static int version_of(const upshake_client *client) {
  if (client->flags & (CLIENT_HTTP_2 | CLIENT_HTTP_3))
    return client->flags & CLIENT_HTTP_2 ? 20 : 30;
  return is_http_1_0(client) ? 10 : 11;
}

/* No pointer to the result is passed on, so that the compiler builds it in the
 * caller's memory. */
static NOINLINE COLD upshake_client_result
make_result(const upshake_client *client, const agreement *agreed, int keep) {
  upshake_client_result result = {0};

  result.next = (upshake_client_next)client->next;
  result.error = (upshake_error)client->error;
  if (result.next == UPSHAKE_CLIENT_READ)
    result.error = UPSHAKE_ERR_INCOMPLETE;
  result.offset = (size_t)client->offset;
  result.consumed = (size_t)client->skipped + client_head_len(client);
  if (!upshake__head_is_complete(&client->parser)) /* or refused before */
    return result;
  result.status = status_of(client);
  result.version = version_of(client);
  result.reason = reason_of(client);
  result.fields.raw = client_fields(client);
  result.protocol = agreed->protocol;
  result.subprotocol = agreed->subprotocol;
  result.extensions = agreed->extensions;
  if (client->next == UPSHAKE_CLIENT_SWITCHED)
    result.deflate = client->deflate;
  if (result.next == UPSHAKE_CLIENT_OTHER) {
    result.body_len = body_len(client);
    result.length = client->facts.flags & FACT_LENGTH ? client->facts.body_len
                                                      : UPSHAKE_BODY_CHUNKED;
  }
  result.may_keep = keep;
  return result;
}

/* Looks at the fields before there is a result: see NOINLINE. */
COLD upshake_client_result
upshake_client_get_result(const upshake_client *client) {
  agreement agreed = {.protocol = {NULL, 0}};
  int keep = client->next == UPSHAKE_CLIENT_OTHER && may_keep(client);

  if (client->next == UPSHAKE_CLIENT_SWITCHED)
    upshake__read_agreement(client, &agreed);
  return make_result(client, &agreed, keep);
}

#endif
