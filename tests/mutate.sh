#!/bin/sh
# SPDX-License-Identifier: MIT
# Mutation testing of src/: makes small wrong changes, one at a time, and runs
# the unit tests and vectors until one of them notices.  Fails if a mutant
# survives that tests/mutation/survivors.txt does not explain.
#
#   sh tests/mutate.sh                     all mutants, goes on where it stopped
#   sh tests/mutate.sh --count 200         a sample, chosen by the commit: at
#                                          least 98 % must be noticed
#   sh tests/mutate.sh --only 'host.c'     those whose "file function: line" (as
#                                          changed) matches the regex
#
# Further options: --seed TEXT, --shallow, --least PERCENT, --jobs N, --fresh,
# --help.
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh
need cc:gcc gcc:gcc stdio.h:libc6-dev cmake:cmake make:make \
  cmocka.h:libcmocka-dev python3:python3
want tcc:tcc # most mutants are found in a tenth of the time
exec python3 tests/mutation/run.py "$@"
