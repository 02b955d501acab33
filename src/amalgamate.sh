#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the whole library as two files, upshake.c and upshake.h.
#
#   sh src/amalgamate.sh [DIR]     DIR is build/amalgamated if not given
#
# The same sources give the same bytes.  sh and a POSIX awk are all it needs.
set -eu
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
dir=${1:-$root/build/amalgamated}
mkdir -p "$dir"

# In the order of the layers, so that the file reads from the bottom up.
layers="error text head accept websocket body judge reply handshake foreign
  client request"
sources=
for layer in $layers; do
  for file in "$here/$layer"/*.c; do
    sources="$sources src/$layer/${file##*/}"
  done
done
# shellcheck disable=SC2086 # a list of words
set -- $sources
[ "$#" -eq "$(find "$here" -name '*.c' | wc -l)" ] || {
  echo "amalgamate.sh: a folder of src/ is not in the list of layers" >&2
  exit 1
}

version=$(awk '/^#define UPSHAKE_VERSION_(MAJOR|MINOR|PATCH) / {
  version = version dot $3
  dot = "."
} END { print version }' "$root/include/upshake.h")

head_of() { # WHAT: the comment that a file begins with
  echo "/* upshake $version, $1"
  echo " *"
  echo " * src/amalgamate.sh made this file; change its sources instead."
  echo " *"
  sed -e 's/^/ * /' -e 's/ *$//' "$root/LICENSE"
  echo " */"
  echo "/* clang-format off */"
}

join() { # KIND FILE...
  kind=$1
  shift
  awk -v root="$root" -v kind="$kind" -f "$here/amalgamate.awk" "$@"
}

write_header() {
  head_of "the interface: copy this file and upshake.c."
  echo "#ifndef UPSHAKE_H"
  echo "#define UPSHAKE_H"
  join header include/upshake.h
  echo "#endif"
}

write_source() { # FILE...
  head_of "the implementation: copy this file and upshake.h."
  cat <<'END'

/* For a file that includes this one: nothing has linkage there, and what is not
 * called is left out. */
#ifdef UPSHAKE_STATIC
#ifdef __INCLUDE_LEVEL__
#if __INCLUDE_LEVEL__ == 0
#error "UPSHAKE_STATIC: do not compile upshake.c, include it in your own file"
#endif
#elif UPSHAKE_STATIC + 0 /* -DUPSHAKE_STATIC gives it the value 1 */
#error "UPSHAKE_STATIC: define it without a value in the file that includes this"
#endif
#undef UPSHAKE_NO_CLIENT /* nothing to leave out */
#endif

/* What one of the switches leaves without use is left out by the compiler. */
#if defined(__GNUC__) || defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#elif defined(_MSC_VER)
#pragma warning(push)
#pragma warning(disable : 4132 4505)
#endif

#define UPSHAKE_AMALGAMATED
END
  join source "$@"
  cat <<'END'

#if defined(__GNUC__) || defined(__clang__)
#pragma GCC diagnostic pop
#elif defined(_MSC_VER)
#pragma warning(pop)
#endif
END
}

# Both are there complete, or as they were.
write_header >"$dir/upshake.h.new"
write_source "$@" >"$dir/upshake.c.new"
mv "$dir/upshake.h.new" "$dir/upshake.h"
mv "$dir/upshake.c.new" "$dir/upshake.c"
echo "$dir/upshake.c and $dir/upshake.h"
