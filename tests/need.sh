# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What a script needs from the machine: says what is missing, and installs it
# if there is apt.  Sourced by examples/run.sh and the scripts in tests/.
#
#   need cc:gcc cmocka.h:libcmocka-dev
#
# Each word is WHAT:PACKAGE.  WHAT is a command, a C header (ends in .h), a file
# (begins with /), or "-" for what is known to be missing.  Without a compiler
# every header counts as missing; apt leaves alone what is installed.  If nothing
# is missing, the network is not touched.

have() {
  case $1 in
    -) return 1 ;;
    /*) [ -e "$1" ] ;;
    *.h) echo "#include <$1>" | cc -E -x c - >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# Runs a command as root, quietly; its output is shown if it fails.
as_root() {
  said=$(run_as_root "$@" 2>&1) && return 0
  printf '%s\n' "$said" >&2
  return 1
}

run_as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# The same for apt-get, which waits for the lock of dpkg by itself.  It does not
# wait for the lock of its lists, which a machine that just started may hold.
apt() {
  deadline=$(($(date +%s) + 300))
  while ! said=$(run_as_root env LC_ALL=C apt-get -qq -y \
    -o DPkg::Lock::Timeout=300 "$@" 2>&1); do
    case $said in *'Could not get lock'*) busy=yes ;; *) busy=no ;; esac
    if [ "$busy" = no ] || [ "$(date +%s)" -ge "$deadline" ]; then
      printf '%s\n' "$said" >&2
      return 1
    fi
    sleep 5
  done
}

# The lists of a fresh machine are empty, those of an old one outdated.  If one
# of several lists cannot be had, the packages may still be in the others.
apt_install() {
  apt install --no-install-recommends "$@" 2>/dev/null || {
    apt update || true
    apt install --no-install-recommends "$@"
  }
}

can_install() {
  command -v apt-get >/dev/null &&
    { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
}

# please_install PACKAGES...: a line to paste, if there is apt.
please_install() {
  if command -v apt-get >/dev/null; then
    echo "${0##*/}: please install what is missing, as root:"
    echo "  apt-get update; apt-get install -y --no-install-recommends $*"
  else
    echo "${0##*/}: please install what is missing (Debian's names): $*"
  fi >&2
}

need() {
  missing=
  for word in "$@"; do
    have "${word%%:*}" || missing="$missing ${word#*:}"
  done
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086 # a list of words
  if can_install; then
    echo "installing (waits if apt is in use):$missing"
    apt_install $missing && return 0
  fi
  # shellcheck disable=SC2086
  please_install $missing
  return 1
}

# The same for what a script can do without: goes on if it is not to be had.
want() {
  for word in "$@"; do
    have "${word%%:*}" || (need "$word") >/dev/null 2>&1 ||
      echo "going on without: ${word#*:}"
  done
}
