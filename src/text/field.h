/* SPDX-License-Identifier: MIT
 *
 * Field lines and members of lists, inlined into the caller's loop
 * (compiler.h says why).
 */
#ifndef UPSHAKE_SRC_TEXT_FIELD_H
#define UPSHAKE_SRC_TEXT_FIELD_H

#include "defensive.h"
#include "scan.h"

/* Finds the next line with this name, and gives its value.  *fields then begins
 * after that line.  Returns 0 if there is no such line. */
UPSHAKE_PRIVATE int upshake__next_line(upshake_slice *fields, const char *name,
                                       upshake_slice *value);

/* Like upshake_next_field, but only for raw lines. */
UPSHAKE_PRIVATE int upshake__next_raw_field(upshake_slice *fields,
                                            upshake_field *field);

/* Returns the value of the first line with this name; absent if there is
 * none. */
UPSHAKE_PRIVATE upshake_slice upshake__find_line(upshake_slice fields,
                                                 const char *name);

/* Takes the next member that is not empty off a list in one line.  Returns 0 at
 * the end.  Does the same as upshake_next_member (see NOINLINE). */
UPSHAKE_PRIVATE int upshake__next_in(upshake_slice *value,
                                     upshake_slice *member);

/* Returns the length of the token at the start of the text; 0 if there is
 * none. */
UPSHAKE_PRIVATE size_t upshake__token_len(upshake_slice text);

/* Returns the length of the list member at the start of the text, which must
 * not be empty. */
UPSHAKE_PRIVATE size_t upshake__member_len(upshake_slice text);

/* Returns the length of the field name at the start of the text, which must not
 * be empty. */
ALWAYS_INLINE size_t name_len_of(upshake_slice text) {
#ifndef UPSHAKE_SMALL
  const char *stop = scan_name(text.ptr, text.ptr + text.len);
  size_t len = (size_t)(stop - text.ptr);
  if (UPSHAKE_ALWAYS(len < text.len) && *stop == ':') /* a plain name */
    return len;
#endif
  return upshake__token_len(text);
}

/* Returns the index of the LF that ends the first line; text.len if there is
 * none. */
ALWAYS_INLINE size_t line_end_of(upshake_slice text) {
#if defined(SCAN_BLOCK) && !defined(UPSHAKE_SMALL)
  if (text.len > SCAN_BLOCK) { /* no branch depends on the line's length */
    uint64_t stops = ~scan_text(text.ptr);
    const char *cr = text.ptr + (stops ? scan_first(stops) : 0);
    if (memcmp(cr, "\r\n", 2) == 0)
      return (size_t)(cr + 1 - text.ptr);
  }
#endif
  return index_of(text, '\n');
}

/* Takes the first line off *fields.  Gives its value, with the blanks around
 * it, and returns the length of its name; 0 if there is no complete field
 * line. */
ALWAYS_INLINE size_t take_line(upshake_slice *fields, upshake_slice *value) {
  const char *line = fields->ptr;
  size_t end = line_end_of(*fields), colon;

  if (end == fields->len)
    return 0;
  colon = name_len_of(*fields); /* no line end is in a name */
  if (colon == 0 || line[colon] != ':' || line[end - 1] != '\r')
    return 0;
  *value = slice_of(line + colon + 1, end - colon - 2);
  *fields = slice_from(*fields, end + 1);
  return colon;
}

/* The inlined upshake__next_line. */
ALWAYS_INLINE int inlined_next_line(upshake_slice *fields, const char *name,
                                    upshake_slice *value) {
  upshake_slice found;
  do {
    found.ptr = fields->ptr;
    found.len = take_line(fields, value);
    if (found.len == 0)
      return 0;
  } while (!upshake_equal_fold(found, name));
  *value = upshake__trim(*value);
  return 1;
}

/* The inlined upshake__next_in. */
ALWAYS_INLINE int inlined_next_in(upshake_slice *value, upshake_slice *member) {
  while (value->len > 0) {
    size_t len = upshake__member_len(*value);
    *member = upshake__trim(slice_of(value->ptr, len));
    if (len < value->len)
      len++; /* the comma */
    *value = slice_from(*value, len);
    if (member->len > 0)
      return 1;
  }
  return 0;
}

/* Loops use these two names.  They stand for the inlined functions, unless
 * UPSHAKE_SMALL. */
#ifdef UPSHAKE_SMALL
#define next_line upshake__next_line
#define next_in upshake__next_in
#else
#define next_line inlined_next_line
#define next_in inlined_next_in
#endif

#endif
