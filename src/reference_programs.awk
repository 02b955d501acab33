# SPDX-License-Identifier: MIT
#
# Reads what a program says of itself as records: its help, from the source that
# prints it, and manual.txt beside that source; a part of reference.awk.

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

# What manual.txt says of an option stands behind what the help says, or before
# what the help has in parentheses.
function with_more(term, said,    option) {
  option = term
  sub(/ .*/, "", option)
  if (!(option in more))
    return said
  term = more[option]
  delete more[option]
  return said == "" || said ~ /^\(/ ? trim(term " " said) : said "; " term
}

# "--a  text;  --b X  text" as "text; --b X: text".
function option_text(line) {
  sub(/;$/, "", line)
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

# "0 this, 1 that" as a list, if it is none yet.
function take_statuses(i,    line) {
  heading("EXIT STATUS")
  line = help_line[i]
  sub(/^Exit status: */, "", line)
  while (++i <= helps_len && line != "")
    line = line " " help_line[i]
  while (match(line, /[,;] [0-9]+ /)) {
    begin_item("item", line + 0, substr(line, 1, RSTART - 1))
    sub(/^[0-9]+ /, "", held)
    line = substr(line, RSTART + 2)
  }
  if (line != "") {
    begin_item("item", line + 0, line)
    sub(/^[0-9]+ /, "", held)
  }
}

function take_help_line(line) {
  if (line ~ /^[A-Z].*:$/) {
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
# OPTIONS adds to what the help says of an option.
function read_manual(path, part,    i, on) {
  load(path)
  for (i = 1; i <= count[path]; i++) {
    if (text[path, i] ~ /^#/)
      continue
    if (text[path, i] ~ /^[A-Z][A-Z ]+$/) {
      on = text[path, i]
      if (is_wanted(on, part))
        heading(on)
    } else if (is_wanted(on, part))
      prose(text[path, i])
    else if (on == "OPTIONS" && part == "DESCRIPTION" && text[path, i] != "")
      note_option(text[path, i])
    else if (on == "" && text[path, i] != "")
      page_what[page] = text[path, i]
  }
  end_block()
}

function is_wanted(on, part) {
  return part == "" ? on != "" && on !~ /^(DESCRIPTION|OPTIONS)$/ : on == part
}

function note_option(line) {
  if (line ~ /^  -/) {
    line = trim(line) " "
    noted = substr(line, 1, index(line, " ") - 1)
    line = substr(line, index(line, " "))
  }
  more[noted] = joined(more[noted], trim(line))
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
  for (; i <= helps_len; i++) {
    if (help_line[i] ~ /^Exit status:/)
      take_statuses(i)
    if (help_line[i] ~ /^Exit status:./)
      break
    if (help_line[i] !~ /^Exit status:/)
      take_help_line(help_line[i])
  }
  end_block()
  for (i in more)
    fail(manual " has " i ", and the help has not")
  read_manual(manual, "")
}
