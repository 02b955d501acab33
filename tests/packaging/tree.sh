# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: MIT
# What a packager looks for in the files themselves: the licence and the owner
# of each one, and spelling.  Sourced by packaging.sh.

need reuse:reuse codespell:codespell

# Data that would be other data with a comment in it; dep5 beside this file has
# the owner and the licence of every file.
has_no_comments='^(tests/forms/|examples/bad-request\.txt$|.*\.wasm\.txt$|'
has_no_comments+='.*\.(svg|png)$|LICENSE$|'
has_no_comments+='examples/packaging/vcpkg/upshake/usage$)'

# An SPDX line in the first lines of every file that can have one, in the last
# lines of JSON.
are_licences_named() {
  local file wrong=0
  while IFS= read -r file; do
    [[ $file =~ $has_no_comments ]] ||
      { head -n 8 "$file" && tail -n 3 "$file"; } |
      grep 'SPDX-License-Identifier' >"$out/line" || {
      echo "no SPDX line: $file"
      wrong=1
    }
  done < <(files_of_tree)
  return "$wrong"
}

# The two folders that `reuse` wants at the top are made here.
is_reusable() {
  local copy=$out/reuse
  rm -rf "$copy"
  mkdir -p "$copy/LICENSES" "$copy/.reuse" &&
    files_of_tree | tar -cf - -T - | tar -xf - -C "$copy" &&
    cp LICENSE "$copy/LICENSES/MIT.txt" &&
    cp tests/packaging/dep5 "$copy/.reuse/dep5" &&
    (cd "$copy" && GIT_CEILING_DIRECTORIES=$out reuse lint) |
    tee "$copy.said" &&
    grep -E "^\* Files with copyright information: ([1-9][0-9]*) / \1$" \
      "$copy.said"
}

check_tree() {
  if is_clone; then
    check "each file names its licence" are_licences_named
    check "each file has an owner and a licence (reuse lint)" is_reusable
  fi
  check "spelling (codespell)" codespell --config tests/packaging/codespell.cfg
}
