/* SPDX-License-Identifier: MIT
 *
 * The client, from inside: what its two files have in common.
 */
#ifndef UPSHAKE_CLIENT_H
#define UPSHAKE_CLIENT_H

#include "head.h"

/* upshake_client.flags */
enum {
  CLIENT_HEAD = 1 << 0, /* the method of the request is HEAD */
  CLIENT_CLOSE = 1 << 1 /* the request says close            */
};

/* What was asked for, and what the answer says; both as field lines. */
static inline upshake_slice client_asked(const upshake_client *client) {
  return slice_of(client->asked, client->asked_len);
}

static inline upshake_slice client_fields(const upshake_client *client) {
  uint32_t end = client->parser.pos - 2; /* of the empty line */
  return slice_of(client->memory + client->fields_at, end - client->fields_at);
}

/* The first member in the lines with that name that is the same as this one:
 * what is before a "/" without regard to case, the rest octet for octet.  The
 * first of all where `member` is NULL; absent where there is none. */
upshake_slice upshake_find_member(upshake_slice fields, const char *name,
                                  const upshake_slice *member);

/* Notes what is wrong with the answer, and where in the memory.  Returns 0, as
 * those do that judge. */
static inline int client_note(upshake_client *client, upshake_error error,
                              uint64_t at) {
  client->error = (uint8_t)error;
  client->offset = client->skipped + at;
  return 0;
}

/* Does the 101 keep the rules of every protocol (RFC 9110 7.8)? */
int upshake_judge_switch(upshake_client *client);

/* Then, does it keep those of WebSocket, where that is the protocol (RFC 6455
 * 4.1)?  Stores what is agreed of permessage-deflate. */
int upshake_judge_accepted(upshake_client *client);

/* What a 101 that does has agreed to; absent where it is not. */
typedef struct agreement {
  upshake_slice protocol, subprotocol, extensions;
} agreement;
void upshake_read_agreement(const upshake_client *client, agreement *agreed);

#endif
