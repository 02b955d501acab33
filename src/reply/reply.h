/* SPDX-License-Identifier: MIT
 *
 * Writing replies, as the library does it: the protocols for Upgrade may come
 * from the table instead of from one slice.
 */
#ifndef UPSHAKE_SRC_REPLY_REPLY_H
#define UPSHAKE_SRC_REPLY_REPLY_H

#include "../text/base64.h"
#include "writer.h"

/* Texts of a 101 that its fast form has too (respond.c). */
#define NAME_UPGRADE "Upgrade"
#define NAME_CONNECTION "Connection"
#define NAME_ACCEPT "Sec-WebSocket-Accept"
#define NAME_SUBPROTOCOL "Sec-WebSocket-Protocol"
#define SWITCH_PHRASE "Switching Protocols"
#define SWITCH_OPTION "Upgrade"

#define CONTINUE 100
#define SWITCHING 101
#define NOT_MODIFIED 304
#define UPGRADE_REQUIRED 426

typedef struct reply reply;

/* What reply.c needs for what an application adds.  Only the calls that can add
 * something name this object, so that other programs do not link it. */
typedef struct extra_calls {
  /* Checks all but the added fields one by one; *place as in upshake_extra. */
  upshake_error (*check)(const reply *r, size_t *place);
  int (*has)(const upshake_extra *extra, const char *name);
  void (*put)(writer *w, const upshake_extra *extra);
} extra_calls;
UPSHAKE_PRIVATE_OBJECT const extra_calls upshake__extra_calls;

/* A reply, with small members: see NOINLINE.  A pointer that is NULL stands for
 * a value that is absent. */
struct reply {
  const upshake_extra *extra;        /* NULL: nothing is added */
  const extra_calls *calls;          /* for extra */
  const upshake_slice *upgrade;      /* NULL: the protocols below */
  const upshake_protocol *protocols; /* init has checked them */
  const char *accept;                /* ACCEPT_LEN bytes */
  const upshake_slice *ws_version, *allow;
  upshake_slice subprotocol;
  uint32_t named; /* a bit for each protocol to name */
  uint16_t status;
  uint8_t continue_first;    /* 1: a 100 (Continue) is written first */
  uint8_t to_head, capsules; /* as in upshake_response */
};

/* Checks everything before the first byte is written.  The caller has checked
 * the added fields with upshake__check_added.  If an added field is wrong,
 * *place is its place. */
UPSHAKE_PRIVATE upshake_error upshake__check_reply(const reply *r,
                                                   size_t *place);

/* Writes all of the reply; or, with a writer that is not `whole`, the part that
 * the writer names.  *len is as for upshake_reply and upshake_reply_part. */
UPSHAKE_PRIVATE upshake_error upshake__write_reply(const reply *r, writer *w,
                                                   size_t *len);

/* A writer of all of a reply; or with a cursor of the next part. */
ALWAYS_INLINE writer begin_writer(const upshake_cursor *cursor, void *out,
                                  size_t cap) {
  writer w = {.out = out,
              .cap = cap,
              .pos = 0,
              .from = 0,
              .first = 0,
              .room = 0,
              .next_at = 0,
              .whole = 1};
  if (cursor) {
    w.from = cursor->at;
    w.first = cursor->line;
    w.whole = 0;
  }
  return w;
}

/* A part has at least one byte: *len is 0 only at the end of a reply. */
static inline upshake_error check_part(size_t cap, size_t *len) {
  if (cap > 0)
    return UPSHAKE_OK;
  *len = 1;
  return UPSHAKE_ERR_ROOM;
}

/* Moves the cursor, if there is one, behind what was written. */
static inline void end_writer(const writer *w, upshake_cursor *cursor,
                              size_t len) {
  if (cursor) {
    cursor->line = w->first;
    cursor->at = w->from + (uint32_t)len - w->next_at;
  }
}

#endif
