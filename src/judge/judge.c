/* SPDX-License-Identifier: MIT
 *
 * The judgement: gathers facts from each field line.  When the head is
 * complete, it decides in a fixed order whether the request is a valid offer.
 */
#include "../error/errors.h"
#include "../text/field.h"
#include "known.h"
#include "request.h"
#include "rules.h"
#include "../text/literal.h"

/* ---- fields that every offer has ---- */

/* Notes a connection option.  Returns 0 if it has no meaning here. */
static int note_option(upshake_private_facts *facts, upshake_slice option) {
  if (IS_NAME(option, "upgrade"))
    facts->flags |= FACT_CONNECTION_UPGRADE;
  else if (IS_NAME(option, "close"))
    facts->flags |= FACT_CONNECTION_CLOSE;
  else if (IS_NAME(option, "http2-settings"))
    facts->flags |= FACT_CONNECTION_SETTINGS;
  else
    return 0;
  return 1;
}

/* Connection = #token (RFC 9110 7.6.1).  Quotes are not a part of this grammar,
 * but an option inside of quotes must not count either. */
static void judge_connection(upshake_private_facts *facts,
                             const upshake_config *config, upshake_slice value,
                             uint32_t at) {
  upshake_slice option;

  (void)config;
  if (note_option(facts, value)) /* fast path: the only option */
    return;
  while (upshake__next_in(&value, &option))
    if (!note_option(facts, option) && !upshake_is_token(option))
      upshake__note_bad(facts, UPSHAKE_ERR_CONNECTION_MALFORMED, at);
}

/* Notes an entry as offered, and the order of the first offers. */
static void note_offer(upshake_private_facts *facts, size_t place) {
  uint8_t *order = facts->in.head.order;
  uint32_t bit = (uint32_t)1 << place;
  if (facts->offered & bit)
    return;
  facts->offered |= bit;
  for (size_t i = 0; i < sizeof facts->in.head.order; i++) {
    if (order[i] == 0) {
      order[i] = (uint8_t)(place + 1);
      return;
    }
  }
}

/* Notes which entries a member of Upgrade offers. */
static NOINLINE void judge_member(upshake_private_facts *facts,
                                  const upshake_config *config,
                                  upshake_slice member) {
  const char *end = member.ptr + member.len;
  size_t slash =
      (size_t)(upshake__skip_class(member.ptr, end, CLASS_TOKEN) - member.ptr);

  if (slash < member.len && member.ptr[slash] != '/')
    return; /* neither a name, nor a name and a version */
  if (!upshake__is_spoken(slice_of(member.ptr, slash), facts->transport))
    return;
  for (size_t i = 0; i < config->protocols_len; i++)
    if (upshake__is_offer_of(member, slash, &config->protocols[i]))
      note_offer(facts, i);
}

static void judge_upgrade(upshake_private_facts *facts,
                          const upshake_config *config, upshake_slice value,
                          uint32_t at) {
  upshake_slice member;

  (void)at;
  facts->flags |= FACT_UPGRADE;
  while (upshake__next_in(&value, &member))
    judge_member(facts, config, member);
}

static void note_expectation(upshake_private_facts *facts, uint32_t at) {
  facts->flags |= FACT_EXPECT_OTHER;
  upshake__note_bad(facts, UPSHAKE_ERR_EXPECTATION, at);
}

/* Expect = #expectation.  The only expectation is 100-continue (RFC 9110
 * 10.1.1). */
static void judge_expect(upshake_private_facts *facts,
                         const upshake_config *config, upshake_slice value,
                         uint32_t at) {
  upshake_slice member;

  (void)config;
  while (upshake__next_in(&value, &member)) {
    if (upshake_equal_fold(member, "100-continue"))
      facts->flags |= FACT_EXPECT_CONTINUE;
    else
      note_expectation(facts, at);
  }
}

/* ---- which field is it? ---- */

