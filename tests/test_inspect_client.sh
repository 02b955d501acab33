#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs upshake-inspect --client over responses that switch, are something else,
# are refused for each reason there is, and are incomplete; and with requests
# that are none.
#
# usage: test_inspect_client.sh PROGRAM
set -u
. "$(dirname "$0")/inspect_client.sh"

# ---- Switched ---------------------------------------------------------------

it switches_to_websocket
asks
switches
switched "$(size)" websocket - -
begins 'SWITCHED 101: the client accepts the 101 and speaks websocket'
says '  status        101 Switching Protocols'
says '  protocol      websocket'
says 'none; the request asks for none'

it says_where_the_next_protocol_begins
switches
head_size=$(size)
append '\201\005hello'
switched "$head_size" websocket - -
says "begins at byte $head_size; 7 bytes of it are here"
says '    \x81\x05hello'

it says_what_was_agreed_on
asks "$protocol soap, chat" "$deflate; client_max_window_bits"
switches "$protocol chat" "$deflate; client_max_window_bits=10"
switched "$(size)" websocket chat \
  'permessage-deflate; client_max_window_bits=10'
says '  sub-protocol  chat'
says '(server: window of 15 bits; client: window of 10 bits)'
switches "$deflate; server_no_context_takeover"
switched "$(size)" websocket - 'permessage-deflate; server_no_context_takeover'
says '(server: window of 15 bits, no takeover; client: window of 15 bits)'
switches
switched "$(size)" websocket - -
says 'none; the request asks for permessage-deflate; client_max_window_bits'

it warns_of_a_browser_that_asks_for_subprotocols_in_vain
says 'none; the request asks for soap, chat'
says '--subprotocol-required'
refused 101 SUBPROTOCOL_NONE 'RFC 6455 4.1' "$(size)" "$(size)" \
  --subprotocol-required
says 'The request asks for: soap, chat'
switches "$protocol soap"
switched "$(size)" websocket soap - --subprotocol-required
asks
switches
switched "$(size)" websocket - - --subprotocol-required

it skips_interim_responses
asks
switches
mv "$folder/request" "$folder/final"
request 'HTTP/1.1 100 Continue'
printf 'HTTP/1.1 103 \r\nLink: </a>\r\n\r\n' >>"$folder/request"
cat "$folder/final" >>"$folder/request"
switched "$(size)" websocket - -

it takes_a_folded_line
asks
switches 'X: a' ' b'
switched "$(size)" websocket - -

it switches_to_any_protocol_that_was_asked_for
asks_for 'h2c, Echo/2' 'HTTP2-Settings: AAMAAABk'
request 'HTTP/1.1 101 ' 'Upgrade: h2c' "$connection"
switched "$(size)" h2c - -
request 'HTTP/1.1 101 ' 'Upgrade: ECHO/2' "$connection"
switched "$(size)" Echo/2 - -
says '  status        101 '
says_not 'sub-protocol'

# ---- Other ------------------------------------------------------------------

it says_where_the_body_of_another_response_begins
asks
request 'HTTP/1.1 200 OK' 'Content-Length: 5' 'Server: nginx'
head_size=$(size)
append 'a\0b\r\nHTTP/1.1'
other 200 "$head_size" false
begins 'OTHER 200: no switch, but an ordinary HTTP response'
says '  status        200 OK'
says '  received      Server: nginx'
says '  length        5 bytes'
says "begins at byte $head_size; 5 bytes of it are here"
says '    a\x00b\r\n'
says '  connection    can be used again'
says 'a proxy took'

