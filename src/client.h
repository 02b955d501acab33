/* SPDX-License-Identifier: MIT
 *
 * The client, from inside: what its two files have in common.
 */
#ifndef UPSHAKE_CLIENT_H
#define UPSHAKE_CLIENT_H

#include "head.h"

/* upshake_client.flags */
enum {
  CLIENT_HEAD = 1 << 0,                 /* the method of the request is HEAD */
  CLIENT_SUBPROTOCOL_REQUIRED = 1 << 1, /* the caller wants one             */
  CLIENT_CLOSE = 1 << 2                 /* the request says close           */
};

/* What was asked for, and what the answer says; both as field lines. */
static inline upshake_slice client_asked(const upshake_client *client) {
  return slice_of(client->asked, client->asked_len);
}

static inline upshake_slice client_fields(const upshake_client *client) {
  uint32_t end = client->parser.pos - 2; /* of the empty line */
  return slice_of(client->memory + client->fields_at, end - client->fields_at);
}

/* What is wrong with an answer, and where; UPSHAKE_OK. */
typedef struct answer_fault {
  upshake_error error;
  const char *at; /* into the answer; NULL: where the head ends */
} answer_fault;

/* Does the 101 keep the rules of every protocol (RFC 9110 7.8)? */
answer_fault upshake_judge_switch(const upshake_client *client);

/* Then, does it keep those of WebSocket, where that is the protocol (RFC 6455
 * 4.1)?  Stores what is agreed of permessage-deflate. */
answer_fault upshake_judge_accepted(upshake_client *client);

/* What a 101 that does has agreed to; absent where it is not. */
upshake_slice upshake_agreed_protocol(const upshake_client *client);
upshake_slice upshake_agreed_subprotocol(const upshake_client *client);
upshake_slice upshake_agreed_extensions(const upshake_client *client);

#endif