#define JUDGE(field, name, judge) judge,
UPSHAKE_PRIVATE_CONST judge_field *const upshake__judges[FIELD_OTHER] = {
    KNOWN(JUDGE)};
#undef JUDGE

unsigned upshake__which_field(upshake_slice name) {
#ifdef UPSHAKE_SMALL
#define LEN(field, name, judge) sizeof name - 1,
#define NAME(field, name, judge) name
  static const uint8_t lens[] = {KNOWN(LEN)};
  static const char names[] = KNOWN(NAME); /* in one string */
#undef LEN
#undef NAME
  const char *known = names;
  unsigned which = 0;

  while (which < FIELD_OTHER &&
         !upshake__same_fold(name, slice_of(known, lens[which])))
    known += lens[which++];
  return which;
#else
  return inlined_which_field(name);
#endif
}

/* Returns the judge that these rules have for a field; NULL if they have none.
 */
static inline judge_field *judge_of_rules(const upshake_private_rules *rules,
                                          unsigned which) {
  unsigned place = which - rules->first;
  return place < rules->len ? rules->judges[place] : NULL;
}

/* Returns the judge that the rules of the other entries have for a field. */
static NOINLINE judge_field *find_judge(const upshake_config *config,
                                        unsigned which) {
  judge_field *judge = NULL;
  for (size_t i = 1; !judge && i < config->protocols_len; i++)
    judge = judge_of_rules(rules_of(&config->protocols[i]), which);
  return judge;
}

/* Key and version show that a proxy removed Upgrade.  They are noted also for a
 * server that does not speak WebSocket. */
void upshake__judge_by_other_rules(upshake *hs, unsigned which,
                                   upshake_slice value, uint32_t at) {
  judge_field *judge = find_judge(hs->config, which);
  if (judge) {
    judge(&hs->facts, hs->config, value, at);
    return;
  }
  if (which == FIELD_KEY)
    hs->facts.flags |= FACT_KEY;
  if (which == FIELD_VERSION)
    hs->facts.flags |= FACT_VERSION;
}

void upshake__judge_line(upshake *hs, upshake_slice name, upshake_slice value,
                         uint32_t at) {
  judge_known(hs, upshake__which_field(name), value, at);
}

/* ---- after all fields were seen ---- */

/* Judges Host and framing, which matter for every request. */
static upshake_error judge_message(const upshake *hs, uint32_t *offset) {
  const upshake_private_facts *facts = &hs->facts;

  *offset = facts->bad_at;
  if (is_refused_at_once((upshake_error)facts->bad))
    return (upshake_error)facts->bad;
  *offset = hs->end;
  if ((facts->flags & (FACT_HOST | FACT_HTTP_1_0)) == 0)
    return UPSHAKE_ERR_HOST_MISSING;
  *offset = facts->in.head.content_at;
  if ((facts->flags & FACT_CODING) && !(facts->flags & FACT_CHUNKED_LAST))
    return UPSHAKE_ERR_CODING_NOT_CHUNKED;
  return UPSHAKE_OK;
}

/* Returns why the request offers nothing of the table, or UPSHAKE_OK (RFC 9110
 * 7.8 and 7.6.1). */
static upshake_error judge_upgrade_fields(const upshake *hs, uint32_t *offset) {
  const upshake_private_facts *facts = &hs->facts;

  if ((facts->flags & FACT_UPGRADE) == 0)
    return facts->flags & (FACT_KEY | FACT_VERSION)
               ? UPSHAKE_ERR_PROXY_TOOK_UPGRADE
               : UPSHAKE_ERR_NO_UPGRADE;
  if (facts->flags & FACT_HTTP_1_0)
    return UPSHAKE_ERR_HTTP_1_0;
  *offset = facts->bad_at;
  if (facts->bad == UPSHAKE_ERR_CONNECTION_MALFORMED)
    return UPSHAKE_ERR_CONNECTION_MALFORMED;
  if ((facts->flags & FACT_CONNECTION_UPGRADE) == 0)
    return UPSHAKE_ERR_NO_CONNECTION;
  return facts->offered ? UPSHAKE_OK : UPSHAKE_ERR_NOT_SUPPORTED;
}

