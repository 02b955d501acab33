/* SPDX-License-Identifier: MIT
 *
 * The table of errors: all that there is to say of each.  Nothing else in the
 * library leans on the order of upshake_error, but for one thing: where several
 * fields of one request are bad, the error that stands first is kept
 * (upshake__note_bad).  The order of judgement has a table of its own
 * (judge/order.h).
 */
#ifndef UPSHAKE_SRC_ERROR_ERRORS_H
#define UPSHAKE_SRC_ERROR_ERRORS_H

#include "../text/compiler.h"

enum {
  /* Its class: when an error is found, and what it leads to. */
  ERROR_NONE,        /* to nothing                                       */
  ERROR_PLAIN,       /* why a request is PLAIN                           */
  ERROR_OF_OFFER,    /* the head has ended, and the message is sound     */
  ERROR_OF_MESSAGE,  /* the head has ended, and it is not sure where the
                        next request begins                              */
  ERROR_IN_BODY,     /* at this byte of a body                           */
  ERROR_AT_ONCE = 8, /* before the head ends:                            */
  ERROR_AT_BYTE = 8, /* syntax and limits, at this byte                  */
  ERROR_AT_LINE = 9, /* Host and framing, when their line ends           */
  ERROR_CLASSES = 15,

  /* A field that the reply carries, besides those that its status needs. */
  ERROR_NOTHING = 0,
  ERROR_VERSION = 16, /* Sec-WebSocket-Version: 13 (RFC 6455 4.4)           */
  ERROR_ALLOW = 32,   /* Allow: GET (RFC 9110 15.5.6); an application that
                         refuses with 405 adds Allow itself                 */
  ERROR_FIELDS = 48
};

#define UPSHAKE_ERR_OK UPSHAKE_OK

/* clang-format off */

/* X(name, class, status of the reply or 0, field of the reply, section of the
 * rule, sentence), in the order of upshake_error.  An error of a call has the
 * class of its caller: it is OF_ANSWER if a client refuses an answer, or
 * OF_CALL. */
#define ERRORS(X) ERRORS_OF_REQUESTS(X) ERRORS_OF_CALLS(X)

