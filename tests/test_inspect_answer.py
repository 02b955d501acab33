# SPDX-License-Identifier: MIT
"""What upshake-inspect says first, and to whom: the line and its caret, what to
paste, further faults, wrong ways to compute Accept, and a terminal.

usage: test_inspect_answer.py PROGRAM
"""
import base64
import hashlib
import json
import os
import pty
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1]
SWITCHED, REFUSED = 0, 1
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
LINES = ["GET /chat HTTP/1.1", "Host: example.com", "Upgrade: websocket",
         "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}",
         "Sec-WebSocket-Version: 13"]


def head(lines):
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def request(**changes):
    """LINES, some of them with other values, or without them."""
    lines = []
    for line in LINES:
        name = line.split(":")[0].rpartition("-")[2].lower()
        value = changes.get(name, line)
        if value is not None:
            lines.append(value)
    return head(lines)


def say(content, *options):
    process = subprocess.run([PROGRAM, *options], input=content, timeout=60,
                             capture_output=True)
    assert process.stderr == b"", process.stderr
    return process.returncode, process.stdout.decode()


# ---- The answer --------------------------------------------------------------

def it_says_the_answer_first():
    status, said = say(request(key="Sec-WebSocket-Key: dGVzdA==",
                               version="Sec-WebSocket-Version: 8"))
    assert status == REFUSED
    wanted = """\
REFUSED 426: Sec-WebSocket-Version is not 13
   6 | Sec-WebSocket-Version: 8
     |                        ^ 13 is needed
Fix: Sec-WebSocket-Version: 13
13 is the version of RFC 6455; other versions are drafts of 2010 and
2011.  The reply names the version that the server speaks; a client may
try again with it.
Also wrong: Sec-WebSocket-Key is not the base64 of 16 bytes; line 5: \
Sec-WebSocket-Key: dGVzdA== (400)
(RFC 6455 4.4, VERSION_UNSUPPORTED, byte 132; --reply shows the answer)
"""
    assert said == wanted, said


def it_says_what_is_there_and_what_is_needed():
    for changes, words in (
            ({"key": "Sec-WebSocket-Key: dGVzdA=="}, "4 bytes, 16 are needed"),
            ({"key": "Sec-WebSocket-Key: " + base64.b64encode(bytes(32))
              .decode()}, "32 bytes, 16 are needed"),
            ({"key": "Sec-WebSocket-Key: test!"}, "5 characters"),
            ({"host": "Host: a\xc2\xa0b"}, "a no-break space (C2 A0)"),
            ({"host": "Host: \xe2\x80\x9ca\xe2\x80\x9d"},
             "a typographic quotation mark"),
            ({"host": "Host : a"}, "a blank; \":\" is needed"),
            ({"host": "Host\t: a"}, "a tab; \":\" is needed"),
            ({"host": "Host: a\x1b[0m"}, "an escape (1B)"),
            ({"host": "Ho\"st: a"}, "\"\"\"; a letter of a name is needed"),
            ({"host": "Host: a\x00"}, "byte 00; a byte that can be printed"),
            ({"host": None}, "the head ends here"),
            ({"get /chat http/1.1": "GET /a\"b HTTP/1.1"},
             "\"\"\"; it has to be percent-encoded"),
            ({"get /chat http/1.1": "POST /a HTTP/1.1"}, "GET is needed")):
        status, said = say(request(**changes))
        assert status == REFUSED and words in said, (changes, said)
        assert max(map(len, said.split("\n")[:4])) <= 100, said


def it_fixes_what_it_can():
    for changes, fix in (
            ({"host": "Host : example.com"}, "Host: value"),
            ({"get /chat http/1.1": "GET /a\"b HTTP/1.1"}, "%22"),
            ({"get /chat http/1.1": "get /chat?a HTTP/1.1"},
             "GET /chat?a HTTP/1.1"),
            ({"key": None}, "head -c 16 /dev/urandom | base64"),
            ({"host": None}, "Host: example.com")):
        _, said = say(request(**changes))
        assert f"\nFix: {fix}\n" in said, (fix, said)


def it_pastes_no_text_of_an_attacker_into_a_command():
    origin = "https://a;reboot"
    lines = LINES + ["Origin: " + origin]
    for options in [], ["--origin", "https://b"]:
        status, said = say(head(lines), *options)
        assert status == REFUSED, said
        fix = said.split("\nFix: ")[1].split("\n")[0]
        assert "reboot" not in fix, said


def it_gives_scripts_the_same():
    content = request(key=None, version="Sec-WebSocket-Version: 8")
    status, out = say(content, "--json")
    said = json.loads(out)
    assert list(said)[-6:] == ["sentence", "hint", "line", "column", "input",
                               "also"], list(said)
    assert said["sentence"] == "Sec-WebSocket-Version is not 13"
    assert (said["line"], said["column"]) == (5, 24), said
    assert said["hint"].startswith("Sec-WebSocket-Version: 13\n"), said
    assert said["input"] == "raw"
    assert said["also"] == [{"error": "KEY_MISSING", "rule": "RFC 6455 4.2.1",
                             "sentence": "no Sec-WebSocket-Key",
                             "offset": len(content), "line": 7, "column": 1}]
    assert status == REFUSED
    said = json.loads(say(request(), "--json")[1])
    assert (said["hint"], said["line"], said["column"], said["also"]) == (
        None, None, None, []), said


