# SPDX-License-Identifier: MIT
"""What a reply has to be, and what an application may not add to it.

The bytes of a reply are read here by a reader of its own, and each field is
asked for by the section that demands it.
"""
import base64
import functools
import hashlib
import re
from http import HTTPStatus

import errors
from grammar import BLANKS, FIELD_RUN, is_token, members
from rules import is_extension
import decision

# ---- What the application adds: design F9 ----------------------------------

RESERVED = (b"connection", b"upgrade", b"http2-settings", b"content-length",
            b"transfer-encoding", b"keep-alive", b"proxy-connection", b"te",
            b"trailer")

# Fields that neither repeat nor are lists (RFC 9110 5.3).
SINGLE = (b"content-type", b"location", b"server", b"date", b"retry-after")

# What a status owes (RFC 9110 15.5.2, 15.5.6, 15.5.8).
OWED = {401: (b"www-authenticate", "NEEDS_AUTHENTICATE"),
        407: (b"proxy-authenticate", "NEEDS_PROXY_AUTHENTICATE"),
        405: (b"allow", "NEEDS_ALLOW")}

NO_CONTENT = (204, 205, 304)
NO_LENGTH = (204, 304)  # RFC 9110 8.6


def is_value(value):
    """field-value (RFC 9110 5.5): nothing around it, no control in it."""
    return (FIELD_RUN.fullmatch(value) is not None
            and value == value.strip(BLANKS))


def call_errors(config, verdict):
    """The errors that writing this reply may return; none if it is written."""
    found = set()
    added = [name.lower() for name, _ in config.fields]
    for name, value in config.fields:
        if not is_token(name) or verdict.is_stream and name != name.lower():
            found.add("EXTRA_NAME")  # RFC 9113 8.2.1
        if not is_value(value):
            found.add("EXTRA_VALUE")
    if any(name in RESERVED or name.startswith(b"sec-websocket-")
           for name in added):
        found.add("EXTRA_RESERVED")
    own = _own_fields(config, verdict)
    for name in set(added):
        if name in own or name in SINGLE and added.count(name) > 1:
            found.add("EXTRA_REPEATED")
    if config.date is not None and not is_value(config.date):
        found.add("EXTRA_VALUE")
    if config.reason is not None and not FIELD_RUN.fullmatch(config.reason):
        found.add("EXTRA_VALUE")
    found |= _content_errors(config, verdict)
    if not _extensions_fit(config, verdict):
        found.add("EXTRA_EXTENSION")
    if b"capsule-protocol" in added and not verdict.switches:
        found.add("EXTRA_RESERVED")  # RFC 9297 3.4
    if (b"content-type" in added and verdict.switches
            and verdict.protocol.rules == "capsules"):
        found.add("EXTRA_RESERVED")  # RFC 9297 3.2
    owed = OWED.get(verdict.status)
    if config.relayed:
        owed = None
    elif (verdict.status == 206
          and _has_ranges(config) == (b"content-range" in added)):
        found.add("NEEDS_RANGE")
    if owed and owed[0] not in added and owed[0] not in own:
        found.add(owed[1])
    if config.keep and verdict.keep is not True and not verdict.switches:
        found.add("MUST_CLOSE")
        if verdict.keep is not False and found == {"MUST_CLOSE"}:
            found.add("OK")
    return found


def _content_errors(config, verdict):
    """Content is in memory, or the application sends it; 204, 205 and a switch
    have none, and a 304 says no more than a length (RFC 9110 15.3.5, 15.3.6,
    15.4.5)."""
    has_none = verdict.switches or verdict.status in NO_CONTENT
    if config.body_text and (has_none or config.content is not None):
        return {"EXTRA_BODY"}
    if config.content is None or not has_none:
        return set()
    if verdict.status == 304 and config.content != "chunked":
        return set()
    return {"EXTRA_BODY", "OK"} if config.content == 0 else {"EXTRA_BODY"}


def _has_ranges(config):
    """Each part says which range it has, and only there; what parts the parts
    is the boundary (RFC 9110 15.3.7.2, RFC 2046 5.1.1)."""
    return any(name.lower() == b"content-type" and _is_in_parts(value)
               for name, value in config.fields)


def _is_in_parts(value):
    kind = re.match(rb"multipart/byteranges(?=[; \t])", value, re.I)
    return bool(kind and re.search(rb"[; \t]boundary=.", value, re.I | re.S))


def is_own_405(verdict):
    """The library's own, of WebSocket; an application's 405 has to say
    itself what is allowed."""
    return verdict.error == "METHOD" and not verdict.by_host


def names_version(verdict):
    """Whether the reply says which version is spoken (RFC 6455 4.2.2): to a
    version that is wrong, whatever the status."""
    return verdict.error in VERSION


