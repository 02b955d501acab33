/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the forms in which people have a handshake.
 *
 * A reader of a form finds the heads in a text, as the bytes that were on the
 * wire, and says what it changed to get them.  recognise.c tells the forms
 * apart, auto.c judges what a reader found.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_FORMS_H
#define UPSHAKE_EXAMPLES_INSPECT_FORMS_H

#include "../common/note.h"
#include "options.h"

/* The head of a request or a response, and what is known of the bytes behind
 * it. */
typedef struct found_head {
  int is_response;
  size_t entry; /* which exchange of the input, from 1 */
  note bytes;
  note repairs; /* behind "Read as: " */
} found_head;

/* What a reader found, a request before its response.  Starts from all 0. */
typedef struct heads {
  found_head *all;
  size_t len, cap;
  size_t entries;
  const char *why; /* if there are none: what the input is, as a sentence, */
  const char *fix; /* and what to do; or NULL */
} heads;

/* Adds an empty head.  A request begins a new entry; a response belongs to the
 * last one.  The pointer is valid until the next call. */
found_head *add_head(heads *found, int is_response);
found_head *last_head(heads *found);
void heads_free(heads *found);

/* Adds "; " between two repairs. */
void note_repair(note *repairs, const char *repair);

/* Adds "NAME: value" CR LF. */
void note_field(note *bytes, const char *name, upshake_slice value);
void note_line(note *bytes, upshake_slice line);

typedef struct input_form input_form;
struct input_form {
  const char *name; /* of --from, and JSON's `input` */
  void (*read)(upshake_slice text, heads *found); /* NULL: no request */
  const char *is;                                 /* "the output of curl -v" */
  const char *fix;                                /* of what is no request */
};

/* The exact bytes. */
extern const input_form raw_form;

/* Returns the form of that name, or NULL. */
const input_form *find_form(const char *name);

/* What the text is.  `ended` says that there is no more of it.  Returns NULL if
 * more bytes can change the answer. */
const input_form *recognise(upshake_slice text, int ended);

/* Takes UTF-16 and a byte order mark away.  Returns 0 if there is none: then
 * `plain` is as before. */
int unwrap(upshake_slice text, note *plain, note *repairs);

/* The readers. */
void read_text(upshake_slice text, heads *found);
void read_curl_v(upshake_slice text, heads *found);
void read_curl(upshake_slice text, heads *found);
void read_har(upshake_slice text, heads *found);
void read_pcap(upshake_slice text, heads *found);
void read_tcpdump(upshake_slice text, heads *found);
void read_follow(upshake_slice text, heads *found);
void read_devtools(upshake_slice text, heads *found);

/* Judges the input of the options, in whatever form it is.  With --client it
 * is a response, and its request is in a form of its own. */
int inspect_forms(const options *opt);
int inspect_response_forms(const options *opt);

#endif
