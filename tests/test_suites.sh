#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/interop/suites.py takes a row that is right and names one that is not.
#
#   test_suites.sh INSPECT
set -eu
suites=$(dirname "$0")/interop/suites.py
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

offer='GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n'
offer=$offer'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
key='Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
plain='GET / HTTP/1.1\r\nHost: a\r\n\r\n'

# row EXPECT BYTES: a table with this row.
row() { printf '%s\tours\tMUST\t%s\t%s\twhy\n' row "$1" "$2" >"$folder/tsv"; }
says() { python3 "$suites" "$1" "$folder/tsv" >"$folder/said" 2>&1; }

agrees() { # EXPECT BYTES
  row "$1" "$2"
  says "$inspect" || { cat "$folder/said"; exit 1; }
}
disagrees() { # EXPECT BYTES WHY
  row "$1" "$2"
  if says "$inspect" || ! grep -qF "$3" "$folder/said"; then
    echo "FAIL $1 does not say \"$3\":"
    cat "$folder/said"
    exit 1
  fi
}

inspect=$1
agrees 101 "$offer$key"'\r\n'
agrees ok "$plain"
agrees no101 "$plain"
agrees wait "$offer"
agrees refuse "$offer"'\r\n'
agrees refuse:400 "$offer"'\r\n'
agrees refuse:403,400 "$offer"'\r\n'
disagrees refuse:403 "$offer"'\r\n' ': not the expected status'
disagrees refuse:400 "$plain" ': not as expected'
disagrees 101 "$offer"'\r\n' ': not as expected'
disagrees never "$plain" ': no such expectation'
echo "ok: suites.py"