it says_when_the_connection_closes
request 'HTTP/1.1 200 OK' 'Content-Length: 0' 'Connection: x, CLOSE'
other 200 "$(size)" true
says '  connection    closes behind the body'
request 'HTTP/1.0 200 OK' 'Content-Length: 0'
other 200 "$(size)" true
request 'HTTP/1.0 200 OK' 'Content-Length: 0' 'Connection: Keep-Alive'
other 200 "$(size)" false
request 'HTTP/1.1 200 OK'
other 200 "$(size)" true
says '  length        until the server closes'
request 'HTTP/1.1 200 OK' 'Transfer-Encoding: gzip, Chunked'
other 200 "$(size)" false
says '  length        in chunks'
request 'HTTP/1.1 200 OK' 'Transfer-Encoding: gzip'
other 200 "$(size)" true
request 'HTTP/1.1 200 OK' 'Transfer-Encoding: chunked, gzip'
other 200 "$(size)" true
request 'HTTP/1.1 204 No Content'
other 204 "$(size)" false
says_not '  body'
asks 'Connection: close'
request 'HTTP/1.1 204 No Content'
other 204 "$(size)" true
asks

it says_what_another_status_means
while read -r status field text; do
  request "HTTP/1.1 $status Whatever" 'Content-Length: 0' "$field: of-it"
  other "$status" "$(size)" false
  says "  received      $field: of-it"
  says "$text"
done <<'END'
301 Location Browsers do not follow it
308 Location Browsers do not follow it
400 Server upshake-inspect without
401 WWW-Authenticate Authorization (or a cookie)
403 Via Often the Origin
404 Server The path is wrong
405 Allow opened with GET
407 Proxy-Authenticate Proxy-Authorization
426 Upgrade the version is wrong
426 Sec-WebSocket-Version what to ask for
429 Retry-After Retry-After says when
501 Server does not know the method
502 Server does not reach the server
503 Retry-After does not reach the server
505 Server HTTP/1.1 only
END
request 'HTTP/1.1 999 ' 'Content-Length: 0'
other 999 "$(size)" false
request 'HTTP/1.1 000 ' 'Content-Length: 0'
client 2
begins 'OTHER: no switch, but an ordinary HTTP response'

# ---- Refused at a byte ----------------------------------------------------

it marks_what_is_no_status_line
printf 'HTTP/1.1  101 Switching Protocols\r\n\r\n' >"$folder/request"
refused 0 STATUS_LINE 'RFC 9112 4' 9 9
begins 'REFUSED: the client closes: '
says ', byte 9'
says ' 1 | '
marks 'HTTP/1.1  101 Switching Protocols' 10
says 'A status line is HTTP/1.1 SP 101 SP reason CR LF'
printf 'HTTP/1.1 101\tOK\r\n\r\n' >"$folder/request"
refused 0 STATUS_LINE 'RFC 9112 4' 12 12

it reads_a_status_line_without_the_blank_behind_its_code
asks
request 'HTTP/1.1 101' "$upgrade" "$connection" "$accept"
switched "$(size)" websocket - -
request 'HTTP/1.0 200'
other 200 "$(size)" true
says '  status        200'

it explains_what_is_no_response
# explains TEXT BYTES: refused with that hint.
explains() {
  : >"$folder/request"
  append "$2"
  client 1
  names "${3:-STATUS_LINE}"
  says "$1"
}
explains 'This is TLS' '\025\003\003\0\002\002\106'
explains 'This is TLS' '\026\003\001\002\0\001'
explains 'This is HTTP/2, which' '\0\0\022\004\0\0\0\0\0\0\003\0\0\0\200'
explains 'byte order mark' '\357\273\277HTTP/1.1 101 '
explains 'byte order mark' '\377\376H\0T\0'
explains 'byte order mark' '\376\377\0H\0T'
explains 'curl -v' '< HTTP/1.1 101 Switching Protocols\r\n'
explains 'This is a request' 'GET / HTTP/1.1\r\n\r\n'
explains 'another protocol' 'SSH-2.0-OpenSSH_9.2\r\n'
explains '--http1.1' 'HTTP/2 200 \r\n\r\n' HTTP_VERSION

it explains_a_file_with_lf_only
printf 'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n' \
  >"$folder/request"
refused 0 LINE_END 'RFC 9112 2.2' 32 32
says 'No line here ends with CR LF'
printf 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\n\r\n' \
  >"$folder/request"
