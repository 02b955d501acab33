#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the library defines, needs and exports, by nm, with gcc and clang:
# only upshake_* defined, six functions of libc needed, nothing writable, the
# header's functions exported and no other, and each layer linked alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh
need gcc:gcc clang:clang stdio.h:libc6-dev nm:binutils

out=build/symbols
rm -rf "$out"
mkdir -p "$out"
passed=0
failed=0

libc="memcpy|memmove|memset|memcmp|memchr|strlen"
# What compilers and assemblers add by themselves.
own="__stack_chk_fail|__aeabi_[a-z0-9_]*|_GLOBAL_OFFSET_TABLE_"

nothing() { # NAME TEXT: passes where the text is empty
  if [ -z "$2" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s:\n%s\n' "$1" "$2"
  fi
}

build() { # DIRECTORY COMPILER FLAGS...: an archive, one object for each file
  local dir=$1 file
  shift
  mkdir -p "$dir"
  for file in src/*.c; do
    "$@" -std=c11 -Iinclude -c "$file" -o "$dir/$(basename "$file" .c).o"
  done
  ar rcs "$dir/libupshake.a" "$dir"/*.o
}

# The functions of the header, and those marked to be exported.
public=$(cc -E -P -DUPSHAKE_API=EXPORTED include/upshake.h | tr '\n' ' ' |
  tr ';' '\n' | grep -w EXPORTED | grep -oE 'upshake_[a-z0-9_]+ *\(' |
  tr -d ' (' | LC_ALL=C sort)

for cc in gcc clang; do
  for flags in "-O0" "-O2" "-Os" "-O3 -fPIC"; do
    name="$cc $flags"
    dir="$out/${name// /}"
    # shellcheck disable=SC2086
    build "$dir" $cc $flags
    all=$(nm -A -g --defined-only "$dir"/*.o | awk '{ print $3 }' |
      LC_ALL=C sort)
    nothing "$name, defines other names" "$(grep -v '^upshake_' <<<"$all")"
    nothing "$name, defines twice" "$(uniq -d <<<"$all")"
    nothing "$name, of the header but not defined" \
      "$(LC_ALL=C comm -23 <(echo "$public") <(echo "$all"))"
    needed=$(nm -A -u "$dir"/*.o | awk '{ print $NF }' | LC_ALL=C sort -u)
    nothing "$name, needs other functions" \
      "$(LC_ALL=C comm -23 <(echo "$needed") <(echo "$all") |
        grep -vxE "$libc|$own")"
    # Constants that hold addresses are written once, by the loader.
    nothing "$name, writable data" "$(size -A "$dir"/*.o | awk '
      / :$/ { file = $1 }
      /^\.(t?data|t?bss)/ && !/^\.data\.rel\.ro/ && $2 > 0 {
        print file, $1, $2 }')"
    nothing "$name, common symbols" \
      "$(nm -A "$dir"/*.o | awk '$(NF - 1) == "C"')"
  done

  shared=$out/$cc.so
  $cc -std=c11 -O2 -shared -fPIC -fvisibility=hidden -Iinclude src/*.c \
    -o "$shared"
  nothing "$cc, exported against the header" "$(diff <(echo "$public") \
    <(nm -D --defined-only "$shared" | awk '{ print $3 }' | LC_ALL=C sort))"
done

# layer NAME FUNCTIONS OBJECT...: a program that uses these functions holds
# these objects of the library and no other.
layer() {
  local name=$1 function held
  printf '#include <upshake.h>\ntypedef void function(void);\n' >"$out/layer.c"
  for function in $2; do
    printf 'function *volatile use_%s = (function *)%s;\n' \
      "$function" "$function" >>"$out/layer.c"
  done
  echo 'int main(void) { return 0; }' >>"$out/layer.c"
  shift 2
  gcc -w -Iinclude "$out/layer.c" "$out/gcc-O2/libupshake.a" \
    -o "$out/layer" -Wl,-Map="$out/layer.map"
  held=$(sed -n 's/^[^ ].*libupshake\.a(\(.*\)\.o)$/\1/p' "$out/layer.map" |
    LC_ALL=C sort -u)
  nothing "layer $name, holds too much" \
    "$(LC_ALL=C comm -23 <(echo "$held") \
      <(printf '%s\n' "$@" | LC_ALL=C sort))"
  echo "layer $name: ${held//$'\n'/ }"
}

layer fields "upshake_next_field upshake_find_field upshake_next_member
  upshake_next_parameter upshake_unquote upshake_equal upshake_equal_fold
  upshake_is_token" field bytes
layer head "upshake_parse_head upshake_parsed_request" \
  head request_line field target host bytes
layer judge "upshake_judge_begin upshake_judge_field upshake_judge_end" \
  judge request result decide error facts offer protocol framing \
  websocket key extension settings origin field target host bytes
layer reply "upshake_write upshake_write_part" \
  reply window added protocol extension field bytes
layer "client, request" "upshake_write_request" \
  ask window added protocol settings extension field target host bytes
layer "client, answer" "upshake_client_init upshake_client_feed
  upshake_client_get_result" client client_switch head request_line field \
  target host bytes framing facts key protocol extension deflate accept
layer accept "upshake_accept upshake_accept_by" accept
layer cpu "upshake_cpu" cpu
layer deflate "upshake_agree_deflate" deflate field bytes
layer settings "upshake_decode_settings" settings
layer boolean "upshake_is_true" boolean field bytes
layer errors "upshake_strerror upshake_explain" explain

echo "symbols: $passed passed, $failed failed"
[ "$failed" = 0 ]
