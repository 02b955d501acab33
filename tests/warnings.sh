#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What compilers say: no warning from gcc and clang over every C file, the
# header alone in four languages, the library with tcc, and at most 400 bytes
# of stack on the deepest path through the library.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need gcc:gcc g++:g++ clang:clang stdio.h:libc6-dev cmocka.h:libcmocka-dev \
  wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev \
  nghttp2/nghttp2.h:libnghttp2-dev python3:python3
want uv.h:libuv1-dev event2/event.h:libevent-dev \
  http_parser.h:libhttp-parser-dev /usr/share/llhttp/llhttp.c:node-llhttp

out=build/warnings
rm -rf "$out"
mkdir -p "$out"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wcast-qual -Wvla"
passed=0
failed=0

# check NAME COMMAND...: passes where the command succeeds without a word.
check() {
  local name=$1
  shift
  if "$@" >"$out/log" 2>&1 && [ ! -s "$out/log" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$name"
    cat "$out/log"
  fi
}

compile() { # COMPILER FLAGS... FILES...: each file on its own
  local word flags=() files=()
  for word in "$@"; do
    case $word in
      *.c) files+=("$word") ;;
      *) flags+=("$word") ;;
    esac
  done
  # Not to /dev/null: a compiler of root may replace it by a file.
  # shellcheck disable=SC2016
  printf '%s\0' "${files[@]}" |
    xargs -0 -P "$(nproc)" -I '{}' \
      sh -c '"$@" -o "$0/object$$.o" && rm "$0/object$$.o"' "$out" \
      "${flags[@]}" -c '{}'
}

# A program whose library is not to be had here is left out.
programs=()
llhttp=/usr/share/include/llhttp
for file in examples/*.c examples/*/*.c tests/fuzz/*.c; do
  if gcc -E -Iinclude -Itests -Itests/lwip -Itests/freertos -isystem $llhttp \
    "$file" \
    >/dev/null 2>&1; then
    programs+=("$file")
  else
    echo "left out, as a header is missing: $file"
  fi
done

# Optimized, as some warnings need the analysis of the optimizer.
for cc in gcc clang; do
  for level in -O0 -O2; do
    # shellcheck disable=SC2086
    check "$cc $level" compile $cc -std=c11 $level $warnings -Iinclude -Isrc \
      -Itests -Itests/lwip -Itests/freertos -isystem $llhttp src/*/*.c \
      tests/*.c tests/demo/*.c tests/judge/*.c tests/lwip/*.c \
      tests/freertos/*.c "${programs[@]}"
  done
done

# Each header alone, and what is in all of them together.
for header in include/*.h; do
  for std in c89 c99 c2x c++98 c++20; do
    language=c
    case $std in c++*) language=c++ ;; esac
    # shellcheck disable=SC2086
    check "${header#include/} alone, gcc $std" gcc -x $language -std=$std \
      -pedantic-errors $warnings -Iinclude -fsyntax-only -include "$header" \
      /dev/null
  done
done
for cc in gcc clang; do
  for std in c89 c99 c11 c17 c2x c++98 c++11 c++17 c++20 c++2b; do
    language=c
    case $std in c++*) language=c++ ;; esac
    # shellcheck disable=SC2086
    check "header, $cc $std" $cc -x $language -std=$std -pedantic-errors \
      $warnings -Iinclude -fsyntax-only tests/header.c
  done
done

if have tcc; then
  check "tcc" compile tcc -Wall -Iinclude src/*/*.c
fi

# gcc writes the calls of each function and its stack beside the object.
for level in -O2 -Os; do
  mkdir -p "$out/stack$level"
  for file in src/*/*.c; do
    gcc -std=c99 $level -Iinclude -fstack-usage -fcallgraph-info=su -c "$file" \
      -o "$out/stack$level/$(basename "$file" .c).o"
  done
  # Most programs fill no index of fields, take no reply as values, are no
  # gateway, and have no HTTP of their own that finds streams and responses.
  own="values|extended|response|forward|any|relay"
  for what in "760 none" "552 $own" "480 $own|index"; do
    # shellcheck disable=SC2046 # a list of files
    if (cd "$out/stack$level" &&
      python3 "$OLDPWD/tests/stack.py" --max "${what% *}" \
        $(ls -- *.ci | grep -vE "(${what#* }).ci")); then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
    fi
  done
done

echo "warnings: $passed passed, $failed failed"
[ "$failed" = 0 ]