refused 0 LINE_END 'RFC 9112 2.2' 52 52
says 'Another line ends with CR LF'
marks 'Upgrade: websocket\n' 19

it names_the_byte_of_a_field_line
asks
switches 'X : a'
broken_at FIELD_BLANK 'RFC 9112 5.1' ' : a'
says 'smuggling'
switches 'X"Y: a'
broken_at FIELD_NAME 'RFC 9110 5.1' '"Y: a'
says 'A line without a colon'
printf 'HTTP/1.1 101 a\r\nX: a\001b\r\n\r\n' >"$folder/request"
refused 0 FIELD_VALUE 'RFC 9110 5.5' 20 20
marks 'X: a\x01b' 5
request 'HTTP/1.1 101 a' ' folded: b'
broken_at FIELD_FOLDED 'RFC 9112 5.2' ' folded'
says 'begins in the first column'

it refuses_a_head_that_is_too_long
switches
switched "$(size)" websocket - - --head-max "$(size)"
less=$(($(size) - 1))
refused 0 HEAD_LONG 'RFC 6585 5' "$less" "$less" --head-max "$less"
says '--head-max'
name=$(printf '%256s' '' | tr ' ' a)
switches "$name: b"
broken=$(($(at "$name") + 255))
refused 0 FIELD_NAME_LONG 'RFC 6585 5' "$broken" "$broken"
printf 'HTTP/1.1 101 a\r\n' >"$folder/request"
repeat 128 'a: b\r\n'
incomplete
append 'a: b\r\n\r\n'
refused 0 FIELDS_MANY 'RFC 6585 5' "$((16 + 128 * 6))" "$((16 + 128 * 6))"

it refuses_interim_responses_without_end
: >"$folder/request"
repeat 32 'HTTP/1.1 100 a\r\n\r\n'
incomplete
head_size=$(size)
append 'HTTP/1.1 103 a\r\n\r\n'
client 1 --json
says '"error":"INTERIM_MANY","rule":"RFC 9110 15.2"'
says "\"offset\":$head_size,"
client 1
says 'never answers'
marks 'HTTP/1.1 103 a' 1

it counts_offsets_from_the_first_interim_response
request 'HTTP/1.1 100 Continue'
printf 'HTTP/1.1 101 a\r\nX: \001\r\n\r\n' >>"$folder/request"
refused 0 FIELD_VALUE 'RFC 9110 5.5' 44 44
says ', byte 44'
says ' 4 | '

# ---- Refused for its length -------------------------------------------------

it refuses_two_opinions_of_where_a_body_ends
asks
request 'HTTP/1.1 200 OK' 'Content-Length: 1' 'Content-Length: 2'
refused 200 LENGTH_REPEATED 'RFC 9110 8.6' "$(($(size) - 5))" "$(size)"
request 'HTTP/1.1 200 OK' 'Content-Length: +1'
refused 200 LENGTH_MALFORMED 'RFC 9110 8.6' "$(at +1)" "$(size)"
request 'HTTP/1.1 200 OK' 'Content-Length: 1' 'Transfer-Encoding: chunked'
refused 200 LENGTH_AND_CODING 'RFC 9112 6.3' "$(at chunked)" "$(size)"
says 'smuggled'
says '  status        200 OK'
request 'HTTP/1.0 200 OK' 'Transfer-Encoding: chunked'
refused 200 CODING_IN_1_0 'RFC 9112 6.1' "$(at chunked)" "$(size)"
request 'HTTP/1.1 200 OK' 'Transfer-Encoding: chunked, chunked'
refused 200 CODING_MALFORMED 'RFC 9112 7' "$(at chunked)" "$(size)"

# ---- Refused as a switch ----------------------------------------------------

it refuses_a_101_of_http_1_0
asks
request 'HTTP/1.0 101 a' "$upgrade" "$connection" "$accept"
refused_at SWITCH_HTTP_1_0 'RFC 9110 15.2' 'HTTP/1.0'
says 'HTTP/1.0 has no 101'

