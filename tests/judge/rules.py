# SPDX-License-Identifier: MIT
"""The order of judgement at the end of the head, and each protocol's rules.

ORDER is the list of the design's "Order of judgement", from the body policy
on.  For one entry of the table each rule is asked in that order; the first
failure is the entry's.  A rule gives None, or (error, offset); the offset None
is the end of the head.
"""
import re

from grammar import (is_key, is_token, members, parameters, settings, unquote)
import origin


class Fields:
    """The field lines of a message, found by name."""

    def __init__(self, lines):
        self.lines = lines
        self._by_name = {}
        for line in lines:
            self._by_name.setdefault(line.name, []).append(line)

    def all(self, name):
        return self._by_name.get(name, [])

    def members(self, name):
        """Several lines are one list (RFC 9110 5.3)."""
        return [member for line in self.all(name)
                for member in members(line.value)]


# ---- Rules of several protocols --------------------------------------------

def coding(request, _entry):
    """A coding that cannot be decoded on an offer (RFC 9112 6.1)."""
    unknown = request.framing.has_unknown_coding
    return ("CODING_UNKNOWN", request.framing.body_at) if unknown else None


def host(request, entry):
    """A server is named (RFC 6455 4.2.1, RFC 9298 3.2)."""
    if entry.rules not in ("websocket", "capsules"):
        return None
    if request.line.target.names_host or request.host_name:
        return None
    return "HOST_EMPTY", request.framing.host.at


def body(request, entry):
    """The policy of the entry."""
    framing = request.framing
    if not framing.has_body:
        return None
    at = framing.body_at
    if entry.body_policy == "refuse":
        return "BODY", at
    limit = request.config.body_max
    if limit is not None and framing.length_value > limit:
        return "BODY_LONG", at
    return None


def method(request, entry):
    """GET (RFC 6455 4.2.1, RFC 9298 3.2); other entries were passed over."""
    if request.line.method == b"GET":
        return None
    error = {"websocket": "METHOD", "capsules": "METHOD_NOT_GET"}
    name = error.get(entry.rules)
    return name and (name, request.line.method_at)


def capsules(request, entry):
    """None of three fields may be there (RFC 9297 3.2)."""
    if entry.rules != "capsules":
        return None
    found = [line for name in (b"content-length", b"transfer-encoding",
                               b"content-type")
             for line in request.fields.all(name)]
    return ("CAPSULES", tuple(line.at for line in found)) if found else None


def expectation(request, _entry):
    """Expect is a list, and 100-continue the one that can be met
    (RFC 9110 10.1.1)."""
    for line in request.fields.all(b"expect"):
        for member in members(line.value):
            if member.lower() != b"100-continue":
                return "EXPECTATION", line.at
    return None


# ---- WebSocket: RFC 6455 4.2.1 ---------------------------------------------

def _once(lines, name):
    """A field that must be there once."""
    if len(lines) > 1:
        return name + "_REPEATED", lines[1].at
    if not lines:
        return name + "_MISSING", None
    return None


def version(request, _entry):
    """A number from 0 to 255 without leading zero, and that is 13."""
    lines = request.fields.all(b"sec-websocket-version")
    if len(lines) != 1:
        return _once(lines, "VERSION")
    value, at = lines[0].value, lines[0].at
    if not re.fullmatch(rb"0|[1-9][0-9]{0,2}", value) or int(value) > 255:
        return "VERSION_MALFORMED", at
    return None if value == b"13" else ("VERSION_UNSUPPORTED", at)


def key(request, _entry):
    lines = request.fields.all(b"sec-websocket-key")
    if len(lines) != 1:
        return _once(lines, "KEY")
    return None if is_key(lines[0].value) else ("KEY_MALFORMED", lines[0].at)


def subprotocol_grammar(request, _entry):
    """A list of tokens; an empty one offers nothing."""
    for line in request.fields.all(b"sec-websocket-protocol"):
        if not all(is_token(member) for member in members(line.value)):
            return "SUBPROTOCOL_MALFORMED", line.at
    return None


def is_extension(member):
    """extension = extension-token *( ";" extension-param ); a quoted value is
    a token when the quotes are gone (RFC 6455 9.1)."""
    parsed = parameters(member)
    return parsed is not None and all(
        value is None or value[:1] != b'"' or is_token(unquote(value))
        for _, value in parsed[1])


def extension_grammar(request, _entry):
    for line in request.fields.all(b"sec-websocket-extensions"):
        if not all(is_extension(member) for member in members(line.value)):
            return "EXTENSION_MALFORMED", line.at
    return None


def subprotocol_policy(request, _entry):
    """None matched or none offered, where the config demands one."""
    config = request.config
    offered = request.subprotocols
    if not config.required:
        return None
    if offered and (not config.subprotocols or
                    set(offered) & set(config.subprotocols)):
        return None
    lines = request.fields.all(b"sec-websocket-protocol")
    named = next((line for line in lines if members(line.value)), None)
    return "SUBPROTOCOL_REQUIRED", (named and (lines[0].at, named.at))


# ---- The order of judgement ------------------------------------------------

EVERY = ("websocket", "h2c", "capsules", "none", "any")

ORDER = (
    (coding, EVERY),
    (host, EVERY),
    (body, EVERY),
    (method, EVERY),
    (capsules, EVERY),
    (expectation, EVERY),
    (version, ("websocket",)),
    (key, ("websocket",)),
    (subprotocol_grammar, ("websocket",)),
    (extension_grammar, ("websocket",)),
    (origin.judge, ("websocket",)),
    (subprotocol_policy, ("websocket",)),
)


def judge_entry(request, entry):
    """The first rule that an offer of this entry breaks, or None."""
    for rule, protocols in ORDER:
        if entry.rules in protocols:
            failure = rule(request, entry)
            if failure:
                return failure
    return None


# ---- What passes an offer over ---------------------------------------------

def passed_over(request, entry):
    """Why the offer does not count, or None (RFC 9110 7.8: a server may
    ignore Upgrade)."""
    if request.framing.has_body and entry.body_policy == "plain":
        return "PASSED_OVER_BODY"
    if entry.rules in ("none", "h2c", "any"):
        if request.line.method not in entry.methods:
            return "PASSED_OVER_METHOD"
    if entry.rules == "h2c" and not _has_settings(request):
        return "PASSED_OVER_SETTINGS"
    return None


def _has_settings(request):
    """HTTP2-Settings once, well formed, named in Connection
    (RFC 7540 3.2.1)."""
    lines = request.fields.all(b"http2-settings")
    named = b"http2-settings" in request.options
    return named and len(lines) == 1 and settings(lines[0].value) is not None
