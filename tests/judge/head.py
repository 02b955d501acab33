# SPDX-License-Identifier: MIT
"""Reading a head byte by byte: RFC 9112 2 to 5.

A head is read until it is complete, until its bytes end, or until the first
byte that no valid head could have at that place.  That byte is the offset of
the refusal.  A byte that is wrong is named before a limit that it exceeds.
"""
import re

from grammar import BLANKS, FIELD_RUN, TOKEN_RUN
import uri

CR, LF, SP, COLON = b"\r", b"\n", b" ", b":"


class Refused(Exception):
    """A message that is refused: the error, the byte that is wrong, and how
    many bytes were taken, if the texts determine it."""

    def __init__(self, error, offset, consumed=None):
        super().__init__(error)
        self.error, self.offset, self.consumed = error, offset, consumed


class Incomplete(Exception):
    """More bytes are needed."""


class Reader:
    """A place in the bytes of a message.

    `end` is where the memory for the head is full: no byte from there on is
    looked at.  If the message goes on to there, it is too long, whether or not
    a byte behind it has come already.
    """

    def __init__(self, data, end, pos=0):
        self.data, self.end, self.pos = data, end, pos
        self.too_long = "HEAD_LONG"

    def peek(self):
        if self.pos >= self.end:
            raise Refused(self.too_long, self.end, self.end)
        if self.pos >= len(self.data):
            raise Incomplete
        return self.data[self.pos:self.pos + 1]

    def refuse(self, error):
        """The byte here is wrong.  A lone LF is named as such everywhere."""
        if self.peek() == LF:
            error = "LINE_END"
        raise Refused(error, self.pos, self.pos)

    def expect(self, byte, error):
        if self.peek() != byte:
            self.refuse(error)
        self.pos += 1

    def expect_all(self, text, error):
        """Each byte of a text."""
        if self.data.startswith(text, self.pos, self.end):  # as a whole
            self.pos += len(text)
            return
        for byte in text:
            self.expect(bytes([byte]), error)

    def run(self, regex, limit=None, long_error=None):
        """The bytes of a class; the first one beyond the limit is refused."""
        start = self.pos
        stop = min(self.end, len(self.data))
        self.pos = regex.match(self.data, start, stop).end()
        if limit is not None and self.pos - start > limit:
            raise Refused(long_error, start + limit, start + limit)
        return self.data[start:self.pos]

    def line_end(self, error):
        """CRLF and nothing else (RFC 9112 2.2)."""
        if self.data.startswith(b"\r\n", self.pos, self.end):
            self.pos += 2
            return
        self.expect(CR, error)
        self.expect(LF, "LINE_END")


class Field:
    """A field line: the name in lower case, the value without the blanks
    around it, and the offset of the value."""

    __slots__ = ("name", "value", "at", "start", "end")

    def __init__(self, name, value, at, start, end):
        self.name, self.value, self.at = name, value, at
        self.start, self.end = start, end


# ---- The request line: RFC 9112 3 ------------------------------------------

EMPTY_LINES = 8


class RequestLine:
    def __init__(self, method, method_at, target, minor):
        self.method, self.method_at = method, method_at
        self.target, self.minor = target, minor


def read_request_line(reader, config):
    if reader.peek() == b"\x16":
        reader.refuse("TLS")
    _skip_empty_lines(reader)
    start = reader.pos
    method = reader.run(TOKEN_RUN, config.method_max, "METHOD_LONG")
    if not method:
        reader.refuse("METHOD_BYTE")
    reader.expect(SP, "METHOD_BYTE")
    target_at = reader.pos
    raw = _read_target(reader, config)
    preface = method == b"PRI" and raw == b"*"
    target = uri.target(method, raw)
    if not preface:
        _judge_target(target, target_at, reader.pos, config)
    reader.expect(SP, "TARGET_BYTE")
    minor = _read_version(reader, preface, start, target_at)
    return RequestLine(method, start, target, minor)


def _skip_empty_lines(reader):
    lines = 0
    while reader.peek() == CR:
        if lines == EMPTY_LINES:
            reader.refuse("EMPTY_LINES")
        reader.line_end("LINE_END")
        lines += 1


def _read_target(reader, config):
    """path [ "?" query ]; SP ends it."""
    reader.too_long = "TARGET_LONG"
    start = reader.pos
    reader.run(uri.PATH_RUN)
    limit = config.target_max
    if reader.data[reader.pos:reader.pos + 1] == b"?":
        reader.run(uri.QUERY_RUN)
    if limit is not None and reader.pos - start > limit:
        raise Refused("TARGET_LONG", start + limit, start + limit)
    if reader.peek() != SP or reader.pos == start:
        reader.refuse("TARGET_BYTE")
    reader.too_long = "HEAD_LONG"
    return reader.data[start:reader.pos]


