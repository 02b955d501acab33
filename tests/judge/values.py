# SPDX-License-Identifier: MIT
"""A reply as values: the fields that a program writes itself, and what kind
each of them is."""
import re

import decision
import reply
from grammar import members

HOP, FRAMING, ADDED, PSEUDO, CLOSE = 1, 2, 4, 8, 16  # upshake_line_kind

_SIZES = re.compile(rb"([0-9]+) ([0-9]+) ([0-9]+) ")


def read(data):
    """[(name, value, kind)] as run.c writes them."""
    found, pos = [], 0
    while pos < len(data):
        match = _SIZES.match(data, pos)
        kind, *sizes = map(int, match.groups())
        middle = match.end() + sizes[0]
        pos = middle + sizes[1]
        found.append((data[match.end():middle], data[middle:pos], kind))
    return found


# ---- What a reply has ------------------------------------------------------

def _switch(verdict):
    entry, request = verdict.protocol, verdict.request
    if not verdict.is_stream:
        yield b"upgrade", entry.upgrade, HOP
        yield b"connection", b"Upgrade", HOP
    if entry.rules == "websocket":
        if not verdict.is_stream:  # RFC 8441 5
            key = request.fields.all(b"sec-websocket-key")[0].value
            yield b"sec-websocket-accept", reply.accept(key), 0
        if verdict.subprotocol is not None:
            yield b"sec-websocket-protocol", verdict.subprotocol, 0
        if decision.extensions(verdict) is not None:
            yield (b"sec-websocket-extensions", decision.extensions(verdict),
                   0)
    if entry.rules == "capsules":
        yield b"capsule-protocol", b"?1", 0


def _refusal(config, verdict):
    """Without the Upgrade of a 426."""
    if not verdict.is_stream:
        if verdict.status == 426:
            yield b"connection", b"Upgrade", HOP
        if not config.keep and not reply.keeps(config, verdict):
            yield b"connection", b"close", HOP | CLOSE
    if reply.names_version(verdict):
        yield b"sec-websocket-version", b"13", 0
    if reply.is_own_405(verdict):
        yield b"allow", b"GET", 0
    for name, value in reply.announced(config, verdict):
        yield name, value, FRAMING


def expected(config, verdict):
    """[(name in lower case, value, kind)], but for those that are added."""
    found = []
    if verdict.is_stream:
        found.append((b":status", b"%d" % verdict.status, PSEUDO))
    if verdict.switches:
        found += _switch(verdict)
    else:
        found += _refusal(config, verdict)
    if config.date is not None:
        found.append((b"date", config.date, 0))
    return found


# ---- What the library gives ------------------------------------------------

def problems(config, verdict, answer, sent):
    """What is wrong with the values, as sentences; `sent` are the bytes of
    the reply, without a 100."""
    lines = read(bytes.fromhex(answer["values"]))
    if answer["wrong-100"] != "0":
        return ["a 100 has fields (RFC 9110 15.2.1)"]
    if verdict.outcome not in ("switched", "refused"):
        return _none(answer, lines, ("STATE",))
    if not verdict.is_stream and answer["listed"] != answer["wrote"]:
        return ["the errors of bytes and of values differ"]
    if verdict.is_stream and (answer["wrote"] == "OK" or sent):
        return ["a stream has a reply as bytes"]
    if verdict.unwritten:
        return _none(answer, lines, verdict.unwritten)
    wrong = _compare(config, verdict, answer, lines)
    if not wrong and not verdict.is_stream:
        wrong = _compare_bytes(lines, sent)
    return wrong


def _none(answer, lines, allowed):
    if lines or answer["listed"] not in allowed:
        return ["there are %d values, and the error is %s, not one of %r" % (
            len(lines), answer["listed"], allowed)]
    if answer["listed-status"] != "500":
        return ["the status of an error is not 500"]
    return []


def _compare(config, verdict, answer, lines):
    wrong = []
    if answer["listed"] != "OK":
        return ["the error is %s" % answer["listed"]]
    if answer["listed-status"] != str(verdict.status):
        wrong.append("the status is not %d" % verdict.status)
    wrong += _phrase(config, verdict, answer)
    added = [(name, value, ADDED) for name, value in config.fields]
    if lines[len(lines) - len(added):] != added:
        wrong.append("the added fields are not the last ones")
    own = lines[:len(lines) - len(added)]
    wrong += _names(verdict, own)
    own = [(name.lower(), value, kind) for name, value, kind in own]
    if verdict.status == 426 and not verdict.is_stream:
        own, wrong_upgrade = _take_upgrade(config, own)
        wrong += wrong_upgrade
    if reply.is_version_unsure(config, verdict):
        own = [line for line in own if line[0] != b"transfer-encoding"]
        own += [line for line in expected(config, verdict)
                if line[0] == b"transfer-encoding"]
    if sorted(own) != sorted(expected(config, verdict)):
        wrong.append("the fields are not %r" % expected(config, verdict))
    return wrong


def _phrase(config, verdict, answer):
    """HTTP/2 and HTTP/3 have no phrase (RFC 9113 8.3.2)."""
    if verdict.is_stream:
        has_none = answer["listed-reason"] == "-"
        return [] if has_none else ["there is a phrase"]
    reason = bytes.fromhex(answer["listed-reason"].strip("-"))
    return reply.phrase(config, verdict, reason)


def _names(verdict, own):
    """RFC 9113 8.2.1 and 8.3"""
    if verdict.is_stream:
        if not own or own[0][2] != PSEUDO:
            return [":status does not come first (RFC 9113 8.3)"]
        if any(name != name.lower() for name, _, _ in own):
            return ["a name has an upper-case letter (RFC 9113 8.2.1)"]
    return []


def _take_upgrade(config, own):
    """(the other lines, what is wrong): a 426 names protocols of the table
    (RFC 9110 15.5.22)."""
    lines = [line for line in own if line[0] == b"upgrade"]
    named = [member for line in lines for member in members(line[1])]
    spoken = {member for entry in decision.advertised(config)
              for member in members(entry.upgrade)}
    rest = [line for line in own if line[0] != b"upgrade"]
    if not named or not set(named) <= spoken or any(
            kind != HOP for _, _, kind in lines):
        return rest, ["the Upgrade of a 426 is wrong (RFC 9110 15.5.22)"]
    return rest, []


def _compare_bytes(lines, sent):
    """The bytes have the same fields in the same order; in them Upgrade and
    Connection are lists in one line."""
    joined = []
    for name, value, kind in lines:
        if kind & HOP and joined and joined[-1][0] == name:
            value = joined.pop()[1] + b", " + value
        joined.append((name, value))
    response = reply.read(sent)
    if response is None or response[0].fields != joined:
        return ["bytes and values differ"]
    return []
