# SPDX-License-Identifier: MIT
"""upshake-inspect on the forms in which people have a handshake: the files of
tests/forms, each with its verdict and its words, and forms of bytes that no
text file can hold.

usage: test_inspect_forms.py PROGRAM [pcap]

`pcap` says that the program was built with libpcap.
"""
import gzip
import json
import os
import random
import struct
import subprocess
import sys

PROGRAM = sys.argv[1]
HAS_PCAP = "pcap" in sys.argv[2:]
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forms")
STATUSES = {"switched": 0, "refused": 1, "plain": 2, "other": 2,
            "incomplete": 3}
FIELDS = (b"Host: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          b"Sec-WebSocket-Version: 13\r\n")
REQUEST = b"GET /chat HTTP/1.1\r\n" + FIELDS + b"\r\n"
ANSWER = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
          b"Connection: Upgrade\r\n"
          b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")


def run(content, *options):
    process = subprocess.run([PROGRAM, *options], input=content, timeout=60,
                             capture_output=True)
    assert process.stderr == b"", process.stderr.decode()
    return process.returncode, process.stdout


def rows():
    with open(os.path.join(FOLDER, "forms.tsv"), encoding="ascii") as table:
        for line in table:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def read(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def judged(content, *options):
    """The outcomes and the inputs of the JSON, and its objects."""
    status, out = run(content, "--json", "--from", "auto", *options)
    said = [json.loads(line) for line in out.splitlines()]
    outcomes = [one["outcome"] for one in said]
    assert status == STATUSES[outcomes[-1]], (status, outcomes)
    return outcomes, {one["input"] for one in said}, said


def is_safe(out):
    return all(0x20 <= byte < 0x7f or byte == 0x0a for byte in out)


def check(name, content, outcomes, form, words):
    got = judged(content)
    assert got[0] == outcomes.split(), (name, got[0])
    assert got[1] == {form}, (name, got[1])
    status, out = run(content)
    assert status == STATUSES[got[0][-1]], (name, status)
    assert is_safe(out), (name, out)
    for word in words.split("|"):
        assert word in out.decode(), (name, word, out.decode())


# ---- What a file can hold ----------------------------------------------------

def it_says_of_each_form_what_it_has_to():
    count = 0
    for name, _, outcomes, form, words in rows():
        check(name, read(name), outcomes, form, words)
        count += 1
    assert count >= 60, count
    files = set(os.listdir(FOLDER)) - {"forms.tsv"}
    assert files == {row[0] for row in rows()}, files


def it_reads_each_form_if_it_is_named():
    readers = {"curl-v", "curl", "har", "tcpdump", "follow", "devtools"}
    for name, _, outcomes, form, _ in rows():
        if form in readers:
            status, out = run(read(name), "--json", "--from", form)
            said = [json.loads(line) for line in out.splitlines()]
            assert [one["outcome"] for one in said] == outcomes.split(), name
    status, out = run(REQUEST, "--from", "har")
    assert status == 1 and b"no request: this is a HAR file" in out, out


def it_takes_the_exact_bytes_where_it_is_told_to():
    for name, _, _, form, _ in rows():
        exact = [run(read(name), *options)
                 for options in (["--json"], ["--json", "--from=raw"],
                                 ["--json", "--strict"], ["--json", "--feed=7"])]
        assert all(one[0] == exact[0][0] for one in exact), name
        assert all(one[1] == exact[0][1] for one in exact[:3]), name
        assert exact[0][1].count(b"\n") == 1, name
        if form == "raw":
            continue
        assert exact[0][0] in (1, 3), (name, exact[0])
    assert run(read("lf"), "--strict")[0] == 1
    assert run(read("lf"), "--feed", "5")[0] == 1


def it_names_the_form_of_exact_bytes_that_are_refused():
    for name, form in (("curl-v", "curl-v"), ("copy-as-curl", "curl"),
                       ("har", "har"), ("tcpdump-a", "tcpdump"),
                       ("nginx-access", "log"), ("response", "response"),
                       ("hexdump", "hexdump"), ("follow-ascii", "follow")):
        status, out = run(read(name), "--json")
        assert (status, json.loads(out)["input"]) == (1, form), (name, out)


def it_chooses_one_entry():
    content = read("har-two")
    for entry, outcomes in (1, ["switched", "switched"]), (
            2, ["refused", "other"]):
        assert judged(content, "--entry", str(entry))[0] == outcomes
    two = read("two-requests")
    assert judged(two, "--entry=2")[0] == ["switched"]
    process = subprocess.run([PROGRAM, "--entry", "3"], input=content,
                             capture_output=True, timeout=60)
    assert process.returncode == 66, process
    assert b"there is no entry 3: the input has 2" in process.stderr, process
    assert process.stdout == b"", process


def it_judges_a_response_in_a_form_and_its_request_in_another():
    for asked, answer, form, status in (
            ("lf", "response-lf", "text", 0), ("curl-v", "curl-v", "curl-v", 0),
            ("copy-as-curl", "both", "raw", 0), ("raw", "har", "har", 0),
            ("har", "tcpdump-a", "tcpdump", 0), ("raw", "lf", "text", 1),
            ("bom", "response", "text", 0), ("raw", "hexdump", "hexdump", 1)):
        path = os.path.join(FOLDER, asked)
        options = ["--client", "--from=auto", "--request", path]
        status_got, out = run(read(answer), *options, "--json")
        assert status_got == status, (asked, answer, out)
        assert json.loads(out)["input"] == form, (asked, answer, out)
        assert run(read(answer), *options)[0] == status, (asked, answer)
    exact = ["--client", "--request", os.path.join(FOLDER, "raw")]
    assert run(read("response"), *exact)[0] == 0
    assert run(read("response-lf"), *exact)[0] == 1


def it_knows_wrong_names_of_forms():
    for wrong in ["--from", "x"], ["--from="], ["--entry", "0"], [
            "--from", "gzip"], ["--strict=1"]:
        process = subprocess.run([PROGRAM, *wrong], input=REQUEST,
                                 capture_output=True, timeout=60)
        assert process.returncode == 64, (wrong, process)


# ---- What it cannot ----------------------------------------------------------

def it_reads_utf_16():
    text = REQUEST.decode()
    for encoding in "utf-16-le", "utf-16-be":
        for mark, words in ("\ufeff", "UTF-16 decoded, BOM removed"), (
                "", "UTF-16 decoded"):
            check(encoding, (mark + text).encode(encoding), "switched", "text",
                  words)
    lines = text.replace("\r\n", "\n") + "\U0001F600"
    check("lf", lines.encode("utf-16"), "switched", "text", "UTF-16|LF")
    outcomes, forms, _ = judged(("\ufeff" + read("curl-v").decode())
                                .encode("utf-16-le"))
    assert (outcomes, forms) == (["switched"] * 2, {"curl-v"}), outcomes


def it_calls_bytes_what_they_are():
    for name, content, form, words in (
            ("gzip", gzip.compress(REQUEST), "gzip", "gzip|gunzip"),
            ("zip", b"PK\3\4\x14\0\0\0", "zip", "ZIP"),
            ("proxy", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + b"\x7f\0\0\1" * 3
             + REQUEST, "proxy-v2", "proxy|PROXY protocol, version 2"),
            ("http2", b"\0\0\x12\4\0\0\0\0\0" + bytes(18), "http2", "HTTP/2"),
            ("tls", b"\x16\3\1\2\0\1\0\1\xfc\3\3", "raw", "TLS|wss://"),
            ("zeros", bytes(100), "raw", "METHOD_BYTE")):
        check(name, content, "refused", form, words)


# ---- Recordings of packets ---------------------------------------------------

def tcp(source, target, number, payload=b"", flags=0x18, version=4):
    header = struct.pack(">HHIIBBHHH", source, target, number & 0xffffffff, 0,
                         0x50, flags, 512, 0, 0)
    segment = header + payload
    if version == 6:
        return struct.pack(">IHBB", 6 << 28, len(segment), 6, 64) \
            + bytes(15) + b"\1" + bytes(15) + b"\1" + segment
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0, 64, 6,
                       0, b"\x7f\0\0\1", b"\x7f\0\0\1") + segment


LINKS = {1: bytes(12) + b"\x08\0", 0: b"\2\0\0\0", 101: b"",
         113: bytes(14) + b"\x08\0", 276: b"\x08\0" + bytes(18)}


def pcap(packets, link=1, order="<", prefix=None):
    out = struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link)
    for packet in packets:
        frame = (LINKS[link] if prefix is None else prefix) + packet
        out += struct.pack(order + "IIII", 1, 0, len(frame), len(frame)) + frame
    return out


