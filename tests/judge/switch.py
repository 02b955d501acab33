# SPDX-License-Identifier: MIT
"""Whether a 101 is the answer to a request: RFC 9110 7.8, RFC 6455 4.1.

ORDER is the order of judgement of a 101.  A rule gives None, or
(error, offset); the offset None is the end of the head.
"""
import deflate
from grammar import is_key, is_token, members, parameters, token
from reply import accept
from rules import is_extension


class Asked:
    """What a request asks for."""

    def __init__(self, line, fields):
        self.line, self.fields = line, fields
        self.protocols = fields.members(b"upgrade")
        self.subprotocols = fields.members(b"sec-websocket-protocol")
        self.offers = fields.members(b"sec-websocket-extensions")
        keys = fields.all(b"sec-websocket-key")
        self.key = keys[0].value if len(keys) == 1 else None

    @property
    def plain(self):
        """Whether nothing is said of a switch."""
        return not self.fields.all(b"upgrade") and b"upgrade" not in {
            member.lower() for member in self.fields.members(b"connection")}

    @property
    def asks(self):
        """Whether a 101 could be right (RFC 9110 7.8, RFC 9112 6.3).  Each
        member of Upgrade is a protocol."""
        listed = [member.lower() for member in
                  self.fields.members(b"upgrade")]
        options = {member.lower()
                   for member in self.fields.members(b"connection")}
        if self.line.minor == 0 or self.line.method == b"CONNECT":
            return False
        if b"upgrade" not in options or not listed:
            return False
        if not all(is_protocol(member) for member in listed):
            return False
        if any(member.startswith(b"websocket/") for member in listed):
            return False
        return b"websocket" not in listed or (
            self.key is not None and is_key(self.key))


def is_protocol(member):
    """protocol-name [ "/" protocol-version ] (RFC 9110 7.8)"""
    name, slash, version = member.partition(b"/")
    return is_token(name) and (is_token(version) if slash else True)


class Agreed:
    def __init__(self, protocol):
        self.protocol = protocol
        self.named = []
        self.subprotocol = self.extensions = None
        self.agreed = (0, 0, False, False)


# ---- RFC 9110 7.8 ----------------------------------------------------------

def http_version(_config, _asked, head, _agreed):
    """Upgrade is of HTTP/1.1."""
    return None if head.minor else ("SWITCH_HTTP_1_0", head.start)


def _same(offered, named):
    """The name in any case, the version exactly."""
    if offered.lower() == named.lower():
        return offered.partition(b"/")[2] == named.partition(b"/")[2]
    return False


LAYERED = (b"HTTP/1.1",)  # TLS/1.0, HTTP/1.1 (RFC 2817 3.3)


def upgrade(_config, asked, head, agreed):
    """The first protocol that is named was asked for."""
    lines = head.fields.all(b"upgrade")
    named = [(member, line) for line in lines
             for member in members(line.value)]
    if not named:
        error = ("UPGRADE_MISSING", "UPGRADE_REPEATED")
        return (error if len(lines) > 1 else error[0]), ANY
    agreed.named = named
    agreed.protocol = next((one for one in asked.protocols
                            if _same(one, named[0][0])), None)
    if agreed.protocol is None:
        error = ("UPGRADE_NOT_ASKED",)
        if capsules(_config, asked, head, Agreed(named[0][0])):
            error += ("CAPSULES",)
        if len(lines) > 1 or b"," in lines[0].value:
            error += ("UPGRADE_REPEATED",)
        return error, ANY
    return None


def alone(_config, asked, head, agreed):
    """WebSocket, h2c and capsules stand alone (RFC 6455 4.1); others may name
    the layers above them that were asked for as well."""
    lines = head.fields.all(b"upgrade")
    first = agreed.protocol.lower()
    if first in ALONE:
        places = [line.at for line in lines[1:]]
        if lines[0].value and lines[0].value.lower() != first:
            places.append(lines[0].at)
        return ("UPGRADE_REPEATED", tuple(places)) if places else None
    for member, line in agreed.named[1:]:
        found = ()
        if not (any(_same(one, member) for one in asked.protocols)
                or first.startswith(b"tls/") and member in LAYERED):
            found += ("UPGRADE_NOT_ASKED",)
        if member.lower() in ALONE:
            found += ("UPGRADE_REPEATED",)
        if found:
            return found, line.at
    return None


ANY = object()
ALONE = (b"websocket", b"h2c", b"connect-udp", b"connect-ip")


