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
import multiprocessing
import sys

from cases import Cases, case_of, found_cases, seeds, stream_case, streams
import compare
import errors
import harness
import minimise
import vectors

BATCH = 2000
SWITCHED = 0.25  # of the mutations have to end in a switch, at least
GROUPS = ("class", "error", "call", "known")  # what is counted


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
    return len(read), found + check_found(program, read)


def check_found(program, read):
    """What another parser would have found in the vectors; every second one
    field by field."""
    made = [(vector, case) for vector in read
            for case in found_cases(case_of(vector))]
    made += [(vector, stream_case(vector, 30)) for vector in read
             if vector.chapter.startswith("stream-")]
    made = [(vector, case.but(piece=at % 2))
            for at, (vector, case) in enumerate(made)]
    answers = harness.run(program, [case for _, case in made])
    found = []
    for (vector, case), answer in zip(made, answers):
        wrong = compare.judge(case, answer)[1]
        if wrong:
            found.append((vector.name, "judge and library as %s" % case.kind,
                          wrong))
    return found


# ---- The mutations ---------------------------------------------------------

def check_batch(job):
    """(outcomes, cases that differ) of the batch with this seed."""
    program, seed, count = job
    made = Cases(seed)
    cases = [made.case() for _ in range(count)]
    outcomes, found = collections.Counter(), []
    for case, answer in zip(cases, harness.run(program, cases)):
        expectation, wrong = compare.judge(case, answer)
        outcomes[case.kind, answer["outcome"]] += 1
        for error in expectation.get("error", ()):
            outcomes["class", errors.CLASS.get(error)] += 1
        outcomes["known", expectation.known] += 1
        outcomes["call", answer.get("call")] += 1
        outcomes["error", answer.get("error", answer.get("call"))] += 1
        if wrong:
            found.append((case, sorted(wrong)))
    return outcomes, found


def check_mutations(program, cases, seed, jobs):
    work = [(program, "%s/%d" % (seed, at), min(BATCH, cases - at))
            for at in range(0, cases, BATCH)]
    outcomes, found = collections.Counter(), []
    seeds(), streams()  # once, for all processes
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
    parser.add_argument("--errors", action="store_true",
                        help="how often each error occurred")
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
    print("judge: %d mutations with seed %s, %d differences" % (
        options.cases, options.seed, len(wrong)))
    kinds = {key: count for key, count in outcomes.items()
             if key[0] not in GROUPS}
    print("judge: " + counts({"%s %s" % key: count
                              for key, count in kinds.items()}))
    print("judge: refused for " + counts(group(outcomes, "class")))
    print("judge: known faults: " + counts(group(outcomes, "known")))
    if options.errors:
        print("judge: errors: " + counts(group(outcomes, "error")))
        print("judge: calls: " + counts(group(outcomes, "call")))
    switched = sum(count for (_, outcome), count in kinds.items()
                   if outcome == "switched")
    if switched < options.cases * SWITCHED:
        print("judge: too few of them switch")
        return True
    return bool(wrong)


def group(outcomes, wanted):
    return {name: count for (kind, name), count in outcomes.items()
            if kind == wanted and name is not None}


def counts(found):
    return ", ".join("%s %d" % one for one in sorted(found.items()))


if __name__ == "__main__":
    sys.exit(main())
