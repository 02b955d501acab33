#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the library with an independent judge.

usage: check.py [--cases N] [--seed N] [--jobs N] [--show N] PROGRAM

PROGRAM is tests/judge/run.c, linked with the library.  All vectors are judged
and run; what the chapter expects, what the judge expects and what the library
does have to be the same.  Then N cases (0 by default) that are made of the
vectors by changing them are judged and run.

Each difference is printed, as small as it could be made; exit status 1 if
there is one.
"""
import argparse
import collections
import functools
import multiprocessing
import sys

import compare
import errors
import harness
import minimise
from mutate import Mutator
import vectors

BATCH = 2000
LONGEST = 4096  # bytes of a vector that is mutated
SWITCHED = 0.25  # of the mutations have to end in a switch, at least


def case_of(vector):
    if vector.response is not None:
        return harness.Case("response", vector.settings, vector.response,
                            vector.request)
    if vector.has_ask:
        return harness.Case("write", vector.settings, asks=vector.asks)
    if vector.is_client:
        return harness.Case("response", vector.settings, b"", vector.request)
    return harness.Case("request", vector.settings, vector.request)


# ---- The vectors -----------------------------------------------------------

def check_vectors(program):
    """The differences: (title, what is different)."""
    found = []
    read = list(vectors.read_all())
    cases = [case_of(vector) for vector in read]
    for vector, case, answer in zip(read, cases, harness.run(program, cases)):
        expectation, wrong = compare.judge(case, answer)
        stands = compare.of_vector(vector)
        if wrong:
            found.append((vector.name, "judge and library", wrong))
        wrong = compare.differences(stands, answer)
        if wrong:
            found.append((vector.name, "vector and library", wrong))
        wrong = {name: (stands[name], expectation[name]) for name in stands
                 if not stands[name] & expectation.get(name, stands[name])}
        if wrong:
            found.append((vector.name, "vector and judge", wrong))
    return len(read), found


# ---- The mutations ---------------------------------------------------------

@functools.lru_cache(maxsize=None)
def seeds():
    """(all vectors that are mutated, those of which a handshake comes)"""
    read = [(case_of(vector), vector.outcome[0] == "switched")
            for vector in vectors.read_all()]
    read = [(case, good) for case, good in read
            if case.kind != "write" and len(case.data) <= LONGEST]
    return [case for case, _ in read], [case for case, good in read if good]


def check_batch(job):
    """(outcomes, cases that differ) of the batch with this seed."""
    program, seed, count = job
    mutator = Mutator(*seeds(), seed)
    cases = [mutator.case() for _ in range(count)]
    outcomes, found = collections.Counter(), []
    for case, answer in zip(cases, harness.run(program, cases)):
        expectation, wrong = compare.judge(case, answer)
        outcomes[case.kind, min(expectation["outcome"])] += 1
        for error in expectation.get("error", ()):
            outcomes["class", errors.CLASS.get(error)] += 1
        if wrong:
            found.append((case, sorted(wrong)))
    return outcomes, found


def check_mutations(program, cases, seed, jobs):
    work = [(program, "%s/%d" % (seed, at), min(BATCH, cases - at))
            for at in range(0, cases, BATCH)]
    outcomes, found = collections.Counter(), []
    seeds()  # once, for all processes
    with multiprocessing.Pool(jobs) as pool:
        for counted, differ in pool.imap_unordered(check_batch, work):
            outcomes += counted
            found += differ
    return outcomes, found


# ---- The command line ------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", type=int, default=20)
    options = parser.parse_args()
    count, wrong = check_vectors(options.program)
    for name, between, differences in wrong[:options.show]:
        print("%s\n  %s differ" % (name, between))
        compare.show(differences)
    print("judge: %d vectors, %d differences" % (count, len(wrong)))
    failed = bool(wrong)
    if options.cases:
        failed |= mutations(options)
    return int(failed)


def mutations(options):
    outcomes, wrong = check_mutations(options.program, options.cases,
                                      options.seed, options.jobs)
    for case, differences in minimise.distinct(wrong)[:options.show]:
        minimise.show(options.program, case, differences)
    classes = {name: count for (kind, name), count in outcomes.items()
               if kind == "class"}
    classes.pop(None, None)
    kinds = {"%s %s" % key: count for key, count in outcomes.items()
             if key[0] != "class"}
    print("judge: %d mutations with seed %s, %d differences" % (
        options.cases, options.seed, len(wrong)))
    print("judge: " + counts(kinds))
    print("judge: refused for " + counts(classes))
    switched = (kinds.get("request switched", 0)
                + kinds.get("response switched", 0))
    if switched < options.cases * SWITCHED:
        print("judge: too few of them switch")
        return True
    return bool(wrong)


def counts(found):
    return ", ".join("%s %d" % one for one in sorted(found.items()))


if __name__ == "__main__":
    sys.exit(main())
