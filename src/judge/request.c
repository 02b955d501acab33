/* SPDX-License-Identifier: MIT
 *
 * Where the parts of a request are: a handshake holds them as offsets into the
 * head memory, a judge as slices.
 */
#include "../text/defensive.h"
#include "../text/field.h"
#include "../handshake/handshake.h"
#include "../head/target.h"
#include "../websocket/extension.h"

/* Returns what follows this name in the head.  Its lines are sound. */
static COLD upshake_slice text_behind(const upshake *hs, const char *name) {
  upshake_slice rest = head_fields(&hs->parser, hs->memory);
  size_t len = strlen(name);
  for (;; rest = slice_from(rest, index_of(rest, '\n') + 1)) {
    if (UPSHAKE_NEVER(rest.len <= len))
      return slice_none();
    if (rest.ptr[len] == ':' &&
        upshake_equal_fold(slice_of(rest.ptr, len), name))
      return slice_from(rest, len + 1);
  }
}

upshake_slice upshake__value_at(const upshake *hs, uint32_t at,
                                const char *name) {
  upshake_slice rest = slice_of(hs->memory + at, hs->end - at);
  /* lean: offsets are not memory positions */
  if (HAS_LEAN && hs->end != hs->parser.pos)
    rest = text_behind(hs, name);
  return upshake__trim(slice_of(rest.ptr, index_of(rest, '\r')));
}

upshake_slice upshake__method_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->found.method
                                     : head_method(&hs->parser, hs->memory);
}

COLD int upshake__is_method(const upshake *hs, const char *method) {
  return upshake_equal(upshake__method_of(hs), method);
}

static upshake_slice target_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE ? judge_of(hs)->found.target
                                     : head_target(&hs->parser, hs->memory);
}

int upshake__has_authority(const upshake *hs) {
  return upshake__target_authority(upshake__method_of(hs), target_of(hs)).ptr !=
         NULL;
}

COLD upshake_slice upshake__authority_of(const upshake *hs) {
  upshake_slice authority =
      upshake__target_authority(upshake__method_of(hs), target_of(hs));
  if (authority.ptr || (hs->facts.flags & FACT_HOST) == 0)
    return authority;
  return hs->flags & HANDSHAKE_JUDGE
             ? judge_of(hs)->host
             : upshake__value_at(hs, hs->facts.host_at, "Host");
}

upshake_slice upshake__origin_of(const upshake *hs) {
  return hs->flags & HANDSHAKE_JUDGE
             ? judge_of(hs)->origin
             : upshake__value_at(hs, hs->facts.part.head.origin_at, "Origin");
}

/* The same for a judge, whose fields are an array. */
static NOINLINE const char *find_offer_in_judge(const upshake *hs,
                                                upshake_slice name) {
  upshake_fields fields = upshake__fields_of(hs);
  const char *found = NULL;
  for (size_t i = 0; !found && i < fields.array_len; i++)
    if (upshake_equal_fold(fields.array[i].name, "Sec-WebSocket-Extensions"))
      found = upshake__find_extension_in(fields.array[i].value, name);
  return found;
}

NOINLINE const char *upshake__find_offer(const upshake *hs,
                                         upshake_slice name) {
  if (hs->flags & HANDSHAKE_JUDGE)
    return find_offer_in_judge(hs, name);
  return upshake__find_extension(head_fields(&hs->parser, hs->memory), name);
}

upshake_fields upshake__fields_of(const upshake *hs) {
  upshake_fields fields = {{NULL, 0}, NULL, 0};
  if (hs->flags & HANDSHAKE_JUDGE) {
    if (judge_of(hs)->has_all)
      return judge_of(hs)->found.fields;
    fields.array = judge_of(hs)->lines;
    fields.array_len = judge_of(hs)->lines_len;
  } else {
    fields.raw = head_fields(&hs->parser, hs->memory);
  }
  return fields;
}

/* Returns the scheme that the transport implies. */
static upshake_slice scheme_of(const upshake *hs) {
  switch (hs->facts.transport) {
  case UPSHAKE_TRANSPORT_SECURED:
    return slice_text("https");
  case UPSHAKE_TRANSPORT_UNSECURED:
    return slice_text("http");
  default:
    return slice_none();
  }
}

static uint8_t expect_of(uint32_t flags) {
  if (flags & FACT_EXPECT_OTHER)
    return 2;
  return flags & FACT_EXPECT_CONTINUE ? 1 : 0;
}

COLD upshake_request upshake_get_request(const upshake *hs) {
  uint32_t flags = hs->facts.flags;
  upshake_request request;

  memset(&request, 0, sizeof request);
  if (!upshake__head_has_line(&hs->parser) && !(hs->flags & HANDSHAKE_COMPLETE))
    return request;
  request.version = flags & FACT_HTTP_1_0 ? 10 : 11;
  request.method = upshake__method_of(hs);
  request.target = target_of(hs);
  if ((hs->flags & HANDSHAKE_COMPLETE) == 0)
    return request;
  upshake__split_target(&request, request.method, request.target);
  request.authority = upshake__authority_of(hs);
  request.fields = upshake__fields_of(hs);
  if (!request.scheme.ptr)
    request.scheme = scheme_of(hs);
  request.body_len =
      flags & FACT_CODING ? UPSHAKE_BODY_CHUNKED : hs->facts.body_len;
  request.has_upgrade = (flags & FACT_UPGRADE) != 0;
  request.has_expect = expect_of(flags);
  request.unknown_coding = (flags & FACT_CODING_UNKNOWN) != 0;
  request.empty_host = (flags & FACT_HOST_EMPTY) != 0;
  if (hs->flags & HANDSHAKE_STREAM)
    judge_of(hs)->stream->show(judge_of(hs), &request);
  return request;
}
