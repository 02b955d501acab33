# SPDX-License-Identifier: MIT
"""What was aimed at and what was measured: bench.md and bench.svg.

usage: report.py RESULTS MASKED COUNTS

The files are what run.sh collected; MASKED are times with OpenSSL's SHA-NI
off.  Writes into the current folder, and the text to stdout.
"""
import collections
import statistics
import sys
import time

import chart

NONE = "not measured"

JOBS = [
    ("parse", "Parse only",
     "The head is checked, and where its parts are is known.  upshake makes no "
     "list of fields here, its peers always do."),
    ("fields", "Parse, and every field in an array",
     "The array is the caller's, and is filled while the head is parsed."),
    ("judge", "Parse and judge",
     "Bytes are received into memory, parsed, and all that RFC 6455 4.2.1 "
     "asks for is checked."),
    ("full", "Full handshake",
     "The same, and the bytes of the 101 are written."),
    ("room", "Full handshake, nothing copied",
     "The bytes are parsed where they were received: upshake_commit."),
    ("plain", "A plain request, and its 200",
     "On a kept connection.  Host and framing are checked.  The 200 is the "
     "host's own."),
    ("response", "The head of a response",
     "Bytes are received into memory, parsed, and every field is in an array."),
    ("chunked", "A chunked body",
     "4096 bytes of content.  upshake gives each piece where it is; "
     "picohttpparser moves the pieces together."),
    ("accept", "Sec-WebSocket-Accept",
     "Keys that do not depend on each other; latency: each key is what came "
     "out before."),
]


BUILDS = {"upshake": "usual, SSE2", "upshake-cpu": "usual, SHA-NI",
          "upshake-portable": "UPSHAKE_PORTABLE"}


class Results:
    """Lines of name, tab, values: times, counts and facts."""

    def __init__(self, paths):
        self.times, self.counts, self.facts = {}, {}, {}
        self.loopback = collections.defaultdict(list)
        self.versions = []
        for path in paths:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    self.take(*line.rstrip("\n").split("\t"))

    def take(self, kind, *values):
        """Remember one line."""
        if kind == "time":
            row, name, samples = values
            self.times[row, name] = [float(s) for s in samples.split()]
        elif kind == "count":
            self.counts[values[0], values[1]] = int(values[2])
        elif kind == "loopback":
            self.loopback[values[0]].append(float(values[1]))
        elif kind == "version":
            if values[0] not in self.versions:
                self.versions.append(values[0])
        else:
            self.facts[(kind,) + values[:-1]] = values[-1]

    def ratio(self, row, name, peer):
        """Return the ratio of medians, and the quartiles of all rounds'."""
        mine, other = self.times.get((row, name)), self.times.get((row, peer))
        if not mine or not other:
            return None
        rounds = statistics.quantiles([a / b for a, b in zip(mine, other)])
        middle = statistics.median(mine) / statistics.median(other)
        return middle, rounds[0], rounds[2]

    def median(self, row, name):
        """Return nanoseconds, or None."""
        samples = self.times.get((row, name))
        return statistics.median(samples) if samples else None


