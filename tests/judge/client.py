# SPDX-License-Identifier: MIT
"""What becomes of a response: RFC 9112 4 to 6, RFC 9110 7.8 and 15.2.

A client is tolerant where RFC 9112 lets it be and nothing is lost by it: a
line may be folded, the SP behind the status may be missing.
"""
import re

from config import Config
from framing import Framing
from grammar import BLANKS, FIELD_RUN, TOKEN_RUN
from head import (CR, LF, SP, Field, Incomplete, Reader, Refused, read_name,
                  read_request_line, read_fields)
from rules import Fields
import switch

INTERIMS = 32  # responses that are skipped before the final one


class Answer:
    """What is expected of a response.  A member that is ANY is not
    determined."""

    ANY = object()

    def __init__(self, outcome, **known):
        self.outcome = outcome
        self.error = "OK"
        self.status = 0
        self.offset = self.consumed = Answer.ANY
        self.reason = None
        self.fields = Answer.ANY
        self.length = self.announced = self.version = Answer.ANY
        self.keep = Answer.ANY
        self.protocol = self.subprotocol = self.extensions = None
        self.agreed = (0, 0, False, False)
        self.__dict__.update(known)


# ---- What was asked for ----------------------------------------------------

def read_request(sent):
    """The request as it was sent, or None if a client cannot begin with it."""
    config = Config([("head-max", b"%d" % (1 << 31)),
                     ("method-max", b"255")])
    config.fields_max, config.name_max = 65535, 65535
    reader = Reader(sent, config.head_max)
    try:
        line = read_request_line(reader, config)
        lines = read_fields(reader, config, lambda field, end: None)
    except (Incomplete, Refused):
        return None
    if reader.pos != len(sent):
        return None  # a head, and nothing behind it (RFC 6455 4.1)
    asked = switch.Asked(line, Fields(lines))
    return asked if asked.asks or asked.plain else None


# ---- The head of a response ------------------------------------------------

class Head:
    def __init__(self, start, minor, status, reason):
        self.start, self.minor = start, minor
        self.status, self.reason = status, reason
        self.end = None
        self.fields = None


_DIGIT_RUN = re.compile(rb"[0-9]*")


def _read_status_line(reader):
    """status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF
    (RFC 9112 4); the second SP may be missing with an empty reason."""
    start = reader.pos
    reader.expect_all(b"HTTP/", "STATUS_LINE")
    major_at, major = reader.pos, _digit(reader)
    if major != b"1":
        raise Refused("HTTP_VERSION", major_at, major_at)
    reader.expect(b".", "STATUS_LINE")
    minor = int(_digit(reader))
    reader.expect(SP, "STATUS_LINE")
    status = int(b"".join(_digit(reader) for _ in range(3)))
    reason = b""
    if reader.peek() != CR:
        reader.expect(SP, "STATUS_LINE")
        reason = reader.run(FIELD_RUN)
    reader.line_end("STATUS_LINE")
    return Head(start, minor, status, reason)


def _digit(reader):
    byte = reader.peek()
    if not byte.isdigit():
        reader.refuse("STATUS_LINE")
    reader.pos += 1
    return byte


_BLANK_RUN = re.compile(b"[ \t]*")


def _read_value(reader, start, name):
    """A value with the lines that fold it: a line end before a blank becomes
    one SP for each of its two bytes (RFC 9112 5.2)."""
    data = bytearray()
    at = None
    while True:
        piece_at = reader.pos
        piece = reader.run(FIELD_RUN)
        first = len(piece) - len(piece.lstrip(BLANKS))
        if at is None and first < len(piece):
            at = piece_at + first
        data += piece
        reader.line_end("FIELD_VALUE")
        if reader.peek() not in BLANKS:
            break
        data += b"  "
    if at is None:
        at = reader.pos - 2
    return Field(name.lower(), bytes(data).strip(BLANKS), at, start,
                 reader.pos)


