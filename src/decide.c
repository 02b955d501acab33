/* SPDX-License-Identifier: MIT
 *
 * Decisions: what the judgement leads to, and what the application says to it.
 */
#include "body.h"
#include "errors.h"
#include "handshake.h"
#include "protocol.h"

/* Of the errors that refuse: syntax, framing, Host and bodies.  Where the next
 * request begins is then in doubt, or nobody will look (RFC 9112 9.3). */
static int is_unsafe_to_keep(upshake_error error) {
  return error <= UPSHAKE_ERR_TRAILER_LONG;
}

/* A final reply is due that is no 101. */
static void refuse(upshake *hs, int status) {
  hs->next = UPSHAKE_SEND;
  hs->flags &= (uint16_t) ~(HANDSHAKE_TAKEN | HANDSHAKE_CONTINUED);
  hs->status = (uint16_t)status;
}

void upshake_conclude_refusal(upshake *hs, upshake_error error,
                              uint32_t offset) {
  refuse(hs, upshake_error_status(error));
  hs->error = (uint8_t)error;
  hs->facts.bad_at = offset;
  if (is_unsafe_to_keep(error))
    hs->flags |= HANDSHAKE_CLOSE;
}

/* Accepted: what comes first, a 100 (Continue), the body, or the 101?  The body
 * of a judged request is its host's to read. */
static void go_on(upshake *hs) {
  int awaits_body = has_body(&hs->facts) &&
                    !(hs->flags & (HANDSHAKE_BODY_END | HANDSHAKE_JUDGE));

  hs->next = UPSHAKE_SEND;
  hs->status = UPSHAKE_ACCEPT;
  if (!awaits_body)
    return;
  hs->flags |= HANDSHAKE_BODY;
  begin_body(hs);
  hs->status = STATUS_CONTINUE;
  if ((hs->facts.flags & FACT_EXPECT_CONTINUE) == 0) {
    hs->next = UPSHAKE_READ;
    hs->status = 0;
  }
}

/* Asks the application.  It may have answered before the callback returns. */
static void ask(upshake *hs) {
  const upshake_config *config = hs->config;
  int answer;

  if (!config->decide) {
    go_on(hs);
    return;
  }
  answer = config->decide(hs, hs->user);
  if (hs->next != UPSHAKE_DECIDE || answer == UPSHAKE_LATER)
    return;
  if (upshake_answer(hs, answer) != UPSHAKE_OK)
    upshake_conclude_refusal(hs, UPSHAKE_ERR_DECISION, hs->end);
}

void upshake_conclude(upshake *hs) {
  verdict result;

  if (hs->facts.offered && hs->config->origin != UPSHAKE_ORIGIN_ANY)
    upshake_judge_origin(hs);
  result = upshake_judge_request(hs);
  hs->protocol = result.protocol;
  hs->rules = result.rules;
  if (result.next == UPSHAKE_SEND) {
    upshake_conclude_refusal(hs, (upshake_error)result.error, result.offset);
    return;
  }
  hs->next = result.next;
  hs->error = result.error;
  hs->facts.bad_at = result.offset;
  if (result.next == UPSHAKE_DECIDE)
    ask(hs);
}

/* ---- the application's part ---- */

void upshake_conclude_body(upshake *hs) {
  const upshake_protocol *protocol = &hs->config->protocols[hs->protocol];
  hs->flags |= HANDSHAKE_BODY_END;
  hs->next = UPSHAKE_DECIDE;
  if (protocol->body == UPSHAKE_BODY_ASK)
    ask(hs);
  else
    go_on(hs);
}

static upshake_error accept_or_decline(upshake *hs, int answer) {
  if (hs->next != UPSHAKE_DECIDE)
    return UPSHAKE_ERR_STATE;
  if (answer == UPSHAKE_ACCEPT) {
    go_on(hs);
    return UPSHAKE_OK;
  }
  if (hs->flags & HANDSHAKE_BODY) /* its octets are gone */
    return UPSHAKE_ERR_STATE;
  hs->next = UPSHAKE_PLAIN;
  hs->error = UPSHAKE_ERR_DECLINED;
  hs->facts.bad_at = hs->end;
  return UPSHAKE_OK;
}

