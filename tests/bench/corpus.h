/* SPDX-License-Identifier: MIT
 *
 * What the requests are made of; corpus.c says what `$` means.
 */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

enum { CORPUS_HOSTS = 6, CORPUS_TARGETS = 8, CORPUS_AGENTS = 6 };
extern const char *const corpus_hosts[CORPUS_HOSTS];
extern const char *const corpus_targets[CORPUS_TARGETS];
extern const char *const corpus_agents[CORPUS_AGENTS];

/* Lines that are there or not; NULL at the end, at most 64. */
extern const char *const corpus_optional[];

/* The same for responses. */
extern const char *const corpus_answers[];

extern const char corpus_rfc6455[], corpus_browser[], corpus_fat[];
extern const char corpus_tiny[]; /* without the tiny fields and the end */

/* Refused, or at least not switched; NULL at the end. */
extern const char *const corpus_broken[];

#endif
