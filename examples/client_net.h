/* SPDX-License-Identifier: MIT
 *
 * A TCP connection, each step of which ends after a time of silence.
 */
#ifndef CLIENT_NET_H
#define CLIENT_NET_H

#include <stddef.h>
#include <sys/types.h>

/* Milliseconds of a clock that only goes forward. */
typedef long long moment;
moment now_ms(void);

/* Connect to the first address of the host that answers.  Returns a socket that
 * does not block; or -1, and *why is a sentence. */
int net_connect(const char *host, const char *port, long timeout,
                const char **why);

/* Send all of it.  Returns 0; or -1, and errno: ETIMEDOUT where the peer takes
 * nothing for so many milliseconds. */
int net_send(int fd, const char *octets, size_t len, long timeout);

/* Returns how many octets came, 0 at the peer's end; or -1, and errno as
 * above. */
ssize_t net_receive(int fd, char *octets, size_t cap, long timeout);

/* Read and drop until the peer closes, at most for so long. */
void net_drain(int fd, long timeout);

/* Octets that nobody can guess.  Returns 0, or -1 where there are none. */
int net_random(void *octets, size_t len);

#endif
