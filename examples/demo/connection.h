/* SPDX-License-Identifier: MIT
 *
 * One connection of upshake-demo, from accept to close.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_CONNECTION_H
#define UPSHAKE_EXAMPLES_DEMO_CONNECTION_H

#include "exchanges.h"
#include "options.h"
#include "../common/out.h"
#include "upshake.h"

/* The head of a request: a browser with its cookies fits. */
#define HEAD_CAP 8192

enum phase {
  PHASE_HEAD,      /* reading the head of the request                   */
  PHASE_BODY,      /* reading its body, if it comes before a switch     */
  PHASE_ANSWER,    /* sending a refusal, the page or an exchange        */
  PHASE_WEBSOCKET, /* switched: messages are echoed                     */
  PHASE_ECHO,      /* switched: bytes are echoed                        */
  PHASE_LINGER,    /* all is sent; the peer's further bytes are dropped */
  PHASE_OVER       /* to be closed                                      */
};

/* What all connections share. */
struct service {
  upshake_config config;
  long head_timeout; /* milliseconds */
  int deflate;
  struct exchanges *exchanges;
};

/* The content of an answer: lines, each sent with a line feed. */
struct content {
  const char *const *lines;
  size_t lines_len;
  size_t line, at;       /* what is sent next */
  char *json;            /* to be freed, or NULL */
  const char *json_line; /* the same, as the only line */
};

struct connection {
  int fd;
  const struct service *service;
  enum phase phase;
  moment deadline; /* when this phase has taken too long */
  upshake hs;
  struct websocket *ws; /* in PHASE_WEBSOCKET */
  struct content content;
  size_t dropped;  /* bytes, in PHASE_LINGER */
  int peer_done;   /* the peer has shut down its side */
  int turned_away; /* 1: one connection too many, answered with 503 */
  char peer[PEER_CAP];
  char head[HEAD_CAP];
  struct out out;
};

/* The service must live as long as its connections.  It keeps pointers into the
 * options, and one to the exchanges. */
struct service connection_service(const struct options *options,
                                  struct exchanges *exchanges);

/* Takes over a socket.  NULL: no memory; the socket still belongs to the
 * caller. */
struct connection *connection_open(int fd, const char *peer,
                                   const struct service *service);
void connection_close(struct connection *c);

/* Goes to a phase, which takes too long after the deadline. */
void connection_enter(struct connection *c, enum phase phase, moment deadline);

/* Answers 503 instead of reading a request. */
void connection_turn_away(struct connection *c);

/* _events: what to poll for.  _ready: call it with what poll has returned.
 * _expire: call it when the deadline has passed. */
short connection_events(const struct connection *c);
void connection_ready(struct connection *c, short revents);
void connection_expire(struct connection *c);

#endif
