/* SPDX-License-Identifier: MIT
 *
 * Fields: the lines of a head and the members of a list, for a loop that has
 * them inlined.  It takes less stack than one that calls, as no slice has to be
 * in memory.
 */
#ifndef UPSHAKE_FIELD_H
#define UPSHAKE_FIELD_H

#include "defensive.h"
#include "scan.h"

/* The value of the next line with that name, of *fields, which are then those
 * after it.  Returns 0 where there is none. */
int upshake_next_line(upshake_slice *fields, const char *name,
                      upshake_slice *value);

/* The next member that is not empty, of a list in one line: as
 * upshake_next_member, on less stack. */
int upshake_next_in(upshake_slice *value, upshake_slice *member);

/* How long the token is that the text begins with; 0 where there is none. */
size_t upshake_token_len(upshake_slice text);

/* How long the member is that the text, which is not empty, begins with. */
size_t upshake_member_len(upshake_slice text);

/* How long the name is that the text, which is not empty, begins with. */
ALWAYS_INLINE size_t name_len_of(upshake_slice text) {
#ifndef UPSHAKE_SMALL
  const char *stop = scan_name(text.ptr, text.ptr + text.len);
  size_t len = (size_t)(stop - text.ptr);
  if (UPSHAKE_ALWAYS(len < text.len) && *stop == ':') /* as most are */
    return len;
#endif
  return upshake_token_len(text);
}

/* Where the line's LF is; text.len where there is none. */
ALWAYS_INLINE size_t line_end_of(upshake_slice text) {
#if defined(SCAN_WINDOW) && !defined(UPSHAKE_SMALL)
  if (text.len > SCAN_WINDOW) { /* without a guess how long the line is */
    uint64_t stops = scan_stops(text.ptr);
    const char *cr = text.ptr + (stops ? scan_first(stops) : 0);
    if (memcmp(cr, "\r\n", 2) == 0)
      return (size_t)(cr + 1 - text.ptr);
  }
#endif
  return index_of(text, '\n');
}

/* Takes the first line off *fields, with the blanks around its value.  Returns
 * how long the name is that it begins with; 0 where there is no line. */
ALWAYS_INLINE size_t take_line(upshake_slice *fields, upshake_slice *value) {
  const char *line = fields->ptr;
  size_t end = line_end_of(*fields), colon;

  if (end == fields->len)
    return 0;
  colon = name_len_of(*fields); /* which no line end is in */
  if (colon == 0 || line[colon] != ':' || line[end - 1] != '\r')
    return 0;
  *value = slice_of(line + colon + 1, end - colon - 2);
  *fields = slice_from(*fields, end + 1);
  return colon;
}

/* As upshake_next_line. */
ALWAYS_INLINE int inlined_next_line(upshake_slice *fields, const char *name,
                                    upshake_slice *value) {
  upshake_slice found;
  do {
    found.ptr = fields->ptr;
    found.len = take_line(fields, value);
    if (found.len == 0)
      return 0;
  } while (!upshake_equal_fold(found, name));
  *value = upshake_trim(*value);
  return 1;
}

/* As upshake_next_in. */
ALWAYS_INLINE int inlined_next_in(upshake_slice *value, upshake_slice *member) {
  while (value->len > 0) {
    size_t len = upshake_member_len(*value);
    *member = upshake_trim(slice_of(value->ptr, len));
    if (len < value->len)
      len++; /* the comma */
    *value = slice_from(*value, len);
    if (member->len > 0)
      return 1;
  }
  return 0;
}

/* What such a loop uses: inlined, unless code is dearer than stack. */
#ifdef UPSHAKE_SMALL
#define next_line upshake_next_line
#define next_in upshake_next_in
#else
#define next_line inlined_next_line
#define next_in inlined_next_in
#endif

#endif
