# SPDX-License-Identifier: MIT
"""A proxy in front of upshake-demo: what each makes of a handshake, with the
configuration that lies here to be copied, and with what is easily forgotten
in it.

usage: proxies.py DEMO nginx|haproxy|apache [deflate]

DEMO is the program.  With "deflate" it can do permessage-deflate, and a real
client has to agree on it through the proxy.  Prints a line for each check.
"""
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile

import wire

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = "127.0.0.1"

# What is around the part to be copied: everything in the folder {folder}, as
# the user who runs this.
NGINX = """
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/log;
worker_processes 1;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/client;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/copied;
}}
"""
APACHE = """
{user}
ServerRoot /usr/lib/apache2
DefaultRuntimeDir {folder}
PidFile {folder}/pid
Mutex file:{folder}
ErrorLog {folder}/log
ServerName localhost
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule env_module modules/mod_env.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
Include {folder}/copied
"""

# The file to be copied, what is around it, the command.
PROXIES = {
    "nginx": ("nginx.conf", NGINX,
              ["/usr/sbin/nginx", "-c", "{folder}/all", "-e",
               "{folder}/log"]),
    "haproxy": ("haproxy.cfg", "",
                ["/usr/sbin/haproxy", "-db", "-f", "{folder}/copied"]),
    "apache": ("apache.conf", APACHE,
               ["/usr/sbin/apache2", "-f", "{folder}/all", "-DFOREGROUND"]),
    "h2o": ("h2o.conf", "", ["/usr/bin/h2o", "-c", "{folder}/copied"]),
    "lighttpd": ("lighttpd.conf", "",
                 ["/usr/sbin/lighttpd", "-D", "-f", "{folder}/copied"]),
}
USER = {"nginx": "user root;", "apache": "User www-data\nGroup www-data"}


class Proxy:
    """A proxy that runs.  `change` edits the configuration."""

    def __init__(self, name, demo, folder, change=lambda text: text):
        copied, around, command = PROXIES[name]
        self.name, self.demo, self.port = name, demo, wire.free_port()
        # Only root has another user to run as.
        words = {"folder": folder,
                 "user": USER.get(name, "") if os.geteuid() == 0 else ""}
        with open(os.path.join(HERE, copied), encoding="utf-8") as file:
            text = change(file.read())
        ports = {"8080": demo.port, "8081": self.port}
        text = re.sub(r"\b808[01]\b", lambda old: str(ports[old[0]]), text)
        for path, content in (("copied", text),
                              ("all", around.format(**words))):
            with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
                file.write(content)
        # A session of its own: httpd ends by a signal to its whole group.
        self.process = subprocess.Popen(
            [word.format(**words) for word in command], start_new_session=True)

    def ask(self, fields, line="GET /check HTTP/1.1", early=b""):
        """A connection on which that was sent, in one piece."""
        connection = wire.Connection(HOST, self.port)
        connection.send(wire.request(line, fields) + early)
        return connection

    def websocket_fields(self):
        return wire.websocket_fields(HOST, self.port)

    def why_not(self, fields, line="GET /check HTTP/1.1", early=b""):
        """Not switched: the demo's reason, its answer being sound."""
        with self.ask(fields, line, early) as connection:
            status, answer = connection.take_head()
            connection.take_content(answer)
        assert status >= 400, status
        assert self.demo.asked(), f"the proxy itself says {status} {answer}"
        logged = re.search(r'" (?:plain|refused) (\d+) ([A-Z_0-9]+): ',
                           self.demo.next_line())
        assert int(logged[1]) == status, (status, logged)
        return logged[2]


@contextlib.contextmanager
def running(name, demo, change=lambda text: text):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        proxy = Proxy(name, demo, folder, change)
        try:
            wire.wait_for(proxy.port, proxy.process)
            yield proxy
        except Exception:
            with contextlib.suppress(OSError), open(f"{folder}/log",
                                                    errors="replace") as log:
                print(log.read())
            raise
        finally:
            wire.stop(proxy.process)


# ---- What goes through ------------------------------------------------------