def ratio_targets(results, masked):
    """Return (measure, limit, aim, (ratio, low, high) or None) for each."""
    pico, sse42 = "picohttpparser", "picohttpparser-sse42"
    full = sse42 + "+openssl"
    rows = [
        ("Fields in an array, 1024 requests: vs picohttpparser, same flags",
         0.45, None, "fields-1024", "upshake", pico),
        ("the same: vs picohttpparser with SSE4.2",
         0.58, None, "fields-1024", "upshake", sse42),
        ("the same, browser's request: vs picohttpparser",
         0.55, None, "fields-browser", "upshake", pico),
        ("the same, 60 tiny fields", 1.00, None, "fields-tiny60", "upshake",
         pico),
        ("the same, 1024 requests, portable C",
         0.97, None, "fields-1024", "upshake-portable", pico),
        ("the same, segments of 536 bytes",
         0.35, None, "fields-1024-segments", "upshake", pico),
        ("Full, browser's request, SHA-NI on both sides: vs picohttpparser "
         "with SSE4.2 + OpenSSL SHA1_*",
         0.65, 0.58, "full-browser", "upshake-cpu", full),
        ("the same, RFC 6455's sample",
         0.77, 0.72, "full-rfc6455", "upshake-cpu", full),
        ("the same, 1024 requests", 0.68, 0.63, "full-1024", "upshake-cpu",
         full),
        ("the same, where it was received: nothing is copied",
         0.68, None, "room-1024", "upshake-cpu", full),
        ("Full, browser's request, portable C: vs picohttpparser + OpenSSL "
         "SHA1_* with its SHA-NI",
         1.00, None, "full-browser", "upshake-portable", pico + "+openssl"),
        ("Parse, 1024 requests: vs picohttpparser, same flags",
         0.41, None, "parse-1024", "upshake", pico),
        ("Parse, browser's request, byte by byte: vs picohttpparser",
         0.45, None, "parse-browser-octets", "upshake", pico),
        ("Plain request and its 200: vs picohttpparser",
         1.00, None, "plain-200", "upshake", pico),
        ("Response head: vs phr_parse_response",
         0.50, None, "response-256", "upshake", pico),
        ("Chunked body, chunks of 1024 bytes: vs phr_decode_chunked",
         1.00, None, "chunked-1024", "upshake", pico),
        ("the same, chunks of 16 bytes",
         1.00, None, "chunked-16", "upshake", pico),
        ("Accept, portable C: vs uWebSockets",
         0.80, None, "accept", "upshake-portable", "uwebsockets"),
        ("Accept, portable C: vs OpenSSL SHA1_* without SHA-NI",
         0.90, None, None, "upshake-portable", "openssl"),
        ("Accept, SHA-NI: vs OpenSSL SHA1_* with it, throughput",
         0.60, None, "accept", "upshake-cpu", "openssl"),
        ("the same, latency",
         0.72, None, "accept-latency", "upshake-cpu", "openssl"),
    ]
    for measure, limit, aim, row, name, peer in rows:
        found = results if row else masked
        yield measure, limit, aim, found.ratio(row or "accept", name, peer)


def count_targets(results):
    """Return (measure, limit, number or None) for what is counted."""
    counts = results.counts

    def quotient(above, below, scale=1.0):
        a, b = counts.get((above, "upshake")), counts.get((below, "upshake"))
        return a / b * scale if a and b else None

    octets = [int(results.facts.get(("corpus", c, "1"), 1))
              for c in ("browser", "fat")]
    yield ("Parse byte by byte, instructions for each byte: a request of "
           "kilobytes vs the browser's (linear: 1)", 1.1,
           quotient("parse-fat-octets", "parse-browser-octets",
                    octets[0] / octets[1]))
    yield ("Parse, browser's request: instructions", 1698,
           counts.get(("parse-browser", "upshake")))
    yield ("the same, 60 tiny fields", 4880,
           counts.get(("parse-tiny60", "upshake")))
    yield ("Full, browser's request: instructions, without SHA-NI", 4900,
           counts.get(("full-browser", "upshake")))
    yield ("the same, RFC 6455's sample", 4300,
           counts.get(("full-rfc6455", "upshake")))
    used = results.facts.get(("allocations", "upshake"))
    yield "Allocations", 0, None if used is None else int(used)
    yield ("State for a connection, bytes", 160,
           int(results.facts["state", "upshake"]))
    stack = results.facts.get(("stack",))
    yield "Stack on the deepest path, bytes", 320, stack and int(stack)


def is_met(value, limit):
    """Return the word for the last column."""
    return "yes" if value <= limit else "no"


def number(value):
    """Return a count, or a quotient with its digits."""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def target_lines(results, masked):
    """Return the table of targets."""
    yield "| measure | target | measured | quartiles | met |"
    yield "|---|---|---|---|---|"
    for measure, limit, aim, found in ratio_targets(results, masked):
        target = f"<= {limit:.2f}" + (f", aim {aim:.2f}" if aim else "")
        if found is None:
            yield f"| {measure} | {target} | {NONE} | | |"
            continue
        middle, low, high = found
        yield (f"| {measure} | {target} | **{middle:.2f}** | "
               f"{low:.2f} to {high:.2f} | {is_met(middle, limit)} |")
    for measure, limit, value in count_targets(results):
        target = f"<= {limit}" if limit else "0"
        if value is None:
            yield f"| {measure} | {target} | {NONE} | | |"
        else:
            yield (f"| {measure} | {target} | **{number(value)}** | | "
                   f"{is_met(value, limit)} |")
    yield loopback_line(results)
    yield ("| Cortex-M0+, `-Os`: server side / head parser, bytes of text | "
           "<= 8192 / 1638 | `tests/cortex-m/run.sh` | | |")


def readme_lines(results):
    """Return the table of README: the rows of the chart."""
    yield "| what | build | peer = 1 | time | aimed at |"
    yield "|---|---|---|---:|---:|"
    for (row, what, name, peer, aim), ratio in chart.ratios(results):
        yield (f"| {what} (`{row}`) | {BUILDS[name]} | {chart.label(peer)} | "
               + (f"**{ratio:.2f}**" if ratio else NONE)
               + f" | {f'{aim:.2f}' if aim else ''} |")


