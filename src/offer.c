/* SPDX-License-Identifier: MIT
 *
 * The judgement: gathers facts from each field line, and when the head is
 * complete decides in a fixed order whether the request is a valid offer.
 */
#include "field.h"
#include "known.h"
#include "request.h"
#include "settings.h"
#include "words.h"

/* ---- fields that every offer has ---- */

/* Returns 0 for an option that says nothing here. */
static int note_option(upshake_facts *facts, upshake_slice option) {
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

/* Connection = #token (RFC 9110 7.6.1).  Quotes are no syntax there, but what
 * is inside of them shall not count either. */
static void judge_connection(upshake_facts *facts, const upshake_config *config,
                             upshake_slice value, uint32_t at) {
  upshake_slice option;

  (void)config;
  if (note_option(facts, value)) /* the only option, as most often */
    return;
  while (upshake_next_in(&value, &option))
    if (!note_option(facts, option) && !upshake_is_token(option))
      upshake_note_bad(facts, UPSHAKE_ERR_CONNECTION_MALFORMED, at);
}

/* protocol = protocol-name ["/" protocol-version], name without regard to case
 * (RFC 9110 7.8).  A member with more than that matches nothing. */
static inline int is_offer_of(upshake_slice member, size_t slash,
                              const upshake_protocol *protocol) {
  if (!upshake_same_fold(slice_of(member.ptr, slash),
                         slice_text(protocol->token)))
    return 0;
  if (!protocol->version)
    return slash == member.len;
  return slash < member.len &&
         upshake_equal(slice_from(member, slash + 1), protocol->version);
}

/* Notes a protocol as offered, and which of them came first. */
static void note_offer(upshake_facts *facts, size_t place) {
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

/* What a member of Upgrade offers. */
static NOINLINE void judge_member(upshake_facts *facts,
                                  const upshake_config *config,
                                  upshake_slice member) {
  const char *end = member.ptr + member.len;
  size_t slash =
      (size_t)(upshake_skip_class(member.ptr, end, CLASS_TOKEN) - member.ptr);

  if (slash < member.len && member.ptr[slash] != '/')
    return; /* neither a name nor a name and a version */
  if (!upshake_is_spoken(slice_of(member.ptr, slash), config->transport))
    return;
  for (size_t i = 0; i < config->protocols_len; i++)
    if (is_offer_of(member, slash, &config->protocols[i]))
      note_offer(facts, i);
}

/* The only member of a line, without a version, as most often: that it is an
 * entry's token is all there is to know.  Returns 0 for any other line. */
#ifdef UPSHAKE_SMALL
#define judge_only_member(facts, config, value) 0
#else
static inline int judge_only_member(upshake_facts *facts,
                                    const upshake_config *config,
                                    upshake_slice value) {
  int is_known = 0;
  if (config->transport == UPSHAKE_TRANSPORT_SECURED)
    return 0;
  for (size_t i = 0; i < config->protocols_len; i++) {
    if (!is_offer_of(value, value.len, &config->protocols[i]))
      continue;
    note_offer(facts, i);
    is_known = 1;
  }
  return is_known;
}
#endif

static void judge_upgrade(upshake_facts *facts, const upshake_config *config,
                          upshake_slice value, uint32_t at) {
  upshake_slice member;

  (void)at;
  facts->flags |= FACT_UPGRADE;
  if (judge_only_member(facts, config, value))
    return;
  while (upshake_next_in(&value, &member))
    judge_member(facts, config, member);
}

/* Expect = #expectation, of which there is one (RFC 9110 10.1.1). */
static void judge_expect(upshake_facts *facts, const upshake_config *config,
                         upshake_slice value, uint32_t at) {
  upshake_slice member;

  (void)config;
  while (upshake_next_in(&value, &member)) {
    if (upshake_equal_fold(member, "100-continue"))
      facts->flags |= FACT_EXPECT_CONTINUE;
    else
      upshake_note_bad(facts, UPSHAKE_ERR_EXPECTATION, at);
  }
}

/* Two Origin lines are two answers to one question (RFC 6454 7.3); what one
 * says is judged when the authority of the request is known too. */
static void judge_origin_line(upshake_facts *facts,
                              const upshake_config *config, upshake_slice value,
                              uint32_t at) {
  (void)config;
  (void)value;
  if (upshake_note_once(facts, FACT_ORIGIN, UPSHAKE_ERR_ORIGIN_REPEATED, at))
    facts->in.head.origin_at = at;
}

/* RFC 7540 3.2.1: once, and whole settings. */
static void judge_settings(upshake_facts *facts, const upshake_config *config,
                           upshake_slice value, uint32_t at) {
  (void)config;
  (void)at;
  if ((facts->flags & FACT_SETTINGS) || !upshake_is_settings(value))
    facts->flags |= FACT_SETTINGS_BAD;
  facts->flags |= FACT_SETTINGS;
}

/* A message with capsules has no content, so none of a type (RFC 9297 3.2).  A
 * length or coding that is there too is what is then shown as wrong. */
static void judge_content_type(upshake_facts *facts,
                               const upshake_config *config,
                               upshake_slice value, uint32_t at) {
  (void)config;
  (void)value;
  if ((facts->flags & (FACT_LENGTH | FACT_CODING | FACT_CONTENT_TYPE)) == 0)
    facts->in.head.content_at = at;
  facts->flags |= FACT_CONTENT_TYPE;
}

/* ---- which field is it? ---- */

#define JUDGE(field, name, judge) judge,
judge_field *const upshake_judges[] = {KNOWN(JUDGE)};
#undef JUDGE

#ifdef UPSHAKE_SMALL
unsigned upshake_which_field(upshake_slice name) {
#define LEN(field, name, judge) sizeof name - 1,
#define NAME(field, name, judge) name
  static const uint8_t lens[] = {KNOWN(LEN)};
  static const char names[] = KNOWN(NAME); /* one after the other */
#undef LEN
#undef NAME
  const char *known = names;
  unsigned which = 0;

  while (which < FIELD_OTHER &&
         !upshake_same_fold(name, slice_of(known, lens[which])))
    known += lens[which++];
  return which;
}
#endif

void upshake_judge_line(upshake *hs, upshake_slice name, upshake_slice value,
                        uint32_t at) {
  judge_known(hs, which_field(name), value, at);
}

/* ---- when all fields are there ---- */

/* Host and framing, for every request. */
static upshake_error judge_message(const upshake *hs, uint32_t *offset) {
  const upshake_facts *facts = &hs->facts;

  *offset = facts->bad_at;
  if (facts->bad && facts->bad < UPSHAKE_ERR_HOST_MISSING)
    return (upshake_error)facts->bad;
  *offset = hs->end;
  if ((facts->flags & (FACT_HOST | FACT_HTTP_1_0)) == 0)
    return UPSHAKE_ERR_HOST_MISSING;
  *offset = facts->in.head.content_at;
  if ((facts->flags & FACT_CODING) && !(facts->flags & FACT_CHUNKED_LAST))
    return UPSHAKE_ERR_CODING_NOT_CHUNKED;
  return UPSHAKE_OK;
}

/* Is there an offer of something in the table?  RFC 9110 7.8 and 7.6.1. */
static upshake_error judge_upgrade_fields(const upshake *hs, uint32_t *offset) {
  const upshake_facts *facts = &hs->facts;

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

static int is_list_space(char octet) { return octet == ',' || is_blank(octet); }

/* memcmp would be a call, of which this is at the end of a path. */
static int is_get(upshake_slice method) {
  const char *p = method.ptr;
  return method.len == 3 && p[0] == 'G' && p[1] == 'E' && p[2] == 'T';
}

/* Is it one of the entry's methods, "GET, POST"? */
static int allows_method(const upshake_protocol *protocol,
                         upshake_slice method) {
  const char *p = protocol->methods;
  if (!p)
    return is_get(method);
  while (*p) {
    size_t len = 0;
    while (p[len] && !is_list_space(p[len]))
      len++;
    if (len > 0 && upshake_same(slice_of(p, len), method))
      return 1;
    p += len > 0 ? len : 1;
  }
  return 0;
}

static int body_policy(const upshake_protocol *protocol, int rules) {
  if (protocol->body != UPSHAKE_BODY_DEFAULT)
    return protocol->body;
  return is_strict(rules) ? UPSHAKE_BODY_REFUSE : UPSHAKE_BODY_PLAIN;
}

/* HTTP2-Settings is good, and not forwarded by mistake (RFC 9110 7.6.1). */
static int has_settings(const upshake_facts *facts) {
  uint32_t needed = FACT_SETTINGS | FACT_CONNECTION_SETTINGS;
  return (facts->flags & (needed | FACT_SETTINGS_BAD)) == needed;
}

/* The reason to pass an offer over as if it had not been made. */
static upshake_error
judge_eligible(const upshake *hs, const upshake_protocol *protocol, int rules) {
  if (has_body(&hs->facts) &&
      body_policy(protocol, rules) == UPSHAKE_BODY_PLAIN)
    return UPSHAKE_ERR_PASSED_OVER_BODY;
  if (!is_strict(rules) && !allows_method(protocol, upshake_method_of(hs)))
    return UPSHAKE_ERR_PASSED_OVER_METHOD;
  if (rules == UPSHAKE_RULES_H2C && !has_settings(&hs->facts))
    return UPSHAKE_ERR_PASSED_OVER_SETTINGS;
  return UPSHAKE_OK;
}

/* The target's authority, if it has one, has been found to name a host. */
static int names_no_host(const upshake *hs) {
  return (hs->facts.flags & FACT_HOST_EMPTY) && !upshake_has_authority(hs);
}

/* A body of an offer that is eligible. */
static upshake_error judge_body(const upshake *hs,
                                const upshake_protocol *protocol, int rules) {
  uint64_t most = hs->config->limits.body;
  if (!has_body(&hs->facts))
    return UPSHAKE_OK;
  if (body_policy(protocol, rules) == UPSHAKE_BODY_REFUSE)
    return UPSHAKE_ERR_BODY;
  return most > 0 && hs->facts.body_len > most ? UPSHAKE_ERR_BODY_LONG
                                               : UPSHAKE_OK;
}

static upshake_error judge_method(const upshake *hs,
                                  const upshake_protocol *protocol, int rules) {
  if (allows_method(protocol, upshake_method_of(hs)))
    return UPSHAKE_OK;
  return rules == UPSHAKE_RULES_WEBSOCKET ? UPSHAKE_ERR_METHOD
                                          : UPSHAKE_ERR_METHOD_NOT_GET;
}

/* A request for capsules has no content, so nothing is said of one (RFC 9297
 * 3.2).  One with content was refused before. */
static int speaks_of_content(const upshake *hs, uint32_t *offset) {
  *offset = hs->facts.in.head.content_at;
  return (hs->facts.flags & (FACT_LENGTH | FACT_CONTENT_TYPE)) != 0;
}

/* The reason to refuse an offer that is eligible. */
static upshake_error judge_rules(const upshake *hs,
                                 const upshake_protocol *protocol, int rules,
                                 uint32_t *offset) {
  const upshake_facts *facts = &hs->facts;
  upshake_error error;

  *offset = facts->in.head.content_at;
  if (facts->flags & FACT_CODING_UNKNOWN)
    return UPSHAKE_ERR_CODING_UNKNOWN;
  if (is_strict(rules) && names_no_host(hs)) {
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
  if (rules == UPSHAKE_RULES_CAPSULES && speaks_of_content(hs, offset))
    return UPSHAKE_ERR_CAPSULES;
  *offset = facts->bad_at;
  if (facts->bad == UPSHAKE_ERR_EXPECTATION)
    return UPSHAKE_ERR_EXPECTATION;
  return rules == UPSHAKE_RULES_WEBSOCKET ? upshake_judge_websocket(hs, offset)
                                          : UPSHAKE_OK;
}

/* Judges one offered protocol: UPSHAKE_OK, why it is passed over, or why it is
 * refused. */
static upshake_error judge_protocol(const upshake *hs, size_t place, int rules,
                                    uint32_t *offset) {
  const upshake_protocol *protocol = &hs->config->protocols[place];
  upshake_error error = judge_eligible(hs, protocol, rules);
  return error ? error : judge_rules(hs, protocol, rules, offset);
}

/* What an error of the judgement leads to: the reasons for PLAIN stand
 * together. */
static upshake_next next_of(upshake_error error) {
  if (error >= UPSHAKE_ERR_PROXY_TOOK_UPGRADE && error <= UPSHAKE_ERR_DECLINED)
    return UPSHAKE_PLAIN;
  return error ? UPSHAKE_SEND : UPSHAKE_DECIDE;
}

/* The order between what two protocols came to: the first that is valid, else
 * the first that is refused, else the first that was passed over. */
static int is_better(const verdict *a, const verdict *b) {
  static const uint8_t rank[] = {0, 3, 2, 1}; /* by upshake_next */
  return rank[a->next] > rank[b->next];
}

/* Judges one, unless that was done, and keeps the better of two verdicts.  What
 * fails its own rules is struck out of the offer. */
static void judge_place(upshake *hs, size_t place, uint32_t *left,
                        verdict *best) {
  uint32_t bit = (uint32_t)1 << place;
  verdict result = {0, 0, 0, 0, 0};

  if ((*left & bit) == 0)
    return;
  *left &= ~bit;
  result.protocol = (uint8_t)place;
  result.rules = (uint8_t)upshake_rules_of(&hs->config->protocols[place]);
  result.error =
      (uint8_t)judge_protocol(hs, place, result.rules, &result.offset);
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

  best->next = UPSHAKE_READ; /* than which all are better */
  if (config->protocol_client_order)
    for (size_t i = 0; i < sizeof hs->facts.in.head.order && order[i]; i++)
      judge_place(hs, order[i] - 1u, &left, best);
  for (size_t i = 0; left; i++)
    judge_place(hs, i, &left, best);
  if (best->next == UPSHAKE_SEND &&
      config->protocols[best->protocol].failed == UPSHAKE_FAILED_PLAIN)
    best->next = UPSHAKE_PLAIN;
}

#ifdef UPSHAKE_SMALL
#define is_plain_websocket(hs) 0
#else
/* Nearly all requests offer WebSocket, first in the table, and have what that
 * needs and nothing that any rule is against.  The entry was checked when the
 * handshake began: it allows GET and nothing else. */
static int is_plain_websocket(const upshake *hs) {
  const uint32_t needed = FACT_HOST | FACT_UPGRADE | FACT_CONNECTION_UPGRADE |
                          FACT_VERSION | FACT_KEY;
  const uint32_t allowed = FACT_ORIGIN | FACT_SUBPROTOCOL;
  const upshake_facts *facts = &hs->facts;
  return (facts->flags & ~allowed) == needed && !facts->bad &&
         facts->offered == 1 && !hs->config->subprotocol_required &&
         upshake_rules_of(hs->config->protocols) == UPSHAKE_RULES_WEBSOCKET &&
         is_get(upshake_method_of(hs));
}
#endif

verdict upshake_judge_request(upshake *hs) {
  const verdict good = {0, UPSHAKE_DECIDE, 0, 0, UPSHAKE_RULES_WEBSOCKET};
  verdict result = {0, 0, 0, 0, 0};
  upshake_error error;

  if (is_plain_websocket(hs))
    return good;
  error = judge_message(hs, &result.offset);
  if (!error)
    error = judge_upgrade_fields(hs, &result.offset);
  result.error = (uint8_t)error;
  result.next = (uint8_t)next_of(error);
  if (!error)
    judge_protocols(hs, &result);
  if (next_of((upshake_error)result.error) == UPSHAKE_PLAIN)
    result.offset = hs->end; /* nothing is wrong: something is missing */
  return result;
}
