/* SPDX-License-Identifier: MIT
 *
 * The order of judgement: when the head is complete, it decides from the facts
 * whether the request is a valid offer.
 */
#include "order.h"

#include "../error/errors.h"
#include "../text/field.h"

#define ROW(error, offer, found, unless, place)                                \
  {UPSHAKE_ERR_##error, FOR_##offer, BIT_##found, BIT_##unless, PLACE_##place},
UPSHAKE_PRIVATE_CONST const order_row upshake__order[ORDER_LEN] = {
    ORDER_OF_REQUEST(ROW) ORDER_END(ROW) ORDER_OF_OFFER(ROW) ORDER_END(ROW)};
#undef ROW

/* ---- what the rows are compared with ---- */

void upshake__facts_of_request(const upshake *hs, order_facts *found) {
  const upshake_private_facts *facts = &hs->facts;
  uint32_t flags = facts->flags | FACT_ALWAYS;
  if (flags & FACT_HTTP_1_0)
    flags |= FACT_HOST; /* needs none */
  if (facts->bad)
    flags |= FACT_NOTED;
  if (facts->offered)
    flags |= FACT_OFFERED;
  found->flags = flags;
  found->noted = facts->bad;
  found->offers = FOR_ALL;
}

static int is_list_space(char byte) { return byte == ',' || is_blank(byte); }

/* 1 if the entry allows the method.  Its list looks like "GET, POST".  An offer
 * of HTTP/2 or 3 has no method, and every entry allows that. */
static int allows_method(const upshake_protocol *protocol,
                         upshake_slice method) {
  const char *p = protocol->methods ? protocol->methods : "GET";
  do {
    size_t len = 0;
    while (p[len] && !is_list_space(p[len]))
      len++;
    if (upshake__same(slice_of(p, len), method))
      return 1;
    p += len;
  } while (*p++);
  return method.len == 0;
}

/* Returns which rows are about offers of this entry. */
static unsigned rows_for(const upshake *hs, const upshake_protocol *protocol) {
  unsigned of = rules_of(protocol)->kind, body = protocol->body;
  if (body == UPSHAKE_BODY_DEFAULT)
    body = of & RULES_STRICT ? UPSHAKE_BODY_REFUSE : UPSHAKE_BODY_PLAIN;
  if ((of & RULES_WEBSOCKET) && hs->config->subprotocol_required)
    of |= FOR_REQUIRED;
  if (body == UPSHAKE_BODY_PLAIN)
    of |= FOR_PASSING_BODY;
  return body == UPSHAKE_BODY_REFUSE ? of | FOR_REFUSING_BODY : of;
}

void upshake__facts_of_offer(const upshake *hs, size_t place,
                             order_facts *found) {
  const upshake_protocol *protocol = &hs->config->protocols[place];
  uint32_t flags = found->flags;

  if (has_body(&hs->facts))
    flags |= FACT_BODY;
  if (HAS_BODIES && is_body_long(hs))
    flags |= FACT_BODY_LONG;
  if (hs->facts.subprotocol)
    flags |= FACT_CHOSEN;
  if (!allows_method(protocol, upshake__method_of(hs)))
    flags |= FACT_METHOD_OTHER;
  found->flags = flags;
  found->offers = rows_for(hs, protocol);
}

uint32_t upshake__order_place(const upshake *hs, unsigned place) {
  switch (place) {
  case PLACE_CONTENT:
    return hs->facts.part.head.content_at;
  case PLACE_HOST:
    return hs->facts.host_at;
  case PLACE_METHOD:
    return head_method_at(&hs->parser);
  case PLACE_LINE:
    return hs->facts.bad_at;
  default:
    return hs->end;
  }
}

/* ---- the verdict ---- */

/* Returns what an error leads to. */
static upshake_next next_of(upshake_error error) {
  if (error_class_of(error) == ERROR_PLAIN)
    return UPSHAKE_PLAIN;
  return error ? UPSHAKE_SEND : UPSHAKE_DECIDE;
}

/* The first row that is broken, from this row on, becomes the verdict. */
static NOINLINE verdict judge_rows(const upshake *hs, const order_row *row,
                                   const order_facts *facts) {
  verdict result = {.error = UPSHAKE_OK};
  while (!is_broken(row, facts))
    row++;
  result.error = row->error;
  result.next = (uint8_t)next_of((upshake_error)row->error);
  result.offset = upshake__order_place(hs, row->place);
  return result;
}

static const verdict verdict_good = {.next = UPSHAKE_DECIDE};

/* A row that has no exception is whole if its fact is not there, so that one
 * test of bits is enough for all such rows.  That is all that an ordinary
 * request needs. */
#ifdef UPSHAKE_SMALL
#define are_whole(ROWS) 0
#else
#define BIT_OF(fact) (facts->flags >> BIT_##fact)
#define IS_WHOLE(error, offer, found, unless, place)                           \
  &(BIT_##unless == BIT_NEVER ? !(facts->flags & FACT_##found)                 \
                              : !((unsigned)!!(facts->offers & FOR_##offer) &  \
                                  BIT_OF(found) & ~BIT_OF(unless)))
#define are_whole(ROWS) (1 ROWS(IS_WHOLE))
#endif

static inline verdict judge_offering(const upshake *hs,
                                     const order_facts *facts) {
  if (are_whole(ORDER_OF_REQUEST))
    return verdict_good;
  return judge_rows(hs, upshake__order, facts);
}

static inline verdict judge_offer(const upshake *hs, size_t place,
                                  order_facts *facts) {
  upshake__facts_of_offer(hs, place, facts);
  if (are_whole(ORDER_OF_OFFER))
    return verdict_good;
  return judge_rows(hs, upshake__order + ORDER_OF_REQUEST_LEN, facts);
}

/* A valid protocol is better than a refused protocol, which is better than a
 * protocol that was passed over.  Of two equals the first stays. */
STATIC_ASSERT(UPSHAKE_DECIDE < UPSHAKE_SEND && UPSHAKE_SEND < UPSHAKE_PLAIN,
              best_first);

/* Judges the protocol at this place, unless that was done, and keeps the better
 * verdict.  A protocol that breaks a rule is removed from the offer. */
static void judge_place(upshake *hs, size_t place, const order_facts *facts,
                        uint32_t *left, verdict *best) {
  uint32_t bit = (uint32_t)1 << place;
  order_facts of_offer = *facts;
  verdict result;

  if ((*left & bit) == 0)
    return;
  *left &= ~bit;
  result = judge_offer(hs, place, &of_offer);
  result.protocol = (uint8_t)place;
  if (result.error)
    hs->facts.offered &= ~bit;
  if (result.next < best->next)
    *best = result;
}

static void judge_protocols(upshake *hs, const order_facts *facts,
                            verdict *best) {
  const upshake_config *config = hs->config;
  const uint8_t *order = hs->facts.part.head.order;
  uint32_t left = hs->facts.offered;

  best->next = UINT8_MAX; /* every verdict is better */
  if (config->protocol_client_order)
    for (size_t i = 0; i < sizeof hs->facts.part.head.order && order[i]; i++)
      judge_place(hs, order[i] - 1u, facts, &left, best);
  for (size_t i = 0; left; i++)
    judge_place(hs, i, facts, &left, best);
  if (best->next == UPSHAKE_SEND &&
      config->protocols[best->protocol].failed == UPSHAKE_FAILED_PLAIN)
    best->next = UPSHAKE_PLAIN;
}

/* ---- fast path: a usual offer of WebSocket ---- */

#ifdef UPSHAKE_SMALL
#define is_usual_offer(hs) 0
#else
/* The rows of the order of judgement that are about WebSocket, as two sets: the
 * facts that an offer needs, and the facts that no row may find.  A row that
 * has an exception which the offer needs is never broken. */
#define ABOUT(offers) ((FOR_##offers & FOR_WEBSOCKET) != 0)
#define NEEDS(error, offers, found, unless, place)                             \
  | ((ABOUT(offers) & (BIT_##found == BIT_ALWAYS) &                            \
      (BIT_##unless != BIT_NEVER))                                             \
         ? 1 << BIT_##unless                                                   \
         : 0)
enum { USUAL_NEEDS = 0 ORDER_OF_REQUEST(NEEDS) ORDER_OF_OFFER(NEEDS) };
#define FINDS(error, offers, found, unless, place)                             \
  | ((ABOUT(offers) & (BIT_##found != BIT_ALWAYS) &                            \
      !(USUAL_NEEDS >> BIT_##unless & 1))                                      \
         ? (uint32_t)1 << BIT_##found                                          \
         : 0)

/* No memcmp: see NOINLINE. */
static int is_get(upshake_slice method) {
  const char *p = method.ptr;
  return method.len == 3 && p[0] == 'G' && p[1] == 'E' && p[2] == 'T';
}

/* 1 if the table has only WebSocket, and no row can be broken, whatever the
 * body policy of the entry is. */
static inline int is_usual_offer(const upshake *hs) {
  const uint32_t needs = USUAL_NEEDS & ~FACT_OFFERED;
  const uint32_t finds = 0 ORDER_OF_REQUEST(FINDS) ORDER_OF_OFFER(FINDS);
  const upshake_private_facts *facts = &hs->facts;
  const upshake_config *config = hs->config;
  return config->protocols_len == 1 && facts->offered == 1 && !facts->bad &&
         ((facts->flags ^ needs) & (needs | finds | FACT_HOST_EMPTY)) == 0 &&
         facts->part.head.rules->kind == RULES_WEBSOCKET &&
         facts->body_len == 0 && !config->subprotocol_required &&
         !config->protocols->methods && is_get(upshake__method_of(hs));
}
#endif

verdict upshake__judge_request(upshake *hs) {
  verdict result = {.offset = hs->facts.bad_at,
                    .next = UPSHAKE_SEND,
                    .error = hs->facts.bad,
                    .protocol = 0};
  order_facts facts;
  if (is_usual_offer(hs))
    return verdict_good;
  if (is_refused_at_once((upshake_error)result.error))
    return result;
  note_host_none(hs);
  upshake__facts_of_request(hs, &facts);
  result = judge_offering(hs, &facts);
  if (!result.error)
    judge_protocols(hs, &facts, &result);
  return result;
}