#define ERRORS_OF_REQUESTS(X) \
  X(OK, NONE, 0, NOTHING, "", "no error") \
  X(INCOMPLETE, NONE, 0, NOTHING, "RFC 9112 2.1", \
    "the head is not complete yet") \
  X(PROXY_TOOK_UPGRADE, PLAIN, 0, NOTHING, "RFC 9110 7.8", \
    "WebSocket fields without Upgrade: a proxy on the way removed it") \
  X(NO_UPGRADE, PLAIN, 0, NOTHING, "RFC 9110 7.8", \
    "no Upgrade field: the request asks for no other protocol") \
  X(HTTP_1_0, PLAIN, 0, NOTHING, "RFC 9110 7.8", \
    "Upgrade is ignored in HTTP/1.0; often a proxy speaks HTTP/1.0 to " \
    "the server") \
  X(NO_CONNECTION, PLAIN, 0, NOTHING, "RFC 9110 7.6.1", \
    "Upgrade is ignored without Connection: upgrade; often a proxy " \
    "dropped it") \
  X(NOT_SUPPORTED, PLAIN, 0, NOTHING, "RFC 9110 7.8", \
    "no protocol that the client asked for is in the server's table") \
  X(PASSED_OVER_BODY, PLAIN, 0, NOTHING, "RFC 9110 7.8", \
    "the protocol asked for is not offered for a request with a body") \
  X(PASSED_OVER_METHOD, PLAIN, 0, NOTHING, "RFC 9110 7.8", \
    "the protocol asked for is not offered for this method") \
  X(PASSED_OVER_SETTINGS, PLAIN, 0, NOTHING, "RFC 7540 3.2.1", \
    "h2c needs one good HTTP2-Settings field that Connection names") \
  X(DECLINED, PLAIN, 0, NOTHING, "RFC 9110 7.8", \
    "the application declined the offer") \
  X(TLS, AT_BYTE, 400, NOTHING, "RFC 9112 2.2", \
    "the client speaks TLS to a port that expects plain HTTP") \
  X(EMPTY_LINES, AT_BYTE, 400, NOTHING, "RFC 9112 2.2", \
    "more than 8 empty lines before the request line") \
  X(LINE_END, AT_BYTE, 400, NOTHING, "RFC 9112 2.2", \
    "a line may end with CR LF only") \
  X(METHOD_BYTE, AT_BYTE, 400, NOTHING, "RFC 9112 3.1", \
    "this byte cannot stand in a method, or the method is empty") \
  X(METHOD_LONG, AT_BYTE, 501, NOTHING, "RFC 9112 3", \
    "the method is longer than the limit") \
  X(TARGET_BYTE, AT_BYTE, 400, NOTHING, "RFC 9112 3.2", \
    "this byte cannot stand in a request-target, or the target is " \
    "empty") \
  X(TARGET_LONG, AT_BYTE, 414, NOTHING, "RFC 9112 3", \
    "the target is longer than the limit") \
  X(TARGET_FORM, AT_BYTE, 400, NOTHING, "RFC 9112 3.2", \
    "the target has none of the forms that go with this method") \
  X(TARGET_SCHEME, AT_BYTE, 400, NOTHING, "RFC 9112 3.2.2", \
    "the scheme of the target is not http, https, ws or wss") \
  X(TARGET_AUTHORITY, AT_BYTE, 400, NOTHING, "RFC 9110 4.2", \
    "the target has userinfo, no host, or a malformed host or port") \
  X(TARGET_SECURED, AT_BYTE, 421, NOTHING, "RFC 9110 7.4", \
    "a target of https or wss on a connection that is not secured") \
  X(HTTP_VERSION_BYTE, AT_BYTE, 400, NOTHING, "RFC 9112 2.3", \
    "the HTTP version is not written HTTP/DIGIT.DIGIT") \
  X(HTTP_VERSION, AT_BYTE, 505, NOTHING, "RFC 9110 15.6.6", \
    "only HTTP/1.x is spoken here") \
  X(HTTP2_PREFACE, AT_BYTE, 505, NOTHING, "RFC 9113 3.4", \
    "the client speaks HTTP/2 with prior knowledge") \
  X(FIELD_FOLDED, AT_BYTE, 400, NOTHING, "RFC 9112 5.2", \
    "a field line begins with a blank: folded lines are not accepted") \
  X(FIELD_BLANK, AT_BYTE, 400, NOTHING, "RFC 9112 5.1", \
    "a blank stands between a field's name and its colon") \
  X(FIELD_NAME, AT_BYTE, 400, NOTHING, "RFC 9110 5.1", \
    "this byte cannot stand in a field's name, or the name is empty") \
  X(FIELD_VALUE, AT_BYTE, 400, NOTHING, "RFC 9110 5.5", \
    "this byte cannot stand in a field's value") \
  X(FIELD_NAME_LONG, AT_BYTE, 431, NOTHING, "RFC 6585 5", \
    "a field's name is longer than the limit") \
  X(FIELDS_MANY, AT_BYTE, 431, NOTHING, "RFC 6585 5", \
    "more field lines than the limit") \
  X(HEAD_LONG, AT_BYTE, 431, NOTHING, "RFC 6585 5", \
    "the head does not fit its memory or limit") \
  X(HOST_REPEATED, AT_LINE, 400, NOTHING, "RFC 9112 3.2", \
    "more than one Host field") \
  X(HOST_MALFORMED, AT_LINE, 400, NOTHING, "RFC 9112 3.2", \
    "Host is not host [\":\" port]") \
  X(LENGTH_AND_CODING, AT_LINE, 400, NOTHING, "RFC 9112 6.3", \
    "both Content-Length and Transfer-Encoding") \
  X(LENGTH_REPEATED, AT_LINE, 400, NOTHING, "RFC 9110 8.6", \
    "more than one Content-Length") \
  X(LENGTH_MALFORMED, AT_LINE, 400, NOTHING, "RFC 9110 8.6", \
    "Content-Length is not a decimal number below 2^63") \
  X(CODING_IN_1_0, AT_LINE, 400, NOTHING, "RFC 9112 6.1", \
    "Transfer-Encoding in HTTP/1.0") \
  X(CODING_MALFORMED, AT_LINE, 400, NOTHING, "RFC 9112 7", \
    "chunked is repeated or has parameters, or a coding is malformed") \
  X(PSEUDO_MISSING, AT_LINE, 400, NOTHING, "RFC 8441 4", \
    ":method, or another pseudo-field that CONNECT needs, is missing") \
  X(PSEUDO_REPEATED, AT_LINE, 400, NOTHING, "RFC 9113 8.3", \
    "a pseudo-field is repeated") \
  X(PSEUDO_MALFORMED, AT_LINE, 400, NOTHING, "RFC 9113 8.3", \
    "a pseudo-field is unknown, stands behind a field, or its value cannot " \
    "be here") \
  X(HOST_DIFFERS, AT_LINE, 400, NOTHING, "RFC 9113 8.3.1", \
    "Host and :authority name different servers") \
  X(HOP_FIELD, AT_LINE, 400, NOTHING, "RFC 9113 8.2.2", \
    "a field of one connection, which HTTP/2 and HTTP/3 do not have") \
  X(HOST_MISSING, OF_MESSAGE, 400, NOTHING, "RFC 9112 3.2", \
    "HTTP/1.1 without a Host field") \
  X(CODING_NOT_CHUNKED, OF_MESSAGE, 400, NOTHING, "RFC 9112 6.3", \
    "the last transfer coding is not chunked") \
  X(CONNECTION_MALFORMED, OF_MESSAGE, 400, NOTHING, "RFC 9110 7.6.1", \
    "a member of Connection is not a token") \
  X(CODING_UNKNOWN, OF_MESSAGE, 501, NOTHING, "RFC 9112 6.1", \
    "a transfer coding before chunked is not implemented") \
  X(HOST_EMPTY, OF_MESSAGE, 400, NOTHING, "RFC 9112 3.2", \
    "a request for this protocol has to name a host") \
  X(BODY, OF_MESSAGE, 400, NOTHING, "RFC 9110 7.8", \
    "a request with a body cannot switch to this protocol") \
  X(BODY_LONG, OF_MESSAGE, 413, NOTHING, "RFC 9110 15.5.14", \
    "the body is longer than the limit") \
  X(CHUNK, IN_BODY, 400, NOTHING, "RFC 9112 7.1", \
    "a chunk is malformed at this byte") \
  X(CHUNK_EXTENSION_LONG, IN_BODY, 400, NOTHING, "RFC 9112 7.1.1", \
    "chunk extensions of more than 4096 bytes") \
  X(TRAILER, IN_BODY, 400, NOTHING, "RFC 9112 7.1.2", \
    "a trailer field is malformed at this byte") \
  X(TRAILER_LONG, IN_BODY, 431, NOTHING, "RFC 9112 7.1.2", \
    "trailer fields of more than 4096 bytes") \
  X(METHOD, OF_OFFER, 405, ALLOW, "RFC 6455 4.2.1", \
    "the method is not one that this protocol is opened with") \
  X(METHOD_NOT_GET, OF_OFFER, 400, NOTHING, "RFC 9298 3.2", \
    "the method of a request for this protocol must be GET") \
  X(CAPSULES, OF_OFFER, 400, NOTHING, "RFC 9297 3.2", \
    "Content-Length, Content-Type and Transfer-Encoding have no place in a " \
    "message that switches to this protocol") \
  X(EXPECTATION, OF_OFFER, 417, NOTHING, "RFC 9110 10.1.1", \
    "an expectation other than 100-continue") \
  X(VERSION_REPEATED, OF_OFFER, 400, VERSION, "RFC 6455 11.3.5", \
    "more than one Sec-WebSocket-Version") \
  X(VERSION_MALFORMED, OF_OFFER, 400, VERSION, "RFC 6455 4.3", \
    "Sec-WebSocket-Version is not a number from 0 to 255") \
  X(VERSION_MISSING, OF_OFFER, 426, VERSION, "RFC 6455 4.2.1", \
    "no Sec-WebSocket-Version") \
  X(VERSION_UNSUPPORTED, OF_OFFER, 426, VERSION, "RFC 6455 4.4", \
    "Sec-WebSocket-Version is not 13") \
  X(KEY_REPEATED, OF_OFFER, 400, NOTHING, "RFC 6455 11.3.1", \
    "more than one Sec-WebSocket-Key") \
  X(KEY_MALFORMED, OF_OFFER, 400, NOTHING, "RFC 6455 4.2.1", \
    "Sec-WebSocket-Key is not the base64 of 16 bytes") \
  X(KEY_MISSING, OF_OFFER, 400, NOTHING, "RFC 6455 4.2.1", \
    "no Sec-WebSocket-Key") \
  X(SUBPROTOCOL_MALFORMED, OF_OFFER, 400, NOTHING, "RFC 6455 4.3", \
    "Sec-WebSocket-Protocol is not a list of tokens") \
  X(EXTENSION_MALFORMED, OF_OFFER, 400, NOTHING, "RFC 6455 9.1", \
    "Sec-WebSocket-Extensions does not follow its grammar") \
  X(ORIGIN_REPEATED, OF_OFFER, 400, NOTHING, "RFC 6454 7.3", \
    "more than one Origin field") \
  X(ORIGIN_MALFORMED, OF_OFFER, 403, NOTHING, "RFC 6454 7.1", \
    "Origin is null or not scheme \"://\" host [\":\" port]") \
  X(ORIGIN_MISSING, OF_OFFER, 403, NOTHING, "RFC 6455 10.2", \
    "no Origin, and this server requires one: browsers send it") \
  X(ORIGIN_REFUSED, OF_OFFER, 403, NOTHING, "RFC 6455 10.2", \
    "the server accepts no WebSocket from pages of this Origin") \
  X(SUBPROTOCOL_REQUIRED, OF_OFFER, 400, NOTHING, "RFC 6455 4.2.2", \
    "no sub-protocol of this server was offered, and one is required") \
  X(PROTOCOL_UNKNOWN, OF_OFFER, 501, NOTHING, "RFC 9220 3", \
    "the server does not speak the protocol of :protocol") \
  X(REFUSED, OF_OFFER, 0, NOTHING, "RFC 9110 15", "the application refused") \
  X(DECISION, OF_OFFER, 500, NOTHING, "RFC 9110 15.6.1", \
    "the application's callback returned a value that is no answer")

