# SPDX-License-Identifier: MIT
"""How much stack a library takes: its largest frame and its deepest path.

usage: stack.py --max OCTETS FILE.ci...

The files are what gcc -fstack-usage -fcallgraph-info=su writes, beside the
objects.  Fails where the deepest path takes more than OCTETS, where a frame has
no fixed size (VLA, alloca) and where a function can reach itself (recursion).
What is outside of the files (memcpy, the application's callback) counts as
nothing.  Calls by pointer are not in the graph, so those to the judges of field
lines are added.  A function that ends with a jump into another has given its
frame back before: the objects are looked at for these.
"""
import os
import re
import subprocess
import sys

NODE = re.compile(r'node: \{ title: "([^"]*)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"')
JUDGES_CALLER = "upshake_judge_line"
JUDGES = 13
JUDGE = re.compile(r"(offer\.c:|^upshake_)judge_(host|length|coding|key|version|"
                   r"subprotocol|extensions|connection|upgrade|expect|"
                   r"origin_line|settings|content_type)$")
FRAME = re.compile(r"\\n(\d+) bytes \(([^)]*)\)")
FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
BRANCH = re.compile(r"\t(call|j\w+)\s+(\*|[0-9a-f]+ <([^>+]+)>)?")
RELOCATION = re.compile(r"R_X86_64_(?:PLT32|PC32)\s+([\w.]+?)-0x4")
POINTER = "__indirect_call"


def left_by_jump(path):
    """Return {(function, callee)} of an object: all calls that are jumps."""
    text = subprocess.run(
        ["objdump", "-d", "-r", "--no-show-raw-insn", path], check=True,
        text=True, stdout=subprocess.PIPE).stdout
    function, how, jumps, called = "", "", set(), set()
    for line in text.splitlines():
        begin, branch = FUNCTION.match(line), BRANCH.search(line)
        target = RELOCATION.search(line)
        if begin:
            function = begin.group(1)
        if branch:
            how = branch.group(1)
            where = POINTER if branch.group(2) == "*" else branch.group(3)
        elif target and how:
            where = target.group(1)
        else:
            how = ""
            continue
        if where and where != function:
            (called if how == "call" else jumps).add((function, where))
    return jumps - called


def read(paths):
    """Return {function: octets}, {function: callees}, names without size, and
    the calls that are jumps."""
    frames, calls, unbounded, jumps = {}, {}, [], set()
    for path in paths:
        names = {}
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for title, label in NODE.findall(text):
            frame = FRAME.search(label)
            names[title.split(":")[-1]] = title
            if frame:
                frames[title] = int(frame.group(1))
                if frame.group(2) not in ("static", "dynamic,bounded"):
                    unbounded.append(title)
        for caller, callee in EDGE.findall(text):
            calls.setdefault(caller, set()).add(callee)
        for pair in left_by_jump(os.path.splitext(path)[0] + ".o"):
            jumps.add(tuple(names.get(name, name) for name in pair))
    if POINTER in calls.get(JUDGES_CALLER, ()):
        judges = {name for name in frames if JUDGE.search(name)}
        if len(judges) != JUDGES:
            sys.exit(f"FAIL {len(judges)} judges of field lines, not {JUDGES}")
        calls[JUDGES_CALLER] |= judges
        if (JUDGES_CALLER, POINTER) in jumps:
            jumps |= {(JUDGES_CALLER, name) for name in judges}
    return frames, calls, unbounded, jumps


def deepest(name, frames, calls, jumps, known, above=()):
    """Return (octets, path) of the deepest path that begins at name."""
    if name in above:
        sys.exit("FAIL recursion: " + " > ".join(above + (name,)))
    if name not in known:
        paths = [(frames[name], (name,))]
        for callee in sorted(calls.get(name, ())):
            if callee in frames:
                octets, path = deepest(callee, frames, calls, jumps, known,
                                       above + (name,))
                own = 0 if (name, callee) in jumps else frames[name]
                paths.append((own + octets, (name,) + path))
        known[name] = max(paths)
    return known[name]


def main(flag, limit, *paths):
    if flag != "--max" or not paths:
        sys.exit(__doc__)
    frames, calls, unbounded, jumps = read(paths)
    known = {}
    octets, path = max(deepest(name, frames, calls, jumps, known)
                       for name in frames)
    largest = max(frames, key=frames.get)
    print(f"stack: {len(frames)} functions; largest frame {frames[largest]} "
          f"({largest}); deepest path {octets} of {limit}:")
    for name, after in zip(path, path[1:] + ("",)):
        how = ", then a jump" if (name, after) in jumps else ""
        print(f"  {frames[name]:4} {name}{how}")
    if unbounded:
        sys.exit("FAIL frames without a fixed size: " + " ".join(unbounded))
    if octets > int(limit):
        sys.exit("FAIL too deep")


main(*sys.argv[1:])
