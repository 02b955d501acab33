#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Small machines: how large the library is on Cortex-M0+, and the library on
# emulated ones that have no libc but the six functions it needs: a handshake
# in 768 bytes, then the golden vectors.  Skipped where a tool is missing;
# with CI=true it is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh

tools="arm-none-eabi-gcc:gcc-arm-none-eabi qemu-system-arm:qemu-system-arm
  cmake:cmake make:make python3:python3"
for tool in $tools; do
  [ "${CI:-}" = true ] || have "${tool%%:*}" ||
    { echo "skipped: small machines, as there is no ${tool%%:*}"; exit 0; }
done
# shellcheck disable=SC2086 # a list of words
need $tools

here=tests/cortex-m
library=build/cortex-m/libupshake.a
core_library=build/cortex-m-core/libupshake.a
out=build/cortex-m/images
gcc=arm-none-eabi-gcc
cpu="-mcpu=cortex-m0plus -mthumb"

quietly() { # what is said is shown where it fails
  "$@" >build/cortex-m.log 2>&1 || { cat build/cortex-m.log >&2; return 1; }
}

# ---- The library, by its preset; a warning is an error ----

mkdir -p build
quietly cmake --preset cortex-m -DCMAKE_COMPILE_WARNING_AS_ERROR=ON
quietly cmake --build --preset cortex-m --parallel "$(nproc)"
# Once more without what a small device may never need.
quietly cmake --preset cortex-m -B "${core_library%/*}" \
  -DCMAKE_COMPILE_WARNING_AS_ERROR=ON -DUPSHAKE_NO_BODIES=ON \
  -DUPSHAKE_NO_LEAN=ON -DUPSHAKE_NO_PHRASES=ON
quietly cmake --build "${core_library%/*}" --parallel "$(nproc)"
rm -rf "$out"
mkdir -p "$out/runner" "$out/core" "$out/cases"

# ---- The images ----

compile() { # DIRECTORY HEADERS FILE...: against those headers and no other
  local directory=$1 headers=$2 file
  shift 2
  for file in "$@"; do
    # shellcheck disable=SC2086
    $gcc -std=c11 -Os $cpu ${defined-} -ffreestanding -fno-builtin -ffunction-sections \
      -fdata-sections -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror \
      -nostdinc -isystem "$here/$headers" -isystem \
      "$($gcc -print-file-name=include)" -Iinclude -c "$file" \
      -o "$directory/$(basename "${file%.c}").o"
  done
}

lto=-fno-lto # as most will link
link_image() { # IMAGE ROM RAM STACK WHAT...: with nothing but libgcc
  local image=$1 sizes=--defsym=rom_size=$2,--defsym=ram_size=$3
  sizes+=,--defsym=stack_size=$4
  shift 4
  # shellcheck disable=SC2086
  $gcc $cpu -Os $lto -nostdlib -Wl,--gc-sections,"$sizes" -T "$here/image.ld" "$@" \
    -lgcc -o "$image"
}

compile "$out" libc "$here/libc.c" "$here/machine.c" "$here/handshake.c"
machine=("$out/libc.o" "$out/machine.o")
server=("$out/handshake.o" "${machine[@]}" "$library")
link_image "$out/handshake" 256K 16K 4K "${server[@]}"
lto=-flto link_image "$out/handshake-lto" 256K 16K 4K "${server[@]}"
defined=-DCORE compile "$out/core" libc "$here/handshake.c"
core=("$out/core/handshake.o" "${machine[@]}" "$core_library")
link_image "$out/handshake-core" 256K 16K 4K "${core[@]}"

# The server's side; which chapters there are is said by the host.
reader_and_runner=()
chapters=()
for file in tests/vectors_*.c; do
  case $file in */vectors_chapters.c) ;; *) reader_and_runner+=("$file") ;; esac
done
for file in tests/vectors/[a-z]*.md; do
  case $file in
    */client-* | */stream-*) ;; # have tests of their own
    *) chapters+=("$file") ;;
  esac
done

# The library is one object here, so that --wrap meets no calls within it.
compile "$out/runner" runner "$here/vectors.c"
mv "$out/runner/vectors.o" "$out/runner/main.o"
compile "$out/runner" runner "$here/measure.c" "$here/runner.c" \
  tests/vectors.c "${reader_and_runner[@]}"
arm-none-eabi-ld -r --whole-archive "$library" -o "$out/runner/upshake.o"
wraps=$(sed -n 's/^MEASURE([a-z_]*, \(upshake_[a-z_]*\),.*/-Wl,--wrap=\1/p' \
  "$here/measure.c")
runner=("$out"/runner/*.o "${machine[@]}")
# shellcheck disable=SC2086 # a list of words
link_image "$out/vectors" 4M 4M 64K $wraps "${runner[@]}"
# shellcheck disable=SC2086
link_image "$out/vectors-16k" 256K 16K 10K $wraps "${runner[@]}"

# ---- The sizes ----

python3 "$here/sizes.py" "${server[@]}" -- "${core[@]}"

# ---- The emulated machines ----

emulate() { # MACHINE IMAGE [ARGUMENT]
  echo "$1:"
  timeout 300 qemu-system-arm -M "$1" -display none -monitor none -serial none \
    -chardev stdio,id=out -kernel "$out/$2" -semihosting-config \
    "enable=on,target=native,chardev=out,arg=$2,arg=${3:-}"
}

emulate microbit handshake
emulate microbit handshake-lto
emulate microbit handshake-core

printf '%s\n' "${chapters[@]}" >"$out/chapters"
emulate mps2-an385 vectors "$out/chapters" | tee "$out/log"
cases=$(cat "${chapters[@]}" | grep -c '^## ')
grep -q "^vectors: $cases cases run, .* 0 of" "$out/log" ||
  { echo "FAIL: there are $cases cases" >&2; exit 1; }

# A file for each case, as the smallest machine cannot hold a chapter.
awk -v out="$out/cases/" '
  FNR == 1 { file = "" }
  /^## / { close(file)
           name = FILENAME; sub(/.*\//, "", name); sub(/\.md$/, "", name)
           file = out name "-" FNR }
  file   { print > file }' "${chapters[@]}"
ls -d "$out"/cases/* >"$out/cases.list"
emulate microbit vectors-16k "$out/cases.list"
