# SPDX-License-Identifier: MIT
"""How much of a small machine's ROM the library takes.

usage: sizes.py OBJECT... LIBRARY -- OBJECT... LIBRARY

The objects are a server; what it holds of the library is a whole server side:
the handshake with bodies, WebSocket, other protocols and every reply.  The
table of sentences is not in it, as a server that calls neither
upshake_strerror nor upshake_explain does not link it.  The head parser is
upshake_parse_head and all that it calls: its own files, head.c and
request_line.c, and the grammar of targets and hosts, with the table of bytes.
The core, behind the "--", is the least server, with a library without bodies,
lean heads and phrases.  Counted are code and constants, as linked, sections
without a use dropped; once more where the server is linked with -flto.  Fails above a limit, which is what
was reached so far; the target is what it shall be.
"""
import os
import subprocess
import sys
import tempfile

TOOLS = "arm-none-eabi-"
TARGETS = {  # bytes: (limit, target)
    "server": (19450, 15800),
    "server, -flto": (18640, 15800),
    "core": (13660, 10400),
    "head parser": (3072, 1638),
    "its own files alone": (1408, 1638),
}


def run(*command):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def sections(path):
    """Return {section: bytes} of an object or image."""
    lines = [line.split() for line in run(TOOLS + "size", "-A",
                                          path).splitlines()]
    return {line[0]: int(line[1]) for line in lines
            if len(line) == 3 and line[0].startswith(".")}


def link(members, arguments, lto="-fno-lto"):
    """Link with a section for each member's code and one for its constants;
    return {member: (code, constants)}.  With -flto "lto" is all members."""
    script = ["SECTIONS {"]
    for name in members:
        script.append(f".code.{name} : {{ *:{name}(.text*) }}")
        script.append(f".const.{name} : {{ *:{name}(.rodata*) }}")
    script.append(".code.lto : { *.ltrans*.o(.text*) }")
    script.append(".const.lto : { *.ltrans*.o(.rodata*) }")
    script.append(".code.libgcc : { *libgcc.a:*(.text* .rodata*) }")
    script.append(".vectors : { KEEP(*(.vectors)) }")
    script += ["stack_top = 0;"]
    script += [f"{name} = 0;" for name in (
        "data_begin", "data_end", "data_from", "bss_begin", "bss_end")]
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "sizes.ld")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(script + ["}"]))
        image = os.path.join(directory, "image")
        run(TOOLS + "gcc", "-mcpu=cortex-m0plus", "-mthumb", "-Os", lto,
            "-nostdlib", "-Wl,--gc-sections", "-T", path, *arguments, "-lgcc", "-o", image)
        found = sections(image)
    return {name: tuple(found.get(kind + name, 0)
                        for kind in (".code.", ".const."))
            for name in members + ["lto", "libgcc"]}


def total(linked, members):
    return sum(sum(linked[name]) for name in members)


def compiled(library, members):
    """Return {member: bytes} before anything is dropped."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.abspath(library)
        subprocess.run([TOOLS + "ar", "x", path], check=True, cwd=directory)
        return {name: sum(octets for section, octets in sections(
            os.path.join(directory, name)).items()
            if section.startswith((".text", ".rodata"))) for name in members}


def main(*arguments):
    border = arguments.index("--")
    objects, core_objects = arguments[:border], arguments[border + 1:]
    library = objects[-1]
    members = run(TOOLS + "ar", "t", library).split()
    whole = compiled(library, members)
    server = link(members, ["-Wl,-e,main", *objects])
    core = link(members, ["-Wl,-e,main", *core_objects])
    with_lto = link(members, ["-Wl,-e,main", *objects], "-flto")
    libc = next(name for name in objects if name.endswith("libc.o"))
    head = link(members, ["-Wl,-e,upshake_parse_head",
                          "-Wl,-u,upshake_parse_head", library, libc])

    print("| bytes | compiled | in a server: code | constants | core | "
          "head parser |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in sorted(members, key=lambda name: -sum(server[name])):
        row = (whole[name], *server[name], sum(core[name]),
               sum(head[name]))
        print(f"| {name.split('.')[0]} | {' | '.join(map(str, row))} |")
    code = sum(server[name][0] for name in members)
    sums = {"server": total(server, members),
            "server, -flto": total(with_lto, members + ["lto"]),
            "core": total(core, members),
            "head parser": total(head, members),
            "its own files alone": total(
                server, ["head.c.obj", "request_line.c.obj"])}
    print(f"| all | {sum(whole.values())} | {code} | "
          f"{sums['server'] - code} | {sums['core']} | "
          f"{sums['head parser']} |")
    print(f"| all, with -flto | | {with_lto['lto'][0]} | "
          f"{with_lto['lto'][1]} | | |")
    print(f"| libgcc | | {sum(server['libgcc'])} | | "
          f"{sum(core['libgcc'])} | {sum(head['libgcc'])} |")

    failed = False
    for name, (limit, target) in TARGETS.items():
        verdict = "" if sums[name] <= limit else ": FAIL"
        failed |= verdict != ""
        print(f"{name}: {sums[name]} bytes, limit {limit}, "
              f"target {target}{verdict}")
    sys.exit(failed)


if "--" not in sys.argv:
    sys.exit(__doc__)
main(*sys.argv[1:])
