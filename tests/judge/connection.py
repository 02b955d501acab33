# SPDX-License-Identifier: MIT
"""Requests that follow each other on one connection: RFC 9112 9.3.

The host answers each ordinary request, sends the content, and goes on if the
connection is kept.  A body that nobody has read is skipped.
"""
from config import Config
import reply
from request import Verdict
import server

MOST = 4            # requests of a connection
CONTENT = b"hello"  # what the host sends, if it sends the content itself


class Message:
    """The verdict on a request, and whether another one may follow.
    `skipped` bytes of the body before it come first."""

    def __init__(self, verdict, skipped):
        self.verdict, self.skipped = verdict, skipped
        self.resets = "-"  # what reset returns; "-": it is not called
        self.content = b""
        self.is_last = True


def judge(settings, data):
    """The messages, and whether the texts determine that there are no
    more."""
    messages, pos, skipped = [], 0, 0
    while len(messages) < MOST:
        if pos + skipped > len(data):  # the rest of the body is waited for
            messages.append(Message(_waits(settings), 0))
            return messages, True
        part = data[pos + skipped:]
        message = Message(_judge_one(settings, part), skipped)
        if message.verdict.outcome is Verdict.ANY:
            return messages, False
        messages.append(message)
        if not _end(message):
            return messages, False
        if message.resets != "OK":
            return messages, True
        pos, skipped = _next(message, pos + skipped)
    return messages, True


def _waits(settings):
    return Verdict("incomplete", keep=Verdict.ANY, error=Verdict.ANY,
                   left=Verdict.ANY, config=Config(settings), data=b"")


def _judge_one(settings, data):
    """The host answers at PLAIN only."""
    config = Config(settings)
    status, config.refuse = config.refuse or 200, None
    verdict = server.judge(config, data)
    if verdict.outcome == "plain" and not config.serves:
        config = Config(settings)
        config.refuse = status
        verdict = server.judge(config, data)
    if verdict.status and verdict.status >= 101:
        verdict.unwritten = reply.call_errors(config, verdict)
        if verdict.call == ("OK",) and verdict.unwritten:
            verdict.call = tuple(verdict.unwritten)
    return verdict


def _end(message):
    """What comes behind the reply.  False: no text says."""
    verdict = message.verdict
    config = verdict.config
    if verdict.outcome == "plain":
        if not config.serves:
            return True  # the answer was none
        request = verdict.request
        can_skip = verdict.left == 0 or (
            request.can_skip and not request.expects_something)
        message.resets = "OK" if can_skip else "STATE"
        return verdict.keep is True or not can_skip
    if verdict.outcome not in ("refused", "switched"):
        return True
    if verdict.unwritten:
        return "OK" not in verdict.unwritten
    is_kept = verdict.outcome == "refused" and (
        config.keep or reply.keeps(config, verdict))
    is_whole = _send(config, message)
    message.resets = "OK" if is_kept and is_whole else "STATE"
    return not (is_kept and verdict.keep is Verdict.ANY)


def _send(config, message):
    """Whether the content is complete (RFC 9112 6.3)."""
    verdict = message.verdict
    if config.content is None or verdict.switches:
        return True
    if reply.is_head(verdict) or verdict.status in reply.NO_CONTENT:
        return True
    length = len(CONTENT) if config.content == "chunked" else config.content
    message.content = CONTENT[:length]
    return length <= len(CONTENT)


def _next(message, pos):
    """(the place behind what was read, the bytes of body to skip)."""
    verdict = message.verdict
    return pos + verdict.consumed, verdict.left


# ---- What the library does -------------------------------------------------

def problems(message, sent, content):
    """What is wrong with the content, as sentences."""
    if b"\r\nTransfer-Encoding: chunked\r\n" in sent:
        content = _chunks(content)
    if content != message.content:
        return ["the content is %r" % content]
    return []


def _chunks(data):
    """The content of chunks (RFC 9112 7.1)."""
    found = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        found += data[:length]
        if data[length:length + 2] != b"\r\n":
            return b"no chunks"
        data = data[length + 2:]
        if length == 0:
            return found if not data else b"bytes behind the chunks"
    return found
