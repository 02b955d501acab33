# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Requests for upshake-inspect, and what it has to say to them: its exit
# status, every key of its JSON, and what it tells people.  Sourced, with the
# program as $1, by the test_inspect scripts.

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
  printf 'usage: %s PROGRAM\n' "$0" >&2
  exit 64
fi
program=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failed=0
count=0
tested=

# ---- Saying what is wrong ---------------------------------------------------

fail() {
  failed=$((failed + 1))
  printf 'not ok: %s: %s\n' "$tested" "$1"
  sed 's/^/    | /' "$folder/out" "$folder/err"
}

# it SENTENCE: what is tested from here on.
it() {
  tested=$1
  count=$((count + 1))
}

# run STATUS ARGUMENTS...: the request is in $folder/request.
run() {
  status=$1
  shift
  "$program" "$@" <"$folder/request" >"$folder/out" 2>"$folder/err"
  got=$?
  [ "$got" -eq "$status" ] || fail "exit status $got, expected $status: $*"
}

# says TEXT: there is a line with this text in the output.
says() {
  grep -qF -e "$1" "$folder/out" || fail "does not say: $1"
}

says_not() {
  if grep -qF -e "$1" "$folder/out"; then
    fail "says: $1"
  fi
}

# begins TEXT: the first line begins so.
begins() {
  case $(head -n 1 "$folder/out") in
  "$1"*) ;;
  *) fail "the first line does not begin with: $1" ;;
  esac
}

# names ERROR: in the last line of the answer.
names() {
  grep -qE "^\(.*[( ]$1[,;)]" "$folder/out" || fail "does not name $1"
}

# marks LINE COLUMN: LINE is shown, and the caret in the line below it stands
# under its column COLUMN, counted from 1.
marks() {
  below=$(grep -F -A 1 -e " | $1" "$folder/out" | sed -n 2p)
  wanted=$(printf '     | %*s^' "$(($2 - 1))" '')
  case $below in
  "$wanted"*) ;;
  *) fail "no caret in column $2 below: $1" ;;
  esac
}

# ---- Requests ---------------------------------------------------------------

key='Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
version='Sec-WebSocket-Version: 13'
upgrade='Upgrade: websocket'
connection='Connection: Upgrade'

# request LINE...: the lines, each with CR LF, and the empty line.
request() {
  printf '%s\r\n' "$@" '' >"$folder/request"
}

# handshake LINE...: a handshake for example.com with these lines added.
handshake() {
  request 'GET /chat HTTP/1.1' 'Host: example.com' "$upgrade" "$connection" \
    "$key" "$version" "$@"
}

size() {
  wc -c <"$folder/request" | tr -d ' '
}

# ---- JSON -------------------------------------------------------------------

# quoted TEXT: as a JSON string; - is null.
quoted() {
  if [ "$1" = - ]; then
    printf null
  else
    printf '"%s"' "$1"
  fi
}

# keys OUTCOME STATUS ERROR RULE OFFSET CONSUMED PROTOCOL SUBPROTOCOL: what
# the object has to begin with; its extensions are those of $agreed.
agreed=-
keys() {
  close=false
  [ "$1" = refused ] && close=true
  offset=$5
  [ "$5" = - ] && offset=null
  printf '{"outcome":"%s","status":%s,"error":%s,"rule":%s,"offset":%s,' \
    "$1" "$2" "$(quoted "$3")" "$(quoted "$4")" "$offset"
  printf '"consumed":%s,"protocol":%s,"subprotocol":%s,"extensions":%s,' \
    "$6" "$(quoted "$7")" "$(quoted "$8")" "$(quoted "$agreed")"
  printf '"close":%s,"reply":"' "$close"
}

status_of() {
  case $1 in
  switched) echo 0 ;;
  refused) echo 1 ;;
  plain) echo 2 ;;
  incomplete) echo 3 ;;
  esac
}

# valid: one line of ASCII, one object with exactly the keys of the contract,
# and a reply that is there and complete exactly where there is one; a body
# that is incomplete may have been answered 100.
valid() {
  [ "$(wc -l <"$folder/out" | tr -d ' ')" = 1 ] || fail "is not one line"
  if LC_ALL=C grep -q '[^ -~]' "$folder/out"; then
    fail "is not all printable ASCII"
  fi
  command -v python3 >/dev/null 2>&1 || return 0
  python3 -c '
import json, sys
said = json.load(sys.stdin)
keys = "outcome status error rule offset consumed protocol subprotocol"
more = " sentence hint line column input also"
assert list(said) == (keys + " extensions close reply" + more).split(), \
    list(said)
assert said["sentence"] and said["input"] == "raw"
assert (said["line"] is None) == (said["offset"] is None)
assert (said["hint"] is None) == (said["outcome"] == "switched")
if said["outcome"] in ("switched", "refused"):
    assert said["reply"].startswith("HTTP/1.1 ")
    assert "HTTP/1.1 %d " % said["status"] in said["reply"]
    assert "\r\n\r\n" in said["reply"]
else:
    assert said["reply"] in ("", "HTTP/1.1 100 Continue\r\n\r\n")
    assert said["reply"] == "" or said["outcome"] == "incomplete"
    assert said["status"] == 0
' <"$folder/out" 2>"$folder/err" || fail "is not the JSON that is promised"
}

# same ARGUMENTS...: whole, byte by byte and in pieces of 7 are the same.
same() {
  cp "$folder/out" "$folder/whole"
  for feed in 0 1 7; do
    "$program" "$@" --feed "$feed" <"$folder/request" >"$folder/out" \
      2>"$folder/err"
    cmp -s "$folder/out" "$folder/whole" || fail "--feed $feed differs"
  done
}

# object KEYS(8) ARGUMENTS...: --json says this.
object() {
  wanted=$(keys "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8")
  wanted_status=$(status_of "$1")
  shift 8
  run "$wanted_status" --json "$@"
  case $(cat "$folder/out") in
  "$wanted"*'"sentence":'*'}') ;;
  *) fail "does not begin with: $wanted" ;;
  esac
  valid
  same --json "$@"
}

# ---- The end ----------------------------------------------------------------

finish() {
  if [ "$failed" -ne 0 ]; then
    printf 'upshake-inspect: %d failures in %d tests\n' "$failed" "$count"
    exit 1
  fi
  printf 'upshake-inspect: %d tests passed\n' "$count"
}
