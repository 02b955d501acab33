# SPDX-License-Identifier: MIT
"""The page of upshake-demo: how page.sh assembles it, how the demo serves it,
and the exchanges that the page asks for.

usage: test_demo_page.py PROGRAM
"""
import base64
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from peer import read_all

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                       "examples", "demo")
SCRIPT = os.path.join(SOURCES, "page.sh")
# The parts, and one of the scripts among them.
PARTS = sorted(os.listdir(os.path.join(SOURCES, "page")))
PART = next(name for name in PARTS if name.endswith(".js"))
PORT = 0


# ---- page.sh -----------------------------------------------------------------

def run(*arguments, script=SCRIPT, shell=("sh",), **more):
    return subprocess.run([*shell, script, *arguments], capture_output=True,
                          timeout=60, **more)


def assembled(**more):
    """The page as page.sh writes it to standard output."""
    done = run("-", **more)
    assert done.returncode == 0 and done.stderr == b"", done.stderr
    return done.stdout


def copied(folder):
    """page.sh and its parts in another tree."""
    demo = os.path.join(folder, "a b", "examples", "demo")
    shutil.copytree(SOURCES, demo)
    return demo, os.path.join(demo, "page.sh")


def hash_of(element, page):
    found = re.findall(rb"<%b>(.*?)</%b>" % (element, element), page, re.S)
    assert len(found) == 1, (element, len(found))
    digest = hashlib.sha256(found[0]).digest()
    return b"'sha256-" + base64.b64encode(digest) + b"'"


def policy_of(page):
    found = re.findall(
        rb'<meta http-equiv="Content-Security-Policy" content="([^"]*)">',
        page)
    assert len(found) == 1, found
    assert page.index(found[0]) < page.index(b"<style>"), "it comes too late"
    return found[0]


def it_names_the_hashes_of_its_script_and_style():
    page = assembled()
    policy = policy_of(page).split(b"; ")
    assert policy == [
        b"default-src 'none'",
        b"script-src " + hash_of(b"script", page) + b" 'wasm-unsafe-eval'",
        b"style-src " + hash_of(b"style", page),
        b"connect-src 'self' ws: wss:", b"img-src data:", b"base-uri 'none'",
        b"form-action 'none'", b"require-trusted-types-for 'script'"], policy


def it_needs_no_other_file():
    page = assembled()
    markup = re.sub(rb"(?s)<(script|style)>.*?</\1>", b"", page)
    for loads in (rb"<script[^>]*\bsrc=", rb"<link[^>]*\bhref='?(?!'?data:)",
                  rb"<img[^>]*\bsrc='?(?!'?data:)", rb"<!-- \w+ -->",
                  rb"<[^>]*\bstyle=", rb"<[^>]*\bon\w+="):
        assert not re.search(loads, markup), loads
    for loads in rb"@import\b", rb"\burl\((?!['\"]?(data:|#))", rb"\bimport\(":
        assert not re.search(loads, page), loads


def it_has_the_program_as_data():
    with tempfile.TemporaryDirectory() as folder:
        demo, script = copied(folder)
        with open(os.path.join(demo, "wasm", "upshake.wasm.txt"), "w",
                  encoding="ascii") as program:
            program.write("# how it was made\nAGFz\nbQE=\n")
        page = assembled(script=script)
    assert (b"<script type='text/plain' id='program'>\nAGFz\nbQE=\n</script>"
            in page)


def it_writes_no_trigraph():
    """To a C compiler "??=" is "#", and the page would be another one."""
    with tempfile.TemporaryDirectory() as folder:
        demo, script = copied(folder)
        with open(os.path.join(demo, "page", PART), "w",
                  encoding="ascii") as part:
            part.write('a ??= "\\\\???";\n')
        source = run("--c", "-", script=script).stdout
    assert rb'"a \?\?= \"\\\\\?\?\?\";",' in source


def it_is_the_same_from_every_folder_and_with_crs():
    page = assembled()
    with tempfile.TemporaryDirectory() as folder:
        demo, script = copied(folder)
        for name in PARTS:
            path = os.path.join(demo, "page", name)
            with open(path, "rb") as file:
                content = file.read()
            with open(path, "wb") as file:
                file.write(content.replace(b"\n", b"\r\n"))
        assert assembled(script=script, cwd=folder) == page
        assert assembled(script="page.sh", cwd=demo) == page
        file = os.path.join(folder, "page.html")
        for _ in range(2):
            done = run(file, cwd="/")
            assert (done.returncode, done.stdout) == (0, b""), done
            with open(file, "rb") as written:
                assert written.read() == page


