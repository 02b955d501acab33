/* SPDX-License-Identifier: MIT
 *
 * Lean: which field lines are kept, and how the other lines pass through the
 * memory.
 */
#include "lean.h"

#include "../judge/known.h"

#if HAS_LEAN

#define TOTAL_DEFAULT 65536

/* 1 if the handshake or the application asked for this field.  The name is
 * empty if a part of the line was left out before: nobody asked for that
 * line. */
static int is_wanted(const upshake_config *config, upshake_slice name) {
  if (upshake__which_field(name) != FIELD_OTHER)
    return 1;
  for (size_t i = 0; i < config->wanted_len && name.len > 0; i++)
    if (upshake_equal_fold(name, config->wanted[i]))
      return 1;
  return 0;
}

static uint32_t total_of(const upshake *hs) {
  uint32_t total = hs->config->limits.total;
  return total == 0 ? TOTAL_DEFAULT : clamp_len(total);
}

/* Returns how many more bytes the head may have. */
static uint32_t bytes_left(const upshake *hs) {
  return total_of(hs) - (hs->end + hs->held);
}

int upshake__lean_is_full(const upshake *hs) {
  return hs->held == hs->cap || bytes_left(hs) == 0;
}

COLD uint32_t upshake__lean_piece(const upshake *hs, const char *bytes,
                                  uint32_t len) {
  uint32_t room = hs->cap - hs->held;
  uint32_t left = bytes_left(hs);

  if (room < len)
    len = room;
  if (left < len)
    len = left;
  if (len > 0) {
    const char *line_end = memchr(bytes, '\n', len);
    if (line_end)
      len = (uint32_t)(line_end - bytes) + 1;
  }
  return len;
}

/* Leaves out the name too, so that name_len is 0: then later pieces of the
 * value are also left out. */
COLD int upshake__lean_leave_out(upshake *hs) {
  upshake_parser *parser = &hs->parser;
  char *line = hs->memory + parser->name_at;
  uint32_t len = parser->pos - parser->name_at;

  if (is_wanted(hs->config, slice_of(line, parser->name_len)))
    return 0;
  memmove(line, line + len, hs->held - parser->pos);
  hs->held -= len;
  hs->end += len;
  parser->pos = parser->value_at = parser->name_at;
  parser->name_len = 0;
  return 1;
}

#endif
