/* SPDX-License-Identifier: MIT
 *
 * What upshake-demo says of a handshake: to its log, to a client that is
 * refused, and to the page that shows it.
 */
#ifndef DEMO_LOG_H
#define DEMO_LOG_H

#include "demo_text.h"
#include "upshake.h"

/* How a handshake ended. */
struct verdict {
  const char *outcome; /* "switched", "refused", "plain", "incomplete" */
  int status;
  upshake_error error;
  const char *sentence; /* NULL: that of the error */
};

/* One line on stdout:
 *     peer "METHOD target" outcome status NAME: sentence
 */
void log_handshake(const char *peer, const upshake *hs, struct verdict verdict);

/* The same for the body of a refusal. */
void describe_refusal(struct text *text, const upshake *hs,
                      struct verdict verdict);

/* {"request":"...","reply":"..."}: octets as they went over the wire, those
 * outside printable ASCII as \u00XX. */
void describe_exchange(struct text *text, upshake_slice request,
                       upshake_slice reply);

#endif
