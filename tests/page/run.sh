#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The page of upshake-demo in headless Chromium: as one file from the disk, and
# served by the demo.
#
# usage: run.sh [NAME...]        only the tests whose name contains a NAME
#        run.sh --screenshots    writes pictures of the page into build/page/
#        run.sh --readme         writes those of the README
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/need.sh
need cc:gcc stdio.h:libc6-dev cmake:cmake make:make curl:curl \
  wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev openssl/ssl.h:libssl-dev \
  python3:python3 chromium:chromium chromedriver:chromium-driver \
  nc:netcat-openbsd node:nodejs npm:npm \
  /etc/ssl/certs/ca-certificates.crt:ca-certificates

out=$PWD/build/page
mkdir -p "$out"

# The same tree as that of examples/run.sh.
{ cmake -S . -B build -DCMAKE_BUILD_TYPE=Release &&
  cmake --build build --parallel 2 \
    --target upshake-demo upshake-client upshake-inspect &&
  sh src/amalgamate.sh "$out/amalgamated"; } \
  >"$out/build.log" 2>&1 || { cat "$out/build.log" >&2; exit 1; }
sh examples/demo/page.sh build/upshake-page.html

[ -e "$out/npm/node_modules/axe-core/axe.min.js" ] ||
  npm install --loglevel=error --no-audit --no-fund --prefix "$out/npm" \
    axe-core@4

# What is on this machine is not asked of a proxy.
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
# And nothing is left beside the scripts.
export PYTHONDONTWRITEBYTECODE=1
case ${1-} in
  --screenshots) python3 tests/page/screenshots.py build ;;
  --readme) python3 tests/page/screenshots.py --readme build ;;
  *) timeout 300 python3 tests/page/test_page.py build "$@" ;;
esac
