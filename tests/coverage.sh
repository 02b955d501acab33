#!/bin/sh
# SPDX-License-Identifier: MIT
# Line, branch and MC/DC coverage of src/ by the unit tests and the vectors.
# Builds the library three times (default, UPSHAKE_PORTABLE, UPSHAKE_SMALL),
# prints a table and every uncovered place, and fails below the limits that
# tests/coverage.py names.
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev cmake:cmake make:make cmocka.h:libcmocka-dev \
  python3:python3 clang-19:clang-19 llvm-cov-19:llvm-19
runtime=/usr/lib/llvm-19/lib/clang/19/lib
[ -n "$(ls "$runtime"/*/libclang_rt.profile*.a 2>/dev/null)" ] ||
  need -:libclang-rt-19-dev

out=build/coverage
mkdir -p "$out"
jobs=$(nproc 2>/dev/null || echo 2)
flags="-O1 -DUPSHAKE_COVERAGE -fprofile-instr-generate -fcoverage-mapping"
flags="$flags -fcoverage-mcdc"

for build in default portable small; do
  case $build in
    default) switches="-DUPSHAKE_PORTABLE=OFF -DUPSHAKE_SMALL=OFF" ;;
    portable) switches="-DUPSHAKE_PORTABLE=ON -DUPSHAKE_SMALL=OFF" ;;
    small) switches="-DUPSHAKE_PORTABLE=OFF -DUPSHAKE_SMALL=ON" ;;
  esac
  # shellcheck disable=SC2086 # a list of words
  {
    cmake -S . -B "$out/$build" -DCMAKE_C_COMPILER=clang-19 \
      -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$flags" \
      -DUPSHAKE_BUILD_TESTS=ON -DUPSHAKE_BUILD_EXAMPLES=OFF $switches &&
      cmake --build "$out/$build" --parallel "$jobs"
  } >"$out/$build.log" 2>&1 || { cat "$out/$build.log" >&2; exit 1; }
done
exec python3 tests/coverage.py "$out"/default "$out"/portable "$out"/small