static int is_list_space(char byte) { return byte == ',' || is_blank(byte); }

/* memcmp would be a call, which costs stack at the end of a call chain. */
static int is_get(upshake_slice method) {
  const char *p = method.ptr;
  return method.len == 3 && p[0] == 'G' && p[1] == 'E' && p[2] == 'T';
}

/* 1 if the entry allows the method.  Its list looks like "GET, POST". */
static int allows_method(const upshake_protocol *protocol,
                         upshake_slice method) {
  const char *p = protocol->methods;
  if (!p)
    return is_get(method);
  while (*p) {
    size_t len = 0;
    while (p[len] && !is_list_space(p[len]))
      len++;
    if (len > 0 && upshake__same(slice_of(p, len), method))
      return 1;
    p += len > 0 ? len : 1;
  }
  return 0;
}

static int body_policy(const upshake_protocol *protocol,
                       const upshake_private_rules *rules) {
  if (protocol->body != UPSHAKE_BODY_DEFAULT)
    return protocol->body;
  return rules->is_strict ? UPSHAKE_BODY_REFUSE : UPSHAKE_BODY_PLAIN;
}

/* Returns why the offer is passed over, as if the client had not made it; or
 * UPSHAKE_OK. */
static upshake_error judge_eligible(const upshake *hs,
                                    const upshake_protocol *protocol,
                                    const upshake_private_rules *rules) {
  if (has_body(&hs->facts) &&
      body_policy(protocol, rules) == UPSHAKE_BODY_PLAIN)
    return UPSHAKE_ERR_PASSED_OVER_BODY;
  if (!rules->is_strict && !allows_method(protocol, upshake__method_of(hs)))
    return UPSHAKE_ERR_PASSED_OVER_METHOD;
  return rules->judge_eligible ? rules->judge_eligible(hs) : UPSHAKE_OK;
}

/* 1 if the request names no host.  An authority in the target always names a
 * host: upshake__check_target has checked that. */
static int names_no_host(const upshake *hs) {
  return (hs->facts.flags & FACT_HOST_EMPTY) && !upshake__has_authority(hs);
}

/* Judges the body of an offer that was not passed over. */
static upshake_error judge_body(const upshake *hs,
                                const upshake_protocol *protocol,
                                const upshake_private_rules *rules) {
  uint64_t most = hs->config->limits.body;
  if (!has_body(&hs->facts))
    return UPSHAKE_OK;
  if (body_policy(protocol, rules) == UPSHAKE_BODY_REFUSE)
    return UPSHAKE_ERR_BODY;
  return most > 0 && hs->facts.body_len > most ? UPSHAKE_ERR_BODY_LONG
                                               : UPSHAKE_OK;
}

static upshake_error judge_method(const upshake *hs,
                                  const upshake_protocol *protocol,
                                  const upshake_private_rules *rules) {
  if (allows_method(protocol, upshake__method_of(hs)))
    return UPSHAKE_OK;
  return rules->kind == RULES_WEBSOCKET ? UPSHAKE_ERR_METHOD
                                        : UPSHAKE_ERR_METHOD_NOT_GET;
}

