/* SPDX-License-Identifier: MIT
 *
 * upshake: what the states are made of.  All members are private, unless a
 * comment says readable; they are here because you own the memory.  A handshake
 * has at most 160 bytes on 64-bit machines, 144 on 32-bit ones. */
#ifndef UPSHAKE_STATE_H
#define UPSHAKE_STATE_H
/* clang-format off: what belongs together stands on one line */
#include "upshake_error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct upshake_config;
struct upshake_index; /* see upshake_head.h */

/* The rules of one protocol: a static object of the library. */
typedef struct upshake_private_rules upshake_private_rules;

/* Computes Sec-WebSocket-Accept: see upshake_cpu_hash. */
typedef void upshake_hash(const char key[24], char accept[28]);

/* The head parser. */
typedef struct upshake_parser {
  uint32_t pos;        /* bytes looked at                                  */
  uint32_t name_at;    /* offset of the current line                       */
  uint32_t value_at;   /* offset of its value                              */
  uint32_t target_len; /* of the request-target                            */
  uint16_t fields;     /* field lines so far                               */
  uint16_t name_len;   /* of the current line's name                       */
  uint8_t state;       /* of the grammar                                   */
  uint8_t empty_lines; /* skipped before the request line                  */
  uint8_t method_len;  /* of the method                                    */
  uint8_t minor;       /* the digit behind "HTTP/1."                       */
} upshake_parser;

/* The reader of a body. */
typedef struct upshake_private_body {
  uint64_t left;        /* bytes of the chunk that are still to come       */
  const char *content;  /* the piece given last; never followed            */
  uint32_t content_len; /* its length                                      */
  uint32_t taken;       /* bytes of the body so far, at most 2^32 - 1      */
  uint16_t slack;       /* bytes of chunk extensions, then of the trailer  */
  uint16_t line;        /* bytes of the current chunk-size line            */
  uint8_t state;        /* of the grammar                                  */
} upshake_private_body;

/* What was found in a head. */
typedef struct upshake_private_facts {
  uint64_t body_len;    /* announced                                       */
  uint32_t offered;     /* one bit for each entry of the table             */
  uint32_t flags;       /* what was seen                                   */
  uint32_t bad_at;      /* offset of the first bad value                   */
  uint32_t host_at;     /* offset of the value of Host                     */
  uint32_t key_at;      /* offset of the key                               */
  uint16_t subprotocol; /* chosen from the config's list, from 1           */
  uint8_t bad;          /* upshake_error of the bad value                  */
  uint8_t transport;    /* of this connection                              */
  union upshake_private_part { /* named, as bindgen 0.60 needs names       */
    struct upshake_private_offer { /* until the head is judged             */
      const upshake_private_rules *rules; /* of the first entry            */
      uint32_t origin_at;  /* offset of the value of Origin                */
      uint32_t content_at; /* offset of a field about the body             */
      uint8_t order[8];    /* of the client's offers                       */
    } head;
    upshake_private_body body; /* behind the head                          */
  } part;
} upshake_private_facts;

/* A handshake. */
struct upshake {
  const struct upshake_config *config; /* as given to init                 */
  char *memory;                /* where the head of this request begins    */
  void *user;                  /* for the callback                         */
  struct upshake_index *index; /* filled while parsing; or NULL            */
  upshake_hash *hash;          /* NULL: the portable one                   */
  uint32_t cap;                /* of the whole memory                      */
  uint32_t held;               /* bytes in memory                          */
  uint32_t end;                /* of the head                              */
  uint32_t chosen_at;          /* offset of the chosen sub-protocol        */
  uint32_t front;              /* bytes of the memory before this request  */
  uint32_t dropped;            /* bytes of a body that are gone from memory */
  uint16_t status;             /* of the reply                             */
  uint16_t flags;              /* how far the handshake is                 */
  uint8_t next;                /* upshake_next                             */
  uint8_t error;               /* the first reason                         */
  uint8_t protocol;            /* place in the table                       */
  uint8_t kind;                /* a handshake, or a part of a judge        */
  upshake_parser parser;       /* of the head                              */
  upshake_private_facts facts; /* what was found in it                     */
};

/* For programs that cannot read the headers: the version of the library in use,
 * such as "0.2.0", and the size of a handshake. */
UPSHAKE_API const char *upshake_version(void);
UPSHAKE_API size_t upshake_size(void);

#ifdef __cplusplus
}
#endif
#endif
