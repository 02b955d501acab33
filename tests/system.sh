#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One system or compiler on which the whole CI does not run: builds the library
# by CMake and tries it.
#
#   bash tests/system.sh SYSTEM
#
# clang, musl, macos: the golden vectors, with the stand-in for cmocka.
# cl, clang-cl, mingw: on Windows, where upshake-inspect judges a request.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh

system=${1-}
out=build/system/$system
rm -rf "$out"
mkdir -p "$out"

library() { # ARGUMENTS... of CMake
  if ! {
    cmake -S . -B "$out/build" -DCMAKE_BUILD_TYPE=Release \
      -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_INSTALL=OFF "$@" &&
      cmake --build "$out/build" --config Release --parallel 2
  } >"$out/log" 2>&1; then
    cat "$out/log"
    return 1
  fi
}

vectors() { # COMPILER
  local compiler=$1 name shared objects=()
  library -DCMAKE_C_COMPILER="$compiler" -DUPSHAKE_BUILD_EXAMPLES=OFF \
    -DCMAKE_C_FLAGS='-Wall -Wextra -Werror'
  shared=$(find tests -maxdepth 1 -name '*vectors*.c')
  # shellcheck disable=SC2016 # expanded by the inner sh
  printf '%s\n' "$shared" | xargs -P 2 -I{} sh -c '
    file=$1 out=$2 && shift 2 &&
    exec "$@" -c "$file" -o "$out/$(basename "$file" .c).o"' sh {} "$out" \
    "$compiler" -std=c11 -O1 -Wall -Wextra -Werror -Iinclude -Isrc \
    -isystem tests/foreign -DUPSHAKE_VECTORS_DIR='"tests/vectors"'
  while read -r name; do
    objects+=("$out/$name")
  done < <(cd "$out" && find . -maxdepth 1 -name '*.o' ! -name 'test_*')
  for name in test_vectors test_client_vectors; do
    "$compiler" "$out/$name.o" "${objects[@]}" "$out/build/libupshake.a" \
      -o "$out/$name"
    "$out/$name"
  done
}

inspect() { # ARGUMENTS... of CMake
  local program status=0
  library "$@"
  program=$(find "$out/build" -name 'upshake-inspect*.exe' | head -n 1)
  "$program" examples/bad-request.txt >"$out/said" || status=$?
  grep -F 'REFUSED 400' "$out/said" && [ "$status" = 1 ]
}

case $system in
  clang)
    need clang:clang stdio.h:libc6-dev cmake:cmake make:make
    vectors clang
    ;;
  musl)
    need musl-gcc:musl-tools gcc:gcc cmake:cmake make:make
    vectors musl-gcc
    ;;
  macos) vectors cc ;;
  cl) inspect -A x64 ;;
  clang-cl) inspect -A x64 -T ClangCL ;;
  mingw) inspect -G 'MinGW Makefiles' -DCMAKE_C_COMPILER=gcc ;;
  *)
    echo "usage: bash tests/system.sh clang|musl|macos|cl|clang-cl|mingw" >&2
    exit 2
    ;;
esac
echo "system: $system is right"
