# SPDX-License-Identifier: MIT
#
# Reads the headers' comments and the programs' help as records, from which
# reference_man.awk and reference_html.awk write pages; for reference.sh.
#
#   awk -v root=DIR -v helps='FILE...' -f reference.awk
#
# upshake.h and each header that it includes is a page; so is each section of
# upshake.h.  A page is named after its header or the first word of its section,
# unless that name is declared elsewhere: then after its first function.
# FILE prints the help of a program, and manual.txt beside it has the rest.
#
# A record is a line of fields with a tab between them:
#   where     name, page, kind: of every function and type
#   page      name, section of the manual, header, what it is
#   name      a function or a type of this page
#   function  name, type, parameters with "|" between them: for the synopsis
#   usage     the same for a program
#   heading   of a part of a program's page
#   title     of a part of a description
#   entry     begins what one comment describes; its names follow as
#             tag      name, kind, text: what a macro stands for, and so on
#   text      a paragraph
#   item      term, text: a line of a list
#   step      number, text: a line of a numbered list
#   code      a line
#   members   name: the members of a type follow as
#             member   what is declared, comment
#             group    comment of the members that follow
#             error    name, status, rule, sentence

function fail(message) {
  failed = 1
  print "reference.sh: " message | "cat >&2"
  exit 1
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

function put(record) {
  records[++records_len] = record
  record_page[records_len] = page
}

function begin_page(word, header, what) {
  page = ++pages
  page_word[page] = word
  page_header[page] = header
  page_what[page] = what
}

function trim(line) {
  gsub(/^[ \t]+|[ \t]+$/, "", line)
  return line
}

# ---- prose: paragraphs, lists and code ----

# Two blanks stand behind a sentence.
function joined(before, line) {
  if (before == "")
    return line
  return before (before ~ /[^.]\.$/ ? "  " : " ") line
}

function end_block(    i, least) {
  if (block == "text")
    put("text\t" held)
  else if (block == "item" || block == "step")
    put(block "\t" term "\t" held)
  for (i = 1; block == "code" && i <= codes; i++) {
    match(code[i], /^ */)
    if (i == 1 || RLENGTH < least)
      least = RLENGTH
  }
  for (i = 1; block == "code" && i <= codes; i++)
    put("code\t" substr(code[i], least + 1))
  block = held = ""
  codes = 0
}

function begin_item(kind, name, line) {
  end_block()
  block = kind
  term = name
  held = trim(line)
}

# One line of prose.  A list is indented by 2 or 3 blanks, code by more; a line
# of the list that a header begins with is "Word." and a text in column 11.
function prose(line,    indent) {
  match(line, /^ */)
  indent = RLENGTH
  if (line == "")
    end_block()
  else if (block == "code" && indent > 0)
    code[++codes] = line
  else if ((block == "item" || block == "step") && indent >= 4)
    held = joined(held, trim(line))
  else if (indent >= 4) {
    end_block()
    block = "code"
    code[++codes] = line
  } else if (line ~ /^  +[0-9]+\. /)
    begin_item("step", line + 0, substr(line, index(line, ".") + 1))
  else if (indent >= 2 && match(trim(line), /  +/))
    begin_item("item", substr(trim(line), 1, RSTART - 1),
               substr(trim(line), RSTART))
  else if (match(line, /^[A-Z][A-Za-z]*\. +/) && RLENGTH == 10)
    begin_item("item", substr(line, 1, index(line, ".") - 1),
               substr(line, 11))
  else {
    if (block != "text")
      end_block()
    block = "text"
    held = joined(held, trim(line))
  }
}

# ---- the headers ----

# The line of a comment without the signs around it.
function uncommented(line) {
  sub(/^(\/\*| \*)( |$)/, "", line)
  sub(/ *\*\/.*$/, "", line)
  return line
}

function begin_entry() {
  end_block()
  if (in_entry)
    return
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

function take_macro(line, is_choice,    name) {
  sub(/^# *define +/, "", line)
  match(line, /^[A-Za-z0-9_]+/)
  name = substr(line, 1, RLENGTH)
  if (name ~ /_H$/ || (name in is_macro))
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

function take_members(line, is_enum,    n, i, part) {
  line = split_remark(line)
  if (line != "" || (remark != "" && member == "" && member_remark == "")) {
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
  for (last = i; text[path, last] !~ /}.*;/ || (last > i && \
       text[path, last] !~ /^}/); last++)
    nested += last > i && text[path, last] ~ /{/
  tag(name, is_enum ? "enum" : "struct", "")
  sub(/^[^{]*{/, "", line)
  if (last == i) {
    sub(/ *}.*/, "", line)
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
  while (in_remark) {
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
  } else if (line !~ /^struct [a-z_]+;$/)
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
    else if (line ~ /^(typedef )?(struct|enum) [a-z_]+ {/)
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

# ---- the programs ----

# The text of adjacent string literals from the one that begins with "usage: ".
function read_help(path,    i, line, help, on) {
  load(path)
  for (i = 1; i <= count[path]; i++) {
    line = text[path, i]
    on = on || index(line, "\"usage: ")
    if (!on)
      continue
    gsub(/\\\\/, "\002", line)
    gsub(/\\"/, "\001", line)
    while (match(line, /"[^"]*"/)) {
      help = help substr(line, RSTART + 1, RLENGTH - 2)
      line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
    }
    if (line ~ /;/)
      break
  }
  gsub(/\001/, "\"", help)
  helps_len = split(help, help_line, /\\n/)
  for (i = 1; i <= helps_len; i++)
    gsub(/\002/, "\\", help_line[i])
}

# "--a  text;  --b X  text" as "text; --b X: text".
function option_text(line) {
  while (match(line, /  --?[a-z-]+( [A-Z]+)?(  |$)/))
    line = substr(line, 1, RSTART) \
      trim(substr(line, RSTART, RLENGTH)) \
      (RSTART + RLENGTH > length(line) ? "" : ": ") \
      substr(line, RSTART + RLENGTH)
  return line
}

# Several options of a line are an item each, if they stand apart.
function take_option(line,    rest) {
  line = trim(line)
  rest = ""
  if (match(line, /   +--/)) {
    rest = substr(line, RSTART)
    line = substr(line, 1, RSTART - 1)
  }
  if (!match(line, /  +/))
    RSTART = length(line) + 1
  begin_item("item", substr(line, 1, RSTART - 1),
             option_text(substr(line, RSTART)))
  if (rest != "")
    take_option(rest)
}

function heading(name) {
  end_block()
  if (name != last_heading)
    put("heading\t" name)
  last_heading = name
}

function take_help_line(line) {
  if (line ~ /^Exit status:/) {
    heading("EXIT STATUS")
    sub(/^Exit status: */, "", line)
    if (line != "")
      prose(line)
  } else if (line ~ /^[A-Z].*:$/) {
    heading("OPTIONS")
    put("title\t" substr(line, 1, length(line) - 1))
  } else if (line ~ /^  -/) {
    heading("OPTIONS")
    take_option(line)
  } else if (line ~ /^     / && block == "item")
    held = joined(held, option_text(trim(line)))
  else
    prose(line)
}

# manual.txt: what the program is; then parts, each with its name in capitals.
function read_manual(path, part,    i, on) {
  load(path)
  for (i = 1; i <= count[path]; i++) {
    if (text[path, i] ~ /^#/)
      continue
    if (text[path, i] ~ /^[A-Z][A-Z ]+$/) {
      on = part == "" ? text[path, i] != "DESCRIPTION" : text[path, i] == part
      if (on)
        heading(text[path, i])
    } else if (on)
      prose(text[path, i])
    else if (part == "" && !(path in manual_what) && text[path, i] != "")
      manual_what[path] = text[path, i]
  }
  end_block()
}

function read_program(path,    i, manual, usage) {
  manual = path
  sub(/[^\/]*$/, "manual.txt", manual)
  read_help(path)
  usage = help_line[1]
  sub(/^usage: /, "", usage)
  begin_page(substr(usage, 1, index(usage, " ") - 1), "", "")
  put("usage\t" substr(usage, index(usage, " ") + 1))
  last_heading = ""
  heading("DESCRIPTION")
  for (i = 2; i <= helps_len && help_line[i] !~ /^(  -|[A-Z].*:$)/; i++)
    prose(help_line[i])
  end_block()
  read_manual(manual, "DESCRIPTION")
  for (; i <= helps_len; i++)
    take_help_line(help_line[i])
  read_manual(manual, "")
  page_what[pages] = manual_what[manual]
}

# ---- all of it ----

function name_pages(    i, name) {
  for (i = 1; i <= pages; i++) {
    name = page_word[i]
    if (page_header[i] != "" && ((name in name_page) ? \
        name_page[name] != i : page_header[i] != name ".h"))
      name = page_function[i]
    page_name[i] = name
  }
}

function print_page(i,    n, part) {
  print "page\t" page_name[i] "\t" (page_header[i] == "" ? 1 : 3) "\t" \
    page_header[i] "\t" page_what[i]
  for (n = 1; n < split(page_names[i], part, "\n"); n++)
    print "name\t" part[n]
  printf "%s", prototypes[i]
  for (n = 1; n <= records_len; n++) {
    if (record_page[n] != i)
      continue
    print records[n]
    printf "%s", tags[n]
    if (records[n] == "title\tThe layers")
      printf "%s", layers
  }
}

BEGIN {
  read_errors("src/error/errors.h")
  is_header["upshake.h"] = 1
  header[headers = 1] = "include/upshake.h"
  for (headers_done = 1; headers_done <= headers; headers_done++)
    read_header(header[headers_done])
  helps_count = split(helps, program, " ")
  for (i = 1; i <= helps_count; i++)
    read_program(program[i])
  name_pages()
  for (i = 1; i <= pages; i++)
    for (n = 1; n < split(page_names[i], part, "\n"); n++)
      print "where\t" part[n] "\t" page_name[i] "\t" name_kind[part[n]]
  for (i = 1; i <= pages; i++)
    print_page(i)
  exit failed
}
