/* SPDX-License-Identifier: MIT
 *
 * The differences that a commit means: reading the file, and finding the rule
 * for a difference.
 */
#include "decided.h"
#include "print.h"

#include <fnmatch.h>
#include <stdio.h>

enum { COLUMNS = 7, NAMES = 128, LINE_CAP = 4096, TEXT = 8192 };

/* Words of other lines: renamed ones as pairs, and those of calls. */
static char *old_names[NAMES], *new_names[NAMES], *call_names[NAMES];
static size_t renamed_len, calls_len;

const char *decided_renamed(const char *name) {
  for (size_t i = 0; i < renamed_len; i++)
    if (strcmp(old_names[i], name) == 0)
      return new_names[i];
  return name;
}

int decided_only_calls(const char *name) {
  for (size_t i = 0; i < calls_len; i++)
    if (strcmp(call_names[i], name) == 0)
      return 1;
  return 0;
}

/* ---- Reading ------------------------------------------------------------- */

/* Up to COLUMNS texts between tabs; the line is changed. */
static size_t split(char *line, char **columns) {
  size_t len = 0;
  while (line != NULL && len < COLUMNS) {
    columns[len++] = line;
    line = strchr(line, '\t');
    if (line != NULL)
      *line++ = 0;
  }
  return line == NULL ? len : 0;
}

/* \r \n \t and \xHH are those bytes; another backslash is the pattern's. */
static void unescape(char *text) {
  char *out = text;
  unsigned byte;
  for (; *text != 0; text++) {
    if (text[0] == '\\' && strchr("rnt", text[1] ? text[1] : ' ')) {
      text++;
      *out++ = *text == 'r' ? '\r' : *text == 'n' ? '\n' : '\t';
    } else if (text[0] == '\\' && sscanf(text + 1, "x%2x", &byte) == 1) {
      text += 3;
      *out++ = (char)byte;
    } else {
      *out++ = *text;
    }
  }
  *out = 0;
}

static int find_member(const char *name) {
  int member = 0;
  while (member < DIFFER_MEMBERS &&
         strcmp(name, differ_member_name(member)) != 0)
    member++;
  return member;
}

/* "old.MEMBER", "new.MEMBER" */
static int read_place(const char *text, int *side, int *member) {
  *side = strncmp(text, "old.", 4) == 0   ? OLD
          : strncmp(text, "new.", 4) == 0 ? NEW
                                          : SIDES;
  *member = *side == SIDES ? DIFFER_MEMBERS : find_member(text + 4);
  return *member < DIFFER_MEMBERS;
}

/* "stream", "sent", "config" or a place */
static int read_subject(decided_condition *to, char *text) {
  if (read_place(text, &to->side, &to->member))
    return 1;
  to->input = text;
  return strcmp(text, "stream") == 0 || strcmp(text, "sent") == 0 ||
         strcmp(text, "config") == 0;
}

/* "stream~PATTERN", "new.reply!~PATTERN", "new.error=old.first_error",
 * "new.status=505" */
static int read_condition(decided_condition *to, char *text) {
  char *sign = text + strcspn(text, "~=");
  if (sign == text || *sign == 0)
    return 0;
  to->has_pattern = *sign == '~';
  to->negated = sign[-1] == '!';
  to->value = sign + 1;
  sign[to->negated ? -1 : 0] = 0;
  *sign = 0;
  if (!read_subject(to, text))
    return 0;
  if (to->has_pattern) {
    unescape(sign + 1);
    return regcomp(&to->pattern, to->value, REG_EXTENDED | REG_NOSUB) == 0;
  }
  return to->input == NULL &&
         (read_place(to->value, &to->other_side, &to->other_member) ||
          to->other_side == SIDES);
}

static int read_conditions(decided_rule *rule, char *text) {
  if (strcmp(text, "-") == 0)
    return 1;
  while (text != NULL && rule->conditions_len < DECIDED_CONDITIONS) {
    char *next = strstr(text, " && ");
    if (next != NULL) {
      *next = 0;
      next += 4;
    }
    if (!read_condition(&rule->conditions[rule->conditions_len++], text))
      return 0;
    text = next;
  }
  return text == NULL;
}

static int read_members(decided_rule *rule, char *text) {
  for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
    int member = find_member(word);
    if (member == DIFFER_MEMBERS)
      return 0;
    rule->members |= (uint64_t)1 << member;
  }
  return rule->members != 0;
}

static int read_rule(decided *all, char **columns, size_t line) {
  if (all->rules_len == DECIDED_RULES)
    return 0;
  decided_rule *rule = &all->rules[all->rules_len++];
  rule->line = line;
  rule->layers = columns[1];
  rule->old = columns[2];
  rule->new = columns[3];
  rule->section = columns[6];
  return read_members(rule, columns[4]) && read_conditions(rule, columns[5]) &&
         *rule->section != 0;
}

