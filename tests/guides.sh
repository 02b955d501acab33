#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The guides in examples/guides/ and every other document of the tree: links,
# names, code, commands and numbers are as they say (tests/documents/).  The
# README's commands are run by tests/test_readme.sh.
#
#   guides.sh           all
#   guides.sh GUIDE...  only these, such as examples/guides/security.md
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/need.sh

need cc:gcc stdio.h:libc6-dev cmake:cmake make:make python3:python3 curl:curl \
  pkg-config:pkg-config wslay/wslay.h:libwslay-dev zlib.h:zlib1g-dev \
  event2/event.h:libevent-dev openssl/ssl.h:libssl-dev \
  http_parser.h:libhttp-parser-dev /usr/share/llhttp/llhttp.c:node-llhttp
want chromium:chromium chromedriver:chromium-driver

programs=build # as examples/run.sh does
targets=(upshake-demo upshake-client upshake-inspect upshake-evhttp)
mkdir -p "$programs"
log=$programs/guides.log
if ! { cmake -S . -B "$programs" && cmake --build "$programs" --parallel \
  "$(nproc)" --target "${targets[@]}"; } >"$log" 2>&1; then
  cat "$log"
  exit 1
fi

if [ $# -gt 0 ]; then
  exec python3 tests/documents/documents.py --programs "$programs" "$@"
fi
python3 tests/documents/test_documents.py
python3 tests/documents/errors.py
python3 tests/documents/documents.py --programs "$programs" examples/guides/*.md
# Of these the commands are tested elsewhere, or there is none.
python3 tests/documents/documents.py --programs "$programs" --look \
  README.md CHANGELOG.md examples/README.md examples/*.c \
  examples/*/manual.txt src/README.md tests/*.md tests/*/*.md \
  .github/*.md | grep -v '^ok' || [ "${PIPESTATUS[0]}" = 0 ]
