#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The reference that src/reference.sh writes: the same from any awk, without a
# warning of mandoc, complete, without a dead link, and installed as packagers
# expect it.  What its pages must say is in reference.py.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
. tests/check.sh
need cc:gcc stdio.h:libc6-dev cmake:cmake make:make python3:python3 \
  mandoc:mandoc mman:mandoc pkg-config:pkg-config \
  wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev
want mawk:mawk gawk:gawk busybox:busybox original-awk:original-awk

out=$PWD/build/reference
pages=$out/first/man
rm -rf "$out"
mkdir -p "$out"

# ---- the script ----

# by AWK: writes the reference with that awk, from another folder.
by() {
  local bin="$out/bin of $1" to="$out/by $1"
  mkdir -p "$bin"
  printf '#!/bin/sh\nexec %s "$@"\n' "$1" >"$bin/awk"
  chmod +x "$bin/awk"
  (cd / && PATH=$bin:$PATH sh "$script" "$to") && diff -r "$out/first" "$to"
}
script=$PWD/src/reference.sh
sh "$script" "$out/first" >"$out/said"
check "again, where it was" sh "$script" "$out/first"
for awk in mawk "gawk --posix" "busybox awk" original-awk; do
  have "${awk%% *}" && check "$awk" by "$awk"
done

# Says what is wrong, or nothing.
lint() {
  local said
  said=$(mandoc -Tlint -Wwarning "$pages"/man?/*) || true
  echo "$said"
  [ -z "$said" ]
}
check "mandoc has no warning" lint

dated() {
  local tree=$out/dated
  mkdir -p "$tree"
  cp -r include src examples "$tree"
  sed 's/^\(## .* - \)unreleased$/\12027-03-01/' CHANGELOG.md \
    >"$tree/CHANGELOG.md"
  sh "$tree/src/reference.sh" "$tree" &&
    grep -x '.Dd March 1, 2027' "$tree/man/man3/upshake.3"
}
check "pages have the date of a release" dated

# ---- built and installed ----

build() {
  cmake -S . -B "$out/cmake" -DCMAKE_BUILD_TYPE=Debug \
    -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_INSTALL_TOOLS=ON \
    -DCMAKE_INSTALL_LIBDIR=lib &&
    cmake --build "$out/cmake" --parallel "$(nproc)" --target upshake \
      upshake-shared upshake-inspect upshake-client upshake-demo
}
installed() { # PREFIX
  cmake --install "$out/cmake" --prefix "$out/$1"
}
is_the_same() {
  diff -r "$pages" "$out/tools/share/man" &&
    cmp "$out/first/upshake-reference.html" \
      "$out/cmake/upshake-reference.html" &&
    "$out/tools/bin/upshake-inspect" --help >"$out/log"
}
finds() { # PREFIX NAME TEXT: as people ask for it
  mman -M "$out/$1/share/man" "$2" 2>"$out/log" | sed 's,.\x08,,g' |
    grep -F -- "$3" >&2
}
without_tools() {
  cmake -S . -B "$out/cmake" -DUPSHAKE_INSTALL_TOOLS=OFF && installed library &&
    [ -e "$out/library/share/man/man3/upshake_feed.3" ] &&
    [ ! -e "$out/library/share/man/man1" ] && [ ! -e "$out/library/bin" ]
}
without_awk() {
  cmake -S . -B "$out/cmake" -DUPSHAKE_AWK= | grep 'neither built nor inst' &&
    installed nothing && [ -e "$out/nothing/include/upshake.h" ] &&
    [ ! -e "$out/nothing/share/man" ]
}
check "build" build
check "installed" installed tools
check "what is installed is what the script writes" is_the_same
check "man upshake_feed" finds tools upshake_feed "upshake_choose_protocol(3)"
check "man upshake_result" finds tools upshake_result "int switched"
check "man upshake-inspect" finds tools upshake-inspect "EXIT STATUS"
check "says all that the headers and the programs say" \
  python3 tests/reference.py "$out/first" "$out/tools/bin"
check "without the programs" without_tools
check "without awk" without_awk

echo "reference: $passed passed, $failed failed"
[ "$failed" = 0 ]
