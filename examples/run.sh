#!/bin/sh
# SPDX-License-Identifier: MIT
#
# From a fresh clone to a handshake: installs what is missing, builds, starts
# upshake-demo, makes one handshake against it, shows both sides of it, and
# serves until Ctrl-C.
#
#   examples/run.sh [OPTION OF upshake-demo]...
#   examples/run.sh --check     exits 0 or 1 instead of serving
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/need.sh

say() { printf '%s\n' "$*"; }
fail() {
  printf 'run.sh: %s\n' "$*" >&2
  exit 1
}

# ---- Building ---------------------------------------------------------------

# CMake refuses a cache that it wrote for another folder; a tree that was moved
# or copied has such a cache.
is_of_this_tree() {
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' build/CMakeCache.txt)
  [ "$(cd "$home" 2>/dev/null && pwd -P)" = "$(pwd -P)" ]
}

is_writable() {
  (: >"$log") 2>/dev/null &&
    { [ ! -e build/CMakeCache.txt ] || [ -w build/CMakeCache.txt ]; }
}

build() {
  log=build/run.log
  [ ! -e build/CMakeCache.txt ] || is_of_this_tree ||
    fail "build/ was made in another folder; remove it: rm -rf build"
  mkdir -p build 2>/dev/null || fail "cannot make the folder $PWD/build"
  is_writable || fail "cannot write in build/; remove it, as its owner or" \
    "with sudo: rm -rf build"
  say "building in build/"
  {
    cmake -S . -B build -DCMAKE_BUILD_TYPE=Release &&
      cmake --build build --parallel 2 \
        --target upshake-demo upshake-client upshake-inspect
  } >"$log" 2>&1 || {
    cat "$log" >&2
    fail "the build failed"
  }
  demo=build/upshake-demo
  [ -x "$demo" ] || fail "the build made no upshake-demo"
}

# ---- The demo ---------------------------------------------------------------

pid=
folder=

stop_demo() {
  trap '' INT TERM
  if [ -n "$pid" ]; then
    kill -TERM "$pid" 2>/dev/null
    wait "$pid"
  fi
  [ -z "$folder" ] || rm -rf "$folder"
}

# Its output goes through a pipe with a name, of which descriptor 3 is our
# end: first the line that says where it listens, then a line per handshake.
start_demo() {
  folder=$(mktemp -d) || fail "cannot make a temporary folder"
  trap stop_demo EXIT
  trap 'exit 0' INT
  trap 'exit 143' TERM
  mkfifo "$folder/output" || fail "cannot make a pipe"
  "$demo" --port 0 "$@" >"$folder/output" &
  pid=$!
  exec 3<"$folder/output"
  read -r line <&3 || end_with_demo
  url=${line#listening on }
  [ "$url" != "$line" ] || fail "the demo said: $line"
}

# It has said why on stderr.
end_with_demo() {
  wait "$pid"
  status=$?
  pid=
  [ "$status" -ne 0 ] || fail "the demo did not start"
  exit "$status"
}

# ---- The handshake ----------------------------------------------------------

# The key and its answer are those of RFC 6455 1.3.  --head ends curl behind
# the head of the reply; it would wait for WebSocket to end otherwise.
shake_hands() {
  curl --disable --silent --show-error --verbose --noproxy '*' --max-time 10 \
    --http1.1 --head --request GET \
    --header 'Connection: Upgrade' \
    --header 'Upgrade: websocket' \
    --header 'Sec-WebSocket-Version: 13' \
    --header 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
    "$url" >/dev/null 2>"$folder/trace"
  tr -d '\r' <"$folder/trace" | grep '^[<>] .' >"$folder/heads"
  say
  say "the request:"
  sed -n 's/^> /  /p' "$folder/heads"
  say "the reply:"
  sed -n 's/^< /  /p' "$folder/heads"
  say "the demo's log:"
  read -r line <&3 && say "  $line"
  say
}

is_right() {
  grep -q '^< HTTP/1\.1 101 ' "$folder/heads" &&
    grep -qi '^< Upgrade: websocket$' "$folder/heads" &&
    grep -q '^< Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=$' \
      "$folder/heads"
}

# ---- All of it --------------------------------------------------------------

if [ "${1-}" = --help ]; then
  say "usage: examples/run.sh [--check] [OPTION OF upshake-demo]..."
  exit 0
fi
check=no
if [ "${1-}" = --check ]; then
  check=yes
  shift
fi
# The README's next commands use pkg-config; nothing here is refused without it.
next=
if can_install; then next=pkg-config:pkg-config; fi
# libc6-dev: gcc only recommends it, and recommendations are not installed.
# shellcheck disable=SC2086 # a word or none
need cc:gcc stdio.h:libc6-dev wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev \
  cmake:cmake make:make curl:curl $next || exit 1
build
start_demo "$@"
shake_hands
is_right || {
  cat "$folder/trace" >&2
  fail "that was no WebSocket handshake"
}
say "the handshake is right"
[ "$check" = no ] || exit 0
say "open $url in a browser; Ctrl-C ends"
say
cat <&3 & # a signal to us alone interrupts a wait, and not a cat
copier=$!
wait "$pid" || fail "the demo ended with status $?"
wait "$copier"