def switches(proxy, fields=None, before_path="", early=b""):
    """To be switched, to hear an echo, and to close.  Then the demo tells of
    the head as it came there."""
    usual, key = proxy.websocket_fields()
    token = os.urandom(16).hex()
    line = f"GET {before_path}/check?show={token} HTTP/1.1"
    with proxy.ask(fields(usual) if fields else usual, line,
                   early) as connection:
        connection.take_101(key)
        if early:
            assert connection.take_frame() == (wire.TEXT, b"early")
        connection.echo(b"hello", wire.TEXT)
        connection.echo(os.urandom(70000))
        connection.close()
    assert " switched 101 OK: websocket" in proxy.demo.next_line()
    return shown_to_page(proxy, token)


def shown_to_page(proxy, token):
    with proxy.ask([f"Host: {HOST}:{proxy.port}"],
                   line=f"GET /exchange?{token} HTTP/1.1") as connection:
        status, fields = connection.take_head()
        assert status == 200, status
        exchange = json.loads(connection.take_content(fields))
    assert " plain 200 NO_UPGRADE" in proxy.demo.next_line()
    assert exchange["reply"].startswith("HTTP/1.1 101 "), exchange
    return exchange["request"]


def websocket(proxy):
    shown = switches(proxy)
    assert re.match(r"GET /check\?show=\w+ HTTP/1\.1\r\n", shown), shown
    return "as " + ", ".join(
        line for line in shown.split("\r\n")
        if re.match("(connection|upgrade|host):", line, re.IGNORECASE))


def lower_cased_names(proxy):
    def lower(fields):
        return [re.sub("^[^:]+", lambda name: name[0].lower(), field)
                for field in fields]
    shown = switches(proxy, lower)
    assert "\r\nsec-websocket-key:" in shown, shown


def early_frame(proxy):
    switches(proxy, early=wire.frame(wire.TEXT, b"early"))
    print("checked early-bytes")


def absolute_form(proxy):
    shown = switches(proxy, before_path=f"http://{HOST}:{proxy.port}")
    line = shown.partition("\r\n")[0]
    absolute = proxy.name == "haproxy"
    assert line.startswith("GET http://" if absolute else "GET /"), line
    return "as " + line


def offer(proxy, *lines):
    """What comes of several lines: the status, and what the demo says."""
    usual, key = proxy.websocket_fields()
    fields = [field for field in usual if not field.startswith("Upgrade:")]
    fields += ["Upgrade: " + line for line in lines]
    with proxy.ask(fields) as connection:
        status, answer = connection.take_head()
        if status == 101:
            assert answer["upgrade"] == "websocket", answer
            assert answer["sec-websocket-accept"] == wire.accept_of(key)
            connection.echo(b"hello")
        else:
            connection.take_content(answer)
    logged = re.search(r"\d+ ([A-Z_0-9]+): ", proxy.demo.next_line())
    return f"{status} {logged[1]}"


def two_upgrade_lines(proxy):
    """They are one list (RFC 9110 5.3).  But nginx before 1.23 passes the
    first line only; and httpd does not take a 101 that does not name the whole
    list."""
    outcomes = (offer(proxy, "other/1", "websocket"),
                offer(proxy, "websocket", "other/1"))
    expected = {"nginx": [("404 NOT_SUPPORTED", "101 OK"),
                          ("101 OK", "101 OK")],
                "haproxy": [("101 OK", "101 OK")],
                "apache": [("404 PROXY_TOOK_UPGRADE", "502 OK"),
                           ("502 OK", "502 OK")]}
    assert outcomes in expected[proxy.name], outcomes
    return ", ".join(outcomes)


def connection_alone(proxy):
    usual, _ = proxy.websocket_fields()
    fields = [field for field in usual if not field.startswith("Upgrade")]
    reason = proxy.why_not(fields)
    assert reason == "PROXY_TOOK_UPGRADE", reason
    reason = proxy.why_not(["Host: a", "Connection: Upgrade"])
    assert reason == "NO_UPGRADE", reason


def private_protocol(proxy):
    fields = [f"Host: {HOST}:{proxy.port}", "Connection: Upgrade",
              "Upgrade: echo"]
    if proxy.name == "apache":
        reason = proxy.why_not(fields)
        assert reason == "NO_UPGRADE", reason
        return reason
    with proxy.ask(fields, early=b"early") as connection:
        status, answer = connection.take_head()
        assert (status, answer["upgrade"]) == (101, "echo"), (status, answer)
        connection.send(b" and late")
        assert connection.take(14) == b"early and late"
    assert " switched 101 OK: echo" in proxy.demo.next_line()