/* Errors in answers to a client, and errors of calls.  They never cause a
 * reply. */
#define ERRORS_OF_CALLS(X) \
  X(STATUS_LINE, OF_ANSWER, 0, NOTHING, "RFC 9112 4", \
    "this byte cannot stand in a status line: not HTTP/1.x, or not the " \
    "beginning of a response") \
  X(INTERIM_MANY, OF_ANSWER, 0, NOTHING, "RFC 9110 15.2", \
    "more than 32 interim responses") \
  X(SWITCH_HTTP_1_0, OF_ANSWER, 0, NOTHING, "RFC 9110 15.2", \
    "a 101 in HTTP/1.0") \
  X(UPGRADE_MISSING, OF_ANSWER, 0, NOTHING, "RFC 9110 7.8", \
    "a 101 without Upgrade: it does not say to what it switches") \
  X(UPGRADE_REPEATED, OF_ANSWER, 0, NOTHING, "RFC 6455 4.1", \
    "Upgrade holds more than the one protocol") \
  X(UPGRADE_NOT_ASKED, OF_ANSWER, 0, NOTHING, "RFC 9110 7.8", \
    "the server switches to a protocol that was not asked for") \
  X(CONNECTION_MISSING, OF_ANSWER, 0, NOTHING, "RFC 9110 7.8", \
    "a 101 without Connection: upgrade") \
  X(ACCEPT_MISSING, OF_ANSWER, 0, NOTHING, "RFC 6455 4.1", \
    "no Sec-WebSocket-Accept") \
  X(ACCEPT_REPEATED, OF_ANSWER, 0, NOTHING, "RFC 6455 4.1", \
    "more than one Sec-WebSocket-Accept") \
  X(ACCEPT_WRONG, OF_ANSWER, 0, NOTHING, "RFC 6455 4.1", \
    "Sec-WebSocket-Accept does not answer the key: a cache, or no WebSocket " \
    "server") \
  X(SUBPROTOCOL_REPEATED, OF_ANSWER, 0, NOTHING, "RFC 6455 11.3.4", \
    "more than one Sec-WebSocket-Protocol") \
  X(SUBPROTOCOL_NOT_ASKED, OF_ANSWER, 0, NOTHING, "RFC 6455 4.1", \
    "Sec-WebSocket-Protocol is not one of those asked for") \
  X(SUBPROTOCOL_NONE, OF_ANSWER, 0, NOTHING, "RFC 6455 4.1", \
    "the server chose none of the sub-protocols asked for") \
  X(EXTENSION_REPEATED, OF_ANSWER, 0, NOTHING, "RFC 7692 5", \
    "the server accepts one extension twice") \
  X(EXTENSION_NOT_ASKED, OF_ANSWER, 0, NOTHING, "RFC 6455 4.1", \
    "an extension that was not asked for") \
  X(EXTENSION_PARAMETER, OF_ANSWER, 0, NOTHING, "RFC 7692 7", \
    "permessage-deflate with parameters that answer no offer") \
  X(STATE, OF_CALL, 0, NOTHING, "", \
    "this call is not possible at this point") \
  X(CONFIG, OF_CALL, 0, NOTHING, "", "the config breaks a rule") \
  X(ANSWER, OF_CALL, 0, NOTHING, "", \
    "this request cannot have this answer") \
  X(NOT_OFFERED, OF_CALL, 0, NOTHING, "RFC 9110 7.8", \
    "the client did not offer this") \
  X(ROOM, OF_CALL, 0, NOTHING, "", "the memory given is too small") \
  X(EXTRA_NAME, OF_CALL, 0, NOTHING, "RFC 9110 5.1", \
    "an added field's name is not a token") \
  X(EXTRA_VALUE, OF_CALL, 0, NOTHING, "RFC 9110 5.5", \
    "an added value has a byte it cannot have, or blanks around it") \
  X(EXTRA_RESERVED, OF_CALL, 0, NOTHING, "", \
    "an added field belongs to the handshake") \
  X(EXTRA_REPEATED, OF_CALL, 0, NOTHING, "RFC 9110 5.3", \
    "a field would be sent twice") \
  X(EXTRA_BODY, OF_CALL, 0, NOTHING, "RFC 9110 6.4.1", \
    "this reply cannot have a body") \
  X(EXTRA_EXTENSION, OF_CALL, 0, NOTHING, "RFC 6455 9.1", \
    "an extension is malformed, or was not offered") \
  X(REPLY_PROTOCOL, OF_CALL, 0, NOTHING, "RFC 9110 7.8", \
    "a protocol to be named in Upgrade is missing or malformed") \
  X(REPLY_ACCEPT, OF_CALL, 0, NOTHING, "RFC 6455 4.2.2", \
    "an accept or sub-protocol value is malformed") \
  X(NEEDS_AUTHENTICATE, OF_CALL, 0, NOTHING, "RFC 9110 15.5.2", \
    "a 401 needs a WWW-Authenticate field") \
  X(NEEDS_PROXY_AUTHENTICATE, OF_CALL, 0, NOTHING, "RFC 9110 15.5.8", \
    "a 407 needs a Proxy-Authenticate field") \
  X(NEEDS_ALLOW, OF_CALL, 0, NOTHING, "RFC 9110 15.5.6", \
    "a 405 needs an Allow field") \
  X(NEEDS_RANGE, OF_CALL, 0, NOTHING, "RFC 9110 15.3.7", \
    "a 206 needs Content-Range, or multipart/byteranges, not both") \
  X(CONTENT, OF_CALL, 0, NOTHING, "RFC 9110 8.6", \
    "the content is longer or shorter than it was announced") \
  X(MUST_CLOSE, OF_CALL, 0, NOTHING, "RFC 9112 9.6", \
    "this connection cannot be kept") \
  X(REQUEST, OF_CALL, 0, NOTHING, "RFC 9110 7.8", \
    "not the complete head of a request that asks for a switch") \
  X(DECODE, OF_CALL, 0, NOTHING, "", \
    "malformed percent-encoding, or malformed credentials")

