#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The switches for the compiler (README): the library with none of them, with
# each one, with each two and with all.  It is built from the folders and as the
# two files by gcc and clang, where a warning is an error, and the unit tests
# and the vectors pass.  What needs something that is left out is counted.  What
# a switch leaves out is not among the symbols.
#
#   bash tests/switches.sh            all of it
#   bash tests/switches.sh SWITCH...  these switches together, or "none"
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need gcc:gcc clang:clang stdio.h:libc6-dev nm:binutils cmocka.h:libcmocka-dev \
  python3:python3

exec python3 -B tests/switches.py "$@"
