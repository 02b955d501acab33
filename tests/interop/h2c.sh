#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# curl or nghttp upgrades to HTTP/2 without TLS (RFC 7540 3.2), is answered on
# stream 1, and speaks HTTP/2 at once to the same port.
#
# usage: h2c.sh curl|nghttp PROGRAM      PROGRAM is upshake-h2c
set -euo pipefail
client=$1
program=$2
log=$(mktemp)

"$program" 0 >"$log" &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 100); do
  url=$(sed -n '1s,^listening on ,,p' "$log")
  [ -z "$url" ] || break
  sleep 0.1
done
[ -n "$url" ] || { echo "upshake-h2c does not listen"; exit 1; }

expect() { # TEXT LINE...: each line is one of the text
  local text=$1 line
  shift
  for line in "$@"; do
    grep -qixF "$line" <<<"$text" ||
      { printf 'no line "%s" in:\n%s\n' "$line" "$text"; exit 1; }
  done
}

by_curl() {
  curl --silent --show-error --include --max-time 10 "$@" "$url" |
    tr -d '\r' | sed 's/ *$//'
}

by_nghttp() {
  timeout 10 nghttp --verbose "$@" "$url" | tr -d '\r' |
    sed 's/\x1b\[[0-9;]*m//g'
}

check_curl() {
  expect "$(by_curl --http2)" 'HTTP/1.1 101 Switching Protocols' \
    'Connection: Upgrade' 'Upgrade: h2c' 'HTTP/2 200' 'HTTP/2, stream 1'
  expect "$(by_curl --http2-prior-knowledge)" 'HTTP/2 200' 'HTTP/2, stream 1'
  expect "$(by_curl --http1.1)" 'HTTP/1.1 200 OK'
}

check_nghttp() {
  local text
  text=$(by_nghttp --upgrade)
  expect "$text" 'HTTP/1.1 101 Switching Protocols' 'HTTP/2, stream 1'
  grep -q 'recv (stream_id=1) :status: 200' <<<"$text" ||
    { printf 'no status on stream 1:\n%s\n' "$text"; exit 1; }
  text=$(by_nghttp)
  grep -q ':status: 200' <<<"$text" ||
    { printf 'no status:\n%s\n' "$text"; exit 1; }
}

"check_$client"
echo 'checked 101'
