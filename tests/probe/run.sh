#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds upshake-site, starts it on a free port, and probes it with every case.
# Arguments go to probe.py.
#
# Exit status: that of probe.py, where the cases of allowed.tsv may fail.
set -eu
cd "$(dirname "$0")/../.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev cmake:cmake make:make python3:python3 \
  wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev

here=tests/probe
out=build/probe
mkdir -p "$out"
python3 "$here/test_probe.py"

{ cmake -S . -B "$out/site" -DCMAKE_BUILD_TYPE=Release \
  -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_BUILD_EXAMPLES=ON &&
  cmake --build "$out/site" --parallel 2 --target upshake-site; } \
  >"$out/build.log" 2>&1 || { cat "$out/build.log" >&2; exit 2; }

"$out/site/upshake-site" --port 0 >"$out/site.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT

port=
tries=0
while [ -z "$port" ] && [ "$tries" -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
  port=$(sed -n '1s#^listening on http://127\.0\.0\.1:\([0-9]*\)/$#\1#p' \
    "$out/site.log")
done
[ -n "$port" ] || {
  echo "run.sh: upshake-site does not say where it listens:" >&2
  cat "$out/site.log" >&2
  exit 2
}
python3 "$here/probe.py" "127.0.0.1:$port" --allow "$here/allowed.tsv" "$@"
