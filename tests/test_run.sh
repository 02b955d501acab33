#!/bin/sh
# SPDX-License-Identifier: MIT
# What examples/run.sh says if a package is missing, a lock is held, the tree
# was moved or build/ cannot be written.  The script runs in a small tree and
# sees few tools, and apt-get, sudo and id as each test wants them.
set -u
cd "$(dirname "$0")/.." || exit 1

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
tree=$folder/tree
bin=$folder/bin
failed=0
count=0
packages='gcc libc6-dev libwslay-dev zlib1g-dev cmake make curl'
line="  apt-get update; apt-get install -y --no-install-recommends $packages"
next=pkg-config # is installed too, if it can be

# ---- Saying what is wrong ---------------------------------------------------

fail() {
  failed=$((failed + 1))
  printf 'not ok: %s: %s\n' "$tested" "$1"
  sed 's/^/    | /' "$folder/out" "$folder/err"
}

# run STATUS: run.sh of the tree, with the commands in $path only, $as somebody.
run() {
  $as env PATH="$path" sh "$tree/examples/run.sh" --check \
    >"$folder/out" 2>"$folder/err"
  got=$?
  [ "$got" = "$1" ] || fail "exit status $got, expected $1"
}

says() {
  grep -qxF -e "$1" "$folder/err" || fail "does not say: $1"
}

says_not() {
  if grep -qF -e "$1" "$folder/out" "$folder/err"; then fail "says: $1"; fi
}

called() {
  grep -qxF -e "$1" "$folder/calls" || {
    fail "does not call: $1"
    cat "$folder/calls"
  }
}

# ---- The machine and the tree -----------------------------------------------

# stub NAME: a command, whose script is the standard input.
stub() {
  { printf '#!%s\n' "$(command -v sh)" && cat; } >"$bin/$1"
  chmod +x "$bin/$1"
}

# it SENTENCE: what is tested from here on, on a machine without a compiler.
it() {
  tested=$1
  count=$((count + 1))
  path=$bin
  as=
  rm -rf "$bin" "$tree"
  mkdir -p "$bin" "$tree/examples" "$tree/tests"
  cp examples/run.sh "$tree/examples"
  cp tests/need.sh "$tree/tests"
  : >"$folder/calls"
  for tool in sh cat dirname env grep id mkdir mktemp mkfifo rm sed tr date; do
    ln -s "$(command -v "$tool")" "$bin/$tool"
  done
  echo 'exit 0' | stub sleep
}

user() { # NUMBER: who runs it
  rm "$bin/id"
  echo "echo $1" | stub id
}

# apt-get, which writes down how it is called, says a page, and then does
# what the standard input says.
apt() {
  { echo "echo apt-get \"\$*\" >>'$folder/calls'; echo page of apt-get"
    cat; } | stub apt-get
}

# Installing brings commands that do nothing; so the build makes no demo.
installs="case \$* in *install*) for name in cc cmake make curl; do
  printf '#!/bin/sh\nexit 0\n' >'$bin'/\$name; $(command -v chmod) +x \\
  '$bin'/\$name; done ;; esac"

# ---- What is missing --------------------------------------------------------

it names_what_is_missing_if_there_is_no_apt
run 1
says "run.sh: please install what is missing (Debian's names): $packages"
says_not installing

it gives_a_line_to_paste_if_there_is_no_root_and_no_sudo
user 1000
echo "$installs" | apt
run 1
says "$line"
says_not installing
[ ! -s "$folder/calls" ] || fail "calls apt-get"

it installs_quietly_as_root
user 0
echo "$installs" | apt
run 1
called "apt-get -qq -y -o DPkg::Lock::Timeout=300 install\
 --no-install-recommends $packages $next"
says 'run.sh: the build made no upshake-demo'
says_not 'page of apt-get'

it installs_by_sudo
user 1000
echo "echo sudo >>'$folder/calls'; exec \"\$@\"" | stub sudo
echo "$installs" | apt
run 1
called sudo
says 'run.sh: the build made no upshake-demo'

it installs_nothing_if_nothing_is_missing
user 1000
echo 'exit 1' | apt
for name in cc cmake make curl; do echo 'exit 0' | stub $name; done
run 1
says 'run.sh: the build made no upshake-demo'
[ ! -s "$folder/calls" ] || fail "calls apt-get"

it gets_the_lists_of_a_fresh_machine
user 0
{ echo "case \$* in *update*) exec >'$folder/lists' ;; esac"
  echo "[ -e '$folder/lists' ] || exit 100; $installs"; } | apt
run 1
says 'run.sh: the build made no upshake-demo'
says_not 'page of apt-get'
rm "$folder/lists"

