#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Assembles what package managers want at the top of a package: a folder for
# each of them, from the manifests beside this script and from the sources.
#
#   sh examples/packaging/assemble.sh [DIR] [--url URL]
#
# DIR is build/packages if not given.  URL is the page of the project that the
# manifests name.  sh, a POSIX awk, tar and gzip are all it needs.
set -eu
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
dir=$root/build/packages
url=https://example.invalid/upshake

usage() {
  echo "assemble.sh: $1" >&2
  echo "usage: sh examples/packaging/assemble.sh [DIR] [--url URL]" >&2
  exit 2
}

while [ "$#" -gt 0 ]; do
  case $1 in
    --url)
      [ "$#" -ge 2 ] || usage "--url needs an address"
      url=$2
      shift
      ;;
    -*) usage "unknown option $1" ;;
    *) dir=$1 ;;
  esac
  shift
done
case $url in
  http://*[!a-zA-Z0-9./_~:-]* | https://*[!a-zA-Z0-9./_~:-]*)
    usage "not a plain address: $url"
    ;;
  http://?* | https://?*) ;;
  *) usage "an address begins with https://, this one does not: $url" ;;
esac

version=$(sed -n 's/^#define UPSHAKE_VERSION_[A-Z]* //p' \
  "$root/include/upshake.h" | paste -s -d . -)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

# copy FROM TO: a folder or a file; in names and texts @version@ and @url@ are
# filled in, and the ending .in goes away.
copy() {
  find "$here/$1" -type f | sort | while IFS= read -r file; do
    name=${file#"$here/$1/"}
    to=$2/${name%.in}
    mkdir -p "$(dirname "$to")"
    sed -e "s|@version@|$version|g" -e "s|@url@|$url|g" "$file" >"$to"
  done
}

# begin KIND: its folder, with its manifests.
begin() {
  rm -rf "${dir:?}/$1"
  mkdir -p "$dir/$1"
  copy "$1" "$dir/$1"
  cp "$root/LICENSE" "$dir/$1"
}

# two_files FOLDER: upshake.c and upshake.h.
two_files() {
  sh "$root/src/amalgamate.sh" "$1" >/dev/null
}

# The sources that package managers build: with CMake, or with a file of theirs.
# Names, order, modes and times are the same each time, owners where tar can.
library_archive() { # FILE
  top=upshake-$version
  staging=$dir/.staging
  rm -rf "$staging"
  mkdir -p "$staging/$top"
  for name in CMakeLists.txt CHANGELOG.md LICENSE README.md include src; do
    cp -R "$root/$name" "$staging/$top"
  done
  chmod -R u=rwX,go=rX "$staging/$top"
  find "$staging" -exec env TZ=UTC touch -t 202601010000 {} +
  owner=
  case $(tar --version) in *GNU*) owner="--owner=root:0 --group=root:0" ;; esac
  # shellcheck disable=SC2086 # two words or none
  (cd "$staging" && find "$top" -type f | sort >list &&
    tar $owner -cf - -T list | gzip -9n) >"$1"
  rm -rf "$staging"
}

begin two-files
two_files "$dir/two-files"

begin arduino
two_files "$dir/arduino/src"

begin platformio
two_files "$dir/platformio/src"

begin esp-idf
two_files "$dir/esp-idf"

begin zephyr
two_files "$dir/zephyr"

archive=upshake-$version-library.tar.gz
begin meson
library_archive "$dir/meson/packagefiles/$archive"

begin vcpkg
cp "$dir/meson/packagefiles/$archive" "$dir/vcpkg/upshake"

echo "$dir: arduino, esp-idf, meson, platformio, two-files, vcpkg, zephyr"
