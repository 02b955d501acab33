/* SPDX-License-Identifier: MIT
 *
 * The parts of a request, as its handshake holds them: by offset into the head
 * memory, or in a judge by reference.
 */
#include "defensive.h"
#include "field.h"
#include "handshake.h"
#include "target.h"

upshake_slice upshake_value_at(const upshake *hs, uint32_t at,
                               const char *name) {
  upshake_slice rest = head_fields(&hs->parser, hs->memory), value;
  if (hs->end != hs->parser.pos) { /* lean: no place of the stream is here */
    int is_there = upshake_next_line(&rest, name, &value);
    return UPSHAKE_ALWAYS(is_there) ? value : slice_none();
  }
  rest = slice_of(hs->memory + at, hs->end - at);
  return upshake_trim(slice_of(rest.ptr, index_of(rest, '\r')));
}

static int has_method(const upshake *hs, const char *method, uint32_t flag) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return (hs->facts.flags & flag) != 0;
  return hs->parser.method_len > 0 &&
         upshake_equal(head_method(&hs->parser, hs->memory), method);
}

int upshake_is_head(const upshake *hs) {
  return has_method(hs, "HEAD", FACT_HEAD);
}

int upshake_is_connect(const upshake *hs) {
  return has_method(hs, "CONNECT", FACT_CONNECT);
}

upshake_slice upshake_method_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->method
                                     : head_method(&hs->parser, hs->memory);
}

static upshake_slice target_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->target
                                     : head_target(&hs->parser, hs->memory);
}

int upshake_has_authority(const upshake *hs) {
  return upshake_target_authority(upshake_method_of(hs), target_of(hs)).ptr !=
         NULL;
}

upshake_slice upshake_authority_of(const upshake *hs) {
  upshake_slice authority =
      upshake_target_authority(upshake_method_of(hs), target_of(hs));
  if (authority.ptr || (hs->facts.flags & FACT_HOST) == 0)
    return authority;
  return hs->flags & HANDSHAKE_JUDGE
             ? judge_of(hs)->host
             : upshake_value_at(hs, hs->facts.host_at, "Host");
}

upshake_slice upshake_origin_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE
             ? judge_of(hs)->origin
             : upshake_value_at(hs, hs->facts.in.head.origin_at, "Origin");
}

size_t upshake_lists_len(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? UPSHAKE_JUDGE_LINES : 1;
}

upshake_list upshake_list_at(const upshake *hs, size_t place) {
  upshake_list list = {{NULL, 0}, {NULL, 0}, "Sec-WebSocket-Protocol"};

  if (hs->flags & HANDSHAKE_JUDGE)
    list.value = judge_of(hs)->lines[place];
  else
    list.fields = head_fields(&hs->parser, hs->memory);
  return list;
}

upshake_request upshake_get_request(const upshake *hs) {
  upshake_request request;

  memset(&request, 0, sizeof request);
  if ((hs->flags & HANDSHAKE_COMPLETE) == 0)
    return request;
  upshake_split_target(&request, upshake_method_of(hs), target_of(hs));
  request.authority = upshake_authority_of(hs);
  if ((hs->flags & HANDSHAKE_JUDGE) == 0)
    request.fields = head_fields(&hs->parser, hs->memory);
  if (request.scheme.ptr)
    return request;
  if (hs->config->transport == UPSHAKE_TRANSPORT_SECURED)
    request.scheme = slice_text("https");
  if (hs->config->transport == UPSHAKE_TRANSPORT_UNSECURED)
    request.scheme = slice_text("http");
  return request;
}
