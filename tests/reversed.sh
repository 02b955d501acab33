#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing leans on the order of upshake_error, but for one thing: of several
# broken rules the first is reported.  Builds the library and its tests with the
# enum reversed inside each class of errors, and runs the vectors: only those of
# tests/reversed/precedence.txt may differ, and each of them must.
#
#   sh tests/reversed.sh
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh
need cc:gcc gcc:gcc stdio.h:libc6-dev cmake:cmake make:make \
  cmocka.h:libcmocka-dev python3:python3

tree=build/reversed/tree
rm -rf "$tree"
mkdir -p "$tree"
cp -R CMakeLists.txt include src tests examples "$tree"
python3 tests/reversed/reverse.py "$tree"

# These name an error of each call, or test one rule at a time.
passing="client_vectors errors body decide extra handshake lean late reply
  settings stream tampered"
targets="upshake-test-vectors"
for name in $passing; do
  targets="$targets upshake-test-$name"
done
cmake -S "$tree" -B build/reversed/build -DUPSHAKE_BUILD_TESTS=ON \
  -DUPSHAKE_BUILD_EXAMPLES=OFF >build/reversed/cmake.log
# shellcheck disable=SC2086 # a list of words
cmake --build build/reversed/build --parallel --target $targets \
  >build/reversed/build.log 2>&1 || {
  tail -n 30 build/reversed/build.log >&2
  exit 1
}
for name in $passing; do
  "build/reversed/build/tests/upshake-test-$name" \
    >"build/reversed/$name.log" 2>&1 || {
    cat "build/reversed/$name.log"
    echo "reversed: $name leans on the order of upshake_error" >&2
    exit 1
  }
done
build/reversed/build/tests/upshake-test-vectors \
  >build/reversed/vectors.log 2>&1 || true
python3 tests/reversed/judge.py build/reversed/vectors.log
