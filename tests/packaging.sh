#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Takes the library into another project in every way that the README names:
# installed (CMake and pkg-config, the installation moved), as a subproject,
# and as copied files; static and shared, with gcc and, where present, clang.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need gcc:gcc stdio.h:libc6-dev cmake:cmake make:make pkg-config:pkg-config \
  readelf:binutils

root=$PWD
out=$root/build/packaging
project=$root/tests/packaging
passed=0
failed=0
rm -rf "$out"
mkdir -p "$out"

check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$out/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$name"
    cat "$out/log"
  fi
}
refuses() { ! "$@"; }

install_kind() { # on|off for shared; both kinds go into one prefix
  cmake -S . -B "$out/$CC-$1" -DBUILD_SHARED_LIBS="$1" \
    -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_BUILD_EXAMPLES=OFF \
    -DCMAKE_INSTALL_PREFIX="$out/$CC-first" -DCMAKE_INSTALL_LIBDIR=lib &&
    cmake --build "$out/$CC-$1" &&
    cmake --install "$out/$CC-$1"
}

installed_is() { # PREFIX: these files, all of them
  diff <(cd "$1" && find . -type f -o -type l | LC_ALL=C sort) - <<EOF
./include/upshake.h
./lib/cmake/upshake/upshake-config-version.cmake
./lib/cmake/upshake/upshake-config.cmake
./lib/cmake/upshake/upshake-shared-targets-release.cmake
./lib/cmake/upshake/upshake-shared-targets.cmake
./lib/cmake/upshake/upshake-static-targets-release.cmake
./lib/cmake/upshake/upshake-static-targets.cmake
./lib/libupshake.a
./lib/libupshake.so
./lib/libupshake.so.$short
./lib/libupshake.so.$version
./lib/pkgconfig/upshake.pc
EOF
}

find_package() { # PREFIX ARGUMENTS...: of find_package(upshake ...)
  local prefix=$1
  shift
  rm -rf "$out/consumer"
  cmake -S "$project/installed" -B "$out/consumer" \
    -DCMAKE_PREFIX_PATH="$prefix" -DWANTED="${*// /;}" &&
    cmake --build "$out/consumer" && "$out/consumer/consumer"
}

uses_pkg_config() { # PREFIX
  local flags
  export PKG_CONFIG_PATH=$1/lib/pkgconfig
  pkg-config --validate upshake &&
    [ "$(pkg-config --modversion upshake)" = "$version" ] &&
    read -ra flags < <(pkg-config --cflags --libs upshake) &&
    $CC "$project/consumer.c" "${flags[@]}" -o "$out/by-pkg-config" &&
    LD_LIBRARY_PATH=$1/lib "$out/by-pkg-config"
}

soname_is() { readelf -d "$1" | grep -F "soname: [$2]"; }

subproject() { # on|off for shared
  rm -rf "$out/parent"
  cmake -S "$project/parent" -B "$out/parent" -DBUILD_SHARED_LIBS="$1" \
    -DUPSHAKE_DIR="$root" -DCMAKE_INSTALL_PREFIX="$out/nothing" &&
    cmake --build "$out/parent" && "$out/parent/consumer" &&
    cmake --install "$out/parent" && [ ! -e "$out/nothing/include" ]
}

copied() {
  $CC -Iinclude src/*.c "$project/consumer.c" -o "$out/copied" &&
    "$out/copied"
}

version=$(sed -n 's/^#define UPSHAKE_VERSION_[A-Z]* //p' include/upshake.h |
  paste -sd.)
short=${version%.*}

for CC in gcc clang; do
  have "$CC" || continue
  export CC
  moved=$out/$CC-moved
  check "$CC: install, static" install_kind off
  check "$CC: install, shared" install_kind on
  mv "$out/$CC-first" "$moved"
  check "$CC: installed files" installed_is "$moved"
  check "$CC: no path of this machine" refuses grep -rF "$out" "$moved"
  check "$CC: soname" soname_is "$moved/lib/libupshake.so" \
    "libupshake.so.$short"
  check "$CC: find_package" find_package "$moved"
  check "$CC: find_package, version" find_package "$moved" "$short"
  check "$CC: find_package, static" find_package "$moved" \
    "$short COMPONENTS static"
  check "$CC: find_package, shared" find_package "$moved" \
    "$short COMPONENTS shared"
  check "$CC: another version" refuses find_package "$moved" 0.99
  check "$CC: unknown component" refuses find_package "$moved" \
    "COMPONENTS other"
  check "$CC: pkg-config" uses_pkg_config "$moved"
  check "$CC: subproject, static" subproject off
  check "$CC: subproject, shared" subproject on
  check "$CC: copied files" copied
done

echo "packaging: $passed passed, $failed failed"
[ "$failed" = 0 ]
