/* SPDX-License-Identifier: MIT
 *
 * Decisions: what follows from the verdict and from the application's answer.
 */
#include "../error/errors.h"
#include "handshake.h"
#include "../judge/protocol.h"
#include "../reply/reply.h"

/* 1 for errors of syntax, framing, Host and bodies: it is not sure where the
 * next request begins, so the connection must be closed (RFC 9112 9.3). */
static int is_unsafe_to_keep(upshake_error error) {
  return error_class_of(error) != ERROR_OF_OFFER;
}

/* Makes a final reply with this status due; it is no 101. */
static void refuse_with(upshake *hs, int status) {
  hs->next = UPSHAKE_SEND;
  hs->flags &= (uint16_t) ~(HANDSHAKE_TAKEN | HANDSHAKE_CONTINUED);
  hs->status = (uint16_t)status;
}

COLD void upshake__conclude_refusal(upshake *hs, upshake_error error,
                                    uint32_t offset) {
  refuse_with(hs, error_status(error));
  hs->error = (uint8_t)error;
  hs->facts.bad_at = offset;
  if (is_unsafe_to_keep(error))
    hs->flags |= HANDSHAKE_CLOSE;
}

#if HAS_BODIES
/* If commit has put bytes of the body into the memory already, the next step is
 * to go through them: then the state is BODY, without content. */
COLD void upshake__read_body(upshake *hs) {
  hs->flags |= HANDSHAKE_BODY;
  begin_body(&hs->facts.part.body);
  hs->dropped = 0;
  hs->next = UPSHAKE_SEND;
  hs->status = CONTINUE;
  if ((hs->facts.flags & FACT_EXPECT_CONTINUE) == 0) {
    hs->next = hs->held > hs->parser.pos ? UPSHAKE_BODY : UPSHAKE_READ;
    hs->status = 0;
  }
}
#endif

/* Goes on after ACCEPT: first comes a 100 (Continue), the body, or the 101.
 * The body in a judge is read by its host. */
static NOINLINE COLD void go_on(upshake *hs) {
  hs->next = UPSHAKE_SEND;
  hs->status = UPSHAKE_ACCEPT;
#if HAS_BODIES
  if (has_body(&hs->facts) &&
      !(hs->flags & (HANDSHAKE_BODY_END | HANDSHAKE_JUDGE)))
    upshake__read_body(hs);
#endif
}

/* Asks the application.  The callback may also answer with upshake_answer. */
static void ask_application(upshake *hs) {
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
    upshake__conclude_refusal(hs, UPSHAKE_ERR_DECISION, hs->end);
}

COLD void upshake__conclude(upshake *hs) {
  verdict result;

  prepare_rules(hs);
  result = upshake__judge_request(hs);
  hs->protocol = result.protocol;
  if (result.next == UPSHAKE_SEND) {
    upshake__conclude_refusal(hs, (upshake_error)result.error, result.offset);
    return;
  }
  hs->next = result.next;
  hs->error = result.error;
  hs->facts.bad_at = result.offset;
  if (result.next == UPSHAKE_DECIDE)
    ask_application(hs);
}

/* ---- the application's answer ---- */

#if HAS_BODIES
void upshake__conclude_body(upshake *hs) {
  const upshake_protocol *protocol = &hs->config->protocols[hs->protocol];
  hs->flags |= HANDSHAKE_BODY_END;
  hs->next = is_open(hs) ? UPSHAKE_DECIDE : UPSHAKE_PLAIN;
  if (!is_open(hs))
    return;
  if (protocol->body == UPSHAKE_BODY_ASK)
    ask_application(hs);
  else
    go_on(hs);
}
#endif

static upshake_error accept_or_decline(upshake *hs, int answer) {
  if (hs->next != UPSHAKE_DECIDE)
    return UPSHAKE_ERR_STATE;
  if (answer == UPSHAKE_ACCEPT) {
    go_on(hs);
    return UPSHAKE_OK;
  }
  /* the body is used up; a stream has no other protocol to go on in */
  if (hs->flags & (HANDSHAKE_BODY | HANDSHAKE_STREAM))
    return UPSHAKE_ERR_STATE;
  hs->next = UPSHAKE_PLAIN;
  hs->error = UPSHAKE_ERR_DECLINED;
  hs->facts.bad_at = hs->end;
  return UPSHAKE_OK;
}

/* Refuses for the application.  Its refusal is the cause only if there is no
 * cause yet: a request that is PLAIN or was refused before keeps its first
 * cause. */
static void refuse_as_told(upshake *hs, int status) {
  if (hs->error == UPSHAKE_OK || hs->error == UPSHAKE_ERR_INCOMPLETE)
    upshake__conclude_refusal(hs, UPSHAKE_ERR_REFUSED, hs->end);
  refuse_with(hs, status);
  hs->flags |= HANDSHAKE_ANSWERED;
}

