/* SPDX-License-Identifier: MIT
 *
 * A head larger than the memory: which field lines are kept, and how the others
 * pass through it.
 */
#include "lean.h"

#define TOTAL_DEFAULT 65536

static int is_config_name(const upshake_config *config, upshake_slice name) {
  for (size_t i = 0; i < config->wanted_len; i++)
    if (upshake_equal_fold(name, config->wanted[i]))
      return 1;
  return 0;
}

static uint32_t total_of(const upshake *hs) {
  uint32_t total = hs->config->limits.total;
  if (total == 0)
    return TOTAL_DEFAULT;
  return total < UINT32_MAX ? total : UINT32_MAX - 1;
}

int upshake_lean_is_full(const upshake *hs) {
  return hs->held == hs->cap || octets_taken(hs) == total_of(hs);
}

uint32_t upshake_lean_piece(const upshake *hs, const char *octets,
                            uint32_t len) {
  uint32_t room = hs->cap - hs->held;
  uint32_t left = total_of(hs) - octets_taken(hs);

  if (room < len)
    len = room;
  if (left < len)
    len = left;
  if (len > 0) {
    const char *line_end = memchr(octets, '\n', len);
    if (line_end)
      len = (uint32_t)(line_end - octets) + 1;
  }
  return len;
}

/* A line that begins to be left out loses its name, which has then no octet:
 * what comes of its value later follows it. */
int upshake_lean_leave_out(upshake *hs) {
  upshake_parser *parser = &hs->parser;
  char *line = hs->memory + parser->name_at;
  upshake_slice name = slice_of(line, parser->name_len);
  uint32_t len = parser->pos - parser->name_at;

  if (name.len > 0 &&
      (upshake_is_known_field(name) || is_config_name(hs->config, name)))
    return 0;
  memmove(line, line + len, hs->held - parser->pos);
  hs->held -= len;
  hs->end += len;
  parser->pos = parser->value_at = parser->name_at;
  parser->name_len = 0;
  return 1;
}
