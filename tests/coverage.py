#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Line, branch and MC/DC coverage of src/, merged over several builds.

usage: coverage.py BUILD...

Runs the unit tests of each build and asks llvm-cov what they covered.  The
builds compile different code, so their counters are never mixed: each build is
evaluated alone, and a line, one side of a branch or one condition counts as
covered if at least one build (or one copy of an inlined function) covers it.

A branch or a condition is named by its place in the sources and, if it comes
from a macro, by the places where the macro was used.
"""
import json
import os
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

LINES_LEAST = 100.0
BRANCHES_LEAST = 98.0
CONDITIONS_LEAST = 98.0

# Tests of programs, which say nothing about the library.
NOT_OF_SRC = {"upshake-test-lwip"}

# The kind of a region that is the use of a macro, in the export of llvm-cov.
EXPANSION = 1

DEFENSIVE = ("UPSHAKE_ALWAYS", "UPSHAKE_NEVER")

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SRC = os.path.join(ROOT, "src") + os.sep


def has_sha():
    """Can this processor run the code for x86's SHA instructions?"""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return "sha_ni" in file.read().split()
    except OSError:
        return False


def tool(name):
    return name + "-19"


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.stderr.write(" ".join(command[:3]) + " ...\n")
        sys.stderr.write(done.stdout.decode(errors="replace")[-4000:])
        sys.stderr.write(done.stderr.decode(errors="replace")[-4000:])
        sys.exit("coverage: %s failed" % os.path.basename(command[0]))
    return done.stdout.decode(errors="replace")


# ---- running the tests of one build ----

def tests_of(build):
    folder = os.path.join(build, "tests")
    names = [name for name in sorted(os.listdir(folder))
             if name.startswith("upshake-test-") and name not in NOT_OF_SRC and
             os.access(os.path.join(folder, name), os.X_OK)]
    return [os.path.join(folder, name) for name in names]


def profile(test):
    raw = test + ".profraw"
    if os.path.exists(raw):
        os.remove(raw)
    run("env", "LLVM_PROFILE_FILE=" + raw, test)
    return raw


def export(build, pool):
    """What llvm-cov says of a build, as JSON and as text of lcov."""
    tests = tests_of(build)
    if not tests:
        sys.exit("coverage: no tests in " + build)
    raws = list(pool.map(profile, tests))
    merged = os.path.join(build, "all.profdata")
    run(tool("llvm-profdata"), "merge", "-sparse", *raws, "-o", merged)
    objects = [tests[0]]
    for test in tests[1:]:
        objects += ["-object", test]
    of = objects + ["-instr-profile=" + merged]
    data = json.loads(run(tool("llvm-cov"), "export", *of))["data"][0]
    lcov = run(tool("llvm-cov"), "export", "-format=lcov", *of)
    return data, lcov


# ---- reading what llvm-cov says ----

class Source:
    """The text of a file, to show places of it."""

    def __init__(self):
        self.files = {}

    def lines(self, name):
        if name not in self.files:
            with open(name, encoding="utf-8") as file:
                self.files[name] = file.read().split("\n")
        return self.files[name]

    def text(self, name, place):
        line, column, end_line, end_column = place
        lines = self.lines(name)
        if line == end_line:
            return lines[line - 1][column - 1:end_column - 1]
        parts = [lines[line - 1][column - 1:]]
        parts += lines[line:end_line - 1]
        parts.append(lines[end_line - 1][:end_column - 1])
        return " ".join(part.strip() for part in parts)


def uses_of_macros(function):
    """For each file id of a function: where the macros stand that lead to
    it, the outermost first."""
    uses = {0: ()}
    expansions = [r for r in function["regions"] if r[7] == EXPANSION]
    for _ in expansions:
        for region in expansions:
            if region[5] in uses:
                use = (function["filenames"][region[5]],) + tuple(region[:4])
                uses[region[6]] = uses[region[5]] + (use,)
    return uses


def is_constant(use, source):
    return source.text(use[0], use[1:]).startswith(DEFENSIVE)


