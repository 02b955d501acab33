# SPDX-License-Identifier: MIT
"""A strict reader of the messages that a program sends: RFC 9110, RFC 9112.

`responses` and `requests` take all bytes of a connection.  They return WHOLE,
CUT if the last message ends in its body, CUT_IN_HEAD if it ends in its head,
and raise Wrong if the bytes are no messages.
"""
import re

WHOLE, CUT, CUT_IN_HEAD = range(3)  # the best first

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VALUE = rb"[\t -~\x80-\xff]*"
_STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) " + _VALUE)
_REQUEST = re.compile(rb"(" + _TOKEN + rb") ([!-~]+) HTTP/1\.1")
_FIELD = re.compile(rb"(" + _TOKEN + rb"):[\t ]*(" + _VALUE + rb")")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})\r\n")
TO_CLOSE, CHUNKED, TUNNEL = "to-close", "chunked", "tunnel"


class Wrong(Exception):
    """These bytes are no HTTP."""


class Cut(Exception):
    """The bytes end in a message."""


def _check(condition, why, data=b""):
    if not condition:
        raise Wrong("%s: %r" % (why, data[:200]))


def _head(data, pos):
    """(the start line, {name in lower case: [values]}, the place behind)."""
    end = data.find(b"\r\n\r\n", pos)
    if end < 0:
        raise Cut
    start, *lines = data[pos:end].split(b"\r\n")
    fields = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        _check(match, "a field line", line)
        fields.setdefault(match[1].lower(), []).append(match[2])
    _check(len(fields.get(b"content-length", [])) < 2, "two lengths", data)
    return start, fields, end + 4


def _framing(fields):
    """A number, CHUNKED, or None (RFC 9112 6)."""
    lengths = fields.get(b"content-length", [])
    codings = fields.get(b"transfer-encoding", [])
    _check(not (lengths and codings), "length and coding")
    if codings:
        _check(codings == [b"chunked"], "another coding", codings[0])
        return CHUNKED
    if lengths:
        _check(re.fullmatch(rb"[0-9]{1,19}", lengths[0]), "a length",
               lengths[0])
        return int(lengths[0])
    return None


def _body(data, pos, framing):
    """The place behind the body."""
    if framing in (TO_CLOSE, TUNNEL):
        return len(data)
    if framing == CHUNKED:
        return _chunks(data, pos)
    if pos + (framing or 0) > len(data):
        raise Cut
    return pos + (framing or 0)


def _chunks(data, pos):
    while True:
        match = _SIZE.match(data, pos)
        if not match:
            _check(re.fullmatch(rb"[0-9A-Fa-f]{0,16}\r?", data[pos:]),
                   "the size of a chunk", data[pos:])
            raise Cut
        size = int(match[1], 16)
        pos = match.end() + size
        behind = data[pos:pos + 2]
        if pos > len(data) or len(behind) < 2 and b"\r\n".startswith(behind):
            raise Cut
        _check(behind == b"\r\n", "the end of a chunk", behind)
        pos += 2
        if size == 0:  # without trailer fields
            return pos


# ---- Responses -------------------------------------------------------------

def responses(data, may_be_to_head):
    """An answer to HEAD has no content; if there may be one, each answer is
    read with content and without, and one way must be right."""
    return _responses(data, 0, may_be_to_head)


def _responses(data, pos, may_be_to_head):
    if pos == len(data):
        return WHOLE
    try:
        start, fields, pos = _head(data, pos)
    except Cut:
        return CUT_IN_HEAD
    match = _STATUS.fullmatch(start)
    _check(match, "a status line", start)
    states, wrong = [], None
    for framing in _choices(int(match[1]), fields, may_be_to_head):
        try:
            states.append(_responses(data, _body(data, pos, framing),
                                     may_be_to_head))
        except Cut:
            states.append(CUT)
        except Wrong as why:
            wrong = why
    if not states:
        raise wrong
    return min(states)


def _choices(status, fields, may_be_to_head):
    framing = _framing(fields)
    if status == 101:
        _check(b"upgrade" in fields and framing is None, "a 101")
        return [TUNNEL]
    if status < 200 or status == 204:
        _check(framing is None, "a %d with content" % status)
        return [0]
    if status == 304:
        return [0]
    options = b",".join(fields.get(b"connection", [])).lower()
    if framing is None and not may_be_to_head:
        _check(b"close" in options, "an answer that has no end")
    choices = [TO_CLOSE if framing is None else framing]
    return [0] + choices if may_be_to_head else choices


# ---- Requests --------------------------------------------------------------

def requests(data):
    """What a gateway sends to one connection: one request."""
    try:
        start, fields, pos = _head(data, 0)
    except Cut:
        return CUT_IN_HEAD
    _check(_REQUEST.fullmatch(start), "a request line", start)
    _check(len(fields.get(b"host", [])) == 1, "not one Host", data)
    _check(b"via" in fields, "no Via", data)
    for name in (b"keep-alive", b"te", b"trailer", b"proxy-connection"):
        _check(name not in fields, "a hop field", name)
    has_upgrade = b"upgrade" in fields
    try:
        end = _body(data, pos, _framing(fields))
    except Cut:
        return CUT
    _check(has_upgrade or end == len(data), "bytes behind a request", data)
    return WHOLE