def pcapng(packets):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = len(body) + 12
        return struct.pack("<II", kind, size) + body + struct.pack("<I", size)

    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack("<HHI", 1, 0, 65535))
    for packet in packets:
        frame = LINKS[1] + packet
        out += block(6, struct.pack("<IIIII", 0, 0, 0, len(frame), len(frame))
                     + frame)
    return out


def connection(client=5000, first=100, request=REQUEST, answer=ANSWER,
               version=4):
    """SYN and answer, the request in two segments, the response in two."""
    cut = len(request) // 2
    begin, back = first + 1, 0xfffffff0 - first
    return [tcp(client, 80, first, flags=2, version=version),
            tcp(80, client, back, flags=0x12, version=version),
            tcp(client, 80, begin, request[:cut], version=version),
            tcp(client, 80, begin + cut, request[cut:], version=version),
            tcp(80, client, back + 1, answer[:40], version=version),
            tcp(80, client, back + 41, answer[40:], version=version)]


def it_reads_recordings_of_packets():
    packets = connection()
    if not HAS_PCAP:
        check("pcap", pcap(packets), "refused", "pcap",
              "pcap|tshark -q -z follow")
        return
    both = "switched switched"
    for content in [pcap(packets, link) for link in LINKS] + [
            pcap(packets, order=">"), pcapng(packets),
            pcap(packets, prefix=bytes(12) + b"\x81\0\0\1\x08\0"),
            pcap(connection(version=6), prefix=bytes(12) + b"\x86\xdd")]:
        check("pcap", content, both, "pcap", "pcap|The response to it")


