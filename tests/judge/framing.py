# SPDX-License-Identifier: MIT
"""Whose request it is and where it ends: Host, Content-Length,
Transfer-Encoding (RFC 9112 3.2 and 6).

These lines are judged as they end.  Whether chunked is the last coding, and
whether Host is there at all, is known at the end of the head.
"""
from grammar import content_length, members, parameters
from head import Refused
import uri


class Framing:
    def __init__(self, minor, is_response=False):
        self.minor = minor
        self.is_response = is_response
        self.host = None       # the field of Host
        self.length = None     # the field of Content-Length
        self.length_value = 0
        self.codings = []      # (name, its field)
        self.coding_lines = []

    def judge_line(self, field, consumed):
        judge = _JUDGES.get(field.name)
        if judge is None or (self.is_response and judge is Framing._host):
            return
        error = judge(self, field)
        if error:
            raise Refused(error, field.at, consumed)

    # ---- Host: RFC 9112 3.2 ----

    def _host(self, field):
        if self.host is not None:
            return "HOST_REPEATED"
        self.host = field
        if uri.authority(field.value) is None:
            return "HOST_MALFORMED"
        return None

    # ---- Content-Length: RFC 9110 8.6, RFC 9112 6.3 ----

    def _content_length(self, field):
        if self.coding_lines:
            return "LENGTH_AND_CODING"
        if self.length is not None:
            return "LENGTH_REPEATED"
        self.length = field
        self.length_value = content_length(field.value)
        if self.length_value is None:
            return "LENGTH_MALFORMED"
        return None

    # ---- Transfer-Encoding: RFC 9112 6.1, 7 ----

    def _transfer_encoding(self, field):
        if self.length is not None:
            return "LENGTH_AND_CODING"
        if self.minor == 0:
            return "CODING_IN_1_0"
        self.coding_lines.append(field)
        for member in members(field.value):
            parsed = parameters(member)
            if parsed is None:
                return "CODING_MALFORMED"
            name, values = parsed[0].lower(), parsed[1]
            chunked_before = any(coding == b"chunked"
                                 for coding, _ in self.codings)
            if name == b"chunked" and (values or chunked_before):
                return "CODING_MALFORMED"
            self.codings.append((name, field))
        return None

    # ---- What is known at the end of the head ----

    def end(self, head_end):
        """Of a request (RFC 9112 3.2, 6.3)."""
        if self.host is None and self.minor >= 1:
            raise Refused("HOST_MISSING", head_end, head_end)
        if self.coding_lines and not self.is_chunked:
            raise Refused("CODING_NOT_CHUNKED", self._last_lines(), head_end)

    def _last_lines(self):
        """The places of the last coding, and of empty lines behind it."""
        last = self.codings[-1][1].at if self.codings else 0
        return tuple(line.at for line in self.coding_lines if line.at >= last)

    @property
    def is_chunked(self):
        return bool(self.codings) and self.codings[-1][0] == b"chunked"

    @property
    def has_unknown_coding(self):
        return any(name != b"chunked" for name, _ in self.codings)

    @property
    def has_body(self):
        """Content-Length: 0 is no body."""
        return bool(self.coding_lines) or self.length_value > 0

    @property
    def body_at(self):
        """Where the body is announced.  No text says which line is named, if
        Transfer-Encoding has several."""
        if self.length:
            return self.length.at
        return tuple(line.at for line in self.coding_lines)

    @property
    def left(self):
        """How many bytes of body follow the head."""
        return "unknown" if self.coding_lines else self.length_value


_JUDGES = {
    b"host": Framing._host,
    b"content-length": Framing._content_length,
    b"transfer-encoding": Framing._transfer_encoding,
}
