#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes the library and the forms of upshake-inspect with libFuzzer, ASan and
# UBSan, from the requests of the golden vectors, from answers of our own server
# and from tests/forms; then upshake-site and upshake-proxy from outside.  What is
# found is left in build/fuzz/found.
#
# usage: run.sh [SECONDS]       default 30
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
need clang:clang stdio.h:libc6-dev cmake:cmake make:make python3:python3
want /usr/share/llhttp/llhttp.c:node-llhttp
want pkg-config:pkg-config wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev

export UBSAN_OPTIONS=print_stacktrace=1
seconds=${1:-30}
out=build/fuzz
rm -rf "$out/seeds" "$out/answers"
mkdir -p "$out/corpus" "$out/found" "$out/seeds" "$out/answers"

root=$PWD
fuzzer() { # SOURCES... -o PROGRAM
  clang -std=c11 -O1 -g -fno-omit-frame-pointer -I"$root/include" \
    -I"$root/src" -Itests -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all "$@"
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

# Every fuzzer is linked with the same objects.  No two files of src have
# the same name.
rm -rf "$out/objects"
mkdir -p "$out/objects"
(cd "$out/objects" && fuzzer -c "$root"/src/*/*.c)

# An extended CONNECT and the answer to it, as fields with NULs between.
mkdir -p "$out/streams"
printf '\0%s' :method CONNECT :protocol websocket :scheme https :path /chat \
  :authority a.example sec-websocket-version 13 sec-websocket-protocol chat \
  origin https://a.example host a.example te trailers cookie a=b \
  >"$out/streams/connect"
printf '\001%s\0%s' :status 200 sec-websocket-protocol chat date x \
  >"$out/streams/answer"

# Answers: the length of their content is known, or not, or it is a part.
mkdir -p "$out/answered"
printf '\0\0\062\007..Set-Cookie\na=b\nServer\nx\nA\nb\nhello' \
  >"$out/answered/length"
printf '\0\0\321\007..Location\n/\n%s\nFine\nhello' \
  'Mon, 30 Nov 2026 09:00:00 GMT' \
  >"$out/answered/chunked"
printf '\0\003\040\007..Content-Range\nbytes 0-4/9\nX\n\nhello' \
  >"$out/answered/part"

# A query, a value of Cookie, and fields with credentials.
mkdir -p "$out/looking"
printf 'a=1&b%%20c=%%26+d&&e&=f&%%4=x' >"$out/looking/query"
printf 'SID=31d4d96e; lang="en-US";a=; b ;=c' >"$out/looking/cookies"
printf 'Host: a\r\nCookie: a=1; b=2\r\ncookie: c=3\r\nAuthorization: %s\r\n' \
  'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' >"$out/looking/basic"
printf 'Authorization: Bearer mF_9.B5f-4.1JqM\r\n' >"$out/looking/bearer"

# A WebSocket that is forwarded, and a page with a body that waits.
mkdir -p "$out/asks"
printf '\0\0\0\0\0\0\003\0\001%s\n%s\n%s\n%s\n%s\n%s' \
  Sec-WebSocket-Key dGhlIHNhbXBsZSBub25jZQ== Sec-WebSocket-Version 13 \
  Sec-WebSocket-Protocol chat >"$out/asks/websocket"
printf '\007\0\0\0\0\0\002\0\053%s\n%s\n%s\n%s' Expect 100-continue \
  Host example.com >"$out/asks/page"

# Messages with bodies, for what is compared with llhttp.
mkdir -p "$out/bodies"
printf '\002%s' $'3\r\nabc\r\n10;x="y"\r\n0123456789abcdef\r\n0\r\nA: b\r\n\r\n' \
  >"$out/bodies/chunks"
printf 'HTTP/1.1 200 OK\r\n%s\r\n%s\r\n\r\nabcGET /' 'Connection: close' \
  'Content-Length: 3' >"$out/bodies/length"
printf 'HTTP/1.1 200 OK\r\n%s\r\n\r\n1\r\na\r\n0\r\n\r\nHTTP' \
  'Transfer-Encoding: gzip, chunked' >"$out/bodies/chunked"

# The readers of forms of upshake-inspect, from files that people have; pcap
# without libpcap, which is not ours.
forms=(examples/inspect/{form_*,forms,hex,json_text,lines,recognise,shell}.c
  examples/inspect/{streams,packet,unwrap,print,input,memory}.c
  examples/common/{allocate,base64,exit,note}.c)

# The corpus that grew in earlier runs is taken up again.
fuzz() { # NAME SECONDS [SEEDS]
  local name=$1 time=$2
  shift 2
  fuzzer "${more[@]}" "$out"/objects/*.o "tests/fuzz/$name.c" -o "$out/$name"
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
more=() # that one fuzzer is built of
fuzz fuzz_handshake "$(part 8)" "$out/seeds"
fuzz fuzz_client "$(part 5)" "$out/answers"
fuzz fuzz_stream "$(part 3)" "$out/streams"
fuzz fuzz_ask "$(part 3)" "$out/asks"
fuzz fuzz_body "$(part 3)"
fuzz fuzz_plain "$(part 3)"
fuzz fuzz_answer "$(part 3)" "$out/answered"
fuzz fuzz_looking "$(part 2)" "$out/looking"
fuzz fuzz_fields "$(part 3)" "$out/seeds"
more=("${forms[@]}")
fuzz fuzz_forms "$(part 3)" tests/forms
more=()
if have /usr/share/llhttp/llhttp.c; then
  more=(-isystem /usr/share/include/llhttp /usr/share/llhttp/*.c)
  fuzz fuzz_llhttp "$(part 3)" "$out/bodies" "$out/seeds"
else
  echo "fuzz_llhttp: left out, there is no llhttp"
fi

# The programs with the same sanitizers.  The site needs wslay and zlib.
programs=$out/programs
cmake -S . -B "$programs" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang \
  -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_BUILD_EXAMPLES=ON \
  -DCMAKE_C_FLAGS="-O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
-fno-sanitize-recover=all" >"$programs.log" 2>&1 ||
  { cat "$programs.log" >&2; exit 1; }
targets=$(cmake --build "$programs" --target help)
for kind in proxy site; do
  case "$targets " in
    *"upshake-$kind"[[:space:]]*) ;;
    *) echo "$kind: left out, there is no upshake-$kind"; continue ;;
  esac
  cmake --build "$programs" --target "upshake-$kind" >"$programs.log" 2>&1 ||
    { cat "$programs.log" >&2; exit 1; }
  python3 -B tests/fuzz/programs.py $kind "$programs/upshake-$kind" \
    "$(part 5)" --found "$out/found"
done
