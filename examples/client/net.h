/* SPDX-License-Identifier: MIT
 *
 * A TCP connection with time limits: each step fails after a time of silence.
 */
#ifndef UPSHAKE_EXAMPLES_CLIENT_NET_H
#define UPSHAKE_EXAMPLES_CLIENT_NET_H

#include <stddef.h>
#include <sys/types.h>

/* Milliseconds of a clock that never goes back. */
typedef long long moment;
moment now_ms(void);

/* Connects to the first address of the host that answers.  Returns a
 * non-blocking socket; or -1, and *why is a sentence. */
int net_connect(const char *host, const char *port, long timeout,
                const char **why);

/* Sends all bytes.  Returns 0; or -1 with errno, which is ETIMEDOUT if the peer
 * takes nothing for `timeout` milliseconds. */
int net_send(int fd, const char *bytes, size_t len, long timeout);

/* Returns how many bytes came, 0 at the peer's end; or -1 with errno, as
 * above. */
ssize_t net_receive(int fd, char *bytes, size_t cap, long timeout);

/* Reads and drops bytes until the peer closes, for at most `timeout`
 * milliseconds. */
void net_drain(int fd, long timeout);

/* Fills `bytes` with bytes that nobody can guess.  Returns 0, or -1 if the
 * system has none. */
int net_random(void *bytes, size_t len);

#endif
