#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Takes the library into another project in every way that the README names:
# copied as two files or as folders, as a subproject, installed (CMake and
# pkg-config, the installation moved), and inside of another library, which is
# then installed itself; with gcc and, where present, clang.  Beside that: in
# the packages of CPack and of package managers, and what a packager looks for.
# shellcheck disable=SC2030,SC2031 # each lane has variables of its own
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
. tests/check.sh
need gcc:gcc g++:g++ stdio.h:libc6-dev cmake:cmake make:make \
  pkg-config:pkg-config readelf:binutils
want clang:clang

root=$PWD
project=$root/tests/packaging
base=$root/build/packaging
two=$base/two
rm -rf "$base"
mkdir -p "$base"

# lane NAME COMMAND...: its checks, while those of other lanes run; it has a
# folder $out of its own.
lanes=()
lane() {
  local name=$1
  shift
  lanes+=("$name")
  (
    passed=0
    failed=0
    out=$base/$name
    mkdir -p "$out"
    "$@"
    echo "$passed $failed" >"$base/$name.count"
  ) >"$base/$name.said" 2>&1 &
}

refuses() { ! "$@"; }

exports() { # LIBRARY NAME...: these symbols and no other
  local library=$1
  shift
  diff <(nm -D --defined-only "$library" | awk '{ print $3 }' |
    LC_ALL=C sort) <(printf '%s\n' "$@" | LC_ALL=C sort)
}
exports_none() { ! nm -D --defined-only "$1" | grep -q upshake; }

# What the headers declare as public.
mapfile -t public < <(cc -E -P -DUPSHAKE_API=EXPORTED include/upshake.h |
  tr '\n' ' ' | tr ';' '\n' | grep -w EXPORTED | grep -oE 'upshake_[a-z0-9_]+ *\(' |
  tr -d ' (')

# ---- installed ----

# One configuration for both kinds.  Nothing here depends on optimization, which
# would take most of the time.
build_all() {
  cmake -S . -B "$out/build" -DUPSHAKE_BUILD_TESTS=OFF \
    -DUPSHAKE_BUILD_EXAMPLES=OFF -DUPSHAKE_INSTALL_SOURCES=ON \
    -DCMAKE_C_FLAGS_RELEASE=-O0 \
    -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib &&
    cmake --build "$out/build" --parallel "$(nproc)"
}

installed_is() { # PREFIX: these files, all of them
  diff <(cd "$1" && find . -type f -o -type l | LC_ALL=C sort) - <<END
$(cd include && printf './include/%s\n' *.h)
./lib/cmake/upshake/upshake-config-version.cmake
./lib/cmake/upshake/upshake-config.cmake
./lib/cmake/upshake/upshake-targets-release.cmake
./lib/cmake/upshake/upshake-targets.cmake
./lib/libupshake.a
./lib/libupshake.so
./lib/libupshake.so.$short
./lib/libupshake.so.$version
./lib/pkgconfig/upshake.pc
./share/licenses/upshake/LICENSE
$(cd "$out/build" && printf './share/%s\n' man/man3/*)
./share/upshake/upshake.c
./share/upshake/upshake.h
END
}

find_package() { # PREFIX KIND ARGUMENTS...: of find_package(upshake ...)
  local prefix=$1 kind=$2
  shift 2
  # -U: only what CMake knows of the compiler is kept from the last call.
  # shellcheck disable=SC2086
  cmake -S "$project/installed" -B "$out/consumer" -U 'upshake*' \
    -U BUILD_SHARED_LIBS ${flags-} \
    -DCMAKE_PREFIX_PATH="$prefix" -DKIND="$kind" -DWANTED="${*// /;}" &&
    cmake --build "$out/consumer" && "$out/consumer/consumer-c" &&
    "$out/consumer/consumer-cpp" &&
    exports "$out/consumer/libplugin.so" host_answer
}

# upshake::static and upshake::shared of the same find_package.
has_both_kinds() {
  "$out/consumer/consumer-static" && "$out/consumer/consumer-shared" &&
    refuses needs_library "$out/consumer/consumer-static" &&
    needs_library "$out/consumer/consumer-shared"
}
needs_library() { readelf -d "$1" | grep -F "libupshake.so.$short"; }

uses_pkg_config() { # PREFIX
  local words
  local -x PKG_CONFIG_PATH=$1/lib/pkgconfig
  pkg-config --validate upshake &&
    [ "$(pkg-config --modversion upshake)" = "$version" ] &&
    read -ra words < <(pkg-config --cflags --libs upshake) &&
    $CC "$project/consumer.c" "${words[@]}" -o "$out/by-pkg-config" &&
    readelf -d "$out/by-pkg-config" | grep -F libupshake.so &&
    LD_LIBRARY_PATH=$1/lib "$out/by-pkg-config" &&
    read -ra words < <(pkg-config --static --cflags --libs upshake) &&
    $CC -static "$project/consumer.c" "${words[@]}" -o "$out/by-pkg-config" &&
    "$out/by-pkg-config"
}

# In /usr the compiler finds everything by itself.
is_system() { # ROOT
  [ "$(PKG_CONFIG_LIBDIR=$1/usr/lib/pkgconfig \
    pkg-config --cflags --libs upshake | tr -d ' ')" = -lupshake ]
}

soname_is() { readelf -d "$1" | grep -F "soname: [$2]"; }

# ---- a subproject ----

