#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's example is the marked part of examples/minimal.c, which is
# compiled and run; so what the README shows works.
set -euo pipefail
cd "$(dirname "$0")/.."

marked=$(sed -n '/\/\* README: begin \*\//,/\/\* README: end \*\//p' \
  examples/minimal.c | sed '1d;$d')
shown=$(awk '/^```c$/ { on = 1; next } on && /^```$/ { exit } on' README.md)

[ -n "$marked" ] || { echo "examples/minimal.c: no marked part"; exit 1; }
[ "$(wc -l <<<"$shown")" -le 40 ] || { echo "README: over 40 lines"; exit 1; }
diff <(cat <<<"$marked") <(cat <<<"$shown") ||
  { echo "README.md differs from examples/minimal.c"; exit 1; }
echo "ok: $(wc -l <<<"$shown") lines are the same"