it ignores_content_of_a_101
switches 'Content-Length: 5' 'Transfer-Encoding: chunked'
append Hello
switched "$(($(size) - 5))" websocket - -

it refuses_content_of_a_101_with_capsules
asks_for connect-udp 'Capsule-Protocol: ?1'
request 'HTTP/1.1 101 a' 'Upgrade: connect-udp' "$connection" \
  'Content-Length: 0'
refused_at CAPSULES 'RFC 9297 3.2' '0'"$(printf '\r\n\r')"
says 'Content-Length: 0 to each response'

it refuses_a_101_without_upgrade_and_connection
asks
request 'HTTP/1.1 101 a' "$connection" "$accept"
refused_behind UPGRADE_MISSING 'RFC 9110 7.8'
says 'Upgrade: websocket'
request 'HTTP/1.1 101 a' "$upgrade" "$accept"
refused_behind CONNECTION_MISSING 'RFC 9110 7.8'
says 'Connection: Upgrade'
switches 'Connection: "x"'
refused_at CONNECTION_MALFORMED 'RFC 9110 7.6.1' '"x"'
says 'Quotes'

it refuses_a_protocol_that_was_not_asked_for
request 'HTTP/1.1 101 a' 'Upgrade: h2c' "$connection"
refused_at UPGRADE_NOT_ASKED 'RFC 9110 7.8' h2c
says 'The request asks for: websocket'
request 'HTTP/1.1 101 a' 'Upgrade: websocket, x' "$connection" "$accept"
refused_at UPGRADE_REPEATED 'RFC 6455 4.1' 'websocket, x'
says 'the chosen protocol'

it refuses_an_accept_that_is_missing_or_repeated
request 'HTTP/1.1 101 a' "$upgrade" "$connection"
refused_behind ACCEPT_MISSING 'RFC 6455 4.1'
says 'switched blindly'
switches 'Sec-WebSocket-Accept: again'
refused_at ACCEPT_REPEATED 'RFC 6455 4.1' again
says 'both write the field'

it compares_the_accept_that_came_with_the_one_that_is_right
# answers VALUE TEXT: a wrong accept, and what is said of it.
answers() {
  request 'HTTP/1.1 101 a' "$upgrade" "$connection" "Sec-WebSocket-Accept: $1"
  refused_at ACCEPT_WRONG 'RFC 6455 4.1' "$1"
  says 'key is    dGhlIHNhbXBsZSBub25jZQ=='
  says 'is  s3pPLMBiTxaQ9kYGzzhZRbK+xOo='
  says "says   $1"
  says "$2"
}
answers 'ICX+Yqv66kxgM0FcWaLWlFLwTAI=' 'It answers another key'
marks 'Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=' 23
answers 'dGhlIHNhbXBsZSBub25jZQ==' 'sends the key back'
answers 'S3PPLMBITXAQ9KYGZZHZRBK+XOO=' 'Only the case'
answers 'b37a4f2cc0624f1690f64606cf385945b2bec4ea' 'hexadecimal'
answers YjM3YTRmMmNjMDYyNGYxNjkwZjY0NjA2Y2YzODU5NDViMmJlYzRlYQ== hexadecimal
answers s3pPLMBiTxaQ9kYGzzhZ '28 characters are right'
request 'HTTP/1.1 101 a' "$upgrade" "$connection" 'Sec-WebSocket-Accept:'
client 1
names ACCEPT_WRONG
says '28 characters are right'

it refuses_subprotocols_that_were_not_asked_for
asks "$protocol soap, chat"
switches "$protocol Chat"
refused_at SUBPROTOCOL_NOT_ASKED 'RFC 6455 4.1' Chat
says 'The request asks for: soap, chat'
switches "$protocol chat" "$protocol soap"
refused_at SUBPROTOCOL_REPEATED 'RFC 6455 11.3.4' soap
says 'chooses one'
asks
switches "$protocol chat"
refused_at SUBPROTOCOL_NOT_ASKED 'RFC 6455 4.1' "chat"
says 'The request asks for no sub-protocol.'