/* The application refuses.  That is the cause only where there is none yet: a
 * request that is PLAIN, or was refused before, keeps its own. */
static void refuse_as_told(upshake *hs, int status) {
  if (hs->error == UPSHAKE_OK || hs->error == UPSHAKE_ERR_INCOMPLETE)
    upshake_conclude_refusal(hs, UPSHAKE_ERR_REFUSED, hs->end);
  refuse(hs, status);
  hs->flags |= HANDSHAKE_ANSWERED;
}

/* Has an octet of the final reply been taken, or of a 100 but not all? */
static int is_reply_taken(const upshake *hs) {
  return (hs->flags & HANDSHAKE_TAKEN) && !(hs->flags & HANDSHAKE_CONTINUED);
}

upshake_error upshake_answer(upshake *hs, int answer) {
  if (is_reply_taken(hs))
    return UPSHAKE_ERR_STATE;
  if (answer == UPSHAKE_ACCEPT || answer == UPSHAKE_DECLINE)
    return accept_or_decline(hs, answer);
  if (answer < 300 || answer > 599) /* final, and no success: RFC 9110 15 */
    return UPSHAKE_ERR_ANSWER;
  if (answer == 426 && !upshake_spoken(hs->config))
    return UPSHAKE_ERR_ANSWER; /* it must name a protocol: RFC 9110 15.5.22 */
  if (hs->next == UPSHAKE_READ && !(hs->flags & HANDSHAKE_BODY))
    set_head_end(hs, hs->held);
  refuse_as_told(hs, answer);
  return UPSHAKE_OK;
}

upshake_error upshake_choose_protocol(upshake *hs, size_t place) {
  if (hs->next != UPSHAKE_DECIDE)
    return UPSHAKE_ERR_STATE;
  if (place >= hs->config->protocols_len ||
      (hs->facts.offered >> place & 1) == 0)
    return UPSHAKE_ERR_NOT_OFFERED;
  hs->protocol = (uint8_t)place;
  hs->rules = (uint8_t)upshake_rules_of(&hs->config->protocols[place]);
  return UPSHAKE_OK;
}

/* ---- sub-protocols ---- */

/* The first member of the list with exactly these octets; absent where there
 * is none. */
static upshake_slice find_member(upshake_list *list, upshake_slice text) {
  upshake_slice member;
  while (upshake_next_member(list, &member))
    if (upshake_same(member, text))
      return member;
  return slice_none();
}

static upshake_slice find_offered(const upshake *hs, upshake_slice name) {
  upshake_slice found = slice_none();
  for (size_t i = 0; i < upshake_lists_len(hs) && !found.ptr; i++) {
    upshake_list list = upshake_list_at(hs, i);
    found = find_member(&list, name);
  }
  return found;
}

upshake_error upshake_choose_subprotocol(upshake *hs, upshake_slice name) {
  upshake_slice found = slice_none();

  if (hs->next != UPSHAKE_DECIDE || hs->rules != UPSHAKE_RULES_WEBSOCKET)
    return UPSHAKE_ERR_STATE;
  if (name.ptr) {
    found = find_offered(hs, name);
    if (!found.ptr)
      return UPSHAKE_ERR_NOT_OFFERED;
  }
  hs->flags |= HANDSHAKE_CHOSEN;
  if (hs->flags & HANDSHAKE_JUDGE) {
    ((upshake_judge *)(void *)hs)->chosen = found;
    return UPSHAKE_OK;
  }
  hs->chosen_at = found.ptr ? (uint32_t)(found.ptr - hs->memory) : 0;
  hs->chosen_len = (uint32_t)found.len;
  return UPSHAKE_OK;
}
