/* SPDX-License-Identifier: MIT
 *
 * upshake, layer "gateway": what a program must know that passes requests and
 * responses on (RFC 9110 7.6). */
#include "upshake.h" /* before the guard: it ends by including this header */
#ifndef UPSHAKE_GATEWAY_H
#define UPSHAKE_GATEWAY_H
/* clang-format off: what belongs together stands on one line */

#ifdef __cplusplus
extern "C" {
#endif

/* An entry that takes what a client offers, and no other entry of the table
 * names.  It does not take what has rules of its own ("websocket", "h2c",
 * "connect-udp", "connect-ip"): each of these needs its own entry.  Ask the
 * server behind you for what the client offers, and give the protocol of its
 * 101 to upshake_choose_protocol.  If you do not choose, it is the first such
 * protocol of Upgrade.  That name counts for UPSHAKE_REPLY_CAP like a text of
 * the table, and a client may send a long one.  A 426 names only the other
 * entries.  A judge to which fields are given one by one keeps some of them
 * only: if it did not keep the name, the reply fails with REPLY_PROTOCOL. */
UPSHAKE_API_CONSTANT const upshake_private_rules *upshake_any_rules(void);
#define UPSHAKE_ANY UPSHAKE_ENTRY("*", upshake_any_rules, NULL, NULL, 0, 0)

/* The name of the protocol to switch to: that of result.protocol; of
 * UPSHAKE_ANY what the client sent, valid as the slices of the request.  Absent
 * if result.protocol is NULL. */
UPSHAKE_API upshake_slice upshake_protocol_name(const upshake *hs);

/* 1 if upshake writes this field itself, so that you cannot add it: Connection,
 * Upgrade, Sec-WebSocket-..., HTTP2-Settings, Content-Length,
 * Transfer-Encoding, Keep-Alive, Proxy-Connection, TE, Trailer. */
UPSHAKE_API int upshake_is_own_field(upshake_slice name);

/* 1 if the field is for one connection only: Connection, Upgrade, Keep-Alive,
 * Proxy-Connection, Transfer-Encoding, TE, Trailer, HTTP2-Settings, and each
 * name that Connection lists in `fields` (RFC 9110 7.6.1). */
UPSHAKE_API int upshake_is_hop_field(upshake_fields fields, upshake_slice name);

/* Copies the fields that a gateway passes on, in their order.  Hop fields and
 * Content-Length are left out.  Of a response (of_request is 0) the other own
 * fields are left out too, and so are all but the first line of a field that a
 * response has only once: Content-Type, Location, Retry-After, Server, Date.
 * Returns how many fields there are; if they are more than cap, only cap were
 * copied.  The slices point where those of `fields` do.  Use them as ask.fields
 * with ask.forward, or as extra.fields with extra.relayed.  For Via and
 * X-Forwarded-For, add a line of your own behind them: several lines are one
 * list.  Max-Forwards of OPTIONS and TRACE is for you to count (RFC 9110
 * 7.6.2). */
UPSHAKE_API size_t upshake_forward(upshake_fields fields, int of_request,
    upshake_field *out, size_t cap);

/* The target for the next server, as ask.target; request->query is ask.query.
 * It is the path, or "*" if OPTIONS asks about a whole server, in whatever form
 * (RFC 9112 3.2.4).  Absent for CONNECT. */
UPSHAKE_API upshake_slice upshake_forward_target(
    const upshake_request *request);

/* Fills extra.reason, .relayed, .content and .body_len for the answer of a
 * client that goes on: also for an interim response and for a 101, which have
 * no content.  Returns OK; or CODING_UNKNOWN: the body has a coding besides
 * chunked, which your program must remove first, or answer 502. */
struct upshake_client;
UPSHAKE_API upshake_error upshake_forward_answer(
    const struct upshake_client *client, upshake_extra *extra);

#ifdef __cplusplus
}
#endif
#endif
