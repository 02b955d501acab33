#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Other HTTP/1.1 servers of Debian by the same probe: one line for each, to be
# read beside the result of upshake-site.  For people; the CI does not run it.
# What is missing is installed, and Debian starts nginx, lighttpd and h2o then.
#
# usage: peers.sh [--failed] [NAME...]
#   NAME      node, nginx, lighttpd, haproxy or h2o; default all
#   --failed  shows the failed cases of each as well
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh

here=$PWD/tests/probe
out=$PWD/build/probe
declare -A needs=(
  [node]="node:nodejs"
  [nginx]="/usr/sbin/nginx:nginx
    /usr/lib/nginx/modules/ngx_http_js_module.so:libnginx-mod-http-js"
  [lighttpd]="/usr/sbin/lighttpd:lighttpd"
  [haproxy]="/usr/sbin/haproxy:haproxy"
  [h2o]="h2o:h2o"
)
declare -A version=(
  [node]="node --version"
  [nginx]="/usr/sbin/nginx -v"
  [lighttpd]="/usr/sbin/lighttpd -v"
  [haproxy]="/usr/sbin/haproxy -v"
  [h2o]="h2o --version"
)

free_port() {
  python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# prepare NAME PORT: its files in $out/NAME, with the port and the folder.
# nginx and lighttpd drop no rights here, so the folder is for everybody.
prepare() {
  dir=$out/$1
  rm -rf "$dir"
  mkdir -p "$dir/www"
  for file in "$here/peers/$1".*; do
    sed "s#@DIR@#$dir#g; s#@PORT@#$2#g" "$file" > "$dir/${file##*/}"
  done
  [ "$1" != lighttpd ] || for script in index echo cookie; do
    install -m 755 "$dir/lighttpd.cgi" "$dir/www/$script.cgi"
  done
  chmod -R go+rX "$dir"
}

# start NAME PORT: becomes the server.
start() {
  cd "$out/$1"
  case $1 in
    node) exec node node.js "$2" ;;
    nginx) exec /usr/sbin/nginx -p "$PWD" -e "$PWD/nginx.log" \
      -c "$PWD/nginx.conf" -g "$(nginx_user)" ;;
    lighttpd) exec /usr/sbin/lighttpd -D -f lighttpd.conf ;;
    haproxy) exec /usr/sbin/haproxy -db -f haproxy.cfg ;;
    h2o) exec h2o -c h2o.conf ;;
  esac
}

nginx_user() {
  [ "$(id -u)" != 0 ] || echo "user root;"
}

wait_for() {
  for _ in $(seq 100); do
    if (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; then return 0; fi
    sleep 0.1
  done
  return 1
}

# The first word with a dot in what the program says of itself.
version_of() {
  ${version[$1]} 2>&1 | tr ' /' '\n' | grep -m 1 '[0-9]\.[0-9]' || echo "?"
}

server=
stop() {
  [ -z "$server" ] || { kill "$server"; wait "$server" || true; } 2> /dev/null
  server=
}
trap stop EXIT

probe() {
  local port result
  port=$(free_port)
  prepare "$1" "$port"
  (start "$1" "$port") > "$out/$1/output" 2>&1 &
  server=$!
  if ! wait_for "$port"; then
    printf '%-10s does not start; see %s\n' "$1" "$out/$1/output"
    stop
    return
  fi
  result=$(python3 "$here/probe.py" "127.0.0.1:$port" || true)
  stop
  printf '%-10s %-28s %s\n' "$1" "$(version_of "$1")" \
    "$(printf '%s\n' "$result" | tail -n 1)"
  if [ -n "$failed" ]; then
    printf '%s\n' "$result" | sed '$d; s/^/  /'
  fi
}

failed=
if [ "${1-}" = --failed ]; then
  failed=yes
  shift
fi
[ $# -gt 0 ] || set -- node nginx lighttpd haproxy h2o
need python3:python3
for name in "$@"; do
  [ -n "${needs[$name]-}" ] || { echo "peers.sh: no peer $name" >&2; exit 2; }
done
for name in "$@"; do
  # shellcheck disable=SC2086 # a list of words
  if (need ${needs[$name]}); then probe "$name"; fi
done