subproject() { # on|off for the parent's BUILD_SHARED_LIBS
  rm -rf "$out/parent/CMakeCache.txt" "$out/parent/upshake/libupshake.so"*
  cmake -S "$project/parent" -B "$out/parent" -DBUILD_SHARED_LIBS="$1" \
    -DUPSHAKE_DIR="$root" -DCMAKE_INSTALL_PREFIX="$out/nothing" &&
    cmake --build "$out/parent" --parallel "$(nproc)" &&
    "$out/parent/consumer" &&
    [ ! -e "$out/parent/upshake/libupshake.so" ] &&
    cmake --build "$out/parent" --target consumer-shared &&
    "$out/parent/consumer-shared" &&
    cmake --install "$out/parent" && [ ! -e "$out/nothing/include" ]
}

# ---- inside of another library ----

host() { # STATIC|SHARED FROM FLAGS...: built, installed, moved, used
  local kind=$1 from=$2
  shift 2
  rm -rf "$out/host-first" "$out/host-moved"
  cmake -S "$project/host" -B "$out/host" -U 'UPSHAKE*' -U BUILD_SHARED_LIBS \
    -DKIND="$kind" -DFROM="$from" \
    -DCMAKE_INSTALL_PREFIX="$out/host-first" -DCMAKE_INSTALL_LIBDIR=lib "$@" &&
    cmake --build "$out/host" --parallel "$(nproc)" &&
    cmake --install "$out/host" &&
    mv "$out/host-first" "$out/host-moved" || return 1
  if [ "$kind" = SHARED ]; then
    exports "$out/host-moved/lib/libhost.so" host_answer || return 1
  fi
  cmake -S "$project/host_user" -B "$out/user" -U '*_DIR' \
    -DCMAKE_PREFIX_PATH="$out/host-moved" &&
    cmake --build "$out/user" && "$out/user/user-c" && "$out/user/user-cpp" &&
    exports_none "$out/user/user-c"
}

# ---- copied ----

copied() { # FOLDER of upshake.h, FILE...
  local include=-I$1
  shift
  $CC "$include" "$@" "$project/consumer.c" -o "$out/copied" &&
    "$out/copied" &&
    $CC -shared -fPIC "$include" "$@" "$project/host.c" -o "$out/copied.so" &&
    exports "$out/copied.so" host_answer &&
    $CC -shared -fPIC -DUPSHAKE_EXPORT "$include" "$@" -o "$out/copied.so" &&
    exports "$out/copied.so" "${public[@]}"
}

version=$(sed -n 's/^#define UPSHAKE_VERSION_[A-Z]* //p' include/upshake.h |
  paste -sd.)
short=${version%.*}
sh src/amalgamate.sh "$two" >"$base/log"

all_ways() { # of CC
  check "$CC: copied folders" copied include src/*/*.c
  check "$CC: two files" copied "$two" "$two/upshake.c"

  check "$CC: subproject, static parent" subproject off
  check "$CC: subproject, shared parent" subproject on

  check "$CC: build" build_all
  check "$CC: installed into /usr" \
    env DESTDIR="$out/root" cmake --install "$out/build"
  check "$CC: /usr is not named" is_system "$out/root"
  check "$CC: installed" cmake --install "$out/build" --prefix "$out/first"
  moved=$out/moved
  mv "$out/first" "$moved"
  check "$CC: installed files" installed_is "$moved"
  check "$CC: no path of this machine" refuses grep -rF "$base" "$moved"
  check "$CC: soname" soname_is "$moved/lib/libupshake.so" \
    "libupshake.so.$short"
  check "$CC: exported" exports "$moved/lib/libupshake.so" "${public[@]}"
  check "$CC: find_package" find_package "$moved" static
  check "$CC: find_package, static and shared" has_both_kinds
  check "$CC: find_package, version" find_package "$moved" static "$short"
  check "$CC: find_package, static" find_package "$moved" static \
    "$short COMPONENTS static"
  check "$CC: find_package, shared" find_package "$moved" shared \
    "$short COMPONENTS shared"
  flags=-DBUILD_SHARED_LIBS=ON check "$CC: find_package, BUILD_SHARED_LIBS" \
    find_package "$moved" shared
  check "$CC: another version" refuses find_package "$moved" static 0.99
  check "$CC: unknown component" refuses find_package "$moved" static \
    "COMPONENTS other"
  check "$CC: from the build tree" find_package "$out/build" static
  check "$CC: pkg-config" uses_pkg_config "$moved"

  for kind in STATIC SHARED; do
    for shared in OFF ON; do
      check "$CC: inside, $kind, BUILD_SHARED_LIBS=$shared" \
        host $kind "$root" -DBUILD_SHARED_LIBS=$shared
    done
    check "$CC: inside, $kind, installed beside" \
      host $kind "$root" -DUPSHAKE_INSTALL=ON
    check "$CC: inside, $kind, two files" host $kind "$two"
  done
}

everything_else() {
  check_archives
  check_managers
  check_tree
}

. tests/packaging/archives.sh
. tests/packaging/managers.sh
. tests/packaging/tree.sh

for CC in gcc clang; do
  have "$CC" || continue
  CXX=g++
  [ "$CC" = gcc ] || CXX=clang++
  export CC CXX
  lane "$CC" all_ways
done
export CC=gcc CXX=g++
lane others everything_else
wait

for name in "${lanes[@]}"; do
  cat "$base/$name.said"
  # A lane that broke off has no count.
  read -r right wrong <"$base/$name.count" || { right=0 wrong=1; }
  passed=$((passed + right))
  failed=$((failed + wrong))
done
echo "packaging: $passed passed, $failed failed"
[ "$failed" = 0 ]
