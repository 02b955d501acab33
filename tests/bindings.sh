#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Other languages prove the header: servers in Python, Rust, C++98, C++17 and
# C++20 are built as their comments say, and shake hands with real clients.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
# bindgen loads libclang, which needs the headers of its own version.
libclang=/usr/lib/llvm-14/lib
need gcc:gcc g++:g++ stdio.h:libc6-dev clang-19:clang-19 clang++-19:clang-19 \
  wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev bindgen:bindgen rustc:rustc \
  $libclang/libclang.so.1:libclang1-14 \
  /usr/lib/clang/14/include/stddef.h:libclang-common-14-dev \
  /usr/bin/python3:python3 /usr/bin/python3-config:python3-dev \
  /usr/lib/python3/dist-packages/cffi:python3-cffi
export LIBCLANG_PATH=$libclang
# Debian's cffi is there for Debian's Python only.
export PATH=/usr/bin:$PATH

out=$PWD/build/bindings
two=$PWD/build/amalgamated
rm -rf "$out" build/python build/rust
mkdir -p "$out"
passed=0
failed=0

# start NAME COMMAND...: in the background, as the machine may have two cores.
declare -A running
start() {
  "${@:2}" >"$out/$1.log" 2>&1 &
  running[$1]=$!
}
# finish NAME: passes if what was started has succeeded.
finish() {
  if wait "${running[$1]}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$1"
    tail -n 40 "$out/$1.log"
  fi
}

# The first indented lines of a file: the commands that build it.  The two files
# are written by then.
commands_of() { # FILE
  awk '/amalgamate\.sh/ { next }
    /^( \*)?    / { sub(/^( \*)? +/, ""); print; found = 1; next }
    found { exit }' "$1"
}

# ---- the servers ----

build_client() {
  gcc -O1 -Iexamples -I"$two" examples/client/*.c examples/common/*.c \
    "$two/upshake.c" -lwslay -lz -o "$out/upshake-client"
}

build_python() { # what is freed is overwritten, so that its use is seen
  commands_of examples/bindings/upshake_build.py | sh -e
  local run
  run=$(commands_of examples/bindings/server.py | sed -n '1s/ 8100$/ "$@"/p')
  printf '#!/bin/sh\ncd "%s" && exec env PYTHONMALLOC=debug %s\n' "$PWD" \
    "$run" >"$out/upshake-binding-python"
  chmod +x "$out/upshake-binding-python"
}

build_rust() {
  commands_of examples/bindings/server.rs | sed '$s/^rustc/& -D warnings/' |
    sh -e
  cp build/rust "$out/upshake-binding-rust"
}

# From 16 on libclang has no names for what has none, and bindgen stops there.
by_libclang_19() {
  LIBCLANG_PATH=/usr/lib/llvm-19/lib bindgen "$two/upshake.h" \
    --allowlist-type 'upshake_.*' -o "$out/libclang-19.rs"
  grep -F 'pub struct upshake_result' "$out/libclang-19.rs"
}

warnings="-Wall -Wextra -pedantic -Wconversion -Wsign-conversion -Wshadow"
warnings="$warnings -Wold-style-cast -Wno-missing-field-initializers -Werror"
# program CXX STANDARD FILE PROGRAM FLAGS...
program() {
  # shellcheck disable=SC2086 # a list of flags
  "$1" "-std=$2" $warnings -I"$two" "${@:5}" "$3" "$out/$1.o" -lpthread \
    -o "$out/$4"
}
build_cpp() { # CC CXX FLAGS...
  local cxx=$2 name=upshake-binding
  "$1" "${@:3}" -c "$two/upshake.c" -o "$out/$cxx.o"
  set -- "${@:3}"
  program "$cxx" c++98 tests/bindings/cpp98.cpp "$name-cpp98-$cxx" "$@"
  program "$cxx" c++17 examples/cpp17.cpp "$cxx/upshake-cpp17" "$@"
  program "$cxx" c++20 tests/bindings/cpp20.cpp "$name-cpp20-$cxx" "$@"
}
mkdir "$out/g++" "$out/clang++-19"

sh src/amalgamate.sh "$two" >"$out/two.log"
start "build, Python" build_python
start "build, Rust" build_rust
start "build, client" build_client
start "bindgen, libclang 19" by_libclang_19
start "build, C++ by gcc" build_cpp gcc g++ -O1 -g \
  -fsanitize=address,undefined -fno-sanitize-recover=all
start "build, C++ by clang" build_cpp clang-19 clang++-19 -O2
finish "bindgen, libclang 19"
for name in Python Rust client "C++ by gcc" "C++ by clang"; do
  finish "build, $name"
done

# ---- handshakes ----

shakes_hands() { # SERVER
  python3 tests/test_loops.py "$1" "$out/upshake-client"
}
servers=("$out"/upshake-binding-* "$out"/*/upshake-cpp17)
name_of() { echo "handshake, ${1#"$out"/}" | tr / ' '; }
for server in "${servers[@]}"; do
  start "$(name_of "$server")" shakes_hands "$server"
done
for server in "${servers[@]}"; do
  finish "$(name_of "$server")"
done

# ---- lifetimes ----

# A handshake that outlives its head memory or its config is no Rust.
outlives() { # WHAT PARAMETERS HEAD
  {
    cat examples/bindings/server.rs
    echo "fn outlive<'a>($2) -> Option<Handshake<'a>> {
      $3
      Handshake::new(config, head)
    }"
  } >"$out/$1.rs"
  rustc --edition 2021 --crate-type lib --emit metadata -A warnings \
    -L "$two" "$out/$1.rs" --out-dir "$out"
}
is_refused() { # ERROR ARGUMENTS...
  ! outlives "${@:2}" >"$out/$2.said" 2>&1 && grep -F "error[$1]" "$out/$2.said"
}
start "a handshake" outlives handshake \
  "config: &'a Config<'a>, head: &'a mut [u8]" ""
start "its head is gone" is_refused E0515 head "config: &'a Config<'a>" \
  "let head = &mut [0; 64][..];"
start "its config is gone" is_refused E0515 config "head: &'a mut [u8]" \
  "let config = &unsafe { Config::new(&[]) };"
finish "a handshake"
finish "its head is gone"
finish "its config is gone"

echo "bindings: $passed passed, $failed failed"
[ "$failed" = 0 ]
