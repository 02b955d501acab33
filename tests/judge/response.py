# SPDX-License-Identifier: MIT
"""A response that another parser has found: a version, a status and fields.

Of HTTP/1.x it is written as bytes, which client.py judges.  A 2xx of HTTP/2 or
HTTP/3 is the answer to an extended CONNECT (RFC 8441 5, RFC 9220): it is judged
as the 101 that it stands for.
"""
import client
from client import Answer
from config import RULES
from grammar import BLANKS, FIELD_RUN, is_token
import reply
from stream import HOP

# Lines that HTTP/2 does not have, and their longest form, in memory.
LINES_OF_101 = 3
BYTES_OF_101 = 200


def judge(config, case, faults=()):
    asked = client.read_request(case.asked)
    if asked is None:
        return None
    version, status = case.parts["found-version"], case.parts["found-status"]
    wrong = _numbers(version, status)
    if "HTTP_VERSION" not in wrong:
        interims = client.judge(config, case.asked,
                                _interims(case, version))
        if interims.outcome == "refused":
            return _refused(interims.error)
    if wrong:
        return _refused(_or_long(config, wrong))
    if version in (20, 30):
        return _of_stream(config, case, asked, faults)
    return _of_bytes(config, case, version, status, case.pairs)


def _refused(error):
    return Answer("refused", error=error, status=Answer.ANY,
                  reason=Answer.ANY)


def _numbers(version, status):
    """The errors of two numbers."""
    found = ()
    if version // 10 != 1 and version not in (20, 30):
        found += ("HTTP_VERSION",)
    if not 0 <= status <= 999:
        found += ("STATUS_LINE",)
    if not found and version // 10 != 1 and status == 101:
        found += ("PSEUDO_MALFORMED",)  # RFC 9113 8.6
    return found


SHORTEST = 17  # bytes of a status line with its line end


def _or_long(config, wrong):
    """Without memory there is no head at all."""
    return wrong + ("HEAD_LONG",) if config.head_max < SHORTEST else wrong


# ---- HTTP/1.x --------------------------------------------------------------

def _start(version):
    return b"HTTP/1.%d %%03d \r\n" % (0 if version == 10 else 1)


def _interims(case, version):
    return (_start(version) % 103 + b"\r\n") * case.parts.get("interims", 0)


def _of_bytes(config, case, version, status, pairs):
    """The bytes up to the first field that cannot be a line."""
    data = _interims(case, version) + _start(version) % status
    error = None
    for name, value in pairs:
        error = (None if FIELD_RUN.fullmatch(value) else "FIELD_VALUE")
        error = error if is_token(name) else "FIELD_NAME"
        if error:
            break
        data += name + b": " + value + b"\r\n"
    if not error:
        data += b"\r\n"
    answer = client.judge(config, case.asked, data)
    if error and answer.outcome == "incomplete":
        answer = _refused(_or_many(config, pairs, error))
    return answer


def _or_many(config, pairs, error):
    """A field that is wrong may also be one too many."""
    if len(pairs) > config.fields_max:
        return (error, "FIELDS_MANY")
    return error


# ---- HTTP/2 and HTTP/3 -----------------------------------------------------

def _of_stream(config, case, asked, faults):
    status = case.parts["found-status"]
    first = asked.protocols[0] if asked.protocols else b""
    capsules = RULES.get(first.lower()) == "capsules"
    switches = bool(first) and 200 <= status <= 299 and not (
        capsules and status in (204, 205, 206))  # RFC 9297 3.2
    at, error = _first_malformed(case.pairs, faults)
    lines = [(name, value) for name, value in case.pairs[:at]
             if name not in (b":status", b"sec-websocket-accept")]
    if _is_near_limit(config, lines):
        return Answer(Answer.ANY, error=Answer.ANY)
    if switches:
        lines = _lines_of_101(asked, first) + lines
    number = 101 if switches else status
    if error:
        return _of_prefix(config, case, number, lines, error)
    answer = _of_bytes(config, case, 11, number, lines)
    answer.consumed = answer.fields = answer.offset = answer.keep = Answer.ANY
    if answer.version is not Answer.ANY:
        answer.version = case.parts["found-version"]
    if answer.status == 101:
        answer.status = status
    return answer


def _of_prefix(config, case, number, lines, error):
    """A limit that is passed before the malformed field is named first."""
    wrong = (b"", b"")  # no name: ends the bytes
    answer = _of_bytes(config, case, 11, number, lines + [wrong])
    return _refused(error if answer.error == "FIELD_NAME" else answer.error)


def _is_near_limit(config, lines):
    """No text says whether the lines that HTTP/2 does not have count."""
    size = sum(len(name) + len(value) + 4 for name, value in lines)
    return (len(lines) + LINES_OF_101 >= config.fields_max
            or size + BYTES_OF_101 > config.head_max)


def _lines_of_101(asked, first):
    lines = [(b"Upgrade", first), (b"Connection", b"Upgrade")]
    if first.lower() == b"websocket":
        lines.append((b"Sec-WebSocket-Accept", reply.accept(asked.key)))
    return lines


def _first_malformed(pairs, faults):
    """(place, error) of the first field that makes a response malformed
    (RFC 9113 8.2, 8.3.2); (how many there are, None) if none does."""
    seen = []
    for at, (name, value) in enumerate(pairs):
        error = _malformed(name, value, seen, faults)
        if error:
            return at, error
        seen.append(name)
    return len(pairs), None


def _malformed(name, value, seen, faults):
    is_pseudo = name.startswith(b":")
    if not is_token(name[1:] if is_pseudo else name):
        return "FIELD_NAME"
    if not FIELD_RUN.fullmatch(value):
        return "FIELD_VALUE"
    if is_pseudo and name != b":status":
        return "PSEUDO_MALFORMED"
    if is_pseudo and seen:
        return ("PSEUDO_REPEATED" if name in seen else "PSEUDO_MALFORMED")
    if name != name.lower():
        return "FIELD_NAME"
    if name in HOP or name == b"te":  # TE is of requests
        return "HOP_FIELD"
    if value != value.strip(BLANKS):
        return "FIELD_VALUE"
    return None
