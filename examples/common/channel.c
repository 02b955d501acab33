/* SPDX-License-Identifier: MIT
 *
 * A connection of a client that may be TLS: see channel.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef EXAMPLES_OPENSSL
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#endif

static int fail(struct channel *channel, const char *why) {
  snprintf(channel->why, sizeof channel->why, "%s", why);
  return -1;
}

static int fail_system(struct channel *channel) {
  int saved = errno;
  fail(channel, strerror(saved));
  errno = saved;
  return -1;
}

/* ---- Without TLS --------------------------------------------------------- */

int channel_connect(struct channel *channel,
                    const struct net_addresses *addresses, moment deadline) {
  const char *why = "";
  memset(channel, 0, sizeof *channel);
  channel->fd = net_connect_to(addresses, deadline, &why);
  return channel->fd < 0 ? fail(channel, why) : 0;
}

static int is_for_later(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* These two return how many bytes the socket took or gave, or -1 with errno. */
static ssize_t send_some(struct channel *channel, const char *bytes, size_t len,
                         moment deadline) {
  for (;;) {
    ssize_t n = send(channel->fd, bytes, len, MSG_NOSIGNAL);
    if (n >= 0 || !is_for_later(errno))
      return n;
    if (net_wait(channel->fd, POLLOUT, deadline) != 0)
      return -1;
  }
}

static ssize_t receive_some(struct channel *channel, char *bytes, size_t cap,
                            moment deadline) {
  for (;;) {
    ssize_t n = recv(channel->fd, bytes, cap, 0);
    if (n >= 0 || !is_for_later(errno))
      return n;
    if (net_wait(channel->fd, POLLIN, deadline) != 0)
      return -1;
  }
}

#ifndef EXAMPLES_OPENSSL

int channel_secure(struct channel *channel, const char *host,
                   const struct channel_trust *trust, moment deadline) {
  (void)host;
  (void)trust;
  (void)deadline;
  return fail(channel, "this program was built without OpenSSL, so it speaks "
                       "no TLS");
}

static ssize_t send_tls(struct channel *channel, const char *bytes, size_t len,
                        moment deadline) {
  return send_some(channel, bytes, len, deadline);
}

static ssize_t receive_tls(struct channel *channel, char *bytes, size_t cap,
                           moment deadline) {
  return receive_some(channel, bytes, cap, deadline);
}

static ssize_t send_tls_now(struct channel *channel, const char *bytes,
                            size_t len) {
  return send(channel->fd, bytes, len, MSG_NOSIGNAL);
}

static ssize_t receive_tls_now(struct channel *channel, char *bytes,
                               size_t cap) {
  return recv(channel->fd, bytes, cap, 0);
}

static int tls_holds_bytes(const struct channel *channel) {
  return channel->tls != NULL;
}

static void end_tls(struct channel *channel) { (void)channel; }
static void close_tls(struct channel *channel) { (void)channel; }

#else

/* ---- TLS ----------------------------------------------------------------- */

/* The reason that helps most: of the certificate, of OpenSSL, of the system. */
static int fail_tls(struct channel *channel, int error) {
  int saved = errno;
  unsigned long reason = ERR_get_error();
  long verified = SSL_get_verify_result(channel->tls);
  const char *text = reason ? ERR_reason_error_string(reason) : NULL;
  ERR_clear_error();
  errno = 0;
  if (verified != X509_V_OK)
    return fail(channel, X509_verify_cert_error_string(verified));
  if (text != NULL)
    return fail(channel, text);
  if (error == SSL_ERROR_SYSCALL && saved != 0) {
    errno = saved;
    return fail_system(channel);
  }
  return fail(channel, "the server closed in the middle of TLS");
}

/* After a call of OpenSSL that returned n.  Returns 1 if the call has to be
 * repeated, 0 at the peer's end, or -1 with errno. */
static int wait_for_tls(struct channel *channel, int n, moment deadline) {
  int error = SSL_get_error(channel->tls, n);
  if (error == SSL_ERROR_ZERO_RETURN)
    return 0;
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
    return fail_tls(channel, error);
  short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
  return net_wait(channel->fd, events, deadline) == 0 ? 1
                                                      : fail_system(channel);
}

/* A name goes into SNI, an address does not (RFC 6066 3). */
static int expect_host(SSL *tls, const char *host) {
  unsigned char address[sizeof(struct in6_addr)];
  if (inet_pton(AF_INET, host, address) == 1 ||
      inet_pton(AF_INET6, host, address) == 1)
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1;
  return SSL_set_tlsext_host_name(tls, host) == 1 &&
         SSL_set1_host(tls, host) == 1;
}

static int load_trust(SSL_CTX *context, const struct channel_trust *trust) {
  if (trust->insecure)
    return 1;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  if (trust->ca != NULL)
    return SSL_CTX_load_verify_locations(context, trust->ca, NULL) == 1;
  return SSL_CTX_set_default_verify_paths(context) == 1;
}

static int open_tls(struct channel *channel, const char *host,
                    const struct channel_trust *trust) {
  static const unsigned char http[] = "\010http/1.1"; /* RFC 7301 3.1 */
  channel->context = SSL_CTX_new(TLS_client_method());
  if (channel->context == NULL)
    return fail(channel, "out of memory");
  if (!load_trust(channel->context, trust)) {
    ERR_clear_error();
    return fail(channel, trust->ca ? "cannot read the file of --ca"
                                   : "cannot read the system's certificates");
  }
  SSL_CTX_set_mode(channel->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_min_proto_version(channel->context, TLS1_2_VERSION);
  SSL_CTX_set_alpn_protos(channel->context, http, sizeof http - 1);
  channel->tls = SSL_new(channel->context);
  if (channel->tls == NULL || !expect_host(channel->tls, host) ||
      SSL_set_fd(channel->tls, channel->fd) != 1)
    return fail(channel, "out of memory");
  return 0;
}

int channel_secure(struct channel *channel, const char *host,
                   const struct channel_trust *trust, moment deadline) {
  int n, waited = 1;
  if (open_tls(channel, host, trust) != 0)
    return -1;
  while ((n = SSL_connect(channel->tls)) != 1 && waited == 1)
    waited = wait_for_tls(channel, n, deadline);
  if (n == 1)
    return 0;
  return waited == 0 ? fail(channel, "the server closed in the middle of TLS")
                     : -1;
}

static ssize_t send_tls(struct channel *channel, const char *bytes, size_t len,
                        moment deadline) {
  int n, waited = 1;
  while ((n = SSL_write(channel->tls, bytes, (int)len)) <= 0 && waited == 1)
    waited = wait_for_tls(channel, n, deadline);
  return n > 0 ? n : -1;
}

/* Without its alert the end may be an attacker's, but a head has an end of its
 * own. */
static ssize_t receive_tls(struct channel *channel, char *bytes, size_t cap,
                           moment deadline) {
  int n, waited = 1;
  while ((n = SSL_read(channel->tls, bytes, (int)cap)) <= 0 && waited == 1)
    waited = wait_for_tls(channel, n, deadline);
  return n > 0 ? n : waited;
}

/* The outcome of a call of OpenSSL that returned n, and is not repeated. */
static ssize_t judge_tls(struct channel *channel, int n) {
  int error = n > 0 ? SSL_ERROR_NONE : SSL_get_error(channel->tls, n);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
    return errno = EAGAIN, -1;
  if (error == SSL_ERROR_NONE || error == SSL_ERROR_ZERO_RETURN)
    return n > 0 ? n : 0;
  return fail_tls(channel, error);
}

static ssize_t send_tls_now(struct channel *channel, const char *bytes,
                            size_t len) {
  ssize_t n = judge_tls(channel, SSL_write(channel->tls, bytes, (int)len));
  if (n == 0) /* the peer has ended TLS */
    return errno = EPIPE, fail_system(channel);
  return n;
}

static ssize_t receive_tls_now(struct channel *channel, char *bytes,
                               size_t cap) {
  return judge_tls(channel, SSL_read(channel->tls, bytes, (int)cap));
}

static int tls_holds_bytes(const struct channel *channel) {
  return channel->tls != NULL && SSL_pending(channel->tls) > 0;
}

static void end_tls(struct channel *channel) {
  if (channel->tls != NULL && SSL_is_init_finished(channel->tls))
    SSL_shutdown(channel->tls);
  ERR_clear_error();
}

static void close_tls(struct channel *channel) {
  end_tls(channel);
  SSL_free(channel->tls);
  SSL_CTX_free(channel->context);
}

#endif

/* ---- Both ---------------------------------------------------------------- */

int channel_send(struct channel *channel, const char *bytes, size_t len,
                 moment deadline) {
  while (len > 0) {
    size_t piece = len < 16384 ? len : 16384;
    ssize_t n = channel->tls ? send_tls(channel, bytes, piece, deadline)
                             : send_some(channel, bytes, piece, deadline);
    if (n < 0)
      return channel->tls ? -1 : fail_system(channel);
    bytes += n;
    len -= (size_t)n;
  }
  return 0;
}

ssize_t channel_receive(struct channel *channel, char *bytes, size_t cap,
                        moment deadline) {
  if (channel->tls != NULL)
    return receive_tls(channel, bytes, cap, deadline);
  ssize_t n = receive_some(channel, bytes, cap, deadline);
  return n < 0 ? fail_system(channel) : n;
}

/* EINTR is told as EAGAIN: the caller polls again. */
static ssize_t judge_now(struct channel *channel, ssize_t n) {
  if (n >= 0)
    return n;
  if (is_for_later(errno))
    return errno = EAGAIN, -1;
  return fail_system(channel);
}

ssize_t channel_send_now(struct channel *channel, const char *bytes,
                         size_t len) {
  if (channel->tls != NULL)
    return send_tls_now(channel, bytes, len);
  return judge_now(channel, send(channel->fd, bytes, len, MSG_NOSIGNAL));
}

ssize_t channel_receive_now(struct channel *channel, char *bytes, size_t cap) {
  if (channel->tls != NULL)
    return receive_tls_now(channel, bytes, cap);
  return judge_now(channel, recv(channel->fd, bytes, cap, 0));
}

int channel_holds_bytes(const struct channel *channel) {
  return tls_holds_bytes(channel);
}

void channel_end(struct channel *channel) {
  end_tls(channel);
  shutdown(channel->fd, SHUT_WR);
}

void channel_close(struct channel *channel) {
  close_tls(channel);
  if (channel->fd >= 0)
    close(channel->fd);
  channel->fd = -1;
}
