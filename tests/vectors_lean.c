/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: lean, where field lines that nobody asked for are
 * left out of the head.
 */
#include "vectors_run.h"

#include "switches.h"

#include <stdlib.h>
#include <string.h>

/* ---- What is kept ------------------------------------------------------- */

static int is_rule_name(upshake_slice name) {
  static const char *const names[] = {"connection",
                                      "content-length",
                                      "content-type",
                                      "expect",
                                      "host",
                                      "http2-settings",
                                      "origin",
                                      "sec-websocket-extensions",
                                      "sec-websocket-key",
                                      "sec-websocket-protocol",
                                      "sec-websocket-version",
                                      "transfer-encoding",
                                      "upgrade"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (upshake_equal_fold(name, names[i]))
      return 1;
  return 0;
}

/* Whether a field line, or what has come of it, is kept. */
static int is_kept(const upshake_config *config, upshake_slice line) {
  const char *colon = line.len == 0 ? NULL : memchr(line.ptr, ':', line.len);
  if (colon == NULL) /* the last line, or a name that is not complete */
    return 1;
  upshake_slice name = part(line, 0, (size_t)(colon - line.ptr));
  for (size_t i = 0; i < config->wanted_len; i++)
    if (upshake_equal_fold(name, config->wanted[i]))
      return 1;
  return is_rule_name(name);
}

/* The length of the first line with its end, or what has come of it. */
static size_t line_len(upshake_slice octets) {
  const char *end = memchr(octets.ptr, '\n', octets.len);
  return end == NULL ? octets.len : (size_t)(end - octets.ptr) + 1;
}

gathered kept_octets(const run *r, upshake_slice consumed) {
  int is_lean = r->leans || r->v->config.lean, in_fields = 0;
  gathered kept = {NULL, 0};
  gather(&kept, NULL, 0);
  while (consumed.len > 0) {
    upshake_slice line = part(consumed, 0, line_len(consumed));
    if (!is_lean || !in_fields || is_kept(&r->v->config, line))
      gather(&kept, line.ptr, line.len);
    in_fields = in_fields || line.ptr[0] != '\r';
    consumed = part(consumed, line.len, consumed.len);
  }
  return kept;
}

/* ---- The same with and without lean ------------------------------------- */

/* A lean head may be shorter than its memory where a whole one is not, has its
 * own limit, and holds no field that only the application looks at. */
static int differs(const vector *v, const seen *first) {
  return v->config.lean || v->config.limits.total > 0 || v->capsules ||
         v->octets.len >= 65536 || first->result.error == UPSHAKE_ERR_HEAD_LONG;
}

void lean_case(run *r, const seen *first) {
  static const way ways[] = {WHOLE, OCTETS, ROOM};
  if (!WITH_LEAN || differs(r->v, first))
    return;
  r->leans = 1;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    seen s = run_once(r, ways[i], 0);
    expect_same(r, first, &s, 0);
    drop_seen(&s);
  }
  r->leans = 0;
}