it goes_on_if_one_list_cannot_be_had
user 0
{ echo "case \$* in *update*) echo '404' >'$folder/lists'; exit 100 ;; esac"
  echo "[ -e '$folder/lists' ] || exit 100; $installs"; } | apt
run 1
says 'run.sh: the build made no upshake-demo'
rm "$folder/lists"

it waits_for_a_lock_that_is_held
for lock in dpkg/lock-frontend apt/lists/lock; do
  user 0
  : >"$folder/held"
  echo "rm '$folder/held'" | stub sleep
  { echo "if [ -e '$folder/held' ]; then"
    echo "echo 'E: Could not get lock /var/lib/$lock.'; exit 100; fi"
    echo "$installs"; } | apt
  run 1
  says 'run.sh: the build made no upshake-demo'
  rm -f "$bin/cc" "$bin/cmake" "$bin/make" "$bin/curl"
done

it gives_up_if_a_lock_stays
user 0
rm "$bin/date"
echo "echo . >>'$folder/time'
  echo \$((200 * \$(grep -c . '$folder/time')))" | stub date
echo "echo 'E: Could not get lock /var/lib/dpkg/lock-frontend.'; exit 100" | apt
run 1
says 'E: Could not get lock /var/lib/dpkg/lock-frontend.'
says "$line $next"

it shows_what_apt_says_if_that_fails
user 0
echo 'echo E: no network >&2; exit 100' | apt
run 1
says 'page of apt-get'
says 'E: no network'
says "$line $next"

# ---- Folders ----------------------------------------------------------------

if ! command -v make >/dev/null; then # as with ninja alone
  echo "$count tests, $failed failed; no make, so the folders are left out"
  exit "$((failed > 0))"
fi

# The tree builds a demo that only says that it was built.
small_tree() {
  path=$bin:$PATH
  cat >"$tree/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(small LANGUAGES NONE)
foreach(name IN ITEMS demo client inspect)
  add_custom_target(upshake-${name} COMMAND echo built upshake-${name})
endforeach()
configure_file(demo upshake-demo COPYONLY)
END
  printf '#!/bin/sh\necho it was built\n' >"$tree/demo"
  chmod +x "$tree/demo"
  # Compilers and libraries are not what is tested here.
  echo 'exit 100' | apt
  for name in cc curl pkg-config; do echo 'exit 0' | stub $name; done
}
built='run.sh: the demo said: it was built'

it builds_demo_client_and_inspect
small_tree
run 1
says "$built"
for name in demo client inspect; do
  grep -qx "built upshake-$name" "$tree/build/run.log" ||
    fail "does not build upshake-$name"
done

it says_what_to_do_if_the_tree_was_moved
small_tree
run 1
mv "$tree" "$folder/moved"
tree=$folder/moved
run 1
says 'run.sh: build/ was made in another folder; remove it: rm -rf build'
(cd "$tree" && rm -rf build)
run 1
says "$built"
ln -s moved "$folder/link"
tree=$folder/link
run 1
says "$built"
rm -rf "$folder/moved" "$folder/link"
tree=$folder/tree

it builds_in_a_folder_whose_name_has_a_blank
tree="$folder/a tree"
mkdir -p "$tree"
mv "$folder/tree"/* "$tree"
small_tree
run 1
says "$built"
run 1
says "$built"
rm -rf "$tree"
tree=$folder/tree

# Root may write anywhere, so root becomes nobody for this.
it says_what_to_do_if_it_cannot_write_in_build
small_tree
chmod a+rx "$folder" "$bin"
remove='run.sh: cannot write in build/; remove it, as its owner or with sudo:'
run 1
[ "$(id -u)" != 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'
echo 'an old log' >"$tree/build/run.log"
chmod -R a-w "$tree/build"
run 1
says "$remove rm -rf build"
says_not 'an old log'
# Only one file in it belongs to somebody else.
chmod a+w "$tree/build" "$tree/build/run.log"
run 1
says "$remove rm -rf build"
says_not 'an old log'
chmod -R u+w "$tree/build"
rm -rf "$tree/build"
chmod a-w "$tree"
run 1
says "run.sh: cannot make the folder $tree/build"
chmod u+w "$tree"

it shows_the_log_if_the_build_fails
small_tree
echo 'message(FATAL_ERROR "this cannot be built")' >>"$tree/CMakeLists.txt"
run 1
grep -q 'this cannot be built' "$folder/err" || fail "does not show the log"
says 'run.sh: the build failed'

echo "$count tests, $failed failed"
[ "$failed" = 0 ]
