#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The two files that src/amalgamate.sh writes: the same from any awk, without a
# warning from any compiler, without a name that a host could have, alone, in a
# shared library and inside of another file; and they pass the unit tests and
# the vectors as the folders do.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need gcc:gcc clang-19:clang-19 stdio.h:libc6-dev nm:binutils cmake:cmake \
  make:make cmocka.h:libcmocka-dev python3:python3 \
  x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64
want tcc:tcc mawk:mawk busybox:busybox original-awk:original-awk

out=build/two-files
two=$out/two
rm -rf "$out"
mkdir -p "$out/log"
passed=0
failed=0

# check NAME COMMAND...: passes if the command succeeds without a word.
check() {
  local name=$1
  shift
  if "$@" >"$out/said" 2>&1 && [ ! -s "$out/said" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$name"
    head -n 40 "$out/said"
  fi
}

# ---- the script ----

# by AWK: writes the files with that awk, from another folder.
by() {
  local bin=$PWD/$out/bin to="$PWD/$out/by $1/new folder"
  local script=$PWD/src/amalgamate.sh
  mkdir -p "$bin"
  printf '#!/bin/sh\nexec %s "$@"\n' "$1" >"$bin/awk"
  chmod +x "$bin/awk"
  (cd / && PATH=$bin:$PATH sh "$script" "$to") >"$out/log/awk" 2>&1 ||
    cat "$out/log/awk"
  diff -r "$two" "$to"
}

sh src/amalgamate.sh "$two" >"$out/said"
check "again" by "$(command -v awk)"
for awk in mawk "gawk --posix" "busybox awk" original-awk; do
  have "${awk%% *}" && check "$awk" by "$awk"
done

one_include() {
  grep -n '^ *# *include *"' "$two"/upshake.[ch] | grep -v ':#include "upshake.h"$'
  [ "$(grep -c '^ *# *include *"' "$two/upshake.c")" = 1 ]
}
check "upshake.c includes upshake.h and nothing else" one_include
check "a server" gcc -Wall -Wextra -I"$two" examples/minimal.c \
  "$two/upshake.c" -o "$out/minimal"
serves() { # by its exit status, 77 if the port is taken
  local status=0
  python3 tests/test_minimal.py "$out/minimal" >"$out/log/minimal" 2>&1 ||
    status=$?
  [ $status = 0 ] || [ $status = 77 ] || cat "$out/log/minimal"
}
check "it serves" serves
examples() { # with each library that is here
  gcc -std=c11 -I"$two" -c "$two/upshake.c" -o "$out/upshake.o" &&
    sh tests/test_examples.sh "-I$PWD/$two" "$PWD/$out/upshake.o" \
      >"$out/log/examples" 2>&1 || cat "$out/log/examples"
}
check "the cc lines of examples/README.md" examples

# ---- no warning ----

warnings="-pedantic -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow"
warnings="$warnings -Wcast-qual -Wvla -Werror"

# Two files of a host: one that holds the library, with names and macros of its
# own that a library could have, and one in C++ that only has the header.
cat >"$out/inside.c" <<'END'
#define LEN 1
#define IS(x) (x)
#define KNOWN 2
int slice_of(void);
int slice_of(void) { return LEN + IS(KNOWN); }
struct reply { int parse; };
enum { HEAD_MORE = 7, CLASS_TOKEN };
typedef struct reply added;

#define UPSHAKE_STATIC
#include "upshake.c"

int answer(const upshake *hs);
int answer(const upshake *hs) {
  added own = {LEN + IS(KNOWN) + CLASS_TOKEN};
  return upshake_get_request(hs).version + own.parse;
}
END

# Lines of commands, run side by side.
all_quiet() {
  xargs -P "$(nproc)" -I{} sh -c '{} 2>&1 || echo "FAILED: {}"'
}
compile_all() { # FILE LANGUAGE...: with every compiler and switch
  local msvc="--driver-mode=cl --target=x86_64-pc-windows-msvc /W4 /WX"
  local cc std switch to file=$1
  shift
  for switch in -DNDEBUG -DUPSHAKE_SMALL -DUPSHAKE_PORTABLE \
    "-DUPSHAKE_SMALL -DUPSHAKE_PORTABLE" -DUPSHAKE_NO_CLIENT \
    "-DUPSHAKE_NO_BODIES -DUPSHAKE_NO_LEAN -DUPSHAKE_NO_PHRASES"; do
    to="$switch -I$two -c $file -o"
    for cc in gcc clang-19; do
      for std in "$@"; do
        echo "$cc -std=$std $warnings $to"
      done
    done
    echo "x86_64-w64-mingw32-gcc -std=c11 $warnings $to"
    echo "clang-19 $msvc -imsvc tests/foreign/msvc $to"
    if have tcc; then
      for std in c99 c11; do
        echo "tcc -std=$std -Wall $to"
      done
    fi
  done | awk -v to="$out/object" '{ print $0, to NR ".o" }' | all_quiet
}
check "warnings, alone" compile_all "$two/upshake.c" c99 c11 "c2x -O2"
check "warnings, inside" compile_all "$out/inside.c" c99 "c11 -O2"

header() { # the interface alone, in every language
  local std
  for std in gnu90 c99 c2x c++98 c++20; do
    case $std in c++*) set -- g++ clang++-19 ;; *) set -- gcc clang-19 ;; esac
    for cc in "$@"; do
      echo '#include "upshake.h"' | $cc -std=$std -Wall -Wextra -pedantic \
        -Werror -I"$two" -fsyntax-only -x "$([ "${std#c++}" = "$std" ] &&
          echo c || echo c++)" -
    done
  done
}
check "the header in C and C++" header

