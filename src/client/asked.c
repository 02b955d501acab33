/* SPDX-License-Identifier: MIT
 *
 * The client: begins with the request that was sent.  What an answer is
 * compared with is copied to the start of the memory, so that the request need
 * not live until the answer.
 */
#include "client.h"

#include "../judge/judge.h"
#include "../judge/protocol.h"
#include "../judge/rules.h"
#include "../reply/reply.h"
#include "../text/field.h"
#include "../text/scan.h"

#ifndef UPSHAKE_NO_CLIENT

/* ---- does the request ask for a switch? ---- */

COLD NOINLINE int upshake__has_member(upshake_slice fields, const char *name,
                                      const char *text, size_t len) {
  upshake_slice member = slice_of(text, len);
  return upshake__find_member(fields, name, &member).ptr != NULL;
}

/* 1 if there is exactly one key, and it is valid (RFC 6455 4.1). */
static NOINLINE int has_key(upshake_slice fields) {
  upshake_slice value;
  return upshake__next_line(&fields, NAME_KEY, &value) &&
         upshake__is_key(value) &&
         !upshake__next_line(&fields, NAME_KEY, &value);
}

/* 1 if this member of Upgrade can be asked for: it is a protocol (RFC 9110
 * 7.8), and has no version if it has rules of its own. */
static int is_askable(const upshake_slice *member) {
  size_t len = index_of(*member, '/');
  return upshake__is_protocol_list(*member) &&
         (len == member->len ||
          upshake__rules_of_token(slice_of(member->ptr, len)) == RULES_NONE);
}

/* 1 if Upgrade has members, and each of them can be asked for. */
static NOINLINE int offers_protocols(upshake_slice fields) {
  upshake_slice line, member;
  int found = 0;
  while (upshake__next_line(&fields, NAME_UPGRADE, &line)) {
    while (upshake__next_in(&line, &member)) {
      if (!is_askable(&member))
        return 0;
      found = 1;
    }
  }
  return found;
}

enum { ASKS_NOTHING, ASKS, ASKS_WRONGLY };

/* Returns whether the request asks for a switch.  It asks for none if it has
 * neither Upgrade nor the option for it; WebSocket needs a key. */
static NOINLINE COLD int asks(const upshake_parser *parser, const char *bytes) {
  upshake_slice fields = head_fields(parser, bytes);
  int has_option = HAS_OPTION(fields, "upgrade");

  if (!has_option && !upshake__find_line(fields, NAME_UPGRADE).ptr)
    return ASKS_NOTHING;
  if (parser->minor == 0 || !has_option ||
      upshake_equal(head_method(parser, bytes), "CONNECT") ||
      !offers_protocols(fields))
    return ASKS_WRONGLY;
  return !upshake__has_member(fields, NAME_UPGRADE,
                              UPSHAKE_TEXT("websocket")) ||
                 has_key(fields)
             ? ASKS
             : ASKS_WRONGLY;
}

/* ---- what is kept of it ---- */

/* Returns the short name of a field that is kept, or 0. */
static char short_name(upshake_slice name) {
  static const char names[] = /* in one string; an empty name ends it */
      ASKED_UPGRADE NAME_UPGRADE "\0" ASKED_KEY NAME_KEY
                                 "\0" ASKED_SUBPROTOCOL NAME_SUBPROTOCOL
                                 "\0" ASKED_EXTENSIONS NAME_EXTENSIONS "\0";
  for (const char *at = names; *at; at += strlen(at) + 1)
    if (upshake_equal_fold(name, at + 1))
      return *at;
  return 0;
}

/* Writes the lines that are kept to `out`; if it is NULL, only measures them.
 * The request may be in the same memory, at `out` or behind it: no line becomes
 * longer. */
static NOINLINE COLD size_t keep_lines(upshake_slice fields, char *out) {
  upshake_field field;
  size_t len = 0;
  while (upshake__next_raw_field(&fields, &field)) {
    char name = short_name(field.name);
    if (!name)
      continue;
    if (out) {
      memmove(out + len + 2, field.value.ptr, field.value.len);
      out[len] = name;
      out[len + 1] = ':';
      memcpy(out + len + 2 + field.value.len, "\r\n", 2);
    }
    len += field.value.len + 4;
  }
  return len;
}

static NOINLINE uint8_t flags_of(const upshake_parser *parser,
                                 const char *bytes) {
  unsigned flags = 0;
  if (upshake_equal(head_method(parser, bytes), "HEAD"))
    flags |= CLIENT_HEAD;
  if (upshake_equal(head_method(parser, bytes), "CONNECT"))
    flags |= CLIENT_CONNECT;
  if (HAS_OPTION(head_fields(parser, bytes), CLOSE_OPTION))
    flags |= CLIENT_CLOSE;
  return (uint8_t)flags;
}

/* Returns how long a head may be. */
static uint32_t most_of_head(const upshake_client_policy *policy, size_t cap) {
  uint32_t most = clamp_len(cap);
  return head_limit(policy ? policy->limits.total : 0, most, most);
}

COLD upshake_error upshake_client_init(upshake_client *client,
                                       const upshake_client_policy *policy,
                                       upshake_slice request, void *memory,
                                       size_t cap) {
#define MOST(name, otherwise, most) .name = most,
  static const upshake_limits most = {LIMITS(MOST)};
#undef MOST
  upshake_parser parser;
  upshake_slice fields;
  size_t end;
  int asked;

  memset(&parser, 0, sizeof parser);
  if (upshake_parse_head(&parser, &most, request.ptr, request.len, &end) ||
      end != request.len)
    return UPSHAKE_ERR_REQUEST;
  fields = head_fields(&parser, request.ptr);
  asked = asks(&parser, request.ptr);
  if (asked == ASKS_WRONGLY)
    return UPSHAKE_ERR_REQUEST;
  if (asked == ASKS_NOTHING)
    fields.len = 0;
  end = keep_lines(fields, NULL);
  if (end > cap)
    return UPSHAKE_ERR_ROOM;

  memset(client, 0, sizeof *client);
  client->policy = policy;
  client->flags = flags_of(&parser, request.ptr);
  client->memory = memory;
  if (end > 0)
    client->memory += keep_lines(fields, memory);
  client->asked_len = (uint32_t)end;
  client->cap = most_of_head(policy, cap - end);
  return UPSHAKE_OK;
}

#endif