def it_makes_the_folder_build():
    for arguments, name in (([], "upshake-page.html"),
                            (["--c"], "upshake-page.c")):
        with tempfile.TemporaryDirectory() as folder:
            demo, script = copied(folder)
            done = run(*arguments, script=script, cwd="/")
            file = os.path.realpath(os.path.join(demo, "..", "..", "build",
                                                 name))
            assert done.stdout.decode() == f"wrote {file}\n", done
            with open(file, "rb") as written:
                assert written.read() == run(*arguments, "-").stdout


def it_needs_one_awk_and_one_program_for_sha256():
    page, source = assembled(), run("--c", "-").stdout
    hashes = [name for name in ("sha256sum", "shasum", "openssl")
              if shutil.which(name)]
    awks = [words for words in (["mawk"], ["gawk", "--posix"],
                                ["busybox", "awk"], ["original-awk"], ["awk"])
            if shutil.which(words[0])]
    shells = [words for words in (["sh"], ["bash", "--posix"], ["dash"],
                                  ["busybox", "sh"])
              if shutil.which(words[0])]
    # Each shell with one of the others, and each of the others once.
    for i in range(max(len(hashes), len(awks), len(shells))):
        words = awks[i % len(awks)]
        with tempfile.TemporaryDirectory() as folder:
            for name in "cat", "dirname", "mkdir", hashes[i % len(hashes)]:
                os.symlink(shutil.which(name), os.path.join(folder, name))
            awk = os.path.join(folder, "awk")
            with open(awk, "w", encoding="ascii") as file:
                file.write('#!/bin/sh\nexec %s %s "$@"\n'
                           % (shutil.which(words[0]), " ".join(words[1:])))
            os.chmod(awk, 0o755)
            shell = shells[i % len(shells)]
            how = {"shell": (shutil.which(shell[0]), *shell[1:]),
                   "env": {"PATH": folder}}
            assert assembled(**how) == page, (words, shell)
            assert run("--c", "-", **how).stdout == source, (words, shell)
            os.remove(os.path.join(folder, hashes[i % len(hashes)]))
            complains(69, "needs sha256sum, shasum or openssl", "-", **how)


def complains(status, error, *arguments, **more):
    done = run(*arguments, **more)
    said = done.stderr.decode()
    assert done.returncode == status and done.stdout == b"", done
    assert said.startswith("page.sh: ") and said.count("\n") == 1, said
    assert error in said, said


def it_says_what_is_wrong():
    complains(64, 'unknown option "--x"', "--x")
    complains(64, 'unknown option "--c"', "--c", "--c")
    complains(64, "one FILE only", "a", "b")
    complains(64, "one FILE only", "--c", "a", "b")
    complains(64, "FILE is empty", "")
    for arguments in ["/no/such/page"], ["--c", "/no/such/page"]:
        complains(73, "cannot write /no/such/page", *arguments)
    if os.path.exists("/dev/full"):
        complains(73, "cannot write /dev/full", "/dev/full")
        complains(73, "cannot write /dev/full", "--c", "/dev/full")
    done = run("--help")
    assert done.returncode == 0 and done.stdout.startswith(b"usage: "), done


def it_says_which_part_is_wrong():
    for name, content, error in (
            ("page.css", None, "page.css"), (PART, None, PART),
            (PART, "a = '</SCRIPT>';\n", "</SCRIPT>"),
            (PART, "a = '<!--';\n", "<!--"),
            ("page.css", "/* </style> */\n", "</style>"),
            ("page.html", "<!-- policy -->\n", '"<!-- style -->", and has 0')):
        with tempfile.TemporaryDirectory() as folder:
            demo, script = copied(folder)
            path = os.path.join(demo, "page", name)
            os.remove(path)
            if content is not None:
                with open(path, "w", encoding="ascii") as file:
                    file.write(content)
            complains(66, error, "-", script=script)


# ---- What the demo serves ----------------------------------------------------

def ask(request, source="127.0.0.1"):
    with socket.create_connection(("127.0.0.1", PORT), 20,
                                  (source, 0)) as peer:
        peer.sendall(request.encode())
        peer.shutdown(socket.SHUT_WR)
        return read_all(peer)


