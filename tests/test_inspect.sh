#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs upshake-inspect over requests that switch, are refused, are plain and
# are incomplete, and with files and options of every kind.
#
# usage: test_inspect.sh PROGRAM
set -u
. "$(dirname "$0")/inspect.sh"

# ---- Switched ---------------------------------------------------------------

it switches_to_websocket_with_the_accept_of_rfc_6455
handshake
object switched 101 - - - "$(size)" websocket -
says 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
says 'Upgrade: websocket'
says '\r\n\r\n","sentence":"'

it says_where_the_next_protocol_begins
handshake
head_size=$(size)
printf '\201\205\0\0\0\0hello' >>"$folder/request"
object switched 101 - - - "$head_size" websocket -
run 0 --reply
begins 'SWITCHED 101: '
says "begins at byte $head_size; 11 bytes of it are here"
says '    \x81\x85\x00\x00\x00\x00hello'
says '    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='

it chooses_the_first_subprotocol_of_the_client_that_is_named
handshake 'Sec-WebSocket-Protocol: soap, chat' 'Sec-WebSocket-Protocol: wamp'
object switched 101 - - - "$(size)" websocket chat \
  --subprotocol wamp --subprotocol chat
says 'Sec-WebSocket-Protocol: chat'
run 0 --subprotocol wamp --subprotocol chat
says '  sub-protocol  chat'

it warns_of_a_browser_that_offers_subprotocols_in_vain
handshake 'Sec-WebSocket-Protocol: soap, chat'
object switched 101 - - - "$(size)" websocket -
run 0
says 'none; the client offers soap, chat'
says '--subprotocol'

it switches_to_any_token_as_the_table_spells_it
request 'GET / HTTP/1.1' 'Host: a' 'Upgrade: ECHO, spdy/3.1' "$connection"
object switched 101 - - - "$(size)" Echo - --protocol Echo
object switched 101 - - - "$(size)" SPDY/3.1 - --protocol SPDY/3.1
object switched 101 - - - "$(size)" SPDY/3.1 - --protocol x --protocol SPDY/3.1

it answers_100_and_101_where_both_are_due
handshake 'Expect: 100-continue'
object switched 101 - - - "$(size)" websocket -
says '"reply":"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 '
run 0
says '  status        101 Switching Protocols'

# ---- Refused ----------------------------------------------------------------

it names_the_byte_the_rule_and_the_sentence_of_a_refusal
request 'GET / HTTP/1.1' 'Host : a'
object refused 400 FIELD_BLANK 'RFC 9112 5.1' 20 20 - -
run 1 --reply
begins 'REFUSED 400: '
names FIELD_BLANK
says '(RFC 9112 5.1, '
says ', byte 20'
says ' 2 | '
marks 'Host : a' 5
says '    HTTP/1.1 400 Bad Request'

it says_that_something_is_missing_behind_the_head
request 'GET / HTTP/1.1' 'Host: example.com' "$upgrade" "$connection" "$version"
object refused 400 KEY_MISSING 'RFC 6455 4.2.1' "$(size)" "$(size)" - -
run 1
says "byte $(size)"
says "the head ends here"
says 'head -c 16 /dev/urandom | base64'

it asks_for_version_13
request 'GET / HTTP/1.1' 'Host: example.com' "$upgrade" "$connection" "$key" \
  'Sec-WebSocket-Version: 8'
object refused 426 VERSION_UNSUPPORTED 'RFC 6455 4.4' \
  $(($(size) - 5)) "$(size)" - -
says 'Sec-WebSocket-Version: 13'
run 1
marks 'Sec-WebSocket-Version: 8' 24

it marks_the_byte_under_its_column_behind_escapes
printf 'GET / HTTP/1.1\r\nX: \\\377\tcaf\351\001z\r\n\r\n' >"$folder/request"
run 1
says ', byte 26'
says ' 2 | '
marks 'X: \\\xFF\tcaf\xE9\x01z' 19

it marks_the_lf_of_a_line_end
printf 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n' >"$folder/request"
run 1
names LINE_END
marks 'Host: a\n' 8
says 'others with CR LF'

