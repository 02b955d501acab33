# SPDX-License-Identifier: MIT
#
# Reads a header as records: its comments, what they describe, and the members
# of each type; a part of reference.awk.

# The line of a comment without the signs around it.
function uncommented(line) {
  sub(/^(\/\*| \*)( |$)/, "", line)
  sub(/ *\*\/.*$/, "", line)
  return line
}

function begin_entry() {
  if (in_entry)
    return
  end_block()
  put("entry")
  entry_at = records_len
  in_entry = 1
}

# The names of an entry come before its text.
function tag(name, kind, shown) {
  begin_entry()
  tags[entry_at] = tags[entry_at] "tag\t" name "\t" kind "\t" shown "\n"
  if (kind == "macro")
    return
  if (name in name_page) # the struct of an opaque type
    return
  name_page[name] = page
  name_kind[name] = kind
  page_names[page] = page_names[page] name "\n"
}

# The part of a line that is no comment; the comment goes to remark, and
# in_remark says that it goes on in the next line.
function split_remark(line,    at) {
  remark = ""
  if (in_remark) {
    remark = line
    line = ""
  } else if ((at = index(line, "/*")) > 0) {
    remark = substr(line, at + 2)
    line = substr(line, 1, at - 1)
  }
  in_remark = remark != "" && !index(remark, "*/")
  sub(/\*\/.*/, "", remark)
  remark = trim(remark)
  return trim(line)
}

# Which parameters and what comes back: "int upshake_x(int a, int b);".
function take_function(line,    at, name, type) {
  sub(/^UPSHAKE_API(_CONSTANT)? /, "", line)
  at = index(line, "(")
  type = substr(line, 1, at - 1)
  match(type, /[a-z_0-9]+$/)
  name = substr(type, RSTART)
  type = trim(substr(type, 1, RSTART - 1))
  line = substr(line, at + 1)
  sub(/\);$/, "", line)
  tag(name, "function", line)
  gsub(/, /, "|", line)
  prototypes[page] = prototypes[page] \
    "function\t" name "\t" type "\t" line "\n"
  if (!(page in page_function))
    page_function[page] = name
}

