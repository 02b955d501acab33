/* SPDX-License-Identifier: MIT
 *
 * The table of errors: name, status, rule and sentence of each error.
 */
#ifndef UPSHAKE_SRC_REPLY_ERRORS_H
#define UPSHAKE_SRC_REPLY_ERRORS_H

#include "../text/compiler.h"

#define UPSHAKE_ERR_OK UPSHAKE_OK

/* clang-format off */

/* X(name, status of the reply or 0, section of the rule, sentence), in the
 * order of upshake_error. */
#define ERRORS(X) ERRORS_OF_REQUESTS(X) ERRORS_OF_CALLS(X)

#define ERRORS_OF_REQUESTS(X) \
  X(OK, 0, "", "no error") \
  X(INCOMPLETE, 0, "RFC 9112 2.1", "the head is not complete yet") \
  X(PROXY_TOOK_UPGRADE, 0, "RFC 9110 7.8", \
    "WebSocket fields without Upgrade: a proxy on the way removed it") \
  X(NO_UPGRADE, 0, "RFC 9110 7.8", \
    "no Upgrade field: the request asks for no other protocol") \
  X(HTTP_1_0, 0, "RFC 9110 7.8", \
    "Upgrade is ignored in HTTP/1.0; often a proxy speaks HTTP/1.0 to " \
    "the server") \
  X(NO_CONNECTION, 0, "RFC 9110 7.6.1", \
    "Upgrade is ignored without Connection: upgrade; often a proxy " \
    "dropped it") \
  X(NOT_SUPPORTED, 0, "RFC 9110 7.8", \
    "no protocol that the client asked for is in the server's table") \
  X(PASSED_OVER_BODY, 0, "RFC 9110 7.8", \
    "the protocol asked for is not offered for a request with a body") \
  X(PASSED_OVER_METHOD, 0, "RFC 9110 7.8", \
    "the protocol asked for is not offered for this method") \
  X(PASSED_OVER_SETTINGS, 0, "RFC 7540 3.2.1", \
    "h2c needs one good HTTP2-Settings field that Connection names") \
  X(DECLINED, 0, "RFC 9110 7.8", "the application declined the offer") \
  X(TLS, 400, "RFC 9112 2.2", \
    "the client speaks TLS to a port that expects plain HTTP") \
  X(EMPTY_LINES, 400, "RFC 9112 2.2", \
    "more than 8 empty lines before the request line") \
  X(LINE_END, 400, "RFC 9112 2.2", "a line may end with CR LF only") \
  X(METHOD_BYTE, 400, "RFC 9112 3.1", \
    "this byte cannot stand in a method, or the method is empty") \
  X(METHOD_LONG, 501, "RFC 9112 3", "the method is longer than the limit") \
  X(TARGET_BYTE, 400, "RFC 9112 3.2", \
    "this byte cannot stand in a request-target, or the target is " \
    "empty") \
  X(TARGET_LONG, 414, "RFC 9112 3", "the target is longer than the limit") \
  X(TARGET_FORM, 400, "RFC 9112 3.2", \
    "the target has none of the forms that go with this method") \
  X(TARGET_SCHEME, 400, "RFC 9112 3.2.2", \
    "the scheme of the target is not http, https, ws or wss") \
  X(TARGET_AUTHORITY, 400, "RFC 9110 4.2", \
    "the target has userinfo, no host, or a malformed host or port") \
  X(TARGET_SECURED, 421, "RFC 9110 7.4", \
    "a target of https or wss on a connection that is not secured") \
  X(HTTP_VERSION_BYTE, 400, "RFC 9112 2.3", \
    "the HTTP version is not written HTTP/DIGIT.DIGIT") \
  X(HTTP_VERSION, 505, "RFC 9110 15.6.6", "only HTTP/1.x is spoken here") \
  X(HTTP2_PREFACE, 505, "RFC 9113 3.4", \
    "the client speaks HTTP/2 with prior knowledge") \
  X(FIELD_FOLDED, 400, "RFC 9112 5.2", \
    "a field line begins with a blank: folded lines are not accepted") \
  X(FIELD_BLANK, 400, "RFC 9112 5.1", \
    "a blank stands between a field's name and its colon") \
  X(FIELD_NAME, 400, "RFC 9110 5.1", \
    "this byte cannot stand in a field's name, or the name is empty") \
  X(FIELD_VALUE, 400, "RFC 9110 5.5", \
    "this byte cannot stand in a field's value") \
  X(FIELD_NAME_LONG, 431, "RFC 6585 5", \
    "a field's name is longer than the limit") \
  X(FIELDS_MANY, 431, "RFC 6585 5", "more field lines than the limit") \
  X(HEAD_LONG, 431, "RFC 6585 5", "the head does not fit its memory or limit") \
  X(HOST_REPEATED, 400, "RFC 9112 3.2", "more than one Host field") \
  X(HOST_MALFORMED, 400, "RFC 9112 3.2", "Host is not host [\":\" port]") \
  X(LENGTH_AND_CODING, 400, "RFC 9112 6.3", \
    "both Content-Length and Transfer-Encoding") \
  X(LENGTH_REPEATED, 400, "RFC 9110 8.6", "more than one Content-Length") \
  X(LENGTH_MALFORMED, 400, "RFC 9110 8.6", \
    "Content-Length is not a decimal number below 2^63") \
  X(CODING_IN_1_0, 400, "RFC 9112 6.1", "Transfer-Encoding in HTTP/1.0") \
  X(CODING_MALFORMED, 400, "RFC 9112 7", \
    "chunked is repeated or has parameters, or a coding is malformed") \
  X(HOST_MISSING, 400, "RFC 9112 3.2", "HTTP/1.1 without a Host field") \
  X(CODING_NOT_CHUNKED, 400, "RFC 9112 6.3", \
    "the last transfer coding is not chunked") \
  X(CONNECTION_MALFORMED, 400, "RFC 9110 7.6.1", \
    "a member of Connection is not a token") \
  X(CODING_UNKNOWN, 501, "RFC 9112 6.1", \
    "a transfer coding before chunked is not implemented") \
  X(HOST_EMPTY, 400, "RFC 9112 3.2", \
    "a request for this protocol has to name a host") \
  X(BODY, 400, "RFC 9110 7.8", \
    "a request with a body cannot switch to this protocol") \
  X(BODY_LONG, 413, "RFC 9110 15.5.14", \
    "the body is longer than the limit") \
  X(CHUNK, 400, "RFC 9112 7.1", "a chunk is malformed at this byte") \
  X(CHUNK_EXTENSION_LONG, 400, "RFC 9112 7.1.1", \
    "chunk extensions of more than 4096 bytes") \
  X(TRAILER, 400, "RFC 9112 7.1.2", \
    "a trailer field is malformed at this byte") \
  X(TRAILER_LONG, 431, "RFC 9112 7.1.2", \
    "trailer fields of more than 4096 bytes") \
  X(METHOD, 405, "RFC 6455 4.2.1", \
    "the method is not one that this protocol is opened with") \
  X(METHOD_NOT_GET, 400, "RFC 9298 3.2", \
    "the method of a request for this protocol must be GET") \
  X(CAPSULES, 400, "RFC 9297 3.2", \
    "Content-Length, Content-Type and Transfer-Encoding have no place in a " \
    "message that switches to this protocol") \
  X(EXPECTATION, 417, "RFC 9110 10.1.1", \
    "an expectation other than 100-continue") \
  X(VERSION_REPEATED, 400, "RFC 6455 11.3.5", \
    "more than one Sec-WebSocket-Version") \
  X(VERSION_MALFORMED, 400, "RFC 6455 4.3", \
    "Sec-WebSocket-Version is not a number from 0 to 255") \
  X(VERSION_MISSING, 426, "RFC 6455 4.2.1", "no Sec-WebSocket-Version") \
  X(VERSION_UNSUPPORTED, 426, "RFC 6455 4.4", \
    "Sec-WebSocket-Version is not 13") \
  X(KEY_REPEATED, 400, "RFC 6455 11.3.1", "more than one Sec-WebSocket-Key") \
  X(KEY_MALFORMED, 400, "RFC 6455 4.2.1", \
    "Sec-WebSocket-Key is not the base64 of 16 bytes") \
  X(KEY_MISSING, 400, "RFC 6455 4.2.1", "no Sec-WebSocket-Key") \
  X(SUBPROTOCOL_MALFORMED, 400, "RFC 6455 4.3", \
    "Sec-WebSocket-Protocol is not a list of tokens") \
  X(EXTENSION_MALFORMED, 400, "RFC 6455 9.1", \
    "Sec-WebSocket-Extensions does not follow its grammar") \
  X(ORIGIN_REPEATED, 400, "RFC 6454 7.3", "more than one Origin field") \
  X(ORIGIN_MALFORMED, 403, "RFC 6454 7.1", \
    "Origin is null or not scheme \"://\" host [\":\" port]") \
  X(ORIGIN_REFUSED, 403, "RFC 6455 10.2", \
    "the server accepts no WebSocket from pages of this Origin") \
  X(SUBPROTOCOL_REQUIRED, 400, "RFC 6455 4.2.2", \
    "no sub-protocol of this server was offered, and one is required") \
  X(REFUSED, 0, "RFC 9110 15", "the application refused") \
  X(DECISION, 500, "RFC 9110 15.6.1", \
    "the application's callback returned a value that is no answer")