def get(target, method="GET", fields="", **more):
    answer = ask(f"{method} {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n",
                 **more)
    head, content = answer.split(b"\r\n\r\n", 1)
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    assert len(content) == (int(length[1]) if method == "GET" else 0), answer
    return head.decode(), content


def it_serves_the_page_that_page_sh_writes():
    head, content = get("/")
    page = assembled()
    assert content == page
    policy = policy_of(page).decode() + "; frame-ancestors 'none'"
    for line in ("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8",
                 "Content-Security-Policy: " + policy,
                 "X-Content-Type-Options: nosniff",
                 "Referrer-Policy: no-referrer", "Cache-Control: no-store"):
        assert line in head.split("\r\n"), head
    dateless = re.compile("Date: .*")
    assert dateless.sub("", get("/", "HEAD")[0]) == dateless.sub("", head)


# ---- Exchanges ---------------------------------------------------------------

TOKENS = iter(f"{number:031x}A" for number in range(1000))
SWITCH = ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
OWN = "Host: a:1\r\nOrigin: http://a:1\r\n"


def exchange(line="GET /?show=%s HTTP/1.1", fields=OWN + SWITCH, token=None,
             **more):
    """Makes an exchange.  Returns its token, its request and its reply."""
    token = token or next(TOKENS)
    request = (line % token if "%s" in line else line) + f"\r\n{fields}\r\n"
    return token, request, ask(request, **more).decode()


def is_kept(token, **more):
    return get("/exchange?" + token, **more)[0].startswith("HTTP/1.1 200 ")


def it_tells_the_page_of_its_exchange_once():
    token, request, reply = exchange()
    for _ in range(2):
        head, _ = get("/exchange?" + token, "HEAD")
        assert head.startswith("HTTP/1.1 200 "), head
    head, content = get("/exchange?" + token)
    for line in ("Content-Type: application/json", "Cache-Control: no-store",
                 "X-Content-Type-Options: nosniff"):
        assert line in head.split("\r\n"), head
    told = json.loads(content)
    sentence = told.pop("sentence")
    assert isinstance(sentence, str)
    assert told == {"request": request, "reply": reply,
                    "outcome": "switched", "status": 101, "error": None}
    for method in "GET", "HEAD":
        head, _ = get("/exchange?" + token, method)
        assert head.startswith("HTTP/1.1 404 "), head


def it_tells_of_refusals_too():
    many = "A: b\r\n" * 130
    for line, fields, outcome, status, error in (
            ("GET /x?y&show=%s HTTP/1.1", OWN + SWITCH.replace("13", "8"),
             "refused", 426, "VERSION_UNSUPPORTED"),
            ("GET /?show=%s HTTP/1.1", OWN + SWITCH.replace("Key", "Kay"),
             "refused", 400, "KEY_MISSING"),
            ("POST /?show=%s HTTP/1.1", OWN + SWITCH, "refused", 405,
             "METHOD"),
            ("GET /?show=%s HTTP/1.1",
             OWN + SWITCH.replace("Connection: Upgrade\r\n", ""),
             "plain", 200, "NO_CONNECTION"),
            ("GET /x?show=%s HTTP/1.1", OWN, "plain", 404, "NO_UPGRADE"),
            # The head is refused before it is complete.
            ("GET /?show=%s HTTP/1.1", OWN + SWITCH + "A : b\r\n", "refused",
             400, "FIELD_BLANK"),
            ("GET /?show=%s HTTP/1.1", OWN + SWITCH + "A: \0\r\n", "refused",
             400, "FIELD_VALUE"),
            ("GET /?show=%s HTTP/1.1", OWN + many + SWITCH, "refused", 431,
             "FIELDS_MANY"),
            ("\r\nGET /?show=%s HTTP/1.1",
             OWN + "Cookie: " + "c" * 9000 + "\r\n" + SWITCH, "refused", 431,
             "HEAD_LONG"),
            ("GET http://a:1/?show=%s HTTP/1.1", OWN + SWITCH, "switched",
             101, None)):
        token, request, reply = exchange(line, fields)
        assert is_kept(token, method="HEAD"), (line, fields, reply)
        told = json.loads(get("/exchange?" + token)[1])
        assert request.startswith(told["request"]), told
        assert reply.startswith(told["reply"]), (told, reply)
        assert told["reply"].startswith(f"HTTP/1.1 {status} "), told
        assert (told["outcome"], told["status"], told["error"]) == (
            outcome, status, error), told
        assert told["sentence"] and told["sentence"].isprintable(), told


