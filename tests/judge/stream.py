# SPDX-License-Identifier: MIT
"""A request of HTTP/2 or HTTP/3: RFC 9113 8.2 and 8.3, RFC 8441, RFC 9220.

A CONNECT with :protocol is an offer.  What is special in these versions is
judged here; then the offer is judged as the GET of HTTP/1.1 that it stands
for.  The places are those of foreign.py.
"""
import re

from decision import decide, host_refuses, spoken
from errors import Notes
from foreign import (TRANSPORTS, is_syntax, note_bytes, note_framing,
                     note_method, note_target, refuse)
from framing import Framing
from grammar import BLANKS, is_token
from head import Field, Refused, RequestLine
from request import Request, Verdict, plain, refused
import rules
import uri

PSEUDO = (b":method", b":scheme", b":authority", b":path", b":protocol")

# RFC 9113 8.2.2; HTTP2-Settings is named in Connection (RFC 7540 3.2.1).
HOP = (b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding",
       b"upgrade", b"http2-settings")

_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*")


def judge(config, parts, pairs, faults=()):
    """The verdict on these fields."""
    if parts.get("found-transport"):
        config.transport = TRANSPORTS[parts["found-transport"]]
    head = Head(config, parts, pairs, faults)
    verdict = head.judge()
    if config.refuse is not None:
        _host_refuses(config, verdict)
    verdict.is_stream = True
    if verdict.switches:
        verdict.status = 200  # RFC 8441 5
    verdict.config, verdict.data = config, b""
    verdict.is_head = head.pseudo.get(b":method") == b"HEAD"
    verdict.keep = verdict.left = Verdict.ANY  # there is no connection to keep
    return verdict


def _host_refuses(config, verdict):
    """426 needs Upgrade (RFC 9110 15.5.22), which is no field here."""
    if config.refuse == 426:
        verdict.note_call("ANSWER")
    else:
        host_refuses(config, verdict, None, b"")


def is_malformed(error, version, faults):
    """RFC 9113 8.1.1: {what upshake_judge_is_malformed may say}."""
    if error == "HOST_EMPTY" and version == 30:
        return {1}  # RFC 9114 4.3.1
    if error == "HOST_EMPTY":
        return {0, 1}  # RFC 9113 is silent
    return {int(is_syntax(error) or error == "CAPSULES")}


