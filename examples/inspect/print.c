/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for people: lines, labels and bytes.
 */
#include <string.h>

#include "print.h"

/* Columns of a line that is shown. */
enum { SHOWN = 70 };

/* ---- Bytes -------------------------------------------------------------- */

static size_t width_of(char byte) {
  char escape = escape_of((unsigned char)byte);
  return escape == 0 ? 1 : escape == 'x' ? 4 : 2;
}

void put_escaped(FILE *out, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)bytes[i];
    char escape = escape_of(c);
    if (escape == 0)
      putc(c, out);
    else if (escape == 'x')
      fprintf(out, "\\x%02X", c);
    else
      fprintf(out, "\\%c", escape);
  }
}

void put_slice(upshake_slice slice) {
  put_escaped(stdout, slice.ptr, slice.len);
}

void put_bytes(const char *bytes, size_t len) {
  size_t shown = 0, width = 0;
  if (len == 0)
    return;
  while (shown < len && width + width_of(bytes[shown]) <= SHOWN)
    width += width_of(bytes[shown++]);
  fputs("\n    ", stdout);
  put_escaped(stdout, bytes, shown);
  fputs(shown < len ? "...\n" : "\n", stdout);
}

/* ---- Lines --------------------------------------------------------------- */

void put_label(const char *label) { printf("  %-12s  ", label); }

void put_rest(const char *label, const input *in, size_t at, size_t end) {
  size_t left = end - at;
  int more = in->more && end == input_end(in);
  put_label(label);
  printf("begins at byte %zu; %s%zu byte%s of it %s here\n", at,
         more ? "at least " : "", left, left == 1 ? "" : "s",
         left == 1 ? "is" : "are");
  put_bytes(input_at(in, at), left);
}

/* ---- Fields -------------------------------------------------------------- */

size_t put_received(const char *label, upshake_fields fields,
                    const char *name) {
  upshake_field field;
  size_t count = 0;
  while (upshake_next_field(&fields, &field)) {
    if (!upshake_equal_fold(field.name, name))
      continue;
    put_label(count++ ? "" : label);
    put_slice(field.name);
    fputs(": ", stdout);
    put_slice(field.value);
    putchar('\n');
  }
  return count;
}

size_t put_members(const char *lead, upshake_fields fields, const char *name) {
  upshake_list list = upshake_begin_list(fields, name);
  upshake_slice member;
  size_t count = 0;
  while (upshake_next_member(&list, &member)) {
    fputs(count++ ? ", " : lead, stdout);
    put_slice(member);
  }
  return count;
}
