# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Requests that ask for a switch, responses to them for upshake-inspect
# --client, and what it has to say of these.  Sourced, with the program as $1,
# by test_inspect_client.sh.

LC_ALL=C # a character is a byte
export LC_ALL
. "$(dirname "$0")/inspect.sh"

# ---- Requests and responses -------------------------------------------------

accept='Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='
deflate='Sec-WebSocket-Extensions: permessage-deflate'
protocol='Sec-WebSocket-Protocol:'

# asks LINE...: the request is a handshake with these lines added.
asks() {
  handshake "$@"
  mv "$folder/request" "$folder/asked"
}

# asks_for PROTOCOLS LINE...: the request is another one.
asks_for() {
  upgrade_to=$1
  shift
  request 'GET / HTTP/1.1' 'Host: a' "Upgrade: $upgrade_to" "$connection" "$@"
  mv "$folder/request" "$folder/asked"
}

# From here on the input, $folder/request, is the response.

# switches LINE...: a response that switches to WebSocket, with these lines.
switches() {
  request 'HTTP/1.1 101 Switching Protocols' "$upgrade" "$connection" \
    "$accept" "$@"
}

# at TEXT: where that begins in the response.
at() {
  all=$(cat "$folder/request" && printf x)
  before=${all%%"$1"*}
  echo "${#before}"
}

# append FORMAT: these bytes behind it.
append() {
  # shellcheck disable=SC2059
  printf "$1" >>"$folder/request"
}

# repeat TIMES FORMAT
repeat() {
  times=$1
  while [ "$times" -gt 0 ]; do
    append "$2"
    times=$((times - 1))
  done
}

# ---- What is said -----------------------------------------------------------

# client STATUS ARGUMENTS...
client() {
  wanted_status=$1
  shift
  run "$wanted_status" --client --request "$folder/asked" "$@"
}

# judged STATUS LINE ARGUMENTS...: --json says exactly this; and however the
# response is cut, the same is said to scripts and to people.
judged() {
  wanted_status=$1
  wanted=$2
  shift 2
  client "$wanted_status" --json "$@"
  case $(cat "$folder/out") in
  "$wanted"',"sentence":"'*'}') ;;
  *) fail "does not begin with: $wanted" ;;
  esac
  same --client --request "$folder/asked" --json "$@"
  client "$wanted_status" --feed 1 "$@"
  mv "$folder/out" "$folder/cut"
  client "$wanted_status" "$@"
  cmp -s "$folder/out" "$folder/cut" || fail "--feed 1 differs"
  begins "$(sed 's/^{"outcome":"\([a-z]*\)".*/\1/' <<END |
$wanted
END
    tr a-z A-Z)"
}

# object OUTCOME STATUS ERROR RULE OFFSET CONSUMED PROTOCOL SUBPROTOCOL
# EXTENSIONS CLOSE: as JSON.
object() {
  offset=$5
  [ "$5" = - ] && offset=null
  printf '{"outcome":"%s","status":%s,"error":%s,"rule":%s,"offset":%s,' \
    "$1" "$2" "$(quoted "$3")" "$(quoted "$4")" "$offset"
  printf '"consumed":%s,"protocol":%s,"subprotocol":%s,"extensions":%s,' \
    "$6" "$(quoted "$7")" "$(quoted "$8")" "$(quoted "$9")"
  printf '"close":%s,"reply":""' "${10}"
}

# switched CONSUMED PROTOCOL SUBPROTOCOL EXTENSIONS ARGUMENTS...
switched() {
  wanted=$(object switched 101 - - - "$1" "$2" "$3" "$4" false)
  shift 4
  judged 0 "$wanted" "$@"
}

# refused STATUS ERROR RULE OFFSET CONSUMED ARGUMENTS...
refused() {
  error=$2
  wanted=$(object refused "$1" "$2" "$3" "$4" "$5" - - - true)
  shift 5
  judged 1 "$wanted" "$@"
  names "$error"
}

# refused_at ERROR RULE TEXT: a 101 that is complete, for what begins so.
refused_at() {
  refused 101 "$1" "$2" "$(at "$3")" "$(size)"
}

# refused_behind ERROR RULE: a 101 that is complete, for what is not in it.
refused_behind() {
  refused 101 "$1" "$2" "$(size)" "$(size)"
  says "byte $(size)"
says "the head ends here"
}

# broken_at ERROR RULE TEXT: at a byte of the head.
broken_at() {
  refused 0 "$1" "$2" "$(at "$3")" "$(at "$3")"
}

# other STATUS CONSUMED CLOSE
other() {
  judged 2 "$(object other "$1" - - - "$2" - - - "$3")"
}

incomplete() {
  judged 3 "$(object incomplete 0 - - - "$(size)" - - - false)"
}
