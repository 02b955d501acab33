#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the mutants of src/ against the unit tests and the vectors.

A mutant is compiled with the flags of the tests' build, and left out if its
objects are those of the original.  Else the tests run in the order in which
they notice most; the first that fails kills it.  What survives is tried in the
other builds (UPSHAKE_PORTABLE, UPSHAKE_SMALL) and under the sanitizers.

Outcomes are kept in build/mutate/results.jsonl, so that a run that was stopped
goes on.  survivors.txt beside this file lists the survivors that a person has
judged.
"""
import argparse
import hashlib
import json
import math
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict

sys.dont_write_bytecode = True
import mutants  # noqa: E402
from build import BUILDS, OUT, ROOT, SRC, Build, read  # noqa: E402
from worker import SHALLOW, Worker  # noqa: E402

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "survivors.txt")
RATE_LEAST = 98.0


def files_below(folder, endings):
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.join(where, name)


def digest(*texts):
    state = hashlib.sha256()
    for text in texts:
        state.update(text.encode() + b"\0")
    return state.hexdigest()[:24]


# ---- the list of survivors ----

KINDS = ("equivalent", "slower")


def key_of(mutant):
    return (os.path.basename(mutant.file), mutant.place, mutant.before,
            mutant.after, mutant.number)


def read_list():
    """The survivors that a person has judged, each with its kind."""
    listed, kind, where, before = {}, None, None, None
    for number, line in enumerate(read(LIST).split("\n"), 1):
        place = re.match(r"(\S+) (\S+)(?: \((\d+)\))?$", line)
        if line.startswith("== "):
            kind = line[3:].split(":")[0]
            if kind not in KINDS:
                sys.exit("survivors.txt:%d: no such kind" % number)
        elif line.startswith("- "):
            before = line[2:]
        elif line == "+" or line.startswith("+ "):
            key = (where[0], where[1], before, line[2:], where[2])
            if key in listed:
                sys.exit("survivors.txt:%d: named twice" % number)
            listed[key] = kind
        elif place and "." in place.group(1) and kind:
            where = (place.group(1), place.group(2),
                     int(place.group(3) or 1))
    return listed


def show(mutant):
    number = " (%d)" % mutant.number if mutant.number > 1 else ""
    return "%s %s%s\n- %s\n+ %s" % (os.path.basename(mutant.file),
                                   mutant.place, number, mutant.before,
                                   mutant.after)


# ---- a run ----

class Results:
    """Outcomes of earlier runs.  A mutant that was killed stays so; one that
    survived is tried again if a test has changed."""

    def __init__(self, fresh):
        self.path = os.path.join(OUT, "results.jsonl")
        self.tests = digest(*(read(p) for p in files_below(
            os.path.join(ROOT, "tests"), (".c", ".h", ".md", "Lists.txt"))))
        self.known = {}
        self.lock = threading.Lock()
        os.makedirs(OUT, exist_ok=True)
        if os.path.exists(self.path) and not fresh:
            for line in read(self.path).splitlines():
                row = json.loads(line)
                self.known[row["key"]] = row
        self.file = open(self.path, "w" if fresh else "a", encoding="utf-8")

    def find(self, key, shallow):
        row = self.known.get(key)
        if row and row["outcome"] == "survived" and (
                row["tests"] != self.tests or
                row["by"] == SHALLOW and not shallow):
            return None
        return row

    def note(self, key, mutant, outcome, by, seconds):
        row = {"key": key, "outcome": outcome, "by": by,
               "tests": self.tests, "seconds": round(seconds, 2),
               "place": "%s %s" % (mutant.file, mutant.place)}
        with self.lock:
            self.known[key] = row
            self.file.write(json.dumps(row) + "\n")
            self.file.flush()
        return row


class Run:
    def __init__(self, options):
        self.options = options
        self.builds = {name: Build(name) for name in BUILDS}
        self.results = Results(options.fresh)
        self.texts = {os.path.relpath(p, SRC): read(p)
                      for p in files_below(SRC, (".c", ".h"))}
        self.all = [m for file, text in self.texts.items()
                    for m in mutants.mutants_of(file, text)]
        self.history = defaultdict(Counter)
        self.counts = Counter()
        self.survivors = []
        self.lock = threading.Lock()
        self.listed = read_list()

    def choose(self):
        chosen = self.all
        if self.options.only:
            chosen = [m for m in chosen if re.search(
                self.options.only, "%s %s: %s" % (m.file, m.place, m.after))]
        return sorted(chosen, key=lambda m: digest(
            self.options.seed, *map(str, key_of(m))))

    def surroundings(self):
        """For each file a digest of all that is compiled with it."""
        found = {}
        units = self.builds["default"].make().units
        for file in self.texts:
            path = os.path.join(SRC, file)
            others = {p for u in units if path in u.includes and u.is_src
                      for p in u.includes if p != path}
            found[file] = digest(*(read(p) for p in sorted(others)))
        return found

    def run(self):
        around = self.surroundings()
        waiting = queue.Queue()
        for mutant in self.choose():
            waiting.put(mutant)
        self.stop = threading.Event()
        self.failed = None
        threads = [threading.Thread(target=self.work,
                                    args=(n, waiting, around))
                   for n in range(self.options.jobs)]
        for thread in threads:
            thread.start()
        try:
            while any(t.is_alive() for t in threads):
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stop.set()
        for thread in threads:
            thread.join()
        if self.failed:
            raise self.failed

    def work(self, number, waiting, around):
        try:
            worker = Worker(number, self.history, self.options.shallow)
            while not self.stop.is_set() and not self.is_enough():
                self.one(worker, waiting.get_nowait(), around)
        except queue.Empty:
            pass
        except BaseException as error:
            self.failed = error
            self.stop.set()

    def is_enough(self):
        count = self.options.count
        return count > 0 and self.tested() >= count

    def tested(self):
        return sum(self.counts[k] for k in ("killed", "survived", "listed"))

    def one(self, worker, mutant, around):
        # In a sample a listed survivor need not show again that it survives.
        if self.options.count and key_of(mutant) in self.listed:
            self.count("listed", mutant, "")
            return
        text = self.texts[mutant.file]
        key = digest(mutant.file, mutants.apply(text, mutant),
                     around[mutant.file])
        row = self.results.find(key, self.options.shallow)
        if not row:
            before = time.monotonic()
            outcome, by = worker.try_mutant(mutant, text, self.builds)
            row = self.results.note(key, mutant, outcome, by,
                                    time.monotonic() - before)
        self.count(row["outcome"], mutant, row["by"])

    def count(self, outcome, mutant, by):
        with self.lock:
            self.counts[outcome] += 1
            if outcome == "killed":
                self.counts["by " + by] += 1
                if key_of(mutant) in self.listed:
                    print("listed, but killed by %s:\n%s" % (by,
                                                            show(mutant)))
                    self.counts["wrong"] += 1
            if outcome == "survived":
                self.survivors.append(mutant)
                if key_of(mutant) not in self.listed:
                    print("survived: %s" % show(mutant))
            if sum(self.counts[k] for k in ("killed", "survived", "same",
                                            "invalid", "listed")) % 500 == 0:
                print("... " + self.summary())
            sys.stdout.flush()

    def summary(self):
        c = self.counts
        return ("%d killed, %d survived, %d of the list not tried; "
                "left out: %d that the compiler sees no change in, "
                "%d that do not compile" %
                (c["killed"], c["survived"], c["listed"], c["same"],
                 c["invalid"]))

    def report(self):
        """0 if the limits hold and, unless it was a sample, every survivor is
        explained.  In a sample a survivor without a reason counts as a mutant
        that the tests should have killed."""
        unknown = [m for m in self.survivors if key_of(m) not in self.listed]
        stale = set(self.listed) - {key_of(m) for m in self.all}
        for key in sorted(stale):
            print("survivors.txt: no such mutant any more: %s %s\n"
                  "- %s\n+ %s" % key[:4])
        killed = self.counts["killed"]
        real = killed + len(unknown)
        rate = 100.0 * killed / real if real else 100.0
        low, high = interval(killed, real)
        print("mutate: " + self.summary())
        print("mutate: %d of %d that are not equivalent killed, %.2f %% "
              "(95 %%: %.2f to %.2f)" % (killed, real, rate, low, high))
        if stale or self.counts["wrong"] or (unknown and
                                             not self.options.count):
            print("mutate: FAIL: %d survivors are not in survivors.txt, "
                  "%d of the list are killed, %d of it are no mutants" %
                  (len(unknown), self.counts["wrong"], len(stale)))
            return 1
        if rate < self.options.least and not self.options.only:
            print("mutate: FAIL: below %g %%" % self.options.least)
            return 1
        return 0


def interval(good, count):
    """Wilson's, of a rate in percent."""
    if count == 0:
        return 0.0, 100.0
    z, p = 1.96, good / count
    middle = p + z * z / (2 * count)
    wide = z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    scale = 100.0 / (1 + z * z / count)
    return (middle - wide) * scale, min(100.0, (middle + wide) * scale)


def commit():
    done = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode().strip() if done.returncode == 0 else "upshake"


def main():
    parser = argparse.ArgumentParser(prog="mutate.sh")
    parser.add_argument("--count", type=int, default=0, metavar="N",
                        help="N mutants chosen by the seed (0: all)")
    parser.add_argument("--seed", default="",
                        help="chooses them (default: the commit)")
    parser.add_argument("--only", default="", metavar="REGEX",
                        help="those whose 'file function: line' matches")
    parser.add_argument("--least", type=float, default=RATE_LEAST,
                        metavar="PERCENT", help="fails if fewer are noticed")
    parser.add_argument("--shallow", action="store_true",
                        help="a survivor is not tried in the other builds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2,
                        metavar="N", help="so many at a time")
    parser.add_argument("--fresh", action="store_true",
                        help="forget the results of earlier runs")
    options = parser.parse_args()
    options.seed = options.seed or commit()
    run = Run(options)
    if options.count:
        print("mutate: %d of %d mutants, chosen by --seed %s" %
              (options.count, len(run.all), options.seed))
    run.run()
    sys.exit(run.report())


if __name__ == "__main__":
    main()
