/* SPDX-License-Identifier: MIT
 *
 * The way to the server: see way.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "way.h"

#include <signal.h>

#include "report.h"

static int complain_of(const struct options *options, const char *why) {
  complain("cannot connect to %s port %s: %s", options->connect_host,
           options->connect_port, why);
  return -1;
}

/* OpenSSL writes to the socket itself, without MSG_NOSIGNAL.  Certificates are
 * of the URI's host, wherever we connect to. */
static int begin_tls(struct channel *channel, const struct options *options,
                     times *took) {
  long long begin = net_now_us();
  signal(SIGPIPE, SIG_IGN);
  if (channel_secure(channel, options->uri.host, &options->trust,
                     net_now_ms() + options->timeout) != 0) {
    complain("no TLS with %s port %s: %s", options->connect_host,
             options->connect_port, channel->why);
    return -1;
  }
  took->tls = net_now_us() - begin;
  return 0;
}

int way_open(struct channel *channel, const struct options *options,
             times *took) {
  struct net_addresses addresses;
  const char *why;
  long long begin = net_now_us();
  if (net_find(options->connect_host, options->connect_port,
               net_now_ms() + options->timeout, &addresses, &why) != 0)
    return complain_of(options, why);
  took->name = net_now_us() - begin;
  begin = net_now_us();
  if (channel_connect(channel, &addresses, net_now_ms() + options->timeout) !=
      0)
    return complain_of(options, channel->why);
  took->connect = net_now_us() - begin;
  return options->uri.secure ? begin_tls(channel, options, took) : 0;
}
