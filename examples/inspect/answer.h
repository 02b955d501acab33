/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: what is said of a message, a request or a response: the
 * answer first, then why and where, and what to do.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_ANSWER_H
#define UPSHAKE_EXAMPLES_INSPECT_ANSWER_H

#include "judge.h"
#include "mark.h"
#include "../common/note.h"

/* What usually causes an error, and what helps. */
typedef struct hint {
  upshake_error error;
  const char *text;
} hint;

/* Where something is wrong: nowhere, at a byte, or behind the head, because
 * something is missing. */
typedef enum fault_place { NOWHERE, AT_BYTE, BEHIND } fault_place;

typedef struct answer {
  outcome outcome;
  int status;          /* of the reply or of the response; 0: none */
  const char *word;    /* "REFUSED" */
  note sentence;       /* behind the word */
  upshake_error error; /* OK: none */
  fault_place place;
  size_t offset;
  line_mark mark; /* valid unless NOWHERE */
  note caret;     /* what is there, and what is needed */
  note fix;       /* something to paste */
  note hint;      /* what usually causes this, and what helps */
  note also;      /* lines of further faults, */
  note also_json; /* and the same as elements of an array */
  const reading *read;
  const char *form; /* JSON's `input` */
  int has_reply;
} answer;

/* Sets place and mark, if the byte is known. */
void set_place(answer *said, fault_place place, const input *in, size_t offset);

/* Adds a further fault. */
void add_fault(answer *said, upshake_error error, const input *in,
               size_t offset);

/* Prints for people: answer_begin the verdict and the line with its mark,
 * answer_end what to do, and the rule. */
void answer_begin(const answer *said);
void answer_end(const answer *said, const options *opt);

/* The members of JSON that an answer adds, each with a comma before it. */
void note_members(note *out, const answer *said);

void answer_free(answer *said);

#endif
