# SPDX-License-Identifier: MIT
"""A request of HTTP/1.x that another parser has found: a method, a target, a
version and fields.

The places are the numbers of the fields, from 1; 0 is the request line, and
the number behind the last field is the end of the head.  A judge sees all
fields before it says what is wrong, so it says the same for any order of
fields with different names.
"""
import re

from decision import host_refuses
from errors import Notes
import errors
from framing import Framing
from grammar import BLANKS, FIELD_RUN, content_length, is_token
from head import Field, Refused, RequestLine
from request import Request, Verdict, refused
import server
import uri

TRANSPORTS = ("unknown", "unsecured", "secured")


def judge(config, parts, pairs):
    """The verdict on what was found."""
    if parts.get("found-transport"):
        config.transport = TRANSPORTS[parts["found-transport"]]
    verdict = _judge(config, parts, pairs)
    if config.refuse is not None:
        host_refuses(config, verdict, None, b"")
    verdict.config, verdict.data = config, b""
    verdict.is_head = parts["found-method"] == b"HEAD"
    return verdict


def _judge(config, parts, pairs):
    notes, end = Notes(), len(pairs) + 1
    line = note_request_line(notes, config, parts, bool(pairs))
    lines = [Field(name.lower(), value.strip(BLANKS), at, at, at)
             for at, (name, value) in enumerate(pairs, 1)]
    for at, (name, value) in enumerate(pairs, 1):
        note_bytes(notes, config, name, value, at)
    if len(pairs) > config.fields_max:
        notes.add("FIELDS_MANY", config.fields_max + 1)
    note_framing(notes, lines, line.minor)
    first = notes.first()
    if first:
        return refuse(first, end)
    try:
        request = request_of(config, line, lines, end)
    except Refused as why:
        return refuse((why.error, why.offset), end)
    return server.judge_head(request, b"")[0]


def refuse(first, end):
    error, places = first
    verdict = refused(Refused(error, places, end), left=Verdict.ANY)
    if verdict.status is None:
        verdict.statuses = tuple({errors.status(name) for name in error})
        verdict.status = verdict.statuses[0]
    return verdict


def request_of(config, line, lines, end):
    framing = Framing(line.minor)
    for field in lines:
        framing.judge_line(field, end)
    framing.end(end)
    request = Request(config, line, lines, framing, end)
    request.reads_body = False
    return request


# ---- The request line ------------------------------------------------------

def note_request_line(notes, config, parts, has_fields):
    method, raw = parts["found-method"], parts["found-target"]
    major, minor = divmod(parts["found-version"], 10)
    preface = method == b"PRI" and raw == b"*"
    note_method(notes, config, method)
    target = note_target(notes, config, method, raw,
                         judge_form=not preface or major == 1)
    if major != 1:
        is_whole = preface and (major, minor) == (2, 0) and not has_fields
        notes.add("HTTP2_PREFACE" if is_whole else "HTTP_VERSION", 0)
    return RequestLine(method, 0, target, minor)


def note_method(notes, config, method, at=0):
    if not is_token(method):
        notes.add("METHOD_BYTE", at)
    elif len(method) > config.method_max:
        notes.add("METHOD_LONG", at)


_TARGET = re.compile(uri.PATH_RUN.pattern
                     + rb"(?:\?" + uri.QUERY_RUN.pattern + rb")?")


def note_target(notes, config, method, raw, at=0, judge_form=True):
    """The bytes, the length and the form; a form of wrong bytes is not
    asked for."""
    target = uri.target(method, raw)
    if not raw or not _TARGET.fullmatch(raw):
        notes.add("TARGET_BYTE", at)
        return target
    if config.target_max is not None and len(raw) > config.target_max:
        notes.add("TARGET_LONG", at)
    if target.error and judge_form:
        notes.add(target.error, at)
    secured = target.scheme and target.scheme.lower() in uri.SECURED
    if secured and config.transport == "unsecured":
        notes.add("TARGET_SECURED", at)
    return target


# ---- Fields ----------------------------------------------------------------

def note_bytes(notes, config, name, value, at):
    if not is_token(name):
        notes.add("FIELD_NAME", at)
    elif len(name) > config.name_max:
        notes.add("FIELD_NAME_LONG", at)
    if not FIELD_RUN.fullmatch(value):
        notes.add("FIELD_VALUE", at)


def note_framing(notes, lines, minor):
    """Host, Content-Length and Transfer-Encoding: as in framing.py, but for
    any order of the lines."""
    hosts, lengths, codings = (
        [line for line in lines if line.name == name]
        for name in (b"host", b"content-length", b"transfer-encoding"))
    if len(hosts) > 1:
        notes.add("HOST_REPEATED", hosts[1].at)
    for line in hosts:
        if uri.authority(line.value) is None:
            notes.add("HOST_MALFORMED", line.at)
    if lengths and codings:
        notes.add("LENGTH_AND_CODING", max(lengths[0].at, codings[0].at))
    if len(lengths) > 1:
        notes.add("LENGTH_REPEATED", lengths[1].at)
    for line in lengths:
        if content_length(line.value) is None:
            notes.add("LENGTH_MALFORMED", line.at)
    if codings and minor == 0:
        notes.add("CODING_IN_1_0", codings[0].at)
    _note_codings(notes, codings)


def _note_codings(notes, codings):
    framing = Framing(1)
    for line in codings:
        try:
            framing.judge_line(line, 0)
        except Refused as why:
            notes.add(why.error, line.at)


# ---- What is malformed in HTTP/2 and HTTP/3 --------------------------------

def is_syntax(error):
    """Whether an error is one of a head that no peer may send."""
    return error in errors.ORDER and errors.STATUS[error] == 400
