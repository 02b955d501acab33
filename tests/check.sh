# shellcheck shell=bash disable=SC2154 # out is the folder of the one that checks
# SPDX-License-Identifier: MIT
# Counts what passes and what fails; sourced by scripts that check many things.
# shellcheck disable=SC2034 # they say how many
passed=0
failed=0

# check NAME COMMAND...: passes if the command succeeds; else shows its words.
check() {
  local name=$1
  shift
  if "$@" >"$out/check.said" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$name"
    cat "$out/check.said"
  fi
}