it cuts_a_long_line_around_the_mark
long=$(printf '%300s' '' | tr ' ' a)
request "GET /$long\"$long HTTP/1.1"
run 1
says ', byte 305'
says ' 1 | '
says ' | ...aaaa'
says 'aaaa...'
column=$(grep -F -A 1 'a"a' "$folder/out" | sed -n '2s/\^.*//p' | wc -c)
[ "$column" = 53 ] || fail "the caret is in column $column"
if awk 'length > 80 { found = 1 } END { exit !found }' "$folder/out"; then
  fail "a line is longer than 80 columns"
fi

it explains_a_file_with_lf_only
printf 'GET / HTTP/1.1\nHost: a\n\n' >"$folder/request"
object refused 400 LINE_END 'RFC 9112 2.2' 14 14 - -
run 2
says 'Read as: LF taken as CR LF'
run 1 --strict
says 'The line ends with LF'
says "awk '{ sub(/\r\$/, \"\"); printf \"%s\r\n\", \$0 }' FILE"

it explains_tls_on_a_plain_port
printf '\026\003\001\002\0\001\0\001\374\003\003' >"$folder/request"
object refused 400 TLS 'RFC 9112 2.2' 0 0 - -
run 1
says 'wss://'
marks '\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03' 1

it explains_the_preface_of_http_2
printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' >"$folder/request"
object refused 505 HTTP2_PREFACE 'RFC 9113 3.4' 0 18 - -
run 1
names HTTP2_PREFACE
begins 'REFUSED 505: '
says 'it to HTTP/1.1'
says 'gives these bytes to its HTTP/2'

it explains_what_is_no_request
printf '\357\273\277GET / HTTP/1.1\r\n\r\n' >"$folder/request"
run 1 --strict
says 'byte order mark'
run 1
says 'Read as: BOM (byte order mark) removed'
printf '> GET / HTTP/1.1\r\n' >"$folder/request"
run 1 --strict
says 'curl -v'
request 'HTTP/1.1 101 Switching Protocols'
run 1 --strict
says 'This is a response'
run 1
begins 'REFUSED 400: no request: this is a response'
request 'PROXY TCP4 192.0.2.1 192.0.2.2 5000 80'
run 1
says 'This is the PROXY protocol'

it names_both_hosts_where_the_origin_is_another
handshake 'Origin: https://evil.example'
object refused 403 ORIGIN_REFUSED 'RFC 6455 10.2' \
  $(($(size) - 24)) "$(size)" - -
run 1
says 'Origin names       https://evil.example'
says 'the request is for example.com'
says 'proxy_set_header Host $http_host;'

it blames_no_proxy_where_origins_are_listed
handshake 'Origin: https://example.com'
run 1 --origin https://two.example
names ORIGIN_REFUSED
says 'accepts no WebSocket from pages of this Origin'
says 'Only these origins may come'
says '    https://two.example'
says_not 'proxy'

it takes_origins_that_name_no_host
for origin in null file:// x-app://a; do
  handshake "Origin: $origin"
  object switched 101 - - - "$(size)" websocket - --origin "$origin"
  run 1
done

it takes_origins_from_a_list_or_any
handshake 'Origin: https://one.example'
object switched 101 - - - "$(size)" websocket - --origin any
object switched 101 - - - "$(size)" websocket - \
  --origin https://two.example --origin https://one.example
run 1 --origin https://two.example
says '    https://two.example'
handshake 'Origin: http://EXAMPLE.com:80'
object switched 101 - - - "$(size)" websocket -

it refuses_a_head_that_is_longer_than_head_max
handshake
object switched 101 - - - "$(size)" websocket - --head-max "$(size)"
less=$(($(size) - 1))
object refused 431 HEAD_LONG 'RFC 6585 5' "$less" "$less" - - \
  --head-max "$less"
object refused 414 TARGET_LONG 'RFC 9112 3' 8 8 - - --head-max 8
run 1 --head-max 8
says '--head-max'
object switched 101 - - - "$(size)" websocket - --head-max 4294967295

