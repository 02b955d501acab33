#!/bin/sh
# SPDX-License-Identifier: MIT
# The cc lines of examples/README.md: each example has one, and it makes a
# program, if the libraries that it names are here.  A script may run before it.
# So does the cc line at the top of an example that is to be copied, beside the
# two files of the library; such an example is short, and its phases are marked.
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
for file in examples/*.c examples/*.cpp examples/*/; do
  case $file in
    examples/common/ | examples/guides/ | examples/lwip.c | examples/freertos.c)
      continue
      ;;
    examples/bindings/) continue ;; # built by tests/bindings.sh
    examples/packaging/) continue ;; # built by tests/packaging.sh
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

# Each file of the example is short, and its phases are marked once.
check_file() { # FILE
  code=$(count_code <"$1")
  [ "$code" -le 200 ] || fail "$1: $code lines of code, at most 200"
  case $1 in
    */minimal.c | *_session.c) return ;;
    */reconnect.c) set -- "$1" '1 ask' '2 check the answer' '3 early bytes' ;;
    *) set -- "$1" '1 feed' '2 decide' '3 reply, then early bytes' ;;
  esac
  for phase in "$2" "$3" "$4"; do
    [ "$(grep -c "/\* $phase" "$1")" = 1 ] ||
      fail "$1 does not mark once: $phase"
  done
}

check_file examples/lwip.c # these two have no cc line: they are for devices
check_file examples/freertos.c

sh src/amalgamate.sh "$folder/two" >"$folder/said"
(cd "$folder/two" && cc -I. -c upshake.c) # once, instead of each time
grep -l '^ \*     cc ' examples/*.c examples/*.cpp >"$folder/copies"
passed=0
while read -r file; do
  command=$(sed -n 's/^ \*     \(cc .*\)/\1/p' "$file")
  name=$(basename "${file%.*}")
  missed=$(missing "$command")
  # Nothing but what is copied: the files that the command names.
  mkdir "$folder/$name"
  cp "$folder/two/"* "$folder/$name/"
  for word in $command; do
    case $word in upshake.c) continue ;; *.c | *.cpp) ;; *) continue ;; esac
    check_file "examples/$word"
    cp "examples/$word" "$folder/$name/"
    [ ! -e "examples/${word%.*}.h" ] ||
      cp "examples/${word%.*}.h" "$folder/$name/"
  done
  if [ -n "$missed" ]; then
    echo "left out, as a library is missing ($missed): $command"
    continue
  fi
  if [ "$name" != cpp17 ]; then # which compiles two languages at a time
    command=$(echo "$command" | sed 's/ upshake\.c / upshake.o /')
  fi
  (cd "$folder/$name" && sh -c "$command" </dev/null) || fail "$file: $command"
  [ -x "$folder/$name/$name" ] || fail "$file: makes no $name: $command"
  passed=$((passed + 1))
done <"$folder/copies"
[ "$passed" -gt 0 ] || fail "no file to copy was tried"
echo "examples: $passed files to copy make a program"
