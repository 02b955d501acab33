#!/bin/sh
# SPDX-License-Identifier: MIT
# The layers of src/ call each other as the table in src/README.md says, in one
# direction.  The calls are taken from the symbols of the compiled objects.
set -eu
cd "$(dirname "$0")/.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev nm:binutils

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# "text" or "judge needs text head", one layer a line.
awk -F'|' '/^\| `[a-z]+` \|/ {
  gsub(/[` ]/, "", $2)
  needs = $4
  gsub(/`/, "", needs)
  print $2, needs
}' src/README.md >"$out/table"

for file in src/*/*.c; do
  layer=$(basename "$(dirname "$file")")
  for switch in DEFAULT UPSHAKE_SMALL UPSHAKE_PORTABLE; do
    object=$out/$switch.o
    cc -std=c99 -O1 -D$switch -Iinclude -c "$file" -o "$object"
    nm -P "$object" | awk -v layer="$layer" -v file="$file" '
      $2 == "U" { print "uses", layer, $1, file }
      $2 ~ /^[TDRBG]$/ { print "has", layer, $1, file }'
  done
done | sort -u >"$out/symbols"

# A row may name only rows above it, so that there is no circle.
awk '
  NR == FNR {
    known[$1] = 1
    for (i = 2; i <= NF; i++) {
      if (!($i in known) || $i == $1) {
        print "src/README.md: " $1 " needs " $i ", which stands below it"
        bad++
      }
      may[$1, $i] = 1
    }
    next
  }
  $1 == "has" { home[$3] = $2 }
  $1 == "uses" { uses[++count] = $0 }
  END {
    for (i = 1; i <= count; i++) {
      split(uses[i], part)
      from = part[2]
      to = home[part[3]]
      if (to == "" || to == from) continue
      used[from, to] = 1
      if (!((from, to) in may)) {
        print part[4] ": calls " part[3] " of the layer " to \
          ", which src/README.md does not allow"
        bad++
      }
    }
    for (pair in may) {
      if (pair in used) continue
      split(pair, part, SUBSEP)
      print "src/README.md: " part[1] " does not need " part[2]
      bad++
    }
    for (pair in used) arrows++
    print arrows " arrows between the layers, " bad + 0 " wrong"
    exit bad > 0
  }' "$out/table" "$out/symbols"
for folder in src/*/; do
  layer=$(basename "$folder")
  grep -q "^$layer " "$out/table" || grep -q "^$layer\$" "$out/table" || {
    echo "src/README.md has no row for $folder"
    exit 1
  }
done
! ls src/*.c >/dev/null 2>&1 || { echo "src/ has a .c file outside of a layer"; exit 1; }
twice=$(basename -a src/*/*.c | sort | uniq -d)
[ -z "$twice" ] || { echo "two files are named $twice"; exit 1; }