class Coverage:
    def __init__(self):
        self.source = Source()
        self.lines = defaultdict(int)        # (file, line)
        self.branches = defaultdict(lambda: [0, 0])
        self.decisions = {}
        self.exempt = self.find_exempt()
        self.left_out = set() if has_sha() else self.find_sha()
        for path in sorted(self.left_out):
            print("left out, as this processor has no SHA instructions: " +
                  os.path.relpath(path, ROOT))

    def find_exempt(self):
        """Lines that run only if something happens that never does: what
        follows `if (UPSHAKE_NEVER(...))`, up to its semicolon or brace."""
        exempt = set()
        for folder, _, names in os.walk(SRC):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name.endswith((".c", ".h")):
                    exempt |= {(path, line) for line in self.guarded(path)}
        return exempt

    def find_sha(self):
        """The files that have to do with these instructions."""
        return {os.path.join(folder, name) for folder, _, names in os.walk(SRC)
                for name in names if "CPU_X86_SHA" in
                "".join(self.source.lines(os.path.join(folder, name)))}

    def guarded(self, path):
        lines = self.source.lines(path)
        for i, line in enumerate(lines):
            if not line.lstrip().startswith("if (UPSHAKE_NEVER("):
                continue
            indent = len(line) - len(line.lstrip())
            is_block = line.rstrip().endswith("{")
            for j in range(i + 1, len(lines)):
                text = lines[j]
                if is_block and text.startswith(" " * indent + "}"):
                    break
                if len(text) - len(text.lstrip()) > indent:
                    yield j + 1
                elif not is_block:
                    break

    def add(self, data, lcov):
        for function in data["functions"]:
            names = [os.path.normpath(n) for n in function["filenames"]]
            function["filenames"] = names
            if names[0].startswith(SRC) and names[0] not in self.left_out:
                self.add_function(function)
        file = None
        for line in lcov.split("\n"):
            if line.startswith("SF:"):
                file = os.path.normpath(line[3:])
            elif (line.startswith("DA:") and file.startswith(SRC) and
                  file not in self.left_out):
                number, count = line[3:].split(",")[:2]
                if (file, int(number)) not in self.exempt:
                    self.lines[file, int(number)] += int(count)

    def add_function(self, function):
        names = function["filenames"]
        uses = uses_of_macros(function)
        for branch in function["branches"]:
            place, file_id = tuple(branch[:4]), branch[6]
            if any(is_constant(use, self.source) for use in uses[file_id]):
                continue
            counts = self.branches[names[0], uses[file_id], names[file_id],
                                   place]
            counts[0] += branch[4]
            counts[1] += branch[5]
        for record in function["mcdc_records"]:
            place, file_id = tuple(record[:4]), record[4]
            key = (names[0], uses[file_id], names[file_id], place)
            self.add_decision(key, record[-1], sum(
                1 for region in function["regions"]
                if region[7] == EXPANSION and region[5] == file_id and
                place[:2] <= tuple(region[:2]) and
                tuple(region[2:4]) <= place[2:] and
                is_constant((names[file_id],) + tuple(region[:4]),
                            self.source)))

    def add_decision(self, key, covered, constants):
        """Whether each condition is covered.  llvm-cov counts one that is
        constant as uncovered, at a place that depends on the macro."""
        old = self.decisions.get(key)
        if old and len(old[0]) == len(covered):
            covered = [a or b for a, b in zip(old[0], covered)]
        self.decisions[key] = covered, constants


# ---- the report ----

def percent(covered, count):
    return 100.0 * covered / count if count else 100.0


def place_of(key):
    """The file and line where the reader finds it: the macro's use."""
    if key[1]:
        return key[1][0][0], key[1][0][1]
    return key[2], key[3][0]


def report(c):
    totals = defaultdict(lambda: [0, 0, 0, 0, 0, 0])
    missing = defaultdict(list)
    for (file, line), count in c.lines.items():
        totals[file][0] += 1 if count else 0
        totals[file][1] += 1
        if not count:
            text = c.source.lines(file)[line - 1].strip()
            missing[file].append((line, "line", text))
    for key, counts in c.branches.items():
        file, line = place_of(key)
        totals[file][2] += (counts[0] > 0) + (counts[1] > 0)
        totals[file][3] += 2
        for side, count in zip(("true", "false"), counts):
            if not count:
                text = c.source.text(key[2], key[3])
                missing[file].append((line, "branch",
                                      "never %s: %s" % (side, text)))
    for key, (covered, constants) in c.decisions.items():
        file, line = place_of(key)
        totals[file][4] += sum(covered)
        totals[file][5] += len(covered) - constants
        alone = [str(i + 1) for i, c in enumerate(covered) if not c]
        if len(alone) > constants:
            text = c.source.text(key[2], key[3])
            missing[file].append((line, "MC/DC", "condition %s of: %s" %
                                  (", ".join(alone), text)))
    for file in sorted(missing):
        for line, kind, text in sorted(missing[file]):
            print("%s:%d: %s: %s" % (os.path.relpath(file, ROOT), line, kind,
                                     text))
    print("\n%-24s %21s %21s %21s" % ("", "line", "branch", "MC/DC"))
    rows = [(os.path.relpath(file, SRC), totals[file])
            for file in sorted(totals)]
    whole = [sum(row[i] for _, row in rows) for i in range(6)]
    for name, row in rows + [("src", whole)]:
        cells = ["%5d of %5d %6.2f %%" % (row[i], row[i + 1],
                                         percent(row[i], row[i + 1]))
                 for i in (0, 2, 4)]
        print("%-24s %s" % (name, " ".join(cells)))
    return [percent(whole[i], whole[i + 1]) for i in (0, 2, 4)]


def main(builds):
    coverage = Coverage()
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for build in builds:
            coverage.add(*export(build, pool))
    found = report(coverage)
    least = [LINES_LEAST, BRANCHES_LEAST, CONDITIONS_LEAST]
    kinds = ["line", "branch", "MC/DC"]
    failed = ["%s %.2f %%, at least %g %%" % row
              for row in zip(kinds, found, least) if row[1] < row[2]]
    if failed:
        sys.exit("coverage: below the limit: " + "; ".join(failed))
    print("coverage: line %.2f %%, branch %.2f %%, MC/DC %.2f %%" %
          tuple(found))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: coverage.py BUILD...")
    main(sys.argv[1:])