def _judge_target(target, at, end, config):
    if target.error:
        raise Refused(target.error, at, end)
    secured = target.scheme and target.scheme.lower() in uri.SECURED
    if secured and config.transport == "unsecured":
        raise Refused("TARGET_SECURED", at, end)


def _read_version(reader, preface, start, target_at):
    """HTTP-version = "HTTP/" DIGIT "." DIGIT CRLF (RFC 9112 2.3); the minor
    version.  The major version is judged when the byte behind it is there."""
    reader.expect_all(b"HTTP/", "HTTP_VERSION_BYTE")
    major_at, major = reader.pos, _digit(reader)
    if preface and major == b"1":
        raise Refused("TARGET_FORM", target_at)
    if reader.peek() != b".":
        reader.refuse("HTTP_VERSION_BYTE")
    if preface and major == b"2" and start == 0:
        _read_preface(reader, major_at)
    if major != b"1":
        raise Refused("HTTP_VERSION", major_at, reader.pos)
    reader.pos += 1
    minor = _digit(reader)
    reader.line_end("HTTP_VERSION_BYTE")
    return int(minor)


def _digit(reader):
    byte = reader.peek()
    if not byte.isdigit():
        reader.refuse("HTTP_VERSION_BYTE")
    reader.pos += 1
    return byte


def _read_preface(reader, major_at):
    """"PRI * HTTP/2.0" CRLF CRLF is the first thing that a client of HTTP/2
    sends (RFC 9113 3.4); whatever differs is another HTTP/2.0."""
    for byte in b".0\r\n\r\n":
        if reader.peek() != bytes([byte]):
            raise Refused("HTTP_VERSION", major_at, reader.pos)
        reader.pos += 1
    raise Refused("HTTP2_PREFACE", 0, reader.pos)


# ---- Field lines: RFC 9112 5 -----------------------------------------------

_BLANK_RUN = re.compile(b"[ \t]*")


def at_line_start(reader, folded="FIELD_FOLDED"):
    """True if a field line begins here, False behind the empty line."""
    byte = reader.peek()
    if byte == CR:
        reader.line_end("LINE_END")
        return False
    if byte in BLANKS:
        reader.refuse(folded)
    return True


def read_name(reader, name_max):
    """field-name ":", without a blank between the two (RFC 9112 5.1)."""
    name = reader.run(TOKEN_RUN, name_max, "FIELD_NAME_LONG")
    if name and reader.peek() in BLANKS:
        reader.refuse("FIELD_BLANK")
    if not name:
        reader.refuse("FIELD_NAME")
    reader.expect(COLON, "FIELD_NAME")
    return name


def read_value(reader, start, name):
    """OWS field-value OWS CRLF."""
    reader.run(_BLANK_RUN)
    at = reader.pos
    value = reader.run(FIELD_RUN).rstrip(BLANKS)
    reader.line_end("FIELD_VALUE")
    return Field(name.lower(), value, at, start, reader.pos)


# The fields that the handshake has a rule for; the others of a lean head take
# no memory unless the application wants them.
HANDSHAKE = frozenset((
    b"host", b"connection", b"upgrade", b"content-length",
    b"transfer-encoding", b"content-type", b"expect", b"http2-settings",
    b"origin", b"sec-websocket-key", b"sec-websocket-version",
    b"sec-websocket-protocol", b"sec-websocket-extensions"))


LEAN_TOTAL = 65536  # bytes of a head of which lines are left out


def lean_total(config):
    return LEAN_TOTAL if config.total_max is None else config.total_max


def read_fields(reader, config, judge_line):
    """All field lines; judge_line sees each one as its line ends."""
    wanted = HANDSHAKE | {name.lower() for name in config.wanted}
    room = config.head_max  # where the memory is full, as things are
    total = lean_total(config) if config.lean else room
    fields = []
    while at_line_start(reader):
        start = reader.pos
        if len(fields) == config.fields_max:
            reader.refuse("FIELDS_MANY")
        name = read_name(reader, config.name_max)
        if config.lean and name.lower() not in wanted:
            reader.end = total
        field = read_value(reader, start, name)
        if config.lean and field.name not in wanted:
            room += field.end - start
        reader.end = min(room, total)
        fields.append(field)
        judge_line(field, reader.pos)
    return fields
