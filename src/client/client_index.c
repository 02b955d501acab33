/* SPDX-License-Identifier: MIT
 *
 * A client that fills an index of the response's fields while it parses them.
 */
#include "client.h"

#include "../head/index.h"

#ifndef UPSHAKE_NO_CLIENT

/* A folded line goes on behind the CRLF of a line that is in the index already.
 * Takes that line out again; the parser completes it. */
static void reopen(upshake_index *index, upshake_parser *parser) {
  const upshake_place *place;
  if (--index->len >= index->cap)
    return; /* nobody will see it */
  place = &index->places[index->len];
  parser->name_at = place->name_at;
  parser->name_len = (uint16_t)place->name_len;
  parser->value_at = place->value_at;
}

static int take_indexed_response(void *state) {
  upshake_client *client = state;
  upshake_parser *parser = &client->parser;
  upshake_index *index = client->index;
  size_t end;

  if (parser->pos == client->fields_at)
    index->len = 0;
  if (upshake__head_in_value(parser) && index->len == parser->fields)
    reopen(index, parser);
  return (int)upshake_parse_fields(
      parser, client->policy ? &client->policy->limits : NULL, index,
      client->memory, client->held, &end);
}

upshake_error upshake_client_set_index(upshake_client *client,
                                       upshake_index *index) {
  if (client->held + client->skipped > 0)
    return UPSHAKE_ERR_STATE;
  client->index = index;
  if (index) {
    index->len = 0;
    index->private_take = take_indexed_response;
  }
  return UPSHAKE_OK;
}

#endif
