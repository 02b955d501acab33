#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Records the binary interface of a release, which check.sh compares with.
#
#   bash tests/abi/record.sh           of the tree as it stands here
#   bash tests/abi/record.sh COMMIT    of that commit
#
# Writes tests/abi/upshake-VERSION.abi by abidw on x86-64, and removes that of
# the release before.  Call it when a release is made, and not to silence
# check.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
. tests/abi/build.sh
need gcc:gcc stdio.h:libc6-dev cmake:cmake make:make abidw:abigail-tools

out=build/abi
rm -rf "$out"
mkdir -p "$out/tree"
tree=.
if [ $# -gt 0 ]; then
  git archive "$1" | tar -xf - -C "$out/tree"
  tree=$out/tree
fi

build_library "$tree" "$out"
abidw --short-locs --no-comp-dir-path --no-corpus-path --drop-private-types \
  --headers-dir "$tree/include" --out-file "$out/abi" "$out/libupshake.so"
file=tests/abi/upshake-$(version_of "$tree").abi
rm -f tests/abi/upshake-*.abi
# abidiff wants its own element first.
{
  head -n 1 "$out/abi"
  echo '  <!-- SPDX-License-Identifier: MIT'
  echo '       Written by tests/abi/record.sh: do not edit. -->'
  tail -n +2 "$out/abi"
} >"$file"
echo "$file"
