/* SPDX-License-Identifier: MIT
 *
 * What tests/compare.sh knows of a library: a case goes in, what one run of it
 * shows comes out.  There is no type of upshake here, so that two revisions
 * whose headers have nothing in common can still be compared; what a revision
 * calls things is known to its adapter alone.
 *
 * An adapter of an older revision is compiled with this file as it is today.
 * So members are added and never change their meaning; 0 is what there was
 * before, and what an adapter does not fill stays 0 on its side only if a rule
 * in decided.tsv says so.
 */
#ifndef COMPARE_ENGINE_H
#define COMPARE_ENGINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- A case -------------------------------------------------------------- */

/* Text of any bytes; ptr NULL: absent. */
typedef struct compare_bytes {
  const char *ptr;
  size_t len;
} compare_bytes;

typedef struct compare_field {
  compare_bytes name, value;
} compare_field;

enum { COMPARE_PROTOCOLS = 32, COMPARE_NAMES = 16, COMPARE_FIELDS = 40 };

/* compare_protocol.rules. */
enum {
  COMPARE_BY_TOKEN,
  COMPARE_NO_RULES,
  COMPARE_WEBSOCKET,
  COMPARE_H2C,
  COMPARE_CAPSULES,
  COMPARE_RULES_LEN
};
/* compare_protocol.body. */
enum {
  COMPARE_BODY_DEFAULT,
  COMPARE_BODY_PLAIN,
  COMPARE_BODY_REFUSE,
  COMPARE_BODY_CONSUME,
  COMPARE_BODY_ASK,
  COMPARE_BODY_LEN
};
/* compare_config.origin. */
enum {
  COMPARE_SAME_HOST,
  COMPARE_ORIGIN_LIST,
  COMPARE_ORIGIN_CALLBACK,
  COMPARE_ANY_ORIGIN,
  COMPARE_ORIGIN_LEN
};
/* compare_config.transport. */
enum {
  COMPARE_UNKNOWN,
  COMPARE_UNSECURED,
  COMPARE_SECURED,
  COMPARE_TRANSPORT_LEN
};
/* An answer, beside the status of a refusal. */
enum { COMPARE_LATER = 0, COMPARE_DECLINE = 1, COMPARE_ACCEPT = 101 };

typedef struct compare_protocol {
  const char *token, *version, *methods, *upgrade;
  uint8_t rules, body, failed_is_plain;
} compare_protocol;

/* Limits of 0 are the default. */
typedef struct compare_config {
  compare_protocol protocols[COMPARE_PROTOCOLS];
  const char *subprotocols[COMPARE_NAMES], *origins[COMPARE_NAMES];
  const char *wanted[COMPARE_NAMES];
  uint32_t protocols_len, subprotocols_len, origins_len, wanted_len;
  uint32_t head_max, method_max, target_max, fields_max, name_max, total_max;
  uint64_t body_max;
  uint8_t origin, transport, lean, cpu;
  uint8_t subprotocol_server_order, subprotocol_required, client_order;
} compare_config;

/* What the application decides, and adds to a reply. */
typedef struct compare_host {
  uint8_t decides; /* there is a callback: it chooses, then answers */
  uint8_t chooses_protocol, chooses_subprotocol;
  uint8_t refuses; /* when all bytes were fed */
  int32_t answer, answer_at_end, place, refusal;
  compare_bytes choice;
  compare_field fields[COMPARE_FIELDS];
  uint32_t fields_len;
  compare_bytes date, body, reason, extensions;
  uint8_t keep;
  uint8_t agrees; /* to permessage-deflate, with these caps */
  uint8_t server_bits, client_bits, server_bits_least;
  uint8_t no_server_takeover, no_client_takeover;
} compare_host;

typedef struct compare_offer {
  uint8_t server_bits, client_bits; /* client_bits 1: any */
  uint8_t no_server_takeover, no_client_takeover;
} compare_offer;

/* What a client asks for. */
typedef struct compare_ask {
  const char *scheme, *authority, *target, *method, *extensions, *origin;
  const char *protocols[COMPARE_NAMES], *subprotocols[COMPARE_NAMES];
  compare_offer deflates[COMPARE_NAMES];
  compare_field fields[COMPARE_FIELDS];
  uint32_t protocols_len, subprotocols_len, deflates_len, fields_len;
  compare_bytes settings, key; /* of 16 bytes, or absent */
} compare_ask;

enum { COMPARE_REQUEST, COMPARE_RESPONSE, COMPARE_ASK, COMPARE_KINDS };

typedef struct compare_case {
  const char *title; /* of the vector that it is made of */
  uint8_t kind;
  compare_config config; /* of a response: head_max, subprotocol_required */
  compare_host host;
  compare_ask ask;
  compare_bytes stream; /* the request, or the response */
  compare_bytes sent;   /* the request that is responded to */
} compare_case;

/* ---- A way to run it ----------------------------------------------------- */

enum {
  COMPARE_FEED,   /* a request, by feed */
  COMPARE_COMMIT, /* a request, by room and commit */
  COMPARE_JUDGE,  /* the fields that another parser found */
  COMPARE_PARSE,  /* the head parser alone */
  COMPARE_CLIENT, /* a response */
  COMPARE_WRITE,  /* a request of a client */
  COMPARE_LAYERS
};
enum { COMPARE_WHOLE, COMPARE_SINGLE, COMPARE_RANDOM };

/* A request as another parser gives it. */
typedef struct compare_parsed {
  compare_bytes method, target;
  int version; /* 11 for HTTP/1.1 */
  const compare_field *fields;
  size_t fields_len;
} compare_parsed;

