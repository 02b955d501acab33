# SPDX-License-Identifier: MIT
"""The request that a client writes: RFC 6455 4.1, RFC 7540 3.2, RFC 9298 3.2.

`errors` says why nothing may be written for what was asked; `problems` reads
what was written.
"""
import base64
import re

from config import RULES, Config
from deflate import NAMES, NO_VALUE, Deflate
from grammar import BLANKS, FIELD_RUN, is_token
from head import Incomplete, Reader, Refused, read_fields, read_request_line
import reply
from rules import is_extension
from switch import is_protocol
import uri

METHOD_MAX = 255
IN_MEMORY, LENGTH, CHUNKED = range(3)
LARGEST = (1 << 63) - 1


class Ask:
    """The members of upshake_ask; None is absent."""

    def __init__(self, lines):
        self.scheme = self.authority = self.target = self.method = None
        self.given_host = self.query = None
        self.port = 0
        self.extensions = self.origin = self.settings = None
        self.protocols, self.subprotocols = [], []
        self.deflates, self.fields = [], []
        self.key = b"the sample nonce"
        self.forward = self.plain = False
        self.content, self.body_len = 0, 0  # 1: a length; 2: chunked
        for name, value in lines:
            self._set(name, value)
        if self.scheme is not None:
            self.scheme = self.scheme.lower()  # RFC 3986 3.1
        self.given_protocols = self.protocols
        if not self.plain:
            self.protocols = self.protocols or [b"websocket"]

    def _set(self, name, value):
        if name in ("protocol", "subprotocol"):
            getattr(self, name + "s").append(value)
        elif name == "field":
            field, _, text = value.partition(b":")
            self.fields.append(
                (field, text[1:] if text[:1] == b" " else text))
        elif name == "deflate":
            self.deflates.append(_offer(value.decode()))
        elif name == "no-key":
            self.key = None
        elif name in ("forward", "plain"):
            setattr(self, name, True)
        elif name in ("port", "content", "body-len"):
            setattr(self, name.replace("-", "_"), int(value))
        elif name == "host":
            self.given_host = value
        else:
            setattr(self, name, value)

    @property
    def rules(self):
        return {RULES.get(name.lower(), "none") for name in self.protocols}

    @property
    def verb(self):
        return b"GET" if self.method is None else self.method

    @property
    def path(self):
        """`/` where the path is empty (RFC 6455 3)."""
        target = self.target or b""
        if self.query is not None:
            target += b"?" + self.query
        if target[:1] in (b"", b"?"):
            return b"/" + target
        return target

    @property
    def written_authority(self):
        """With the brackets of RFC 3986 3.2.2; that of a received request
        stands in its Host."""
        if self.takes_host:
            return self.all(b"host")[0]
        if self.given_host is None and not self.port:
            return self.authority
        host = self.given_host or b""
        if b":" in host and host[:1] != b"[":
            host = b"[" + host + b"]"
        return host + b":%d" % self.port if self.port else host

    @property
    def takes_host(self):
        """Whether Host of a received request passes as it is."""
        return (self.forward and self.authority is None and not self.port
                and self.given_host is None and bool(self.all(b"host")))

    def all(self, name):
        return [value for field, value in self.fields
                if field.lower() == name]

    @property
    def has_body(self):
        return self.content == CHUNKED or self.body_len > 0

    @property
    def secured(self):
        return self.scheme in uri.SECURED

    @property
    def host(self):
        """Without the port that the scheme stands for (RFC 9110 4.2.3).  A
        gateway changes nothing."""
        if self.forward and self.given_host is None:
            return self.written_authority
        host, port = uri.authority(self.written_authority)
        default = uri.DEFAULT_PORT[self.scheme or b"ws"]
        if port is None or port == default:
            return host
        return host + b":%d" % port


def _offer(words):
    given = dict((word.split("=") + ["1"])[:2] for word in words.split())
    bits = [int(given.get(side + "-bits", "0").replace("any", str(NO_VALUE)))
            for side in ("server", "client")]
    return Deflate("no-server-takeover" in given, "no-client-takeover" in given,
                   *[one or None for one in bits])


# ---- What is not written ---------------------------------------------------

def errors(ask):
    """Why nothing is written; empty if it is."""
    found = set()
    for rule in (_scheme, _authority, _method, _target, _protocols,
                 _subprotocols, _extensions, _origin, _settings, _key,
                 _fields, _repeated, _content):
        found |= set(rule(ask))
    return found


