/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: what is said of a message: see answer.h.
 */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#ifndef _WIN32
#include <unistd.h>
#endif

/* ---- Colours ------------------------------------------------------------- */

/* https://no-color.org: if NO_COLOR is there and not empty, no colours. */
static int wants_colours(void) {
#ifdef _WIN32
  return 0;
#else
  const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
  return isatty(1) && (no == NULL || *no == '\0') && terminal != NULL &&
         strcmp(terminal, "dumb") != 0;
#endif
}

static void put_coloured(const char *colour, const char *text) {
  if (wants_colours())
    printf("\033[%sm%s\033[0m", colour, text);
  else
    fputs(text, stdout);
}

/* Green for a switch, red for a refusal, yellow for everything else. */
static const char *colour_of(outcome got) {
  return got == SWITCHED ? "1;32" : got == REFUSED ? "1;31" : "1;33";
}

/* ---- Building ------------------------------------------------------------ */

void set_place(answer *said, fault_place place, const input *in,
               size_t offset) {
  said->offset = offset;
  said->place = find_mark(&said->mark, in, offset) ? place : NOWHERE;
  if (place == BEHIND) /* the next bytes are not of the head */
    said->mark.shown_end = said->mark.line_end = said->mark.shown_at = offset;
}

static void add_fault_member(answer *said, upshake_explanation why,
                             const line_mark *mark) {
  note *out = &said->also_json;
  note_add(out, "%s{\"error\":\"%s\",\"rule\":\"%s\",\"sentence\":",
           out->len ? "," : "", why.name, why.rule);
  note_json(out, upshake_text(why.sentence));
  note_add(out, ",\"offset\":%zu,\"line\":%zu,\"column\":%zu}", mark->offset,
           mark->line, mark->column);
}

void add_fault(answer *said, upshake_error error, const input *in,
               size_t offset) {
  upshake_explanation why = upshake_explain(error);
  line_mark mark;
  int found = find_mark(&mark, in, offset);
  add_fault_member(said, why, &mark);
  note_add(&said->also, "%s", why.sentence);
  upshake_slice line = {NULL, 0};
  if (found)
    line = line_of(&mark);
  if (line.len > 0) {
    note_add(&said->also, "; line %zu: ", mark.line);
    note_clipped(&said->also, line, 50);
  }
  if (why.status != 0)
    note_add(&said->also, " (%d)", why.status);
  note_add(&said->also, "\n");
}

void answer_free(answer *said) {
  note_free(&said->sentence);
  note_free(&said->caret);
  note_free(&said->fix);
  note_free(&said->hint);
  note_free(&said->also);
  note_free(&said->also_json);
}

/* ---- For people ---------------------------------------------------------- */

void answer_begin(const answer *said) {
  note word = {NULL, 0, 0};
  note lines = {NULL, 0, 0};
  note_add(&word, "%s", said->word);
  if (said->status != 0)
    note_add(&word, " %03d", said->status);
  put_coloured(colour_of(said->outcome), note_text(&word));
  printf(": %s\n", note_text(&said->sentence));
  if (said->place != NOWHERE)
    note_mark(&lines, &said->mark, note_text(&said->caret));
  char *caret = strrchr(note_text(&lines), '^');
  if (caret == NULL || !wants_colours()) {
    fputs(note_text(&lines), stdout);
  } else {
    fwrite(lines.text, 1, (size_t)(caret - lines.text), stdout);
    put_coloured("31", caret);
  }
  note_free(&word);
  note_free(&lines);
}

/* Each line of the text, the first behind its label, the others below it. */
static void put_lines(const char *label, const char *text, int repeat) {
  for (int first = 1; *text != '\0'; first = 0) {
    size_t len = strcspn(text, "\n");
    if (first || repeat)
      put_coloured("1", label);
    else
      printf("%*s", (int)strlen(label), "");
    printf(" %.*s\n", (int)len, text);
    text += len + (text[len] == '\n');
  }
}

static void put_rule(const answer *said, int shows_reply) {
  upshake_explanation why = upshake_explain(said->error);
  const char *lead = "(";
  if (said->error != UPSHAKE_OK) {
    printf("(%s%s%s", why.rule, *why.rule ? ", " : "", why.name);
    lead = said->place == NOWHERE ? "; " : ", ";
  }
  if (said->place != NOWHERE) {
    printf("%sbyte %zu", lead, said->offset);
    lead = "; ";
  }
  if (said->has_reply && !shows_reply) {
    printf("%s--reply shows the answer", lead);
    lead = "; ";
  }
  if (strcmp(lead, "(") != 0)
    puts(")");
}

void answer_end(const answer *said, const options *opt) {
  put_lines("Fix:", note_text(&said->fix), 0);
  fputs(note_text(&said->hint), stdout);
  put_lines("Also wrong:", note_text(&said->also), 1);
  if (said->read->repairs != NULL)
    put_lines("Read as:", said->read->repairs, 1);
  if (said->read->times != NULL)
    put_lines("Times:", said->read->times, 0);
  put_rule(said, opt->reply);
}

/* ---- For scripts --------------------------------------------------------- */

static void note_number(note *out, const char *name, int given, size_t number) {
  if (given)
    note_add(out, ",\"%s\":%zu", name, number);
  else
    note_add(out, ",\"%s\":null", name);
}

static void note_hint(note *out, const answer *said) {
  note text = {NULL, 0, 0};
  note_add(&text, "%s", note_text(&said->fix));
  if (text.len > 0 && text.text[text.len - 1] != '\n')
    note_add(&text, "\n");
  note_add(&text, "%s", note_text(&said->hint));
  while (text.len > 0 && text.text[text.len - 1] == '\n')
    text.len--;
  note_json(out, text.len > 0 ? note_slice(&text) : (upshake_slice){NULL, 0});
  note_free(&text);
}

void note_members(note *out, const answer *said) {
  note_add(out, ",\"sentence\":");
  note_json(out, note_slice(&said->sentence));
  note_add(out, ",\"hint\":");
  note_hint(out, said);
  note_number(out, "line", said->place != NOWHERE, said->mark.line);
  note_number(out, "column", said->place != NOWHERE, said->mark.column);
  note_add(out, ",\"input\":");
  note_json(out, upshake_text(said->form));
  note_add(out, ",\"also\":[%s]", note_text(&said->also_json));
  if (said->read->members != NULL)
    note_add(out, "%s", said->read->members);
}
