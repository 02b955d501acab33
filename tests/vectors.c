/* SPDX-License-Identifier: MIT
 *
 * Reading the golden vectors.  A reader of tests is strict: what it does not
 * know is a problem of the case, never skipped, so that no expectation is lost
 * to a slip of the pen.
 */
#include "vectors_reader.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONFIG, REQUEST, EXPECT, REPLY };

/* ---- Blocks ------------------------------------------------------------- */

char *next_block_line(reader *r) {
  char *line = next_line(r);
  if (line == NULL)
    note_problem(r, "block without end", "");
  return line == NULL || is_word(line, "```") ? NULL : line;
}

static void read_config(reader *r) {
  for (char *line; (line = next_block_line(r)) != NULL;)
    if (!take_config_line(r, line))
      note_problem(r, "unknown line of config", line);
}

static void read_expect(reader *r) {
  char *line = next_block_line(r);
  if (line == NULL || !take_outcome_line(r, line))
    note_problem(r, "unknown outcome", line == NULL ? "" : line);
  while (line != NULL && (line = next_block_line(r)) != NULL)
    if (!take_expect_line(r, line))
      note_problem(r, "unknown line of expect", line);
}

void read_octets(reader *r, upshake_slice *octets) {
  r->scratch.len = 0;
  for (char *line; (line = next_block_line(r)) != NULL;) {
    int how = decode_octets(r, line, line + strlen(line), &r->scratch);
    if (how == BROKEN)
      note_problem(r, "unknown escape", line);
    if (how == ENDED) {
      put_octet(&r->scratch, '\r');
      put_octet(&r->scratch, '\n');
    }
  }
  *octets = keep_text(r, &r->scratch);
}

static void take_block(reader *r, unsigned block) {
  r->in_request = block == REQUEST;
  r->vector->reply_given = block == REPLY;
  if (block == CONFIG)
    read_config(r);
  else if (block == EXPECT)
    read_expect(r);
  else
    read_octets(r, block == REPLY ? &r->vector->reply : &r->vector->octets);
}

static void read_block(reader *r, const char *name) {
  const chapter_kind *chapter = r->chapter;
  unsigned block = 0;
  while (block < READER_BLOCKS && chapter->blocks[block] != NULL &&
         !is_word(name, chapter->blocks[block]))
    block++;
  if (block == READER_BLOCKS || chapter->blocks[block] == NULL ||
      1U << block <= r->seen)
    note_problem(r, "block unknown, repeated or out of order", name);
  r->seen |= 1U << block;
  chapter->take_block(r, block);
}

/* ---- Cases -------------------------------------------------------------- */

static void end_case(reader *r) {
  vector *v = r->vector;
  if (v == NULL)
    return;
  if ((r->seen & r->chapter->needed) != r->chapter->needed)
    note_problem(r, "case without one of its blocks", v->title);
  if (r->chapter->end != NULL)
    r->chapter->end(r);
}

static void begin_server_case(reader *r) {
  vector *v = r->vector;
  v->protocols[0] = (upshake_protocol)UPSHAKE_WEBSOCKET;
  v->config.protocols = v->protocols;
  v->config.protocols_len = 1;
  v->config.subprotocols = v->subprotocols;
  v->config.origins = v->origins;
  v->config.wanted = v->wanted;
  v->answer = v->answer_at_end = UPSHAKE_ACCEPT;
}

static void begin_case(reader *r, const char *title) {
  vector *v = calloc(1, r->chapter->size);
  if (v == NULL)
    abort();
  v->file = r->file;
  v->line = r->line;
  v->title = keep_string(r, title);
  v->head_max = 8192;
  v->bad_at = v->consumed_at = VECTOR_NOT_GIVEN;
  v->status = -1;
  if (r->all->last == NULL)
    r->all->first = v;
  else
    r->all->last->next = v;
  r->all->last = v;
  r->all->len++;
  r->vector = v;
  r->named = 0;
  r->seen = 0;
  r->in_ids = 1;
  r->chapter->begin(r);
}

int vector_is_id(const char *at) {
  return at[0] >= 'A' && at[0] <= 'Z' && at[1] == '-' && at[2] >= '0' &&
         at[2] <= '9' && at[3] >= '0' && at[3] <= '9';
}

/* `B-01` `B-02` */
static void read_ids(reader *r, const char *line) {
  vector *v = r->vector;
  for (; *line == '`' && vector_is_id(line + 1) && line[5] == '`';) {
    if (v->ids_len == VECTOR_IDS)
      note_problem(r, "too many ids", line);
    else
      memcpy(v->ids[v->ids_len++], line + 1, 4);
    line += 6;
    line += strspn(line, " ");
  }
  if (*line != 0)
    note_problem(r, "no id of a requirement, or no empty line", line);
}

static void read_line(reader *r, const char *line) {
  if (strncmp(line, "## ", 3) == 0) {
    end_case(r);
    begin_case(r, line + 3);
  } else if (strncmp(line, "```", 3) == 0) {
    if (r->vector == NULL)
      begin_case(r, "(before the first case)");
    read_block(r, line + 3);
  } else if (r->vector == NULL) {
    if (strncmp(line, "Cases:", 6) == 0)
      r->all->chapters->cases = keep_string(r, line);
  } else if (*line == 0) {
    r->in_ids = 0;
  } else if (r->in_ids) {
    read_ids(r, line);
  } else if (line[0] == '#' || strstr(line, "```") != NULL) {
    note_problem(r, "neither prose nor the beginning of a block", line);
  }
}

static void begin_chapter(reader *r) {
  static const vector_chapter empty;
  vector_chapter *chapter = vectors_keep(r->all, &empty, sizeof empty);
  chapter->file = r->file;
  chapter->next = r->all->chapters;
  r->all->chapters = chapter;
}

static char *read_whole(vectors *all, const char *path) {
  FILE *file = fopen(path, "rb");
  text octets = {NULL, 0, 0};
  if (file == NULL)
    return NULL;
  for (int c; (c = fgetc(file)) != EOF;)
    put_octet(&octets, c);
  fclose(file);
  put_octet(&octets, 0);
  char *kept = vectors_keep(all, octets.ptr, octets.len);
  free(octets.ptr);
  return kept;
}

int read_chapter(vectors *all, const char *path, const chapter_kind *kind) {
  reader r = {0};
  r.all = all;
  r.chapter = kind;
  r.at = read_whole(all, path);
  if (r.at == NULL)
    return 0;
  r.file = keep_string(&r, path);
  begin_chapter(&r);
  for (char *line; (line = next_line(&r)) != NULL;)
    read_line(&r, line);
  end_case(&r);
  free(r.scratch.ptr);
  return 1;
}

int vectors_read(vectors *all, const char *path) {
  static const chapter_kind servers = {{"config", "request", "expect", "reply"},
                                       1U << REQUEST | 1U << EXPECT,
                                       sizeof(vector),
                                       begin_server_case,
                                       take_block,
                                       NULL};
  return read_chapter(all, path, &servers);
}
