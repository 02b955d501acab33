/* SPDX-License-Identifier: MIT
 *
 * HTTP/2 behind upshake-h2c, by nghttp2: a session that answers every request
 * with the number of its stream.
 */
#ifndef UPSHAKE_EXAMPLES_H2C_SESSION_H
#define UPSHAKE_EXAMPLES_H2C_SESSION_H

#include <nghttp2/nghttp2.h>

/* Opens a server's session, which sends to the socket *fd.  Returns NULL if
 * there is no memory. */
nghttp2_session *session_open(int *fd);

/* Answers a request.  The session answers a request in frames by itself. */
int session_answer(nghttp2_session *session, int32_t stream, int to_head);

#endif
