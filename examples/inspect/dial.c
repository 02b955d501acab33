/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the way to a server: see dial.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "dial.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "../common/exit.h"

void complain(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  fflush(stdout);
  fputs("upshake-inspect: ", stderr);
  put_escaped(stderr, line, strlen(line));
  putc('\n', stderr);
}

/* ---- The connection ------------------------------------------------------ */

int dial_begin(dial *to, const options *opt, const char *uri) {
  memset(to, 0, sizeof *to);
  to->opt = opt;
  to->channel.fd = -1;
  to->times = (times){-1, -1, -1, -1};
  const char *wrong = uri_parse(&to->uri, uri);
  if (wrong == NULL)
    return 0;
  complain("'%s' is %s", uri, wrong);
  return EXIT_BAD_USAGE;
}

int dial_find(dial *to) {
  const char *why;
  long long begin = net_now_us();
  if (net_find(to->uri.host, to->uri.port, net_now_ms() + to->opt->timeout,
               &to->addresses, &why) != 0)
    return complain("cannot find the address of %s: %s", to->uri.host, why),
           INCOMPLETE;
  to->times.name = net_now_us() - begin;
  return 0;
}

static int begin_tls(dial *to) {
  const struct channel_trust trust = {to->opt->ca, to->opt->insecure};
  long long begin = net_now_us();
  if (channel_secure(&to->channel, to->uri.host, &trust,
                     net_now_ms() + to->opt->timeout) != 0) {
    complain("no TLS with %s port %s: %s", to->uri.host, to->uri.port,
             to->channel.why);
    channel_close(&to->channel);
    return INCOMPLETE;
  }
  to->times.tls = net_now_us() - begin;
  return 0;
}

int dial_connect(dial *to) {
  long long begin = net_now_us();
  if (channel_connect(&to->channel, &to->addresses,
                      net_now_ms() + to->opt->timeout) != 0)
    return complain("cannot connect to %s port %s: %s", to->uri.host,
                    to->uri.port, to->channel.why),
           INCOMPLETE;
  to->times.connect = net_now_us() - begin;
  return to->uri.secure ? begin_tls(to) : 0;
}

/* ---- The request --------------------------------------------------------- */

/* Returns the names as the text of a field; the caller frees it. */
static char *join_subprotocols(const options *opt) {
  size_t len = 1;
  for (size_t i = 0; i < opt->subprotocols_len; i++)
    len += strlen(opt->subprotocols[i]) + 2;
  char *joined = allocate(len);
  joined[0] = '\0';
  for (size_t i = 0; i < opt->subprotocols_len; i++) {
    strcat(joined, i > 0 ? ", " : "");
    strcat(joined, opt->subprotocols[i]);
  }
  return joined;
}

int dial_write_request(const dial *to, char *bytes, size_t cap, size_t *len) {
  static const upshake_deflate_offer offer = {.client_bits = UPSHAKE_BITS_ANY};
  const options *opt = to->opt;
  unsigned char key[16];
  if (net_random(key, sizeof key) != 0)
    return complain("the system has no random bytes"), EXIT_BAD_SYSTEM;
  char *subprotocols = join_subprotocols(opt);
  upshake_ask ask = {
      .scheme = upshake_text(to->uri.secure ? "wss" : "ws"),
      .host = upshake_text(to->uri.host),
      .port = (uint32_t)atoi(to->uri.port),
      .target = upshake_text(to->uri.target),
      .subprotocols = upshake_text(subprotocols),
      .deflates = &offer,
      .deflates_len = opt->deflate ? 1 : 0,
      .origin = upshake_text(opt->origins_len > 0 ? opt->origins[0] : NULL),
  };
  upshake_error error = upshake_write_request(&ask, key, bytes, cap, len);
  free(subprotocols);
  if (error == UPSHAKE_OK)
    return 0;
  complain("cannot ask for this: %s", upshake_strerror(error));
  return EXIT_BAD_USAGE;
}
