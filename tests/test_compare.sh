#!/bin/sh
# SPDX-License-Identifier: MIT
# Does tests/compare.sh notice?  Compares this tree with one that has two edits
# which few inputs show, then allows one of the two.
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh
need git:git

git rev-parse --quiet --verify HEAD >/dev/null 2>&1 || {
  echo "FAIL test_compare.sh needs a git clone, to plant edits into a commit" >&2
  exit 1
}
# A commit that no clone has.
absent=0123456789012345678901234567890123456789
sh tests/compare.sh "$absent" >/dev/null || {
  echo "FAIL compare.sh does not pass if REV is absent" >&2
  exit 1
}
status=0
sh tests/compare.sh --must "$absent" >/dev/null || status=$?
[ "$status" = 2 ] || {
  echo "FAIL compare.sh --must exits with $status if REV is absent" >&2
  exit 1
}

mkdir -p build
log=build/test_compare.log
export GIT_INDEX_FILE="$PWD/build/test_compare.index"

fail() {
  echo "FAIL $1" >&2
  grep -v '^[A-Z][A-Z0-9_]* ' "$log" >&2 || true
  exit 1
}

# plant OLD NEW: puts that edit of the one line with OLD into the index.
plant() {
  file=$(grep -rlF "$1" src) || {
    echo "FAIL no file of src has \"$1\"" >&2
    exit 1
  }
  edited=$(sed "s/$1/$2/" "$file" | git hash-object -w --stdin)
  git update-index --cacheinfo "100644,$edited,$file"
}

git read-tree HEAD
plant "CHUNK_EXTENSION_LONG, IN_BODY, 400" "CHUNK_EXTENSION_LONG, IN_BODY, 413"
plant "INTERIMS_MAX 32" "INTERIMS_MAX 31"
commit=$(git -c user.name=test -c user.email=- commit-tree -m "two edits" \
  "$(git write-tree)")
rm -f "$GIT_INDEX_FILE"
unset GIT_INDEX_FILE

shown() { grep -qF "$1" "$log"; }
chunk="refused 413 CHUNK_EXTENSION_LONG -> refused 400 CHUNK_EXTENSION_LONG"
interim="refused 100 INTERIM_MANY -> switched 101 OK"

sh tests/compare.sh --cases 30000 "$commit" >"$log" 2>&1 &&
  fail "two edits are not noticed"
shown "$chunk" || fail "a status is not noticed"
shown "$interim" || fail "a limit is not noticed"
shown 'request:  T / HTTP/1.1\r\n\r\n' ||
  fail "a request is not as short as it could be"
shown '\*33{HTTP/1.1 100\r\n\r\n}' ||
  fail "a response is not as short as it could be"

# Rules that allow one of the two, and nothing.
cp tests/compare/decided.tsv build/test_compare.tsv
printf 'differs\t%s\t%s\t%s\t%s\t%s\t%s\n' \
  "feed commit" "refused 413 CHUNK_EXTENSION_LONG" \
  "refused 400 CHUNK_EXTENSION_LONG" "status reply reply_size" \
  'stream~0{4000}|[; ].{4000}' "RFC 9112 7.1.1" \
  "client" "refused 100 INTERIM_MANY" "switched *" "outcome error" \
  "-" "RFC 9110 15.2" >>build/test_compare.tsv
build/compare/compare --corpus build/compare/corpus --cases 30000 \
  --decided build/test_compare.tsv >"$log" && fail "a rule allows too much"
shown "DIFFERENCE $chunk" && fail "a rule does not allow what it names"
shown "DIFFERENCE $interim" ||
  fail "a rule allows members that it does not name"

echo "test_compare: two edits are noticed, made short, and one is allowed"
