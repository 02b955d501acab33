/* SPDX-License-Identifier: MIT
 *
 * Writing replies, as the library does it: the protocols for Upgrade may come
 * from the table instead of from one slice.
 */
#ifndef UPSHAKE_SRC_REPLY_REPLY_H
#define UPSHAKE_SRC_REPLY_REPLY_H

#include "../text/base64.h"
#include "writer.h"

/* Texts that stand in several files. */
#define NAME_UPGRADE "Upgrade"
#define NAME_CONNECTION "Connection"
#define NAME_ACCEPT "Sec-WebSocket-Accept"
#define NAME_SUBPROTOCOL "Sec-WebSocket-Protocol"
#define SWITCH_PHRASE "Switching Protocols"
#define SWITCH_OPTION "Upgrade"
#define CLOSE_OPTION "close"

#define CONTINUE 100
#define SWITCHING 101
#define NO_CONTENT 204
#define RESET_CONTENT 205
#define PARTIAL_CONTENT 206
#define NOT_MODIFIED 304
#define UPGRADE_REQUIRED 426

typedef struct reply reply;

/* What reply.c needs for what an application adds.  Only the calls that can add
 * something name this object, so that other programs do not link it. */
typedef struct extra_calls {
  /* Checks all but the added fields one by one; *place as in upshake_extra. */
  upshake_error (*check)(const reply *r, size_t *place);
  int (*has)(const upshake_extra *extra, const char *name);
  /* Puts Content-Length or Transfer-Encoding; the added fields. */
  void (*put_framing)(writer *w, const reply *r);
  void (*put)(writer *w, const upshake_extra *extra);
} extra_calls;
UPSHAKE_PRIVATE_OBJECT const extra_calls upshake__extra_calls;

/* A reply, with small members: see NOINLINE.  A pointer that is NULL stands for
 * a value that is absent. */
struct reply {
  const upshake_extra *extra;        /* NULL: nothing is added */
  const extra_calls *calls;          /* for extra */
  const upshake_protocol *protocols; /* init has checked them */
  const char *accept;                /* ACCEPT_LEN bytes */
  const upshake_slice *ws_version, *allow;
  upshake_slice upgrade; /* absent: the protocols below */
  upshake_slice subprotocol;
  uint32_t named; /* a bit for each protocol to name */
  uint16_t status;
  uint8_t continue_first;    /* 1: a 100 (Continue) is written first */
  uint8_t to_head, capsules; /* as in upshake_response */
  uint8_t keeps;             /* 1: the connection stays open */
  uint8_t is_old;            /* 1: the request was of HTTP/1.0 */
};

/* 1 for a 1xx that another server sent before its final response: it has no
 * content, and nothing but what is added. */
static inline int is_early(const reply *r) {
  return r->status < 200 && r->status > SWITCHING;
}

/* 1 if the final reply has content by its status, so that it says how long the
 * content is (RFC 9110 8.6). */
static inline int has_content(const reply *r) {
  return r->status != NO_CONTENT && r->status != NOT_MODIFIED;
}

/* How the content of a reply with `extra` is framed.  A 304 says the length of
 * what it does not send only if the application knows it.  A client of HTTP/1.0
 * does not know chunked (RFC 9112 6.1). */
enum framing { FRAMING_NONE, FRAMING_LENGTH, FRAMING_CHUNKED };
static inline enum framing framing_of(const reply *r) {
  unsigned content = r->extra->content;
  if (content == UPSHAKE_CONTENT_CHUNKED)
    return r->is_old ? FRAMING_NONE : FRAMING_CHUNKED;
  return content == UPSHAKE_CONTENT_LENGTH || (has_content(r) && !is_early(r))
             ? FRAMING_LENGTH
             : FRAMING_NONE;
}

/* Returns how long the content is. */
static inline uint64_t content_len(const reply *r) {
  return r->extra->content == UPSHAKE_CONTENT_LENGTH ? r->extra->body_len
                                                     : r->extra->body.len;
}

/* For a reply as values (values.c): puts the lines before the added fields; the
 * reason phrase of a status. */
UPSHAKE_PRIVATE void upshake__put_reply_head(writer *w, const reply *r);
UPSHAKE_PRIVATE upshake_slice upshake__phrase_of(int status);

/* Checks that a 206 says its range, before there is a reply: see NOINLINE. */
UPSHAKE_PRIVATE upshake_error upshake__check_range(int status,
                                                   const upshake_extra *extra,
                                                   size_t *place);

/* Checks everything before the first byte is written.  The caller has checked
 * the added fields with upshake__check_added.  If an added field is wrong,
 * *place is its place. */
UPSHAKE_PRIVATE upshake_error upshake__check_reply(const reply *r,
                                                   size_t *place);

/* Writes all of the reply; or, with a writer that is not `whole`, the part that
 * the writer names.  *len is as for upshake_reply and upshake_reply_part. */
UPSHAKE_PRIVATE upshake_error upshake__write_reply(const reply *r, writer *w,
                                                   size_t *len);

/* Checks what a handshake never gets wrong; *place as above. */
UPSHAKE_PRIVATE upshake_error
upshake__check_response(const upshake_response *response,
                        const upshake_extra *extra, size_t *place);

static inline const upshake_slice *optional(const upshake_slice *value) {
  return value->ptr ? value : NULL;
}

static inline uint8_t begins_with_100(const upshake_response *response) {
  return response->status == CONTINUE ||
         (response->status == SWITCHING && response->continue_first);
}

UPSHAKE_PRIVATE_OBJECT const upshake_extra upshake__no_extra;

/* The reply that a response without a handshake describes. */
ALWAYS_INLINE reply reply_of_response(const upshake_response *response,
                                      const upshake_extra *extra) {
  reply r = {.extra = extra,
             .calls = &upshake__extra_calls,
             .accept = response->accept.ptr,
             .ws_version = optional(&response->ws_version),
             .allow = optional(&response->allow),
             .upgrade = response->upgrade,
             .subprotocol = response->subprotocol,
             .status = (uint16_t)response->status,
             .continue_first = begins_with_100(response),
             .to_head = response->to_head,
             .capsules = response->capsules,
             .keeps = extra && extra->keep == UPSHAKE_KEEP_OPEN,
             .is_old = response->version == 10};
  if (is_early(&r)) { /* says nothing of the connection */
    r.keeps = 1;
    r.extra = extra ? extra : &upshake__no_extra;
  }
  return r;
}

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
              .whole = 1,
              .take = NULL};
  if (cursor) {
    w.from = cursor->at;
    w.first = cursor->line;
    w.whole = 0;
  }
  return w;
}

/* 1 if a part of the reply was given out.  Everything was checked then, so that
 * all parts together take linear time. */
static inline int has_begun(const upshake_cursor *cursor) {
  return cursor && (cursor->at > 0 || cursor->line > 0);
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