it needs_no_more_than_head_max_bytes_to_refuse
printf 'GET /aaaaaaaaaaaaaaaaaaaa' >"$folder/request"
object refused 414 TARGET_LONG 'RFC 9112 3' 25 25 - - --head-max 25
run 1 --head-max 25
says 'the limit'
marks 'GET /aaaaaaaaaaaaaaaaaaaa' 26

it escapes_bytes_of_an_attacker
handshake 'Origin: http://x'"$(printf '\033')"'[31m'
run 1
says '\x1B[31m'
if LC_ALL=C tr -d '\n' <"$folder/out" | LC_ALL=C grep -q '[^ -~]'; then
  fail "prints what a terminal would obey"
fi

# ---- Plain ------------------------------------------------------------------

it explains_a_request_without_upgrade
request 'GET / HTTP/1.1' 'Host: a'
object plain 0 - 'RFC 9110 7.8' - "$(size)" - -
run 2
begins 'PLAIN: '
names NO_UPGRADE
says 'no Upgrade'
says 'no Connection'
says 'proxy_set_header Upgrade $http_upgrade;'
says_not 'The reply'

it explains_a_proxy_that_took_upgrade
request 'GET / HTTP/1.1' 'Host: a' 'Connection: close' "$key" "$version"
object plain 0 - 'RFC 9110 7.8' - "$(size)" - -
run 2
names PROXY_TOOK_UPGRADE
says '  received      no Upgrade'
says '                Connection: close'
says 'proxy_set_header Connection "upgrade";'

it explains_upgrade_without_connection
request 'GET / HTTP/1.1' 'Host: a' "$upgrade" 'Connection: close' \
  'connection: upgrade-x' "$key" "$version"
object plain 0 - 'RFC 9110 7.6.1' - "$(size)" - -
run 2
names NO_CONNECTION
says '  received      Upgrade: websocket'
says '                Connection: close'
says '                connection: upgrade-x'
says_not 'no Connection'
says 'proxy_set_header Connection "upgrade";'

it explains_http_1_0
request 'GET / HTTP/1.0' 'Host: a' "$upgrade" "$connection" "$key" "$version"
object plain 0 - 'RFC 9110 7.8' - "$(size)" - -
run 2
names HTTP_1_0
says 'proxy_http_version 1.1;'

it explains_a_protocol_that_is_not_in_the_table
request 'GET / HTTP/1.1' 'Host: a' 'Upgrade: h2c' 'Connection: Upgrade'
object plain 0 - 'RFC 9110 7.8' - "$(size)" - -
run 2
names NOT_SUPPORTED
says 'Upgrade: h2c'
says 'The server speaks websocket.'
says 'h2c comes from'

it says_where_the_body_of_a_plain_request_begins
request 'POST / HTTP/1.1' 'Host: a' 'Content-Length: 5'
head_size=$(size)
printf 'a\0b\r\n' >>"$folder/request"
object plain 0 - 'RFC 9110 7.8' - "$head_size" - -
run 2
says "begins at byte $head_size; 5 bytes of it are here"
says '    a\x00b\r\n'

# ---- Incomplete -------------------------------------------------------------

it waits_for_the_empty_line
handshake
dd if="$folder/request" of="$folder/cut" bs=1 count=$(($(size) - 2)) \
  2>/dev/null
mv "$folder/cut" "$folder/request"
object incomplete 0 - - - "$(size)" - -
run 3
begins 'INCOMPLETE: '
says 'The empty line that ends the head is missing'

it waits_within_a_line
printf 'GET / HTTP/1.1\r\nHos' >"$folder/request"
object incomplete 0 - - - 19 - -
run 3
says 'The input ends within a line'

it waits_for_the_first_byte
: >"$folder/request"
object incomplete 0 - - - 0 - -
run 3
says 'Nothing arrived'

# ---- Files and options ------------------------------------------------------

it reads_a_file_or_standard_input
handshake
cp "$folder/request" "$folder/a file"
run 0 "$folder/a file"
run 0 -- "$folder/a file"
run 0 -
run 0 --feed 3 - --json
run 0 --feed=3 --protocol=websocket --head-max=200
: >"$folder/request"
run 0 "$folder/a file"

it reads_any_bytes_of_any_number
handshake
head_size=$(size)
dd if=/dev/zero bs=1000 count=300 2>/dev/null >>"$folder/request"
object switched 101 - - - "$head_size" websocket -

