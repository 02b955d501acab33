/* SPDX-License-Identifier: MIT
 *
 * What the two halves of upshake-proxy share: proxy.c has the gateway, which is
 * upshake; proxy_loop.c has sockets, deadlines and the poll loop.
 */
#ifndef UPSHAKE_EXAMPLES_PROXY_H
#define UPSHAKE_EXAMPLES_PROXY_H

#include <netdb.h>
#include <upshake.h>
#include "common/out.h"

#define HEAD_CAP 8192        /* with what is added it fits into a struct out */
#define IN_CAP (OUT_CAP / 4) /* with its frames it fits into half of one */
#define HOST_CAP 256
#define CONNECT_SECONDS 5

/* The client, or the upstream. */
struct side {
  int fd;          /* -1: there is no connection */
  int has_ended;   /* 1: nothing more comes from it */
  size_t from, to; /* in[from .. to) was received, and not used yet */
  char in[IN_CAP];
  struct out out; /* what is to be sent to it */
};

struct connection {
  struct side client, upstream;
  long deadline;
  enum {
    TALKING,
    CONNECTING,
    WAITING,
    RELAYING,
    SWITCHED,
    ENDING,
    LINGERING
  } phase;
  const struct addrinfo *address; /* of the upstream: the one in use */
  int is_chunked;                 /* 1: so is the body of the request */
  int reads_body;                 /* 1: the body of the request is passed on */
  upshake hs;                     /* what the client asks */
  upshake_client asked;           /* what the upstream answers */
  upshake_body body;              /* of the answer */
  char head[HEAD_CAP], answer[HEAD_CAP];
  char name[HOST_CAP]; /* of the client, for X-Forwarded-For */
};

/* The command line, and the config of every handshake. */
extern const upshake_config config;
extern const char *upstream_name; /* HOST:PORT */
extern struct addrinfo *upstream_addresses;
extern long limit; /* seconds */

/* ---- The gateway: proxy.c ------------------------------------------------ */

/* The library or the proxy refuses.  0: the status is known already. */
void refuse(struct connection *c, int status);

/* 1 if the client's bytes can be used now. */
int wants_client(const struct connection *c);

/* Use what was received.  Return 1 if there may be more to do. */
int use_client(struct connection *c);
int use_upstream(struct connection *c);

/* ---- The sockets: proxy_loop.c ------------------------------------------- */

long now(void);

/* 1 if there is room for what comes of IN_CAP bytes. */
int has_room(const struct side *side);

/* 1 if bytes were received and not used yet. */
int has_bytes(const struct side *side);

void close_side(struct side *side);

/* Begins to connect to c->address, or to one behind it; else refuses. */
void connect_upstream(struct connection *c);

/* Behind a 101.  When one side has ended, the other one is told so.  Returns 1
 * if bytes were passed on. */
int pass_bytes(struct side *in, struct side *out);

#endif
