/* SPDX-License-Identifier: MIT
 *
 * A TCP connection with time limits: each step fails after a time of silence.
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_NET_H
#define UPSHAKE_EXAMPLES_COMMON_NET_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Milliseconds of a clock that never goes back, and its microseconds. */
typedef long long moment;
moment net_now_ms(void);
long long net_now_us(void);

/* ---- Waiting ------------------------------------------------------------- */

/* Waits until the socket is ready for the events of poll.  Returns 0; or -1
 * with errno: ETIMEDOUT, or ECANCELED after a signal. */
int net_wait(int fd, short events, moment deadline);

/* From here on SIGINT and SIGTERM do not end the program: everything that waits
 * fails with ECANCELED.  net_stop_fd is readable then, for a program that polls
 * itself.  Returns 0, or -1 with errno. */
int net_catch_stop(void);
int net_stop_fd(void);

/* ---- Connecting ---------------------------------------------------------- */

#define NET_ADDRESSES_MAX 8

struct net_address {
  int family;
  socklen_t len;
  struct sockaddr_storage address;
};

struct net_addresses {
  size_t len;
  struct net_address at[NET_ADDRESSES_MAX];
};

/* Looks up the first addresses of a host.  The system has no time limit for
 * that, so another process does it.  Returns 0; or -1, and *why is a
 * sentence. */
int net_find(const char *host, const char *port, moment deadline,
             struct net_addresses *addresses, const char **why);

/* 1 if all addresses are of this machine. */
int net_is_loopback(const struct net_addresses *addresses);

/* Connects to the first address that answers.  Returns a non-blocking socket;
 * or -1, and *why is a sentence. */
int net_connect_to(const struct net_addresses *addresses, moment deadline,
                   const char **why);

/* Both; `timeout` milliseconds for each. */
int net_connect(const char *host, const char *port, long timeout,
                const char **why);

/* ---- Bytes --------------------------------------------------------------- */

/* Sends all bytes.  Returns 0; or -1 with errno, which is ETIMEDOUT if the peer
 * takes nothing for `timeout` milliseconds. */
int net_send(int fd, const char *bytes, size_t len, long timeout);

/* Returns how many bytes came, 0 at the peer's end; or -1 with errno, as
 * above. */
ssize_t net_receive(int fd, char *bytes, size_t cap, long timeout);

/* Reads and drops bytes until the peer closes, for at most `timeout`
 * milliseconds. */
void net_drain(int fd, long timeout);

/* ---- Randomness ---------------------------------------------------------- */

/* Fills `bytes` with bytes that nobody can guess.  Returns 0, or -1 if the
 * system has none. */
int net_random(void *bytes, size_t len);

#endif
