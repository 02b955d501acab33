/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect for scripts: the object for a request, see ../common/json.h.
 */
#include <string.h>

#include "inspect.h"
#include "../common/json.h"

static upshake_slice slice_of(const char *text) {
  upshake_slice slice = {text, text ? strlen(text) : 0};
  return slice;
}

static void add_agreed(struct verdict *said, const inspection *in) {
  said->protocol = slice_of(in->result.protocol->name);
  said->subprotocol = in->result.subprotocol;
  said->extensions = in->extensions;
}

void print_json(const inspection *in, const answer *told) {
  static const char *const outcomes[] = {"switched", "refused", "plain",
                                         "incomplete"};
  upshake_explanation why = upshake_explain(in->result.error);
  struct verdict said;
  memset(&said, 0, sizeof said);
  said.outcome = outcomes[in->outcome];
  said.consumed = in->taken;
  said.reply.ptr = in->reply;
  said.reply.len = in->reply_len;
  if (in->result.next == UPSHAKE_SEND)
    said.status = in->result.status;
  if (in->outcome == SWITCHED)
    add_agreed(&said, in);
  if (in->outcome == PLAIN || in->outcome == REFUSED)
    said.rule = why.rule;
  said.close = in->outcome == REFUSED;
  if (in->outcome == REFUSED && in->result.next == UPSHAKE_SEND) {
    said.error = why.name;
    said.offset = in->result.offset;
  }
  note members = {NULL, 0, 0};
  note_members(&members, told);
  said.more = note_text(&members);
  put_json(&said, JSON_SHORT);
  note_free(&members);
}
