#!/bin/sh
# SPDX-License-Identifier: MIT
# The benchmark: builds upshake and all contestants that are to be had with the
# same flags, checks that all give the same answers, measures, and prints a
# table of what was aimed at and what was measured.
#
#   sh tests/bench/run.sh [--quick] [-DUPSHAKE_BENCH_...=DIR]...
#   sh tests/bench/run.sh --only ROW [-DUPSHAKE_BENCH_...=DIR]...
#
# --quick      a smoke test: the answers are checked, the times mean nothing
# --only ROW   one row on the screen and nothing else; also 'parse-*'
#
# What Debian has takes part by itself: OpenSSL, nettle, http-parser.  Others
# when there is a folder with their sources:
#   -DUPSHAKE_BENCH_PICOHTTPPARSER=DIR  h2o/picohttpparser
#   -DUPSHAKE_BENCH_LLHTTP=DIR          nodejs/llhttp, a tag `release/v...`
#   -DUPSHAKE_BENCH_UWEBSOCKETS=DIR     uNetworking/uWebSockets
# The build remembers them.  CFLAGS are the flags of all sides, -O2 by default;
# CC and CXX choose the compilers of a folder that is new.
#
# Everything is made in build/bench, or the folder UPSHAKE_BENCH_BUILD: bench.md
# and bench.svg, and the program, which can run alone once it is built:
#   build/bench/bench --only parse-1024
#   build/bench/bench --list                 rows, and who takes part
#   build/bench/bench --only full-browser --rounds 301
#   valgrind --tool=callgrind --toggle-collect=counted \
#     build/bench/bench --count upshake parse-browser   instructions
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
. tests/need.sh

build=${UPSHAKE_BENCH_BUILD:-build/bench}
flags=${CFLAGS:--O2}
only='' quick='' rounds=61 batch=2 connections=1000
options="-DCMAKE_BUILD_TYPE=None"
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes rounds=5 batch=0.2 connections=200 ;;
    --only) only=${2:?a row} && shift ;;
    -D*) options="$options $1" ;;
    *)
      echo "usage: run.sh [--quick | --only ROW] [-DNAME=DIR]..." >&2
      exit 64
      ;;
  esac
  shift
done

need cc:gcc stdio.h:libc6-dev cmake:cmake make:make python3:python3
want openssl/sha.h:libssl-dev nettle/sha1.h:nettle-dev \
  http_parser.h:libhttp-parser-dev valgrind:valgrind

mkdir -p "$build"
# shellcheck disable=SC2086 # a list of words
configure() {
  cmake -S tests/bench -B "$build" -DCMAKE_C_FLAGS="$flags" \
    -DCMAKE_CXX_FLAGS="$flags" $options
}
compile() {
  cmake --build "$build" --parallel "$(nproc 2>/dev/null || echo 2)"
}
if ! { configure && compile; } >"$build/build.log" 2>&1; then
  cat "$build/build.log" >&2
  exit 1
fi
cd "$build"

[ -z "$only" ] || exec ./bench --only "$only"

./bench --verify

# ---- Facts and times ----

rm -f results.tsv masked.tsv counts.tsv
./bench --facts >results.tsv
./bench --rounds "$rounds" --batch "$batch" --samples results.tsv

# OpenSSL once more, without the processor's instructions for SHA: bit 29 of
# the second word of what CPUID says.  nettle knows an override of its own.
if grep -q "^fact	openssl_sha	1" results.tsv; then
  printf '\nThe same without SHA-NI:\n'
  OPENSSL_ia32cap=:~0x20000000 NETTLE_FAT_OVERRIDE=vendor:amd ./bench \
    --only 'accept*' --rounds "$rounds" --batch "$batch" --samples masked.tsv
fi

# ---- Instructions: one run of each, so a number is exact ----

count() {
  output=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    --toggle-collect=counted ./bench --count "$2" "$1" 2>&1 </dev/null) ||
    return 0
  requests=$(echo "$output" | grep -x '[0-9][0-9]*')
  collected=$(echo "$output" | sed -n 's/.*Collected : \([0-9][0-9]*\).*/\1/p')
  [ -n "$collected" ] || return 0
  printf 'count\t%s\t%s\t%s\n' "$1" "$2" "$((collected / requests))"
}

if command -v valgrind >/dev/null; then
  pattern='^(parse-(browser|fat)(-octets)?|parse-tiny60|full-(browser|rfc6455)|accept)	'
  [ -z "$quick" ] || pattern='^full-browser	upshake$'
  ./bench --list | grep -E "$pattern" | while read -r row contestant; do
    count "$row" "$contestant"
  done >counts.tsv 2>/dev/null # instructions that it does not know: no line
fi

# ---- Stack: gcc writes the calls of each function and its frame ----

CC=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' CMakeCache.txt)
mkdir -p stack
# shellcheck disable=SC2086 # a list of words
if (cd stack && "$CC" -std=c11 $flags -fstack-usage -fcallgraph-info=su \
  -I"$root/include" -c "$root"/src/*/*.c) 2>/dev/null; then
  python3 "$root/tests/stack.py" --max 1000000 stack/*.ci |
    sed -n 's/.*deepest path \([0-9]*\).*/stack\t\1/p' >>results.tsv
fi

# ---- A server's processor time, and the report ----

printf '\n'
./bench-loopback "$connections" | tee -a results.tsv
touch masked.tsv counts.tsv
cat compiler.tsv >>results.tsv
printf 'flags\t%s\n' "$flags" >>results.tsv
[ -z "$quick" ] || printf 'quick\tyes\n' >>results.tsv
python3 -B "$root/tests/bench/report.py" results.tsv masked.tsv counts.tsv \
  >report.log
[ -n "$quick" ] || cat report.log
echo "bench: $build/bench.md and $build/bench.svg"
