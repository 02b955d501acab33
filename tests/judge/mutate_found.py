# SPDX-License-Identifier: MIT
"""Cases of what another parser has found, made of cases of bytes, and of the
chapter of streams, by changing them."""
import re

from grammar import BLANKS
from harness import Case
from mutate import BYTES, METHODS, TARGETS, VALUES, Message

HOP = (b"connection", b"proxy-connection", b"keep-alive",
       b"transfer-encoding", b"upgrade", b"http2-settings", b"te", b"trailer")
CONNECT = ((b":method", b"CONNECT"), (b":protocol", b"websocket"),
           (b":scheme", b"https"), (b":path", b"/chat"),
           (b":authority", b"server.example"))

# For each pseudo-field good values and bad ones.
PSEUDO = {
    b":method": ([b"CONNECT"], [b"GET", b"", b"connect", b"OPTIONS", b"G T",
                                b"M" * 33, b"HEAD", b"POST"]),
    b":protocol": (
        [b"websocket", b"WebSocket"],
        [b"", b"tcp", b"h2c", b"connect-udp", b"websocket, tcp", b"a b",
         b"websocket/13", b"echo", b"connect-ip", b"H2C"]),
    b":scheme": ([b"https", b"http"],
                 [b"", b"wss", b"ws", b"ftp", b"https:", b"a b", b"coap",
                 b"HTTPS", b"1"]),
    b":path": ([b"/", b"/chat", b"/a?b", b"/?", b"/a[1]|b^2", b"//a"],
               [b"", b"*", b"chat", b"?a", b"/a b", b"/a#b", b"/\x00",
                b"http://a/", b"https://server.example/chat",
                b"/{a}", b"/a\\b", b"/\xc3\xa9"]),
    b":authority": (VALUES[b"host"][0] + [b"server.example:443"],
                    VALUES[b"host"][1] + [b"server.example:0"]),
}
HOSTS = (b"server.example", b"SERVER.example:443", b"server.example:80",
         b"other.example", b"", b"u@a", b"server.example:")
STRANGE = (b":status", b":", b":Path", b":a b", b":host", b"::path",
           b":path ", b"")
ADDED = ((b"x-other", b"1"), (b"cookie", b"a=b; c=d"), (b"a", b"\xff"),
         (b"x" * 256, b"1"), (b"te", b"trailers"), (b"te", b"Trailers"),
         (b"expect", b"100-continue"), (b"content-length", b"5"),
         (b"content-type", b"text/plain"), (b"sec-websocket-key", b"x"))
STATUSES = (101, 200, 200, 200, 201, 204, 205, 206, 299, 100, 103, 199, 300,
            304, 400, 404, 426, 501, 999, 0, 99, -1, 1000)
# What an application adds or answers.
SETTINGS = tuple(("field", value) for value in (
    b"set-cookie: a=b", b"Set-Cookie: a=b", b"content-type: text/plain",
    b"date: x", b"server: a", b"allow: GET", b"capsule-protocol: ?1",
    b"content-length: 1", b"te: trailers", b"x: a\r\nb", b"sec-websocket-x: 1",
    b"www-authenticate: a", b": a")) + tuple(("refuse", value) for value in (
        b"401", b"404", b"405", b"407", b"426", b"304", b"503")) + (
    ("date", b"Sun, 06 Nov 1994 08:49:37 GMT"), ("body-text", b"no"),
    ("reason", b"Because"), ("keep", b""), ("extensions", b"foo"),
    ("answer", b"decline"), ("answer", b"426"), ("answer", b"404"),
    ("answer", b"later"), ("choose-protocol", b"tcp"),
    ("choose-subprotocol", b"chat"), ("transport", b"unsecured"),
    ("transport", b"secured"), ("failed", b"plain"))
POST_ONLY = [("protocol", b"tcp"), ("methods", b"POST")]


# ---- What another parser would find ----------------------------------------

def pairs_of(message):
    """The field lines, as far as a parser would hand them over."""
    found = []
    for line in message.lines:
        name, colon, value = line.partition(b":")
        if colon:
            found.append((name, value.strip(BLANKS)))
    return found


def found_of(case):
    """A request of HTTP/1.x, or None if it has no request line."""
    message = Message(case.data.lstrip(b"\r\n"))
    parts = message.start.split(b" ")
    version = re.fullmatch(rb"HTTP/([0-9])\.([0-9])", parts[-1])
    if len(parts) != 3 or not version:
        return None
    return Case("found", case.settings, piece=case.piece,
                pairs=pairs_of(message),
                parts={"found-version": int(version[1] + version[2]),
                       "found-method": parts[0], "found-target": parts[1]})


GONE = (b"host", b"connection", b"upgrade", b"transfer-encoding",
        b"http2-settings", b"keep-alive", b"proxy-connection", b"te")


