#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What has changed in the binary interface since the last release?  Prints it,
# and fails for an incompatible change that CHANGELOG.md does not announce: a
# part "### Changed" or "### Removed" above that release must have the name of
# the function or type in backquotes, and the soname must be another.  What is
# only added is never incompatible.
#
# build/abi/report has all that abidiff says.  On another processor than x86-64
# it compares nothing, as layouts differ there.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
. tests/abi/build.sh
if [ "$(uname -m)" != x86_64 ]; then
  echo "abi: skipped, as this is no x86-64"
  exit 0
fi
need gcc:gcc stdio.h:libc6-dev cmake:cmake make:make abidiff:abigail-tools \
  python3:python3

out=build/abi
rm -rf "$out"
mkdir -p "$out"
recorded=$(echo tests/abi/upshake-*.abi)
build_library . "$out"

# Exit status: 4 the interface differs, 8 so that it is incompatible.
status=0
abidiff --leaf-changes-only --headers-dir2 include "$recorded" \
  "$out/libupshake.so" >"$out/report" || status=$?
if [ $((status & ~12)) != 0 ]; then
  cat "$out/report"
  echo "abi: abidiff could not compare"
  exit 1
fi

released=${recorded#*-}
announced() { # CHANGELOG
  python3 tests/abi/announced.py "${released%.abi}" "$out/report" "$1"
}
announced CHANGELOG.md
# The judgement is one: a changelog that announces nothing does not pass.
if grep -q '^  \[[CD]\]' "$out/report"; then
  sed 's/`//g' CHANGELOG.md >"$out/changelog"
  if announced "$out/changelog" >"$out/log"; then
    echo "abi: passes whatever the changelog says"
    exit 1
  fi
fi
