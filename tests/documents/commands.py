# SPDX-License-Identifier: MIT
"""The commands that a document shows, run in its order in a copy of the tree.

```sh                  each line is a command, and succeeds
```sh serve            ... which runs until the next one that serves, or until
                       the end; what it listens on is there when this begins
```console             "$ COMMAND", and below it what it prints.  There "..."
                       is any text, and alone on a line any lines.  The exit
                       status does not count
```text log            lines that the command which serves has printed since
                       its start, one after the other
```text browser URL    what a browser shows there in <pre>; left out if there is
                       no chromedriver
"""
import os
import re
import signal
import socket
import subprocess
import sys
import time

import markdown

PORTS = re.compile(r"\b(80[89]\d|81\d\d)\b")
SECONDS = 300  # of one command
# What is believed: here it would change the machine.
AS_ROOT = ("ldconfig # root", "systemctl reload nginx # root",
           "systemctl reload haproxy # root",
           "a2enmod proxy proxy_http && a2ensite apache # root",
           "systemctl restart apache2 # root")


class Ports:
    """Maps the ports of the documents to free ones, if they are taken."""

    def __init__(self):
        self.map = {}

    @staticmethod
    def _is_free(port):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True

    def _choose(self, port):
        if self._is_free(int(port)):
            return port
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            other = str(one.getsockname()[1])
        print(f"port {port} is taken; {other} is used instead")
        return other

    def __call__(self, text):
        for port in PORTS.findall(text):
            if port not in self.map:
                self.map[port] = self._choose(port)
        return PORTS.sub(lambda port: self.map[port[1]], text)

    def move(self, folder):
        """In the C files there too."""
        for place, _, files in os.walk(folder):
            for name in files:
                if name.endswith(".c"):
                    with open(os.path.join(place, name), "r+",
                              encoding="utf-8") as file:
                        text = self(file.read())
                        file.seek(0)
                        file.write(text)
                        file.truncate()


PORTS_HERE = Ports()  # the same for all documents


def commands_of(block):
    """(command, the lines that it prints)."""
    found = []
    for line in block.lines:
        if found and found[-1][0].endswith("\\"):
            found[-1][0] = found[-1][0][:-1] + line.strip()
        elif found and found[-1][0].count("'") % 2:  # an open quote
            found[-1][0] += "\n" + line
        elif block.kind == "sh":
            if line.strip() and not line.startswith("#"):
                found.append([line, []])
        elif line.startswith("$ "):
            found.append([line[2:], []])
        else:
            found[-1][1].append(line)
    return found


def pattern_of(lines):
    """A regular expression for what a command prints."""
    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*")
        else:
            parts.append(".*".join(map(re.escape, line.split("..."))) + r"\n")
    return "".join(parts)


