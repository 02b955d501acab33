/* SPDX-License-Identifier: MIT
 *
 * What upshake-demo answers to a head, except for the bytes of a new protocol:
 * refusals, the page, and the exchange that the page asks for.
 */
#ifndef UPSHAKE_EXAMPLES_DEMO_ANSWER_H
#define UPSHAKE_EXAMPLES_DEMO_ANSWER_H

#include "connection.h"

/* Writes the reply of the handshake to `out` at once.  It is sent from there in
 * any pieces.  Returns its bytes, or an absent slice after an error. */
upshake_slice answer_write(struct connection *c, const upshake_extra *extra);

/* Says how the handshake ended: to the log and, if it asked, to the page. */
void answer_report(struct connection *c, struct verdict verdict,
                   upshake_slice reply);

/* Each of these enters PHASE_ANSWER; PHASE_OVER after an error.
 * _plain: an ordinary request.  _as_judged: a refusal with the words of the
 * library.  The rest have their own words. */
void answer_plain(struct connection *c);
void answer_as_judged(struct connection *c);
void answer_late(struct connection *c);
void answer_cut_off(struct connection *c);
void answer_turned_away(struct connection *c);

/* Puts as much of the answer's content into `out` as there is room. */
void answer_fill(struct connection *c);

#endif
