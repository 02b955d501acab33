#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Clients and proxies that owe nothing to this project, against upshake-demo
# and upshake-h2c; upshake-client and upshake-inspect against such servers;
# upshake-proxy between them; and the examples that are one file to copy: one
# line for each.
# Installs them from Debian and npm.
#
# usage: run.sh [NAME...]     the names are those below; default all
#        run.sh handshakes    records handshakes-results.tsv anew; see
#                             tests/interop/handshakes.md
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh

here=$PWD/tests/interop
out=$PWD/build/interop
dist=/usr/lib/python3/dist-packages
mkdir -p "$out"

# ---- What each needs, as tests/need.sh takes it ------------------------------

base="cc:gcc stdio.h:libc6-dev cmake:cmake make:make python3:python3
  wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev nghttp2/nghttp2.h:libnghttp2-dev"
node="node:nodejs npm:npm /etc/ssl/certs/ca-certificates.crt:ca-certificates"
python="/usr/bin/python3:python3"
websockets="$python $dist/websockets:python3-websockets"
aiohttp="$python $dist/aiohttp:python3-aiohttp"
tornado="$python $dist/tornado:python3-tornado"
libwebsockets="pkg-config:pkg-config libwebsockets.h:libwebsockets-dev"
declare -A needs=(
  [curl]="curl:curl"
  [ws]=$node [undici]=$node [websocket]=$node [faye-websocket]=$node
  [websockets]=$websockets
  [aiohttp]=$aiohttp
  [tornado]=$tornado
  [autobahn]="$python $dist/autobahn:python3-autobahn"
  [websocket-client]="$python $dist/websocket:python3-websocket"
  [wsproto]="$python $dist/wsproto:python3-wsproto"
  [libwebsockets]=$libwebsockets
  [libsoup]="pkg-config:pkg-config
    /usr/include/libsoup-3.0:libsoup-3.0-dev"
  [chromium]="chromium:chromium chromedriver:chromium-driver"
  [curl-http2]="curl:curl"
  [nghttp-u]="nghttp:nghttp2-client"
  [nginx]="$websockets /usr/sbin/nginx:nginx"
  [haproxy]="$websockets /usr/sbin/haproxy:haproxy"
  [apache]="$websockets /usr/sbin/apache2:apache2-bin"
  [balance]="$python /usr/sbin/haproxy:haproxy"
  [client-demo]=$python
  [client-nginx]="$python /usr/sbin/nginx:nginx"
  [client-haproxy]="$python /usr/sbin/haproxy:haproxy"
  [client-ws]="$python $node"
  [client-websockets]=$websockets
  [client-aiohttp]=$aiohttp
  [client-tornado]=$tornado
  [client-libwebsockets]="$python $libwebsockets"
  [inspect-nginx]="$python /usr/sbin/nginx:nginx"
  [inspect-ws]="$python $node"
  [inspect-websockets]=$websockets
  [inspect-aiohttp]=$aiohttp
  [inspect-tornado]=$tornado
  [inspect-libwebsockets]="$python $libwebsockets"
  [inspect-clients]="$websockets $node curl:curl"
  [proxy]="$websockets $node /usr/sbin/nginx:nginx chromium:chromium
    chromedriver:chromium-driver"
  [handshakes]="$node $websockets $aiohttp $tornado $libwebsockets
    civetweb.h:libcivetweb-dev /usr/sbin/lighttpd:lighttpd
    /usr/sbin/nginx:nginx /usr/sbin/haproxy:haproxy h2o:h2o"
  [chat]="$websockets $node"
  [login]="$websockets $node"
  [tls]="$websockets $node openssl:openssl openssl/ssl.h:libssl-dev"
)
declare -A modules=(
  [ws]="ws@8" [client-ws]="ws@8" [inspect-ws]="ws@8" [inspect-clients]="ws@8"
  [proxy]="ws@8" [handshakes]="ws@8"
  [chat]="ws@8" [login]="ws@8" [tls]="ws@8"
  # The release 6 runs on Node 18.17 and later, and so on Debian 12's.
  [undici]="undici@6"
  [websocket]="websocket@1"
  [faye-websocket]="faye-websocket@0.11 permessage-deflate@0.1"
)
names=(curl ws undici websocket faye-websocket websockets aiohttp tornado
  autobahn websocket-client wsproto libwebsockets libsoup chromium curl-http2
  nghttp-u nginx haproxy apache balance client-demo client-nginx client-haproxy
  client-ws client-websockets client-aiohttp client-tornado
  client-libwebsockets inspect-nginx inspect-ws inspect-websockets
  inspect-aiohttp inspect-tornado inspect-libwebsockets inspect-clients proxy
  chat login tls)
