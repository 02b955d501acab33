#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compiles upshake-inspect to WebAssembly and writes it as text.
#
#   sh examples/demo/wasm/build.sh [FILE]
#
# FILE is upshake.wasm.txt beside this script if not given: gzip, as base64.
# clang-19 and lld-19 are all it needs; the library of C is in this folder.  The
# same sources and the same compiler give the same bytes.  Only somebody who
# changes upshake runs it: the page is built from the text.
#
# Prints how long the inspector is, and how long the library is alone: both
# sides with their replies, requests and explanations.
#
#   sh examples/demo/wasm/build.sh --sources
#
# prints what is compiled.
set -eu
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/build/wasm
clang=${CLANG:-clang-19}
link=${WASM_LD:-wasm-ld-19}

# What upshake-inspect is made of, but for --help and the network.
sources() {
  parts | sed 's,^,examples/,'
  ls examples/demo/wasm/*.c
}

parts() {
  awk '/^  inspect$/ { on = 1; next }
    on && /\.c\)?$/ { sub(/\)/, ""); print $1 }
    on && /\)$/ { exit }' "$root/examples/CMakeLists.txt" |
    grep -v '^inspect/usage\.c$'
}

compile() { # OUT SOURCE...: relative paths, so that none is in the output
  out=$1
  shift
  "$clang" --target=wasm32 -std=c11 -Oz -flto -mbulk-memory -DNDEBUG \
    -DUPSHAKE_SMALL -DUPSHAKE_PORTABLE -ffreestanding -fvisibility=hidden \
    -ffunction-sections -fdata-sections -nostdlibinc -Wall -Wextra \
    -I"$here/include" -Ibuild/wasm -c "$@" -o "$out"
}

# --compress-relocations saves 8 %, -flto 6 %, the threshold 1 %.
connect() { # OUT OBJECT...
  out=$1
  shift
  "$link" --no-entry --gc-sections --strip-all -O2 --lto-O2 \
    --compress-relocations -mllvm -inline-threshold=-10 --stack-first \
    -z stack-size=131072 --max-memory=268435456 "$@" -o "$out"
}

lengths() { # FILE: "148000 bytes, 62000 with gzip -9"
  echo "$(wc -c <"$1" | tr -d ' ') bytes," \
    "$(gzip -9n <"$1" | wc -c | tr -d ' ') with gzip -9"
}

build_inspect() {
  set -- "$work/upshake.o"
  for source in $(sources); do
    object=$work/$(echo "$source" | tr / _ | sed 's/c$/o/')
    compile "$object" "$source"
    set -- "$@" "$object"
  done
  connect "$work/upshake.wasm" "$@"
}

build_library() {
  compile "$work/libc.o" examples/demo/wasm/libc.c
  set -- "$work/upshake.o" "$work/libc.o"
  for name in init feed get_result get_request reply explain websocket_rules \
    h2c_rules capsules_rules write_request client_init client_feed \
    client_get_result; do
    set -- "$@" "--export=upshake_$name"
  done
  connect "$work/library.wasm" "$@"
}

cd "$root"
if [ "${1-}" = --sources ]; then
  sources
  exit 0
fi
for program in "$clang" "$link"; do
  command -v "$program" >/dev/null || {
    echo "build.sh: please install clang-19 and lld-19: no $program" >&2
    exit 1
  }
done

sh src/amalgamate.sh "$work" >/dev/null
compile "$work/upshake.o" build/wasm/upshake.c
build_inspect
build_library
to=${1:-$here/upshake.wasm.txt}
{
  echo "# upshake-inspect, by $("$clang" --version | sed -n 1p):" \
    "$(lengths "$work/upshake.wasm")"
  gzip -9n <"$work/upshake.wasm" | base64 -w 76
} >"$to.new"
mv "$to.new" "$to"
echo "inspector: $(lengths "$work/upshake.wasm")"
echo "library: $(lengths "$work/library.wasm")"