def _scheme(ask):
    if ask.scheme is not None and ask.scheme not in uri.SCHEMES:
        yield "TARGET_SCHEME"


def _authority(ask):
    where = None
    if ask.written_authority is not None:
        where = uri.authority(ask.written_authority)
    both = ask.authority is not None and (ask.given_host is not None
                                          or ask.port)
    alone = ask.given_host is None or uri.authority(
        Ask([("host", ask.given_host)]).written_authority) == (
            where and where[0], None)
    may_be_empty = ask.forward and ask.given_host is None and not ask.port
    if not where or not (where[0] or may_be_empty) or both or not alone:
        yield "TARGET_AUTHORITY"


def _method(ask):
    if not is_token(ask.verb):
        yield "METHOD_BYTE"
    elif len(ask.verb) > METHOD_MAX:
        yield "METHOD_LONG"
    if ask.verb == b"CONNECT":
        yield "METHOD"
    if ask.verb != b"GET" and is_token(ask.verb):
        if "websocket" in ask.rules:
            yield "METHOD"
        if "capsules" in ask.rules:
            yield "METHOD_NOT_GET"


ORIGIN_FORM = re.compile(b"/" + uri.PATH_RUN.pattern
                         + rb"(?:\?" + uri.QUERY_RUN.pattern + b")?")


def _target(ask):
    """origin-form, or `*` with OPTIONS (RFC 9112 3.2)."""
    if ask.query is not None and b"?" in (ask.target or b""):
        yield "TARGET_FORM"
        return
    if ask.target == b"*" and ask.verb == b"OPTIONS" and ask.query is None:
        return
    if not ask.path.startswith(b"/"):
        yield "TARGET_FORM"
    elif not ORIGIN_FORM.fullmatch(ask.path):
        yield "TARGET_BYTE"


def _protocols(ask):
    """A token, or two around a slash; one with rules has no version."""
    if ask.plain:
        if b", ".join(ask.given_protocols):
            yield "REPLY_PROTOCOL"
        return
    for protocol in ask.protocols:
        name, slash, _ = protocol.partition(b"/")
        if not is_protocol(protocol) or slash and name.lower() in RULES:
            yield "REPLY_PROTOCOL"


def _subprotocols(ask):
    """Tokens; an empty name is no member of a list (RFC 9110 5.6.1)."""
    names = ask.subprotocols
    sound = all(name == b"" or is_token(name) for name in names)
    if b", ".join(names) and not (sound and "websocket" in ask.rules):
        yield "SUBPROTOCOL_MALFORMED"


def _extensions(ask):
    """The grammar of RFC 6455 9.1 without empty members (RFC 9110 5.6.1.1),
    and windows of RFC 7692 7.1.2."""
    offers = ask.extensions
    sound = True
    if offers is not None:
        sound = (FIELD_RUN.fullmatch(offers) is not None
                 and offers == offers.strip(BLANKS)
                 and all(is_extension(part.strip(BLANKS))
                         for part in offers.split(b",")))
    for offer in ask.deflates:
        windows = ((offer.server_bits, ()), (offer.client_bits, (NO_VALUE,)))
        for bits, more in windows:
            sound &= bits is None or 8 <= bits <= 15 or bits in more
    some = offers is not None or ask.deflates
    if some and not (sound and "websocket" in ask.rules):
        yield "EXTENSION_MALFORMED"


def _origin(ask):
    """Any value of a field: a server's list may have any text."""
    value = ask.origin
    if value is not None and not reply.is_value(value):
        yield "ORIGIN_MALFORMED"


def _settings(ask):
    """For h2c, which is not for TLS (RFC 7540 3.2.1, 3.3)."""
    wanted = "h2c" in ask.rules
    given = ask.settings
    if wanted and (not given or len(given) % 6 or ask.secured):
        yield "PASSED_OVER_SETTINGS"
    if not wanted and given:
        yield "PASSED_OVER_SETTINGS"


def _key(ask):
    """A received request has one."""
    if "websocket" in ask.rules:
        if not ask.all(b"sec-websocket-key") if ask.forward \
                else ask.key is None:
            yield "KEY_MISSING"


RESERVED = reply.RESERVED + (b"host", b"origin", b"expect")


# What a gateway passes on as it is.
RECEIVED = (b"host", b"origin", b"expect")


def _repeated(ask):
    """A received request has one Host, and nothing is added to it that could
    stand in it."""
    given = (ask.origin is not None or any(ask.subprotocols)
             or ask.extensions is not None or ask.deflates)
    if ask.forward and (len(ask.all(b"host")) > 1 or given):
        yield "EXTRA_REPEATED"


