# SPDX-License-Identifier: MIT
#
# Reads the headers' comments and the programs' help as records, from which
# reference_man.awk and reference_html.awk write pages; for reference.sh.
#
#   awk -v root=DIR -v helps='FILE...' -f reference.awk \
#     -f reference_headers.awk -f reference_programs.awk
#
# upshake.h and each header that it includes is a page; so is each section of
# upshake.h.  A page is named after its header or the first word of its section,
# unless that name is declared elsewhere: then after its first function.
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
#   family    page, section of the manual, what it is: in upshake(3)

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
  if (block == "item")
    held = with_more(term, held)
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

# The README's example, which is marked in its file.  A tree may be without it.
function print_example(path,    n, is_in) {
  if ((getline n < (root "/" path)) < 0)
    return
  close(root "/" path)
  load(path)
  print "heading\tEXAMPLES"
  print "text\tAll that a server does for a connection (" path " has the rest):"
  for (n = 1; n <= count[path]; n++)
    if (text[path, n] ~ /README: (begin|end)/)
      is_in = !is_in
    else if (is_in)
      print "code\t" text[path, n]
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
  if (i > 1)
    return
  print "title\tThe pages"
  for (n = 2; n <= pages; n++)
    print "family\t" page_name[n] "\t" (page_header[n] == "" ? 1 : 3) "\t" \
      page_what[n]
  print_example("examples/minimal.c")
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
