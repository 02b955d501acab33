/* SPDX-License-Identifier: MIT
 *
 * The client: what client.c and switch.c share.
 */
#ifndef UPSHAKE_SRC_CLIENT_CLIENT_H
#define UPSHAKE_SRC_CLIENT_CLIENT_H

#include "../head/head.h"

#ifndef UPSHAKE_NO_CLIENT

/* upshake_client.flags */
enum {
  CLIENT_HEAD = 1 << 0, /* the method of the request is HEAD */
  CLIENT_CLOSE = 1 << 1 /* the request says close            */
};

/* The field lines of the request, and of the answer. */
static inline upshake_slice client_asked(const upshake_client *client) {
  return slice_of(client->asked, client->asked_len);
}

static inline upshake_slice client_fields(const upshake_client *client) {
  uint32_t end = client->parser.pos - 2; /* without the empty line */
  return slice_of(client->memory + client->fields_at, end - client->fields_at);
}

/* Returns the first member, in all lines with this name, that equals *member:
 * the part before a "/" in any case, the rest byte for byte.  If `member` is
 * NULL, returns the first member.  Absent if there is none. */
UPSHAKE_PRIVATE upshake_slice upshake__find_member(upshake_slice fields,
                                                   const char *name,
                                                   const upshake_slice *member);

/* Notes what is wrong with the answer, and where it is in the memory.  Returns
 * 0, which is also the result of a judge that refuses. */
static inline int client_note(upshake_client *client, upshake_error error,
                              uint64_t at) {
  client->error = (uint8_t)error;
  client->offset = client->skipped + at;
  return 0;
}

/* 1 if the 101 keeps the rules of every protocol (RFC 9110 7.8). */
UPSHAKE_PRIVATE int upshake__judge_switch(upshake_client *client);

/* 1 if the 101 also keeps the rules of WebSocket (RFC 6455 4.1), or switches to
 * another protocol.  Stores what is agreed of permessage-deflate. */
UPSHAKE_PRIVATE int upshake__judge_accepted(upshake_client *client);

/* What a valid 101 agrees to.  A slice is absent if nothing is agreed. */
typedef struct agreement {
  upshake_slice protocol, subprotocol, extensions;
} agreement;
UPSHAKE_PRIVATE void upshake__read_agreement(const upshake_client *client,
                                             agreement *agreed);

#endif

#endif
