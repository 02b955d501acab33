#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the README shows is so: its example is the marked part of
# examples/minimal.c, the files that it names are there, and its commands do what
# it says, in its order, in a fresh clone.  It and the header are short, and speak
# of bytes.
#
#   test_readme.sh           runs every command (CI)
#   test_readme.sh BUILD     soon done: takes the programs of this build, and
#                            leaves out what builds by cmake (ctest)
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh

programs=${1-}
folder=$(mktemp -d)
clone=$folder/clone
demo=
end() {
  [ -z "$demo" ] || kill -INT -- "-$demo" 2>/dev/null || true
  rm -rf "$folder"
}
trap end EXIT

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

# Paths in code and of links.
path='(src|tests|examples|include)/[^][)`* ]*|[A-Z]+\.md|LICENSE'
while read -r path; do
  [ -e "$path" ] || fail "names $path, which is not there"
done < <(grep -oE "[(\` ]($path)[])\`]" README.md | sed 's/^.//; s/.$//')

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

# ---- Its commands -----------------------------------------------------------

# What git knows, as it stands here; without git, all but what was built.
clone_tree() {
  mkdir "$clone"
  if git -c safe.directory='*' ls-files -z >"$folder/files" 2>/dev/null; then
    tar -cf - --null -T "$folder/files" | tar -xf - -C "$clone"
  else
    tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$clone"
  fi
}

# Commands that need root install below $folder instead; others are unknown.
rewritten() { # COMMAND
  case $1 in
    'cmake --install '*) echo "${1%# root} --prefix '$folder/prefix'" ;;
    'ldconfig # root') echo true ;;
    *'# root') echo false ;;
    *) echo "$1" ;;
  esac
}
export PKG_CONFIG_PATH=$folder/prefix/lib/pkgconfig

# The demo serves until the end of this test, and is then ended by Ctrl-C.
serve() { # COMMAND
  : >"$folder/demo"
  set -m # a group of its own, to which Ctrl-C goes
  (cd "$clone" && exec sh -c "exec $1") >>"$folder/demo" 2>&1 &
  demo=$!
  set +m
  until grep -q "$2" "$folder/demo"; do
    kill -0 "$demo" 2>/dev/null || { cat "$folder/demo"; fail "failed: $1"; }
    sleep 0.2
  done
}

end_demo() {
  [ -n "$demo" ] || return 0
  kill -INT -- "-$demo"
  wait "$demo" || fail "the demo ended with status $?"
  demo=
}

run() { # COMMAND, its output in $folder/output
  (cd "$clone" && exec sh -c "$(rewritten "$1")") >"$folder/output" 2>&1
}

# console COMMAND: the output is to be as in $folder/shown, where a last line
# "..." stands for any more lines.
console() {
  run "$1" || true # upshake-inspect exits as it finds the request
  if [ "$(tail -n 1 "$folder/shown")" = ... ]; then
    sed -i '$d' "$folder/shown"
    sed -i "$(wc -l <"$folder/shown")q" "$folder/output"
  fi
  diff "$folder/shown" "$folder/output" || fail "shows another output of: $1"
}

# The same command when there is little time; fails if there is none.
quick() { # COMMAND
  case $1 in
    'sh examples/run.sh '*) echo "build/upshake-demo ${1#*run.sh }" ;;
    cmake* | *pkg-config* | ldconfig*) return 1 ;;
    *) echo "$1" ;;
  esac
}

is_built() { # COMMAND: the program that it begins with is there
  case $1 in
    build/*) [ -x "$clone/${1%% *}" ] ;;
  esac
}

execute() { # KIND COMMAND
  case $1:$2 in
    'sh:sh tests/run.sh') # runs this test; .ci/run begins with it
      grep -qF '"tests/run.sh"' .ci/run || fail ".ci/run does not run: $2" ;;
    'sh:sh examples/run.sh '*) serve "$2" 'Ctrl-C ends' ;;
    'sh:build/upshake-demo '*) serve "$2" 'listening on' ;;
    sh:*) run "$2" || { cat "$folder/output"; fail "failed: $2"; } ;;
    console:*) console "$2" ;;
  esac
}

try() { # KIND COMMAND
  local command=${2//8080/$port}
  if [ -n "$programs" ]; then
    if ! command=$(quick "$command") || ! is_built "$command"; then
      echo "left out: $2"
      return
    fi
  fi
  execute "$1" "$command"
  echo "ok: $2"
}

# A line for each command: its kind, and the file with what the README shows.
commands() {
  awk -v folder="$folder" '
    /^```(sh|console)$/ { kind = substr($0, 4); next }
    /^```/ { kind = ""; next }
    kind == "sh" { print "sh", "-", $0 }
    kind == "console" && /^\$ / {
      shown = folder "/shown" ++n
      printf "" >shown
      print "console", shown, substr($0, 3)
      next
    }
    kind == "console" { print >shown }' README.md
}

clone_tree
if [ -n "$programs" ]; then
  mkdir "$clone/build"
  for name in demo client inspect; do
    ln -s "$(realpath "$programs")/upshake-$name" "$clone/build"
  done
else
  need pkg-config:pkg-config
fi
port=8080
if (: <>/dev/tcp/127.0.0.1/$port) 2>/dev/null; then
  port=$((20000 + RANDOM % 10000))
  echo "port 8080 is taken; $port is used instead"
fi
commands >"$folder/commands"
[ -s "$folder/commands" ] || fail "has no command"
while read -r kind shown line <&3; do
  [ "$shown" = - ] || mv "$shown" "$folder/shown"
  try "$kind" "$line"
done 3<"$folder/commands"
end_demo
echo "ok: the README is as it says"