it reads_extensions_in_several_lines_as_one_list
asks "$deflate, x-a, x-b"
switches 'Sec-WebSocket-Extensions: x-a; b=1, ' 'X: y' \
  'Sec-WebSocket-Extensions: ,' "$deflate" 'sec-websocket-extensions: x-b'
switched "$(size)" websocket - 'x-a; b=1,, permessage-deflate, x-b'
says 'server: window of 15 bits'

it refuses_extensions_that_were_not_asked_for
asks
switches "$deflate"
refused_at EXTENSION_NOT_ASKED 'RFC 6455 4.1' permessage
says 'The request asks for no extension.'
asks "$deflate; server_no_context_takeover"
switches 'Sec-WebSocket-Extensions: x-shout'
refused_at EXTENSION_NOT_ASKED 'RFC 6455 4.1' x-shout
says 'The request asks for: permessage-deflate; server_no_context_takeover'
switches "$deflate"
refused_at EXTENSION_PARAMETER 'RFC 7692 7' permessage
says 'client_max_window_bits only if'
asks "$deflate"
switches 'Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate'
refused_at EXTENSION_REPEATED 'RFC 7692 5' 'permessage-deflate, '
says 'take only the first'
switches 'Sec-WebSocket-Extensions: ;x'
refused_at EXTENSION_MALFORMED 'RFC 6455 9.1' ';x'
says 'An answer looks like'

it escapes_bytes_of_an_attacker
asks
switches "$protocol $(printf '\033')[31m"
broken_at FIELD_VALUE 'RFC 9110 5.5' "$(printf '\033')"
says '\x1B[31m'
printf 'HTTP/1.1 200 \233\r\nServer: \233\r\n\r\n\233' >"$folder/request"
client 2
says 'Server: \x9B'
if tr -d '\n' <"$folder/out" | grep -q '[^ -~]'; then
  fail "prints what a terminal would obey"
fi

# ---- Incomplete -------------------------------------------------------------

it waits_for_the_first_byte
asks
: >"$folder/request"
incomplete
says 'Nothing came back'
says '  received      0 bytes'

it waits_for_the_empty_line
printf 'HTTP/1.1 101 a\r\nX: a\r\n' >"$folder/request"
incomplete
says 'The empty line'
says '  status        none yet'

it waits_within_a_line
printf 'HTTP/1.1 101 a\r\nX' >"$folder/request"
incomplete
says 'within a line'
says '  received      17 bytes'

it waits_for_the_final_response
request 'HTTP/1.1 100 Continue'
incomplete
says 'Only interim responses'

# ---- Requests that are none -------------------------------------------------

# no_request TEXT: exit status 66, and one line that says this.
no_request() {
  client 66
  [ ! -s "$folder/out" ] || fail "prints a result: $1"
  [ "$(wc -l <"$folder/err" | tr -d ' ')" = 1 ] || fail "is not one line: $1"
  grep -qF -e "$1" "$folder/err" || fail "does not say: $1"
  grep -qF -e "request '$folder/asked'" "$folder/err" || fail "names no file"
}

# not_asked TEXT LINE...: the request is these lines.
not_asked() {
  text=$1
  shift
  request "$@"
  mv "$folder/request" "$folder/asked"
  switches
  no_request "$text"
}

it names_what_is_wrong_with_a_request
not_asked 'no Upgrade field' 'GET / HTTP/1.1' 'Host: a'
not_asked 'a proxy on the way removed it' 'GET / HTTP/1.1' 'Host: a' "$key"
not_asked 'without Connection: upgrade' 'GET / HTTP/1.1' 'Host: a' \
  "$upgrade" "$key" "$version"
not_asked 'ignored in HTTP/1.0' 'GET / HTTP/1.0' 'Host: a' "$upgrade" \
  "$connection" "$key" "$version"
not_asked 'byte 95: no Sec-WebSocket-Key' 'GET / HTTP/1.1' 'Host: a' \
  "$upgrade" "$connection" "$version"
