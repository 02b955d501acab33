/* SPDX-License-Identifier: MIT
 *
 * The client: what its files share.
 */
#ifndef UPSHAKE_SRC_CLIENT_CLIENT_H
#define UPSHAKE_SRC_CLIENT_CLIENT_H

#include "../head/head.h"

#ifndef UPSHAKE_NO_CLIENT

/* upshake_client.flags */
enum {
  CLIENT_HEAD = 1 << 0,    /* the method of the request is HEAD */
  CLIENT_CLOSE = 1 << 1,   /* the request says close            */
  CLIENT_CONNECT = 1 << 2, /* the method is CONNECT             */
  CLIENT_HTTP_2 = 1 << 3,  /* the response is of HTTP/2         */
  CLIENT_HTTP_3 = 1 << 4   /* the response is of HTTP/3         */
};

/* Names of fields that stand in several files. */
#define NAME_KEY "Sec-WebSocket-Key"
#define NAME_EXTENSIONS "Sec-WebSocket-Extensions"

/* What is kept of the request stands before the head of the answer: field lines
 * with these short names and without blanks. */
#define ASKED_UPGRADE "u"
#define ASKED_KEY "k"
#define ASKED_SUBPROTOCOL "p"
#define ASKED_EXTENSIONS "e"

/* The lines that are kept of the request; the field lines of the answer. */
static inline upshake_slice client_asked(const upshake_client *client) {
  return slice_of(client->memory - client->asked_len, client->asked_len);
}

static inline upshake_slice client_fields(const upshake_client *client) {
  uint32_t end = client->parser.pos - 2; /* without the empty line */
  return slice_of(client->memory + client->fields_at, end - client->fields_at);
}

/* Returns how many bytes of the memory belong to the head so far. */
static inline uint32_t client_head_len(const upshake_client *client) {
  return client->next == UPSHAKE_CLIENT_READ ? client->held
                                             : client->parser.pos;
}

#define STATUS_AT 9  /* behind "HTTP/1.1 " */
#define REASON_AT 13 /* behind "HTTP/1.1 101 " */

/* The status, and whether the version is 1.0, of a complete status line. */
static inline int status_of(const upshake_client *client) {
  const char *digits = client->memory + STATUS_AT;
  return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
}

static inline int is_http_1_0(const upshake_client *client) {
  return client->memory[STATUS_AT - 2] == '0';
}

/* Returns the first member, in all lines with this name, that equals *member:
 * the part before a "/" in any case, the rest byte for byte.  If `member` is
 * NULL, returns the first member.  Absent if there is none. */
UPSHAKE_PRIVATE upshake_slice upshake__find_member(upshake_slice fields,
                                                   const char *name,
                                                   const upshake_slice *member);

/* 1 if a list field has this member.  The text has its length, so that no other
 * call takes stack: see NOINLINE. */
UPSHAKE_PRIVATE int upshake__has_member(upshake_slice fields, const char *name,
                                        const char *text, size_t len);

/* 1 if Connection has this option (RFC 9110 7.6.1). */
#define HAS_OPTION(fields, option)                                             \
  upshake__has_member(fields, "Connection", UPSHAKE_TEXT(option))

/* Notes what is wrong with the answer, and where it is in the memory.  Returns
 * 0, which is also the result of a judge that refuses. */
static inline int client_note(upshake_client *client, upshake_error error,
                              uint64_t at) {
  client->error = (uint8_t)error;
  client->offset = client->skipped + at;
  return 0;
}

static inline upshake_client_next
client_refuse(upshake_client *client, upshake_error error, uint64_t at) {
  client_note(client, error, at);
  return UPSHAKE_CLIENT_REFUSED;
}

/* Judges a complete head that is not interim. */
UPSHAKE_PRIVATE upshake_client_next
upshake__judge_answer(upshake_client *client);

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
