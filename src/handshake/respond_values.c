/* SPDX-License-Identifier: MIT
 *
 * The reply of a handshake or a judge as values.
 */
#include "../reply/values.h"
#include "respond.h"

/* Names of HTTP/2 and 3 are in lower case (RFC 9113 8.2.1). */
static upshake_error check_lower(const upshake_extra *extra, size_t *place) {
  for (*place = 0; extra && *place < extra->fields_len; ++*place)
    if (!is_lower(extra->fields[*place].name))
      return UPSHAKE_ERR_EXTRA_NAME;
  return UPSHAKE_OK;
}

int upshake_reply_line(upshake *hs, const upshake_extra *extra,
                       upshake_cursor *cursor, upshake_line *line) {
  int is_stream = (hs->flags & HANDSHAKE_STREAM) != 0;
  int is_more, is_first = !has_begun(cursor);
  upshake_error error;
  size_t place;
  reply r;

  error = upshake__check_answer(hs, is_first ? extra : NULL, &place);
  if (!error && is_first && is_stream)
    error = check_lower(extra, &place);
  if (error)
    return fail_line(line, error, extra, place);
  build_reply(hs, &r, extra, &upshake__extra_calls, cursor->text);
  error = is_first ? upshake__check_reply(&r, &place) : UPSHAKE_OK;
  if (error)
    return fail_line(line, error, extra, place);
  begin_line(line, status_of_reply(hs));
  is_more =
      is_continue(hs) ? 0 : upshake__next_value(&r, is_stream, cursor, line);
  if (extra)
    upshake__note_extra(hs, extra);
  upshake__note_taken(hs, !is_more);
  return is_more;
}
