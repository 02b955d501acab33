# SPDX-License-Identifier: MIT
#
# Prints source files of the library as one, for amalgamate.sh.
#
#   awk -v root=DIR -v kind=header|source -f amalgamate.awk FILE...
#
# FILE is a path in root.  Each header of the library stands in the place of its
# first #include, without its guard.  In a source every name that a file has for
# itself gets the prefix upshake__ or UPSHAKE__, so that it meets no name of the
# program around it.

function fail(text) {
  failed = 1
  print "amalgamate.sh: " text | "cat >&2"
  exit 1
}

# ---- one file out of many ----

function put(text) {
  if (text == "" && (line[lines] == "" || lines == 0))
    return
  sub(/[ \t]+\\$/, " \\", text) # what the prefixes would put out of line
  line[++lines] = text
}

# "a/b/../c" as "a/c".
function normal(path) {
  while (match(path, /[^\/]+\/\.\.\//))
    path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
  return path
}

# Reads a file into text[path, 1] to text[path, count[path]].
function load(path,    code, read, n) {
  while ((code = (getline read < (root "/" path))) > 0) {
    sub(/\r$/, "", read)
    text[path, ++n] = read
  }
  if (code < 0 || n == 0)
    fail("cannot read " root "/" path)
  close(root "/" path)
  count[path] = n
}

function is_guard(path, i) {
  return text[path, i] ~ /^#ifndef [A-Z][A-Z0-9_]*_H$/ && \
         text[path, i + 1] == "#define " substr(text[path, i], 9)
}

# Leaves out what is said once for the whole: the guard, which licence it is,
# that formatters keep away.
function strip(path,    i, n, guard) {
  n = count[path]
  for (i = 1; i <= n; i++) {
    if (!guard && is_guard(path, i)) {
      guard = i
      drop[path, i] = drop[path, i + 1] = 1
    }
    if (text[path, i] ~ /^ *\/\* clang-format o[nf]+[^*]*\*\/$/)
      drop[path, i] = 1
  }
  if (guard) {
    while (text[path, n] !~ /^#endif/)
      n--
    drop[path, n] = 1
  }
  if (text[path, 1] ~ /^\/\* SPDX-License-Identifier: [^*]*$/ && \
      text[path, 2] == " *") {
    drop[path, 1] = drop[path, 2] = 1
    sub(/^ \*/, "/*", text[path, 3])
  }
}

# The file that #include "name" means in the file with that path.
function included_file(path, now) {
  sub(/[^\/]*$/, "", path)
  sub(/^[^"]*"/, "", now)
  sub(/".*/, "", now)
  return normal(path now)
}

# The headers that a source includes stand before it; those of the interface
# are in the other file.
function emit_headers(path,    i, name) {
  for (i = 1; i <= count[path]; i++)
    if (is_own_include[path, i]) {
      name = included_file(path, text[path, i])
      if (name !~ /\/upshake[^\/]*$/) {
        drop[path, i] = 1
        emit(name)
      }
    }
}

function note_includes(path,    i, level) {
  for (i = 1; i <= count[path]; i++) {
    if ((path, i) in drop)
      continue
    level += (text[path, i] ~ /^ *# *if/) - (text[path, i] ~ /^ *# *endif/)
    if (text[path, i] ~ /^ *# *include *"/) {
      is_own_include[path, i] = 1
      if (level > 0)
        fail(path ", line " i ": #include \"...\" under a condition")
    } else if (text[path, i] ~ /^#include </ && level == 0 && \
               is_included[text[path, i]]++)
      drop[path, i] = 1
  }
  if (level != 0)
    fail(path ": #if without #endif")
}

# A header of the interface in the place of its #include.  Says when the file
# around it goes on.
function emit_interface(path, i,    name, before) {
  before = lines
  name = included_file(path, text[path, i])
  if (kind == "header")
    emit(name)
  else if (!interface++)
    put("#include \"upshake.h\"")
  if (kind == "header" && lines > before)
    continued = path
}

function emit(path,    i) {
  if (path in count)
    return
  load(path)
  strip(path)
  note_includes(path)
  if (kind == "source")
    emit_headers(path)
  put("")
  put("/* ======== " path " ======== */")
  continued = ""
  for (i = 1; i <= count[path]; i++)
    if (is_own_include[path, i] && !((path, i) in drop))
      emit_interface(path, i)
    else if (!((path, i) in drop)) {
      if (continued == path && text[path, i] != "") {
        put("")
        put("/* ======== " path ", continued ======== */")
        continued = ""
      }
      put(text[path, i])
    }
}

# ---- the names that a file has for itself ----

# Cuts a line into part[1] to part[parts]: names, numbers, blanks, strings,
# comments, signs.  in_comment: the line begins in one.
function cut(now,    len) {
  parts = 0
  while (now != "") {
    is_comment[++parts] = in_comment || substr(now, 1, 2) == "/*"
    if (is_comment[parts])
      len = comment_len(now)
    else if (match(now, /^[A-Za-z_][A-Za-z_0-9]*/) || \
             match(now, /^[0-9][A-Za-z_0-9]*/) || match(now, /^[ \t]+/) || \
             match(now, /^"([^"\\]|\\.)*"/) || \
             match(now, /^'([^'\\]|\\.)*'/) || match(now, /^(->|##)/))
      len = RLENGTH
    else
      len = 1
    part[parts] = substr(now, 1, len)
    now = substr(now, len + 1)
  }
}

# How long the comment is that the text begins with.
function comment_len(now,    begin) {
  begin = in_comment ? 1 : 3
  in_comment = !match(substr(now, begin), /\*\//)
  return in_comment ? length(now) : begin + RSTART
}

function is_name(token) { return token ~ /^[A-Za-z_]/ }

# kind: "value" for functions and objects, else "other".
function note(name, kind) {
  if (name != "" && name !~ /^(upshake|UPSHAKE|_)/ && own[name] != "value")
    own[name] = kind
}

function begin_declaration() {
  is_typedef = is_named = is_init = 0
  last = ""
}

function note_declared() {
  if (!is_named && !is_init)
    note(last, is_typedef ? "other" : "value")
  is_named = is_named || last != ""
}

# What an opened brace holds.
function brace_kind() {
  if (before ~ /^(struct|union)$/ || before_that ~ /^(struct|union)$/)
    return "members"
  if (before == "enum" || before_that == "enum")
    return "constants"
  return brace == 0 && !is_init ? "body" : "code"
}

function open_brace() {
  holds[brace + 1] = brace_kind()
  if (holds[brace + 1] ~ /^(members|constants)$/ && is_name(before) && \
      before !~ /^(struct|union|enum)$/)
    note(before, "other")
  if (holds[++brace] == "members")
    in_members++
  constant = ""
  is_value = 0
}

function close_brace() {
  if (brace == 0)
    fail("braces under a condition do not match")
  if (holds[brace] == "constants" && !is_value)
    note(constant, "other")
  if (holds[brace] == "members")
    in_members--
  if (holds[brace--] == "body")
    begin_declaration()
  last = ""
}

# Between the braces of an enum.
function see_constant(token) {
  if (token == "=" || token == ",") {
    if (!is_value)
      note(constant, "other")
    is_value = token == "="
    constant = ""
  } else if (token == "(")
    constant = "" # a macro that stands for some
  else if (is_name(token))
    constant = token
}

# Outside of all braces.
function see_declaration(token) {
  if (token == "typedef")
    is_typedef = 1
  else if (token == ";") {
    note_declared()
    begin_declaration()
  } else if (paren > 0)
    return
  else if (token == "," || token == "=" || token == "[" || token == "(") {
    if (before == last)
      note_declared()
    is_init = token == "="
    if (token == ",")
      is_named = 0
  } else if (is_name(token) && token !~ /^__/ && \
             before !~ /^(struct|union|enum)$/)
    last = token
}

# The next token that is neither blank nor comment nor in a directive.
function see(token) {
  if (token == "{")
    open_brace()
  else if (token == "}")
    close_brace()
  else if (brace > 0 && holds[brace] == "constants")
    see_constant(token)
  else if (brace == 0)
    see_declaration(token)
  paren += (token == "(") - (token == ")")
  before_that = before
  before = token
}

# The names of macros, and of those that a macro puts together: FIELD_##name.
function see_directive(    i) {
  for (i = 1; i < parts; i++)
    if (part[i] == "##" && part[i - 1] ~ /_$/ && part[i - 1] !~ /^UPSHAKE/)
      pasted[part[i - 1]] = 1
  for (i = 1; i < parts - 1; i++)
    if (part[i] == "define") {
      note(part[i + 2], "other")
      return
    }
}

function is_pasted(name,    begin) {
  for (begin in pasted)
    if (index(name, begin) == 1)
      return 1
  return 0
}

# The prefix alone; with "own" behind it where the sources have such a name.
function with_prefix(name,    is_lower, prefix) {
  is_lower = name ~ /^[a-z]/
  prefix = is_lower ? "upshake__" : "UPSHAKE__"
  if ((prefix name) in word)
    prefix = prefix (is_lower ? "own_" : "OWN_")
  return prefix name
}

# What part[i] is called in the whole.  Members keep their names, and so does
# the first word of X(...), which is a part of a name.
function renamed(i, after, after_that) {
  if (is_comment[i] || !is_name(part[i]) || after == "." || after == "->" || \
      (after_that == "X" && after == "("))
    return part[i]
  if (is_pasted(part[i]))
    return with_prefix(part[i])
  if (!(part[i] in own) || (in_members && own[part[i]] == "value"))
    return part[i]
  return with_prefix(part[i])
}

# Goes through all lines, for their names; the second time prints them.
function walk(is_second,    n, i, in_directive, out, after, after_that) {
  before = before_that = after = ""
  brace = paren = in_members = in_comment = 0
  begin_declaration()
  for (n = 1; n <= lines; n++) {
    if (!in_directive && !in_comment)
      in_directive = line[n] ~ /^ *#/
    cut(line[n])
    out = ""
    for (i = 1; i <= parts; i++) {
      if (is_second)
        out = out renamed(i, after, after_that)
      else
        word[part[i]] = 1
      if (is_comment[i] || part[i] ~ /^[ \t]/)
        continue
      after_that = after
      after = part[i]
      if (!in_directive)
        see(part[i])
    }
    if (in_directive)
      see_directive()
    if (is_second)
      print (line[n] ~ /^ *# *include/ ? line[n] : out)
    if (line[n] !~ /\\$/)
      in_directive = 0
  }
  if (brace != 0)
    fail("braces under a condition do not match")
}

BEGIN {
  for (n = 1; n < ARGC; n++)
    emit(ARGV[n])
  if (kind == "source") {
    walk(0)
    walk(1)
  } else
    for (n = 1; n <= lines; n++)
      print line[n]
  exit failed
}
