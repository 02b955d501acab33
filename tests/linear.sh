#!/bin/sh
# SPDX-License-Identifier: MIT
# Does the work grow with the input, and no faster?  Counts the instructions of
# each input of tests/linear.c, and of the same input with twice the size.
# Fails if the second is more than 2.1 times the first.  Prints both, and their
# ratio, for the usual build, portable C and the small build.
#
#   sh tests/linear.sh
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev valgrind:valgrind

size=4000
out=build/linear
mkdir -p "$out"

# count SIZE: the instructions of each input, one a line
count() {
  rm -f "$out"/calls.*
  valgrind --tool=callgrind --callgrind-out-file="$out/calls" \
    --toggle-collect=counted --dump-after=counted "$out/linear" "$1" \
    >"$out/names" 2>"$out/valgrind.log"
  i=0
  while read -r name; do
    i=$((i + 1))
    sed -n 's/^totals: //p' "$out/calls.$i"
  done <"$out/names"
}

failed=
for switch in UPSHAKE_USUAL UPSHAKE_PORTABLE UPSHAKE_SMALL; do
  "${CC:-cc}" -std=gnu11 -O2 -D$switch -Iinclude tests/linear.c src/*/*.c \
    -o "$out/linear"
  count $size >"$out/once"
  count $((2 * size)) >"$out/twice"
  # With UPSHAKE_SMALL each request moves to the beginning of its small memory.
  paste "$out/names" "$out/once" "$out/twice" | awk -v build=$switch '
    build == "UPSHAKE_SMALL" && /^pipeline/ { next }
    { bad = !($2 > 0 && $3 <= 2.1 * $2); wrong += bad
      printf("%-5s%-18s%-20s%9d%10d  %.2f\n", bad ? "FAIL" : "", build, $1, $2,
             $3, $2 > 0 ? $3 / $2 : 0) }
    END { exit NR == 0 || wrong > 0 }' || failed=yes
done
[ -z "$failed" ] || exit 1
echo "linear: $(wc -l <"$out/names") inputs in three builds"