/* Returns why an offer that was not passed over is refused, or UPSHAKE_OK. */
static upshake_error judge_rules(const upshake *hs,
                                 const upshake_protocol *protocol,
                                 const upshake_private_rules *rules,
                                 uint32_t *offset) {
  const upshake_private_facts *facts = &hs->facts;
  upshake_error error;

  *offset = facts->in.head.content_at;
  if (facts->flags & FACT_CODING_UNKNOWN)
    return UPSHAKE_ERR_CODING_UNKNOWN;
  if (rules->is_strict && names_no_host(hs)) {
    *offset = facts->host_at;
    return UPSHAKE_ERR_HOST_EMPTY;
  }
  error = judge_body(hs, protocol, rules);
  if (error)
    return error;
  *offset = head_method_at(&hs->parser);
  error = judge_method(hs, protocol, rules);
  if (error)
    return error;
  if (rules->judge_content)
    error = rules->judge_content(hs, offset);
  if (error)
    return error;
  *offset = facts->bad_at;
  if (facts->bad == UPSHAKE_ERR_EXPECTATION)
    return UPSHAKE_ERR_EXPECTATION;
  return rules->judge ? rules->judge(hs, offset) : UPSHAKE_OK;
}

/* Judges one offered protocol.  Returns UPSHAKE_OK, or why it is passed over or
 * refused. */
static upshake_error judge_protocol(const upshake *hs, size_t place,
                                    uint32_t *offset) {
  const upshake_protocol *protocol = &hs->config->protocols[place];
  const upshake_private_rules *rules = rules_of(protocol);
  upshake_error error = judge_eligible(hs, protocol, rules);
  return error ? error : judge_rules(hs, protocol, rules, offset);
}

/* Returns what an error leads to. */
static upshake_next next_of(upshake_error error) {
  if (error_class_of(error) == ERROR_PLAIN)
    return UPSHAKE_PLAIN;
  return error ? UPSHAKE_SEND : UPSHAKE_DECIDE;
}

/* 1 if verdict a is better than b.  A valid protocol is better than a refused
 * protocol, which is better than a protocol that was passed over.  Of two
 * equals the first stays. */
static int is_better(const verdict *a, const verdict *b) {
  static const uint8_t rank[] = {0, 3, 2, 1}; /* by upshake_next */
  return rank[a->next] > rank[b->next];
}

/* Judges the protocol at this place, unless that was done, and keeps the better
 * verdict.  A protocol that breaks a rule is removed from the offer. */
static void judge_place(upshake *hs, size_t place, uint32_t *left,
                        verdict *best) {
  uint32_t bit = (uint32_t)1 << place;
  verdict result = {0, 0, 0, 0};

  if ((*left & bit) == 0)
    return;
  *left &= ~bit;
  result.protocol = (uint8_t)place;
  result.error = (uint8_t)judge_protocol(hs, place, &result.offset);
  result.next = (uint8_t)next_of((upshake_error)result.error);
  if (result.error)
    hs->facts.offered &= ~bit;
  if (is_better(&result, best))
    *best = result;
}

static void judge_protocols(upshake *hs, verdict *best) {
  const upshake_config *config = hs->config;
  const uint8_t *order = hs->facts.in.head.order;
  uint32_t left = hs->facts.offered;

  best->next = UPSHAKE_READ; /* every verdict is better */
  if (config->protocol_client_order)
    for (size_t i = 0; i < sizeof hs->facts.in.head.order && order[i]; i++)
      judge_place(hs, order[i] - 1u, &left, best);
  for (size_t i = 0; left; i++)
    judge_place(hs, i, &left, best);
  if (best->next == UPSHAKE_SEND &&
      config->protocols[best->protocol].failed == UPSHAKE_FAILED_PLAIN)
    best->next = UPSHAKE_PLAIN;
}

verdict upshake__judge_request(upshake *hs) {
  verdict result = {0, 0, 0, 0};
  upshake_error error;

  error = judge_message(hs, &result.offset);
  if (!error)
    error = judge_upgrade_fields(hs, &result.offset);
  result.error = (uint8_t)error;
  result.next = (uint8_t)next_of(error);
  if (!error)
    judge_protocols(hs, &result);
  if (next_of((upshake_error)result.error) == UPSHAKE_PLAIN)
    result.offset = hs->end; /* nothing is wrong, but something is missing */
  return result;
}
