# SPDX-License-Identifier: MIT
"""Writes, as JSON, what upshake-inspect says of each form of tests/forms, each
golden vector, and some command lines: wasm.js compares it with what the program
in the page says.

usage: wasm.py PROGRAM
"""
import base64
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FORMS = os.path.join(HERE, os.pardir, "forms")
sys.path.insert(0, os.path.join(HERE, os.pardir, "judge"))

import vectors  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
EXACT = [["--json"], ["--json", "--from", "auto"], ["--reply"],
         ["--from", "auto", "--feed", "3"]]
CLIENT = ["--client", "--request", "request"]
ANSWERS = [CLIENT, CLIENT + ["--json"], CLIENT + ["--from", "auto"],
           CLIENT + ["--from", "auto", "--json"]]

# Settings of a vector that are options, too.
OPTIONS = {"protocol", "subprotocol", "origin", "head-max", "fields-max",
           "name-max", "total-max"}
FLAGS = {"lean", "deflate"}


def read(name):
    with open(os.path.join(FORMS, name), "rb") as file:
        return file.read()


def form_cases():
    request = read("raw")
    for name in sorted(os.listdir(FORMS)):
        if name == "forms.tsv":
            continue
        for args in EXACT + [[]]:
            yield args, {"-": read(name)}
        for args in ANSWERS:
            yield args, {"-": read(name), "request": request}
            yield args, {"-": read("response"), "request": read(name)}
        for form in "har", "tcpdump", "devtools", "curl", "pcap":
            yield ["--from", form], {"-": read(name)}


def options_of(vector):
    options = []
    for name, value in vector.settings:
        text = value.decode("latin-1")
        if name == "wanted":
            options += ["--want", text]
        elif name in OPTIONS and not (vector.is_client and name == "protocol"):
            options += ["--" + name, text]
        elif name == "subprotocol-required" and vector.is_client:
            options.append("--" + name)
        elif name in FLAGS and not vector.is_client:
            options.append("--" + name)
    return options


def vector_cases():
    for vector in vectors.read_all():
        options = options_of(vector)
        if vector.response is not None:
            files = {"-": vector.response, "request": vector.request}
            for args in CLIENT, CLIENT + ["--json"]:
                yield args + options, files
        elif vector.request is not None and not vector.is_client:
            for args in ["--json"], ["--reply", "--feed", "7"]:
                yield args + options, {"-": vector.request}


def other_cases():
    """Command lines, right and wrong, and bytes that are no text."""
    raw = {"-": read("raw"), "a file": read("har-two")}
    for args in (["a file", "--entry", "2"], ["a file", "--entry=3"],
                 ["missing"], ["m\u00e9\n"], ["--wrong"], ["--feed"],
                 ["--head-max", "0"], ["--head-max=150"], ["--client"],
                 ["--once"], ["--lean", "--want", "x y"], ["--", "-"],
                 ["--protocol", "echo/1,method=POST,body=consume", "--reply"],
                 ["--origin", "null", "--origin", "https://a", "--json"],
                 ["--subprotocol", "a", "--subprotocol", "b", "--deflate"],
                 CLIENT, CLIENT + ["a file"], ["--strict", "a file"]):
        yield args, raw
    every = bytes(range(256))
    utf_16 = read("lf").decode().encode("utf-16")
    pcap = b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(16)
    for content in b"", every, read("raw") + every * 40, utf_16, pcap, \
            b"\x1f\x8b\x08", read("raw") * 30, b"A" * 70000, b"\n" * 70000:
        for args in EXACT + [[]]:
            yield args, {"-": content}


def run(case):
    args, files = case
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        with open(os.path.join(folder, "-"), "rb") as stdin:
            done = subprocess.run([PROGRAM, *args], stdin=stdin, cwd=folder,
                                  capture_output=True, timeout=60)
    return {"args": args, "status": done.returncode,
            "out": done.stdout.decode(), "err": done.stderr.decode(),
            "files": {name: base64.b64encode(content).decode()
                      for name, content in files.items()}}


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    cases = [*form_cases(), *vector_cases(), *other_cases()]
    json.dump(list(pool.map(run, cases)), sys.stdout)