def loopback_line(results):
    """Return the line of the two servers."""
    measure = ("Server's processor time for a connection over loopback: vs a "
               "fixed 101")
    ours, canned = results.loopback["upshake"], results.loopback["canned"]
    if not ours or not canned:
        return f"| {measure} | reported | {NONE} | | |"
    rounds = statistics.quantiles([a / b for a, b in zip(ours, canned)])
    mine, other = statistics.median(ours), statistics.median(canned)
    return (f"| {measure} | reported | **{mine / other:.2f}** "
            f"({mine:.1f} / {other:.1f} us) | "
            f"{rounds[0]:.2f} to {rounds[2]:.2f} | |")


def time_lines(results, job):
    """Return one job's table: a line for each row, a column for each side."""
    rows = list(dict.fromkeys(r for r, _ in results.times
                              if r.split("-")[0] == job))
    names = list(dict.fromkeys(n for r, n in results.times if r in rows))
    yield "| ns for a request | " + " | ".join(map(chart.label, names)) + " |"
    yield "|---|" + "---:|" * len(names)
    for row in rows:
        medians = (results.median(row, name) for name in names)
        cells = ("" if m is None else f"{m:.0f}" for m in medians)
        yield f"| {row} | " + " | ".join(cells) + " |"


def count_lines(results):
    """Return the table of instructions."""
    yield "| instructions for a request | contestant | |"
    yield "|---|---|---:|"
    for (row, name), value in results.counts.items():
        yield f"| {row} | {chart.label(name)} | {value} |"


def memory_lines(results):
    """Return the table of states and allocations."""
    yield ("| contestant | state, bytes, without buffers and lists of fields "
           "| allocations in all rows |")
    yield "|---|---:|---:|"
    for key, used in results.facts.items():
        if key[0] == "allocations":
            state = results.facts.get(("state", key[1]), "")
            yield f"| {chart.label(key[1])} | {state} | {used} |"


def machine():
    """Return the processor's name."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = dict(l.split(":", 1) for l in file if ":" in l)
    except OSError:
        return "unknown processor"
    # The keys are padded with tabs.
    found = {key.strip(): value.strip() for key, value in lines.items()}
    name = found.get("model name", "unknown processor")
    if "cpu family" in found:
        name += f" (family {found['cpu family']}, model {found['model']})"
    return name + (", SHA-NI" if "sha_ni" in found.get("flags", "") else "")


def provenance(results):
    """Return where, by what and when, in one line."""
    compiler = results.facts.get(("compiler",), "unknown compiler")
    flags = results.facts.get(("flags",), "")
    return (f"{machine()}; {compiler}; `{flags}`; "
            f"{time.strftime('%Y-%m-%d', time.gmtime())}")


def report(results, masked):
    """Return all of the text."""
    yield "# What was aimed at, and what was measured"
    yield ""
    yield provenance(results) + "."
    yield ""
    yield "Peers: " + ", ".join(results.versions) + "."
    yield ""
    if ("quick",) in results.facts:
        yield from ("**A smoke test: the times mean nothing.**", "")
    yield ("Ratios are of medians; below 1 is faster than the peer.  All sides "
           "of a row take turns in one process, built with the same flags but "
           "for SSE4.2.  `upshake` is the default build, `portable C` is with "
           "UPSHAKE_PORTABLE, `SHA-NI` is the default build with what "
           "upshake_cpu_hash() found.")
    yield ""
    yield from readme_lines(results)
    yield ""
    yield from target_lines(results, masked)
    for job, title, what in JOBS:
        yield from ("", f"## {title}", "", what, "")
        yield from time_lines(results, job)
    if masked.times:
        yield from ("", "## The same, OpenSSL and nettle without SHA-NI", "")
        yield from time_lines(masked, "accept")
    yield from ("", "## Instructions", "")
    yield from count_lines(results)
    yield from ("", "## Memory", "")
    yield from memory_lines(results)


def main():
    """Write the two files."""
    results = Results([sys.argv[1], sys.argv[3]])
    masked = Results([sys.argv[2]])
    if masked.facts.get(("fact", "openssl_sha")) != "0":
        masked.times.clear()  # the mask did nothing here
    text = "\n".join(report(results, masked)) + "\n"
    with open("bench.md", "w", encoding="utf-8") as file:
        file.write(text)
    with open("bench.svg", "w", encoding="utf-8") as file:
        file.write(chart.draw(results))
    print()
    print(text)


if __name__ == "__main__":
    main()
