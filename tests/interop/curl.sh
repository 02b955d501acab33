#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# curl as a client that knows nothing of the protocols: the 101 of WebSocket
# and of `echo`, field by field, and bytes after and right behind the head.
#
# usage: curl.sh HOST PORT
set -euo pipefail
host=$1
port=$2
key=dGhlIHNhbXBsZSBub25jZQ==

# The head of the answer as text.  After a 101 curl waits for more, up to
# --max-time, and then exits with 28.
head_of() {
  curl --silent --include --no-buffer --http1.1 --max-time 2 "$@" \
    "http://$host:$port/curl" | tr -d '\r' || true
}

# Bytes of stdin to the server and back, for as long as stdin is open.
raw() {
  curl --silent --no-buffer --max-time 5 "telnet://$host:$port"
}

expect() { # TEXT LINE...: each line is one of the text
  local text=$1 line
  shift
  for line in "$@"; do
    grep -qixF "$line" <<<"$text" ||
      { printf 'no line "%s" in:\n%s\n' "$line" "$text"; exit 1; }
  done
}

expect "$(head_of -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
  -H "Sec-WebSocket-Key: $key" -H 'Sec-WebSocket-Version: 13')" \
  'HTTP/1.1 101 Switching Protocols' 'Upgrade: websocket' \
  'Connection: Upgrade' 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='
echo 'checked 101'

expect "$(head_of -H 'Connection: Upgrade' -H 'Upgrade: echo')" \
  'HTTP/1.1 101 Switching Protocols' 'Upgrade: echo' 'Connection: Upgrade'

# Refused, and told why: the fields that RFC 6455 4.4 asks for.
expect "$(head_of -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
  -H "Sec-WebSocket-Key: $key" -H 'Sec-WebSocket-Version: 8')" \
  'HTTP/1.1 426 Upgrade Required' 'Sec-WebSocket-Version: 13'
echo 'checked refusal'

# Plain HTTP goes on beside it.
expect "$(head_of)" 'HTTP/1.1 404 Not Found'

# "glued" comes with the head in one piece, "later" on its own.
answer=$({
  printf 'GET / HTTP/1.1\r\nHost: %s:%s\r\nConnection: Upgrade\r\n' \
    "$host" "$port"
  printf 'Upgrade: echo\r\n\r\nglued\n'
  sleep 1
  printf 'later\n'
  sleep 1
} | raw | tr -d '\r' || true)
expect "$answer" 'HTTP/1.1 101 Switching Protocols' 'glued' 'later'
echo 'checked early-bytes'
