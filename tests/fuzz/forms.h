/* SPDX-License-Identifier: MIT
 *
 * Every reader of a form of upshake-inspect, over the same bytes: none may read
 * beyond them, and what they find may not grow without bound.
 */
#ifndef UPSHAKE_TESTS_FUZZ_FORMS_H
#define UPSHAKE_TESTS_FUZZ_FORMS_H

#include <stdlib.h>
#include <string.h>

#include "../../examples/inspect/forms.h"
#include "../../examples/inspect/lines.h"
#include "require.h"

/* A head is found once, with some bytes of its own: a tool leaves out the end
 * of each line, and curl adds its own fields.  Each head may say what was
 * changed. */
static inline void check_heads(const heads *found, size_t len) {
  size_t bytes = 0, entry = 1;
  for (size_t i = 0; i < found->len; i++) {
    const found_head *at = &found->all[i];
    REQUIRE(at->entry >= entry && at->entry <= found->entries);
    REQUIRE(strlen(note_text(&at->repairs)) == at->repairs.len);
    entry = at->entry;
    bytes += at->bytes.len;
  }
  REQUIRE(found->len <= len + 2);
  REQUIRE(bytes <= 8 * len + 1024);
}

static inline void read_form(const char *name, upshake_slice text) {
  const input_form *form = find_form(name);
  heads found;
  memset(&found, 0, sizeof found);
  form->read(text, &found);
  check_heads(&found, text.len);
  REQUIRE(found.len > 0 || found.why != NULL || form->is != NULL);
  heads_free(&found);
}

/* A whole text has a form; the beginning of one may not have one yet. */
static inline void check_form(upshake_slice text) {
  REQUIRE(recognise(text, 1) != NULL);
  recognise((upshake_slice){text.ptr, text.len / 2}, 0);
}

/* The bytes are copied, so that a memory checker sees a read beyond them. */
static inline void read_all_forms(const void *bytes, size_t len) {
  static const char *const names[] = {"text", "curl-v",  "curl",   "har",
                                      "pcap", "tcpdump", "follow", "devtools"};
  char *copy = malloc(len ? len : 1);
  upshake_slice text = {copy, len};
  note plain = {NULL, 0, 0}, repairs = {NULL, 0, 0};
  if (len > 0)
    memcpy(copy, bytes, len);
  check_form(text);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    read_form(names[i], text);
  unwrap(text, &plain, &repairs);
  REQUIRE(plain.len <= 2 * len);
  note_free(&plain);
  note_free(&repairs);
  free(copy);
}

#endif
