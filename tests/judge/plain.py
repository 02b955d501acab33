# SPDX-License-Identifier: MIT
"""The body of an ordinary request, if the host wants it: RFC 9112 6,
RFC 9110 10.1.1."""
from body import Body
from grammar import members
from head import Incomplete, Refused
import errors
from request import CLOSES, Verdict, refused


def read(verdict, data):
    """The host calls read_body at PLAIN.  (the verdict, the body or None)."""
    request = verdict.request
    if not request.framing.has_body:
        return verdict, None
    why = _refusal(request)
    if why is not None:
        return why, None
    return _read(verdict, data)


def _refusal(request):
    """Nobody reads what is not understood, expected or wanted.  No text says
    which of these comes first."""
    framing, config = request.framing, request.config
    found = []
    if framing.has_unknown_coding:
        found.append(("CODING_UNKNOWN", framing.body_at))
    for line in request.fields.all(b"expect"):
        if any(member.lower() != b"100-continue"
               for member in members(line.value)):
            # the line may have been left out: then it is the end of the head
            found.append(("EXPECTATION", (line.at, request.end)
                          if config.lean else line.at))
            break
    if config.body_max is not None and framing.length_value > config.body_max:
        found.append(("BODY_LONG", framing.body_at))
    if not found:
        return None
    names = tuple(name for name, _ in found)
    places = tuple(place for _, at in found for place in errors.names(at))
    keep = {request.may_keep and name not in CLOSES for name in names}
    why = refused(Refused(names, places, request.end), request=request,
                  keep=keep.pop() if len(keep) == 1 else Verdict.ANY,
                  left=request.framing.left)
    why.statuses = tuple(errors.status(name) for name in names)
    why.status = why.statuses[0]
    if request.line.minor == 0 and "EXPECTATION" in names:
        why.outcome = Verdict.ANY  # whether HTTP/1.0 has other expectations
    return why


def _read(verdict, data):
    """A client that waits gets a 100 first, and content goes on behind it."""
    request, config = verdict.request, verdict.request.config
    body = Body(data, request.end, config.body_max)
    waits = request.expects_continue
    try:
        if request.framing.coding_lines:
            body.chunked()
        else:
            body.length(request.framing.length_value)
    except Incomplete:
        verdict.outcome, verdict.consumed = "incomplete", len(data)
        verdict.keep = Verdict.ANY
    except Refused as why:
        verdict = refused(why, request=request, is_plain=True)
    else:
        verdict.consumed = body.pos
        verdict.keep = request.may_keep_read
    verdict.continue_first = waits
    verdict.body, verdict.left = body.content, body.left
    return verdict, body
