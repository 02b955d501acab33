#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Foreign systems, for which the library is compiled and cannot be run here:
# Windows by clang in the manner of MSVC and by mingw, a host of the DLL in C and
# C++, and a processor whose int has 16 bits, which must be refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
. tests/check.sh
need clang-19:clang-19 clang++-19:clang-19 cmake:cmake make:make \
  x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64

out=build/compile
rm -rf "$out"
mkdir -p "$out"

# ---- clang in the manner of MSVC ----

# Debian has no SDK of Windows: the headers are clang's own, and one of ours.
compile_cl() { # MACHINE FLAGS...
  local machine=$1
  shift
  printf '%s\0' src/*/*.c | xargs -0 -P "$(nproc)" -I{} \
    clang-19 --driver-mode=cl --target="$machine-pc-windows-msvc" /W4 /WX \
    -imsvc tests/foreign/msvc -Iinclude "$@" -c {} "/Fo$out/"
}

for machine in x86_64 i686 aarch64; do
  for switch in /DNDEBUG /DUPSHAKE_SMALL /DUPSHAKE_PORTABLE; do
    check "clang-cl $machine $switch" compile_cl "$machine" "$switch"
  done
done
# The processor's SHA.  Freestanding, as clang's header asks a libc for malloc
# otherwise.
for machine in x86_64 i686; do
  check "clang-cl $machine, SHA" compile_cl "$machine" /clang:-msha \
    /clang:-mssse3 /clang:-ffreestanding
done

# ---- mingw ----

# build_mingw FLAGS...: the top-level build, as a user configures it.
build_mingw() {
  rm -rf "$out/mingw"
  cmake -S . -B "$out/mingw" -DCMAKE_SYSTEM_NAME=Windows \
    -DCMAKE_C_COMPILER=x86_64-w64-mingw32-gcc \
    -DCMAKE_C_FLAGS='-Wall -Wextra -Werror' "$@" &&
    cmake --build "$out/mingw" --parallel "$(nproc)"
}

check "mingw" build_mingw
check "mingw, the library" test -f "$out/mingw/libupshake.a"
check "mingw, upshake-inspect" test -f "$out/mingw/upshake-inspect.exe"
check "mingw, a DLL" build_mingw -DBUILD_SHARED_LIBS=ON
check "mingw, the DLL" test -f "$out/mingw/libupshake.dll"

# ---- a host of the DLL ----

# A table of protocols is constant there too, in C and in C++.  Debian's mingw
# has the headers of C for clang++ as well.
host() { # COMPILER FLAGS...
  "$@" -Werror -DUPSHAKE_SHARED -Iinclude -c tests/header.c -o "$out/host.o"
}
host_cl() { # MACHINE FLAGS...
  clang-19 --driver-mode=cl --target="$1-pc-windows-msvc" /W4 /WX \
    -imsvc tests/foreign/msvc -Iinclude /DUPSHAKE_SHARED "${@:2}" \
    -Wglobal-constructors -c tests/header.c "/Fo$out/host.obj"
}
warnings="-Wall -Wextra -pedantic-errors"
for std in c89 c99 c2x; do
  # shellcheck disable=SC2086
  check "host of the DLL, mingw $std" host x86_64-w64-mingw32-gcc -std=$std \
    $warnings
done
for std in c++98 c++20; do
  # shellcheck disable=SC2086
  check "host of the DLL, clang++ $std" host clang++-19 \
    --target=x86_64-pc-windows-gnu -x c++ -std=$std $warnings \
    -Wglobal-constructors
done
for machine in x86_64 i686 aarch64; do
  check "host of the DLL, clang-cl $machine" host_cl "$machine"
  check "host of the DLL, clang-cl $machine, C++" host_cl "$machine" /TP
done

# ---- an int of 16 bits ----

# refused REASON FLAGS...: the header says why, for every file.  Freestanding, as
# the machine has no libc here.
refused() {
  local reason=$1 file
  shift
  for file in src/*/*.c; do
    if clang-19 --target=avr -ffreestanding -fsyntax-only "$@" -Iinclude \
      -isystem tests/foreign/msvc "$file" >"$out/avr" 2>&1; then
      echo "$file is accepted"
      return 1
    fi
    grep -qF "$reason" "$out/avr" || { cat "$out/avr"; return 1; }
  done
}

check "an int of 16 bits" refused 'upshake needs an int of at least 32 bits'
check "an int of 16 bits, any compiler" \
  refused 'upshake_needs_an_int_of_32_bits' -U__INT_MAX__

echo "compile: $passed passed, $failed failed"
[ "$failed" = 0 ]
