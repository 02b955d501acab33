/* SPDX-License-Identifier: MIT
 *
 * The client's request: what checking (ask.c) and writing (ask_lines.c) share.
 */
#ifndef UPSHAKE_SRC_CLIENT_ASK_H
#define UPSHAKE_SRC_CLIENT_ASK_H

#include "../head/target.h"
#include "../judge/rules.h"
#include "../reply/added.h"
#include "../reply/writer.h"

#ifndef UPSHAKE_NO_CLIENT

/* The ask, and what was found out about it.  Small: see NOINLINE.  The
 * functions below give the default of a member that is absent. */
typedef struct asking {
  const upshake_ask *ask;
  const uint8_t *key;
  upshake_slice host; /* for Host, without a port          */
  size_t place;       /* of what is wrong, in ask->fields  */
  int32_t port;       /* or AUTHORITY_NO_PORT              */
  unsigned rules;     /* the rules_kind of each protocol   */
} asking;

static inline int has_rules(const asking *a, int rules) {
  return (a->rules & (unsigned)rules) != 0;
}

static inline upshake_slice given_or(upshake_slice given,
                                     const char *otherwise) {
  return given.ptr ? given : slice_text(otherwise);
}

static inline upshake_slice asked_method(const asking *a) {
  return given_or(a->ask->method, "GET");
}

static inline upshake_slice asked_scheme(const asking *a) {
  return given_or(a->ask->scheme, "ws");
}

static inline upshake_slice asked_protocols(const asking *a) {
  return given_or(a->ask->protocols, "websocket");
}

/* 1 for what may be an IPv6 address without brackets: no other host has a
 * colon. */
static inline int lacks_brackets(upshake_slice host) {
  return host.len > 0 && *host.ptr != '[' && index_of(host, ':') < host.len;
}

/* 1 if a body follows. */
static inline int announces_content(const asking *a) {
  return a->ask->content == UPSHAKE_CONTENT_CHUNKED || a->ask->body_len > 0;
}

/* Writes the request, which was checked. */
UPSHAKE_PRIVATE void upshake__put_request(writer *w, const asking *a);

#endif

#endif
