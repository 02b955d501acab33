#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the reference from the headers' comments and the programs' help: pages
# of the manual, and the same as one page of HTML.
#
#   sh src/reference.sh [DIR]      DIR is build if not given
#
# The pages are DIR/man/man3 for the library, with a link for each function and
# each type, and DIR/man/man1 for the programs.  The other is
# DIR/upshake-reference.html.  The same sources give the same bytes.  sh and a
# POSIX awk are all it needs.
set -eu
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
dir=${1:-$root/build}
new=$dir/man.new
rm -rf "$new"
mkdir -p "$new/man1" "$new/man3"

version=$(awk '/^#define UPSHAKE_VERSION_(MAJOR|MINOR|PATCH) / {
  version = version dot $3
  dot = "."
} END { print version }' "$root/include/upshake.h")

# When this version was released: "## [0.2.0] - 2026-12-31".  Before that, what
# shows a page says today.
date=$(awk -v version="[$version]" '
  BEGIN { split("January February March April May June July August September " \
                "October November December", month, " ") }
  $2 == version && $4 ~ /^[0-9]+-[0-9]+-[0-9]+$/ {
    split($4, part, "-")
    print month[part[2] + 0] " " part[3] + 0 ", " part[1]
    found = 1
  }
  END { if (!found) print "$Mdocdate$" }' "$root/CHANGELOG.md")

helps=$(cd "$root" && grep -ls '"usage: upshake-[a-z]* ' examples/*/*.c |
  tr '\n' ' ')

awk -v root="$root" -v helps="$helps" -f "$here/reference.awk" \
  -f "$here/reference_headers.awk" -f "$here/reference_programs.awk" \
  >"$new/records"
awk -v dir="$new" -v version="$version" -v date="$date" \
  -f "$here/reference_man.awk" "$new/records" "$new/records"
awk -v version="$version" -f "$here/reference_html.awk" \
  "$new/records" "$new/records" >"$new/html"

# So that `man upshake_feed` shows the page that describes it.
awk -F '\t' '$1 == "where" && $2 != $3 { print $2, $3 }' "$new/records" |
  while read -r name page; do
    ln -s "$page.3" "$new/man3/$name.3"
  done

# All is there complete, or as it was.
mv "$new/html" "$dir/upshake-reference.html"
rm -rf "$new/records" "$dir/man"
mv "$new" "$dir/man"
echo "$dir/man and $dir/upshake-reference.html"
