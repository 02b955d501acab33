#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Clients that owe nothing to this project, against upshake-demo: curl,
# python3-websockets, npm's ws and headless Chromium.  One line for each.
# Installs what is missing from Debian and npm.
#
# usage: run.sh [CLIENT...]     curl websockets ws chromium; default all
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev cmake:cmake make:make curl:curl python3:python3 \
  wslay/wslay.h:libwslay-dev

here=$PWD/tests/interop
out=$PWD/build/interop
clients=("$@")
[ $# -gt 0 ] || clients=(curl websockets ws chromium)
mkdir -p "$out"

# What is on this machine is not asked of a proxy.
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1

flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined"
flags="$flags -fno-sanitize-recover=all"
{ cmake -S . -B "$out/demo" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="$flags" \
  -DUPSHAKE_BUILD_TESTS=OFF -DUPSHAKE_BUILD_EXAMPLES=ON &&
  cmake --build "$out/demo" --target upshake-demo; } >"$out/build.log" 2>&1 ||
  { cat "$out/build.log" >&2; exit 1; }

: >"$out/demo.log"
"$out/demo/upshake-demo" --port 0 --subprotocol chat \
  >>"$out/demo.log" 2>"$out/demo.err" &
demo=$!
trap 'kill "$demo" 2>/dev/null || true' EXIT

# The first line names the port.
for _ in $(seq 100); do
  url=$(sed -n '1s,^listening on \(http://.*/\)$,\1,p' "$out/demo.log")
  [ -z "$url" ] || break
  sleep 0.1
done
[ -n "$url" ] ||
  { echo "the demo does not listen"; cat "$out"/demo.*; exit 1; }
port=${url##*:}
port=${port%/}

client_curl() { bash "$here/curl.sh" 127.0.0.1 "$port"; }

# Debian's module belongs to Debian's interpreter, whatever else is in PATH.
client_websockets() {
  need /usr/bin/python3:python3 \
    /usr/lib/python3/dist-packages/websockets:python3-websockets &&
    /usr/bin/python3 "$here/websockets_client.py" 127.0.0.1 "$port"
}

client_ws() {
  need node:nodejs npm:npm \
    /etc/ssl/certs/ca-certificates.crt:ca-certificates &&
    npm install --loglevel=error --no-audit --no-fund \
      --prefix "$out/npm" ws@8 &&
    NODE_PATH=$out/npm/node_modules \
      node "$here/ws_client.js" 127.0.0.1 "$port"
}

client_chromium() {
  need chromium:chromium chromedriver:chromium-driver &&
    python3 "$here/chromium_client.py" "$url"
}

failed=0
for client in "${clients[@]}"; do
  started=$SECONDS
  if "client_$client" >"$out/$client.log" 2>&1; then
    echo "ok $client ($((SECONDS - started)) s)"
  else
    echo "FAIL $client"
    cat "$out/$client.log"
    failed=$((failed + 1))
  fi
done

# The demo ends when it is told to, with 0: no leak, no finding.
kill -TERM "$demo"
if wait "$demo"; then
  echo "ok demo ends"
else
  echo "FAIL demo ends"
  cat "$out/demo.err"
  failed=$((failed + 1))
fi
echo "interop: $((${#clients[@]} + 1 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
