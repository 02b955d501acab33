/* SPDX-License-Identifier: MIT
 *
 * One poll loop for a program that serves many clients: it accepts, receives,
 * sends and closes, and tells the program what has happened.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_STREAMS_H
#define UPSHAKE_EXAMPLES_COMMON_STREAMS_H

#include <limits.h>
#include <stddef.h>

#include "out.h"
#include "upshake.h"

#define CLIENTS_MAX 256 /* if they are more, they wait */
#define STREAM_IN_CAP (OUT_CAP / 4)
#define NEVER LONG_MAX

/* A socket, what was received from the peer, and what is to be sent to it. */
struct stream {
  int fd;           /* -1: this place is free */
  void *owner;      /* whom the program is told about */
  int wants;        /* set it to 1: receive, if nothing is left in `in` */
  int is_connected; /* 0: the system is still connecting to the peer */
  int has_ended;    /* 1: nothing more comes from the peer */
  int is_broken;    /* 1: nothing more can be sent to the peer: it has gone, or
                       it has taken nothing for `limit` seconds */
  long deadline;    /* of now(): then the owner is told; NEVER at first */
  long stalls;      /* private: when it is broken if nothing can be sent */
  const char *at;   /* `left` bytes were received, and not used yet: */
  size_t left;      /* see stream_use */
  char in[STREAM_IN_CAP];
  struct out out;
};

/* What the program does.  Each may close streams. */
struct service {
  void *(*open)(struct stream *client); /* a client has come; returns the owner,
                                           or NULL: close the connection */
  void (*go_on)(void *owner);  /* bytes have moved, or a member has changed */
  void (*expire)(void *owner); /* the deadline of a stream has passed */
};

/* Listens on the port, says so, and serves all clients.  Exits after a line on
 * stderr if it cannot listen.  `limit` is in seconds. */
_Noreturn void run_streams(const char *name, long port, long limit,
                           const struct service *service);

/* Seconds of a clock that never goes back. */
long now(void);

/* The deadline becomes `limit` seconds from now. */
void stream_renew(struct stream *stream);

/* ---- Bytes --------------------------------------------------------------- */

/* The program has used the next `len` bytes that were received. */
void stream_use(struct stream *stream, size_t len);

/* 1 if there is room for the bytes that come of STREAM_IN_CAP bytes. */
int stream_has_room(const struct stream *stream);

/* 1 if the peer has gone, or if bytes are wanted, and it has ended. */
int stream_is_over(const struct stream *stream);

/* Feeds the bytes that were received.  With the first byte of a request, its
 * time begins: see stream_renew. */
upshake_next stream_feed(struct stream *stream, upshake *hs);

/* Writes the reply that is due into `out`, or nothing. */
upshake_error stream_reply(struct stream *stream, upshake *hs,
                           const upshake_extra *extra);

/* ---- Opening and closing ------------------------------------------------- */

/* Polls a socket that is connecting.  Returns NULL if there is no room, or if
 * fd is -1.  There is room for one such stream for each client. */
struct stream *stream_open(int fd, void *owner);

/* Closes the socket.  NULL is fine. */
void stream_close(struct stream *stream);

/* Sends what waits in `out`, then closes.  The owner is not told about it.
 * Closing with unread bytes could destroy the answer on its way (RFC 9112 9.6).
 * So our side stops sending first, and then reads until the client closes, or
 * for 2 seconds. */
void stream_finish(struct stream *stream);

#endif
