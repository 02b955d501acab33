# SPDX-License-Identifier: MIT
"""Hosts, authorities, origins and request-targets.

RFC 3986 3.2 and 3.3, RFC 6454 6.1, RFC 9112 3.2.
"""
import re

from grammar import ALPHA, DIGIT, HEXDIG, one_of

UNRESERVED = ALPHA + DIGIT + rb"\-._~"
SUB_DELIMS = rb"!$&'()*+,;="

# The design's decision: what browsers send unescaped is accepted.
PATH_BYTE = UNRESERVED + SUB_DELIMS + rb":@/%" + rb"\[\]|^"
QUERY_BYTE = PATH_BYTE + rb"?" + rb"\\{}`"

PATH_RUN = one_of(PATH_BYTE)
QUERY_RUN = one_of(QUERY_BYTE)

# ---- host [ ":" port ]: RFC 3986 3.2.2 -------------------------------------

_hex = b"[" + HEXDIG + b"]"
h16 = _hex + b"{1,4}"
dec_octet = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])"
IPv4address = dec_octet + rb"(?:\." + dec_octet + rb"){3}"
ls32 = b"(?:" + h16 + b":" + h16 + b"|" + IPv4address + b")"
_group = b"(?:" + h16 + b":)"


def _up_to(count):
    """[ *count( h16 ":" ) h16 ]"""
    return b"(?:" + _group + b"{0,%d}" % count + h16 + b")?"


IPv6address = b"(?:" + b"|".join([
    _group + b"{6}" + ls32,
    b"::" + _group + b"{5}" + ls32,
    b"(?:" + h16 + b")?::" + _group + b"{4}" + ls32,
    _up_to(1) + b"::" + _group + b"{3}" + ls32,
    _up_to(2) + b"::" + _group + b"{2}" + ls32,
    _up_to(3) + b"::" + _group + ls32,
    _up_to(4) + b"::" + ls32,
    _up_to(5) + b"::" + h16,
    _up_to(6) + b"::",
]) + b")"
IPvFuture = b"[vV]" + _hex + rb"+\.[" + UNRESERVED + SUB_DELIMS + b":]+"
IP_literal = rb"\[(?:" + IPv6address + b"|" + IPvFuture + rb")\]"
reg_name = (b"(?:[" + UNRESERVED + SUB_DELIMS + b"]|%" + _hex + _hex + b")*")

_authority = re.compile(
    b"(" + IP_literal + b"|" + reg_name + b")(?::([0-9]*))?")


def authority(value):
    """(host, port or None) of host [ ":" port ], or None if malformed.  An
    empty port is none (RFC 3986 3.2.3); there is none above 65535."""
    match = _authority.fullmatch(value)
    if not match:
        return None
    host, digits = match.groups()
    if not digits:
        return host, None
    port = int(digits)
    return (host, port) if port <= 65535 else None


# ---- serialized-origin: RFC 6454 6.1 ---------------------------------------

_origin = re.compile(
    b"([" + ALPHA + b"][" + ALPHA + DIGIT + rb"+\-.]*)://(.*)", re.S)

DEFAULT_PORT = {b"http": 80, b"ws": 80, b"https": 443, b"wss": 443}


def origin(value):
    """(scheme, host, port or None), or None if malformed."""
    match = _origin.fullmatch(value)
    if not match:
        return None
    where = authority(match[2])
    if where is None or not where[0]:
        return None
    return match[1].lower(), where[0].lower(), where[1]


# ---- request-target: RFC 9112 3.2 ------------------------------------------

SCHEMES = (b"http", b"https", b"ws", b"wss")
SECURED = (b"https", b"wss")


class Target:
    """What a request-target says; `error` if its form is wrong.

    Where the texts do not say which of several errors a target has, `error`
    is a tuple of all of them.
    """

    def __init__(self, raw, error=None, scheme=None, authority=None,
                 path=b"", query=None):
        self.raw = raw
        self.error = error
        self.scheme = scheme
        self.authority = authority
        self.path = path
        self.query = query

    @property
    def names_host(self):
        return self.authority is not None


def _split(path):
    """path [ "?" query ]"""
    path, mark, query = path.partition(b"?")
    return path, (query if mark else None)


_absolute = re.compile(
    b"([" + ALPHA + b"][" + ALPHA + DIGIT + rb"+\-.]*)://([^/?]*)(.*)", re.S)


def target(method, raw):
    """The form of a target goes with the method (RFC 9112 3.2)."""
    if method == b"CONNECT":
        return _authority_form(raw)
    if raw == b"*":
        form = None if method == b"OPTIONS" else "TARGET_FORM"
        return Target(raw, form)
    if raw.startswith(b"/"):
        path, query = _split(raw)
        return Target(raw, path=path, query=query)
    return _absolute_form(raw)


def _authority_form(raw):
    """RFC 9112 3.2.3, RFC 9110 9.3.6: a host and a port, which is not 0."""
    where = authority(raw)
    if where is not None and where[0] and where[1]:
        return Target(raw, authority=raw)
    if raw.startswith(b"/"):
        return Target(raw, "TARGET_FORM")
    if raw == b"*" or b"/" in raw or b"?" in raw:
        return Target(raw, ("TARGET_FORM", "TARGET_AUTHORITY"))
    return Target(raw, "TARGET_AUTHORITY")


def _absolute_form(raw):
    """RFC 9112 3.2.2, RFC 9110 4.2."""
    match = _absolute.fullmatch(raw)
    if not match:
        malformed = ("TARGET_FORM", "TARGET_SCHEME")
        return Target(raw, malformed if b":" in raw else "TARGET_FORM")
    scheme, where, rest = match.groups()
    if scheme.lower() not in SCHEMES:
        return Target(raw, "TARGET_SCHEME")
    parts = authority(where)
    if parts is None or not parts[0]:
        return Target(raw, "TARGET_AUTHORITY")
    path, query = _split(rest)
    return Target(raw, scheme=scheme, authority=where,
                  path=path or b"/", query=query)
