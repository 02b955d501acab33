#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the library weighs, as a user pays it.  Each row is a program of
# tests/size/, linked with the two files so that what nothing calls is dropped,
# less the same program without the library.  Prints the rows of tests/size.tsv
# anew.  Fails if a row is over its limit; another compiler than gcc 12 prints
# and does not judge.
#
#   bash tests/size.sh            the table
#   bash tests/size.sh --why ROW  what is in a row, by function, such as
#                                 --why server-small
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need cc:gcc gcc:gcc stdio.h:libc6-dev python3:python3

exec python3 tests/size/size.py "$@"