/* clang-format on */

#define ONE(name, class, status, field, rule, sentence) +1
enum { ERRORS_OF_REQUESTS_LEN = ERRORS_OF_REQUESTS(ONE) };
#undef ONE

#define ERROR_STATUS_LEAST                                                     \
  399 /* subtracted, so that a status fits into a byte */
UPSHAKE_PRIVATE_OBJECT const uint8_t
    upshake__error_statuses[ERRORS_OF_REQUESTS_LEN];

/* Returns the status of the reply to an error that has a status of its own. */
static inline int error_status(upshake_error error) {
  return upshake__error_statuses[error] + ERROR_STATUS_LEAST;
}

/* For each error of a request: its class, and the field of its reply. */
UPSHAKE_PRIVATE_OBJECT const uint8_t
    upshake__error_marks[ERRORS_OF_REQUESTS_LEN];

static inline unsigned error_class_of(upshake_error error) {
  return upshake__error_marks[error] & ERROR_CLASSES;
}

static inline unsigned error_field_of(upshake_error error) {
  return upshake__error_marks[error] & ERROR_FIELDS;
}

/* 1 if the error is refused as soon as it is found, before the head ends. */
static inline int is_refused_at_once(upshake_error error) {
  return (upshake__error_marks[error] & ERROR_AT_ONCE) != 0;
}

#endif
