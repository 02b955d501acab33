/* SPDX-License-Identifier: MIT
 *
 * The last few exchanges of the demo's page with this server.  A page cannot
 * see the bytes of its own handshake, so it puts `show=TOKEN` at the end of the
 * query, and asks for the exchange afterwards.  TOKEN is 32 hexadecimal digits
 * that the page has drawn.
 *
 * A head may have cookies.  So an exchange is kept only if Origin names the
 * host in Host, which no page of another site can bring about.  It is given to
 * the address of its peer only, once, and for 60 seconds.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_EXCHANGES_H
#define UPSHAKE_EXAMPLES_DEMO_EXCHANGES_H

#include "log.h"
#include "moment.h"

#define EXCHANGES_MAX 16
#define EXCHANGES_MS 60000
#define TOKEN_LEN 32

/* Room for an address and a port as text: "[2001:db8::1]:65535". */
#define PEER_CAP 80

struct exchange {
  char token[TOKEN_LEN];
  char peer[PEER_CAP];
  moment until;
  struct verdict verdict;
  char *bytes; /* the request, then the reply; NULL: nothing is kept here */
  size_t request_len, reply_len;
};

/* A ring: the oldest exchange gives way.  Starts from all 0. */
struct exchanges {
  struct exchange kept[EXCHANGES_MAX];
  size_t next;
};

/* Keeps the exchange of a handshake if its request asks for that.  The strings
 * of the verdict must be static. */
void exchanges_keep(struct exchanges *exchanges, const upshake *hs,
                    const char *peer, struct verdict verdict,
                    upshake_slice reply, moment now);

/* Returns the exchange that a request asks for with its query, or NULL. */
struct exchange *exchanges_find(struct exchanges *exchanges, const upshake *hs,
                                const char *peer, moment now);

void exchange_forget(struct exchange *exchange);
void exchanges_forget_all(struct exchanges *exchanges);

/* Returns {"request":"...","reply":"...","outcome":"switched","status":101,
 * "error":"NAME" or null,"sentence":"..."}, to be freed; or NULL.  The bytes
 * are those that went over the wire.  Bytes that are not printable ASCII become
 * \u00XX. */
char *exchange_to_json(const struct exchange *exchange);

#endif
