#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# upshake-inspect in WebAssembly says what the program says.  Builds it again
# and compares it with the file that is committed; the same compiler has to give
# the same bytes.  Holds it to its limits, and runs both over all forms and all
# golden vectors (wasm.py, wasm.js).
#
# usage: bash tests/page/wasm.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev python3:python3 node:nodejs gzip:gzip
need cmake:cmake make:make clang-19:clang-19 wasm-ld-19:lld-19

# The most bytes: as they are, and packed by gzip -9.  The library has a promise
# of 64 and 25 KiB.  The inspector may grow by 3 %; then somebody has to look.
most_of() {
  case $1 in
    library) echo 65536 25600 ;;
    inspector) echo 144000 64000 ;;
  esac
}

committed=examples/demo/wasm/upshake.wasm.txt
build=build/wasm
mkdir -p "$build"
built=$build/upshake.wasm.txt
native=$build/native/upshake-inspect

hold() { # WHAT BYTES PACKED, and the most of both
  echo "$1: $2 bytes (at most $4), $3 with gzip -9 (at most $5)"
  [ "$2" -le "$4" ] && [ "$3" -le "$5" ]
}

# Lines such as "library: 54896 bytes, 24105 with gzip -9".
lengths=$(sh examples/demo/wasm/build.sh "$built")
while read -r what bytes _ packed _; do
  # shellcheck disable=SC2046 # two numbers
  hold "${what%:}" "$bytes" "$packed" $(most_of "${what%:}") ||
    { echo "wasm.sh: more than its limit" >&2; exit 1; }
done <<<"$lengths"

compiler_of() { sed -n '1s/^# upshake-inspect, by \(.*\): .*/\1/p' "$1"; }

files=("$committed")
if [ "$(compiler_of "$built")" != "$(compiler_of "$committed")" ]; then
  echo "another compiler than that of $committed: $(compiler_of "$built")"
  files+=("$built")
elif ! cmp "$built" "$committed"; then
  echo "wasm.sh: please commit what sh examples/demo/wasm/build.sh writes" >&2
  exit 1
fi

# The program, also without libpcap.
cmake -S . -B "$build/native" -DCMAKE_BUILD_TYPE=Release \
  -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_PCAP_LIBRARY= >"$build/native.log" 2>&1 ||
  { cat "$build/native.log" >&2; exit 1; }
cmake --build "$build/native" --parallel 2 --target upshake-inspect \
  >"$build/native.log" 2>&1 || { cat "$build/native.log" >&2; exit 1; }

python3 -B tests/page/wasm.py "$native" >"$build/cases.json"
sh examples/demo/wasm/build.sh --sources >"$build/sources"
node tests/page/wasm.js "$build/cases.json" "$build/sources" "${files[@]}"