static int read_line(decided *all, char *line, size_t number) {
  char *columns[COLUMNS];
  size_t len = split(line, columns);
  if (line[0] == '#' || line[0] == 0)
    return 1;
  if (len == 2 && strcmp(columns[0], "only-calls") == 0 && calls_len < NAMES) {
    call_names[calls_len++] = columns[1];
    return 1;
  }
  if (len == 3 && strcmp(columns[0], "renamed") == 0 && renamed_len < NAMES) {
    old_names[renamed_len] = columns[1];
    new_names[renamed_len++] = columns[2];
    return 1;
  }
  return len == COLUMNS && strcmp(columns[0], "differs") == 0 &&
         read_rule(all, columns, number);
}

/* The lines are kept: rules point into them. */
int decided_read(decided *all, const char *path) {
  FILE *file = fopen(path, "r");
  char line[LINE_CAP];
  int is_read = file != NULL;
  memset(all, 0, sizeof *all);
  for (size_t number = 1; is_read && fgets(line, sizeof line, file); number++) {
    line[strcspn(line, "\n")] = 0;
    is_read = read_line(all, compare_copy(line, strlen(line) + 1), number);
    if (!is_read)
      fprintf(stderr, "compare: %s:%zu: not a line that is known\n", path,
              number);
  }
  if (file == NULL)
    perror(path);
  else
    fclose(file);
  return is_read;
}

/* ---- Finding ------------------------------------------------------------- */

/* Words between blanks, or "*". */
static int has_layer(const char *layers, const char *layer) {
  size_t len = strlen(layer);
  for (const char *at = strstr(layers, layer); at; at = strstr(at + 1, layer))
    if ((at == layers || at[-1] == ' ') && (at[len] == 0 || at[len] == ' '))
      return 1;
  return strcmp(layers, "*") == 0;
}

/* The bytes that a condition is about; `text` is room for them. */
static compare_bytes subject_of(const decided_condition *condition,
                                const differ *d, const compare_case *it,
                                print *text) {
  text->text[0] = 0;
  if (condition->input == NULL)
    print_value_of(text, d, condition->side, condition->member);
  else if (strcmp(condition->input, "sent") == 0)
    return it->sent;
  else if (strcmp(condition->input, "stream") == 0)
    return it->stream;
  else
    print_config(text, it);
  compare_bytes bytes = {text->text, text->len};
  return bytes;
}

/* In a copy that ends as a string does, for sanitizers look for that end. */
static int matches(const decided_condition *condition, compare_bytes subject) {
  regmatch_t range = {0, (regoff_t)subject.len};
  if (subject.ptr == NULL)
    return 0;
  char *copy = compare_room(subject.len + 1);
  memcpy(copy, subject.ptr, subject.len);
  copy[subject.len] = 0;
  int is_found =
      regexec(&condition->pattern, copy, 1, &range, REG_STARTEND) == 0;
  free(copy);
  return is_found;
}

static int equals(const decided_condition *condition, const differ *d,
                  const char *value) {
  char other[TEXT] = "";
  print text = {other, 0, sizeof other};
  if (condition->other_side == SIDES)
    return strcmp(value, condition->value) == 0;
  print_value_of(&text, d, condition->other_side, condition->other_member);
  return strcmp(value, other) == 0;
}

static int is_met(const decided_condition *condition, const differ *d,
                  const compare_case *it) {
  char value[TEXT];
  print text = {value, 0, sizeof value};
  compare_bytes subject = subject_of(condition, d, it, &text);
  int is_so = condition->has_pattern ? matches(condition, subject)
                                     : equals(condition, d, value);
  return is_so != condition->negated;
}

static int applies(const decided_rule *rule, const differ *d,
                   const compare_case *it, const compare_way *way) {
  char old[128], new[128];
  if (!has_layer(rule->layers, print_layer(way->layer)))
    return 0;
  differ_summary(d, OLD, old, sizeof old);
  differ_summary(d, NEW, new, sizeof new);
  if (fnmatch(rule->old, old, 0) != 0 || fnmatch(rule->new, new, 0) != 0)
    return 0;
  for (size_t i = 0; i < rule->conditions_len; i++)
    if (!is_met(&rule->conditions[i], d, it))
      return 0;
  return 1;
}

int decided_allow(const decided *all, const differ *d, const compare_case *it,
                  const compare_way *way, uint64_t members,
                  uint64_t by_rule[DECIDED_RULES]) {
  uint64_t left = members;
  for (size_t i = 0; i < all->rules_len && left != 0; i++)
    if ((all->rules[i].members & left) != 0 &&
        applies(&all->rules[i], d, it, way)) {
      left &= ~all->rules[i].members;
      by_rule[i]++;
    }
  return left == 0;
}