def stream_of(case, keep_key=False):
    """The extended CONNECT that stands for a request of HTTP/1.1, or None."""
    found = found_of(case)
    if found is None:
        return None
    fields = {name.lower(): value for name, value in reversed(found.pairs)}
    offered = fields.get(b"upgrade", b"").split(b",")[0].strip(BLANKS)
    pseudo = [(b":method", b"CONNECT"), (b":protocol", offered),
              (b":scheme", b"http"), (b":path", found.parts["found-target"]),
              (b":authority", fields.get(b"host", b"a"))]
    if b"upgrade" not in fields:
        pseudo[0] = (b":method", found.parts["found-method"])
        del pseudo[1]
    gone = GONE if keep_key else GONE + (b"sec-websocket-key",)
    rest = [(name.lower(), value) for name, value in found.pairs
            if name.lower() not in gone]
    return Case("stream", case.settings, piece=case.piece,
                pairs=pseudo + rest, parts={"found-version": 20})


def answer_of(case, version=11):
    """A response, or None if its bytes have no status line."""
    message = Message(case.data)
    start = re.match(rb"HTTP/1\.([0-9]) ([0-9]{3})", message.start)
    if not start:
        return None
    pairs, status = pairs_of(message), int(start[2])
    if version == 11 and start[1] == b"0":
        version = 10
    if version >= 20:
        pairs = [(name.lower(), value) for name, value in pairs
                 if name.lower() not in GONE]
        status = 200 if status == 101 else status
    return Case("answered", case.settings, asked=case.asked, pairs=pairs,
                parts={"found-version": version, "found-status": status})


# ---- Changes ---------------------------------------------------------------

