/* SPDX-License-Identifier: MIT
 *
 * A head larger than the memory: which field lines are kept, and how the others
 * pass through it.
 */
#include "lean.h"

#include "known.h"

#define TOTAL_DEFAULT 65536

/* A name that is gone is no name. */
static int is_wanted(const upshake_config *config, upshake_slice name) {
  if (is_known_field(name))
    return 1;
  for (size_t i = 0; i < config->wanted_len && name.len > 0; i++)
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

/* How many octets of a head may still come. */
static uint32_t octets_left(const upshake *hs) {
  return total_of(hs) - (hs->end + hs->held);
}

int upshake_lean_is_full(const upshake *hs) {
  return hs->held == hs->cap || octets_left(hs) == 0;
}

uint32_t upshake_lean_piece(const upshake *hs, const char *octets,
                            uint32_t len) {
  uint32_t room = hs->cap - hs->held;
  uint32_t left = octets_left(hs);

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
