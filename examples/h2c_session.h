/* SPDX-License-Identifier: MIT
 *
 * HTTP/2 behind upshake-h2c, by nghttp2: a session that answers every request
 * with the number of its stream.
 */
#ifndef H2C_SESSION_H
#define H2C_SESSION_H

#include <nghttp2/nghttp2.h>

/* A server's session, which sends to the socket at `fd`.  NULL: no memory. */
nghttp2_session *session_open(int *fd);

/* Answer a request.  Those that come in frames are answered without this. */
int session_answer(nghttp2_session *session, int32_t stream, int to_head);

#endif
