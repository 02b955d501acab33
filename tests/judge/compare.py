# SPDX-License-Identifier: MIT
"""What is expected, said in the words of run.c, and where it differs.

An expectation is {name: allowed}, where allowed is the set of values that the
texts allow, as run.c writes them; a name that is not there is not determined.
"""
import ask
from client import Answer
import client
import connection
from config import Config
from errors import STATUS, names
import foreign
import known
import reply
from request import Verdict
import response
import server
import stream
import switch
import values


def text(value):
    """A value of bytes as run.c writes it."""
    return "-" if value is None else value.hex()


def one(value):
    return {value}


class Expectation(dict):
    known = None  # the known fault in which the library differs

    def add(self, name, value, write=str):
        if value is not Verdict.ANY:
            if isinstance(value, tuple):
                self[name] = set(map(write, value))
            else:
                self[name] = {write(value)}


def of_server(verdict):
    found = Expectation(outcome=one(verdict.outcome))
    found.add("status", verdict.statuses or verdict.status)
    if verdict.error is not Verdict.ANY:
        found.add("error", names(verdict.error))
    found.add("call", verdict.call)
    found.add("left", verdict.left)
    if verdict.keep is not Verdict.ANY:
        found.add("keep", int(verdict.keep))
    if verdict.outcome == "refused" and verdict.error != "DECISION":
        found.add("offset", verdict.offset)
    found.add("consumed", verdict.consumed)
    entry = verdict.protocol
    found["protocol"] = one(text(entry.name if entry else None))
    found["subprotocol"] = one(text(verdict.subprotocol))
    found["body"] = one(text(verdict.body or b""))
    if verdict.request:
        _add_target(found, verdict.request)
    return found


def _add_target(found, request):
    target = request.line.target
    method, scheme, authority = request.of_stream or (
        request.line.method, request.scheme, request.authority)
    found["method"] = one(text(method))
    found["target"] = one(text(target.raw))
    found["scheme"] = one(text(scheme))
    found["authority"] = one(text(authority))
    found["path"] = {text(target.path), text(target.path or None)}
    found["query"] = one(text(target.query))
    if not request.is_stream:
        _add_facts(found, request)


def _add_facts(found, request):
    """What a program has to know that serves the request itself."""
    framing = request.framing
    found.add("version", 11 if request.line.minor else 10)
    found.add("upgrade", int(bool(request.fields.all(b"upgrade"))))
    found.add("coding", int(framing.has_unknown_coding))
    found.add("empty-host", int(framing.host is not None
                                and not request.host_name))
    expected = {member.lower()
                for member in request.fields.members(b"expect")}
    if request.line.minor and expected:
        found.add("expect", 1 if expected == {b"100-continue"} else 2)
    elif not expected:
        found.add("expect", 0)


_OF_MESSAGE = ("outcome", "status", "error", "offset", "left", "keep", "call",
               "body", "consumed")


def of_connection(messages, is_sure):
    """The same of each message, with its number."""
    found = Expectation(outcome=one("connection"))
    for number, message in enumerate(messages):
        said = of_server(message.verdict)
        if message.verdict.config.commits:
            said.pop("consumed", None)  # more bytes are held
        if "consumed" in said:
            said.add("consumed", message.verdict.consumed + message.skipped)
        for name in _OF_MESSAGE:
            if name in said and name != "left":
                found[name + str(number)] = said[name]
    if is_sure:
        found.add("count", len(messages))
        for number, message in enumerate(messages):
            found.add("reset%d" % number, message.resets)
    return found


def _connection_problems(messages, answer):
    for number, message in enumerate(messages):
        name = "reply%d" % number
        verdict = message.verdict
        sent = bytes.fromhex(answer[name])
        content = bytes.fromhex(answer["content%d" % number])
        if ("OK" in verdict.unwritten
                and answer["call%d" % number] == "OK"):
            verdict.unwritten = set()
        verdict.status = int(answer["status%d" % number])
        found = reply.problems(verdict.config, verdict, sent)
        if not found and not verdict.unwritten:
            found = connection.problems(message, sent, content)
        if found:
            yield name, (found, sent + content)


def of_client(answer):
    if answer is None:
        return Expectation(outcome=one("call"), call=one("REQUEST"))
    if answer.outcome is Answer.ANY:
        return Expectation()
    found = Expectation(outcome=one(answer.outcome))
    for name in ("status", "offset", "consumed", "fields", "length", "keep",
                 "announced", "version"):
        value = getattr(answer, name)
        if value not in (Answer.ANY, switch.ANY):
            found.add(name, value)
    if answer.outcome != "refused":
        found.pop("offset", None)
    found.add("error", names(answer.error))
    for name in ("reason", "protocol", "subprotocol", "extensions"):
        value = getattr(answer, name)
        if value not in (Answer.ANY, switch.ANY):
            found[name] = one(text(value))
    found["agreed"] = one(",".join(str(int(part)) for part in answer.agreed))
    return found


def of_ask(errors):
    if not errors:
        return Expectation(outcome=one("written"), call=one("OK"))
    return Expectation(outcome=one("call"), call=set(errors))


def differences(expectation, answer):
    """{name: (allowed, what the library says)}"""
    return {name: (allowed, answer.get(name))
            for name, allowed in expectation.items()
            if answer.get(name) not in allowed}


# ---- What a vector expects -------------------------------------------------

_BYTES = ("protocol", "subprotocol", "scheme", "authority", "path", "query",
          "body", "reason", "extensions")


def _bytes_value(value):
    return one("-" if value == b"-" else value.hex())


