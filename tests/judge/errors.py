# SPDX-License-Identifier: MIT
"""What may be wrong: the status of each error, and its class.

The statuses are those of the design's table of decisions and of the RFCs.  A
class says what part of a message an error is about; two errors of one class
have the same status.
"""

# class: { status: errors }
_TABLE = {
    "request line": {
        400: "TLS EMPTY_LINES METHOD_BYTE TARGET_BYTE HTTP_VERSION_BYTE",
        501: "METHOD_LONG",                               # RFC 9112 3
        414: "TARGET_LONG",                               # RFC 9110 15.5.15
        505: "HTTP_VERSION HTTP2_PREFACE",                # RFC 9110 15.6.6
    },
    "target": {
        400: "TARGET_FORM TARGET_SCHEME TARGET_AUTHORITY",
        421: "TARGET_SECURED",                            # RFC 9110 7.4
    },
    "line": {
        400: "LINE_END FIELD_FOLDED FIELD_BLANK FIELD_NAME FIELD_VALUE",
        431: "FIELD_NAME_LONG FIELDS_MANY HEAD_LONG",     # RFC 6585 5
    },
    "host": {                                             # RFC 9112 3.2
        400: "HOST_MISSING HOST_REPEATED HOST_MALFORMED HOST_EMPTY",
    },
    "framing": {                                          # RFC 9112 6
        400: "LENGTH_AND_CODING LENGTH_REPEATED LENGTH_MALFORMED "
             "CODING_IN_1_0 CODING_MALFORMED CODING_NOT_CHUNKED",
        501: "CODING_UNKNOWN",                            # RFC 9112 6.1
    },
    "connection": {400: "CONNECTION_MALFORMED"},          # RFC 9110 7.6.1
    "body": {
        400: "BODY CHUNK CHUNK_EXTENSION_LONG TRAILER",   # RFC 9112 7.1
        413: "BODY_LONG",                                 # RFC 9110 15.5.14
        431: "TRAILER_LONG",                              # RFC 6585 5
    },
    "method": {
        405: "METHOD",                                    # RFC 9110 15.5.6
        400: "METHOD_NOT_GET",                            # RFC 9298 3.2
    },
    "capsules": {400: "CAPSULES"},                        # RFC 9297 3.2
    "expectation": {417: "EXPECTATION"},                  # RFC 9110 10.1.1
    "version": {
        400: "VERSION_REPEATED VERSION_MALFORMED",        # RFC 6455 4.2.1
        426: "VERSION_MISSING VERSION_UNSUPPORTED",       # RFC 6455 4.4
    },
    "key": {400: "KEY_REPEATED KEY_MALFORMED KEY_MISSING"},
    "sub-protocol": {400: "SUBPROTOCOL_MALFORMED SUBPROTOCOL_REQUIRED"},
    "extension": {400: "EXTENSION_MALFORMED"},            # RFC 6455 9.1
    "origin": {
        400: "ORIGIN_REPEATED",                           # RFC 6454 7.3
        403: "ORIGIN_MALFORMED ORIGIN_REFUSED",           # RFC 6455 10.2
    },
    "decision": {500: "DECISION"},
}

STATUS = {}
CLASS = {}
for _class, _statuses in _TABLE.items():
    for _status, _errors in _statuses.items():
        for _error in _errors.split():
            STATUS[_error] = _status
            CLASS[_error] = _class


def names(error):
    """All errors that a verdict allows: one name, or a tuple of them."""
    return error if isinstance(error, tuple) else (error,)


def status(error):
    """The status of an error; of alternatives it has to be the same."""
    found = {STATUS.get(name) for name in names(error)}
    return found.pop() if len(found) == 1 else None
