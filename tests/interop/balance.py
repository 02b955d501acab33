# SPDX-License-Identifier: MIT
"""HAProxy with three demos behind it, one of which is killed while clients
come and go, and later started again: every client goes on, and no answer is
malformed.

usage: balance.py DEMO
"""
import collections
import contextlib
import random
import re
import sys
import threading
import time

import proxies
import wire

CLIENTS = 24
BEFORE_S, WITHOUT_S, AFTER_S = 2, 3, 3


class Client(threading.Thread):
    """Opens, sends some messages, closes, and again, until told to end."""

    def __init__(self, port, counts, over):
        super().__init__()
        self.port, self.counts, self.over = port, counts, over
        self.echoed = 0      # when the last message came back
        self.wrong = None    # what must not be

    def run(self):
        try:
            while not self.over.is_set():
                self.visit()
        except Exception as wrong:
            self.wrong = wrong

    def visit(self):
        with wire.Connection(proxies.HOST, self.port) as connection:
            fields, key = wire.websocket_fields(proxies.HOST, self.port)
            connection.send(wire.request("GET /balanced HTTP/1.1", fields))
            # The end of a connection here is an answer that is not whole:
            # HAProxy has to say something.
            status, answer = connection.take_head()
            self.counts[status] += 1
            if status != 101:
                connection.take_content(answer)
                return
            if answer["sec-websocket-accept"] != wire.accept_of(key):
                raise wire.Malformed(str(answer))
            try:
                self.talk(connection)
            except (wire.Ended, ConnectionError):
                self.counts["broken off"] += 1

    def talk(self, connection):
        for _ in range(random.randrange(1, 60)):
            connection.echo(random.randbytes(random.randrange(200)))
            self.echoed = time.monotonic()
            time.sleep(0.005)
        connection.close()


def three_servers(demos):
    def change(text):
        line = re.search(r"^ *server one .*\n", text, re.MULTILINE)[0]
        return text.replace(line, "".join(
            line.replace(" one ", f" s{demo.port} ").replace(
                ":8080", f":{demo.port}") for demo in demos))
    return change


def switched(demo):
    """How many handshakes went to this one since the last time."""
    count = 0
    while not demo.lines.empty():
        line = demo.next_line()
        assert " switched 101 OK" in line, line
        count += 1
    return count


def start_again(program, port):
    """A client's end of a connection may have that port for a moment."""
    for _ in range(20):
        with contextlib.suppress(RuntimeError):
            return wire.Demo(program, port=port)
        time.sleep(0.1)
    raise RuntimeError(f"port {port} is taken")


def run_clients(proxy, program, demos):
    counts, over = collections.Counter(), threading.Event()
    clients = [Client(proxy.port, counts, over) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        time.sleep(BEFORE_S)
        demos[1].kill()
        killed = time.monotonic()
        before = [switched(demo) for demo in demos]
        time.sleep(WITHOUT_S)
        without = [switched(demo) for demo in demos]
        demos[1] = start_again(program, demos[1].port)
        time.sleep(AFTER_S)
    finally:
        over.set()
        for client in clients:
            client.join()
    after = [switched(demo) for demo in demos]
    for client in clients:
        assert client.wrong is None, repr(client.wrong)
        assert client.echoed > killed, "a client did not come back"
    print("handshakes of each:", before, without, after)
    print("answers:", dict(counts))
    assert all(before) and all(after), "a server was left out"
    assert without[1] == 0 and counts["broken off"] > 0, "nothing was killed"


def main(program):
    demos = [wire.Demo(program) for _ in range(3)]
    try:
        with proxies.running("haproxy", demos[0],
                             three_servers(demos)) as proxy:
            run_clients(proxy, program, demos)
    finally:
        ends = [wire.stop(demo.process) for demo in demos]
    assert ends == [0, 0, 0], ends


if __name__ == "__main__":
    main(sys.argv[1])
