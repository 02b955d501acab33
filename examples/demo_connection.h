/* SPDX-License-Identifier: MIT
 *
 * One connection of upshake-demo, from accept to close.
 */
#ifndef DEMO_CONNECTION_H
#define DEMO_CONNECTION_H

#include <limits.h>

#include "demo_options.h"
#include "demo_out.h"
#include "upshake.h"

/* The head of a request: a browser with its cookies fits. */
#define HEAD_CAP 8192

/* Room for an address and a port as text: "[2001:db8::1]:65535". */
#define PEER_CAP 80

/* Milliseconds of a clock that only goes forward. */
typedef long long moment;
#define NEVER LLONG_MAX
moment now_ms(void);

enum phase {
  PHASE_HEAD,      /* reading the head of the request                     */
  PHASE_BODY,      /* reading its body, where that comes before a switch  */
  PHASE_ANSWER,    /* sending a refusal or the page                       */
  PHASE_WEBSOCKET, /* switched                                            */
  PHASE_ECHO,      /* switched                                            */
  PHASE_LINGER,    /* all is sent; what the peer still sends is dropped   */
  PHASE_OVER       /* to be closed                                        */
};

/* What all connections share. */
struct service {
  upshake_config config;
  long head_timeout; /* milliseconds */
  int deflate;
};

struct connection {
  int fd;
  const struct service *service;
  enum phase phase;
  moment deadline; /* then this phase has taken too long */
  upshake hs;
  struct websocket *ws; /* in PHASE_WEBSOCKET */
  size_t page_line;     /* of the page: the next line to be sent */
  size_t dropped;       /* octets, in PHASE_LINGER */
  int peer_done;        /* the peer has shut down its side */
  int turned_away;      /* one too many: answered 503 */
  char peer[PEER_CAP];
  char head[HEAD_CAP];
  struct out out;
};

/* The service lives as long as its connections, and keeps pointers into the
 * options. */
struct service connection_service(const struct options *options);

/* Take over a socket.  NULL: no memory, the socket is still the caller's. */
struct connection *connection_open(int fd, const char *peer,
                                   const struct service *service);
void connection_close(struct connection *c);

/* Answer 503 instead of reading a request. */
void connection_turn_away(struct connection *c);

/* What to poll for; what to do when poll has returned it; and what to do when
 * the deadline has passed. */
short connection_events(const struct connection *c);
void connection_ready(struct connection *c, short revents);
void connection_expire(struct connection *c);

#endif