def refusal(proxy):
    fields = [field.replace("http://", "http://evil.")
              for field in proxy.websocket_fields()[0]]
    reason = proxy.why_not(fields)
    assert reason == "ORIGIN_REFUSED", reason


def page(proxy):
    with proxy.ask([f"Host: {HOST}:{proxy.port}"],
                   line="GET / HTTP/1.1") as connection:
        status, fields = connection.take_head()
        assert status == 200, status
        content = connection.take_content(fields)
    assert b"<title>101 Switching Protocols" in content
    assert " plain 200 NO_UPGRADE" in proxy.demo.next_line()


CHECKS = (websocket, lower_cased_names, early_frame, absolute_form,
          two_upgrade_lines, connection_alone, private_protocol, refusal, page)

# ---- What does not, and what upshake says of it -----------------------------


def from_client_of_http_1_0(proxy):
    """HAProxy passes the version on."""
    return proxy.why_not(proxy.websocket_fields()[0],
                         line="GET /check HTTP/1.0")


def with_a_body(proxy):
    """HAProxy takes Upgrade out, and leaves Connection as it is; 3.0 passes
    both on."""
    return proxy.why_not([f"Host: {HOST}:{proxy.port}", "Connection: Upgrade",
                          "Upgrade: echo", "Content-Length: 5"],
                         line="POST /check HTTP/1.1", early=b"hello")


def handshake(proxy):
    return proxy.why_not(proxy.websocket_fields()[0])


def without(pattern):
    """The configuration without the lines, or the words, that match."""
    def change(text):
        changed = re.sub(pattern, "", text, flags=re.MULTILINE)
        assert changed != text, pattern
        return changed
    return change


def speaking_1_0(text):
    return text.replace("  ProxyPass ",
                        "  SetEnv force-proxy-request-1.0 1\n  ProxyPass ")


def same(text):
    return text


MISTAKES = {
    "nginx": (
        ("no proxy_http_version", handshake,
         without("^ *proxy_http_version.*$"), "HTTP_1_0"),
        ("no Upgrade", handshake,
         without("^ *proxy_set_header Upgrade.*$"), "PROXY_TOOK_UPGRADE"),
        ("no Connection", handshake,
         without("^ *proxy_set_header Connection.*$"), "NO_CONNECTION"),
        ("no Host", handshake,
         without("^ *proxy_set_header Host.*$"), "ORIGIN_REFUSED"),
    ),
    "haproxy": (
        ("HTTP/1.0", from_client_of_http_1_0, same, "HTTP_1_0"),
        ("a body", with_a_body, same,
         "NO_UPGRADE PASSED_OVER_BODY"),
    ),
    "apache": (
        ("no upgrade=", handshake, without(" upgrade=websocket"),
         "PROXY_TOOK_UPGRADE"),
        ("no ProxyPreserveHost", handshake, without("^ *ProxyPreserve.*$"),
         "ORIGIN_REFUSED"),
        # Upgrade does not even come with it.
        ("HTTP/1.0", handshake, speaking_1_0, "PROXY_TOOK_UPGRADE"),
    ),
}


def real_client(proxy, *mode):
    subprocess.run([sys.executable, os.path.join(HERE, "python_client.py"),
                    "websockets", HOST, str(proxy.port), *mode], check=True)


def main(program, name, *mode):
    demo = wire.Demo(program, *("--" + each for each in mode))
    try:
        for what, check, change, expected in MISTAKES[name]:
            with running(name, demo, change) as proxy:
                reason = check(proxy)
                assert reason in expected.split(), (what, reason)
                print(f"ok {what}: {reason}", flush=True)
        with running(name, demo) as proxy:
            for check in CHECKS:
                said = check(proxy)
                print(f"ok {check.__name__}", said or "", flush=True)
            real_client(proxy, *mode)
    finally:
        status = wire.stop(demo.process)
    assert status == 0, f"the demo ended with {status}"


if __name__ == "__main__":
    main(*sys.argv[1:])
