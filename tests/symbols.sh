#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the library defines, needs and exports, by nm, with gcc and clang: only
# the header's functions and upshake__* are defined, six functions of libc are
# needed, nothing is writable, a shared library exports the header's functions
# if it is asked to and otherwise nothing, each layer links alone, and an
# everyday server holds nothing of what it does not use.
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
  for file in src/*/*.c; do
    "$@" -std=c99 -Iinclude -c "$file" -o "$dir/$(basename "$file" .c).o"
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
    nothing "$name, defines other names" "$(LC_ALL=C comm -13 \
      <(echo "$public") <(grep -v '^upshake__' <<<"$all"))"
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
  $cc -std=c99 -O2 -shared -fPIC -Iinclude src/*/*.c -o "$shared"
  nothing "$cc, exported unasked" \
    "$(nm -D --defined-only "$shared" | awk '{ print $3 }')"
  $cc -std=c99 -O2 -shared -fPIC -DUPSHAKE_EXPORT -Iinclude src/*/*.c \
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

text="field bytes"
head="head lines request_line target authority $text"
judge="judge facts order framing extension protocol request result decide $head"
layer text "upshake_next_field upshake_find_field upshake_begin_list
  upshake_next_member upshake_next_parameter upshake_unquote upshake_equal
  upshake_equal_fold upshake_is_token" $text
layer head "upshake_parse_head upshake_parsed_request" $head
layer index "upshake_parse_fields upshake_indexed" index $head
# No rules of a protocol but those that the table names.
layer handshake "upshake_init upshake_set_transport upshake_set_hash
  upshake_feed upshake_room upshake_commit upshake_rest upshake_reset
  upshake_move upshake_get_request upshake_get_result upshake_head
  upshake_answer upshake_choose_protocol upshake_choose_subprotocol
  upshake_reply upshake_reply_with upshake_reply_part" \
  handshake lean respond body reply extra length writer added error $judge
layer "handshake, index" "upshake_set_index" handshake_index index \
  handshake lean respond body reply extra length writer added error $judge
layer judge "upshake_judge_begin upshake_judge_field upshake_judge_end" \
  foreign error $judge
layer "judge, WebSocket" "upshake_judge_end upshake_websocket_rules" \
  foreign error websocket key extension origin accept $judge
layer "judge, h2c" "upshake_judge_end upshake_h2c_rules" \
  foreign error h2c settings $judge
layer "judge, capsules" "upshake_judge_end upshake_capsules_rules" \
  foreign error capsules $judge
layer "handshake, bodies and content" "upshake_read_body upshake_send_content" \
  handshake lean respond body plain content chunk reply extra length writer added \
  error $judge
layer body "upshake_body_init upshake_body_read upshake_body_closed
  upshake_body_offset" reader body bytes
layer "body, length" "upshake_find_body" find_body framing facts authority \
  extension lines $text
layer gateway "upshake_is_own_field upshake_is_hop_field upshake_forward
  upshake_forward_target" forward added hop lines $text
layer reply "upshake_write upshake_write_part upshake_chunk" \
  reply extra length writer added chunk protocol extension $text
layer "client, request" "upshake_write_request" \
  ask ask_lines writer length added protocol settings extension target \
  authority $text
layer "client, answer" "upshake_client_init upshake_client_feed
  upshake_client_room upshake_client_commit upshake_client_rest
  upshake_client_get_result" client asked outcome switch framing facts key protocol \
  extension deflate accept $head
layer "client, index" "upshake_client_set_index" client_index index $head
layer accept "upshake_accept" accept
layer cpu "upshake_cpu_hash" cpu
layer deflate "upshake_agree_deflate" deflate $text
layer settings "upshake_decode_settings" settings
layer boolean "upshake_is_true" boolean $text
layer query "upshake_next_pair upshake_find_parameter upshake_decode" \
  query decode $text
layer cookie "upshake_next_cookie upshake_find_cookie" cookie $text
layer bearer "upshake_find_bearer" bearer credentials $text
layer basic "upshake_find_basic" basic credentials $text
layer errors "upshake_strerror upshake_explain" explain

# ---- an everyday server ----

# minimal NAME UNWANTED HELD FLAGS...: examples/minimal.c, linked without what
# nothing calls, has no symbol that is unwanted, and has each that is held.
minimal() {
  local name=$1 unwanted=$2 held=$3 symbols source word
  shift 3
  for source in "-Iinclude src/*/*.c" "-I$two $two/upshake.c"; do
    # shellcheck disable=SC2086
    gcc -std=c99 -ffunction-sections -fdata-sections -Wl,--gc-sections "$@" \
      examples/minimal.c $source -o "$out/minimal"
    symbols=$(nm "$out/minimal")
    nothing "minimal server, $name, ${source##* }" \
      "$(grep -E "$unwanted" <<<"$symbols")"
    for word in $held; do
      grep -q "$word" <<<"$symbols" ||
        nothing "minimal server, $name, ${source##* }" "has no $word"
    done
  done
}
two=$out/two
sh src/amalgamate.sh "$two" >/dev/null
never="h2c|capsules|deflate|settings|added|extra|explain|strerror|client"
never="$never|switch_over|cpu|by_sha|boolean|next_decoded|cookie|credentials"
left_out="body_step|take_(held_)?body|(conclude|drop|begin)_body|moves|lean|phrases"
without="-DUPSHAKE_NO_BODIES -DUPSHAKE_NO_LEAN -DUPSHAKE_NO_PHRASES"
for flags in -O2 "-Os -DUPSHAKE_SMALL"; do
  # shellcheck disable=SC2086
  minimal "$flags" "$never" "upshake__body_step upshake__lean_piece phrases" \
    $flags
  # shellcheck disable=SC2086
  minimal "$flags, switches" "$never|$left_out" "upshake_feed" $flags $without
done

echo "symbols: $passed passed, $failed failed"
[ "$failed" = 0 ]