# ---- names ----

# What upshake.c declares at file scope: macros, and by clang the rest.
only_own_names() {
  # Macros, without those that every file has.
  comm -13 <(echo '#include "upshake.h"
#include <string.h>
#include <immintrin.h>
#include <cpuid.h>' | gcc -I"$two" -dM -E - | LC_ALL=C sort) \
    <(gcc -I"$two" -dM -E "$two/upshake.c" | LC_ALL=C sort) |
    awk '$2 !~ /^UPSHAKE_/' | grep -v '^#define upshake__'
  python3 - "$two" <<'END'
import json, subprocess, sys
tree = json.loads(subprocess.run(
    ["clang-19", "-I" + sys.argv[1], "-fsyntax-only", "-Xclang",
     "-ast-dump=json", sys.argv[1] + "/upshake.c"],
    check=True, capture_output=True).stdout)
system = False
for node in tree["inner"]:
    place = node.get("loc", {})
    place = place.get("expansionLoc", place)
    if "file" in place:
        system = "upshake" not in place["file"]
    if node.get("isImplicit"):
        continue
    names = [node.get("name", "")]
    if node["kind"] == "EnumDecl":
        names += [inner.get("name", "") for inner in node.get("inner", [])]
    for name in names:
        if name and not system and not name.lower().startswith("upshake"):
            print(node["kind"], name)
END
}
check "names" only_own_names

public=$(gcc -E -P -DUPSHAKE_API=EXPORTED -I"$two" -include upshake.h \
  -x c /dev/null | tr '\n' ' ' | tr ';' '\n' | grep -w EXPORTED |
  grep -oE 'upshake_[a-z0-9_]+ *\(' | tr -d ' (' | LC_ALL=C sort)
libc=$(printf '%s\n' memchr memcmp memcpy memmove memset strlen)

# symbols CC FLAGS...
symbols() {
  $1 -std=c11 "${@:2}" -I"$two" -c "$two/upshake.c" -o "$out/symbols.o"
  diff <(nm -g --defined-only "$out/symbols.o" | awk '{ print $3 }' |
    LC_ALL=C sort) <(echo "$public")
  nm -u "$out/symbols.o" | awk '{ print $NF }' |
    grep -vxE '__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|bcmp' | LC_ALL=C sort |
    LC_ALL=C comm -23 - <(echo "$libc")
  size -A "$out/symbols.o" | awk '
    /^\.(t?data|t?bss)/ && !/^\.data\.rel\.ro/ && $2 > 0'
  $1 -std=c11 "${@:2}" -fPIC -shared -I"$two" "$two/upshake.c" \
    -o "$out/symbols.so"
  nm -D --defined-only "$out/symbols.so"
  $1 -std=c11 "${@:2}" -fPIC -shared -DUPSHAKE_EXPORT -I"$two" \
    "$two/upshake.c" -o "$out/symbols.so"
  diff <(nm -D --defined-only "$out/symbols.so" | awk '{ print $3 }' |
    LC_ALL=C sort) <(echo "$public")
}
for cc in gcc clang-19; do
  for level in -O0 -O2 -Os; do
    check "symbols, $cc $level" symbols $cc $level
  done
done

without_client() {
  gcc -DUPSHAKE_NO_CLIENT -I"$two" -c "$two/upshake.c" -o "$out/server.o"
  diff <(nm -g --defined-only "$out/server.o" | awk '{ print $3 }' |
    LC_ALL=C sort) \
    <(grep -vE '^upshake_(client_|write_request|ask_line|forward_answer)' \
      <<<"$public")
  nm "$out/server.o" | grep -E 'upshake_client|judge_accepted' || true
}
check "without the client" without_client

# ---- UPSHAKE_STATIC ----

# What a host calls is there, what it does not call is not.
only_called() {
  local cc level
  for cc in gcc clang-19; do
    for level in -O1 -O2 -Os; do
      $cc $level -I"$two" -c "$out/inside.c" -o "$out/inside.o"
      nm -g --defined-only "$out/inside.o" | awk '{ print $3 }' |
        grep -vxE 'answer|slice_of'
      nm "$out/inside.o" |
        grep -E 'upshake_(feed|reply|accept|write)|upshake__(parse|judge)'
    done
  done || true
}
check "UPSHAKE_STATIC, only what is called" only_called

refused() { # COMMAND...: the compiler refuses, and says why
  if "$@" >"$out/log/refused" 2>&1; then
    echo "accepted: $*"
  else
    grep -q 'UPSHAKE_STATIC: ' "$out/log/refused" || cat "$out/log/refused"
  fi
}
for cc in gcc clang-19 tcc x86_64-w64-mingw32-gcc \
  "gcc -U__INCLUDE_LEVEL__ -Dmsvc" \
  "clang-19 --driver-mode=cl --target=x86_64-pc-windows-msvc -imsvc
    tests/foreign/msvc"; do
  have "${cc%% *}" || continue
  # shellcheck disable=SC2086
  check "UPSHAKE_STATIC alone, $cc" refused $cc -DUPSHAKE_STATIC -I"$two" \
    -c "$two/upshake.c"
done

# ---- macros of the host ----

words() { # -DVERSION="1", -DTLS and the like change nothing
  # shellcheck disable=SC2046 # a list of options
  gcc -std=c99 -O1 $(python3 tests/words.py "$two") -c "$two/upshake.c" \
    -o "$out/words.o" &&
    gcc -std=c99 -O1 -c "$two/upshake.c" -o "$out/no-words.o" &&
    cmp "$out/words.o" "$out/no-words.o"
}
check "macros of the host" words

# ---- stack ----

stack() { # deeper than the folders: gcc inlines more in one file
  local level
  for level in -O2 -Os; do
    gcc -std=c11 $level -I"$two" -fstack-usage -fcallgraph-info=su \
      -c "$two/upshake.c" -o "$out/stack$level.o"
    python3 tests/stack.py --max 744 "$out/stack$level.ci" >"$out/log/stack" ||
      cat "$out/log/stack"
  done
}
check "stack" stack

# ---- the unit tests and the vectors ----

# Tests of what is internal include headers of src/.  Here each is upshake.c,
# with the names that this header and those that it includes have.
mkdir -p "$two/internal"
printf '#ifndef ALL_H\n#define ALL_H\n#include "../upshake.c"\n#endif\n' \
  >"$two/internal/all.h"
words() { grep -ohE '\b[A-Za-z_][A-Za-z_0-9]*' "$@" | LC_ALL=C sort -u; }
words src/*/*.[ch] >"$out/words"
sed -n 's/^ *# *define \(UPSHAKE_[A-Z_0-9]*\).*/\1/p' "$two/upshake.c" |
  LC_ALL=C sort -u >"$out/macros"
# A line for each name that has got a prefix: the name, what it is now.
words "$two/upshake.c" | LC_ALL=C comm -23 - "$out/words" |
  sed -nE 's/^(upshake|UPSHAKE)__((own_|OWN_)?(.*))$/\4 \1__\2/p' |
  LC_ALL=C sort -k1,1 >"$out/renamed"
for header in src/*/*.h; do
  shadow=$two/internal/${header#src/}
  mkdir -p "${shadow%/*}"
  {
    echo '#include "../all.h"'
    grep '^#include "' "$header" || true
    words "$header" | LC_ALL=C join - "$out/renamed" |
      while read -r name now; do
        if grep -qx "$now" "$out/macros"; then
          printf '#ifdef %s\n#define %s %s\n#endif\n' "$now" "$name" "$now"
        else
          echo "#define $name $now"
        fi
      done
  } >"$shadow"
done

unit_tests() {
  {
    cmake -S . -B "$out/unit" -G "Unix Makefiles" \
      -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1 \
      -DUPSHAKE_BUILD_EXAMPLES=OFF -DUPSHAKE_INSTALL=OFF \
      -DUPSHAKE_TWO_FILES="$PWD/$two" &&
      make -C "$out/unit/tests" -j "$(nproc)" && # and not the folders
      (cd "$out/unit" && ctest --output-on-failure -j "$(nproc)")
  } >"$out/log/unit" 2>&1 || tail -n 60 "$out/log/unit"
}
check "unit tests and vectors" unit_tests
grep 'tests passed' "$out/log/unit" || true
left_out() { # prints each unit test that is not there
  local file name
  for file in tests/test_*.c; do
    name=${file#tests/test_}
    name=${name%.c}
    [ -x "$out/unit/tests/upshake-test-$name" ] || echo "$name"
  done
}
no_more_than_cpu() { left_out | grep -vx cpu || true; }
check "no more is left out than test_cpu" no_more_than_cpu
echo "left out: test_cpu, which compiles one file of src/ in its own way"

echo "two files: $passed passed, $failed failed"
[ "$failed" = 0 ]
