# SPDX-License-Identifier: MIT
"""A build of the tests in which one file of src/ can be exchanged."""
import functools
import json
import math
import os
import shlex
import shutil
import subprocess
import sys
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SRC = os.path.join(ROOT, "src")
OUT = os.path.join(ROOT, "build", "mutate")

# As in tests/run.sh.
SANITIZE = ("-fsanitize=address,undefined -fno-sanitize-recover=all "
            "-DUPSHAKE_TRAP")
BUILDS = {
    "default": ("-O1 -w", []),
    "portable": ("-O1 -w", ["-DUPSHAKE_PORTABLE=ON"]),
    "small": ("-O1 -w", ["-DUPSHAKE_SMALL=ON"]),
    "sanitize": ("-O1 -w " + SANITIZE, []),
}

# Run first, each case once: most mutants do not get past these.
QUICK = [("upshake-test-vectors", "--quick"),
         ("upshake-test-client_vectors", "--quick")]
# Of a program, not of the library.
NOT_OF_SRC = {"upshake-test-demo", "upshake-test-lwip"}
# As long as all others together; runs last, in the default build only.
LONG = {"upshake-test-exchange"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def normal(word):
    """An option that names a folder, without "..": it may be exchanged."""
    if word.startswith("-I"):
        return "-I" + os.path.normpath(word[2:])
    return word


@functools.lru_cache(maxsize=None)
def symbols_of(path, *options):
    """The functions and tables that an object or a program defines."""
    text = subprocess.run(["nm", "--defined-only", *options, path],
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    return {line.split()[-1] for line in text.splitlines() if line.strip()}


def same_bytes(a, b):
    with open(a, "rb") as one, open(b, "rb") as other:
        return one.read() == other.read()


class Unit:
    """A file that is compiled: its command, its object, what it includes."""

    def __init__(self, entry):
        words = [normal(w) for w in shlex.split(entry["command"])]
        self.folder = entry["directory"]
        self.object = os.path.normpath(
            os.path.join(self.folder, words[words.index("-o") + 1]))
        self.words = words
        self.is_src = entry["file"].startswith(SRC + os.sep)
        self.includes = self.find_includes()

    def find_includes(self):
        words = list(self.words)
        at = words.index("-o")
        del words[at:at + 2]
        words[words.index("-c")] = "-MM"
        text = subprocess.run(words, cwd=self.folder, check=True,
                              stdout=subprocess.PIPE).stdout.decode()
        names = text.split(":", 1)[1].replace("\\\n", " ").split()
        paths = (os.path.normpath(os.path.join(self.folder, n)) for n in names)
        return {p for p in paths if p.startswith(ROOT + os.sep)}

    def compile(self, tree, target, more=()):
        """With the sources of src/ from another folder; 0 if it compiles."""
        words = [w.replace(SRC, tree) for w in self.words]
        words[words.index("-o") + 1] = target
        return subprocess.run(words + list(more), cwd=self.folder,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode


class Sketch:
    """The library by tcc, which compiles it fifty times as fast: the tests,
    linked with its objects, kill most mutants."""

    def __init__(self, build):
        self.build = build
        self.folder = os.path.join(OUT, "tcc")
        os.makedirs(self.folder, exist_ok=True)
        self.objects = {}
        for unit in build.units:
            if unit.is_src:
                path = self.compile(unit, SRC, self.folder)
                if path is None:
                    sys.exit("mutate: tcc does not compile " + unit.object)
                self.objects[unit.object] = path
        self.tests = [t for t in build.quick + build.slow
                      if (t in build.quick or t.seconds < 1) and
                      self.passes(t)]
        for test in build.quick:
            if test not in self.tests:
                sys.exit("mutate: %s fails with tcc" % test.label)

    def passes(self, test):
        """Does it pass without a mutant?  Some look at what gcc makes."""
        program = os.path.join(self.folder, "test")
        test.link(self.objects, program)
        return test.run(program) == 0

    def compile(self, unit, tree, folder):
        """The path of the object; None if tcc refuses."""
        target = os.path.join(folder, "tcc-" + os.path.basename(unit.object))
        words = [w.replace(SRC, tree) for w in unit.words]
        words[0] = "tcc"
        words[words.index("-o") + 1] = target
        words.insert(1, "-DUPSHAKE_PORTABLE")
        failed = subprocess.run(words, cwd=unit.folder,
                                stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL).returncode
        return None if failed else target

    def objects_of(self, path, tree, folder):
        """All objects, those of a mutant among them, and the originals of
        those; nothing if tcc refuses."""
        found, changed = dict(self.objects), []
        for unit in self.build.units_with(path):
            if unit.is_src:
                made = self.compile(unit, tree, folder)
                if made is None:
                    return found, []
                if not same_bytes(made, found[unit.object]):
                    changed.append(unit.object)
                found[unit.object] = made
        return found, changed


class Test:
    """A program of the tests: how it is linked, and how long it takes."""

    def __init__(self, build, name, arguments=()):
        self.name, self.arguments = name, list(arguments)
        self.label = " ".join([name.replace("upshake-test-", "")] +
                              self.arguments)
        self.folder = os.path.join(build, "tests")
        link = os.path.join(self.folder, "CMakeFiles", name + ".dir",
                            "link.txt")
        self.words = shlex.split(read(link).split("\n")[0])
        self.program = os.path.join(self.folder, name)
        # What is hidden in the library is local in a program.
        self.symbols = symbols_of(self.program)
        self.seconds = 0.0
        self.limit = 30

    def link(self, changed, target):
        """With changed objects, given by the paths of the originals."""
        words, others = [], dict(changed)
        for word in self.words:
            path = os.path.normpath(os.path.join(self.folder, word))
            if path in others:
                words.append(others.pop(path))
            elif word.endswith("libupshake-testable.a"):
                words += [new for old, new in others.items()
                          if "upshake-testable.dir" in old]
                words.append(word)
            else:
                words.append(word)
        words[words.index("-o") + 1] = target
        words.append("-Wl,-z,noexecstack")  # tcc does not say so itself
        subprocess.run(words, cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def uses(self, changed):
        """Is one of the objects in the program?  Of a library only those are
        whose functions are called."""
        return any("/%s.dir/" % self.name in old or
                   "upshake-testable.dir" in old and
                   not self.symbols.isdisjoint(symbols_of(old, "-g"))
                   for old in changed)

    def run(self, program):
        """The exit status; a loop without end costs the limit and no more."""
        command = 'ulimit -t %d; exec "$0" "$@"' % self.limit
        try:
            return subprocess.run(["sh", "-c", command, program] +
                                  self.arguments, cwd=self.folder,
                                  stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL,
                                  timeout=600).returncode
        except subprocess.TimeoutExpired:
            return 1

    def measure(self):
        before = os.times().children_user
        if self.run(self.program) != 0:
            sys.exit("mutate: %s fails without a mutant" % self.label)
        self.seconds = os.times().children_user - before
        self.limit = max(1, math.ceil(10 * self.seconds))


def defines_symbols(path):
    """Return whether the object has anything; a switch may leave all out."""
    return subprocess.run(["nm", "--defined-only", path], check=True,
                          stdout=subprocess.PIPE).stdout.strip() != b""


class Build:
    """The tests, built once with the flags of a kind; made when needed."""

    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(OUT, name)
        self.made = False
        self.lock = threading.Lock()

    def make(self):
        with self.lock:
            if not self.made:
                self.build()
                self.made = True
        return self

    def build(self):
        flags, switches = BUILDS[self.name]
        log = os.path.join(OUT, self.name + ".log")
        os.makedirs(OUT, exist_ok=True)
        with open(log, "w", encoding="utf-8") as file:
            self.command(file, [
                "cmake", "-S", ROOT, "-B", self.folder, "-G",
                "Unix Makefiles", "-DCMAKE_C_COMPILER=gcc",
                "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_C_FLAGS=" + flags,
                "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                "-DUPSHAKE_BUILD_TESTS=ON", "-DUPSHAKE_BUILD_EXAMPLES=OFF",
                "-DUPSHAKE_INSTALL=OFF"] + switches)
            names = self.test_names()
            self.command(file, ["cmake", "--build", self.folder, "--parallel",
                                str(os.cpu_count() or 2), "--target"] + names)
        self.find_units(names)
        self.find_tests(names)
        self.sketch = None
        if self.name == "default" and shutil.which("tcc"):
            self.sketch = Sketch(self)

    def command(self, log, words):
        if subprocess.run(words, stdout=log, stderr=log).returncode != 0:
            sys.stderr.write(read(log.name)[-4000:])
            sys.exit("mutate: the tests do not build")

    def test_names(self):
        folder = os.path.join(self.folder, "tests", "CMakeFiles")
        names = sorted(n[:-4] for n in os.listdir(folder)
                       if n.startswith("upshake-test-") and n.endswith(".dir"))
        left_out = NOT_OF_SRC if self.name == "default" else NOT_OF_SRC | LONG
        return [n for n in names if n not in left_out]

    def find_units(self, names):
        path = os.path.join(self.folder, "compile_commands.json")
        folders = ["/%s.dir/" % n for n in names + ["upshake-testable"]]
        self.units = [Unit(e) for e in json.loads(read(path))
                      if any(f in e["command"] for f in folders)]

    def find_tests(self, names):
        self.quick = [Test(self.folder, name, [argument])
                      for name, argument in QUICK]
        self.slow = [Test(self.folder, name) for name in names
                     if name not in LONG]
        self.long = [Test(self.folder, name) for name in names if name in LONG]
        for test in self.quick + self.slow + self.long:
            test.measure()
        self.check_uses()

    def check_uses(self):
        """A mutant that no test was seen to use would survive unnoticed."""
        for unit in self.units:
            if unit.is_src and defines_symbols(unit.object) and not any(
                    t.uses([unit.object]) for t in self.quick + self.slow):
                sys.exit("mutate: no test uses " + unit.object)

    def units_with(self, path):
        return [u for u in self.units if path in u.includes]
