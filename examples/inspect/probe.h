/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --probe: what does a server let through?
 *
 * probe.c sends the cases and judges the answers, probe_report.c prints them,
 * probe_cases.c has the cases.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_PROBE_H
#define UPSHAKE_EXAMPLES_INSPECT_PROBE_H

#include "dial.h"
#include "probe_cases.h"

typedef enum verdict_of_case {
  HELD,      /* the answer is one that the rule allows */
  OTHERWISE, /* refused, but not with the status that the rule names */
  SILENT,    /* no answer until the deadline */
  THROUGH,   /* switched */
  NOT_SENT   /* the probe ended before */
} verdict_of_case;

/* What the server does with one request. */
typedef struct answer {
  int status; /* 0: none; -1: bytes that are no response */
  int has_version_13, has_deflate, has_subprotocol;
  int silent;
} answer;

typedef struct probe {
  dial to;
  const char *uri;
  answer *answers; /* one for each case */
  verdict_of_case *verdicts;
  size_t sent;
} probe;

/* Probes the server of the options, and prints the table. */
int probe_run(const options *opt);

verdict_of_case judge_case(const probe_case *sent, const answer *got);

void print_probe(const probe *all);
void print_probe_json(const probe *all);

#endif
