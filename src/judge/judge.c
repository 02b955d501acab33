/* SPDX-License-Identifier: MIT
 *
 * The judgement gathers facts from each field line.  What follows from them
 * when the head is complete is in order.c.
 */
#include "../error/errors.h"
#include "../text/field.h"
#include "known.h"
#include "request.h"
#include "rules.h"
#include "../text/literal.h"

/* ---- fields that every offer has ---- */

/* Notes a connection option.  Returns 0 if it has no meaning here. */
static COLD int note_option(upshake_private_facts *facts,
                            upshake_slice option) {
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
void upshake__judge_connection(upshake_private_facts *facts,
                               const upshake_config *config,
                               upshake_slice value, uint32_t at) {
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
  uint8_t *order = facts->part.head.order;
  uint32_t bit = (uint32_t)1 << place;
  if (facts->offered & bit)
    return;
  facts->offered |= bit;
  for (size_t i = 0; i < sizeof facts->part.head.order; i++) {
    if (order[i] == 0) {
      order[i] = (uint8_t)(place + 1);
      return;
    }
  }
}

/* 1 if the entry at this place takes what no entry names: see any.c. */
static inline int takes_unnamed(const upshake_config *config, size_t place,
                                upshake_slice member) {
  const upshake_private_rules *rules = rules_of(&config->protocols[place]);
  return rules->takes && rules->takes(config, member);
}

/* Notes which entries a member of Upgrade offers. */
static NOINLINE COLD void judge_member(upshake_private_facts *facts,
                                       const upshake_config *config,
                                       upshake_slice member) {
  const char *end = member.ptr + member.len;
  size_t slash =
      (size_t)(upshake__skip_class(member.ptr, end, CLASS_TOKEN) - member.ptr);

  if (slash < member.len && member.ptr[slash] != '/')
    return; /* neither a name, nor a name and a version */
  if (!upshake__is_spoken(member, facts->transport))
    return;
  for (size_t i = 0; i < config->protocols_len; i++)
    if (takes_unnamed(config, i, member) ||
        is_offer_of(member, slash, &config->protocols[i]))
      note_offer(facts, i);
}

/* Fast path: a server of WebSocket alone is asked for WebSocket alone.  init
 * has checked the name of the entry. */
#ifdef UPSHAKE_SMALL
#define is_only_websocket(facts, config, value) 0
#else
static inline int is_only_websocket(const upshake_private_facts *facts,
                                    const upshake_config *config,
                                    upshake_slice value) {
  return config->protocols_len == 1 &&
         facts->part.head.rules->kind == RULES_WEBSOCKET &&
         IS_NAME(value, "websocket") &&
         IS_NAME(slice_text(config->protocols->name), "websocket");
}
#endif

static NOINLINE void judge_members(upshake_private_facts *facts,
                                   const upshake_config *config,
                                   upshake_slice value) {
  upshake_slice member;
  while (upshake__next_in(&value, &member))
    judge_member(facts, config, member);
}

void upshake__judge_upgrade(upshake_private_facts *facts,
                            const upshake_config *config, upshake_slice value,
                            uint32_t at) {
  (void)at;
  facts->flags |= FACT_UPGRADE;
  if (is_only_websocket(facts, config, value))
    note_offer(facts, 0);
  else
    judge_members(facts, config, value);
}

static void note_expectation(upshake_private_facts *facts, uint32_t at) {
  facts->flags |= FACT_EXPECT_OTHER;
  upshake__note_bad(facts, UPSHAKE_ERR_EXPECTATION, at);
}

/* Expect = #expectation.  The only expectation is 100-continue; in HTTP/1.0
 * there is none (RFC 9110 10.1.1). */
COLD void upshake__judge_expect(upshake_private_facts *facts,
                                const upshake_config *config,
                                upshake_slice value, uint32_t at) {
  upshake_slice member;

  (void)config;
  if (facts->flags & FACT_HTTP_1_0)
    return;
  while (upshake__next_in(&value, &member)) {
    if (upshake_equal_fold(member, "100-continue"))
      facts->flags |= FACT_EXPECT_CONTINUE;
    else
      note_expectation(facts, at);
  }
}

/* ---- which field is it? ---- */

COLD unsigned upshake__which_field(upshake_slice name) {
#define LEN(field, name, owner, judge) sizeof name - 1,
#define NAME(field, name, owner, judge) name
  static const uint8_t lens[] = {KNOWN(LEN)};
  static const char names[] = KNOWN(NAME); /* in one string */
#undef LEN
#undef NAME
  const char *known = names;
  unsigned which = 0;

  /* no two of them have the same length and the same first letter */
  while (which < FIELD_OTHER &&
         (name.len != lens[which] || ((*name.ptr ^ *known) & ~0x20) != 0))
    known += lens[which++];
  if (which < FIELD_OTHER &&
      !upshake__same_fold(name, slice_of(known, name.len)))
    return FIELD_OTHER;
  return which;
}

#ifndef UPSHAKE_SMALL
/* X(length, field, field): the fields whose names have this length; the second
 * is the one whose first letter has bit 1, which the look-up asks for. */
#define NO_FIELD -1
/* clang-format off */
#define PLACES(X) \
  X(4,  FIELD_HOST,              NO_FIELD) \
  X(6,  FIELD_EXPECT,            FIELD_ORIGIN) \
  X(7,  FIELD_UPGRADE,           NO_FIELD) \
  X(10, NO_FIELD,                FIELD_CONNECTION) \
  X(12, NO_FIELD,                FIELD_CONTENT_TYPE) \
  X(14, FIELD_HTTP2_SETTINGS,    FIELD_CONTENT_LENGTH) \
  X(17, FIELD_TRANSFER_ENCODING, FIELD_KEY) \
  X(21, NO_FIELD,                FIELD_VERSION) \
  X(22, NO_FIELD,                FIELD_SUBPROTOCOL) \
  X(24, NO_FIELD,                FIELD_EXTENSIONS)
/* clang-format on */

#define COUNT(len, even, odd) +((even) != NO_FIELD) + ((odd) != NO_FIELD)
STATIC_ASSERT(0 PLACES(COUNT) == FIELD_OTHER, each_known_field_has_a_place);
#undef COUNT

#define PLACE(len, even, odd) [len] = {even + 1, odd + 1},
UPSHAKE_PRIVATE_CONST const uint8_t
    upshake__known_by_len[SCAN_NAME_MOST + 1][2] = {PLACES(PLACE)};
#undef PLACE
#undef PLACES
#undef NO_FIELD

#define BYTE_OF(lower, i) (i < sizeof lower - 1 ? lower[i] : 0)
#define MASK_OF(lower, i) (i < sizeof lower - 1 ? -1 : 0)
#define EIGHT(BYTE, lower)                                                     \
  {                                                                            \
    BYTE(lower, 0), BYTE(lower, 1), BYTE(lower, 2), BYTE(lower, 3),            \
        BYTE(lower, 4), BYTE(lower, 5), BYTE(lower, 6), BYTE(lower, 7)         \
  }
#define BEGIN(field, lower, owner, judge)                                      \
  {EIGHT(BYTE_OF, lower), EIGHT(MASK_OF, lower)},
UPSHAKE_PRIVATE_CONST const known_begin upshake__known_begins[FIELD_OTHER + 1] =
    {{{0}, EIGHT(MASK_OF, "12345678")}, KNOWN(BEGIN)};
#undef BEGIN
#endif

/* Returns the rules of another entry that judge this field; NULL if there are
 * none. */
static NOINLINE const upshake_private_rules *
find_rules(const upshake_config *config, unsigned which) {
  for (size_t i = 1; i < config->protocols_len; i++) {
    const upshake_private_rules *rules = rules_of(&config->protocols[i]);
    if (has_judge(rules, which))
      return rules;
  }
  return NULL;
}

/* Key and version show that a proxy removed Upgrade.  They are noted also for a
 * server that does not speak WebSocket. */
void upshake__judge_by_other_rules(upshake *hs, unsigned which,
                                   upshake_slice value, uint32_t at) {
  const upshake_private_rules *rules = find_rules(hs->config, which);
  if (rules) {
    rules->judge(&hs->facts, hs->config, value, at, which);
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