class Head:
    """The fields, split into pseudo-fields and others."""

    def __init__(self, config, parts, pairs, faults):
        self.config, self.pairs, self.faults = config, pairs, faults
        self.version = parts["found-version"]
        self.end = len(pairs) + 1
        self.notes = Notes()
        self.pseudo, self.places = {}, {}
        self.lines = []
        if self.version not in (20, 30):
            self.notes.add("HTTP_VERSION", 0)
        for at, (name, value) in enumerate(pairs, 1):
            if name.startswith(b":"):
                self._pseudo(name, value, at)
            else:
                self._field(name, value, at)

    # ---- Each field ----

    def _pseudo(self, name, value, at):
        """Pseudo-fields come first, each once, and no other exists
        (RFC 9113 8.3)."""
        note_bytes(self.notes, self.config, name[1:], value, at)
        wrong = []
        if name not in PSEUDO or self.lines:
            wrong.append("PSEUDO_MALFORMED")
        if name in self.pseudo:
            wrong.append("PSEUDO_REPEATED")
        if wrong:
            self.notes.add(tuple(wrong), at)
        else:
            self.pseudo[name], self.places[name] = value, at

    def _field(self, name, value, at):
        """RFC 9113 8.2.1 and 8.2.2"""
        note_bytes(self.notes, self.config, name, value, at)
        if name != name.lower():
            self.notes.add("FIELD_NAME", at)
        if value != value.strip(BLANKS):
            self.notes.add("FIELD_VALUE", at)
        if name in HOP or name == b"te" and value.lower() != b"trailers":
            self.notes.add("HOP_FIELD", at)
        self.lines.append(Field(name, value, at, at, at))

    def all(self, name):
        return [line for line in self.lines if line.name == name]

    # ---- Host and :authority: RFC 9113 8.3.1 ----

    @property
    def authority(self):
        """:authority, else Host."""
        hosts = self.all(b"host")
        first = hosts[0].value if hosts else None
        return self.pseudo.get(b":authority", first)

    def _host(self):
        own = self.pseudo.get(b":authority")
        hosts = self.all(b"host")
        if len(hosts) > 1:
            self.notes.add("HOST_REPEATED", hosts[1].at)
        if own is not None and uri.authority(own) is None:
            self.notes.add("HOST_MALFORMED", self.places[b":authority"])
        for host in hosts:
            malformed = uri.authority(host.value) is None
            if own is None and malformed:
                self.notes.add("HOST_MALFORMED", host.at)
            elif own is not None and malformed:
                self.notes.add(("HOST_MALFORMED", "HOST_DIFFERS"), host.at)
            elif own is not None and not self._same_host(own, host.value):
                self.notes.add("HOST_DIFFERS", host.at)

    def _same_host(self, own, other):
        """The host in any case; a port that is left out is that of :scheme."""
        default = uri.DEFAULT_PORT.get(
            self.pseudo.get(b":scheme", b"").lower())
        found = []
        for value in (own, other):
            where = uri.authority(value)
            if where is None:
                return True  # :authority is wrong already
            host, port = where
            found.append((host.lower(), default if port is None else port))
        return found[0] == found[1]

    # ---- The whole head ----

    def judge(self):
        self._host()
        note_framing(self.notes, [line for line in self.lines
                                  if line.name == b"content-length"], 1)
        self._many()
        self._values()
        first = self.notes.first()
        if self.notes.unsure:
            return Verdict(Verdict.ANY, error=Verdict.ANY)
        if first:
            return refuse(first, self.end)
        return self._offer() if self.is_offer else self._other()

    def _many(self):
        """Five pseudo-fields do not count; no text says whether others take
        their room if there are fewer."""
        limit = self.config.fields_max
        if len(self.pairs) > limit + len(PSEUDO):
            self.notes.add("FIELDS_MANY", limit + len(PSEUDO) + 1)
        elif len(self.lines) > limit:
            self.notes.maybe("FIELDS_MANY", self.lines[limit].at)

    @property
    def is_offer(self):
        return b":protocol" in self.pseudo

    def _values(self):
        """The values of pseudo-fields.  If one is missing or of the wrong
        form, no text says whether the others are looked at.  Each is named by
        its own number; of several that are wrong any may be named."""
        pseudo, connect = self.pseudo, self.pseudo.get(b":method") == b"CONNECT"
        needed = [b":method"]
        if self.is_offer:
            needed += [b":scheme", b":path", b":authority"]  # RFC 8441 4, 5
        elif connect:
            needed += [b":authority"]                        # RFC 9113 8.5
        else:
            needed += [b":scheme", b":path"]                 # RFC 9113 8.3.1
        wrong = tuple(self._wrong(connect))
        values = Notes()
        self._bytes_of_values(values, connect)
        if (any(name not in pseudo for name in needed)
                or self._lacks_authority(connect)):
            self.notes.add("PSEUDO_MISSING", self.end)
            if wrong:
                self.notes.maybe("PSEUDO_MALFORMED", wrong)
            self._take(values, maybe=True)
        elif wrong:
            self.notes.add("PSEUDO_MALFORMED", wrong)
            self._take(values, maybe=True)
        else:
            self._take(values, maybe=False)

    def _take(self, values, maybe):
        for allowed, at in values.all():
            if maybe:
                self.notes.maybe(allowed, at)
            else:
                self.notes.add(allowed, at)

    def _wrong(self, connect):
        """The numbers of the pseudo-fields whose values are wrong."""
        pseudo, found = self.pseudo, set()
        scheme, path = pseudo.get(b":scheme"), pseudo.get(b":path")
        if self.is_offer:
            if not connect:
                found |= {b":method", b":protocol"}
            if not is_token(pseudo[b":protocol"]):
                found.add(b":protocol")
            if scheme is not None and not self._is_http:
                found.add(b":scheme")
            if path is not None and not path.startswith(b"/"):
                found.add(b":path")
        elif connect:
            found = {b":scheme", b":path"}  # RFC 9113 8.5
        else:
            found = set(self._wrong_in_plain(scheme, path))
        places = dict(self.places)
        if self.all(b"host"):
            places.setdefault(b":authority", self.all(b"host")[0].at)
        return sorted(places[name] for name in found if name in places)

    def _wrong_in_plain(self, scheme, path):
        """RFC 9113 8.3.1, RFC 9114 4.3.1, RFC 3986 3.1"""
        if scheme is not None and not _SCHEME.fullmatch(scheme):
            yield b":scheme"
        if not self._is_http:
            return
        asterisk = (self.pseudo.get(b":method"), path) == (b"OPTIONS", b"*")
        if path is not None and not path.startswith(b"/") and not asterisk:
            yield b":path"
        if self.version == 30 and self.authority == b"":
            yield b":authority"

    @property
    def _is_http(self):
        """In any case: RFC 3986 3.1."""
        return self.pseudo.get(b":scheme", b"").lower() in (b"http", b"https")

    def _lacks_authority(self, connect):
        """RFC 9114 4.3.1"""
        return (self.version == 30 and self._is_http and not connect
                and self.authority is None)

    def _bytes_of_values(self, values, connect):
        """As those of a request line (RFC 9113 10.3)."""
        config, pseudo, places = self.config, self.pseudo, self.places
        method = pseudo.get(b":method")
        if method is not None:
            note_method(values, config, method, places[b":method"])
        name = b":path" if self.is_offer or not connect else b":authority"
        if name in pseudo:
            as_method = b"GET" if self.is_offer else method
            note_target(values, config, as_method, pseudo[name], places[name])
        secured = pseudo.get(b":scheme", b"").lower() == b"https"
        if self.is_offer and secured and config.transport == "unsecured":
            values.add("TARGET_SECURED", places[b":scheme"])

    # ---- A sound head ----

    def _request(self, method, raw, minor=1):
        target = uri.target(method, raw)
        framing = Framing(minor)
        if self.authority is not None:
            at = self.places.get(b":authority")
            framing.host = Field(b"host", self.authority,
                                 at or self.all(b"host")[0].at, 0, 0)
        line = RequestLine(method, 0, target, minor)
        kept = [one for one in self.lines
                if one.name not in (b"host", b"sec-websocket-key")]
        request = Request(self.config, line, kept, framing, self.end)
        request.reads_body, request.is_stream = False, True
        request.of_stream = (self.pseudo[b":method"],
                             self.pseudo.get(b":scheme"), self.authority)
        return request

    def _other(self):
        method = self.pseudo[b":method"]
        raw = (self.pseudo[b":authority"] if method == b"CONNECT"
               else self.pseudo[b":path"])
        request = self._request(method, raw)
        reasons = ("NO_UPGRADE",)
        if request.fields.all(b"sec-websocket-version"):
            reasons += ("PROXY_TOOK_UPGRADE",)
        return plain(request, reasons)

    def _offer(self):
        """As in HTTP/1.1, but methods, bodies and the key do not count."""
        request = self._request(b"GET", self.pseudo[b":path"])
        protocol = self.pseudo[b":protocol"]
        entries = [entry.named_by(protocol) for entry in spoken(self.config)
                   if entry.is_offered_by(protocol, self.config.protocols)
                   and entry.rules != "h2c"
                   and entry.token.lower() != b"h2c"]
        if not entries:
            return self._refused(request, "PROTOCOL_UNKNOWN", self.end)
        failures = [_judge_entry(request, entry) for entry in entries]
        left = [entry for entry, failure in zip(entries, failures)
                if failure is None]
        if left:
            return decide(request, left, b"")[0]
        error, at = failures[0]
        return self._refused(request, error, self.end if at is None else at)

    def _refused(self, request, error, at):
        verdict = refused(Refused(error, at, self.end), request=request)
        if verdict.status == 426:
            verdict.status = 400
        return verdict


NOT_ASKED = (rules.coding, rules.body, rules.method, rules.key)


def _judge_entry(request, entry):
    for rule, protocols in rules.ORDER:
        if entry.rules in protocols and rule not in NOT_ASKED:
            failure = rule(request, entry)
            if failure:
                return failure
    return None