def it_tells_of_the_bytes_as_they_are():
    token, request, _ = exchange(fields=OWN + 'A: "\xe9\\\t\r\n' + SWITCH)
    content = get("/exchange?" + token)[1]
    assert content.isascii()
    told = json.loads(content)["request"].encode("latin-1").decode()
    assert told == request, told


def it_keeps_the_exchanges_of_its_own_page_only():
    for own in ("Host: a\r\nOrigin: http://b\r\n",
                "Host: a\r\nOrigin: http://a:8080\r\n",
                "Host: a\r\nOrigin: null\r\n", "Host: a\r\n",
                "Origin: http://a\r\n", "Host: a\r\nOrigin: a\r\n",
                "Host: \r\nOrigin: http://\r\n",
                "Host: a\r\nHost: b\r\nOrigin: http://b\r\n",
                "Host: a\r\nOrigin: http://a\r\nOrigin: http://b\r\n",
                "Host: a\r\nOrigin: http://b\r\nOrigin: http://a\r\n",
                "Host: a\r\nOrigin: http://a\0.b\r\n"):
        token, _, _ = exchange(fields=own + SWITCH)
        assert not is_kept(token), own
    token, _, _ = exchange(fields="hOST: A\r\noRIGIN: https://a\r\n" + SWITCH)
    assert is_kept(token)


def it_tells_the_same_address_only():
    token, _, _ = exchange(source="127.0.0.2")
    assert not is_kept(token)
    assert is_kept(token, source="127.0.0.2")


def it_tells_no_page_of_another_host():
    token, _, _ = exchange()
    for origin in "http://b", "null", "":
        assert not is_kept(token, fields=f"Origin: {origin}\r\n"), origin
    assert is_kept(token, fields="Origin: http://a\r\n")


def it_takes_only_a_token_at_the_end_of_the_query():
    for line in ("GET /?show HTTP/1.1", "GET /?show=%s&x HTTP/1.1",
                 "GET /?show=%s0 HTTP/1.1", "GET /?xshow=%s HTTP/1.1",
                 "GET /?x?show=%s HTTP/1.1", "GET /show=%s HTTP/1.1",
                 "GET /?x=show=%s HTTP/1.1"):
        token, _, _ = exchange(line)
        assert not is_kept(token), line
    for token in "g" * 32, "0" * 31, "0" * 33, "", "%30" + "0" * 29:
        exchange(token=token or "-")
        assert not is_kept(token), token
    assert get("/exchange")[0].startswith("HTTP/1.1 404 ")
    token, _, _ = exchange("GET /?show=1&show=%s HTTP/1.1")
    assert is_kept(token)
    token, _, _ = exchange()
    assert not is_kept(token.lower())
    assert get("/exchange?" + token, "HEAD")[0].startswith("HTTP/1.1 200 ")
    answer = ask(f"POST /exchange?{token} HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 405 "), answer


def it_forgets_the_oldest_exchange():
    kept = [exchange()[0] for _ in range(17)]
    assert [is_kept(token) for token in kept] == [False] + [True] * 16


def it_tells_of_a_head_that_fills_its_memory():
    """Each byte takes six in the answer, which is more than is sent at once."""
    fields = OWN + SWITCH
    fields += "A: " + "\xe9" * 3900 + "\r\n"
    token, request, _ = exchange(fields=fields)
    content = get("/exchange?" + token)[1]
    told = json.loads(content)["request"].encode("latin-1").decode()
    assert told == request and len(content) > 40000, len(content)


# ---- All of it ---------------------------------------------------------------

def main(program):
    global PORT
    process = subprocess.Popen([program, "--port", "0", "--host", "127.0.0.1"],
                               stdout=subprocess.PIPE)
    try:
        line = process.stdout.readline().decode()
        PORT = int(re.search(r":(\d+)/\n", line)[1])
        for name, test in list(globals().items()):
            if name.startswith("it_"):
                test()
                print("ok", name)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait(20) == 0, process.returncode
    finally:
        process.kill()


main(sys.argv[1])