it exits_66_where_a_file_cannot_be_read
for file in "$folder/none" "$folder"; do
  run 66 "$file"
  [ ! -s "$folder/out" ] || fail "prints a result"
  [ "$(wc -l <"$folder/err" | tr -d ' ')" = 1 ] || fail "is not one line"
done

it leaves_out_what_is_not_used_where_it_is_told_to
handshake "Cookie: $(printf '%01000d' 0)" 'X-Room: 7'
object refused 431 HEAD_LONG 'RFC 6585 5' 300 300 - - --head-max 300
says '"error":"HEAD_LONG"'
object switched 101 - - - "$(size)" websocket - --head-max 300 --lean
run 0 --head-max 300 --lean
says '  not kept      1021 bytes of field lines that are not used'
run 0 --head-max 300 --lean --want x-room
says '  not kept      1010 bytes'
object switched 101 - - - "$(size)" websocket - --head-max 300 --lean \
  --total-max "$(size)"
less=$(($(size) - 1))
object refused 431 HEAD_LONG 'RFC 6585 5' "$less" "$less" - - \
  --head-max 300 --lean --total-max "$less"
object refused 431 HEAD_LONG 'RFC 6585 5' 300 300 - - --head-max 300 --lean \
  --want Cookie
run 1 --head-max 300
says '--lean'

# misuse ARGUMENTS...
misuse() {
  run 64 "$@"
  [ ! -s "$folder/out" ] || fail "prints a result: $*"
  [ "$(wc -l <"$folder/err" | tr -d ' ')" = 1 ] || fail "is not one line: $*"
}

it exits_64_with_one_line_where_it_is_misused
handshake
misuse --unknown
misuse --unknown=1
misuse -x
misuse --json=yes
misuse --protocol
misuse --feed
misuse --subprotocol
misuse --origin
misuse --origin example.com
misuse --origin https://example.com/
misuse --origin 'https://a b'
misuse --origin file:///
misuse --origin https://
misuse --origin ''
misuse --fields-max 0
misuse --fields-max 65536
misuse --name-max 0
misuse --name-max 65536
misuse --json --head-max
misuse a b
misuse - -
misuse --head-max 0
misuse --head-max 4294967296
misuse --head-max 18446744073709551616
misuse --head-max ''
misuse --head-max -1
misuse --head-max 1k
misuse --head-max=
misuse --feed -1
misuse --feed +1
misuse --feed ' 1'
misuse --feed 0x10
misuse --feed 99999999999999999999999
misuse --protocol ''
misuse --protocol 'a b'
misuse --protocol a/
misuse --protocol /a
misuse --protocol a/b/c
misuse --protocol a,
misuse --protocol ,method=GET
misuse --protocol a,method
misuse --protocol a,method=
misuse --protocol 'a,method=A B'
misuse --protocol a,body=
misuse --protocol a,body=Consume
misuse --protocol a,body=consume,
misuse --deflate=1
misuse --lean=1
misuse --lean --want 'a b'
misuse --lean --want ''
misuse --lean --total-max 0
misuse --lean --total-max 4294967296
misuse --total-max 100
misuse --want Cookie
misuse --subprotocol 'a,b'
misuse --subprotocol ''

it prints_its_usage
run 0 --help
begins 'usage: upshake-inspect'
for option in protocol subprotocol deflate origin lean total-max want head-max \
  fields-max name-max feed json help; do
  says "  --$option"
done

# unwritable OPTION...: standard output is $output.
unwritable() {
  "$program" "$@" <"$folder/request" >"$output" 2>"$folder/err"
  got=$?
  [ "$got" = 74 ] || fail "exit status $got, expected 74: $*"
  grep -qxF 'upshake-inspect: cannot write the result' "$folder/err" ||
    fail "does not say so: $*"
  [ "$(wc -l <"$folder/err" | tr -d ' ')" = 1 ] || fail "is not one line: $*"
}

it exits_74_where_it_cannot_write
handshake
output=/dev/full
for option in --help --json --lean; do
  [ ! -c "$output" ] || unwritable "$option"
done

finish
