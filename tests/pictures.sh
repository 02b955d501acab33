#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The pictures are what their scripts make of the tree and of its programs now,
# and upshake-demo answers each handshake as tests/interop/handshakes.md says.
#
#   pictures.sh [BUILD]            compares
#   pictures.sh --write [BUILD]    makes them anew
#
# BUILD is the folder of upshake-demo and upshake-inspect, by default build.  If
# it does not have them, what needs them is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need python3:python3 curl:curl

check=--check
if [ "${1-}" = --write ]; then
  check=
  shift
fi
[ $# -le 1 ] || { echo "usage: pictures.sh [--write] [BUILD]" >&2; exit 64; }
build=${1-build}
export PYTHONDONTWRITEBYTECODE=1
failed=0

run() { # SCRIPT ARGUMENT...
  if python3 "$@"; then echo "ok $1"; else failed=$((failed + 1)); fi
}

for script in tests/pictures/{states,clients,handshake_page}.py \
  tests/bench/chart.py; do
  run "$script" ${check:+"$check"}
done
if [ -x "$build/upshake-demo" ] && [ -x "$build/upshake-inspect" ]; then
  run tests/pictures/terminal.py ${check:+"$check"} "$build"
  run tests/interop/handshakes.py "$build/upshake-demo" --check
else
  echo "left out: what needs upshake-demo and upshake-inspect in $build"
fi
[ "$failed" = 0 ]
