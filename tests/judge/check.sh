#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares the library with the judge: all vectors, and cases that are made of
# them by changing them.  Each commit sees other cases; the seed is printed, and
# --seed repeats them.
#
# usage: check.sh [--cases N] [--seed SEED] [--jobs N] [--show N]
#        defaults: 200000, the commit, the number of processors, 20
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev cmake:cmake make:make python3:python3

jobs=$(nproc 2>/dev/null || echo 2)
seed=$(git rev-parse HEAD 2>/dev/null || echo 1)
build=build/judge
mkdir -p build

cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DUPSHAKE_BUILD_TESTS=ON \
  -DUPSHAKE_BUILD_EXAMPLES=OFF >"$build.log" 2>&1 ||
  { cat "$build.log" >&2; exit 1; }
cmake --build "$build" --parallel "$jobs" --target upshake-judge \
  >"$build.log" 2>&1 || { cat "$build.log" >&2; exit 1; }

python3 -B tests/judge/check.py --cases 200000 --seed "$seed" --jobs "$jobs" \
  "$@" "$(find "$build" -name upshake-judge -type f -perm -u+x | head -n 1)"
