#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes the handshake and the client with libFuzzer, ASan and UBSan, from the
# requests of the golden vectors and from answers of our own server.  What it
# finds is left in build/fuzz/found.
#
# usage: run.sh [SECONDS]       default 30
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
need clang:clang stdio.h:libc6-dev

export UBSAN_OPTIONS=print_stacktrace=1
seconds=${1:-30}
out=build/fuzz
rm -rf "$out/seeds" "$out/answers"
mkdir -p "$out/corpus" "$out/found" "$out/seeds" "$out/answers"

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

clang -std=c11 -Iinclude -Itests tests/fuzz/seeds.c tests/vectors.c \
  tests/vectors_config.c tests/vectors_expect.c tests/vectors_text.c src/*/*.c \
  -o "$out/seeds.bin"
"$out/seeds.bin" "$out/seeds" tests/vectors/*.md
clang -std=c11 -Iinclude tests/fuzz/client_seeds.c src/*/*.c -o "$out/answers.bin"
"$out/answers.bin" "$out/answers"

# The corpus that grew in earlier runs is taken up again.
fuzz() { # NAME SECONDS [SEEDS]
  local name=$1 time=$2
  shift 2
  fuzzer src/*/*.c "tests/fuzz/$name.c" -o "$out/$name"
  mkdir -p "$out/corpus/$name"
  "$out/$name" -max_total_time="$time" -timeout=10 -max_len=4096 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$out/found/" \
    "$out/corpus/$name" "$@" >"$out/$name.log" 2>&1 ||
    { tail -n 60 "$out/$name.log"; exit 1; }
  echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' \
    "$out/$name.log") inputs in $time s, nothing found"
}

fuzz fuzz_handshake $((seconds / 3)) "$out/seeds"
fuzz fuzz_client $((seconds / 4)) "$out/answers"
fuzz fuzz_ask $((seconds / 8))
fuzz fuzz_body $((seconds / 8))
fuzz fuzz_fields $((seconds - seconds / 3 - seconds / 4 - seconds / 8 * 2)) \
  "$out/seeds"
