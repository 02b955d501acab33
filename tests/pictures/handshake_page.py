# SPDX-License-Identifier: MIT
"""Makes the page and the picture of 25 handshakes and the servers that let them
through, from what tests/interop/handshakes.py has recorded."""
import os
import sys

import picture

sys.path.insert(0, os.path.join(picture.TREE, "tests", "interop"))
import handshakes  # noqa: E402, from the line above

ROW, PITCH, LEFT, TOP = 21, 16, 208, 144
NAMES = {"nginx": "nginx before the demo", "haproxy": "HAProxy before the demo",
         "h2o": "h2o before the demo", "ws": "npm ws",
         "lighttpd": "lighttpd, mod_wstunnel"}

PAGE = """<!-- SPDX-License-Identifier: MIT -->
<!-- tests/pictures/handshake_page.py makes this page. -->
# 25 handshakes and {servers} servers

Five valid handshakes, which a server must accept, and twenty with one fault
each, which it must not answer with 101. [handshakes.tsv](handshakes.tsv) has
their bytes. {recorded}

<img src="handshakes.svg" width="380"
  alt="25 handshakes and the servers that let them through">

| server | version | valid: accepted | broken: let through |
|---|---|---:|---:|
{summary}

Three servers are proxies, and upshake-demo stands behind them: it judges what
they pass on. nginx and h2o write some lines of the request anew, as a proxy
may, and so mend what was wrong with them. The other servers are those of
[python_server.py](python_server.py), [ws_server.js](ws_server.js),
[libwebsockets_server.c](libwebsockets_server.c),
[civetweb_server.c](civetweb_server.c) and [lighttpd.conf](lighttpd.conf). A
library may leave a part of the check to the application; these small servers
add no check but that of Origin.

## Each answer

A number is the status. "closed" means that the server closed the connection
without an answer, "silent" that there was no answer for {patience} seconds,
"no HTTP" that the answer has no status line. **Bold**: not as the rule says.

{answers}

## To measure it again

    bash tests/interop/run.sh handshakes

installs the servers, asks them, and writes `handshakes-results.tsv`, this page
and the picture. `tests/pictures.sh` asks only upshake-demo, and compares the
answers with its column, and page and picture with the recorded results.
"""


def is_right(kind, answer):
    return (answer == "101") == (kind == "valid")


def table(head, rows, align=""):
    yield "| " + " | ".join(head) + " |"
    yield "|" + (align or "---|" * len(head))
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def summary(cases, columns):
    for name, column in columns.items():
        found = {"valid": 0, "broken": 0}
        for case, kind, *_ in cases:
            found[kind] += column[case] == "101"
        yield (f"| {NAMES.get(name, name)} | {column['version']} | "
               f"{found['valid']} | {found['broken']} |")


def answers(cases, columns):
    for case, kind, rule, _ in cases:
        row = [case, kind, rule]
        for column in columns.values():
            said = column[case]
            row.append(said if is_right(kind, said) else f"**{said}**")
        yield row


def page(cases, recorded, columns):
    head = ["handshake", "it is", "rule", *columns]
    return PAGE.format(
        servers=len(columns), recorded=recorded, patience=handshakes.PATIENCE,
        summary="\n".join(summary(cases, columns)),
        answers="\n".join(table(head, answers(cases, columns))))


def draw_rows(one, y, rows, columns):
    for case, kind, *_ in rows:
        one.line((picture.MARGIN, y - 4),
                 (picture.WIDTH - picture.MARGIN, y - 4), kind="thin")
        one.text(picture.MARGIN, y + 12, case)
        for place, column in enumerate(columns.values()):
            x = LEFT + place * PITCH
            if is_right(kind, column[case]):
                one.dot(x, y + 7, 2.5)
            else:
                one.cross(x, y + 7)
        y += ROW
    return y


def draw(cases, columns):
    about = " ".join(line.strip("| ").replace(" | ", ", ") + ";"
                     for line in summary(cases, columns))
    one = picture.Picture(
        "25 handshakes and the servers that let them through",
        "Server, version, valid handshakes accepted, broken ones let through: "
        + about)
    one.text(picture.MARGIN, 28, "Which answer is a 101?", "title")
    one.dot(picture.MARGIN + 5, 52, 2.5)
    one.text(picture.MARGIN + 18, 57, "as the RFC says", "faint")
    one.cross(picture.MARGIN + 5, 75)
    one.text(picture.MARGIN + 18, 80, "otherwise", "faint")
    for place, name in enumerate(columns):
        one.upright(LEFT + place * PITCH + 5, TOP - 10, name,
                    "title" if name == handshakes.DEMO else "")
    y = TOP
    for kind, title in (("valid", "Must be let through"),
                        ("broken", "Must be refused")):
        one.text(picture.MARGIN, y + (-8 if kind == "valid" else 18), title,
                 "title")
        y = draw_rows(one, y if kind == "valid" else y + 30,
                      [case for case in cases if case[1] == kind], columns)
    return one.svg(y + 4)


def main():
    cases = list(handshakes.read_cases())
    recorded, columns = handshakes.read_results()
    for name, column in columns.items():
        missing = {case[0] for case in cases} ^ (set(column) - {"version"})
        assert not missing, (name, missing)
    return picture.main({
        "tests/interop/handshakes.md": page(cases, recorded, columns),
        "tests/interop/handshakes.svg": draw(cases, columns)})


sys.exit(main())
