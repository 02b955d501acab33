#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds everything with AddressSanitizer and UBSan and runs every unit test
# and vector.  Ends with the summary of ctest and with what was not built, and so
# not tested.  Further arguments go to ctest.
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh
# libc6-dev: gcc only recommends it, and recommendations are not installed.
need cc:gcc stdio.h:libc6-dev cmake:cmake make:make cmocka.h:libcmocka-dev \
  python3:python3

# Not build/tests: that is where a build in build/ would put this folder.
build=build/sanitize
mkdir -p build
jobs=$(nproc 2>/dev/null || echo 2)
flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined"
flags="$flags -fno-sanitize-recover=all -DUPSHAKE_TRAP"

cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="$flags" \
  -DUPSHAKE_BUILD_TESTS=ON -DUPSHAKE_BUILD_EXAMPLES=ON >"$build.log" 2>&1 ||
  { cat "$build.log" >&2; exit 1; }
left_out=$(grep '^-- upshake' "$build.log" || true)
printf '%s\n' ${left_out:+"$left_out"} "building in $build/"
cmake --build "$build" --parallel "$jobs" >"$build.log" 2>&1 ||
  { cat "$build.log" >&2; exit 1; }

export UBSAN_OPTIONS=print_stacktrace=1
status=0
(cd "$build" && exec ctest --output-on-failure --timeout 120 \
  --parallel "$jobs" "$@") || status=$?
if [ -n "$left_out" ]; then
  printf '\nleft out, with their tests:\n%s\n' "$left_out"
fi
exit "$status"