[ $# -eq 0 ] || names=("$@")

# ---- How each runs: NAME HOST PORT [deflate] ---------------------------------

in_node() { # FILE ARGUMENT...
  NODE_PATH=$out/npm/node_modules timeout 60 node "$here/$1" "${@:2}"
}

# Debian's modules belong to Debian's interpreter, whatever else is in PATH.
in_python() {
  timeout 60 /usr/bin/python3 "$here/python_client.py" "$@"
}

in_c() { # NAME OF pkg-config, HOST PORT [deflate]
  compile "$1" "${1%-3.0}_client" && timeout 60 "$out/$1" "${@:2}"
}

compile() { # NAME OF pkg-config, FILE, [PROGRAM]
  # shellcheck disable=SC2046 # a list of words
  cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -g -o "$out/${3-$1}" \
    "$here/$2.c" $(pkg-config --cflags --libs "$1")
}

run_curl() { [ "${3-}" = deflate ] || bash "$here/curl.sh" "$@"; }
run_ws() { in_node ws_client.js "$@"; }
run_undici() { in_node w3c_client.js undici "$@"; }
run_websocket() { in_node w3c_client.js websocket "$@"; }
run_faye-websocket() { in_node w3c_client.js faye-websocket "$@"; }
run_websockets() { in_python websockets "$@"; }
run_aiohttp() { in_python aiohttp "$@"; }
run_tornado() { in_python tornado "$@"; }
run_autobahn() { in_python autobahn "$@"; }
run_websocket-client() { in_python websocket "$@"; }
run_wsproto() { in_python wsproto "$@"; }
run_libwebsockets() { in_c libwebsockets "$@"; }
run_libsoup() { in_c libsoup-3.0 "$@"; }
run_chromium() {
  timeout 120 python3 "$here/chromium_client.py" "http://$1:$2/" "${@:3}"
}

# These start programs of their own.
run_curl-http2() { h2c curl "$@"; }
run_nghttp-u() { h2c nghttp "$@"; }
h2c() { # CLIENT HOST PORT [deflate]
  [ "${4-}" = deflate ] || { build upshake-h2c &&
    bash "$here/h2c.sh" "$1" "$out/demo/upshake-h2c"; }
}
run_nginx() { behind nginx "${@:3}"; }
run_haproxy() { behind haproxy "${@:3}"; }
run_apache() { behind apache "${@:3}"; }
behind() {
  timeout 120 /usr/bin/python3 "$here/proxies.py" "$out/demo/upshake-demo" "$@"
}
run_balance() {
  [ "${3-}" = deflate ] ||
    timeout 120 /usr/bin/python3 "$here/balance.py" "$out/demo/upshake-demo"
}

# upshake-client against a server of its own for each; all of it at once, with
# and without deflate.
run_client-demo() { client_to demo "${@:3}"; }
run_client-nginx() { client_to nginx "${@:3}"; }
run_client-haproxy() { client_to haproxy "${@:3}"; }
run_client-ws() {
  NODE_PATH=$out/npm/node_modules client_to ws "${3-}" \
    node "$here/ws_server.js"
}
run_client-websockets() { client_to_python websockets "${@:3}"; }
run_client-aiohttp() { client_to_python aiohttp "${@:3}"; }
run_client-tornado() { client_to_python tornado "${@:3}"; }
run_client-libwebsockets() {
  compile libwebsockets libwebsockets_server libwebsockets-server &&
    client_to libwebsockets "${3-}" "$out/libwebsockets-server"
}
client_to_python() { # NAME [deflate]
  client_to "$1" "${2-}" /usr/bin/python3 "$here/python_server.py" "$1"
}
client_to() { # NAME [deflate] [SERVER...]
  [ "${2-}" = deflate ] || { build upshake-client && timeout 60 \
    /usr/bin/python3 "$here/client.py" "$out/demo/upshake-client" \
    "$out/demo/upshake-demo" "$1" "${@:3}"; }
}

# upshake-proxy between all of them at once.
run_proxy() {
  [ "${3-}" = deflate ] || { build upshake-proxy && build upshake-site &&
    NODE_PATH=$out/npm/node_modules timeout 120 /usr/bin/python3 \
      "$here/between.py" "$out/demo/upshake-proxy" "$out/demo/upshake-site" \
      "$out/demo/upshake-demo"; }
}

# Examples that are one file to copy.
run_chat() { to_copy chat "${3-}"; }
run_login() { to_copy login "${3-}"; }
run_tls() { to_copy tls "${3-}"; }
to_copy() { # NAME [deflate]
  [ "${2-}" = deflate ] || { build "upshake-$1" &&
    NODE_PATH=$out/npm/node_modules timeout 60 /usr/bin/python3 \
      "$here/to_copy.py" "$out/demo/upshake-$1"; }
}

# The same handshakes to all servers; not by default.
run_handshakes() {
  [ "${3-}" = deflate ] || {
    compile libwebsockets libwebsockets_server libwebsockets-server &&
      cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -g -o "$out/civetweb-server" \
        "$here/civetweb_server.c" -lcivetweb &&
      NODE_PATH=$out/npm/node_modules timeout 120 /usr/bin/python3 \
        "$here/handshakes.py" "$out/demo/upshake-demo" --record &&
      python3 tests/pictures/handshake_page.py; }
}

# upshake-inspect connects to such a server and probes it, and listens for such
# clients; once, and not with deflate again.
run_inspect-nginx() { inspect nginx "${3-}"; }
run_inspect-ws() {
  NODE_PATH=$out/npm/node_modules inspect ws "${3-}" node "$here/ws_server.js"
}
run_inspect-websockets() { inspect_python websockets "${3-}"; }
run_inspect-aiohttp() { inspect_python aiohttp "${3-}"; }
run_inspect-tornado() { inspect_python tornado "${3-}"; }
run_inspect-libwebsockets() {
  compile libwebsockets libwebsockets_server libwebsockets-server &&
    inspect libwebsockets "${3-}" "$out/libwebsockets-server"
}
run_inspect-clients() {
  NODE_PATH=$out/npm/node_modules inspect clients "${3-}"
}
inspect_python() { # NAME [deflate]
  inspect "$1" "${2-}" /usr/bin/python3 "$here/python_server.py" "$1"
}
inspect() { # NAME DEFLATE [SERVER...]
  [ "$2" = deflate ] || { build upshake-inspect && timeout 100 \
    /usr/bin/python3 "$here/live.py" "$out/demo/upshake-inspect" \
    "$out/demo/upshake-demo" "$1" "${@:3}"; }
}

# ---- Installing --------------------------------------------------------------

# Debian starts a daemon as it is installed, unless this file forbids it.
forbid_daemons() {
  local policy=/usr/sbin/policy-rc.d
  [ ! -e "$policy" ] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$out/policy-rc.d"
  as_root install -m 755 "$out/policy-rc.d" "$policy"
  trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
}

# All at once, which is faster; what is missing then is told name by name.
# shellcheck disable=SC2086 # lists of words
install_all() {
  local words=$base name
  for name in "${names[@]}"; do
    [ -n "${needs[$name]-}" ] || { echo "no such name: $name" >&2; exit 64; }
    words+=" ${needs[$name]}"
  done
  words=$(printf '%s\n' $words | sort -u)
  (forbid_daemons && need $words) >"$out/install.log" 2>&1 || true
  need $base
}

# Sets `absent`: the packages that could not be had.
# shellcheck disable=SC2086 # lists of words
install_one() { # NAME
  local each
  absent=
  (need ${needs[$1]}) || for each in ${needs[$1]}; do
    have "${each%%:*}" || absent+=" ${each#*:}"
  done
  [ -z "$absent" ] || return 1
  [ -z "${modules[$1]-}" ] ||
    npm install --loglevel=error --no-audit --no-fund --prefix "$out/npm" \
      ${modules[$1]} || { absent=" npm's ${modules[$1]}"; return 1; }
}

# ---- The demos ---------------------------------------------------------------

build() { # TARGET
  local flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined"
  flags="$flags -fno-sanitize-recover=all"
  { cmake -S . -B "$out/demo" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS="$flags" -DUPSHAKE_BUILD_TESTS=OFF \
    -DUPSHAKE_BUILD_EXAMPLES=ON &&
    cmake --build "$out/demo" --parallel 2 --target "$1"; } \
    >"$out/build.log" 2>&1 || { cat "$out/build.log"; return 1; }
}

demos=()
stop_demos() {
  [ ${#demos[@]} -eq 0 ] || kill "${demos[@]}" 2>/dev/null || true
}

start_demo() { # LOG OPTION...: sets `port`, from the first line of the log
  local log=$out/$1
  "$out/demo/upshake-demo" --port 0 --subprotocol chat "${@:2}" \
    >"$log" 2>&1 &
  demos+=($!)
  for _ in $(seq 100); do
    port=$(sed -n '1s,^listening on http://.*:\([0-9]*\)/$,\1,p' "$log")
    [ -z "$port" ] || return 0
    sleep 0.1
  done
  echo "the demo does not listen"
  cat "$log"
  exit 1
}

# ---- Running -----------------------------------------------------------------

failed=0
passed() { echo "ok $1"; }
fails() { # NAME AND WHY, LOG
  echo "FAIL $1"
  tail -n 60 "$2"
  failed=$((failed + 1))
}

# What a client says that it has checked is what clients.tsv says of it, and so
# what the picture shows.
as_recorded() { # NAME LOG
  local found recorded
  found=$(sed -n 's/^checked //p' "$2" | sort -u | paste -sd ' ')
  recorded=$(sed -n "s/^$1\t//p" "$here/clients.tsv")
  [ "$found" = "$recorded" ] ||
    { printf 'checked: "%s"; clients.tsv: "%s"\n' "$found" "$recorded" >>"$2"
      return 1; }
}

# Against the plain demo, then, where the demo can do it, with deflate.
run_one() { # NAME
  local log=$out/$1.log started=$SECONDS
  if ! install_one "$1" >"$log" 2>&1; then
    fails "$1: cannot be installed:$absent" "$log"
  elif { "run_$1" 127.0.0.1 "$plain" && { [ -z "$deflate" ] ||
    "run_$1" 127.0.0.1 "$deflate" deflate; }; } >"$log" 2>&1 &&
    as_recorded "$1" "$log"; then
    passed "$1 ($((SECONDS - started)) s)"
  else
    fails "$1" "$log"
  fi
}

# What is on this machine is not asked of a proxy.
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
# And nothing is left beside the scripts.
export PYTHONDONTWRITEBYTECODE=1

install_all
build upshake-demo
trap stop_demos EXIT
start_demo demo.log
plain=$port
deflate=
if "$out/demo/upshake-demo" --help | grep -q -e ' --deflate'; then
  start_demo demo-deflate.log --deflate
  deflate=$port
fi
for name in "${names[@]}"; do run_one "$name"; done

# A demo ends when it is told to, with 0: no leak, no finding.
kill -TERM "${demos[@]}"
for demo in "${demos[@]}"; do
  if wait "$demo"; then passed "demo ends"; else
    fails "demo ends" "$out/demo.log"
  fi
done
echo "interop: $((${#names[@]} + ${#demos[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