not_asked 'byte 112: Sec-WebSocket-Key is not' 'GET / HTTP/1.1' 'Host: a' \
  "$upgrade" "$connection" "$version" 'Sec-WebSocket-Key: a'
not_asked 'without Connection: upgrade' 'GET / HTTP/1.1' 'Host: a' \
  'Upgrade: h2c'

it names_the_byte_of_a_request_that_is_no_http
printf 'GET / HTTP/1.1\nHost: a\n\n' >"$folder/asked"
no_request 'byte 14: a line may end with CR LF only'
not_asked 'byte 0: ' '"GET / HTTP/1.1'
printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' >"$folder/asked"
no_request 'HTTP/2 with prior knowledge'
printf 'GET / HTTP/1.1\r\n' >"$folder/asked"
no_request 'the head is not complete yet'
: >"$folder/asked"
no_request 'the head is not complete yet'

it reads_over_what_follows_the_request
asks
printf 'more' >>"$folder/asked"
switches
switched "$(size)" websocket - -

# ---- Files and options ------------------------------------------------------

it reads_a_file_or_standard_input
asks
switches
cp "$folder/request" "$folder/a response"
client 0 "$folder/a response"
client 0 -- "$folder/a response"
client 0 -
run 0 --client "--request=$folder/asked" --feed=3
cp "$folder/asked" "$folder/request"
run 0 --client --request - "$folder/a response"

it takes_limits_of_the_head
asks
switches
switched "$(size)" websocket - - --fields-max 3 --name-max 20 \
  --total-max "$(size)"
switched "$(size)" websocket - - --total-max 4294967295
refused 0 FIELDS_MANY 'RFC 6585 5' "$(at Sec-)" "$(at Sec-)" --fields-max 2
long=$(($(at Sec-) + 19))
refused 0 FIELD_NAME_LONG 'RFC 6585 5' "$long" "$long" --name-max 19
refused 0 HEAD_LONG 'RFC 6585 5' 100 100 --total-max 100

it exits_66_where_a_file_cannot_be_read
switches
# unreadable ARGUMENTS...
unreadable() {
  run 66 "$@"
  [ ! -s "$folder/out" ] || fail "prints a result: $*"
  [ "$(wc -l <"$folder/err" | tr -d ' ')" = 1 ] || fail "is not one line: $*"
  grep -qF "cannot read '$folder" "$folder/err" || fail "names no file: $*"
}
unreadable --client --request "$folder/none"
unreadable --client --request "$folder"
unreadable --client --request "$folder/asked" "$folder/none"

# misuse TEXT ARGUMENTS...: exit status 64, and one line that says this.
misuse() {
  text=$1
  shift
  run 64 "$@"
  [ ! -s "$folder/out" ] || fail "prints a result: $*"
  [ "$(wc -l <"$folder/err" | tr -d ' ')" = 1 ] || fail "is not one line: $*"
  grep -qF -e "$text" "$folder/err" || fail "does not say: $text"
}

it exits_64_where_options_do_not_fit_together
misuse 'needs --request FILE' --client
misuse 'needs --request FILE' --client --json "$folder/asked"
misuse 'needs a value' --client --request
misuse 'cannot come from there too' --client --request -
misuse 'cannot come from there too' --client --request - -
misuse 'more than one FILE' --client --request "$folder/asked" a b
for option in --protocol=echo --subprotocol=chat --origin=any --deflate; do
  name=${option%%=*}
  misuse "not with --client: '$name'" --client --request a "$option"
  misuse "not with --client: '$name'" "$option" --client --request a
done
misuse "not with --client: '--want'" --client --request a --want X
misuse "only with --client: '--request'" --request "$folder/asked"
misuse "only with --client: '--subprotocol-required'" --subprotocol-required
misuse 'unknown option' --client=1 --request a
misuse 'unknown option' --client --request a --subprotocol-required=1
misuse 'unknown option' --clien
misuse 'out of range' --client --request a --head-max 0

it prints_its_usage
run 0 --help
for option in client request subprotocol-required; do
  says "  --$option"
done

finish
