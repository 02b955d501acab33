#!/bin/sh
# SPDX-License-Identifier: MIT
# Old against new: does the library of this tree do what that of REV did?
#
#   sh tests/compare.sh [OPTION]... REV
#   sh tests/compare.sh [OPTION]... --small
#
# With --small the old library is this tree, built with UPSHAKE_SMALL: it has no
# fast path, so each fast path is compared with the general way behind it.
#
# Both libraries are linked into one program.  It runs the golden vectors and
# seeded mutations of them (bytes, lines, parts of other vectors; requests,
# responses, what a client asks for, configs, decisions, added fields) through
# both: whole, byte by byte and at random splits, by feed and by commit, through
# the layer that judges another parser's fields and through the parser alone.
# It compares outcome, error, status, offset, used, slices, content and reply,
# prints what the cases came to, and each difference as short as it can be made.
#
# What a commit means to change is a line in tests/compare/decided.tsv.
#
#   --short          1.5 million cases, at most 60 seconds: a fast machine tries
#                    no more than a slow one, so that a commit does not fail by
#                    its machine; without it 11 million cases, and the run fails
#                    if fewer than 5 million were judged at the head's end or
#                    500,000 switched, or if an error that feed, commit or the
#                    client can give was given less than 1,000 times
#   --cases N        this many cases
#   --time SECONDS   at most this long
#   --seed N         other mutations
#   --jobs N         processes; without it one for each processor
#   --only N         show all that both sides make of case N of this seed
#   --sanitize       with AddressSanitizer and UBSan, several times slower
#   --must           fail if REV is not in this clone
#
# CC and CFLAGS are those of both libraries.  Exit status: 0 no difference that
# is not decided; 1 there is one; 2 it could not run.
# If REV is not in this clone it says so and compares nothing.  The exit status
# is then 0, or 2 with --must.
#
# What it knows of a library is its adapter, tests/compare/adapter.c, written
# against the header of its own tree: REV brings its own.  For a revision from
# before there was one, tests/compare/adapter_512eb9b.c is used.
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh

usage() { sed -n 's/^#   //p' "$0" >&2; exit 2; }

rev=
options=
is_full=1
status_without_rev=0
flags=${CFLAGS-}
jobs=$(nproc 2>/dev/null || echo 2)
while [ $# -gt 0 ]; do
  case $1 in
    --short) options="$options --time 60 --cases 1500000" is_full=0 ;;
    --sanitize) flags="$flags -g -fno-omit-frame-pointer \
-fsanitize=address,undefined -fno-sanitize-recover=all" ;;
    --must) status_without_rev=2 ;;
    --small) rev=small ;;
    --cases | --time | --seed | --only)
      [ $# -gt 1 ] || usage
      [ "$1" = --seed ] || is_full=0
      options="$options $1 $2" && shift ;;
    --jobs) [ $# -gt 1 ] || usage; jobs=$2 && shift ;;
    -*) usage ;;
    *) [ -z "$rev" ] || usage; rev=$1 ;;
  esac
  shift
done
[ -n "$rev" ] || usage

need cc:gcc stdio.h:libc6-dev git:git ld:binutils
out=build/compare
if [ "$rev" = small ]; then
  name="UPSHAKE_SMALL"
elif commit=$(git rev-parse --quiet --verify "$rev^{commit}"); then
  name=$(git log -1 --format='%h %s' "$commit")
else
  echo "compare: skipped: $rev is not in this clone (git fetch --unshallow)"
  exit "$status_without_rev"
fi
rm -rf "$out"
mkdir -p "$out/old"

CC=${CC:-cc}
flags="-std=c11 -O2 $flags"

# library SIDE TREE ADAPTER [SWITCH]: all of a library and its adapter in one
# object, of which one name is left.
library() {
  for file in $(cd "$2" && find src -name '*.c' | LC_ALL=C sort); do
    # shellcheck disable=SC2086 # flags is a list of words
    $CC $flags ${4-} -I"$2/include" -I"$2/src" -c "$2/$file" \
      -o "$out/$1-$(echo "$file" | tr / -).o"
  done
  # Copied, so that "engine.h" is this tree's and not the one beside it.
  cp "$3" "$out/adapter-$1.c"
  # shellcheck disable=SC2086
  $CC $flags -I"$2/include" -Itests/compare -c "$out/adapter-$1.c" \
    -o "$out/$1-adapter.o"
  ld -r "$out/$1"-*.o -o "$out/$1.all"
  objcopy --keep-global-symbol="compare_engine_$1" \
    --redefine-sym "compare_engine_of=compare_engine_$1" \
    "$out/$1.all" "$out/$1.o"
}

decided=tests/compare/decided.tsv
if [ "$rev" = small ]; then
  decided=/dev/null
  library old . tests/compare/adapter.c -DUPSHAKE_SMALL
else
  # No archive, which leaves tests/compare out.
  GIT_INDEX_FILE=$PWD/$out/index git read-tree "$commit"
  GIT_INDEX_FILE=$PWD/$out/index git checkout-index --all --prefix="$out/old/"
  adapter=$out/old/tests/compare/adapter.c
  [ -e "$adapter" ] || adapter=tests/compare/adapter_512eb9b.c
  library old "$out/old" "$adapter"
fi
library new . tests/compare/adapter.c

# The vectors as cases; their readers use the library.
# shellcheck disable=SC2046,SC2086
$CC -std=c11 -O1 -Iinclude -Itests tests/compare/dump.c \
  tests/compare/corpus.c tests/vectors.c tests/vectors_chapters.c \
  tests/vectors_config.c tests/vectors_expect.c tests/vectors_text.c \
  tests/client_vectors.c tests/client_vectors_ask.c \
  $(find src -name '*.c') -o "$out/dump"
"$out/dump" "$out/corpus"

# shellcheck disable=SC2086
$CC -D_GNU_SOURCE $flags -Wall -Wextra -Itests/compare tests/compare/main.c \
  tests/compare/corpus.c tests/compare/decided.c tests/compare/differ.c \
  tests/compare/make.c tests/compare/make_config.c \
  tests/compare/make_stream.c tests/compare/print.c tests/compare/shrink.c \
  "$out/old.o" "$out/new.o" -o "$out/compare"

echo "compare: $name against this tree"
# The cases live as long as the process.
export ASAN_OPTIONS="detect_leaks=0 ${ASAN_OPTIONS-}"
# shellcheck disable=SC2086
exec "$out/compare" --corpus "$out/corpus" --decided "$decided" \
  --jobs "$jobs" --full "$is_full" $options
