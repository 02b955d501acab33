/* SPDX-License-Identifier: MIT
 *
 * All contestants that were found when this was built.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

extern const bench_contestant upshake_portable, upshake_default,
    upshake_default_cpu;
extern const bench_contestant openssl, openssl_oneshot, nettle, uwebsockets;
extern const bench_contestant picohttpparser, picohttpparser_low,
    picohttpparser_oneshot;
extern const bench_contestant picohttpparser_sse42, picohttpparser_sse42_low,
    picohttpparser_sse42_oneshot;
extern const bench_contestant llhttp, llhttp_low, llhttp_oneshot;
extern const bench_contestant http_parser_peer, http_parser_low;

const bench_contestant *const contestants[] = {
    &upshake_default,
    &upshake_portable,
    &upshake_default_cpu,
#ifdef HAVE_PICOHTTPPARSER
    &picohttpparser,
#ifdef HAVE_SSE42
    &picohttpparser_sse42,
#endif
#ifdef HAVE_OPENSSL
    &picohttpparser_low,
    &picohttpparser_oneshot,
#ifdef HAVE_SSE42
    &picohttpparser_sse42_low,
    &picohttpparser_sse42_oneshot,
#endif
#endif
#endif
#ifdef HAVE_LLHTTP
    &llhttp,
#ifdef HAVE_OPENSSL
    &llhttp_low,
    &llhttp_oneshot,
#endif
#endif
#ifdef HAVE_HTTP_PARSER
    &http_parser_peer,
#ifdef HAVE_OPENSSL
    &http_parser_low,
#endif
#endif
#ifdef HAVE_OPENSSL
    &openssl,
    &openssl_oneshot,
#endif
#ifdef HAVE_NETTLE
    &nettle,
#endif
#ifdef HAVE_UWEBSOCKETS
    &uwebsockets,
#endif
    NULL,
};

const bench_contestant *find_contestant(const char *name) {
  for (const bench_contestant *const *c = contestants; *c; c++)
    if (strcmp((*c)->name, name) == 0)
      return *c;
  return NULL;
}

int takes_part(const bench_contestant *c, const bench_row *row) {
  if (c->can && !c->can())
    return 0;
  return row->job < JOBS ? c->jobs[row->job] != NULL : c->accept != NULL;
}

#ifndef HAVE_OPENSSL
int openssl_uses_sha(void) { return -1; }
#endif
