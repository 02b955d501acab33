/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the two sides of TCP connections, put together from packets
 * in any order, for the readers of recordings.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_STREAMS_H
#define UPSHAKE_EXAMPLES_INSPECT_STREAMS_H

#include "forms.h"

#define PEER_MAX 64

/* One direction of a connection. */
typedef struct tcp_flow {
  char from[PEER_MAX], to[PEER_MAX]; /* address and port, in any spelling */
  int has_syn;                       /* it began with a SYN, */
  int is_client;                     /* and without ACK */
  uint32_t first;                    /* the number of its first byte, */
  int has_first;                     /* as far as it is known */
  note bytes;                        /* put in order by find_heads */
} tcp_flow;

typedef struct tcp_segment {
  size_t flow, at, len; /* its bytes are in `data` */
  uint32_t number;
} tcp_segment;

/* Starts from all 0. */
typedef struct streams {
  tcp_flow *flows;
  size_t flows_len, flows_cap;
  tcp_segment *segments;
  size_t segments_len, segments_cap;
  note data;
} streams;

/* Adds what a packet says.  `number` is that of its first byte; a SYN has the
 * number before it. */
void add_segment(streams *in, const char *from, const char *to, int is_syn,
                 int is_ack, uint32_t number, upshake_slice bytes);

/* Adds an IP packet, of version 4 or 6; what is no TCP is left out. */
void add_packet(streams *in, upshake_slice packet);

/* Finds the requests and their responses in all connections.  If one of them
 * has something of an upgrade, the others are left out. */
void find_heads(streams *in, heads *found);

/* The same for the two sides of one connection. */
void split_heads(upshake_slice client, upshake_slice server, heads *found);

void streams_free(streams *in);

#endif
