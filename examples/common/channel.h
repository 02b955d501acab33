/* SPDX-License-Identifier: MIT
 *
 * A connection of a client that may be TLS.  Each step has a deadline.  TLS is
 * OpenSSL's, if the program is compiled with EXAMPLES_OPENSSL.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_CHANNEL_H
#define UPSHAKE_EXAMPLES_COMMON_CHANNEL_H

#include <stddef.h>
#include <sys/types.h>

#include "net.h"

/* Why a step has failed, as a sentence. */
struct channel {
  int fd;
  void *tls, *context; /* of OpenSSL; NULL without TLS */
  char why[256];
};

/* How TLS trusts the server. */
struct channel_trust {
  const char *ca; /* a file of certificates; NULL: the system's */
  int insecure;   /* 1: any certificate of any name */
};

/* Connects to the first address that answers.  Returns 0, or -1 and
 * channel->why. */
int channel_connect(struct channel *channel,
                    const struct net_addresses *addresses, moment deadline);

/* Begins TLS, for this name or address of the host.  Returns 0, or -1 and
 * channel->why. */
int channel_secure(struct channel *channel, const char *host,
                   const struct channel_trust *trust, moment deadline);

/* Sends all bytes.  Returns 0; or -1 with errno (0: an error of TLS), and
 * channel->why. */
int channel_send(struct channel *channel, const char *bytes, size_t len,
                 moment deadline);

/* Returns how many bytes came, 0 at the peer's end; or -1 as above. */
ssize_t channel_receive(struct channel *channel, char *bytes, size_t cap,
                        moment deadline);

/* For a program that polls channel->fd.  They return how many bytes were sent
 * or came, 0 at the peer's end; or -1 as above, with EAGAIN if nothing can be
 * sent now, or nothing has come. */
ssize_t channel_send_now(struct channel *channel, const char *bytes,
                         size_t len);
ssize_t channel_receive_now(struct channel *channel, char *bytes, size_t cap);

/* 1 if bytes have come that poll does not see, because TLS has read them. */
int channel_holds_bytes(const struct channel *channel);

/* Tells the peer that nothing more will be sent. */
void channel_end(struct channel *channel);

void channel_close(struct channel *channel);

#endif
