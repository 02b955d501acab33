# SPDX-License-Identifier: MIT
"""What is expected, said in the words of run.c, and where it differs.

An expectation is {name: allowed}, where allowed is the set of values that the
texts allow, as run.c writes them; a name that is not there is not determined.
"""
import ask
from client import Answer
import client
from config import Config
from errors import names
import reply
from request import Verdict
import server
import switch


def text(value):
    """A value of bytes as run.c writes it."""
    return None if value is None else value.hex()


def one(value):
    return {value}


class Expectation(dict):
    def add(self, name, value, write=str):
        if value is not Verdict.ANY:
            values = value if isinstance(value, tuple) else (value,)
            self[name] = {write(one) for one in values}


def of_server(verdict):
    found = Expectation(outcome=one(verdict.outcome))
    found.add("status", verdict.status)
    found.add("error", names(verdict.error))
    found.add("call", verdict.call)
    found.add("left", verdict.left)
    if verdict.keep is not Verdict.ANY:
        found.add("keep", int(verdict.keep))
    if verdict.outcome == "refused" and verdict.error != "DECISION":
        found.add("offset", verdict.offset)
    found.add("consumed", verdict.consumed)
    entry = verdict.protocol
    found["protocol"] = one(text(entry.name) if entry else None)
    found["subprotocol"] = one(text(verdict.subprotocol))
    found["body"] = one(text(verdict.body or b""))
    if verdict.request:
        _add_target(found, verdict.request)
    return found


def _add_target(found, request):
    target = request.line.target
    found["scheme"] = one(text(request.scheme))
    found["authority"] = one(text(request.authority))
    found["path"] = {text(target.path), text(target.path or None)}
    found["query"] = one(text(target.query))


def of_client(answer):
    if answer is None:
        return Expectation(outcome=one("call"), call=one("REQUEST"))
    found = Expectation(outcome=one(answer.outcome))
    for name in ("status", "offset", "consumed", "fields", "length", "keep"):
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
    return one(None if value == b"-" else value.hex())


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
        elif name == "fields":
            found.add("fields", int(value))
        elif name == "dropped":
            found.add("dropped", int(value))
    if "body" in found and found["body"] == {None}:
        found["body"] = one("")
    if not case.is_client:
        found.pop("extensions", None)
    return found


def _add_places(found, case):
    data = case.response if case.is_client else case.request
    if data is None or case.outcome[0] in ("call", "written"):
        return
    end = len(data) if case.end is None else case.end
    refused = case.outcome[0] == "refused"
    library = refused and case.outcome[-1] not in ("REFUSED", "DECISION")
    if not refused or case.end is not None:
        found.add("consumed", end)
    if library:
        found.add("offset", end if case.mark is None else case.mark)


# ---- A case, judged --------------------------------------------------------

def judge_case(case):
    """(the expectation, the verdict) of a harness.Case."""
    if case.kind == "request":
        verdict = server.judge(Config(case.settings), case.data)
        if verdict.status >= 101:
            verdict.unwritten = reply.call_errors(verdict.config, verdict)
            if verdict.call == ("OK",) and verdict.unwritten:
                verdict.call = tuple(verdict.unwritten)
        return of_server(verdict), verdict
    if case.kind == "response":
        answer = client.judge(Config(case.settings), case.asked, case.data)
        return of_client(answer), answer
    asked = ask.Ask(case.asks)
    return of_ask(ask.errors(asked)), asked


def judge(case, answer):
    """(the expectation, what is different) of a case and the answer of the
    library."""
    expectation, verdict = judge_case(case)
    wrong = differences(expectation, answer)
    if not wrong and case.kind == "request":
        sent = bytes.fromhex(answer["reply"] or "")
        if "OK" in verdict.unwritten and answer["call"] == "OK":
            verdict.unwritten = set()
        found = reply.problems(verdict.config, verdict, sent)
        if found:
            wrong["reply"] = (found, sent)
    elif not wrong and answer["outcome"] == "written":
        sent = bytes.fromhex(answer["reply"])
        found = ask.problems(verdict, sent)
        if found:
            wrong["reply"] = (found, sent)
    return expectation, wrong


def show(differences):
    for name, (allowed, found) in sorted(differences.items()):
        if isinstance(allowed, (set, frozenset)):
            allowed = " or ".join(sorted(map(str, allowed)))
        print("  %-11s expected %s, found %s" % (name, allowed, found))
