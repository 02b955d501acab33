#!/bin/sh
# SPDX-License-Identifier: MIT
# The cc lines of examples/README.md: each example has one, and it makes a
# program, if the libraries that it names are here.  A script may run before it.
# So does the cc line at the top of an example that is one file to copy, beside
# the two files of the library; such a file is short, and its phases are marked.
#
#   test_examples.sh [LIBRARY...]    what "L" stands for: -I and a file; without
#                                    them src/*/*.c, compiled once, and the
#                                    files to copy are tried too
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "FAIL examples/README.md: $*"
  exit 1
}
copies=
if [ $# = 0 ]; then
  copies=yes
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
    examples/common/ | examples/guides/ | examples/lwip.c) continue ;;
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
[ -n "$copies" ] || exit 0

# ---- One file to copy --------------------------------------------------------

# Lines of standard input that are neither blank nor comment.
count_code() {
  awk '{
    text = ""
    for (line = $0; line != ""; ) {
      at = index(line, inside ? "*/" : "/*")
      if (!inside) text = text (at ? substr(line, 1, at - 1) : line)
      if (!at) break
      line = substr(line, at + 2)
      inside = !inside
    }
    count += text ~ /[^ \t]/
  } END { print count + 0 }'
}
counted=$(printf 'a; /* b\n\n c */\n /* d */ e;\n/* f */\n \ng;' | count_code)
[ "$counted" = 3 ] || fail "count_code says $counted instead of 3"

sh src/amalgamate.sh "$folder/two" >"$folder/said"
grep -l '^ \*     cc ' examples/*.c >"$folder/copies"
passed=0
while read -r file; do
  command=$(sed -n 's/^ \*     \(cc .*\)/\1/p' "$file")
  name=$(basename "$file" .c)
  code=$(count_code <"$file")
  [ "$code" -le 200 ] || fail "$file: $code lines of code, at most 200"
  ! grep -q '^#include "' "$file" || fail "$file includes a file of ours"
  for phase in '1 feed' '2 decide' '3 reply, then early bytes'; do
    [ "$name" = minimal ] || [ "$(grep -c "/\* $phase" "$file")" = 1 ] ||
      fail "$file does not mark once: $phase"
  done
  missed=$(missing "$command")
  if [ -n "$missed" ]; then
    echo "left out, as a library is missing ($missed): $command"
    continue
  fi
  # Nothing but what is copied.
  mkdir "$folder/$name"
  cp "$file" "$folder/two/"* "$folder/$name/"
  (cd "$folder/$name" && sh -c "$command" </dev/null) || fail "$file: $command"
  [ -x "$folder/$name/$name" ] || fail "$file: makes no $name: $command"
  passed=$((passed + 1))
done <"$folder/copies"
[ "$passed" -gt 0 ] || fail "no file to copy was tried"
echo "examples: $passed files to copy make a program"
