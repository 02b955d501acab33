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
    "pseudo-field": {                                     # RFC 9113 8.3
        400: "PSEUDO_MISSING PSEUDO_REPEATED PSEUDO_MALFORMED",
    },
    "stream": {400: "HOST_DIFFERS HOP_FIELD"},            # RFC 9113 8.2.2
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
        403: "ORIGIN_MALFORMED ORIGIN_MISSING ORIGIN_REFUSED",  # RFC 6455 10.2
    },
    "protocol": {501: "PROTOCOL_UNKNOWN"},                # RFC 9220 3
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


# ---- Several errors of what another parser found ---------------------------

# A judge sees a head as a whole.  Of its errors the first of this list counts
# (upshake_error.h).
ORDER = """
    METHOD_BYTE METHOD_LONG TARGET_BYTE TARGET_LONG TARGET_FORM TARGET_SCHEME
    TARGET_AUTHORITY TARGET_SECURED HTTP_VERSION HTTP2_PREFACE FIELD_NAME
    FIELD_VALUE FIELD_NAME_LONG FIELDS_MANY HOST_REPEATED HOST_MALFORMED
    LENGTH_AND_CODING LENGTH_REPEATED LENGTH_MALFORMED CODING_IN_1_0
    CODING_MALFORMED PSEUDO_MISSING PSEUDO_REPEATED PSEUDO_MALFORMED
    HOST_DIFFERS HOP_FIELD
""".split()
_RANK = {name: rank for rank, name in enumerate(ORDER)}
NOTHING = "no error"
_RANK[NOTHING] = len(ORDER)


class Notes:
    """The errors of a head: each with the names that the texts allow for it,
    and the places."""

    def __init__(self):
        self._notes = []
        self.unsure = False  # whether there may be no error at all

    def all(self):
        return list(self._notes)

    def add(self, error, at):
        self._notes.append((names(error), names(at)))

    def maybe(self, error, at):
        """No text says whether this is looked at, as something else is
        wrong."""
        self.add(names(error) + (NOTHING,), at)

    def first(self):
        """(errors, places) that the texts allow, or None."""
        if not self._notes:
            return None
        worst = min(max(_RANK[name] for name in allowed)
                    for allowed, _ in self._notes)
        self.unsure = worst == _RANK[NOTHING]
        errors = {name for allowed, _ in self._notes for name in allowed
                  if _RANK[name] <= worst and name != NOTHING}
        places = set()
        for error in errors:
            places.update(self._places(error))
        return tuple(sorted(errors)), tuple(sorted(places))

    def _places(self, error):
        """Where an error stands first; further places, if the first may not
        count."""
        for allowed, at in self._notes:
            if error in allowed:
                yield from at
                if len(allowed) == 1:
                    return
