# SPDX-License-Identifier: MIT
"""A request whose head is sound, and the verdict on any request."""
import errors
from rules import Fields
import uri


class Verdict:
    """What is expected.  A member that is ANY is not determined."""

    ANY = object()

    def __init__(self, outcome, **known):
        self.outcome = outcome
        self.status = 0
        self.statuses = None      # if there are several that may be
        self.error = "OK"
        self.offset = Verdict.ANY
        self.consumed = Verdict.ANY
        self.protocol = None      # the entry to switch to
        self.subprotocol = None
        self.keep = False         # whether the connection may be kept
        self.left = "unknown"     # bytes of body behind the head
        self.body = None          # content that was handed out
        self.call = ("OK",)       # what a call of the application may return
        self.unwritten = set()    # why the reply cannot be written
        self.continue_first = False
        self.by_host = False      # the application refuses
        self.is_plain = False     # it asks for no switch
        self.is_head = None       # whether the method is HEAD; None: see data
        self.is_stream = False    # of HTTP/2 or HTTP/3
        self.request = self.config = self.data = None
        self.__dict__.update(known)

    @property
    def switches(self):
        """Whether the reply is the switch: 101, or 200 in a stream."""
        return self.outcome == "switched"

    def note_call(self, *errors):
        """A call of the application may return these; the first one that
        fails counts."""
        if self.call == ("OK",):
            self.call = errors

    def refuse(self, status, error):
        """The application refuses.  The first cause is never overwritten
        (design F6)."""
        if self.outcome != "refused" and not self.is_plain:
            self.error = error
        self.outcome, self.status = "refused", status
        self.statuses = None
        self.by_host = True
        self.offset = self.ANY
        self.protocol = self.subprotocol = None


class Request:
    """A head that is complete and sound."""

    reads_body = True  # False: another program does
    is_stream = False  # True: of HTTP/2 or HTTP/3
    of_stream = None   # (method, scheme, authority) as they were sent there

    def __init__(self, config, line, lines, framing, end):
        self.config, self.line, self.framing = config, line, framing
        self.end = end
        self.fields = Fields(lines)
        self.options = {member.lower()
                        for member in self.fields.members(b"connection")}
        self.upgrade = self.fields.members(b"upgrade")

    @property
    def authority(self):
        """That of the target wins over Host (RFC 9112 3.2.2)."""
        if self.line.target.authority is not None:
            return self.line.target.authority
        return self.framing.host.value if self.framing.host else None

    @property
    def host_name(self):
        """The host in Host, which may be empty."""
        return uri.authority(self.framing.host.value)[0]

    @property
    def scheme(self):
        """Of the target, else of the connection (RFC 9112 3.3)."""
        known = {"secured": b"https", "unsecured": b"http"}
        return self.line.target.scheme or known.get(self.config.transport)

    @property
    def subprotocols(self):
        return self.fields.members(b"sec-websocket-protocol")

    @property
    def may_keep_read(self):
        """Whether the connection persists, if the body was read."""
        return (self.line.minor >= 1 and b"close" not in self.options
                and self.line.method != b"CONNECT")

    @property
    def may_keep(self):
        """HTTP/1.1 persists without close (RFC 9112 9.3); CONNECT does not
        (RFC 9931 8), and after a final status nobody knows whether a body
        that waits for something will come (RFC 9110 10.1.1)."""
        waits = self.framing.has_body and self.expects_something
        return self.may_keep_read and not waits and self.can_skip

    @property
    def can_skip(self):
        """Whether a server finds the next request if nobody reads the body:
        it skips a length up to its limit.  Another host reads bodies."""
        if not self.reads_body:
            return True
        left = self.framing.left
        return left != "unknown" and left <= self.config.skip_max

    @property
    def expects_something(self):
        return self.line.minor >= 1 and bool(self.fields.members(b"expect"))

    @property
    def expects_continue(self):
        """100-continue is no expectation in HTTP/1.0 (RFC 9110 10.1.1)."""
        return self.line.minor >= 1 and any(
            member.lower() == b"100-continue"
            for member in self.fields.members(b"expect"))


# ---- Verdicts --------------------------------------------------------------

def refused(why, **known):
    """`why` is a head.Refused."""
    consumed = Verdict.ANY if why.consumed is None else why.consumed
    return Verdict("refused", status=errors.status(why.error),
                   error=why.error, offset=why.offset, consumed=consumed,
                   **known)


def plain(request, reason):
    return Verdict("plain", error=reason, consumed=request.end,
                   keep=request.may_keep, left=request.framing.left,
                   request=request, is_plain=True)


# A refusal behind a sound framing may keep the connection, one for syntax,
# Host, framing or a body may not; for a last one no text says.
CLOSES = ("CONNECTION_MALFORMED", "HOST_EMPTY", "BODY", "BODY_LONG",
          "CODING_UNKNOWN")
KEEP_UNKNOWN = ("CAPSULES",)


def refused_at_end(request, why):
    names = errors.names(why.error)
    keep = request.may_keep and not any(name in CLOSES for name in names)
    if any(name in KEEP_UNKNOWN for name in names):
        keep = Verdict.ANY
    return refused(why, keep=keep, left=request.framing.left,
                   request=request)
