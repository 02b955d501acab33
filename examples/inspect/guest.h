/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --listen: the clients that are connected.
 *
 * guest.c judges and answers one; listen.c has the port and the loop.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_GUEST_H
#define UPSHAKE_EXAMPLES_INSPECT_GUEST_H

#include "options.h"
#include "../common/net.h"
#include "../common/start.h"
#include "upshake.h"

#define GUESTS_MAX 64

/* A reply, a 100 before it, and a Close behind it. */
#define OUT_MAX 2048

#define ADDRESS_CAP 80 /* "127.0.0.1:50000" */

typedef enum stage { READING, SENDING, DRAINING } stage;

/* A client that is connected. */
typedef struct guest {
  int fd;
  stage stage;
  moment deadline;
  char from[ADDRESS_CAP];
  upshake hs;
  char *head;  /* memory for the handshake */
  char *bytes; /* all that it sent */
  size_t len, taken;
  char out[OUT_MAX];
  size_t out_len, out_sent;
} guest;

typedef struct host {
  const options *opt;
  upshake_config config;
  struct listeners listeners;
  guest *guests[GUESTS_MAX];
  size_t guests_len;
  size_t outcomes[4]; /* how many clients had each */
  int last;           /* the last outcome */
  int is_done;
} host;

/* Writes the address of the peer, or of the socket itself. */
void peer_address(int fd, char text[ADDRESS_CAP]);
void own_address(int fd, char text[ADDRESS_CAP]);

/* Takes a client that waits at the listener, if there is one. */
void guest_welcome(host *all, int listener);

/* What the guest waits for, as poll takes it. */
short guest_events(const guest *one);

/* After poll: reads, judges, answers, and ends what takes too long.  Returns -1
 * if the guest goes. */
int guest_serve(host *all, guest *one, short events);

/* Closes the connection.  The last guest gets this place. */
void guest_part(host *all, size_t at);

#endif
