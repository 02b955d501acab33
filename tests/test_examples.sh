#!/bin/sh
# SPDX-License-Identifier: MIT
# The cc lines of examples/README.md: each example has one, and it makes a
# program, if the libraries that it names are here.  A script may run before it.
#
#   test_examples.sh [LIBRARY...]    what "L" stands for: -I and a file; without
#                                    them src/*/*.c, compiled once
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "FAIL examples/README.md: $*"
  exit 1
}
if [ $# = 0 ]; then
  root=$PWD
  (cd "$folder" && cc "-I$root/include" -c "$root"/src/*/*.c)
  ar -rc "$folder/library.a" "$folder"/*.o
  set -- -Iinclude "$folder/library.a"
fi

echo 'int main(void) { return 0; }' >"$folder/empty.c"
can_link() { cc "$folder/empty.c" "-l$1" -o "$folder/empty" 2>/dev/null; }

# Prints a library that the command names and that is not here.
missing() {
  for word in $1; do
    case $word in
      -l*) can_link "${word#-l}" || echo "${word#-l}" ;;
    esac
  done
}

# shellcheck disable=SC2016
grep -o '`\(sh [^`]* && \)\{0,1\}cc [^`]*`' examples/README.md | tr -d '`' >"$folder/lines"
for file in examples/*.c examples/*/; do
  case $file in
    examples/common/ | examples/lwip.c) continue ;;
  esac
  grep -qF "$file" "$folder/lines" || fail "no cc line has $file"
done

passed=0
while read -r line; do
  case $line in *' L' | *' L '*) ;; *) fail "no L in: $line" ;; esac
  missed=$(missing "$line")
  if [ -n "$missed" ]; then
    echo "left out, as a library is missing ($missed): $line"
    continue
  fi
  rm -f "$folder/program"
  command=$(echo "$line" | sed 's/ L\( \|$\)/ "$@" /')
  sh -c "$command -o '$folder/program'" sh "$@" || fail "$line"
  [ -x "$folder/program" ] || fail "makes no program: $line"
  passed=$((passed + 1))
done <"$folder/lines"
echo "examples: $passed cc lines make a program"
