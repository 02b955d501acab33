# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What a script needs from the machine: says what is missing, and installs it
# where there is apt.  Sourced by the scripts in tests/.
#
#   need cc:gcc cmocka.h:libcmocka-dev
#
# Each word is WHAT:PACKAGE.  WHAT is a command, a C header (ends in .h), a file
# (begins with /), or "-" for what is known to be missing.  Where nothing is
# missing the network is not touched.

have() {
  case $1 in
    -) return 1 ;;
    /*) [ -e "$1" ] ;;
    *.h) echo "#include <$1>" | cc -E -x c - >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# Runs a command as root, quietly; its output is shown where it fails.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    log=$(env DEBIAN_FRONTEND=noninteractive "$@" 2>&1) && return 0
  else
    log=$(sudo env DEBIAN_FRONTEND=noninteractive "$@" 2>&1) && return 0
  fi
  printf '%s\n' "$log" >&2
  return 1
}

apt() { as_root apt-get -qq -y -o DPkg::Lock::Timeout=300 "$@"; }

apt_install() {
  echo "installing: $*"
  # The lists of a fresh machine are empty, those of an old one outdated.
  apt install --no-install-recommends "$@" 2>/dev/null || {
    apt update && apt install --no-install-recommends "$@"
  }
}

need() {
  missing=
  for word in "$@"; do
    have "${word%%:*}" || missing="$missing ${word#*:}"
  done
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null ||
    { [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; }; then
    echo "missing; please install (Debian's names):$missing" >&2
    return 1
  fi
  # shellcheck disable=SC2086 # a list of words
  apt_install $missing
}

# The same for what a script can do without: goes on where it is not to be had.
want() {
  for word in "$@"; do
    have "${word%%:*}" || (need "$word") >/dev/null 2>&1 ||
      echo "going on without: ${word#*:}"
  done
}
