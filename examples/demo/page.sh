#!/bin/sh
# SPDX-License-Identifier: MIT
# Assembles the demo's page into one file that needs nothing else: see
# print_help.  It needs awk, and a program that computes SHA-256.
set -eu
LC_ALL=C
export LC_ALL
here=$(dirname "$0")
root=$(CDPATH='' cd -- "$here/../.." && pwd)

# The scripts of the page, in the order in which they run.
scripts="
  page/inspect.js page/dom.js page/text.js page/head.js page/stories.js
  page/breakages.js page/ticks.js page/switch.js page/accept.js page/frame.js
  page/evidence.js page/verdict.js page/rail.js page/editor.js page/quote.js
  page/copy_shell.js page/copy_c.js page/copy.js page/paste.js page/codes.js
  page/exchange.js page/live.js page/scene.js page/start.js"
page=$here/page/page.html
style=$here/page/page.css
program=$here/wasm/upshake.wasm.txt

print_help() {
  cat <<'END'
usage: page.sh [--c] [FILE]

Writes the demo's page as one HTML file, which works from a disk.  "-" is
standard output.  Without FILE it writes build/upshake-page.html, or with --c
build/upshake-page.c.

  --c       write the C source that upshake-demo embeds
  --help    print this text

Exit status:
   0  written
  64  wrong usage
  66  a part of the page is missing or wrong
  69  no program here computes SHA-256
  73  cannot write FILE
END
}

fail() { # STATUS, WHAT IS WRONG
  printf 'page.sh: %s\n' "$2" >&2
  exit "$1"
}

# ---- The parts ---------------------------------------------------------------

# Prints files without the CRs that a checkout on Windows may add.  The parser
# of HTML drops them too, and then the hash would be another one.
lines_of() {
  cat "$@" | awk '{ sub(/\r$/, ""); print }'
}

# What stands between two tags begins with the line feed behind the first one.
print_style() {
  echo
  lines_of "$style"
}

print_script() {
  echo
  for script in $scripts; do lines_of "$here/$script"; done
}

# A line that begins with "#" says how the program was compiled.
print_program() {
  echo
  lines_of "$program" | awk '!/^#/'
}

check_parts() {
  for part in "$page" "$style" "$program"; do
    [ -r "$part" ] || fail 66 "cannot read $part"
  done
  for script in $scripts; do
    [ -r "$here/$script" ] || fail 66 "cannot read $here/$script"
  done
  # These words would end the element or hide its end.
  wrong=$({ print_style && print_script; } |
    awk 'tolower($0) ~ /<\/(script|style)|<!--/ { print; exit }')
  [ -z "$wrong" ] || fail 66 "the style or the script ends too early: $wrong"
  for mark in policy style program script; do
    count=$(lines_of "$page" |
      awk -v mark="<!-- $mark -->" '$0 == mark { n++ } END { print n + 0 }')
    [ "$count" = 1 ] ||
      fail 66 "$page needs one line \"<!-- $mark -->\", and has $count"
  done
}

# ---- The policy --------------------------------------------------------------

find_sha256() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256=sha256sum
  elif command -v shasum >/dev/null 2>&1; then
    sha256="shasum -a 256"
  elif command -v openssl >/dev/null 2>&1; then
    sha256="openssl dgst -sha256 -r"
  else
    fail 69 "needs sha256sum, shasum or openssl"
  fi
}

# Prints a hash in base64, as a policy wants it.
hash_of_input() {
  $sha256 | awk '
    BEGIN {
      digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
      digits = digits "0123456789+/"
    }
    # Three digits of hex are twelve bits, which are two digits of base64.  The
    # 64 digits become 66, by two of zero; the last of 44 digits is then "=".
    {
      hex = substr($1, 1, 64) "00"
      for (at = 1; at < 66; at += 3) {
        bits = 0
        for (i = 0; i < 3; i++)
          bits = bits * 16 + index("123456789abcdef", substr(hex, at + i, 1))
        out = out substr(digits, int(bits / 64) + 1, 1)
        out = out substr(digits, bits % 64 + 1, 1)
      }
      print substr(out, 1, 43) "="
    }'
}

make_policy() {
  find_sha256
  script_hash=$(print_script | hash_of_input)
  style_hash=$(print_style | hash_of_input)
  [ "${#script_hash} ${#style_hash}" = "44 44" ] ||
    fail 69 "the program that computes SHA-256 does not work"
  policy="default-src 'none'; \
script-src 'sha256-$script_hash' 'wasm-unsafe-eval'; \
style-src 'sha256-$style_hash'; connect-src 'self' ws: wss:; \
img-src data:; base-uri 'none'; form-action 'none'; \
require-trusted-types-for 'script'"
}

# ---- Both forms of the page --------------------------------------------------

print_policy() {
  printf '<meta http-equiv="Content-Security-Policy" content="%s">\n' "$policy"
}

print_element() { # START TAG, FUNCTION, END TAG
  printf '%s' "$1"
  $2
  printf '%s\n' "$3"
}

print_page() {
  lines_of "$page" | while IFS= read -r line; do
    case $line in
      '<!-- policy -->') print_policy ;;
      '<!-- style -->') print_element '<style>' print_style '</style>' ;;
      '<!-- script -->') print_element '<script>' print_script '</script>' ;;
      '<!-- program -->')
        print_element "<script type='text/plain' id='program'>" \
          print_program '</script>'
        ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}

# A "?" is escaped, because "??=" and others like it are one character in C.
print_c() {
  print_page | awk -v policy="$policy; frame-ancestors 'none'" '
    BEGIN {
      print "/* Made by examples/demo/page.sh: see page.h. */"
      print "#include \"page.h\"\n"
      print "const char demo_page_policy[] =\n    \"" policy "\";\n"
      print "const char *const demo_page[] = {"
    }
    {
      bytes += length($0) + 1
      gsub(/["\\?]/, "\\\\&")
      print "    \"" $0 "\","
    }
    END {
      print "};\n"
      print "const size_t demo_page_lines = " NR ";"
      print "const size_t demo_page_bytes = " bytes ";"
    }'
}

# ---- The command line --------------------------------------------------------

form=print_page
file=$root/build/upshake-page.html
if [ "${1-}" = --c ]; then
  form=print_c
  file=$root/build/upshake-page.c
  shift
fi
case ${1-} in
  --help)
    print_help
    exit 0
    ;;
  -?*) fail 64 "unknown option \"$1\"; see --help" ;;
esac
[ $# -le 1 ] || fail 64 "one FILE only; see --help"
file=${1-$file}
[ -n "$file" ] || fail 64 "the name of FILE is empty; see --help"

check_parts
make_policy
if [ "$file" = - ]; then
  $form
  exit
fi
[ $# = 1 ] || mkdir -p "$root/build" 2>/dev/null ||
  fail 73 "cannot make the folder $root/build"
{ $form >"$file"; } 2>/dev/null || fail 73 "cannot write $file"
[ $# = 1 ] || echo "wrote $file"
