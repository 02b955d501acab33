# SPDX-License-Identifier: MIT
"""What becomes of a valid offer: decision, body, second decision, and what the
host does when all bytes were fed."""
from body import Body
from config import ANY
import deflate
from head import Incomplete, Refused
from request import Verdict, plain, refused

ACCEPT, DECLINE, LATER = 101, 1, 0


def _choose_subprotocol(request):
    """The client's first that the server speaks, or the server's first that
    the client lists (RFC 6455 4.2.2)."""
    config, offered = request.config, request.subprotocols
    first, second = offered, config.subprotocols
    if config.server_order:
        first, second = second, first
    return next((name for name in first if name in second), None)


def decide(request, left, data):
    config = request.config
    entry = left[0]
    verdict = Verdict("switched", status=101, consumed=request.end,
                      left=request.framing.left, request=request)
    if not request.is_stream:
        entry = entry.named_by(_first_name(request, entry))
    if config.choose_protocol is not None:
        chosen = list(_chosen(request, left, config.choose_protocol))
        if chosen:
            entry = chosen[0]
        else:
            verdict.note_call("NOT_OFFERED")
    if entry.rules == "websocket":
        verdict.subprotocol = _choose_subprotocol(request)
    _callback_chooses_subprotocol(request, entry, verdict)
    verdict.protocol = entry
    return _answer(verdict, config.answer, data)


def _first_name(request, entry):
    return next(member for member in request.upgrade
                if entry.is_offered_by(member, request.config.protocols))


def _chosen(request, left, name):
    """What the callback can mean by this name: an entry that has it, or what
    "*" takes."""
    table = request.config.protocols
    for entry in left:
        if entry.rules != "any":
            if entry.is_offered_by(name, table):
                yield entry
        elif request.is_stream:
            if name.lower() in (ANY, entry.name.lower()):
                yield entry
        elif name == ANY:
            yield entry.named_by(_first_name(request, entry))
    for entry in left:
        for member in request.upgrade:
            if (member.lower() == name.lower()
                    and entry.is_offered_by(member, table)):
                yield entry.named_by(member)


def _callback_chooses_subprotocol(request, entry, verdict):
    name = request.config.choose_subprotocol
    if name is None:
        return
    if name == b"":
        verdict.subprotocol = None
    elif entry.rules == "websocket" and name in request.subprotocols:
        verdict.subprotocol = name
    elif entry.rules == "websocket":
        verdict.note_call("NOT_OFFERED")
    else:  # there are none to choose from
        verdict.note_call("NOT_OFFERED", "STATE")


def _answer(verdict, answer, data):
    """The first decision, at the end of the head."""
    request = verdict.request
    if answer == ACCEPT:
        return _accept(verdict, data)
    if answer == DECLINE and not request.is_stream:
        declined = plain(request, "DECLINED")
        declined.call = verdict.call
        return declined, None
    verdict.keep = request.may_keep
    return _not_accepted(verdict, answer), None


def _not_accepted(verdict, answer):
    if answer == LATER:
        verdict.outcome, verdict.status = "decide", 0
        verdict.keep = Verdict.ANY
    elif 300 <= answer <= 599 and not (
            answer == 426 and verdict.request.is_stream):
        verdict.refuse(answer, "REFUSED")
    else:
        verdict.refuse(500, "DECISION")
    return verdict


def _accept(verdict, data):
    request = verdict.request
    verdict.continue_first = (request.expects_continue
                              and not request.is_stream)
    consumes = verdict.protocol.body_policy in ("consume", "ask")
    if consumes and request.framing.has_body:
        if request.reads_body:
            return _read_body(verdict, data)
        verdict.continue_first = False  # it was sent before the body
        return verdict, None
    verdict.left = 0
    return verdict, None


# ---- The body --------------------------------------------------------------

def _read_body(verdict, data):
    request, config = verdict.request, verdict.request.config
    body = Body(data, request.end, config.body_max)
    read = body.chunked
    if not request.framing.coding_lines:
        def read():
            body.length(request.framing.length_value)
    try:
        read()
    except Incomplete:
        verdict.outcome, verdict.status = "incomplete", 0
        verdict.consumed = len(data)
    except Refused as why:
        verdict = refused(why, request=request,
                          continue_first=verdict.continue_first)
    else:
        verdict.consumed = body.pos
        if verdict.protocol.body_policy == "ask":
            verdict = _second_answer(verdict, config.answer_at_end)
    verdict.body, verdict.left = body.content, body.left
    return verdict, body


def _second_answer(verdict, answer):
    """The body is gone, so nobody could decline any more."""
    if answer == ACCEPT:
        return verdict
    verdict = _not_accepted(verdict, answer)
    if verdict.outcome == "refused":
        verdict.keep = verdict.request.may_keep_read
    return verdict


# ---- What the host does when all bytes were fed ----------------------------

def host_refuses(config, verdict, body, data):
    """The host calls answer, before a reply was taken."""
    answer = config.refuse
    request = verdict.request
    if answer == 426 and not advertised(config):
        verdict.note_call("ANSWER")
    elif answer == ACCEPT and verdict.outcome == "decide":
        accepted, _ = _accept(Verdict("switched", status=101,
                                      request=request,
                                      consumed=verdict.consumed,
                                      protocol=verdict.protocol,
                                      subprotocol=verdict.subprotocol), data)
        accepted.call = verdict.call
        verdict.__dict__.update(accepted.__dict__)
    elif answer == ACCEPT and verdict.outcome == "plain":
        verdict.note_call("STATE")
    elif not _least_status(verdict) <= answer <= 599:
        verdict.note_call("ANSWER", "STATE")
    else:
        refused_already = verdict.outcome == "refused"
        if body is not None and verdict.outcome in ("switched", "decide"):
            verdict.keep = request.may_keep_read
        if verdict.is_plain and verdict.outcome == "incomplete":
            verdict.keep = False  # the body is in the way (RFC 9112 9.3)
        verdict.refuse(answer, "REFUSED")
        if request and body is None:
            verdict.continue_first = False
            verdict.left = request.framing.left
            if not refused_already:
                verdict.keep = request.may_keep


def _least_status(verdict):
    """Any final status answers an ordinary request, also while its body is
    read; 2xx to CONNECT would be a tunnel (RFC 9110 9.3.6)."""
    is_plain = verdict.is_plain and verdict.outcome != "refused"
    return 200 if is_plain and verdict.request.line.method != b"CONNECT" \
        else 300


def advertised(config):
    """What a 426 can name."""
    return [entry for entry in spoken(config) if entry.rules != "any"]


def spoken(config):
    """h2c is for connections without TLS (RFC 7540 3.2), whatever rules its
    entry has."""
    return [entry for entry in config.protocols
            if not (entry.token.lower() == b"h2c"
                    and config.transport == "secured")]


# ---- The extensions of the 101 ---------------------------------------------

def extensions(verdict):
    """The value of Sec-WebSocket-Extensions that the host answers, or None."""
    config = verdict.request.config
    if config.deflate is None:
        return config.extensions
    offers = verdict.request.fields.members(b"sec-websocket-extensions")
    agreed = deflate.agree(offers, config.deflate)
    return agreed.value() if agreed else config.extensions