# Of a choice between definitions only the name is shown, once.
function take_macro(line, is_choice,    name) {
  sub(/^# *define +/, "", line)
  match(line, /^[A-Za-z0-9_]+/)
  name = substr(line, 1, RLENGTH)
  if (name ~ /_H$/ || (name in is_macro) || \
      (is_choice && in_entry && tags[entry_at] != ""))
    return
  is_macro[name] = 1
  tag(name, "macro", is_choice ? name : line)
}

# One member, or constant, with its comment behind it.
function end_member() {
  if (member != "" && ("UPSHAKE_ERR_" plain(member)) in error_of)
    put("error\t" error_of["UPSHAKE_ERR_" plain(member)])
  else if (member != "")
    put("member\t" member "\t" member_remark)
  else if (member_remark != "")
    put("group\t" member_remark)
  member = member_remark = ""
}

function plain(constant) {
  sub(/^UPSHAKE_(ERR_)?/, "", constant)
  return constant
}

function take_members(line, is_enum,    n, i, part, goes_on) {
  goes_on = in_remark
  line = split_remark(line)
  if (!goes_on) {
    end_member()
    n = is_enum ? split(line, part, /, */) : 0
    if (n > 0 && part[n] == "")
      n--
    for (i = 1; i < n; i++) {
      member = part[i]
      end_member()
    }
    member = is_enum ? part[n] : line
    sub(/;$/, "", member)
  }
  if (remark != "")
    member_remark = joined(member_remark, remark)
  if (member == "" && !in_remark)
    end_member()
}

# "typedef struct NAME {", up to the line of the "}".  A struct inside of it
# is shown as it stands.
function take_type(path, i,    line, name, is_enum, last, nested, j) {
  line = text[path, i]
  is_enum = line ~ /^(typedef )?enum/
  match(line, /upshake_[a-z0-9_]+|upshake/)
  name = substr(line, RSTART, RLENGTH)
  for (last = i; text[path, last] !~ /[}].*;/ || (last > i && \
       text[path, last] !~ /^[}]/); last++)
    nested += last > i && text[path, last] ~ /[{]/
  tag(name, is_enum ? "enum" : "struct", "")
  sub(/^[^{]*[{]/, "", line)
  if (last == i) {
    sub(/ *[}].*/, "", line)
    put("members\t" name)
    take_members(line, is_enum)
  } else {
    split_remark(line)
    if (remark != "")
      prose(remark)
    end_block()
    put("members\t" name)
  }
  for (j = i + 1; j < last; j++)
    if (nested)
      put("code\t" text[path, j])
    else
      take_members(text[path, j], is_enum)
  end_member()
  return last
}

# A declaration, or macro, of one or more lines: they are joined.
function take_statement(path, i, depth,    line) {
  line = split_remark(text[path, i])
  if (line ~ /^struct [a-z_]+;$/)
    return i
  while (in_remark) {
    begin_entry()
    prose(remark)
    split_remark(text[path, ++i])
  }
  if (remark != "") {
    begin_entry()
    prose(remark)
  }
  while (line ~ /^#/ ? line ~ /\\$/ : line !~ /;$/) {
    sub(/ *\\$/, "", line)
    line = line " " trim(text[path, ++i])
  }
  if (line ~ /^#/)
    take_macro(line, depth > 1)
  else if (line ~ /^UPSHAKE_API/)
    take_function(line)
  else if (line ~ /^typedef (const )?struct [a-z_]+ [a-z_]+;$/) {
    match(line, /[a-z_]+;$/)
    tag(substr(line, RSTART, RLENGTH - 1), "opaque", line)
  } else if (line ~ /^typedef/) {
    match(line, /upshake_[a-z_]+\(/)
    tag(substr(line, RSTART, RLENGTH - 1), "callback", line)
  } else
    fail(path ", line " i ": what is this? " line)
  return i
}

# What the comment at the top of a header says first is the page's own title.
function take_top(path,    i, line, what, at) {
  for (i = 3; text[path, i] != " *" && text[path, i - 1] !~ /\*\//; i++)
    what = joined(what, uncommented(text[path, i]))
  sub(/^upshake(, layer "[a-z]+")?: /, "", what)
  at = index(what, ".  ")
  line = at ? substr(what, at + 3) : ""
  if (at)
    what = substr(what, 1, at)
  sub(/\.$/, "", what)
  sub(/^include\//, "", path)
  begin_page(substr(path, 1, length(path) - 2), path, what)
  prose(line)
  return i - 1
}

function take_section(path, line) {
  gsub(/^\/\* ---- | -+ \*\/$/, "", line)
  end_block()
  in_entry = 0
  if (line == "The layers")
    page = 1
  if (path != "include/upshake.h" || page == 1 && pages > 1) {
    put("title\t" line)
    return
  }
  match(line, /^[A-Za-z]+/)
  begin_page("upshake_" tolower(substr(line, 1, RLENGTH)), "upshake.h",
             tolower(substr(line, 1, 1)) substr(line, 2))
}

# What a header includes is read too; at the end of upshake.h it is a list.
function take_include(line,    name) {
  match(line, /"[^"]*"/)
  name = substr(line, RSTART + 1, RLENGTH - 2)
  split_remark(line)
  if (remark != "" && headers_done == 1)
    layers = layers "item\t" name "\t" remark "\n"
  if (!(name in is_header)) {
    is_header[name] = 1
    header[++headers] = "include/" name
  }
}

function read_header(path,    i, line, depth) {
  load(path)
  in_entry = 0
  for (i = take_top(path); text[path, i] !~ /\*\//; )
    prose(uncommented(text[path, ++i]))
  end_block()
  while (++i <= count[path]) {
    line = text[path, i]
    depth += (line ~ /^# *if/) - (line ~ /^# *endif/)
    if (line == "") {
      end_block()
      in_entry = 0
    } else if (line ~ /^#include "/)
      take_include(line)
    else if (line ~ /^\/\* ----/)
      take_section(path, line)
    else if (line ~ /^\/\* clang-format/)
      continue
    else if (line ~ /^\/\*/) {
      end_block()
      in_entry = 0
      begin_entry()
      for (prose(uncommented(line)); text[path, i] !~ /\*\//; )
        prose(uncommented(text[path, ++i]))
      end_block()
    } else if (line ~ /^#/ && line !~ /^# *define/)
      continue
    else if (line ~ /^(typedef )?(struct|enum) [a-z_]+ [{]/)
      i = take_type(path, i)
    else if (depth <= 1 || line ~ /^# *define/)
      i = take_statement(path, i, depth)
  }
  end_block()
}

# X(NAME, class, status, field, "rule", "sentence" "...")
function read_errors(path,    i, line, part, n, j, sentence) {
  load(path)
  for (i = 1; i <= count[path]; i++) {
    if (text[path, i] !~ /^  X\([A-Z0-9_]+, /)
      continue
    for (line = text[path, i]; line !~ /"\) ?\\?$/; ) {
      sub(/\\$/, "", line)
      line = line trim(text[path, ++i])
    }
    gsub(/\\"/, "\001", line)
    n = split(line, part, "\"")
    sentence = ""
    for (j = 4; j < n; j += 2)
      sentence = sentence part[j]
    gsub(/\001/, "\"", sentence)
    sub(/^ *X\(/, "", part[1])
    split(part[1], field, /, */)
    error_of["UPSHAKE_ERR_" field[1]] = field[1] "\t" \
      (field[3] + 0 ? field[3] : "") "\t" part[2] "\t" sentence
  }
}
