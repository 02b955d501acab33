# SPDX-License-Identifier: MIT
"""Builds and tests the library with its switches: see switches.sh."""
import glob
import hashlib
import itertools
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

OUT = "build/switches"
TWO = OUT + "/two"
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
LIBRARY = ["-std=c99", "-Iinclude"]
TESTS = ["-std=c11", "-O1", "-Iinclude", "-Isrc", "-Itests",
         '-DUPSHAKE_VECTORS_DIR="tests/vectors"']

# Each switch, and some symbols of what it leaves out, without upshake__.
SWITCHES = {
    "UPSHAKE_SMALL": ["judge_lines", "put_plain_switch"],
    "UPSHAKE_PORTABLE": ["accept_by_sha"],
    "UPSHAKE_NO_CLIENT": ["upshake_client_feed", "upshake_write_request"],
    "UPSHAKE_NO_BODIES": ["body_step", "conclude_body", "take_body", "moves"],
    "UPSHAKE_NO_LEAN": ["lean_leave_out", "lean_piece", "hold_lean"],
    "UPSHAKE_NO_PHRASES": ["phrases"],
}

# Tests that are about what a switch leaves out, and nothing else.
OF_SWITCH = {
    "body": "UPSHAKE_NO_BODIES",
    "body_reader": "UPSHAKE_NO_BODIES",
    "lean": "UPSHAKE_NO_LEAN",
    "ask": "UPSHAKE_NO_CLIENT",
    "client_memory": "UPSHAKE_NO_CLIENT",
    "client_vectors": "UPSHAKE_NO_CLIENT",
    "client_response": "UPSHAKE_NO_CLIENT",
    "forward": "UPSHAKE_NO_CLIENT",
    "large": "UPSHAKE_NO_CLIENT",
}
# Half a million exchanges of the two sides; every tampered answer; a program.
NOT_HERE = {"exchange", "tampered", "minimal_reply"}


