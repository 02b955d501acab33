# SPDX-License-Identifier: MIT
#
# Writes the records of reference.awk as one page of HTML; for reference.sh.
#
#   awk -v version=0.2.0 -f reference_html.awk RECORDS RECORDS
#
# The records are read twice: first for the names, then for the page.

# ---- text ----

function escaped(text) {
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  gsub(/>/, "\\&gt;", text)
  gsub(/"/, "\\&quot;", text)
  return text
}

# Every name that has an anchor becomes a link, but for the name itself.
function linked(text, but,    all, name, before) {
  text = escaped(text)
  while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
    name = substr(text, RSTART, RLENGTH)
    before = substr(text, 1, RSTART - 1)
    text = substr(text, RSTART + RLENGTH)
    if ((name in has_anchor) && name != but && name != "upshake" && \
        text !~ /^\.h/)
      name = "<a href=\"#" name "\">" name "</a>"
    all = all before name
  }
  return all text
}

# What stands between backquotes is code.
function marked(text,    at, on) {
  text = linked(text)
  while ((at = index(text, "`")) > 0) {
    on = !on
    text = substr(text, 1, at - 1) (on ? "<code>" : "</code>") \
      substr(text, at + 1)
  }
  gsub(/  +/, " ", text)
  return text
}

function anchor(name) {
  if (name in is_anchored)
    return ""
  is_anchored[name] = 1
  return " id=\"" name "\""
}

# ---- parts of a page ----

function end_list() {
  if (list != "")
    print "</" list ">"
  list = ""
}

function begin_list(kind, tag) {
  if (list == kind && list_tag == tag)
    return
  end_list()
  list = kind
  list_tag = tag
  printf "%s", tag (kind == "pre" ? "" : "\n")
}

function end_entry() {
  end_list()
  if (in_entry)
    print "</article>"
  in_entry = 0
}

function end_page() {
  end_entry()
  if (page != "")
    print "</section>"
}

function put_page(name, number, header, what) {
  end_page()
  page = name
  print "<section id=\"" name "." number "\">"
  print "<h2>" name "(" number ")</h2>"
  print "<p class=\"what\">" marked(what) "</p>"
  if (header != "")
    print "<pre>#include &lt;" header "&gt;</pre>"
}

function prototype(name, list) {
  gsub(/\|/, ", ", list)
  return type_of[name] " " name "(" list ");"
}

function put_tag(name, kind, shown) {
  if (kind == "function")
    shown = prototype(name, shown)
  else if (kind == "macro")
    shown = "#define " shown
  else if (kind == "enum" || kind == "struct")
    shown = kind " " name
  print "<pre class=\"tag\"" anchor(name) ">" linked(shown, name) "</pre>"
}

function put_item(term, text) {
  begin_list("dl", "<dl>")
  print "<dt>" escaped(term) "</dt><dd>" marked(text) "</dd>"
}

function put_member(declaration, text,    id) {
  begin_list("dl", "<dl class=\"members\">")
  id = ""
  if (declaration ~ /^UPSHAKE/) {
    id = declaration
    sub(/ .*/, "", id)
    id = anchor(id)
  }
  print "<dt" id ">" linked(declaration, declaration) "</dt><dd>" \
    marked(text) "</dd>"
}

function put_error(name, status, rule, sentence) {
  put_member("UPSHAKE_" (name == "OK" ? "" : "ERR_") name, \
             (status == "" ? "" : status ": ") sentence \
             (rule == "" ? "" : " (" rule ")"))
}

function begin_document(    i) {
  print "<!DOCTYPE html>"
  print "<!-- src/reference.sh made this: change what it reads instead. -->"
  print "<html lang=\"en\"><head><meta charset=\"utf-8\">"
  print "<meta name=\"viewport\" content=\"width=device-width\">"
  print "<title>upshake " version ": reference</title>"
  print "<style>"
  print ":root { color-scheme: light dark; --line: #8886; --back: #8881; }"
  print "body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto;"
  print "  max-width: 46rem; padding: 0 1rem 4rem; overflow-wrap: anywhere; }"
  print "pre, code, dt { font-family: ui-monospace, monospace; }"
  print "pre, dt { font-size: .85rem; }"
  print "pre { overflow-x: auto; padding: .5rem; background: var(--back); }"
  print "pre.tag { white-space: pre-wrap; margin: 0 0 2px; }"
  print "h2 { margin: 3rem 0 0; border-top: 1px solid var(--line);"
  print "  padding-top: 1rem; }"
  print "article { margin: 1.5rem 0; }"
  print "dt { margin-top: .5rem; font-weight: 600; }"
  print "dd { margin-left: 1rem; }"
  print ".names { columns: 16rem; list-style: none; padding: 0; }"
  print ":target { outline: 2px solid Highlight; outline-offset: 2px; }"
  print "</style></head><body>"
  print "<h1>upshake " version ": reference</h1>"
  print "<nav><ul>"
  for (i = 1; i <= pages; i++)
    print "<li><a href=\"#" page_id[i] "\">" page_title[i] "</a>: " \
      escaped(page_what[i]) "</li>"
  print "</ul><details><summary>All functions and types</summary>"
  print "<ul class=\"names\">"
  for (i = 1; i <= names; i++)
    print "<li><a href=\"#" name_at[i] "\">" name_at[i] "</a></li>"
  print "</ul></details></nav><main>"
}

BEGIN { FS = "\t" }

FNR == NR {
  if ($1 == "where") {
    has_anchor[$2] = 1
    name_at[++names] = $2
  } else if ($1 == "function")
    type_of[$2] = $3
  else if ($1 == "tag" && $3 == "macro")
    has_anchor[$2] = 1
  else if ($1 == "member" && $2 ~ /^UPSHAKE/) {
    sub(/ .*/, "", $2)
    has_anchor[$2] = 1
  } else if ($1 == "error")
    has_anchor["UPSHAKE_" ($2 == "OK" ? "" : "ERR_") $2] = 1
  else if ($1 == "page") {
    page_id[++pages] = $2 "." $3
    page_title[pages] = $2 "(" $3 ")"
    page_what[pages] = $5
  }
  next
}

FNR == 1 { begin_document() }
$1 == "page" { put_page($2, $3, $4, $5) }
$1 == "usage" { print "<pre>" page " " escaped($2) "</pre>" }
$1 == "heading" || $1 == "title" {
  end_entry()
  level = $1 == "title" && page ~ /-/ ? 4 : 3 # a part of OPTIONS
  print "<h" level ">" escaped($2) "</h" level ">"
}
$1 == "entry" {
  end_entry()
  in_entry = 1
  print "<article>"
}
$1 == "tag" { put_tag($2, $3, $4) }
$1 == "text" {
  end_list()
  print "<p>" marked($2) "</p>"
}
$1 == "item" { put_item($2, $3) }
$1 == "step" {
  begin_list("ol", "<ol>")
  print "<li>" marked($3) "</li>"
}
$1 == "code" {
  begin_list("pre", "<pre>")
  print linked($2)
}
$1 == "members" { end_list() }
$1 == "member" { put_member($2, $3) }
$1 == "group" {
  end_list()
  print "<p>" marked($2) "</p>"
}
$1 == "error" { put_error($2, $3, $4, $5) }
$1 == "family" {
  begin_list("dl", "<dl>")
  print "<dt><a href=\"#" $2 "." $3 "\">" $2 "(" $3 ")</a></dt><dd>" \
    marked($4) "</dd>"
}

END {
  end_page()
  print "</main></body></html>"
}