VERSION = ("VERSION_REPEATED", "VERSION_MALFORMED", "VERSION_MISSING",
           "VERSION_UNSUPPORTED")


def _own_fields(config, verdict):
    """Names of what the library writes and the application could repeat."""
    own = set()
    if config.date is not None:
        own.add(b"date")
    if is_own_405(verdict):
        own.add(b"allow")
    if verdict.switches and verdict.protocol.rules == "capsules":
        own.add(b"capsule-protocol")
    return own


def _extensions_fit(config, verdict):
    """Each one that is answered was offered (RFC 6455 4.2.2, 9.1); they are
    of a switch only."""
    if not verdict.switches:
        return config.extensions is None
    value = decision.extensions(verdict)
    if value is None:
        return True
    if verdict.protocol.rules != "websocket" or not is_value(value):
        return False
    offers = verdict.request.fields.members(b"sec-websocket-extensions")
    offered = {_extension_name(member) for member in offers}
    answered = [part.strip(BLANKS) for part in value.split(b",")]
    return all(is_extension(member) and _extension_name(member) in offered
               for member in answered)


def _extension_name(member):
    return member.partition(b";")[0].strip(BLANKS)


# ---- The bytes -------------------------------------------------------------

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ([\t -~\x80-\xff]*)")


class Response:
    def __init__(self, status, reason, fields):
        self.status, self.reason, self.fields = status, reason, fields

    def all(self, name):
        return [value for field, value in self.fields
                if field.lower() == name.lower()]


@functools.lru_cache(maxsize=4)  # bytes are compared, and values with them
def read(data):
    """(the response, what is behind its head), or None."""
    head, end, rest = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    match = _STATUS_LINE.fullmatch(lines[0])
    if not end or not match:
        return None
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(b": ")
        if not (colon and is_token(name) and is_value(value)):
            return None
        fields.append((name, value))
    return Response(int(match[1]), match[2], fields), rest


# ---- What the bytes must say -----------------------------------------------

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def without_continue(data):
    return data[len(CONTINUE):] if data.startswith(CONTINUE) else data


def problems(config, verdict, data):
    """What is wrong with the bytes that were sent, as sentences."""
    together = verdict.body is None  # 100 and 101 are one reply
    if verdict.continue_first and not (together and verdict.unwritten):
        if not data.startswith(CONTINUE):
            return ["a 100 goes first (RFC 9110 7.8, 10.1.1)"]
        data = without_continue(data)
    if verdict.outcome not in ("switched", "refused") or verdict.unwritten:
        return ["nothing is to be sent"] if data else []
    parsed = read(data)
    if parsed is None:
        return ["the reply is no response of HTTP/1.1 (RFC 9112 2.1)"]
    response, rest = parsed
    expect = _switch if verdict.switches else _refusal
    wrong = list(expect(config, verdict, response, rest))
    wrong += phrase(config, verdict, response.reason)
    for name, value in config.fields:
        if value not in response.all(name):
            wrong.append("a field of the application is missing: %r" % name)
    date = [] if config.date is None else [config.date]
    given = [value for name, value in config.fields
             if name.lower() == b"date"]
    if response.all(b"Date") != date + given:
        wrong.append("Date is not as it was given (RFC 9110 6.6.1)")
    return wrong


def _only(response, name, values, section):
    if response.all(name) != values:
        yield "%s is not %r (%s)" % (name.decode(), values, section)


def phrase(config, verdict, reason):
    """The one that was given; else that of RFC 9110, or none at all."""
    allowed = (config.reason,)
    if config.reason is None:
        allowed = (PHRASES.get(verdict.status, b""), b"")
    if reason not in allowed:
        return ["the reason phrase is %r (RFC 9112 4)" % reason]
    return []


PHRASES = {status.value: status.phrase.encode() for status in HTTPStatus}
PHRASES.update({413: b"Content Too Large", 414: b"URI Too Long",
                422: b"Unprocessable Content"})  # RFC 9110 15.5
for _unassigned in (418, 306):
    PHRASES.pop(_unassigned, None)


def accept(key):
    """Sec-WebSocket-Accept (RFC 6455 4.2.2)."""
    guid = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(key + guid).digest())