def _content(ask):
    """A length that is one; WebSocket and capsules have no body."""
    if ask.content > CHUNKED or (ask.content == LENGTH
                                 and ask.body_len > LARGEST) or (
            ask.body_len and ask.content == IN_MEMORY):
        yield "EXTRA_BODY"
    if ask.has_body and ask.rules & {"websocket", "capsules"}:
        yield "BODY"


def _fields(ask):
    reserved = RESERVED
    if ask.forward:
        reserved = tuple(name for name in reserved if name not in RECEIVED)
    elif ask.has_body:  # an expectation has content to wait for
        reserved = tuple(name for name in reserved if name != b"expect")
    if "capsules" in ask.rules:
        reserved += (b"capsule-protocol", b"content-type")
    for name, value in ask.fields:
        if not is_token(name):
            yield "EXTRA_NAME"
        if not reply.is_value(value):
            yield "EXTRA_VALUE"
        if name.lower() in reserved or (
                name.lower().startswith(b"sec-websocket-")
                and not ask.forward):
            yield "EXTRA_RESERVED"


# ---- What is written -------------------------------------------------------

def _offers(ask):
    parts = []
    for offer in ask.deflates:
        value = offer.value()
        if offer.client_bits == NO_VALUE:
            value = value.replace(NAMES[3] + b"=%d" % NO_VALUE, NAMES[3])
        parts.append(value)
    if ask.extensions is not None:
        parts.append(ask.extensions)
    return b", ".join(parts)


def expected_fields(ask):
    """[(name in lower case, value)] of the handshake, Host first
    (RFC 9110 7.2)."""
    options = [] if ask.plain else [b"Upgrade"]
    found = [(b"host", ask.host)]
    if not ask.plain:
        found.append((b"upgrade", b", ".join(ask.protocols)))
    if "h2c" in ask.rules:
        options.append(b"HTTP2-Settings")
        encoded = base64.urlsafe_b64encode(ask.settings).rstrip(b"=")
        found.append((b"http2-settings", encoded))
    if options:
        found.append((b"connection", b", ".join(options)))
    if "websocket" in ask.rules and not ask.forward:
        found += [(b"sec-websocket-key", base64.b64encode(ask.key)),
                  (b"sec-websocket-version", b"13")]
    names = list(dict.fromkeys(filter(None, ask.subprotocols)))
    if names:
        found.append((b"sec-websocket-protocol", b", ".join(names)))
    if _offers(ask):
        found.append((b"sec-websocket-extensions", _offers(ask)))
    if ask.origin is not None:
        found.append((b"origin", ask.origin))
    if "capsules" in ask.rules and not ask.forward:
        found.append((b"capsule-protocol", b"?1"))
    if ask.content == CHUNKED:
        found.append((b"transfer-encoding", b"chunked"))
    elif ask.body_len or ask.verb in (b"POST", b"PUT", b"PATCH"):
        found.append((b"content-length", b"%d" % ask.body_len))
    return found + given_fields(ask)


def given_fields(ask):
    """Those of the application, but for a Host that came first."""
    return [(name.lower(), value) for name, value in ask.fields
            if not (ask.forward and name.lower() == b"host")]


def problems(ask, data):
    """What is wrong with the request that was written, as sentences."""
    config = Config([("head-max", b"%d" % (len(data) + 1)),
                     ("method-max", b"%d" % METHOD_MAX)])
    reader = Reader(data, config.head_max)
    try:
        line = read_request_line(reader, config)
        fields = read_fields(reader, config, lambda field, end: None)
    except (Incomplete, Refused) as wrong:
        return ["the request is no head of HTTP/1.1: %r" % wrong]
    found = [(field.name, field.value) for field in fields]
    target = b"*" if ask.target == b"*" else ask.path
    if (line.method, line.target.raw, line.minor) != (ask.verb, target, 1):
        return ["the request line is another one (RFC 9112 3)"]
    if reader.pos != len(data):
        return ["something stands behind the request (RFC 9112 2.2)"]
    expected = expected_fields(ask)
    if found[:1] != expected[:1] or sorted(found) != sorted(expected):
        return ["the fields are not %r" % (expected,)]
    given = given_fields(ask)
    rest = iter(found)
    if not all(field in rest for field in given):
        return ["the order of the fields has changed (RFC 9110 5.3)"]
    return []
