# SPDX-License-Identifier: MIT
"""The config of a case: what a server speaks, and what its host does.

A config is a list of settings (name, value) under the names that
tests/vectors/README.md gives to the lines of a config block.
"""
from copy import copy

from grammar import is_token, members

RULES = {b"websocket": "websocket", b"h2c": "h2c",
         b"connect-udp": "capsules", b"connect-ip": "capsules"}
ANY = b"*"  # the entry that takes what no other entry names


class Protocol:
    """An entry of the table."""

    def __init__(self, value):
        self.name = value
        self.token, slash, version = value.partition(b"/")
        self.version = version if slash else None
        self.methods = [b"GET"]
        self.upgrade = value
        self.rules = ("any" if value == ANY
                      else RULES.get(self.token.lower(), "none"))
        self.body = None
        self.failed_plain = False

    @property
    def body_policy(self):
        """The default refuses a body for WebSocket and capsules only."""
        strict = self.rules in ("websocket", "capsules")
        return self.body or ("refuse" if strict else "plain")

    def is_offered_by(self, member, table):
        """What "*" takes is a protocol that has no rules of its own, and no
        entry of its own in the table."""
        if self.rules != "any":
            return self._names(member)
        name, slash, version = member.partition(b"/")
        return (is_token(name) and (is_token(version) or not slash)
                and name.lower() not in RULES and member != ANY
                and not any(entry._names(member) for entry in table
                            if entry.rules != "any"))

    def named_by(self, member):
        """The entry, with the name that the 101 has."""
        if self.rules != "any":
            return self
        named = copy(self)
        named.name = named.upgrade = member
        return named

    def _names(self, member):
        """protocol-name [ "/" protocol-version ] (RFC 9110 7.8): the name in
        any case, the version exactly."""
        name, slash, version = member.partition(b"/")
        return (name.lower() == self.token.lower()
                and (version if slash else None) == self.version)


class Config:
    """The defaults are those of the design."""

    def __init__(self, settings=()):
        self.protocols = []
        self.subprotocols, self.origins, self.wanted = [], [], []
        self.fields = []
        self.origin = "same-host"
        self.origin_required = False
        self.transport = "unknown"
        self.head_max = 8192
        self.method_max, self.fields_max, self.name_max = 32, 128, 255
        self.target_max = self.body_max = self.total_max = None
        self.lean = self.keep = False
        self.client_order = self.server_order = self.required = False
        self.callback = False
        self.answer = self.answer_at_end = 101
        self.choose_protocol = self.choose_subprotocol = None
        self.refuse = None
        self.date = self.body_text = self.reason = None
        self.extensions = self.deflate = None
        self.relayed = False
        self.reads_body = self.serves = self.commits = False
        self.skip_max = 65536
        self.content = None  # None: in memory; a length; or "chunked"
        spoken = True
        for name, value in settings:
            if name == "no-protocols":
                spoken = False
            else:
                _SETTERS[name](self, value)
        if not spoken:
            self.protocols = []
        elif not self.protocols:
            self.protocols = [Protocol(b"websocket")]

    # The entry that was named last; without one it is websocket.
    def last(self):
        if not self.protocols:
            self.protocols.append(Protocol(b"websocket"))
        return self.protocols[-1]


def _number(attribute):
    def setter(config, value):
        setattr(config, attribute, int(value))
    return setter


def _bytes(attribute):
    def setter(config, value):
        setattr(config, attribute, value)
    return setter


def _flag(attribute):
    def setter(config, _value):
        setattr(config, attribute, True)
    return setter


def _append(attribute):
    def setter(config, value):
        getattr(config, attribute).append(value)
    return setter


def _word(attribute):
    def setter(config, value):
        setattr(config, attribute, value.decode())
    return setter


def _of_entry(attribute, convert):
    def setter(config, value):
        setattr(config.last(), attribute, convert(value))
    return setter


def _callback(attribute, convert):
    def setter(config, value):
        config.callback = True
        setattr(config, attribute, convert(value))
    return setter


def _origin(config, value):
    if value in (b"any", b"callback", b"same-host", b"same-host-any-port"):
        config.origin = value.decode()
    else:
        config.origin = "list"
        config.origins.append(value)


def _field(config, value):
    name, _, text = value.partition(b":")
    config.fields.append((name, text[1:] if text[:1] == b" " else text))


def _deflate(config, value):
    words = dict((word.split("=") + ["1"])[:2]
                 for word in value.decode().split())
    config.deflate = {name: int(number) for name, number in words.items()}


def _chunked(config, _value):
    config.content = "chunked"


ANSWERS = {b"later": 0, b"decline": 1, b"accept": 101}


def _answer(value):
    return ANSWERS[value] if value in ANSWERS else int(value)


_SETTERS = {
    "protocol": lambda config, value: config.protocols.append(Protocol(value)),
    "methods": _of_entry("methods", members),
    "upgrade": _of_entry("upgrade", bytes),
    "rules": _of_entry("rules", bytes.decode),
    "body": _of_entry("body", bytes.decode),
    "failed": _of_entry("failed_plain", lambda value: value == b"plain"),
    "protocol-order": _flag("client_order"),
    "subprotocol": _append("subprotocols"),
    "subprotocol-order": _flag("server_order"),
    "subprotocol-required": _flag("required"),
    "origin": _origin,
    "origin-required": _flag("origin_required"),
    "transport": _word("transport"),
    "head-max": _number("head_max"),
    "method-max": _number("method_max"),
    "target-max": _number("target_max"),
    "fields-max": _number("fields_max"),
    "name-max": _number("name_max"),
    "body-max": _number("body_max"),
    "total-max": _number("total_max"),
    "lean": _flag("lean"),
    "wanted": _append("wanted"),
    "answer": _callback("answer", _answer),
    "answer-at-end": _callback("answer_at_end", _answer),
    "choose-protocol": _callback("choose_protocol", bytes),
    "choose-subprotocol": _callback("choose_subprotocol", bytes),
    "refuse": _number("refuse"),
    "field": _field,
    "date": _bytes("date"),
    "body-text": _bytes("body_text"),
    "reason": _bytes("reason"),
    "extensions": _bytes("extensions"),
    "deflate": _deflate,
    "keep": _flag("keep"),
    "read-body": _flag("reads_body"),
    "relayed": _flag("relayed"),
    "serves": _flag("serves"),
    "commits": _flag("commits"),
    "skip-max": _number("skip_max"),
    "content-length": _number("content"),
    "content-chunked": _chunked,
}
