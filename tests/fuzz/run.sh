#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes the handshake with libFuzzer, ASan and UBSan, from the requests of the
# golden vectors.  What it finds is left in build/fuzz/found.
#
# usage: run.sh [SECONDS]       default 30
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
need clang:clang stdio.h:libc6-dev

export UBSAN_OPTIONS=print_stacktrace=1
seconds=${1:-30}
out=build/fuzz
rm -rf "$out/seeds"
mkdir -p "$out/corpus" "$out/found" "$out/seeds"

fuzzer() { # SOURCES... -o PROGRAM
  clang -std=c11 -O1 -g -fno-omit-frame-pointer -Iinclude -Isrc -Itests \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all "$@"
}

# The runtime of the sanitizers is a package of its own, named by version.
links() {
  echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n);
    int LLVMFuzzerTestOneInput(const char *p, unsigned long n) {
      return !p && n; }' >"$out/links.c"
  fuzzer "$out/links.c" -o "$out/links" >/dev/null 2>&1
}
version=$(clang -dumpversion)
links || need "-:libclang-rt-${version%%.*}-dev" || need "-:libclang-rt-dev"

fuzzer src/*.c tests/fuzz/fuzz_handshake.c -o "$out/fuzz_handshake"
clang -std=c11 -Iinclude -Itests tests/fuzz/seeds.c tests/vectors.c src/*.c \
  -o "$out/seeds.bin"
"$out/seeds.bin" "$out/seeds" tests/vectors/*.md

# The corpus that grew in earlier runs is taken up again.
"$out/fuzz_handshake" -max_total_time="$seconds" -timeout=10 -max_len=4096 \
  -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$out/found/" \
  "$out/corpus" "$out/seeds" >"$out/log" 2>&1 ||
  { tail -n 60 "$out/log"; exit 1; }
inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/log")
echo "fuzz: $inputs inputs in $seconds s, nothing found"
