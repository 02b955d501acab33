/* SPDX-License-Identifier: MIT
 *
 * The entry "*": takes what is offered and no other entry names.  What has
 * rules of its own is not taken: who switches to "websocket" keeps its rules.
 */
#include "../text/field.h"
#include "request.h"
#include "rules.h"

/* 1 if an entry of the table has this name. */
static int is_in_table(const upshake_config *config, upshake_slice member) {
  size_t slash = upshake__token_len(member), i = 0;
  while (i < config->protocols_len &&
         !is_offer_of(member, slash, &config->protocols[i]))
    i++;
  return i < config->protocols_len;
}

static int takes(const upshake_config *config, upshake_slice member) {
  return upshake__is_protocol_list(member) &&
         upshake__rules_of_token(
             slice_of(member.ptr, upshake__token_len(member))) == RULES_NONE &&
         !is_in_table(config, member);
}

/* Returns where the name begins that the application chose. */
static const char *chosen_name(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->chosen.ptr
                                     : hs->memory + hs->chosen_at;
}

/* 1 if this is the name that is looked for; if it is absent, the name that the
 * application chose, or else any name. */
static int is_wanted_name(const upshake *hs, upshake_slice name,
                          upshake_slice member) {
  if (name.ptr)
    return upshake__same_fold(name, member);
  return !(hs->flags & HANDSHAKE_CHOSEN) || chosen_name(hs) == member.ptr;
}

static NOINLINE upshake_slice find_in(const upshake *hs, upshake_slice value,
                                      const upshake_slice *name) {
  upshake_slice member;
  while (upshake__next_in(&value, &member))
    if (takes(hs->config, member) && is_wanted_name(hs, *name, member))
      return member;
  return slice_none();
}

/* An extended CONNECT has one protocol, and no Upgrade. */
static NOINLINE upshake_slice find_in_judge(const upshake *hs,
                                            const upshake_slice *name) {
  upshake_fields fields;
  upshake_slice found = slice_none();
  if (hs->flags & HANDSHAKE_STREAM)
    return find_in(hs, judge_of(hs)->protocol, name);
  fields = upshake__fields_of(hs);
  for (size_t i = 0; !found.ptr && i < fields.array_len; i++)
    if (upshake_equal_fold(fields.array[i].name, "Upgrade"))
      found = find_in(hs, fields.array[i].value, name);
  return found;
}

static NOINLINE upshake_slice find_unnamed(const upshake *hs,
                                           upshake_slice name) {
  upshake_slice lines, value, found = slice_none();
  if (hs->flags & HANDSHAKE_JUDGE)
    return find_in_judge(hs, &name);
  lines = head_fields(&hs->parser, hs->memory);
  while (!found.ptr && upshake__next_line(&lines, "Upgrade", &value))
    found = find_in(hs, value, &name);
  return found;
}

const upshake_private_rules *upshake_any_rules(void) {
  static const upshake_private_rules rules = {
      .kind = RULES_ANY, .takes = takes, .find = find_unnamed};
  return &rules;
}
