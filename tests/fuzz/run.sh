#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes the handshake, the client and the forms of upshake-inspect with
# libFuzzer, ASan and UBSan, from the requests of the golden vectors, from answers
# of our own server and from tests/forms.  What it
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

# An extended CONNECT and the answer to it, as fields with NULs between.
mkdir -p "$out/streams"
printf '\0%s' :method CONNECT :protocol websocket :scheme https :path /chat \
  :authority a.example sec-websocket-version 13 sec-websocket-protocol chat \
  origin https://a.example host a.example te trailers cookie a=b \
  >"$out/streams/connect"
printf '\001%s\0%s' :status 200 sec-websocket-protocol chat date x \
  >"$out/streams/answer"

# A query, a value of Cookie, and fields with credentials.
mkdir -p "$out/looking"
printf 'a=1&b%%20c=%%26+d&&e&=f&%%4=x' >"$out/looking/query"
printf 'SID=31d4d96e; lang="en-US";a=; b ;=c' >"$out/looking/cookies"
printf 'Host: a\r\nCookie: a=1; b=2\r\ncookie: c=3\r\nAuthorization: %s\r\n' \
  'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' >"$out/looking/basic"
printf 'Authorization: Bearer mF_9.B5f-4.1JqM\r\n' >"$out/looking/bearer"

# The readers of forms of upshake-inspect, from files that people have; pcap
# without libpcap, which is not ours.
more=()
forms=(examples/inspect/{form_*,forms,hex,json_text,lines,recognise,shell}.c
  examples/inspect/{streams,packet,unwrap,base64,note,print,input,memory}.c
  examples/common/exit.c)

# The corpus that grew in earlier runs is taken up again.
fuzz() { # NAME SECONDS [SEEDS]
  local name=$1 time=$2
  shift 2
  fuzzer src/*/*.c "tests/fuzz/$name.c" ${more[@]+"${more[@]}"} -o "$out/$name"
  mkdir -p "$out/corpus/$name"
  "$out/$name" -max_total_time="$time" -timeout=10 -max_len=4096 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$out/found/" \
    "$out/corpus/$name" "$@" >"$out/$name.log" 2>&1 ||
    { tail -n 60 "$out/$name.log"; exit 1; }
  echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' \
    "$out/$name.log") inputs in $time s, nothing found"
}

# In thirtieths of the time; a fuzzer runs for a second at least.
part() { echo $((seconds * $1 / 30 > 0 ? seconds * $1 / 30 : 1)); }
fuzz fuzz_handshake "$(part 8)" "$out/seeds"
fuzz fuzz_client "$(part 5)" "$out/answers"
fuzz fuzz_stream "$(part 3)" "$out/streams"
fuzz fuzz_ask "$(part 3)"
fuzz fuzz_body "$(part 3)"
fuzz fuzz_plain "$(part 3)"
fuzz fuzz_looking "$(part 2)" "$out/looking"
fuzz fuzz_fields "$(part 3)" "$out/seeds"
more=("${forms[@]}")
fuzz fuzz_forms "$(part 3)" tests/forms
