# SPDX-License-Identifier: MIT
"""Reading the content of a request before the switch: RFC 9112 6 and 7."""
import re

from grammar import FIELD_RUN, HEXDIG, LARGEST, TCHAR, TOKEN_RUN
from grammar import qdtext, quoted_pair
from head import BLANKS, CR, LF, Incomplete, Refused

EXTENSIONS_MAX = 4096  # bytes of chunk extensions, and zeros before sizes
TRAILERS_MAX = 4096    # bytes of trailer lines

_HEX = re.compile(b"[" + HEXDIG + b"]")
_TCHAR = re.compile(b"[" + TCHAR + b"]")
_QUOTED = re.compile(qdtext)
_ESCAPED = re.compile(quoted_pair)


class Body:
    """What was read so far: content, and where the reading stands."""

    def __init__(self, data, pos, limit):
        self.data, self.pos = data, pos
        self.limit = LARGEST if limit is None else min(limit, LARGEST)
        self.content = b""
        self.left = 0
        self.extensions = 0

    def take(self, count):
        """Content of that many bytes."""
        part = self.data[self.pos:self.pos + count]
        self.content += part
        self.pos += len(part)
        if len(part) < count:
            raise Incomplete

    def length(self, count):
        """Content-Length (RFC 9112 6.2)."""
        self.left = count
        try:
            self.take(count)
        finally:
            self.left = count - len(self.content)

    # ---- chunked: RFC 9112 7.1 ----

    def chunked(self):
        self.left = "unknown"
        while True:
            size_at = self.pos
            size = self._size()
            if size == 0:
                break
            if len(self.content) + size > self.limit:
                raise Refused("BODY_LONG", size_at)
            self.take(size)
            self._line_end("CHUNK")
        self._trailers()
        self.left = 0

    def _peek(self):
        if self.pos >= len(self.data):
            raise Incomplete
        return self.data[self.pos:self.pos + 1]

    def _refuse(self, error):
        self._peek()
        raise Refused(error, self.pos, self.pos)

    def _line_end(self, error):
        for byte in (CR, LF):
            if self._peek() != byte:
                self._refuse(error)
            self.pos += 1

    def _size(self):
        """chunk-size [ chunk-ext ] CRLF.  Zeros before the size could go on
        for ever, so all but the first count as if they were extensions."""
        if not _HEX.match(self._peek()):
            self._refuse("CHUNK")
        size, digits = 0, 0
        while _HEX.match(self._peek()):
            digit = int(self._peek(), 16)
            if size == 0 and digit == 0 and digits > 0:
                self._count()
            if size * 16 + digit > LARGEST:
                self._refuse("CHUNK")
            size, digits = size * 16 + digit, digits + 1
            self.pos += 1
        self._chunk_extensions()
        self._line_end("CHUNK")
        return size

    def _count(self):
        """One more byte of extensions."""
        if self.extensions == EXTENSIONS_MAX:
            self._refuse("CHUNK_EXTENSION_LONG")
        self.extensions += 1

    # ---- chunk-ext: RFC 9112 7.1.1 ----
    # *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )

    def _chunk_extensions(self):
        while self._blanks() + self._is(b";"):
            self._need(b";")
            self._blanks()
            self._token()
            blanks = self._blanks()
            if self._is(b"="):
                self._need(b"=")
                self._blanks()
                self._value()
                blanks = self._blanks()
            if blanks and not self._is(b";"):
                self._refuse("CHUNK")

    def _is(self, byte):
        return self._peek() == byte

    def _need(self, byte):
        if not self._is(byte):
            self._refuse("CHUNK")
        self._step()

    def _step(self):
        self._count()
        self.pos += 1

    def _blanks(self):
        start = self.pos
        while self._peek() in BLANKS:
            self._step()
        return self.pos - start

    def _token(self):
        if not _TCHAR.match(self._peek()):
            self._refuse("CHUNK")
        while _TCHAR.match(self._peek()):
            self._step()

    def _value(self):
        """token / quoted-string"""
        if not self._is(b'"'):
            self._token()
            return
        self._step()
        while not self._is(b'"'):
            if self._is(b"\\"):
                self._step()
                if not _ESCAPED.match(b"\\" + self._peek()):
                    self._refuse("CHUNK")
            elif not _QUOTED.match(self._peek()):
                self._refuse("CHUNK")
            self._step()
        self._step()

    # ---- trailer-section: RFC 9112 7.1.2 ----
    # Trailer lines are checked as field lines and dropped.

    def _trailers(self):
        full = self.pos + TRAILERS_MAX
        while self._peek() != CR:
            self._trailer(full)
        self._line_end("TRAILER")

    def _trailer(self, full):
        if not self._run(TOKEN_RUN, full):
            self._refuse("TRAILER")
        self._one(b":", full)
        self._run(FIELD_RUN, full)
        self._one(CR, full)
        self._one(LF, full)

    def _run(self, regex, full):
        start = self.pos
        end = regex.match(self.data, start).end()
        if end > full:
            raise Refused("TRAILER_LONG", full, full)
        self.pos = end
        return self.data[start:end]

    def _one(self, byte, full):
        if self._peek() != byte:
            self._refuse("TRAILER")
        if self.pos >= full:
            raise Refused("TRAILER_LONG", self.pos, self.pos)
        self.pos += 1
