/* SPDX-License-Identifier: MIT
 *
 * The index: an array of field lines that is filled while they are parsed.  A
 * program that gives no index does not link what fills it: upshake_set_index
 * and upshake_client_set_index store the function in the index.
 */
#ifndef UPSHAKE_SRC_HEAD_INDEX_H
#define UPSHAKE_SRC_HEAD_INDEX_H

#include "walk.h"

/* Notes a line of the head that begins at `begin`. */
ALWAYS_INLINE void index_line(upshake_index *index, const char *begin,
                              upshake_slice name, upshake_slice value) {
  uint32_t i = index->len++;
  if (i < index->cap) {
    index->places[i].name_at = (uint32_t)(name.ptr - begin);
    index->places[i].name_len = (uint32_t)name.len;
    index->places[i].value_at = (uint32_t)(value.ptr - begin);
    index->places[i].value_len = (uint32_t)value.len;
  }
}

/* Notes the line that the parser has just completed. */
UPSHAKE_PRIVATE void upshake__index_parsed(upshake_index *index,
                                           const upshake_parser *parser,
                                           const char *begin);

#endif