class Session:
    def __init__(self, document, clone, ports, quick):
        self.document, self.clone, self.ports = document, clone, ports
        self.quick, self.server, self.log = quick, None, None
        self.prefix = os.path.join(os.path.dirname(clone), "prefix")
        self.environment = dict(os.environ, PKG_CONFIG_PATH=os.path.join(
            self.prefix, "lib/pkgconfig"))

    # What a command becomes here ---------------------------------------------

    def _rewritten(self, command):
        """None if it is left out.  What needs root installs elsewhere."""
        if self.quick:
            command = self._quick(command)
            if command is None:
                return None
        if command == "sh tests/run.sh":  # it runs this test
            with open(os.path.join(self.clone, ".ci/run")) as file:
                return "true" if '"tests/run.sh"' in file.read() else "false"
        packages = re.match(r"apt-get install (?:-y )?(.*) # root", command)
        if packages:  # the test has installed them, if the document says so
            return ("command -v dpkg >/dev/null || exit 0; "
                    f"dpkg -s {packages[1]} >/dev/null")
        if command.startswith("cmake --install "):
            return f"{command.replace(' # root', '')} --prefix '{self.prefix}'"
        copied = re.match(r"cp (\S+) /etc/\S+ # root", command)
        if copied:  # tests/interop runs it
            return f"test -s {copied[1]}"
        if command.endswith("# root"):
            return "true" if command in AS_ROOT else "false"
        return command

    def _quick(self, command):
        if command.startswith("sh examples/run.sh "):
            command = "build/upshake-demo " + command.split("run.sh ")[1]
        if re.search(r"\Acmake|pkg-config|\Aldconfig", command):
            return None
        program = command.split(" ")[0]
        if program.startswith("build/") and not os.path.exists(
                os.path.join(self.clone, program)):
            return None
        return command

    # Running ------------------------------------------------------------------

    def run(self, block):
        for command, shown in commands_of(block):
            self._try(block, command, shown)

    def _try(self, block, command, shown):
        rewritten = self._rewritten(command)
        if rewritten is None:
            print(f"left out: {command}")
            return
        rewritten = self.ports(rewritten)
        if "serve" in block.words or command.startswith("sh examples/run.sh "):
            said, status = self._serve(rewritten, shown), 0
        else:
            done = subprocess.run(
                ["sh", "-c", rewritten], cwd=self.clone, timeout=SECONDS,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, env=self.environment)
            said = done.stdout.decode(errors="replace").replace("\r", "")
            status = done.returncode
        if block.kind == "sh" and status != 0:
            self._fail(block, f"failed: {command}\n{said}")
        if block.kind == "console" and not re.fullmatch(
                self.ports(pattern_of(shown)), said):
            self._fail(block, f"shows another output of: {command}\n{said}")
        print(f"ok: {command}", flush=True)

    def _fail(self, block, what):
        raise markdown.Wrong(self.document, block.line, what)

    def _serve(self, command, shown):
        """Returns what it printed, when that is as shown, or when it listens.
        A failing command shows what it printed too."""
        self.end()
        path = os.path.join(os.path.dirname(self.clone), "served")
        with open(path, "wb") as log:
            self.server = subprocess.Popen(  # a group, to which Ctrl-C goes
                ["sh", "-c", "exec " + command], cwd=self.clone, stdout=log,
                stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                start_new_session=True, env=self.environment,
                preexec_fn=lambda: signal.signal(signal.SIGINT,
                                                 signal.SIG_DFL))
        self.log = path
        pattern = self.ports(pattern_of(shown)) or \
            r"(?s).*(?:listening on|Ctrl-C ends|http://).*"
        end = time.monotonic() + SECONDS
        while True:
            with open(path, errors="replace") as file:
                said = file.read()
            if (re.fullmatch(pattern, said) or self.server.poll() is not None
                    or time.monotonic() > end):
                return said
            time.sleep(0.05)

    def log_has(self, block):
        """Waits for these lines."""
        pattern = self.ports(pattern_of(block.lines))
        end = time.monotonic() + 10
        while True:
            with open(self.log, errors="replace") as file:
                said = file.read()
            if re.search(r"(?m)^" + pattern, said):
                return
            if time.monotonic() > end:
                self._fail(block, f"the server printed:\n{said}")
            time.sleep(0.05)

    def end(self):
        """Ends the server as Ctrl-C does."""
        if self.server is None:
            return
        if self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGINT)
        status = self.server.wait(timeout=20)
        self.server = None
        if status not in (0, -signal.SIGINT):
            raise markdown.Wrong(self.document, 0,
                                 f"a server ended with status {status}")

    # A browser ----------------------------------------------------------------

    def browse(self, block):
        sys.path.insert(0, os.path.join(self.document.root, "tests/interop"))
        import chromium_client  # only where it is needed
        url = self.ports(block.words[2])
        with chromium_client.browser() as page:
            page.ask("POST", "/url", {"url": url})
            said = page.wait("pre", r"\A" + self.ports(
                pattern_of(block.lines))[:-2] + r"\Z")
        print(f"ok: a browser at {url} shows {said!r}", flush=True)