def connection(_config, _asked, head, _agreed):
    lines = head.fields.all(b"connection")
    for line in lines:
        if not all(is_token(member) for member in members(line.value)):
            return "CONNECTION_MALFORMED", line.at
    options = {member.lower() for member in head.fields.members(b"connection")}
    return None if b"upgrade" in options else ("CONNECTION_MISSING", None)


def capsules(_config, _asked, head, agreed):
    """None of three fields may be there (RFC 9297 3.2).  In any other 101
    Content-Length and Transfer-Encoding are ignored (RFC 9112 6.3)."""
    if agreed.protocol.lower() not in (b"connect-udp", b"connect-ip"):
        return None
    found = [line.at for name in (b"content-length", b"transfer-encoding",
                                  b"content-type")
             for line in head.fields.all(name)]
    return ("CAPSULES", tuple(found)) if found else None


# ---- RFC 6455 4.1 ----------------------------------------------------------

def accept_value(_config, asked, head, _agreed):
    lines = head.fields.all(b"sec-websocket-accept")
    if not lines:
        return "ACCEPT_MISSING", None
    if len(lines) > 1:
        return "ACCEPT_REPEATED", lines[1].at
    if lines[0].value != accept(asked.key):
        return "ACCEPT_WRONG", lines[0].at
    return None


def subprotocol(config, asked, head, agreed):
    """One that was asked for, byte for byte, or none."""
    lines = head.fields.all(b"sec-websocket-protocol")
    if len(lines) > 1:
        return "SUBPROTOCOL_REPEATED", lines[1].at
    if not lines:
        wanted = config.required and asked.subprotocols
        return ("SUBPROTOCOL_NONE", None) if wanted else None
    if lines[0].value not in asked.subprotocols:
        return "SUBPROTOCOL_NOT_ASKED", lines[0].at
    agreed.subprotocol = lines[0].value
    return None


def extension_list(_config, asked, head, agreed):
    """Several lines and empty members are one list (RFC 6455 4.2.2, erratum
    3433; RFC 9110 5.6.1.2).  Each was offered, each is there once."""
    lines = head.fields.all(b"sec-websocket-extensions")
    for line in lines:
        if not all(is_extension(member) for member in members(line.value)):
            return "EXTENSION_MALFORMED", line.at
    found = []
    wrong = []
    offered = {token.match(offer)[0] for offer in asked.offers
               if token.match(offer)}
    for line in lines:
        for member in members(line.value):
            wrong += _judge_extension(asked, offered, found, member, line)
            found.append(parameters(member)[0])
    if lines and not found:
        return "EXTENSION_MALFORMED", ANY  # 1#extension
    if wrong:
        return (tuple(error for error, _ in wrong),
                tuple(at for _, at in wrong))
    agreed.extensions = ANY if len(lines) > 1 else (
        lines[0].value if lines else None)
    _agree(asked, head, agreed)
    return None


def _judge_extension(asked, offered, found, member, line):
    name = parameters(member)[0]
    if name in found:
        yield "EXTENSION_REPEATED", line.at
    if name not in offered:
        yield "EXTENSION_NOT_ASKED", line.at
    elif name == b"permessage-deflate" and not _fitting(asked, member):
        yield "EXTENSION_PARAMETER", line.at


def _fitting(asked, member):
    """The first offer that the answer fits (RFC 7692 5)."""
    answer = deflate.parse(member, is_answer=True)
    offers = [deflate.parse(offer, is_answer=False) for offer in asked.offers]
    return answer and next((offer for offer in offers
                            if offer and deflate.fits(answer, offer)), None)


def _agree(asked, head, agreed):
    for member in head.fields.members(b"sec-websocket-extensions"):
        answer = deflate.parse(member, is_answer=True)
        if answer:
            agreed.agreed = deflate.agreed(answer, _fitting(asked, member))


# ---- The order of judgement ------------------------------------------------

ORDER = (
    (http_version, False),
    (upgrade, False),
    (capsules, False),
    (alone, False),
    (connection, False),
    (accept_value, True),       # of WebSocket only
    (subprotocol, True),
    (extension_list, True),
)


def judge(config, asked, head):
    """Agreed, or (error, offset)."""
    agreed = Agreed(None)
    for rule, of_websocket in ORDER:
        if of_websocket and (agreed.protocol or b"").lower() != b"websocket":
            continue
        failure = rule(config, asked, head, agreed)
        if failure:
            return failure
    return agreed
