# SPDX-License-Identifier: MIT
"""What a linked program pays for the library: see tests/size.sh.

bytes     .text, .rodata, .data.rel.ro and .rela.*, what a program with the
          library has more of them than the same program without
eh_frame  the same of .eh_frame, which a program can leave out
limit     most that `bytes` may be; an issue changes it, and nothing else does
goal      what it shall become
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
HERE = os.path.join(ROOT, "tests", "size")
TABLE = os.path.join(ROOT, "tests", "size.tsv")
OUT = os.path.join(ROOT, "build", "size")
KINDS = {"": ["-O2"], "-small": ["-Os", "-DUPSHAKE_SMALL"]}
LINK = ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"]
COUNTED = (".text", ".rodata", ".data.rel.ro", ".rela.")

# What the everyday server names neither in its table nor by a call.
NOT_IN_SERVER = re.compile(r"h2c|capsules|deflate|settings|added|extra|explain|"
                           r"strerror|client|switch_over|cpu|by_sha|boolean|"
                           r"next_decoded|cookie|credentials")
HEAD = "program\tbytes\teh_frame\tlimit\tgoal"


def say(*command):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def sizes(program):
    """(counted bytes, bytes of .eh_frame) of a program."""
    counted = frames = 0
    for line in say("size", "-A", program).splitlines():
        words = line.split()
        if len(words) != 3 or not words[0].startswith("."):
            continue
        if words[0].startswith(COUNTED):
            counted += int(words[1])
        if words[0] == ".eh_frame":
            frames = int(words[1])
    return counted, frames


def build(name, options, more, target):
    target = os.path.join(OUT, target)
    subprocess.run(["gcc", "-std=c99", *options, *LINK, "-Wall", "-Wextra",
                    "-I" + OUT, os.path.join(HERE, name + ".c"), *more,
                    "-o", target], check=True)
    return target


def measure(row):
    """(bytes, eh_frame) of a row, such as "server-small"."""
    name, kind = (row[:-6], "-small") if row.endswith("-small") else (row, "")
    library = os.path.join(OUT, "upshake.c")
    with_it = build(name, KINDS[kind], ["-DWITH_UPSHAKE", library], row)
    without = build(name, KINDS[kind], [], row + "-without")
    return [a - b for a, b in zip(sizes(with_it), sizes(without))]


def read_rows():
    with open(TABLE, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    rows = [line.split("\t") for line in lines
            if line and not line.startswith("#")]
    if "\t".join(rows[0]) != HEAD:
        sys.exit("tests/size.tsv: the first row is not " + repr(HEAD))
    return rows[1:]


def is_judged():
    version = say("gcc", "-dumpversion").strip()
    machine = say("gcc", "-dumpmachine").strip()
    if version == "12" and machine.startswith("x86_64"):
        return True
    print("# gcc %s for %s: the limits are for gcc 12 and x86-64" %
          (version, machine))
    return False


def count_unwanted():
    """Prints the symbols that the everyday server should not have."""
    found = 0
    for row in ("server", "server-small"):
        for line in say("nm", os.path.join(OUT, row)).splitlines():
            name = line.split()[-1]
            if NOT_IN_SERVER.search(name):
                print("FAIL %s holds %s" % (row, name))
                found += 1
    return found


def explain(row):
    measure(row)
    print(say("nm", "--print-size", "--size-sort", "--radix=d",
              os.path.join(OUT, row)), end="")


def main():
    os.makedirs(OUT, exist_ok=True)
    say("sh", os.path.join(ROOT, "src", "amalgamate.sh"), OUT)
    if len(sys.argv) == 3 and sys.argv[1] == "--why":
        explain(sys.argv[2])
        return
    judged, failed = is_judged(), 0
    print(HEAD)
    for row, _, _, limit, goal in read_rows():
        counted, frames = measure(row)
        is_over = judged and counted > int(limit)
        failed += is_over
        print(row, counted, frames, limit, goal, sep="\t",
              end="\tFAIL: over its limit\n" if is_over else "\n")
    if failed + count_unwanted():
        sys.exit(1)


if __name__ == "__main__":
    main()