def _switch(_config, verdict, response, rest):
    """A 101: RFC 9110 7.8 and 15.2.2, RFC 6455 4.2.2, RFC 9297 3.4."""
    entry, request = verdict.protocol, verdict.request
    websocket = entry.rules == "websocket"
    key = request.fields.all(b"sec-websocket-key")
    name = verdict.subprotocol
    extension = decision.extensions(verdict) if websocket else None
    if response.status != 101:
        yield "the status is not 101"
    if rest:
        yield "a 101 ends at its empty line (RFC 9110 15.2)"
    yield from _only(response, b"Upgrade", [entry.upgrade], "RFC 9110 7.8")
    yield from _only(response, b"Connection", [b"Upgrade"], "RFC 9110 7.8")
    yield from _only(response, b"Content-Length", [], "RFC 9110 8.6")
    yield from _only(response, b"Transfer-Encoding", [], "RFC 9112 6.1")
    yield from _only(response, b"HTTP2-Settings", [], "RFC 7540 3.2.1")
    yield from _only(response, b"Sec-WebSocket-Accept",
                     [accept(key[0].value)] if websocket else [],
                     "RFC 6455 4.2.2")
    yield from _only(response, b"Sec-WebSocket-Protocol",
                     [name] if name is not None else [], "RFC 6455 4.2.2")
    yield from _only(response, b"Sec-WebSocket-Extensions",
                     [extension] if extension is not None else [],
                     "RFC 6455 9.1")
    if entry.rules == "capsules":
        yield from _only(response, b"Capsule-Protocol", [b"?1"],
                         "RFC 9297 3.4")


def keeps(config, verdict):
    """An answer to a request without Upgrade keeps the connection if it
    can."""
    return (verdict.keep is True
            and verdict.error in ("NO_UPGRADE", "PROXY_TOOK_UPGRADE"))


def _refusal(config, verdict, response, rest):
    """RFC 9110 15.5, RFC 9112 6.3 and 9.6, RFC 6455 4.4."""
    if response.status != verdict.status:
        yield "the status is not %s" % verdict.status
    options = [] if config.keep or keeps(config, verdict) else [b"close"]
    if verdict.status == 426:
        options = [b"Upgrade"] + options
    lines = [b", ".join(options)] if options else []
    yield from _only(response, b"Connection", lines, "RFC 9112 9.6")
    yield from _content(config, verdict, response, rest)
    yield from _upgrade(config, verdict, response)
    yield from _only(response, b"Sec-WebSocket-Version",
                     [b"13"] if names_version(verdict) else [],
                     "RFC 6455 4.4")
    if is_own_405(verdict):
        yield from _only(response, b"Allow", [b"GET"], "RFC 9110 15.5.6")
    for name in (b"Sec-WebSocket-Accept", b"Sec-WebSocket-Protocol",
                 b"Sec-WebSocket-Extensions",
                 b"Capsule-Protocol"):
        yield from _only(response, name, [], "RFC 6455 4.2.2, RFC 9297 3.4")


def _content(config, verdict, response, rest):
    body = config.body_text or b""
    head = is_head(verdict)
    framing = dict(announced(config, verdict))
    if is_version_unsure(config, verdict):
        framing = {name.lower(): value for name, value in response.fields
                   if (name.lower(), value) in framing.items()}
    for name in (b"Content-Length", b"Transfer-Encoding"):
        value = framing.get(name.lower())
        yield from _only(response, name, [] if value is None else [value],
                         "RFC 9110 8.6, RFC 9112 6")
    if rest != (b"" if head or verdict.status in NO_LENGTH else body):
        yield "the content is not what was given (RFC 9110 6.4)"


def is_version_unsure(config, verdict):
    """A refused head may be of HTTP/1.0, whose content has no chunks."""
    return (config.content == "chunked" and verdict.request is None
            and not verdict.is_stream)


def announced(config, verdict):
    """The fields that frame the content of a final answer.  HTTP/1.0 knows no
    chunks (RFC 9112 6.1), HTTP/2 neither (RFC 9113 8.2.2)."""
    if config.content == "chunked":
        is_old = verdict.request and not verdict.request.line.minor
        if not verdict.is_stream and not is_old:
            yield b"transfer-encoding", b"chunked"
    elif verdict.status == 304 and config.content is not None:
        yield b"content-length", b"%d" % config.content
    elif verdict.status not in NO_LENGTH:
        length = len(config.body_text or b"")
        if config.content is not None:
            length = config.content
        yield b"content-length", b"%d" % length


def is_head(verdict):
    """HEAD is known as soon as the SP behind it is read; the answer has all
    fields and no content (RFC 9110 9.3.2)."""
    if verdict.is_head is not None:
        return verdict.is_head
    head = re.match(rb"(?:\r\n){0,8}HEAD ", verdict.data)
    if head is None or verdict.offset is verdict.ANY or verdict.request:
        return head is not None
    return head.end() <= min(errors.names(verdict.offset))


def _upgrade(config, verdict, response):
    """A 426 names what to upgrade to (RFC 9110 15.5.22)."""
    lines = response.all(b"Upgrade")
    if verdict.status != 426:
        if lines:
            yield "Upgrade in a reply that is no 101 and no 426"
        return
    spoken = [member for entry in decision.advertised(config)
              for member in members(entry.upgrade)]
    named = members(lines[0]) if len(lines) == 1 else []
    if not named or not set(named) <= set(spoken):
        yield "a 426 names protocols of the table (RFC 9110 15.5.22)"