def _read_head(reader, config):
    head = _read_status_line(reader)
    lines = []
    while True:
        byte = reader.peek()
        if byte == CR:
            reader.line_end("LINE_END")
            break
        if byte in BLANKS:
            reader.refuse("FIELD_FOLDED")
        if len(lines) == config.fields_max:
            if not TOKEN_RUN.match(reader.data, reader.pos,
                                   reader.pos + 1).group():
                raise Refused(("FIELD_NAME", "LINE_END", "FIELDS_MANY"),
                              reader.pos)  # no text orders them here
            raise Refused("FIELDS_MANY", reader.pos)
        start = reader.pos
        name = read_name(reader, config.name_max)
        field = _read_value(reader, start, name)
        lines.append(field)
    head.end = reader.pos
    head.fields = Fields(lines)
    return head


# ---- The answer ------------------------------------------------------------

def judge(config, asked_sent, data):
    """None if the request asks for no switch."""
    asked = read_request(asked_sent)
    if asked is None:
        return None
    if not data:
        return Answer("incomplete", error="INCOMPLETE", consumed=0)
    pos = 0
    cap = config.head_max
    if config.total_max is not None:
        cap = min(cap, config.total_max)
    for interims in range(INTERIMS + 2):
        reader = Reader(data, pos + cap, pos)
        try:
            head = _read_head(reader, config)
        except Incomplete:
            return Answer("incomplete", error="INCOMPLETE",
                          consumed=len(data))
        except Refused as refused:
            return Answer("refused", error=refused.error,
                          offset=refused.offset, status=Answer.ANY,
                          reason=Answer.ANY)
        if head.status == 101 or not 100 <= head.status <= 199:
            break
        if interims == INTERIMS:
            return Answer("refused", error="INTERIM_MANY", offset=head.start,
                          status=Answer.ANY, reason=Answer.ANY)
        pos = head.end
    known = {"status": head.status, "reason": head.reason,
             "version": 11 if head.minor else 10,
             "consumed": head.end, "fields": len(head.fields.lines)}
    if head.status == 101:
        return _switch(config, asked, head, known)
    return _other(asked, head, known)


def _switch(config, asked, head, known):
    failure = switch.judge(config, asked, head)
    if isinstance(failure, tuple):
        error, offset = failure
        return Answer("refused", error=error,
                      offset=head.end if offset is None else offset, **known)
    return Answer("switched", protocol=failure.protocol,
                  subprotocol=failure.subprotocol,
                  extensions=failure.extensions, agreed=failure.agreed,
                  **known)


def _other(asked, head, known):
    """Where the body ends: RFC 9112 6.3.  A folded line ends where the next
    one begins, so the framing is judged at the end of the head."""
    if asked.line.method == b"CONNECT" and head.status // 100 == 2:
        return Answer("other", length=0, announced="none", keep=0, **known)
    framing = Framing(head.minor, is_response=True)
    try:
        for line in head.fields.lines:
            framing.judge_line(line, head.end)
    except Refused as refused:
        return Answer("refused", error=refused.error, offset=refused.offset,
                      **known)
    if asked.line.method == b"HEAD" or head.status in (204, 304):
        length = 0
    elif framing.length is not None:
        length = framing.length_value
    elif framing.is_chunked:
        length = "chunked"
    else:
        length = "to-close"
    keep = _persists(asked, head) and length != "to-close"
    announced = "none" if framing.length is None else framing.length_value
    return Answer("other", length=length, announced=announced, keep=int(keep),
                  **known)


def _persists(asked, head):
    """RFC 9112 9.3"""
    options = {member.lower() for fields in (asked.fields, head.fields)
               for member in fields.members(b"connection")}
    if b"close" in options:
        return False
    alive = {member.lower() for member in head.fields.members(b"connection")}
    return head.minor >= 1 or b"keep-alive" in alive
