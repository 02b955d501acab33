# SPDX-License-Identifier: MIT
"""permessage-deflate: RFC 7692 7.

An offer and an answer have the same four parameters.  NAMES is the order in
which an answer has them.
"""
import re

from grammar import parameters, unquote

NAMES = (b"server_no_context_takeover", b"client_no_context_takeover",
         b"server_max_window_bits", b"client_max_window_bits")

NO_VALUE = 1  # client_max_window_bits of an offer may have none


class Deflate:
    """Parameters; bits are None if absent."""

    def __init__(self, server_forgets=False, client_forgets=False,
                 server_bits=None, client_bits=None):
        self.server_forgets = server_forgets
        self.client_forgets = client_forgets
        self.server_bits, self.client_bits = server_bits, client_bits

    def value(self):
        """The answer as it is written."""
        parts = [b"permessage-deflate"]
        if self.server_forgets:
            parts.append(NAMES[0])
        if self.client_forgets:
            parts.append(NAMES[1])
        if self.server_bits is not None:
            parts.append(NAMES[2] + b"=%d" % self.server_bits)
        if self.client_bits is not None:
            parts.append(NAMES[3] + b"=%d" % self.client_bits)
        return b"; ".join(parts)


def _bits(value):
    """A decimal integer from 8 to 15 without leading zeros (7.1.2)."""
    if value[:1] == b'"':
        value = unquote(value) or b""
    return int(value) if re.fullmatch(rb"[89]|1[0-5]", value) else None


def parse(member, is_answer):
    """The parameters of a member of the list; None if it is another extension
    or has a parameter that is unknown, repeated or invalid (RFC 7692 7)."""
    parsed = parameters(member)
    if parsed is None or parsed[0] != b"permessage-deflate":
        return None
    seen = {}
    for name, value in parsed[1]:
        if name not in NAMES or name in seen:
            return None
        seen[name] = value
    return _check(seen, is_answer)


def _check(seen, is_answer):
    for name in NAMES[:2]:
        if seen.get(name) is not None:
            return None
    found = []
    for name in NAMES[2:]:
        bits = None
        if name in seen and seen[name] is not None:
            bits = _bits(seen[name])
            if bits is None:
                return None
        elif name in seen:
            if name == NAMES[2] or is_answer:
                return None
            bits = NO_VALUE
        found.append(bits)
    return Deflate(NAMES[0] in seen, NAMES[1] in seen, *found)


# ---- The server: RFC 7692 5 and 7.1 ----------------------------------------

def agree(offers, caps):
    """The answer to the first offer that is valid and possible, or None."""
    for member in offers:
        offer = parse(member, is_answer=False)
        answer = offer and _possible(offer, caps)
        if answer:
            return answer
    return None


def _possible(offer, caps):
    server_cap = caps.get("server-bits") or 15
    client_cap = caps.get("client-bits") or 15
    least = caps.get("server-bits-least") or 9
    server = min(offer.server_bits or 15, server_cap)
    if server < least:
        return None
    if offer.client_bits is None and client_cap < 15:
        return None  # the client may use a window of 2^15
    hint = offer.client_bits
    client = min(15 if hint in (None, NO_VALUE) else hint, client_cap)
    asked = offer.server_bits is not None or server < 15
    hinted = hint is not None and (hint != NO_VALUE or client < 15)
    return Deflate(
        offer.server_forgets or "no-server-takeover" in caps,
        offer.client_forgets or "no-client-takeover" in caps,
        server if asked else None, client if hinted else None)


# ---- The client: RFC 7692 5 and 7.1 ----------------------------------------

def fits(answer, offer):
    """Whether the answer is one to this offer."""
    if offer.server_forgets and not answer.server_forgets:
        return False
    if offer.server_bits is not None and (
            answer.server_bits is None
            or answer.server_bits > offer.server_bits):
        return False
    return answer.client_bits is None or offer.client_bits is not None


def agreed(answer, offer):
    """(server bits, client bits, server forgets, client forgets)."""
    hint = offer.client_bits
    client = min(answer.client_bits or 15,
                 15 if hint in (None, NO_VALUE) else hint)
    return (answer.server_bits or 15, client, answer.server_forgets,
            answer.client_forgets or offer.client_forgets)