def say(*command):
    """The output of a command, which succeeds without a word of warning."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(" ".join(command) + "\n" + done.stdout)
    return done.stdout


class Once:
    """Makes what a key stands for once, by whichever thread is first."""

    def __init__(self):
        self.lock, self.made = threading.Lock(), {}

    def get(self, key, make):
        with self.lock:
            lock, cell = self.made.setdefault(key, (threading.Lock(), []))
        with lock:
            if not cell:
                cell.append(make())
        return cell[0]


once = Once()


# ---- Which switches change a file ------------------------------------------

def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def names_switch(path, switch):
    """Does the code of this file, without its headers, depend on it?  The
    header of the sources that has a macro for each is in all of them, so that
    the macro is looked for instead."""
    text = once.get(("text", path), lambda: read(path))
    macro = switch.replace("UPSHAKE_NO", "HAS")
    return (re.search(r"^ *# *(el)?if.*\b%s\b" % switch, text, re.M) or
            re.search(r"\b%s\b" % macro, text)) is not None


def depends(source, flags):
    """The switches that change what a source is compiled to."""
    def find():
        made = say("gcc", *flags, "-MM", source).replace("\\\n", " ")
        files = {os.path.normpath(name) for name in made.split()[1:]}
        files.discard("src/text/switches.h")
        return frozenset(s for s in SWITCHES
                         if any(names_switch(f, s) for f in files))
    return once.get(("depends", source), find)


def compiled(compiler, flags, source, switches, needs=None):
    """The object, which is compiled once for switches that do not differ."""
    if needs is None:
        needs = depends(source, flags)
    told = ["-D" + s for s in SWITCHES if s in switches and s in needs]
    words = [compiler, *flags, *told, source]

    def make():
        name = hashlib.sha1(" ".join(words).encode()).hexdigest()[:16]
        target = "%s/objects/%s.o" % (OUT, name)
        say(words[0], *WARNINGS, *words[1:-1], "-c", source, "-o", target)
        return target
    return once.get(tuple(words), make)


# ---- The tests --------------------------------------------------------------

def read_tests():
    """{name: sources} of the unit tests that CMakeLists.txt names."""
    text = re.sub(r"#.*", "", read("tests/CMakeLists.txt"))
    tests = {}
    for words in re.findall(r"upshake_unit_test\(([a-z0-9_.\s]+)\)", text):
        name, *more = words.split()
        tests[name] = ["test_%s.c" % name, *more]
    return {name: ["tests/" + s for s in sources if s != "ARGN"]
            for name, sources in tests.items()
            if name not in NOT_HERE and name != "name"}


def run(program, *arguments):
    """The output of a test; one that was run before is not run again."""
    with open(program, "rb") as file:
        digest = hashlib.sha1(file.read()).hexdigest()

    def make():
        done = subprocess.run([program, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=300)
        text = done.stdout.decode(errors="replace")
        if done.returncode:
            raise RuntimeError(program + "\n" + text[-4000:])
        return text
    return once.get(("run", digest, arguments), make)


class Build:
    """The library with some switches."""

    def __init__(self, switches):
        self.switches = switches
        self.name = " ".join(switches) or "none"
        self.short = "+".join(s[8:].lower() for s in switches) or "none"
        self.skipped, self.cases = 0, ""

    def build_library(self):
        objects = [compiled("gcc", [*LIBRARY, "-Os"], source, self.switches)
                   for source in SOURCES]
        self.expect_symbols(objects, "the folders")
        archive = "%s/%s.a" % (OUT, self.short)
        say("ar", "rcs", archive, *objects)
        return archive

    def expect_symbols(self, objects, where):
        """What a switch leaves out is not there; all else is."""
        names = {line.split()[-1].split(".")[0].replace("upshake__", "")
                 for line in say("nm", *objects).splitlines()
                 if len(line.split()) > 1 and line.split()[-2] != "U"}
        for switch, symbols in SWITCHES.items():
            for symbol in symbols:
                if (symbol in names) == (switch in self.switches):
                    raise RuntimeError("%s: %s is%s there" % (
                        where, symbol, " not" * (symbol not in names)))

    def test(self, name, sources, library):
        program = "%s/%s-%s" % (OUT, self.short, name)
        objects = [compiled("gcc", TESTS, s, self.switches) for s in sources]
        say("gcc", *objects, library, "-lcmocka", "-o", program)
        # Two switches have met each case in each way by themselves.
        is_pair = name == "vectors" and len(self.switches) == 2
        text = run(program, *["--quick"] * is_pair)
        os.remove(program)
        self.skipped += text.count("[  SKIPPED ]") > 0 and int(
            re.search(r"\[  SKIPPED \] (\d+) test", text).group(1))
        self.cases += "".join(", " + line for line in text.splitlines()
                              if "cases," in line or "left out" in line)

    def check(self):
        for source in SOURCES:
            compiled("clang", [*LIBRARY, "-O0"], source, self.switches)
        two, _ = [compiled(cc, ["-std=c99", "-Os", "-I" + TWO],
                           TWO + "/upshake.c", self.switches, SWITCHES)
                  for cc in ("gcc", "clang")]
        self.expect_symbols([two], "the two files")
        library = self.build_library()
        passed = 0
        for name, sources in UNIT_TESTS.items():
            if OF_SWITCH.get(name) not in self.switches:
                self.test(name, sources, library)
                passed += 1
        self.test("switches", UNIT_TESTS["switches"], two)
        return "%s: %d tests, %d of their parts skipped%s" % (
            self.short, passed + 1, self.skipped, self.cases)


def combinations():
    for count in (0, 1, 2, len(SWITCHES)):
        yield from itertools.combinations(SWITCHES, count)


def main(arguments):
    asked = list(combinations())
    if arguments:
        asked = [tuple(s for s in SWITCHES if s in arguments)]
        if len(asked[0]) != len(arguments) and arguments != ["none"]:
            sys.exit(__doc__)
    failed = 0
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for build, future in [(b, pool.submit(b.check))
                              for b in map(Build, asked)]:
            try:
                print(future.result(), flush=True)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                failed += 1
                print("FAIL %s: %s" % (build.name, error), flush=True)
    print("switches: %d passed, %d failed" % (len(asked) - failed, failed))
    return failed > 0


os.makedirs(OUT + "/objects", exist_ok=True)
say("sh", "src/amalgamate.sh", TWO)
SOURCES = sorted(glob.glob("src/*/*.c"))
UNIT_TESTS = read_tests()
sys.exit(main(sys.argv[1:]))