def it_puts_tcp_in_order():
    if not HAS_PCAP:
        return
    packets = connection(first=0xffffffc0)
    for seed in range(8):
        shuffled = packets + packets[2:4]  # sent again
        random.Random(seed).shuffle(shuffled)
        assert judged(pcap(shuffled))[0] == ["switched"] * 2, seed
    late = connection()[2:]  # the recording began after the SYN
    late.reverse()
    assert judged(pcap(late))[0] == ["switched"] * 2
    overlap = connection()
    overlap.insert(3, tcp(5000, 80, 101, REQUEST[:120]))
    assert judged(pcap(overlap))[0] == ["switched"] * 2
    lost = connection()
    del lost[3]
    assert judged(pcap(lost))[0][0] == "incomplete"


def it_finds_the_upgrade_among_other_requests():
    if not HAS_PCAP:
        return
    plain = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    other = connection(6000, request=plain, answer=page + b"x" * 40)
    kept = connection(7000, request=plain + REQUEST, answer=page + ANSWER)
    again = connection(5000, 9000, REQUEST.replace(b"13", b"8"), b"HTTP/1.1 426 "
                       b"Upgrade Required\r\nContent-Length: 0\r\n\r\n")
    assert judged(pcap(other))[0] == ["plain", "other"]
    assert judged(pcap(other + kept))[0] == ["switched"] * 2
    assert judged(pcap(connection() + other + again))[0] == [
        "switched", "switched", "refused", "other"]
    assert judged(pcap(connection() + again), "--entry=2")[0] == [
        "refused", "other"]
    tls = connection(request=b"\x16\3\1\2\0\1\0\1\xfc\3\3" + bytes(40))
    assert judged(pcap(tls))[2][0]["error"] == "TLS"


def it_says_what_a_recording_lacks():
    if not HAS_PCAP:
        return
    check("none", pcap([]), "refused", "pcap", "pcap|no HTTP/1.1")
    check("cut", pcap([])[:10], "refused", "pcap", "pcap|libpcap cannot read")


# ---- What a terminal must not obey -------------------------------------------

def it_prints_nothing_that_a_terminal_obeys():
    random.seed(17)
    for name, *_ in rows():
        content = bytearray(read(name) or b"x")
        for _ in range(8):
            at = random.randrange(len(content))
            content[at:at + random.randrange(2)] = \
                random.choice([b"\x1b[31m", b"\x9b", b"\0", b"\r", b"\xff"])
        options = random.choice([[], ["--reply"], ["--json", "--from=auto"]])
        process = subprocess.run([PROGRAM, *options], input=bytes(content),
                                 capture_output=True, timeout=60)
        assert process.returncode in (0, 1, 2, 3), (name, process)
        assert is_safe(process.stdout), (name, process.stdout)
        assert process.stderr == b"", (name, process.stderr)


for name, test in list(globals().items()):
    if name.startswith("it_"):
        test()
        print("ok", name, flush=True)