def of_vector(case):
    """The expectation that stands in a chapter, as far as run.c says it."""
    found = Expectation(outcome=one(case.outcome[0]))
    rest = case.outcome[1:]
    if case.outcome[0] == "refused" and not case.is_client:
        found.add("status", rest.pop(0))
    elif case.outcome[0] == "other":
        found.add("status", rest.pop(0))
    if rest:
        found.add("call" if case.outcome[0] == "call" else "error", rest[0])
    if case.outcome[0] == "written":
        found["reply"] = one(case.request.hex())
    _add_places(found, case)
    for name, value in case.expect:
        if name in _BYTES:
            found[name] = _bytes_value(value)
        elif name == "status":
            found.add("status", int(value))
        elif name == "may-keep":
            found.add("keep", int(value == b"yes"))
        elif name in ("body-left", "body-len"):
            found.add("left" if name == "body-left" else "length",
                      value.decode())
        elif name == "call":
            found.add("call", value.decode().upper())
        elif name == "content-length":
            found.add("announced", value.decode())
        elif name in ("fields", "version"):
            found.add(name, int(value))
        elif name == "dropped":
            found.add("dropped", int(value))
    if "body" in found and found["body"] == {"-"}:
        found["body"] = one("")
    if not case.is_client:
        found.pop("extensions", None)
    return found


def _add_places(found, case):
    data = case.response if case.is_client else case.request
    if data is None or case.outcome[0] in ("call", "written"):
        return
    end = len(data) if case.end is None else case.end
    mark = case.mark
    if case.chapter.startswith("stream-"):
        end = data.count(b"\r\n") + 1
        if mark is not None:
            mark = data[:mark].count(b"\r\n") + 1
    refused = case.outcome[0] == "refused"
    library = refused and (case.is_client or case.outcome[-1] in STATUS)
    library = library and case.outcome[-1] != "DECISION"
    if not refused or case.end is not None:
        found.add("consumed", end)
    if library:
        found.add("offset", end if mark is None else mark)


# ---- A case, judged --------------------------------------------------------

def judge_case(case, faults=()):
    """(the expectation, the verdict) of a harness.Case.  `faults` are those
    of known.py that the library may have."""
    if case.kind == "request":
        verdict = server.judge(Config(case.settings), case.data)
        if verdict.outcome is Verdict.ANY:
            return Expectation(), verdict
        return _of_verdict(verdict), verdict
    if case.kind == "connection":
        found = connection.judge(case.settings, case.data)
        return of_connection(*found), found
    if case.kind == "found":
        verdict = foreign.judge(Config(case.settings), case.parts, case.pairs)
        return _of_verdict(verdict), verdict
    if case.kind == "stream":
        verdict = stream.judge(Config(case.settings), case.parts, case.pairs,
                               faults)
        return _of_stream(verdict, case.parts, faults), verdict
    if case.kind == "answered":
        answer = response.judge(Config(case.settings), case, faults)
        return of_client(answer), answer
    if case.kind == "response":
        answer = client.judge(Config(case.settings), case.asked, case.data)
        return of_client(answer), answer
    asked = ask.Ask(case.asks)
    return of_ask(ask.errors(asked)), asked


def _of_verdict(verdict):
    if verdict.status >= 101:
        verdict.unwritten = reply.call_errors(verdict.config, verdict)
        if verdict.call == ("OK",) and verdict.unwritten:
            verdict.call = tuple(verdict.unwritten)
    return of_server(verdict)


def _of_stream(verdict, parts, faults):
    if verdict.outcome is Verdict.ANY:
        return Expectation()
    expectation = _of_verdict(verdict)
    version = parts["found-version"]
    expectation["malformed"] = {
        str(said) for error in names(verdict.error)
        for said in stream.is_malformed(error, version, faults)}
    if verdict.request:
        expectation.add("version", version)
    return expectation


KNOWN = ("stream", "answered")  # kinds with known faults of the library


def judge(case, answer):
    """(the expectation, what is different) of a case and the answer of the
    library.  A known fault is no difference; the expectation says it is
    one."""
    expectation, wrong = _judge(case, answer, ())
    if wrong and case.kind in KNOWN:
        for name, faults in known.tries():
            if not _judge(case, answer, faults)[1]:
                expectation.known, wrong = name, {}
                break
    return expectation, wrong


def _judge(case, answer, faults):
    expectation, verdict = judge_case(case, faults)
    wrong = differences(expectation, answer)
    if wrong or not expectation:
        return expectation, wrong
    found, sent = (), bytes.fromhex(answer.get("reply") or "")
    if case.kind == "connection":
        wrong.update(_connection_problems(verdict[0], answer))
    elif isinstance(verdict, Verdict):
        found = _reply_problems(verdict, answer, sent)
    elif answer["outcome"] == "written":
        found = ask.problems(verdict, sent)
    if found:
        wrong["reply"] = (found, sent or answer["values"])
    return expectation, wrong


def _reply_problems(verdict, answer, sent):
    if "OK" in verdict.unwritten and answer["listed"] == "OK":
        verdict.unwritten = set()
    verdict.status = int(answer["status"])
    found = []
    if not verdict.is_stream:
        found = reply.problems(verdict.config, verdict, sent)
    if not found:
        if verdict.continue_first:
            sent = reply.without_continue(sent)
        found = values.problems(verdict.config, verdict, answer, sent)
    return found


def show(differences):
    for name, (allowed, found) in sorted(differences.items()):
        if isinstance(allowed, (set, frozenset)):
            allowed = " or ".join(sorted(map(str, allowed)))
        print("  %-11s expected %s, found %s" % (name, allowed, found))
