/* SPDX-License-Identifier: MIT
 *
 * The WebSocket of evhttp.c: it sends each message back.
 */
#ifndef UPSHAKE_EXAMPLES_EVHTTP_SESSION_H
#define UPSHAKE_EXAMPLES_EVHTTP_SESSION_H

struct evhttp_connection;

/* Takes the connection, while evhttp calls back for its request.  evhttp calls
 * nothing on it any more, as its callbacks of the bufferevent are replaced.
 * The request stays in the connection and is freed with it.  Without memory the
 * program exits. */
void start_session(struct evhttp_connection *connection);

#endif
