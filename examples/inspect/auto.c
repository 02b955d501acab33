/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: an input in any form is read, and each head that is in it is
 * judged: see forms.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "input.h"
#include "judge.h"
#include "lines.h"
#include "../common/exit.h"

/* The most bytes of an input that is no exact request. */
#define FORM_MAX ((size_t)64 << 20)

/* How long a terminal, and a pipe, may say nothing behind the end of a head. */
enum { TERMINAL_WAIT = 200, PIPE_WAIT = 20 };

static upshake_slice bytes_of(const input *in) {
  return (upshake_slice){in->bytes, in->len};
}

/* ---- Reading ------------------------------------------------------------- */

static void prompt(const input *in) {
  if (input_is_terminal(in))
    fputs("Paste a request, the output of curl -v, or a curl command; then "
          "an empty line:\n",
          stderr);
}

/* 1 if the last line is empty, or empty but for curl's mark. */
static int ends_with_empty_line(const input *in) {
  static const char *const ends[] = {"\n\n",   "\n\r\n", "\n> \n",
                                     "\n< \n", "\n>\n",  "\n<\n"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (input_ends_with(in, ends[i]))
      return 1;
  return 0;
}

/* A person has no end of the input.  A pipe may have none: the head of a
 * request ends with an empty line. */
static int is_over(const input *in, const input_form *form) {
  if (in->ended || in->len >= FORM_MAX)
    return 1;
  if (input_is_terminal(in))
    return ends_with_empty_line(in) && !input_is_ready(in, TERMINAL_WAIT);
  return form != NULL && form->read == read_text && ends_with_empty_line(in) &&
         !input_is_ready(in, PIPE_WAIT);
}

static const input_form *find_out(input *in) {
  const input_form *found = NULL;
  while (found == NULL) {
    found = recognise(bytes_of(in), is_over(in, NULL));
    if (found == NULL)
      input_read(in);
  }
  return found;
}

/* ---- Several heads ------------------------------------------------------- */

static void announce(const options *opt, const input_form *form,
                     const found_head *head, int first) {
  if (opt->json || first)
    return;
  if (head->is_response)
    puts("\nThe response to it:");
  else if (form == &raw_form || form->read == read_text)
    puts("\nBehind it, a second request.  No WebSocket client sends GET behind "
         "its handshake:");
  else
    printf("\nEntry %zu, another request:\n", head->entry);
}

static int judge_head(const options *opt, const input_form *form,
                      const found_head *head, upshake_slice request) {
  reading read = {.form = form->name};
  if (head->repairs.len > 0)
    read.repairs = head->repairs.text;
  if (head->is_response)
    return (int)judge_response(opt, &read, request, note_slice(&head->bytes));
  return (int)judge_request(opt, &read, note_slice(&head->bytes));
}

static int fail_entry(const options *opt, size_t entries) {
  fprintf(stderr, "upshake-inspect: there is no entry %zu: the input has %zu\n",
          opt->entry, entries);
  return EXIT_BAD_INPUT;
}

static int judge_heads(const options *opt, const input_form *form,
                       const heads *found) {
  upshake_slice request = {"", 0};
  int got = 0, judged = 0;
  for (size_t i = 0; i < found->len; i++) {
    const found_head *head = &found->all[i];
    if (!head->is_response)
      request = note_slice(&head->bytes);
    if (opt->entry != 0 && opt->entry != head->entry)
      continue;
    announce(opt, form, head, judged++ == 0);
    got = judge_head(opt, form, head, request);
  }
  return judged > 0 ? got : fail_entry(opt, found->entries);
}

/* ---- What is no request -------------------------------------------------- */

static int refuse(const options *opt, const input_form *form,
                  const heads *found, upshake_slice bytes) {
  reading read = {.form = form->name, .is = form->is, .fix = form->fix};
  if (found->why != NULL) {
    read.is = found->why;
    read.fix = found->fix;
  }
  return (int)judge_request(opt, &read, bytes);
}

static int has_request(const heads *found) {
  for (size_t i = 0; i < found->len; i++)
    if (!found->all[i].is_response)
      return 1;
  return 0;
}

/* Puts what was done to the whole text before the other repairs. */
static void add_repairs(heads *found, const input_form *form,
                        const note *repairs) {
  for (size_t i = 0; i < found->len; i++) {
    note all = {NULL, 0, 0};
    note *own = &found->all[i].repairs;
    if (form->read != NULL && form->read != read_text)
      note_repair(&all, form->is);
    if (repairs->len > 0)
      note_repair(&all, note_text(repairs));
    if (own->len > 0)
      note_repair(&all, note_text(own));
    note_free(own);
    *own = all;
  }
}

static int judge_text(const options *opt, const input_form *form,
                      upshake_slice bytes) {
  heads found = {.len = 0};
  note plain = {NULL, 0, 0}, repairs = {NULL, 0, 0};
  upshake_slice text = bytes;
  int got;
  if (unwrap(bytes, &plain, &repairs))
    text = note_slice(&plain);
  if (form->read != NULL)
    form->read(text, &found);
  add_repairs(&found, form, &repairs);
  if (has_request(&found))
    got = judge_heads(opt, form, &found);
  else if (found.len > 0)
    got = refuse(opt, find_form("response"), &found, bytes);
  else
    got = refuse(opt, form, &found, bytes);
  heads_free(&found);
  note_free(&plain);
  note_free(&repairs);
  return got;
}

/* ---- The exact bytes ----------------------------------------------------- */

/* The bytes behind the verdict from the next head on.  A head that was refused
 * at a byte ends with the next empty line. */
static upshake_slice find_next(const input *in) {
  upshake_slice rest = {input_at(in, in->taken), input_end(in) - in->taken};
  text_line first;
  upshake_slice at = rest;
  if (!next_line(&at, &first))
    return at;
  int whole = in->taken >= in->from + 4 &&
              memcmp(input_at(in, in->taken - 4), "\r\n\r\n", 4) == 0;
  if (whole || is_status_line(first.text) || is_request_line(first.text))
    return rest;
  long end = slice_find(rest, "\r\n\r\n");
  return end >= 0 ? slice_from(rest, (size_t)end + 4)
                  : slice_from(rest, rest.len);
}

static int judge_next(const options *opt, const input *in, int got) {
  reading read = {.form = "raw"};
  upshake_slice request = {in->bytes, in->len};
  text_line first;
  upshake_slice rest = find_next(in), at = rest;
  if (in->from > 0 || !next_line(&at, &first))
    return got;
  if (is_status_line(first.text)) {
    found_head head = {.is_response = 1};
    announce(opt, &raw_form, &head, 0);
    return (int)judge_response(opt, &read, request, rest);
  }
  if (is_request_line(first.text)) {
    found_head head = {.is_response = 0};
    announce(opt, &raw_form, &head, 0);
    return (int)judge_request(opt, &read, rest);
  }
  return got;
}

/* The empty lines in front, which a server skips. */
static void say_empty_lines(upshake_slice bytes, note *repairs) {
  size_t count = 0;
  while (slice_begins(slice_from(bytes, 2 * count), "\r\n"))
    count++;
  if (count > 0)
    note_add(repairs, "%zu leading blank line%s, which a server skips", count,
             count == 1 ? "" : "s");
}

static int judge_exact(const options *opt, input *in) {
  reading read = {.form = "raw"};
  note repairs = {NULL, 0, 0};
  if (opt->from != &raw_form)
    say_empty_lines(bytes_of(in), &repairs);
  read.repairs = repairs.text;
  int got = (int)judge_request_input(opt, &read, in);
  note_free(&repairs);
  if (opt->from == &raw_form || got == INCOMPLETE)
    return got;
  input_read_on(in, in->taken);
  return judge_next(opt, in, got);
}

/* ---- The whole run ------------------------------------------------------- */

int inspect_forms(const options *opt) {
  input in;
  int got;
  input_open(&in, opt->file);
  prompt(&in);
  const input_form *form = opt->from != NULL ? opt->from : find_out(&in);
  if (form == &raw_form && opt->entry != 0)
    form = find_form("text");
  if (form == &raw_form) {
    got = judge_exact(opt, &in);
  } else {
    while (!is_over(&in, form))
      input_read(&in);
    got = judge_text(opt, form, bytes_of(&in));
  }
  input_close(&in);
  return got;
}

/* ---- A response and its request, in two files ---------------------------- */

/* Takes the first head of its kind out of a text; else all of its bytes. */
static void choose_head(const input_form *form, upshake_slice bytes,
                        int is_response, found_head *chosen) {
  heads found = {.len = 0};
  note plain = {NULL, 0, 0}, repairs = {NULL, 0, 0};
  upshake_slice text =
      unwrap(bytes, &plain, &repairs) ? note_slice(&plain) : bytes;
  if (form->read != NULL)
    form->read(text, &found);
  else if (form == &raw_form && is_response)
    read_text(text, &found); /* a request may stand before it */
  add_repairs(&found, form, &repairs);
  for (size_t i = 0; i < found.len && chosen->bytes.text == NULL; i++)
    if (found.all[i].is_response == is_response) {
      note_add(&chosen->repairs, "%s", note_text(&found.all[i].repairs));
      note_bytes(&chosen->bytes, note_text(&found.all[i].bytes),
                 found.all[i].bytes.len);
    }
  if (chosen->bytes.text == NULL)
    note_bytes(&chosen->bytes, bytes.ptr, bytes.len);
  heads_free(&found);
  note_free(&plain);
  note_free(&repairs);
}

static const input_form *read_head(const char *file, const input_form *form,
                                   int is_response, found_head *chosen) {
  input in;
  input_open(&in, file);
  while (!in.ended && in.len < FORM_MAX)
    input_read(&in);
  if (form == NULL)
    form = recognise(bytes_of(&in), 1);
  choose_head(form, bytes_of(&in), is_response, chosen);
  input_close(&in);
  return form;
}

int inspect_response_forms(const options *opt) {
  found_head request = {.is_response = 0}, response = {.is_response = 1};
  read_head(opt->request, NULL, 0, &request);
  const input_form *form = read_head(opt->file, opt->from, 1, &response);
  int got = judge_head(opt, form, &response, note_slice(&request.bytes));
  note_free(&request.bytes);
  note_free(&request.repairs);
  note_free(&response.bytes);
  note_free(&response.repairs);
  return got;
}