def it_shows_the_answer_if_it_is_asked_to():
    assert "HTTP/1.1 101" not in say(request())[1]
    assert "    HTTP/1.1 101 Switching Protocols\n" in say(
        request(), "--reply")[1]


# ---- Accept ------------------------------------------------------------------

def sha1(*parts):
    text = b"".join(part if isinstance(part, bytes) else part.encode()
                    for part in parts)
    return hashlib.sha1(text).digest()


def b64(octets):
    return base64.b64encode(octets).decode()


RIGHT = sha1(KEY, GUID)
WRONG = [
    (b64(sha1(base64.b64decode(KEY), GUID)), "hashes the decoded key"),
    (b64(sha1(KEY, GUID.lower())), "GUID in lower case"),
    (b64(sha1(KEY, GUID.replace("C5AB0DC85B11", "5AB0DC85B11"))),
     "a typo at character 25"),
    (b64(sha1(KEY, GUID.replace("47DA", "47AD"))), "a typo at character 17"),
    (b64(sha1(KEY, GUID.replace("E914", "E904"))), "a typo at character 12"),
    (b64(sha1(GUID, KEY)), "hashes the GUID first"),
    (b64(sha1(KEY, GUID, "\n")), "a \\n behind the GUID"),
    (b64(sha1(KEY, GUID, "\0")), "the NUL behind the GUID"),
    (b64(sha1(" ", KEY, GUID)), "the blank before the key"),
    (b64(RIGHT).rstrip("="), "drops the \"=\""),
    (base64.urlsafe_b64encode(RIGHT).decode(), "base64url"),
    (RIGHT.hex(), "hexadecimal digits"),
    (RIGHT.hex().upper(), "hexadecimal digits"),
    (b64(RIGHT.hex().encode()), "base64 of the hexadecimal"),
    (b64(sha1(KEY)), "without the GUID"),
    (b64(sha1(KEY, "\n", GUID)), "a \\n between"),
    (b64(sha1(KEY.rstrip("="), GUID)), "without its \"==\""),
    (sha1(GUID, KEY).hex(), "hashes the GUID first"),
    (KEY, "sends the key back"),
    (b64(sha1("another", GUID)), "It answers another key"),
]


def it_names_the_usual_wrong_ways_to_compute_accept():
    with tempfile.NamedTemporaryFile() as asked:
        asked.write(request())
        asked.flush()
        for accept, words in WRONG:
            answer = head(["HTTP/1.1 101 Switching Protocols",
                           "Upgrade: websocket", "Connection: Upgrade",
                           f"Sec-WebSocket-Accept: {accept}"])
            status, said = say(answer, "--client", "--request", asked.name)
            assert status == REFUSED and words in said, (words, said)
            assert f"Fix: Sec-WebSocket-Accept: {b64(RIGHT)}\n" in said, said


# ---- A terminal --------------------------------------------------------------

def on_terminal(typed, *options, **environment):
    """Types it, with no end of the input; returns the status and the screen."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *options], stdin=slave, stdout=slave, stderr=slave,
        env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **environment})
    os.close(slave)
    screen = os.read(master, 4096)
    os.write(master, typed)
    started = time.monotonic()
    while True:
        try:
            got = os.read(master, 4096)
        except OSError:
            break
        if not got:
            break
        screen += got
        assert time.monotonic() - started < 60, screen
    os.close(master)
    return process.wait(timeout=60), screen.decode()


def has_terminals():
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as error:
        print("left out: this machine has no pseudo-terminals:", error)
        return False
    return True


def it_answers_at_the_end_of_the_head_on_a_terminal():
    if not has_terminals():
        return
    text = request().replace(b"\r", b"")
    status, screen = on_terminal(text)
    assert screen.startswith("Paste a request"), screen
    assert status == SWITCHED and "SWITCHED 101" in screen, screen
    marked = b"".join(b"> " + line + b"\n" for line in text.split(b"\n")[:-1])
    status, screen = on_terminal(b"*   Trying...\n" + marked)
    assert status == SWITCHED and "the output of curl -v; request" in screen, \
        screen


def it_has_colours_on_a_terminal_unless_it_is_told_not_to():
    if not has_terminals():
        return
    text = request(version="Sec-WebSocket-Version: 8").replace(b"\r", b"")
    status, screen = on_terminal(text)
    assert status == REFUSED and "\033[1;31mREFUSED 426\033[0m" in screen, screen
    for environment in {"NO_COLOR": "1"}, {"TERM": "dumb"}:
        status, screen = on_terminal(text, **environment)
        assert status == REFUSED and "\033" not in screen, screen
    assert "\033" not in say(text)[1]


for name, test in list(globals().items()):
    if name.startswith("it_"):
        test()
        print("ok", name, flush=True)