class FoundMutator:
    """Changes what was found; `random` is that of the other mutator."""

    def __init__(self, random):
        self.random = random

    def pick(self, values):
        return self.random.choice(values)

    def case(self, case):
        """A changed copy."""
        case = case.but(pairs=list(case.pairs), parts=dict(case.parts))
        for _ in range(self.pick((0, 0, 1, 1, 1, 2, 3))):
            self._change(case)
        if case.kind != "answered" and self.random.random() < 0.08:
            more = [self.pick(SETTINGS)]
            if self.random.random() < 0.05:
                more = POST_ONLY
            case.settings = case.settings + more
        if case.kind != "answered":
            case.piece = self.pick((0, 0, 1, 4, 8))
        return case

    def _change(self, case):
        kind = self.random.random()
        if kind < 0.35:
            self._value(case, 0 if self.random.random() < 0.6 else 1)
        elif kind < 0.5:
            self._keep_valid(case)
        elif kind < 0.6:
            self._parts(case)
        elif case.kind == "stream" and kind < 0.8:
            self._pseudo(case)
        elif (case.kind == "answered" and kind < 0.7
              and case.parts["found-version"] >= 20):
            self._status(case)
        elif kind < 0.9:
            self._list(case)
        else:
            self._bytes(case)

    def _at(self, case):
        """The place of a field, or None if there is none."""
        if not case.pairs:
            return None
        return self.random.randrange(len(case.pairs))

    def _first(self, case):
        """How many pseudo-fields there are at the beginning."""
        count = 0
        while count < len(case.pairs) and case.pairs[count][0][:1] == b":":
            count += 1
        return count

    def _value(self, case, which):
        """Another value of a field that is known."""
        known = {**VALUES, **PSEUDO}
        places = [at for at, (name, _) in enumerate(case.pairs)
                  if name.lower() in known]
        if places:
            at = self.pick(places)
            name = case.pairs[at][0]
            values = known[name.lower()][which]
            if values:
                case.pairs[at] = name, self.pick(values)

    # ---- Changes that keep it valid ----

    def _keep_valid(self, case):
        self.pick((self._reorder, self._unknown, self._recase))(case)

    def _reorder(self, case):
        """Fields with one name keep their order; pseudo-fields come first."""
        def shuffled(pairs):
            names = [name.lower() for name, _ in pairs]
            by_name = {}
            for name, pair in zip(names, pairs):
                by_name.setdefault(name, []).append(pair)
            self.random.shuffle(names)
            return [by_name[name].pop(0) for name in names]
        first = self._first(case)
        case.pairs = (shuffled(case.pairs[:first])
                      + shuffled(case.pairs[first:]))

    def _unknown(self, case):
        at = self.random.randint(self._first(case), len(case.pairs))
        case.pairs.insert(at, self.pick(ADDED))

    def _recase(self, case):
        """Upper case is wrong in HTTP/2."""
        version = case.parts["found-version"]
        if version < 20 or self.random.random() < 0.2:
            at = self._at(case)
            if at is not None:
                name, value = case.pairs[at]
                case.pairs[at] = name.upper(), value

    # ---- Changes that may spoil it ----

    def _parts(self, case):
        if case.kind == "answered":
            self._parts_of_answer(case)
        elif case.kind == "stream":
            name = self.pick(("found-version", "found-transport"))
            values = {"found-version": (20, 30, 30, 30, 11, 21, 10, 0),
                      "found-transport": (0, 1, 2)}
            case.parts[name] = self.pick(values[name])
        else:
            name, values = self.pick((
                ("found-method", METHODS[0] + METHODS[1] + [b"PRI"]),
                ("found-target", TARGETS[0] + TARGETS[1]),
                ("found-version", (10, 11, 12, 20, 30, 9, 1, 19)),
                ("found-transport", (0, 1, 2))))
            case.parts[name] = self.pick(list(values))

    def _parts_of_answer(self, case):
        name = self.pick(("found-version", "found-status", "interims"))
        if name == "interims":
            case.parts[name] = self.pick((1, 31, 32, 33))
        elif name == "found-status":
            case.parts[name] = self.pick(STATUSES)
        else:
            case.parts[name] = self.pick((10, 11, 12, 20, 30, 30, 9, 21, 0))

    def _status(self, case):
        """:status, once more or too late, or another pseudo-field."""
        value = b"%d" % case.parts["found-status"]
        at = self.pick((0, 0, 0, len(case.pairs)))
        name = self.pick((b":status", b":status", b":status")
                         + STRANGE + tuple(PSEUDO))
        case.pairs.insert(at, (name, value))

    def _pseudo(self, case):
        kind = self.random.randrange(7)
        first, pairs = self._first(case), case.pairs
        at = self.random.randrange(first) if first else None
        if kind == 0 and first:
            del pairs[at]
        elif kind == 1 and first:
            pairs.insert(self.random.randint(0, first), pairs[at])
        elif kind == 2 and first:
            pairs.insert(self.random.randint(first - 1, len(pairs) - 1),
                         pairs.pop(at))
        elif kind == 3:
            pairs.insert(self.random.randint(0, first),
                         (self.pick(STRANGE), self.pick((b"200", b"/", b""))))
        elif kind == 4:
            pairs.insert(self.random.randint(first, len(pairs)),
                         (b"host", self.pick(HOSTS)))
        elif kind == 5 and first:
            name = self.pick(sorted(PSEUDO))
            pairs.insert(self.random.randint(0, first),
                         (name, self.pick(sum(PSEUDO[name], []))))
        else:
            self._plain(case)

    def _plain(self, case):
        """An ordinary request, or a CONNECT of a tunnel."""
        pseudo = dict(pair for pair in case.pairs if pair[0] in PSEUDO)
        rest = [pair for pair in case.pairs if pair[0] not in PSEUDO]
        pseudo.pop(b":protocol", None)
        if self.random.random() < 0.3:
            pseudo = {b":method": b"CONNECT",
                      b":authority": self.pick((b"a:443", b"a", b"", b"a/b",
                                                b"[::1]:80"))}
        else:
            pseudo[b":method"] = self.pick((b"GET", b"OPTIONS", b"HEAD"))
            if self.random.random() < 0.2:
                pseudo[b":path"] = self.pick(sum(PSEUDO[b":path"], []))
        case.pairs = list(pseudo.items()) + rest

    def _list(self, case):
        kind, at = self.random.randrange(5), self._at(case)
        pairs = case.pairs
        if kind == 0 and pairs:
            del pairs[at]
        elif kind == 1 and pairs:
            pairs.insert(self.random.randint(0, len(pairs)), pairs[at])
        elif kind == 2:
            self.random.shuffle(pairs)
        elif kind == 3:
            name = self.pick(HOP)
            values = sum(VALUES.get(name, ([], [])), [b"upgrade", b"gzip"])
            pairs.insert(self.random.randint(self._first(case), len(pairs)),
                         (name, self.pick(values)))
        else:
            name = self.pick(sorted(VALUES))
            pairs.insert(self.random.randint(0, len(pairs)),
                         (name, self.pick(sum(VALUES[name], []))))

    def _bytes(self, case):
        """Bytes in a name or a value, or blanks around a value."""
        at = self._at(case)
        if at is None:
            return
        name, value = case.pairs[at]
        kind = self.random.randrange(4)
        if kind == 0:
            name = self._with_byte(name)
        elif kind == 1:
            value = self._with_byte(value)
        else:
            blanks = (b"", b" ", b"\t")
            value = self.pick(blanks) + value + self.pick(blanks)
        case.pairs[at] = name, value

    def _with_byte(self, text):
        at = self.random.randint(0, len(text))
        skip = self.pick((0, 0, 1))
        return text[:at] + self.pick(BYTES) + text[at + skip:]
