#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Foreign machines, emulated: the unit tests and golden vectors on i686 without
# and with SSE2, on aarch64, and on s390x, whose words have their bytes the
# other way round.  Skipped where a tool is missing; with CI=true it is
# installed.
#
#   bash tests/foreign/run.sh             all of them
#   bash tests/foreign/run.sh MACHINE...  i686, s390x, aarch64
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh

out=build/foreign
rm -rf "$out"
mkdir -p "$out"

# What is built is static, so that running it takes no libc of that machine.
links() { # COMPILER
  echo 'int main(void) { return 0; }' |
    "$1" -static -x c - -o "$out/links" >/dev/null 2>&1
}

machines="i686 s390x aarch64"
for machine in "$@"; do
  case " $machines " in
    *" $machine "*) ;;
    *)
      echo "run.sh: no machine $machine; there are: $machines" >&2
      exit 2
      ;;
  esac
done
wanted=${*:-$machines}
is_wanted() { # MACHINE
  case " $wanted " in *" $1 "*) ;; *) return 1 ;; esac
}

# ready COMPILER EMULATOR PACKAGES...
ready() {
  local compiler=$1 emulator=$2
  shift 2
  if have "$emulator" && links "$compiler"; then return 0; fi
  if [ "${CI:-}" = true ]; then
    need "$emulator:qemu-user" "${@/#/-:}"
    links "$compiler"
  else
    echo "skipped: $compiler or $emulator is missing"
    return 1
  fi
}

# Two are left out, as they take long where each instruction is emulated: half
# a million exchanges, and the changed answers but for one machine.
tests_of() { # NAME
  local file
  for file in tests/test_*.c; do
    case $1/$file in
      i686-sse2/*/test_tampered.c) basename "$file" .c ;;
      */test_tampered.c | */test_exchange.c) ;;
      *) basename "$file" .c ;;
    esac
  done
}

# build NAME COMPILER FLAGS...: each test, with what it needs from an archive of
# the library and of what several tests share.
build() {
  local name=$1 dir=$out/$1 compiler=$2 tests shared file
  shift
  mkdir "$dir"
  tests=$(tests_of "$name")
  shared=$(find src -name '*.c' && find tests -maxdepth 1 -name '*.c' ! -name 'test_*')
  # shellcheck disable=SC2016,SC2086 # expanded by the inner sh; lists of words
  { printf '%s\n' $shared && printf 'tests/%s.c\n' $tests; } |
    xargs -P "$(nproc)" -I{} sh -c 'dir=$1 file=$2 level=-O2 && shift 2 &&
      case $file in tests/test_*) level=-O1 ;; esac && # soon built, soon run
      exec "$@" $level -c "$file" -o "$dir/$(basename "$file" .c).o"' sh \
      "$dir" {} "$@" -std=c11 -Wall -Wextra -Werror -Iinclude -Isrc \
      -isystem tests/foreign -D_FILE_OFFSET_BITS=64 \
      -DUPSHAKE_VECTORS_DIR='"tests/vectors"'
  for file in $shared; do
    echo "$dir/$(basename "$file" .c).o"
  done | xargs ar rcs "$dir/shared.a"
  for file in $tests; do
    "$compiler" -static "$dir/$file.o" "$dir/shared.a" -o "$dir/$file"
  done
}

# machine NAME EMULATOR EMULATOR COMPILER FLAGS...: by the first the vectors are
# run, which take longest, by the other the rest.
machine() {
  local name=$1 long=$2 short=$3 file
  shift 3
  build "$name" "$@"
  for file in $(tests_of "$name"); do
    case $file in
      *_vectors) echo "$long $out/$name/$file" >>"$out/long" ;;
      *) echo "$short $out/$name/$file" >>"$out/short" ;;
    esac
  done
}

if is_wanted i686 && ready i686-linux-gnu-gcc qemu-i386 \
  gcc-i686-linux-gnu libc6-dev-i386-cross
then # a processor without any SSE, then one that has SSE2
  real="env"
  links i686-linux-gnu-gcc
  "$out/links" 2>/dev/null || real="qemu-i386 -cpu max"
  machine i686 "$real" "qemu-i386 -cpu pentium2" i686-linux-gnu-gcc \
    -mno-sse -mfpmath=387
  machine i686-sse2 "$real" "$real" i686-linux-gnu-gcc -msse2
fi
if is_wanted s390x && ready s390x-linux-gnu-gcc qemu-s390x \
  gcc-s390x-linux-gnu libc6-dev-s390x-cross
then
  machine s390x qemu-s390x qemu-s390x s390x-linux-gnu-gcc
fi
if is_wanted aarch64 && ready aarch64-linux-gnu-gcc qemu-aarch64 \
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross
then # with its SHA-1 instructions
  machine aarch64 qemu-aarch64 qemu-aarch64 aarch64-linux-gnu-gcc \
    -march=armv8-a+crypto
fi

[ -e "$out/long" ] || exit 0
# shellcheck disable=SC2016
cat "$out/long" "$out/short" | xargs -P "$(nproc)" -I{} sh -c '
  set -- $1 && for test; do :; done && "$@" >"$test.log" 2>&1 && exit
  echo "FAIL $*"; tail -n 20 "$test.log"; exit 1' sh {} && failed=0 || failed=1
for dir in "$out"/*/; do
  echo "$(basename "$dir"): $(find "$dir" -name '*.log' | wc -l) programs, $(
    cat "$dir"/*.log | awk '/ tests, [0-9]+ failed$/ { tests += $1; bad += $3 }
      / cases, / { cases += $1 }
      END { print tests " tests, " cases " cases, " bad + 0 " failed" }')"
done
exit "$failed"
