# SPDX-License-Identifier: MIT
#
# Writes the records of reference.awk as pages of the manual (mdoc); for
# reference.sh.
#
#   awk -v dir=DIR -v version=0.2.0 -v date=DATE -f reference_man.awk RECORDS
#
# The pages are DIR/man1/NAME.1 and DIR/man3/NAME.3.

function put(line) {
  print line > out
}

# ---- text ----

function escaped(text) {
  gsub(/\\/, "\\e", text)
  return text
}

# Lines of text: none of them may look like a macro.
function put_text(text,    n, part, i, line) {
  n = split(text, part, " ")
  for (i = 1; i <= n; i++)
    if (line != "" && length(line " " part[i]) > 78) {
      put_line(line)
      line = part[i]
    } else
      line = line (line == "" ? "" : " ") part[i]
  if (line != "")
    put_line(line)
}

function put_line(line) {
  put((line ~ /^[.']/ ? "\\&" : "") line)
}

# A word as an argument of a macro: as itself, and not as another macro.
function argument(word) {
  word = escaped(word)
  gsub(/"/, "\\(dq", word)
  if (word ~ /^(%?[A-Z][A-Za-z][a-z0-9]?|[]().,:;!?|[])$/)
    word = "\\&" word
  return word
}

function arguments(line,    n, part, i, all) {
  n = split(line, part, " ")
  for (i = 1; i <= n; i++)
    all = all " " argument(part[i])
  return substr(all, 2)
}

# What stands between backquotes is set in italics, an option in bold.
function marked(line,    at, on) {
  line = escaped(line)
  while ((at = index(line, "`")) > 0) {
    on = !on
    line = substr(line, 1, at - 1) (on ? "\\fI" : "\\fR") substr(line, at + 1)
  }
  return line
}

function with_options(word) {
  if (section == 1 && match(word, /^-(-[a-z-]+|v)/)) {
    word = "\\fB" substr(word, 1, RLENGTH) "\\fR" substr(word, RLENGTH + 1)
    gsub(/-/, "\\-", word)
  }
  return word
}

# A function that the text names, with a link where another page has it.
function put_reference(name, behind) {
  gsub(/./, " &", behind)
  if (page_of[name] == page)
    put(".Fn " name behind)
  else
    put(".Xr " name " 3" behind)
}

# One sentence.
function put_sentence(sentence,    n, part, i, core, behind, line) {
  n = split(sentence, part, " ")
  for (i = 1; i <= n; i++) {
    core = behind = part[i]
    sub(/[.,;:)]+$/, "", core)
    behind = substr(behind, length(core) + 1)
    if (core in page_of && kind_of[core] == "function") {
      put_text(line)
      line = ""
      put_reference(core, behind)
    } else
      line = line (line == "" ? "" : " ") with_options(part[i])
  }
  put_text(line)
}

function put_remark(remark,    n, part, i) {
  n = split(marked(remark), part, /  +/)
  for (i = 1; i <= n; i++)
    put_sentence(part[i])
}

# Pages that have a name of these words.
function note_names(text,    n, part, i) {
  n = split(text, part, /[^a-z0-9_]+/)
  for (i = 1; i <= n; i++)
    if (part[i] in page_of)
      see_also[page_of[part[i]]] = 1
}

function is_return(sentence) {
  return sentence ~ /^(Returns|[A-Za-z_]+ returns?)( |$)/
}

# Of the functions of this entry those that the sentence is about: with "feed
# returns" it is upshake_feed alone.
function returning(sentence,    n, part, i, word) {
  word = substr(sentence, 1, index(sentence " ", " ") - 1)
  n = split(entry_names, part, " ")
  for (i = 1; i <= n; i++)
    if (part[i] == word || part[i] == "upshake_" word)
      return part[i]
  return entry_names
}

# A paragraph.  What a function returns goes to a part of its own, and the list
# that may follow goes with it.
function put_paragraph(text,    n, part, i, began) {
  n = split(marked(text), part, /  +/)
  returns_open = 0
  for (i = 1; i <= n; i++) {
    if (entry_names != "" && is_return(part[i])) {
      add_return(part[i])
      returns_open = i == n && part[i] !~ /\.$/
      continue
    }
    if (!began)
      begin_paragraph()
    began = 1
    put_sentence(part[i])
  }
}

# ---- lists ----

# A paragraph behind another one.
function begin_paragraph() {
  end_list()
  if (after_text)
    put(".Pp")
  after_text = 1
}

function end_list() {
  if (list == "code")
    put(".Ed")
  else if (list != "")
    put(".El")
  list = ""
}

function begin_list(kind, macro) {
  if (list == kind)
    return
  end_list()
  list = kind
  put(macro)
  after_text = 1
}

# The parenthesis at the end of a declaration belongs to it.
function declared(line) {
  return arguments(line) (line ~ /[]):]$/ ? "\\&" : "")
}

function put_term(term,    n, part, i, line) {
  n = section == 1 && term ~ /^-/ ? split(term, part, " ") : 0
  for (i = 1; i <= n; i++)
    line = line (part[i] ~ /^-/ ? " Fl " substr(part[i], 2) : \
                 " Ar " declared(part[i]))
  put(".It" (n ? line : " " arguments(term)))
}

function put_item(term, text) {
  if (returns_open) {
    returns[returns_len] = returns[returns_len] "\n\t" term "\t" text
    return
  }
  begin_list("items", ".Bl -tag -width Ds")
  put_term(term)
  put_remark(text)
}

function put_code(line) {
  begin_list("code", ".Bd -literal")
  line = escaped(line)
  gsub(/-/, "\\-", line)
  put(line ~ /^[.']/ ? "\\&" line : line)
}

# ---- what a function returns ----

function add_return(sentence) {
  if (returns_len == 0 || returns_names[returns_len] != returning(sentence)) {
    returns[++returns_len] = ""
    returns_names[returns_len] = returning(sentence)
  }
  returns[returns_len] = returns[returns_len] "\n" sentence
}

function put_returns(    i, j, n, line, part, in_items) {
  if (returns_len == 0)
    return
  put(".Sh RETURN VALUES")
  put(".Bl -tag -width Ds -compact")
  for (i = 1; i <= returns_len; i++) {
    if (i > 1)
      put(".Pp")
    n = split(returns_names[i], part, " ")
    for (j = 1; j <= n; j++)
      put(".It Fn " part[j])
    n = split(returns[i], line, "\n")
    in_items = 0
    for (j = 2; j <= n; j++)
      if (line[j] ~ /^\t/) {
        split(line[j], part, "\t")
        if (!in_items++)
          put(".Bl -tag -width Ds -compact")
        put_term(part[2])
        put_remark(part[3])
      } else {
        if (in_items)
          put(".El")
        in_items = 0
        put_sentence(line[j])
      }
    if (in_items)
      put(".El")
  }
  put(".El")
}

# ---- entries ----

# The list of entries goes on until a title, or an entry without names.
function end_members() {
  end_list()
  if (in_members)
    put(".El")
  in_members = 0
}

function end_entries() {
  end_members()
  if (in_entries)
    put(".El")
  in_entries = 0
}

function parameters_of(list,    n, part, i, all) {
  n = list == "void" ? 0 : split(list, part, /, /)
  for (i = 1; i <= n; i++) {
    sub(/\[.*/, "", part[i])
    match(part[i], /[a-z_0-9]+$/)
    all = all " " substr(part[i], RSTART)
  }
  return all
}

function put_tag(name, kind, shown) {
  end_members()
  if (!in_entries && after_text)
    put(".Pp")
  if (!in_entries)
    put(".Bl -tag -width Ds -compact")
  else if (entry_tags == 0)
    put(".Pp")
  in_entries = 1
  entry_tags++
  after_text = 0
  if (kind == "function")
    put(".It Fn " name parameters_of(shown))
  else if (kind == "macro")
    put(".It Dv " declared(shown))
  else if (kind == "enum" || kind == "struct")
    put(".It Vt " kind " " name)
  else
    put(".It Vt " declared(shown))
  if (kind == "function" || kind == "callback")
    entry_names = entry_names (entry_names == "" ? "" : " ") name
}

function put_member(declaration, remark) {
  end_list()
  if (!in_members) {
    put(".Bl -tag -width Ds -compact")
    in_members = 1
  }
  put(".It " (declaration ~ /^[A-Z]/ ? "Dv " : "Vt ") declared(declaration))
  put_remark(remark)
}

function put_group(remark) {
  if (in_members)
    put(".El")
  if (in_members || after_text)
    put(".Pp")
  in_members = 0
  put_remark(remark)
  after_text = 1
}

function put_error(name, status, rule, sentence) {
  put_member("UPSHAKE_" (name == "OK" ? "" : "ERR_") name, \
             (status == "" ? "" : status ": ") sentence \
             (rule == "" ? "" : " (" rule ")"))
}

# ---- pages ----

function order(name) {
  return section_of[name] name
}

function sorted_see_also(    n, name, i, j, list) {
  for (name in see_also)
    list[++n] = name
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && order(list[j - 1]) > order(list[j]); j--) {
      name = list[j]
      list[j] = list[j - 1]
      list[j - 1] = name
    }
  for (i = 1; i <= n; i++)
    put(".Xr " list[i] " " section_of[list[i]] (i < n ? " ," : ""))
}

function end_page(    name) {
  if (out == "")
    return
  end_entries()
  put_returns()
  if (page == "upshake" || section == 1)
    for (name in section_of)
      if (page == "upshake" || section_of[name] == 1 || name == "upshake")
        see_also[name] = 1
  if (page != "upshake")
    see_also["upshake"] = 1
  delete see_also[page]
  put(".Sh SEE ALSO")
  sorted_see_also()
  if (page == "upshake") {
    put(".Pp")
    put("The pages of section 1 are there if the programs are installed, too.")
  }
  close(out)
  for (name in see_also)
    delete see_also[name]
}

function begin_page(name, number, header, what) {
  end_page()
  page = name
  section = number
  out = dir "/man" section "/" page "." section
  returns_len = 0
  entry_names = part_name = ""
  entry_tags = 0
  put(".\\\" src/reference.sh made this page: change what it reads instead.")
  put(".Dd " date)
  put(".Dt " toupper(page) " " section)
  put(".Os upshake " version)
  put(".Sh NAME")
  page_header = header
  page_what = what
  names_left = names_of[page]
  if (section == 1)
    put(".Nm " page)
}

# All records of the beginning of a page are there.
function begin_part(name) {
  if (name == part_name)
    return
  end_entries()
  if (part_name == "")
    put(".Nd " arguments(page_what))
  if (part_name == "" && section == 3) {
    put(".Sh SYNOPSIS")
    put(".In " page_header)
  }
  part_name = name
  if (name != "SYNOPSIS")
    put(".Sh " name)
  after_text = 0
}

function put_function(name, type, list,    n, part, i) {
  begin_part("SYNOPSIS")
  put(".Ft " arguments(type))
  put(".Fo " name)
  n = split(list, part, "|")
  for (i = 1; i <= n; i++)
    put(".Fa \"" part[i] "\"")
  put(".Fc")
}

function put_usage(text) {
  put(".Nd " arguments(page_what))
  put(".Sh SYNOPSIS")
  put(".Nm " page)
  put_text(escaped(text))
  part_name = "SYNOPSIS"
}

BEGIN { FS = "\t" }

FNR == NR {
  if ($1 == "where") {
    page_of[$2] = $3
    kind_of[$2] = $4
  } else if ($1 == "page") {
    section_of[$2] = $3
    last = $2
  } else if ($1 == "name")
    names_of[last]++
  next
}

$1 == "page" { begin_page($2, $3, $4, $5) }
$1 != "page" { note_names($0) }
$1 == "name" {
  put(".Nm " $2 (--names_left > 0 ? " ," : ""))
}
$1 == "function" { put_function($2, $3, $4) }
$1 == "usage" { put_usage($2) }
$1 == "heading" { begin_part($2) }
$1 ~ /^(title|entry|text|item|step|code)$/ && section == 3 &&
  part_name != "EXAMPLES" {
  begin_part("DESCRIPTION")
}
$1 ~ /^(text|item|step|code)$/ && in_entries && entry_tags == 0 {
  end_entries()
  after_text = 1
}
$1 == "title" {
  end_entries()
  entry_tags = 0
  put(".Ss " arguments($2))
  after_text = 0
}
$1 == "entry" {
  end_members()
  entry_names = ""
  entry_tags = 0
  returns_open = 0
}
$1 == "tag" { put_tag($2, $3, $4) }
$1 == "text" { put_paragraph($2) }
$1 == "item" { put_item($2, $3) }
$1 == "step" {
  begin_list("steps", ".Bl -enum")
  put(".It")
  put_remark($3)
}
$1 == "code" { put_code($2) }
$1 == "members" {
  end_list()
  if (entry_tags > 1) {
    begin_paragraph()
    put("The members of " $2 ":")
  }
}
$1 == "member" { put_member($2, $3) }
$1 == "group" { put_group($2) }
$1 == "family" {
  begin_list("items", ".Bl -tag -width Ds")
  put(".It Xr " $2 " " $3)
  put_sentence($4)
}
$1 == "error" { put_error($2, $3, $4, $5) }

END { end_page() }
