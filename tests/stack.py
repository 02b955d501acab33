# SPDX-License-Identifier: MIT
"""How much stack a library takes: its largest frame and its deepest path.

usage: stack.py --max BYTES FILE.ci...

The files are what gcc -fstack-usage -fcallgraph-info=su writes, beside the
objects.  Fails where the deepest path takes more than BYTES, where a frame has
no fixed size (VLA, alloca) and where a function can reach itself (recursion).
What is outside of the files (memcpy, the application's callback) counts as
nothing.  Calls by pointer are not in the graph, so they are added from a table,
which must name every function that has one.  A function that ends with a jump
into another has given its frame back before: the objects are looked at for
these.
"""
import os
import re
import subprocess
import sys

NODE = re.compile(r'node: \{ title: "([^"]*)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"')
POINTER = "__indirect_call"

# What functions call by pointer: the callers, the callees, how many callees.
# The functions that only give the rules of a protocol (upshake_*_rules) have
# next to no frame.
BY_POINTER = [
    # judges of field lines
    (r"judge_lines|judge_indexed_lines|judge_known|upshake__judge_line|"
     r"judge_again",
     r"(^|:)upshake__judge_(host|length|coding|connection|upgrade|expect)$", 6),
    # judges of the field lines that only the rules of a protocol judge
    (r"judge_lines|judge_indexed_lines|judge_known|upshake__judge_line|"
     r"judge_again|upshake__judge_by_other_rules",
     r"((websocket|h2c|capsules)\.c:|:upshake__)judge_(own|settings|"
     r"content_type)$", 3),
    # what the rules of a protocol judge first
    (r"upshake__conclude|prepare_rules|judge_rest|next_row|upshake_next_failure",
     r"(^|:)upshake__judge_origin$", 1),
    # Sec-WebSocket-Accept
    (r"put_plain_switch|respond\w*|build_switch|put_accept_value|"
     r"upshake_reply_line",
     r"^upshake_accept$|:(upshake__)?accept_by_sha$", 2),
    # what fills an index of fields
    (r"take_all|parse_held|parse_fields|upshake_client_(feed|commit)",
     r"take_indexed_response$", 1),
    (r"take_bytes|take_head|hold_lean|hold_all|upshake_feed|"
     r"upshake_commit|upshake_reset",
     r"take_indexed_request$", 1),
    # what an application adds to a reply
    (r"upshake__check_reply",
     r"(extra\.c|upshake\.c):(upshake__)?check_extra$", 1),
    (r"upshake__check_reply|check_final|lacks",
     r"(extra\.c|upshake\.c):(upshake__)?has_needed_field$", 1),
    (r"put_head|put_final_fields|put_reply_head",
     r"(extra\.c|upshake\.c):(upshake__)?put_framing$", 1),
    (r"upshake__write_reply|put_reply|produce|next_value|upshake_reply_line|"
     r"upshake_write_line",
     r"(extra\.c|upshake\.c):(upshake__)?put_extra_fields$", 1),
    # requests of HTTP/2 and 3
    (r"judge_one|judge_found|upshake_judge_(begin|field|end|begin_stream)|"
     r"upshake_get_request",
     r"(extended\.c|upshake\.c):(upshake__)?(judge_stream_field|"
     r"end_stream_head|conclude_stream|show_stream)$", 4),
    # what takes a reply as values
    (r"put_line|put_field|put_added|put_extra_fields",
     r"(values\.c|upshake\.c):(upshake__)?give_line$", 1),
    # the application, and the rules of an entry
    (r"ask_application|check_agreed_extensions|upshake__chosen_subprotocol|"
     r"upshake__is_entry|upshake_choose_subprotocol|upshake_init|rules_of|"
     r"find_rules|chosen_rules|is_websocket|(upshake__)?facts_of_offer|"
     r"rows_for|prepare_rules|begin_facts|judge_rest|forget_lines|next_row|"
     r"upshake_next_failure|upshake_reply_line|begin_next|upshake_reset|"
     r"judge_members?|takes_unnamed|build_switch|choose_(entry|unnamed)|"
     r"upshake_choose_protocol|upshake_protocol_name",
     r"^upshake_(websocket|h2c|capsules)_rules$", 3),
    # what the entry "*" takes, and its name
    (r"judge_members?|takes_unnamed", r"(any\.c|upshake\.c):(upshake__)?takes$",
     1),
    (r"build_switch|choose_unnamed|upshake_choose_protocol|"
     r"upshake_protocol_name|upshake_reply_line",
     r"(any\.c|upshake\.c):(upshake__)?find_unnamed$", 1),
]
FRAME = re.compile(r"\\n(\d+) bytes \(([^)]*)\)")
FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
BRANCH = re.compile(r"\t(call|j\w+)\s+(\*|[0-9a-f]+ <([^>+]+)>)?")
RELOCATION = re.compile(r"R_X86_64_(?:PLT32|PC32)\s+([\w.]+?)-0x4")


def left_by_jump(path):
    """Return {(function, callee)} of an object: all calls that are jumps."""
    text = subprocess.run(
        ["objdump", "-d", "-r", "--no-show-raw-insn", path], check=True,
        text=True, stdout=subprocess.PIPE).stdout
    function, how, jumps, called = "", "", set(), set()
    for line in text.splitlines():
        begin, branch = FUNCTION.match(line), BRANCH.search(line)
        target = RELOCATION.search(line)
        if begin:  # what is seldom called may stand apart, in NAME.cold
            function = begin.group(1).removesuffix(".cold")
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
    """Return {function: bytes}, {function: callees}, names without size, and
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
    add_calls_by_pointer(frames, calls, jumps)
    return frames, calls, unbounded, jumps


def add_calls_by_pointer(frames, calls, jumps):
    """Every function that calls by pointer calls what the table says."""
    callers = [name for name in calls if POINTER in calls[name]]
    for caller in callers:
        rows = [row for row in BY_POINTER
                if re.fullmatch(f"(upshake__)?({row[0]})",
                                caller.split(":")[-1].split(".")[0])]
        if not rows:
            sys.exit(f"FAIL stack.py does not know what {caller} calls by "
                     "pointer")
        for _, pattern, count in rows:
            callees = {name for name in frames if re.search(pattern, name)}
            if not callees and re.search("indexed|give_line|stream|any",
                                             pattern):
                continue  # folders without an index, values, streams or "*"
            if len(callees) != count:
                sys.exit(f"FAIL {len(callees)} of {count} functions for "
                         f"{caller}: {sorted(callees)}")
            calls[caller] |= callees
            if (caller, POINTER) in jumps:
                jumps |= {(caller, name) for name in callees}


def deepest(name, frames, calls, jumps, known, above=()):
    """Return (bytes, path) of the deepest path that begins at name."""
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