/* 1 if the first byte of the final reply was taken, or a part of a 100. */
static int is_reply_taken(const upshake *hs) {
  return (hs->flags & HANDSHAKE_TAKEN) && !(hs->flags & HANDSHAKE_CONTINUED);
}

/* 1 for an ordinary request, also while its body is read. */
static int is_plain(const upshake *hs) {
  return hs->next == UPSHAKE_PLAIN ||
         (in_body(hs) && !is_open(hs) && hs->next != UPSHAKE_SEND);
}

/* Returns the least final status.  To CONNECT, 2xx would be a tunnel (RFC 9110
 * 9.3.6). */
static int least_status(const upshake *hs) {
  return is_plain(hs) && !upshake__is_method(hs, "CONNECT") ? 200 : 300;
}

COLD upshake_error upshake_answer(upshake *hs, int answer) {
  if (is_reply_taken(hs))
    return UPSHAKE_ERR_STATE;
  if (answer == UPSHAKE_ACCEPT || answer == UPSHAKE_DECLINE)
    return accept_or_decline(hs, answer);
  if (answer < least_status(hs) || answer > 599)
    return UPSHAKE_ERR_ANSWER;
  if (answer == 426 && ((hs->flags & HANDSHAKE_STREAM) ||
                        !upshake__spoken(hs->config, hs->facts.transport)))
    return UPSHAKE_ERR_ANSWER; /* 426 names a protocol: RFC 9110 15.5.22 */
  if (hs->next == UPSHAKE_READ && !(hs->flags & HANDSHAKE_BODY))
    set_head_end(hs, hs->held);
  refuse_as_told(hs, answer);
  return UPSHAKE_OK;
}

/* Returns the place of the offered entry with this name; protocols_len if there
 * is none. */
static size_t find_entry(const upshake *hs, upshake_slice name) {
  const upshake_config *config = hs->config;
  size_t place = 0;
  while (place < config->protocols_len &&
         !((hs->facts.offered >> place & 1) &&
           is_offer_of(name, index_of(name, '/'), &config->protocols[place])))
    place++;
  return place;
}

/* A name that was chosen for "*" is no sub-protocol, and the other way round.
 */
static void choose_entry(upshake *hs, size_t place) {
  int was_unnamed = chosen_rules(hs)->find != NULL;
  hs->protocol = (uint8_t)place;
  if (was_unnamed || chosen_rules(hs)->find)
    hs->flags &= (uint16_t)~HANDSHAKE_CHOSEN;
}

/* Chooses what no entry names, for the entry that takes it; returns 0 if there
 * is none. */
static int choose_unnamed(upshake *hs, upshake_slice name) {
  const upshake_config *config = hs->config;
  for (size_t i = 0; i < config->protocols_len; i++) {
    const upshake_private_rules *rules = rules_of(&config->protocols[i]);
    upshake_slice member = slice_none();
    if (rules->find && (hs->facts.offered >> i & 1))
      member = rules->find(hs, name);
    if (!member.ptr)
      continue;
    choose_entry(hs, i);
    keep_chosen(hs, member);
    return 1;
  }
  return 0;
}

upshake_error upshake_choose_protocol(upshake *hs, upshake_slice name) {
  size_t place;
  if (hs->next != UPSHAKE_DECIDE)
    return UPSHAKE_ERR_STATE;
  place = find_entry(hs, name);
  if (place < hs->config->protocols_len)
    choose_entry(hs, place);
  else if (!choose_unnamed(hs, name))
    return UPSHAKE_ERR_NOT_OFFERED;
  return UPSHAKE_OK;
}

/* ---- sub-protocols ---- */

/* Returns the first offered name with exactly these bytes; absent if there is
 * none. */
static upshake_slice find_offered(const upshake *hs, upshake_slice name) {
  upshake_list list =
      upshake_begin_list(upshake__fields_of(hs), "Sec-WebSocket-Protocol");
  upshake_slice member;
  while (upshake_next_member(&list, &member))
    if (upshake__same(member, name))
      return member;
  return slice_none();
}

upshake_error upshake_choose_subprotocol(upshake *hs, upshake_slice name) {
  upshake_slice found = slice_none();

  if (hs->next != UPSHAKE_DECIDE || !is_websocket(hs))
    return UPSHAKE_ERR_STATE;
  if (name.ptr) {
    found = find_offered(hs, name);
    if (!found.ptr)
      return UPSHAKE_ERR_NOT_OFFERED;
  }
  keep_chosen(hs, found);
  return UPSHAKE_OK;
}