/* Errors in answers to a client, and errors of calls.  They never cause a
 * reply. */
#define ERRORS_OF_CALLS(X) \
  X(STATUS_LINE, 0, "RFC 9112 4", \
    "this byte cannot stand in a status line: not HTTP/1.x, or not the " \
    "beginning of a response") \
  X(INTERIM_MANY, 0, "RFC 9110 15.2", "more than 32 interim responses") \
  X(SWITCH_HTTP_1_0, 0, "RFC 9110 15.2", "a 101 in HTTP/1.0") \
  X(UPGRADE_MISSING, 0, "RFC 9110 7.8", \
    "a 101 without Upgrade: it does not say to what it switches") \
  X(UPGRADE_REPEATED, 0, "RFC 6455 4.1", \
    "Upgrade holds more than the one protocol") \
  X(UPGRADE_NOT_ASKED, 0, "RFC 9110 7.8", \
    "the server switches to a protocol that was not asked for") \
  X(CONNECTION_MISSING, 0, "RFC 9110 7.8", \
    "a 101 without Connection: upgrade") \
  X(ACCEPT_MISSING, 0, "RFC 6455 4.1", "no Sec-WebSocket-Accept") \
  X(ACCEPT_REPEATED, 0, "RFC 6455 4.1", "more than one Sec-WebSocket-Accept") \
  X(ACCEPT_WRONG, 0, "RFC 6455 4.1", \
    "Sec-WebSocket-Accept does not answer the key: a cache, or no WebSocket " \
    "server") \
  X(SUBPROTOCOL_REPEATED, 0, "RFC 6455 11.3.4", \
    "more than one Sec-WebSocket-Protocol") \
  X(SUBPROTOCOL_NOT_ASKED, 0, "RFC 6455 4.1", \
    "Sec-WebSocket-Protocol is not one of those asked for") \
  X(SUBPROTOCOL_NONE, 0, "RFC 6455 4.1", \
    "the server chose none of the sub-protocols asked for") \
  X(EXTENSION_REPEATED, 0, "RFC 7692 5", \
    "the server accepts one extension twice") \
  X(EXTENSION_NOT_ASKED, 0, "RFC 6455 4.1", \
    "an extension that was not asked for") \
  X(EXTENSION_PARAMETER, 0, "RFC 7692 7", \
    "permessage-deflate with parameters that answer no offer") \
  X(STATE, 0, "", "this call is not possible at this point") \
  X(CONFIG, 0, "", "the config breaks a rule") \
  X(ANSWER, 0, "", "the answer is not 101, UPSHAKE_DECLINE or 300 to 599") \
  X(NOT_OFFERED, 0, "RFC 9110 7.8", "the client did not offer this") \
  X(ROOM, 0, "", "the memory given is too small") \
  X(EXTRA_NAME, 0, "RFC 9110 5.1", "an added field's name is not a token") \
  X(EXTRA_VALUE, 0, "RFC 9110 5.5", \
    "an added value has a byte it cannot have, or blanks around it") \
  X(EXTRA_RESERVED, 0, "", "an added field belongs to the handshake") \
  X(EXTRA_REPEATED, 0, "RFC 9110 5.3", "a field would be sent twice") \
  X(EXTRA_BODY, 0, "RFC 9110 6.4.1", "this reply cannot have a body") \
  X(EXTRA_EXTENSION, 0, "RFC 6455 9.1", \
    "an extension is malformed, or was not offered") \
  X(REPLY_PROTOCOL, 0, "RFC 9110 7.8", \
    "a protocol to be named in Upgrade is missing or malformed") \
  X(REPLY_ACCEPT, 0, "RFC 6455 4.2.2", \
    "an accept or sub-protocol value is malformed") \
  X(NEEDS_AUTHENTICATE, 0, "RFC 9110 15.5.2", \
    "a 401 needs a WWW-Authenticate field") \
  X(NEEDS_PROXY_AUTHENTICATE, 0, "RFC 9110 15.5.8", \
    "a 407 needs a Proxy-Authenticate field") \
  X(NEEDS_ALLOW, 0, "RFC 9110 15.5.6", "a 405 needs an Allow field") \
  X(MUST_CLOSE, 0, "RFC 9112 9.6", "this connection cannot be kept") \
  X(REQUEST, 0, "RFC 9110 7.8", \
    "not the complete head of a request that asks for a switch")

/* clang-format on */

/* Returns the status of the reply to an error; 0 if there is no reply, or if
 * the application chooses the status. */
UPSHAKE_PRIVATE int upshake__error_status(upshake_error error);

#endif
