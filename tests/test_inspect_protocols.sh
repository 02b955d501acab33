#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs upshake-inspect over requests with a body, for h2c and capsules, and
# with extensions: what --protocol and --deflate are for.
#
# usage: test_inspect_protocols.sh PROGRAM
set -u
. "$(dirname "$0")/inspect.sh"

# ---- Bodies -----------------------------------------------------------------

# exec_start LINE...: a request as Docker clients send it, with these lines.
exec_start() {
  request 'POST /exec/x/start HTTP/1.1' 'Host: a' "$connection" 'Upgrade: tcp' \
    "$@"
  head_size=$(size)
}
tcp=--protocol=tcp,method=POST,body=consume

it switches_behind_a_body_of_a_known_length
exec_start 'Content-Length: 3'
printf '{}\nls' >>"$folder/request"
object switched 101 - - - $((head_size + 3)) tcp - "$tcp"
run 0 "$tcp"
says '  body          3 bytes of content in 3 behind the head'
says '    {}\n'
says "begins at byte $((head_size + 3)); 2 bytes of it are here"
says '    ls'

it switches_behind_a_chunked_body
exec_start 'Transfer-Encoding: chunked'
printf '2;a="b"\r\n{ \r\n01\r\n}\r\n0\r\nA: b\r\n\r\nls' \
  >>"$folder/request"
object switched 101 - - - $((head_size + 31)) tcp - "$tcp"
run 0 "$tcp"
says '  body          3 bytes of content in 31 behind the head'
says '    { }'
says '    ls'

it says_100_before_the_body
exec_start 'Content-Length: 3' 'Expect: 100-continue'
object incomplete 0 - - - "$head_size" - - "$tcp"
says '"reply":"HTTP/1.1 100 Continue\r\n\r\n","s'
run 3 "$tcp"
begins 'INCOMPLETE: the server still waits for the rest of the body'
says '  status        100 Continue so far'
says 'waits for the 100 first'
printf '{}\nls' >>"$folder/request"
object switched 101 - - - $((head_size + 3)) tcp - "$tcp"
says '"reply":"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Pro'
run 0 "$tcp"
says '  status        101 Switching Protocols'

it waits_for_the_rest_of_a_body
exec_start 'Content-Length: 3'
printf '{' >>"$folder/request"
object incomplete 0 - - - $((head_size + 1)) - - "$tcp"
run 3 "$tcp"
begins 'INCOMPLETE: the server still waits for the rest of the body'
says '  status        none yet'
says '  body          1 byte of content in 1 behind the head'
says 'The body ends before'
says_not '(RFC'

it marks_the_byte_of_a_chunk
exec_start 'Transfer-Encoding: chunked' 'Expect: 100-continue'
printf '2\r\n{}\r\nx' >>"$folder/request"
object refused 400 CHUNK 'RFC 9112 7.1' $((head_size + 7)) \
  $((head_size + 7)) - - "$tcp"
says '"reply":"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request'
run 1 "$tcp"
says ", byte $((head_size + 7))"
says '  10 | x'
marks 'x' 1
exec_start 'Transfer-Encoding: chunked'
printf 'x' >>"$folder/request"
object refused 400 CHUNK 'RFC 9112 7.1' "$head_size" "$head_size" - - "$tcp"
run 1 "$tcp"
marks 'x' 1
printf '0\r\nA b: c' >>"$folder/request"
run 1 "$tcp"
says 'hexadecimal'
exec_start 'Transfer-Encoding: chunked'
printf '0\r\nA b: c' >>"$folder/request"
object refused 400 TRAILER 'RFC 9112 7.1.2' $((head_size + 4)) \
  $((head_size + 4)) - - "$tcp"
run 1 "$tcp"
marks 'A b: c' 2

it needs_to_be_told_to_read_a_body
exec_start 'Content-Length: 2'
object plain 0 - 'RFC 9110 7.8' - "$head_size" - - --protocol tcp,method=POST
run 2 --protocol tcp,method=POST
names PASSED_OVER_BODY
says 'body=consume'
exec_start
object plain 0 - 'RFC 9110 7.8' - "$head_size" - - --protocol tcp
run 2 --protocol tcp
names PASSED_OVER_METHOD
says 'method=NAME'
for other in PUT,method=POST POST,method=PUT POST,body=consume,method=PUT; do
  object switched 101 - - - "$head_size" tcp - --protocol "tcp,method=$other"
done
handshake 'Content-Length: 2'
run 1
names BODY
object incomplete 0 - - - "$(size)" - - --protocol websocket,body=consume

it explains_h2c_without_its_settings
request 'GET / HTTP/1.1' 'Host: a' 'Upgrade: h2c' "$connection" \
  'HTTP2-Settings: AAMAAABk'
object plain 0 - 'RFC 7540 3.2.1' - "$(size)" - - --protocol h2c
run 2 --protocol h2c
names PASSED_OVER_SETTINGS
says 'Connection: Upgrade, HTTP2-Settings'
request 'GET / HTTP/1.1' 'Host: a' 'Upgrade: h2c' 'HTTP2-Settings: AAMAAABk' \
  'Connection: Upgrade, HTTP2-Settings'
object switched 101 - - - "$(size)" h2c - --protocol h2c

it explains_what_capsules_want
request 'POST /udp/ HTTP/1.1' 'Host: a' 'Upgrade: connect-udp' "$connection"
run 1 --protocol connect-udp
names METHOD_NOT_GET
says 'asked for with GET'
request 'GET /udp/ HTTP/1.1' 'Host: a' 'Upgrade: connect-udp' "$connection"
object switched 101 - - - "$(size)" connect-udp - --protocol connect-udp
says 'Capsule-Protocol: ?1'

# ---- Extensions -------------------------------------------------------------

deflate='Sec-WebSocket-Extensions: permessage-deflate'

it agrees_to_deflate_where_it_is_told_to
handshake "$deflate; client_max_window_bits"
object switched 101 - - - "$(size)" websocket -
says_not 'Sec-WebSocket-Extensions'
run 0
says 'none; the client offers permessage-deflate; client_max_window_bits'
agreed=permessage-deflate
object switched 101 - - - "$(size)" websocket - --deflate
says 'Sec-WebSocket-Extensions: permessage-deflate\r\n'
run 0 --deflate
says '  extensions    permessage-deflate'

it agrees_to_the_first_offer_that_is_possible
handshake "$deflate; server_max_window_bits=7, permessage-deflate; x" \
  "$deflate; server_no_context_takeover; server_max_window_bits=\"10\""
agreed='permessage-deflate; server_no_context_takeover'
agreed="$agreed; server_max_window_bits=10"
object switched 101 - - - "$(size)" websocket - --deflate
agreed=-
handshake "$deflate; server_max_window_bits=7" 'Sec-WebSocket-Extensions: x'
object switched 101 - - - "$(size)" websocket - --deflate
run 0 --deflate
says 'none; the client offers permessage-deflate; server_max_window_bits=7, x'
handshake
object switched 101 - - - "$(size)" websocket - --deflate
run 0 --deflate
says '  extensions    none; the client offers none'
request 'GET / HTTP/1.1' 'Host: a' "$connection" 'Upgrade: echo' "$deflate"
object switched 101 - - - "$(size)" echo - --deflate --protocol echo

finish
