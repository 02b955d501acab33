# SPDX-License-Identifier: MIT
"""What becomes of a request: from its bytes to the outcome.

    head  ->  order of judgement  ->  decision  ->  body  ->  101
"""
from decision import decide, host_refuses, spoken
from framing import Framing
from grammar import is_token, members
from head import (Incomplete, Reader, Refused, lean_total, read_fields,
                  read_request_line)
import plain as plain_body
from request import Request, Verdict, plain, refused, refused_at_end
from rules import judge_entry, passed_over


def judge(config, data):
    """The verdict on these bytes, all of them fed."""
    verdict, body = _judge_request(config, data)
    if config.reads_body and verdict.outcome == "plain":
        verdict, body = plain_body.read(verdict, data)
    if config.refuse is not None and verdict.outcome is not Verdict.ANY:
        host_refuses(config, verdict, body, data)
    verdict.config, verdict.data = config, data
    return verdict


# ---- The head --------------------------------------------------------------

def _judge_request(config, data):
    end = config.head_max
    if config.lean:
        end = min(end, lean_total(config))
    reader = Reader(data, end)
    try:
        request = _read(config, reader)
    except Incomplete:
        return Verdict("incomplete", error="INCOMPLETE",
                       consumed=len(data)), None
    except Refused as why:
        left = Verdict.ANY if why.error == "HOST_MISSING" else "unknown"
        return refused(why, left=left), None
    return judge_head(request, data)


def _read(config, reader):
    line = read_request_line(reader, config)
    framing = Framing(line.minor)
    lines = read_fields(reader, config, framing.judge_line)
    framing.end(reader.pos)
    return Request(config, line, lines, framing, reader.pos)


# ---- From the head to an offer ---------------------------------------------

def judge_head(request, data):
    """The order is that of the design; see rules.ORDER for what is behind the
    question whether anything is offered."""
    reason = _no_offer(request)
    if reason:
        return plain(request, reason), None
    for line in request.fields.all(b"connection"):
        if not all(is_token(member) for member in members(line.value)):
            why = Refused("CONNECTION_MALFORMED", line.at, request.end)
            return refused_at_end(request, why), None
    if b"upgrade" not in request.options:
        return plain(request, "NO_CONNECTION"), None
    offered = _offered(request)
    if not offered:
        return plain(request, "NOT_SUPPORTED"), None
    reasons = [passed_over(request, entry) for entry in offered]
    eligible = [entry for entry, why in zip(offered, reasons) if why is None]
    if not eligible:
        return plain(request, tuple(reasons)), None
    return _judge_offers(request, eligible, data)


def _no_offer(request):
    if not request.fields.all(b"upgrade"):
        taken = (request.fields.all(b"sec-websocket-key")
                 or request.fields.all(b"sec-websocket-version"))
        return "PROXY_TOOK_UPGRADE" if taken else "NO_UPGRADE"
    return "HTTP_1_0" if request.line.minor == 0 else None


CLIENT_ORDER = 8  # protocols of which the client's order is known


def _offered(request):
    """The entries of the table that the client lists, in the order of
    preference (RFC 9110 7.8): that of the table, or the client's for its first
    eight."""
    config = request.config
    table = [entry for entry in spoken(config)
             if any(entry.is_offered_by(member, config.protocols)
                    for member in request.upgrade)]
    if not config.client_order:
        return table
    first = []
    for member in request.upgrade:
        for entry in table:
            if (entry.is_offered_by(member, config.protocols)
                    and entry not in first):
                first.append(entry)
    first = first[:CLIENT_ORDER]
    return first + [entry for entry in table if entry not in first]


def _judge_offers(request, eligible, data):
    """Each offer is judged; one that fails is struck out.  When none is left,
    the refusal is that of the most preferred."""
    failures = [judge_entry(request, entry) for entry in eligible]
    left = [entry for entry, failure in zip(eligible, failures)
            if failure is None]
    if left:
        return decide(request, left, data)
    error, offset = failures[0]
    if eligible[0].failed_plain:
        return plain(request, error), None
    at = request.end if offset is None else offset
    return refused_at_end(request, Refused(error, at, request.end)), None
