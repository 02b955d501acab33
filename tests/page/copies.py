# SPDX-License-Identifier: MIT
"""What the page gives to copy: run by sh against a listener that keeps what
arrives, and against a demo; the C is compiled."""
import concurrent.futures
import functools
import os
import re
import subprocess
import tempfile

from breakages import RED, plain
from harness import HOST, Listener
from page import TABS

# What the page on a disk supposes the demo listens on.
USUAL = f"{HOST}:8080"
# What curl adds by itself.
OWN_OF_CURL = {b"user-agent", b"accept"}


def texts(page):
    """The three commands of the scene that is shown, and its verdict."""
    state = page.state()
    state["copied"] = page.browser.run(
        "return Object.fromEntries(['curl', 'client', 'c'].map((name) =>"
        "[name, document.getElementById('copy-' + name).dataset.text]))")
    return state


@functools.cache
def scenes(page):
    """Each breakage of each tab, once for all tests."""
    found = []
    for tab in TABS:
        page.open(page.programs.page, "#tab=" + tab)
        for name in page.breakages():
            page.break_by(name)
            found.append((tab, name, texts(page)))
    return found


def all_of(work):
    """Run (function, arguments) beside each other."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(*each) for each in work]:
            done.result()


# ---- The wire ----------------------------------------------------------------

def arrives(page, command):
    """What a command puts on the wire, with the usual port in its words."""
    with Listener() as listener:
        own = f"{HOST}:{listener.port}"
        ended = page.programs.shell(command.replace(USUAL, own).replace(
            f"{HOST} 8080", f"{HOST} {listener.port}"))
        listener.thread.join(5)
    assert listener.taken, (command, ended)
    return listener.taken.replace(own.encode(), USUAL.encode())


def fields_of(octets, without=()):
    lines = octets.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return lines[0], sorted(line for line in lines[1:] if line.split(
        b":")[0].lower() not in without)


def checks_the_wire(page, where, request, command, without):
    """The bytes themselves, if the command says so; else the same lines, but
    for those which its program writes by itself."""
    taken = arrives(page, command)
    if "printf" in command:
        assert taken == request, (where, command, taken)
        return
    assert fields_of(taken, without) == fields_of(request, without), (
        where, command, taken)
    assert taken.partition(b"\r\n\r\n")[2] == request.partition(
        b"\r\n\r\n")[2], (where, taken)


def it_copies_commands_that_send_these_bytes(page):
    work = []
    for tab, name, state in scenes(page):
        if RED.get(name, ("server",))[0] == "client":
            continue
        request = bytes.fromhex(state["said"]["request"])
        for what, without in (("curl", OWN_OF_CURL),
                              ("client", {b"sec-websocket-key"}
                               if name != "key" else ())):
            work.append((checks_the_wire, page, (tab, name, what), request,
                         state["copied"][what], without))
    assert len(work) > 30, len(work)
    all_of(work)


def it_needs_printf_for_few_of_them(page):
    """curl and upshake-client send most of what is broken by themselves."""
    raw = {(what, name) for _, name, state in scenes(page)
           for what in ("curl", "client")
           if "printf" in state["copied"][what] and
           RED.get(name, ("server",))[0] == "server"}
    assert raw <= {("curl", "hosts"), ("curl", "lf"), ("client", "hosts"),
                   ("client", "lf"), ("client", "post"), ("client", "body"),
                   ("client", "http10")}, raw


# ---- A demo ------------------------------------------------------------------

def checks_the_demo(page, where, port, state, what):
    """The demo says what the page says."""
    command = state["copied"][what].replace(USUAL, f"{HOST}:{port}").replace(
        f"{HOST} 8080", f"{HOST} {port}")
    ended = page.programs.shell(command)
    said = (ended.stdout + ended.stderr).decode("latin-1")
    status = int(re.search(r"\d{3}", state["verdict"])[0])
    found = re.search(rf"HTTP/1\.1 {status} |\b{status}\b", said)
    if what == "client" and status == 101 and "printf" not in command:
        assert ended.returncode == 0 and "hello" in said, (where, ended)
    else:
        assert found, (where, command, ended, status)


def it_copies_commands_that_a_demo_answers_so(page):
    with page.programs.demo("--protocol", "h2c", "--protocol",
                            "tcp,method=POST,body=consume") as demo:
        all_of([
            (checks_the_demo, page, (tab, name, what), demo.port, state, what)
            for tab, name, state in scenes(page)
            if name in ("none", "version8", "hosts", "key", "origin")
            for what in ("curl", "client")])


def it_copies_a_command_for_the_server_of_the_page(page):
    with page.programs.demo() as demo:
        page.open(demo.url)
        page.break_by("none")
        state = texts(page)
        for what in ("curl", "client"):
            assert f"{HOST}:{demo.port}" in state["copied"][what], state
        all_of([(checks_the_demo, page, what, demo.port, state, what)
                for what in ("curl", "client")])


# ---- The program beside it ---------------------------------------------------

def checks_the_reply(page, where, state, command):
    with tempfile.TemporaryDirectory() as folder:
        ended = page.programs.shell(command, cwd=folder)
    shown = plain(ended.stdout.decode())
    assert ended.returncode in (1, 2), (where, ended)
    sentence = re.sub(r"^\w+ \d+", "", plain(state["verdict"])).strip(": ")
    assert sentence in shown, (where, sentence, shown)


def it_copies_commands_that_judge_a_broken_reply(page):
    work = [(checks_the_reply, page, (tab, name, what), state,
             state["copied"][what])
            for tab, name, state in scenes(page)
            if RED.get(name, ("server",))[0] == "client"
            for what in ("curl", "client")]
    assert len(work) > 12, len(work)
    all_of(work)


# ---- C -----------------------------------------------------------------------

def compile_library(page, folder):
    source = os.path.join(page.programs.out, "amalgamated")
    subprocess.run(["cc", "-O1", "-I" + source, "-c", source + "/upshake.c",
                    "-o", folder + "/upshake.o"], check=True)
    return "-I" + source


def checks_the_c(page, where, folder, include, state):
    path = os.path.join(folder, "-".join(where))
    with open(path + ".c", "w", encoding="ascii") as file:
        file.write(state["copied"]["c"])
    built = subprocess.run(
        ["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", include,
         path + ".c", folder + "/upshake.o", "-o", path], capture_output=True,
        text=True, check=False)
    assert not built.returncode, (where, built.stderr[:500])
    ended = subprocess.run([path], capture_output=True, check=False)
    line, _, reply = ended.stdout.decode().partition("\n")
    said = state["said"]
    status, sentence = line.split(" ", 1)
    if said["outcome"] != "plain":
        assert status in state["verdict"], (where, line, state["verdict"])
    if said["outcome"] == "refused":
        assert sentence in state["verdict"], (where, line, state["verdict"])
    if said["side"] == "server":
        assert plain(reply) == plain(state["reply"]), (where, reply)


def it_copies_c_that_gives_the_same_verdict(page):
    with tempfile.TemporaryDirectory() as folder:
        include = compile_library(page, folder)
        all_of([(checks_the_c, page, (tab, name), folder, include, state)
                for tab, name, state in scenes(page)])


# ---- Copying -----------------------------------------------------------------

def it_shows_what_it_has_copied(page):
    page.open(page.programs.page)
    for what in ("curl", "client", "c"):
        page.browser.click("#copy-" + what)
        text = page.browser.run(
            "return document.querySelector('#copy-' + arguments[0])"
            ".dataset.text", what)
        page.until(lambda text=text: page.browser.run(
            "const at = document.querySelector('#copied');"
            "return at.checkVisibility() && at.textContent") == text, what)
