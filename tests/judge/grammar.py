# SPDX-License-Identifier: MIT
"""Byte classes and small grammars: RFC 5234 B.1, RFC 9110 5.5 and 5.6.

Everything here is about bytes objects.  A regular expression that stands for
a rule of ABNF has the rule's name.
"""
import base64
import binascii
import re

# ---- Bytes -----------------------------------------------------------------
# Contents of a [...] in a regular expression.

ALPHA = rb"A-Za-z"
DIGIT = rb"0-9"
HEXDIG = rb"0-9A-Fa-f"
TCHAR = rb"!#$%&'*+\-.^_`|~" + DIGIT + ALPHA           # RFC 9110 5.6.2
OBS_TEXT = rb"\x80-\xff"                               # RFC 9110 5.5
FIELD_BYTE = rb"\t \x21-\x7e" + OBS_TEXT               # RFC 9110 5.5

BLANKS = b" \t"                                        # OWS, RFC 9110 5.6.3


def one_of(*classes):
    """The regular expression of a run of bytes of these classes."""
    return re.compile(b"[" + b"".join(classes) + b"]*")


TOKEN_RUN = one_of(TCHAR)
FIELD_RUN = one_of(FIELD_BYTE)

token = re.compile(b"[" + TCHAR + b"]+")

# quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE    RFC 9110 5.6.4
qdtext = rb"[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]"
quoted_pair = rb"\\[\t \x21-\x7e\x80-\xff]"
quoted_string = re.compile(
    b'"(?:' + qdtext + b"|" + quoted_pair + b')*"')


def is_token(value):
    return token.fullmatch(value) is not None


def unquote(value):
    """The value of a quoted-string (RFC 9110 5.6.4), or None."""
    if not quoted_string.fullmatch(value):
        return None
    return re.sub(rb"\\(.)", rb"\1", value[1:-1], flags=re.S)


# ---- Lists: RFC 9110 5.6.1 -------------------------------------------------

# A comma inside of a quoted-string separates nothing.  An open quote runs to
# the end of the line.
_member = re.compile(
    rb'(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))*', re.S)


def members(value):
    """The members of one line of a list; empty ones are ignored (5.6.1.2)."""
    if b'"' not in value:
        parts = value.split(b",")
    else:
        parts = []
        pos = 0
        while pos <= len(value):
            end = _member.match(value, pos).end()
            parts.append(value[pos:end])
            pos = end + 1
    return [part for part in (part.strip(BLANKS) for part in parts) if part]


# ---- Parameters: RFC 6455 9.1, RFC 9112 7 ----------------------------------

# token *( OWS ";" OWS token [ OWS "=" OWS ( token / quoted-string ) ] )
_parameter = re.compile(
    b"[ \t]*;[ \t]*([" + TCHAR + b"]+)"
    b"(?:[ \t]*=[ \t]*([" + TCHAR + b"]+|" + quoted_string.pattern + b"))?")


def parameters(member):
    """(name, [(parameter, value or None)]) of a list's member, or None."""
    head = token.match(member)
    if not head:
        return None
    pos = head.end()
    found = []
    while pos < len(member):
        match = _parameter.match(member, pos)
        if not match:
            return None
        found.append((match[1], match[2]))
        pos = match.end()
    return head[0], found


# ---- Numbers ---------------------------------------------------------------

LARGEST = 2 ** 63 - 1  # of a length or a chunk-size: fits a signed number


def content_length(value):
    """Content-Length = 1*DIGIT (RFC 9110 8.6), or None."""
    if re.fullmatch(rb"[0-9]+", value) and int(value) <= LARGEST:
        return int(value)
    return None


# ---- base64: RFC 4648 ------------------------------------------------------

def is_key(value):
    """Sec-WebSocket-Key: base64 of 16 bytes; pad bits may be non-zero."""
    return re.fullmatch(rb"[A-Za-z0-9+/]{22}==", value) is not None


def settings(value):
    """HTTP2-Settings: base64url without padding, whole settings of 6 bytes
    (RFC 7540 3.2.1); None if malformed."""
    if not re.fullmatch(rb"[A-Za-z0-9_-]*", value) or len(value) % 4 == 1:
        return None
    try:
        decoded = base64.urlsafe_b64decode(value + b"=" * (-len(value) % 4))
    except binascii.Error:
        return None
    return decoded if len(decoded) % 6 == 0 else None
