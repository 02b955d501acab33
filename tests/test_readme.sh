#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the README shows is so: its example is the marked part of
# examples/minimal.c, and what tests/documents/ checks of every document.  It and
# the header are short, and speak of bytes.
#
#   test_readme.sh           runs every command (CI)
#   test_readme.sh BUILD     soon done: takes the programs of this build, and
#                            leaves out what builds by cmake (ctest)
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh

programs=${1-}
fail() {
  printf 'README.md: %s\n' "$*"
  exit 1
}

# ---- What it shows ----------------------------------------------------------

# block LANGUAGE: the first block of this language.
block() {
  awk -v begin="\`\`\`$1" '$0 == begin { on = 1; next }
    on && /^```$/ { exit } on' README.md
}

marked=$(sed -n '/\/\* README: begin \*\//,/\/\* README: end \*\//p' \
  examples/minimal.c | sed '1d;$d')
[ -n "$marked" ] || fail "examples/minimal.c has no marked part"
[ "$(block c | wc -l)" -le 40 ] || fail "the example has over 40 lines"
diff <(cat <<<"$marked") <(block c) || fail "is not as examples/minimal.c"

# ---- What can be read in one go ---------------------------------------------

# at_most LIMIT WHAT: counts the lines of standard input.
at_most() {
  local lines
  lines=$(wc -l)
  [ "$lines" -le "$1" ] || fail "$2: $lines, which is more than $1"
}
at_most 220 "lines of the README" <README.md
at_most 400 "lines of include/upshake.h that are not blank" \
  < <(grep '[^[:space:]]' include/upshake.h)
# RFCs and their rule names say octet.
at_most 20 "lines that say octet" \
  < <(grep -rniI octet README.md include src examples)
wide=$(grep -nE '^.{81}' include/*.h) || true
[ -z "$wide" ] || fail "over 80 columns:"$'\n'"$wide"

# The CHANGELOG compiles as one of the commands below does.
# shellcheck disable=SC2016
while read -r command; do
  grep -qxF "$command" README.md || fail "has not the command of CHANGELOG.md:
$command"
done < <(tr -s '\n ' ' ' <CHANGELOG.md | grep -oE '`cc [^`]*`' | tr -d '`')

# ---- Its links, names, numbers and commands ---------------------------------

if [ -z "$programs" ]; then
  need pkg-config:pkg-config python3:python3
  python3 tests/documents/documents.py README.md
elif command -v python3 >/dev/null; then
  python3 tests/documents/documents.py --programs "$programs" README.md
else
  echo "left out: its commands, as there is no python3"
fi