typedef struct compare_way {
  uint8_t layer, split;
  uint8_t waits;  /* the callback says LATER, the host answers */
  uint8_t moves;  /* the state and its memory, between calls */
  uint32_t seed;  /* of random splits */
  uint32_t parts; /* size of the parts of a reply; 0: it is taken whole */
  compare_parsed parsed;
} compare_way;

/* ---- What it shows ------------------------------------------------------- */

/* clang-format off */

#define COMPARE_OUTCOMES(X) \
  X(none) X(incomplete) X(decide) X(switched) X(refused) X(plain) X(other) \
  X(written) X(call) X(unfinished)

/* Numbers of the library's own, or COMPARE_NO_ERROR; they are compared by
 * name.  first_...: before the host refused by itself; again_...: of the next
 * request on the connection. */
#define COMPARE_ERRORS(X) \
  X(error) X(first_error) X(call) X(reply_error) X(again_error)
#define COMPARE_NO_ERROR (-1)

/* complete: the head ended and was judged.  used: bytes that the calls took;
 * used_at_end: of one more byte.  protocol: its place in the table, from 1.
 * walk: a sum over the fields, their members and parameters. */
#define COMPARE_NUMBERS(X) \
  X(complete) X(status) X(offset) X(first_offset) X(used) X(consumed) \
  X(protocol) X(may_keep) X(body_left) X(dropped) X(decisions) \
  X(reply_size) X(walk) X(agreed) X(capsules) X(minor) X(used_at_end) \
  X(again_next) X(again_status) X(again_consumed)

#define COMPARE_TEXTS(X) \
  X(method) X(target) X(scheme) X(authority) X(path) X(query) X(fields) \
  X(head) X(rest) X(subprotocol) X(content) X(reply) X(settings) X(reason) \
  X(protocol_name) X(extensions)

/* clang-format on */

#define MEMBER(name) COMPARE_OUTCOME_##name,
enum { COMPARE_OUTCOMES(MEMBER) COMPARE_OUTCOMES_LEN };
#undef MEMBER
#define MEMBER(name) COMPARE_E_##name,
enum { COMPARE_ERRORS(MEMBER) COMPARE_ERRORS_LEN };
#undef MEMBER
#define MEMBER(name) COMPARE_N_##name,
enum { COMPARE_NUMBERS(MEMBER) COMPARE_NUMBERS_LEN };
#undef MEMBER
#define MEMBER(name) COMPARE_T_##name,
enum { COMPARE_TEXTS(MEMBER) COMPARE_TEXTS_LEN };
#undef MEMBER

typedef struct compare_text {
  char *ptr;
  size_t len, cap;
  int is_there;
} compare_text;

typedef struct compare_output {
  int outcome;
  int errors[COMPARE_ERRORS_LEN];
  int64_t numbers[COMPARE_NUMBERS_LEN];
  compare_text texts[COMPARE_TEXTS_LEN];
} compare_output;

/* ---- An engine ----------------------------------------------------------- */

/* `run` returns 0 if the library has no such layer.  The output is that of an
 * earlier run, or all 0; compare_clear is called first. */
typedef struct compare_engine {
  int (*run)(const compare_case *it, const compare_way *way,
             compare_output *out);
  const char *(*error_name)(int error); /* NULL behind the last */
} compare_engine;

/* The one name that is left of a library when it is linked here. */
const compare_engine *compare_engine_of(void);

/* ---- For adapters -------------------------------------------------------- */

static inline void compare_clear(compare_output *out) {
  out->outcome = COMPARE_OUTCOME_none;
  memset(out->numbers, 0, sizeof out->numbers);
  for (int i = 0; i < COMPARE_ERRORS_LEN; i++)
    out->errors[i] = COMPARE_NO_ERROR;
  for (int i = 0; i < COMPARE_TEXTS_LEN; i++)
    out->texts[i].is_there = 0, out->texts[i].len = 0;
}

/* More of a text, which is there from now on.  ptr NULL: nothing happens. */
static inline void compare_add(compare_output *out, int text, const char *ptr,
                               size_t len) {
  compare_text *to = &out->texts[text];
  if (ptr == NULL)
    return;
  to->is_there = 1;
  if (to->len + len > to->cap) {
    to->cap = (to->len + len) * 2;
    to->ptr = (char *)realloc(to->ptr, to->cap);
    if (to->ptr == NULL)
      abort();
  }
  if (len > 0)
    memcpy(to->ptr + to->len, ptr, len);
  to->len += len;
}

/* Memory of exactly that size; free it. */
static inline char *compare_room(size_t len) {
  char *room = (char *)malloc(len);
  if (room == NULL && len > 0)
    abort();
  return room;
}

static inline char *compare_copy(const char *ptr, size_t len) {
  char *copy = compare_room(len);
  if (len > 0)
    memcpy(copy, ptr, len);
  return copy;
}

static inline void compare_free(const char *ptr) {
  union {
    const char *is;
    char *was;
  } it = {ptr};
  free(it.was);
}

/* How many of the bytes that are left go next; the same for each engine. */
static inline size_t compare_piece(const compare_way *way, uint32_t *seed,
                                   size_t left) {
  size_t most = left;
  *seed = *seed * 1664525u + 1013904223u;
  if (way->split == COMPARE_SINGLE)
    most = 1;
  else if (way->split == COMPARE_RANDOM)
    most = 1 + (*seed >> 8) % ((*seed >> 30) == 0 ? 9 : 97);
  return most < left ? most : left;
}

#endif
