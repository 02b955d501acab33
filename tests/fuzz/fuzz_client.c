/* SPDX-License-Identifier: MIT
 *
 * Fuzzing the client (libFuzzer).  An input is a request, or the number of one
 * (client_requests.h), and the octets of the response.  Fed whole, cut at
 * random and octet by octet the response has to come to the same end in
 * everything; where it ends, what its folded lines become and whether a 101
 * may switch is checked by another reader, which shares no code with the
 * library but SHA-1 and base64.
 */
#include "client_requests.h"
#include "require.h"

/* ---- One run --------------------------------------------------------------
 */

typedef struct input {
  upshake_slice request, response;
  size_t cap;
  uint32_t seed;
  upshake_client_policy policy;
} input;

/* RANDOM commits instead of feeding, SINGLE passes interim responses on. */
enum mode { WHOLE, RANDOM, SINGLE, MODES };

typedef struct run {
  upshake_client client;
  char *memory;
  size_t taken;
  upshake_client_result result;
} run;

static size_t piece(enum mode mode, size_t left, uint32_t *seed) {
  size_t most = left;
  *seed = *seed * 1664525u + 1013904223u;
  if (mode == SINGLE)
    most = 1;
  else if (mode == RANDOM)
    most = (*seed >> 16) % ((*seed >> 30) == 0 ? 97 : 9);
  return most < left ? most : left;
}

/* In a fresh place, as a caller may. */
static void move_state(run *r) {
  upshake_client copy = r->client;
  memset(&r->client, 0xa5, sizeof r->client);
  r->client = copy;
}

/* A 1xx is given, with its fields. */
static void pass_interim(run *r) {
  size_t used = 9;
  r->result = upshake_client_get_result(&r->client);
  REQUIRE(r->result.status / 100 == 1 && r->result.status != 101);
  REQUIRE(r->result.error == UPSHAKE_OK && r->result.fields.raw.ptr != NULL);
  REQUIRE(upshake_client_feed(&r->client, NULL, 0, &used) ==
          UPSHAKE_CLIENT_READ);
  REQUIRE(used == 0);
}

/* The bytes behind the head stay in the memory. */
static void commit_all(run *r, const input *in) {
  uint32_t seed = in->seed;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  size_t at = 0;
  while (next == UPSHAKE_CLIENT_READ && at < in->response.len) {
    size_t len = piece(RANDOM, in->response.len - at, &seed), cap;
    char *room = upshake_client_room(&r->client, &cap);
    len = len < cap ? len : cap;
    if (len > 0)
      memcpy(room, in->response.ptr + at, len);
    at += len;
    next = upshake_client_commit(&r->client, len);
  }
  upshake_slice rest = upshake_client_rest(&r->client);
  r->taken = at - rest.len;
  REQUIRE(rest.len == 0 ||
          memcmp(rest.ptr, in->response.ptr + r->taken, rest.len) == 0);
  r->result = upshake_client_get_result(&r->client);
}

static void feed_all(run *r, const input *in, enum mode mode) {
  uint32_t seed = in->seed;
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  while (next == UPSHAKE_CLIENT_READ && r->taken < in->response.len) {
    size_t len = piece(mode, in->response.len - r->taken, &seed), used = 9;
    char *copy = exact(in->response.ptr + r->taken, len);
    move_state(r);
    next = upshake_client_feed(&r->client, copy, len, &used);
    free(copy);
    REQUIRE(used <= len);
    REQUIRE(next != UPSHAKE_CLIENT_READ || used == len);
    r->taken += used;
    if (next == UPSHAKE_CLIENT_INTERIM) {
      pass_interim(r);
      next = UPSHAKE_CLIENT_READ;
    }
    r->result = upshake_client_get_result(&r->client);
    REQUIRE(r->result.next == next && r->result.consumed == r->taken);
  }
}

static void assert_finished(run *r) {
  size_t used = 9;
  upshake_client before = r->client;
  REQUIRE(upshake_client_feed(&r->client, "H", 1, &used) == r->result.next);
  REQUIRE(used == 0);
  REQUIRE(memcmp(&before, &r->client, sizeof before) == 0);
}

/* memory NULL: the request asks for nothing, or there is no room for it.  The
 * request is gone before the first byte of the response, and may be where the
 * memory is. */
static run run_client(const input *in, enum mode mode) {
  static upshake_client_policy policy; /* until the next run */
  run r;
  memset(&r, 0, sizeof r);
  r.memory = malloc(in->cap > 0 ? in->cap : 1);
  policy = in->policy;
  policy.interim = mode == SINGLE;
  upshake_slice request = in->request;
  if (mode == RANDOM && request.len <= in->cap) {
    char *place = r.memory + in->seed % (in->cap - request.len + 1);
    memcpy(place, request.ptr, request.len);
    request.ptr = place;
  } else {
    request.ptr = exact(request.ptr, request.len);
  }
  upshake_error error =
      upshake_client_init(&r.client, &policy, request, r.memory, in->cap);
  if (request.ptr < r.memory || request.ptr >= r.memory + in->cap)
    free((void *)(uintptr_t)request.ptr);
  REQUIRE(error == UPSHAKE_OK || error == UPSHAKE_ERR_REQUEST ||
          (error == UPSHAKE_ERR_ROOM && in->cap < in->request.len));
  if (error != UPSHAKE_OK) {
    free(r.memory);
    r.memory = NULL;
    return r;
  }
  r.result = upshake_client_get_result(&r.client);
  if (mode == RANDOM)
    commit_all(&r, in);
  else
    feed_all(&r, in, mode);
  if (r.result.next != UPSHAKE_CLIENT_READ)
    assert_finished(&r);
  return r;
}

/* ---- Equal in everything --------------------------------------------------
 */

static int is_inside(upshake_slice slice, upshake_slice memory) {
  return slice.ptr == NULL ||
         (slice.ptr >= memory.ptr &&
          slice.ptr + slice.len <= memory.ptr + memory.len);
}

static void assert_same_slice(upshake_slice a, const run *of_a, upshake_slice b,
                              const run *of_b) {
  REQUIRE((a.ptr == NULL) == (b.ptr == NULL) && a.len == b.len);
  if (a.ptr == NULL)
    return;
  REQUIRE(a.ptr - of_a->memory == b.ptr - of_b->memory);
  REQUIRE(memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void assert_same_run(const run *a, const run *b) {
  const upshake_client_result *x = &a->result, *y = &b->result;
  REQUIRE(x->next == y->next && x->error == y->error);
  REQUIRE(x->status == y->status && x->offset == y->offset);
  REQUIRE(a->taken == b->taken && x->body_len == y->body_len);
  REQUIRE(x->length == y->length && x->version == y->version);
  REQUIRE(memcmp(&x->deflate, &y->deflate, sizeof x->deflate) == 0);
  assert_same_slice(x->protocol, a, y->protocol, b);
  assert_same_slice(x->reason, a, y->reason, b);
  assert_same_slice(x->fields.raw, a, y->fields.raw, b);
  assert_same_slice(x->subprotocol, a, y->subprotocol, b);
  assert_same_slice(x->extensions, a, y->extensions, b);
}

/* ---- The other reader -----------------------------------------------------
 */

static size_t head_len(upshake_slice from) {
  for (size_t i = 4; i <= from.len; i++)
    if (memcmp(from.ptr + i - 4, "\r\n\r\n", 4) == 0)
      return i;
  return 0;
}

static int is_interim(upshake_slice head) {
  return head.len > 13 && head.ptr[9] == '1' &&
         memcmp(head.ptr + 9, "101", 3) != 0;
}

/* The head that is not interim; absent where it is not complete. */
static upshake_slice final_head(upshake_slice response) {
  for (;;) {
    upshake_slice head = part_of(response.ptr, head_len(response));
    if (head.len == 0)
      return part_of(NULL, 0);
    if (!is_interim(head))
      return head;
    response.ptr += head.len;
    response.len -= head.len;
  }
}

/* Its field lines with folded ones made straight; free it. */
static char *straight_fields(upshake_slice head, reply_view *view) {
  char *copy;
  upshake_slice line;
  REQUIRE(take_line(&head, &line) && line.len >= 12);
  REQUIRE(line.len == 12 || line.ptr[12] == ' ');
  REQUIRE(memcmp(line.ptr, "HTTP/1.", 7) == 0);
  REQUIRE(!octet_in((uint8_t)head.ptr[0], " \t")); /* RFC 9112 2.2 */
  copy = exact(head.ptr, head.len);
  for (size_t i = 0; i + 2 < head.len; i++)
    if (memcmp(copy + i, "\r\n", 2) == 0 &&
        octet_in((uint8_t)copy[i + 2], " \t"))
      memset(copy + i, ' ', 2);
  memset(view, 0, sizeof *view);
  view->fields = part_of(copy, head.len - 2);
  return copy;
}

static upshake_slice trim(upshake_slice s) {
  while (s.len > 0 && octet_in((uint8_t)s.ptr[0], " \t"))
    s = part_of(s.ptr + 1, s.len - 1);
  while (s.len > 0 && octet_in((uint8_t)s.ptr[s.len - 1], " \t"))
    s.len--;
  return s;
}

static int is_same(upshake_slice a, upshake_slice b, int fold) {
  for (size_t i = 0; i < a.len && i < b.len; i++)
    if (fold ? lower((uint8_t)a.ptr[i]) != lower((uint8_t)b.ptr[i])
             : a.ptr[i] != b.ptr[i])
      return 0;
  return a.len == b.len;
}

/* The next member up to a comma; those in quotes are none of its business. */
static int next_member(upshake_slice *list, upshake_slice *member) {
  while (list->len > 0) {
    size_t end = 0;
    while (end < list->len && list->ptr[end] != ',')
      end++;
    *member = trim(part_of(list->ptr, end));
    end += end < list->len;
    *list = part_of(list->ptr + end, list->len - end);
    if (member->len > 0)
      return 1;
  }
  return 0;
}

/* The value of line number `place` with that name. */
static int named(reply_view view, const char *name, int place,
                 upshake_slice *value) {
  upshake_slice line;
  upshake_field field;
  while (take_line(&view.fields, &line) && split_line(line, &field))
    if (same_fold(field.name, name) && place-- == 0) {
      *value = trim(field.value);
      return 1;
    }
  return 0;
}

/* Up to `end`, without blanks: the name of an extension. */
static upshake_slice before(upshake_slice member, char end) {
  size_t len = 0;
  while (len < member.len && member.ptr[len] != end)
    len++;
  return trim(part_of(member.ptr, len));
}

/* Does a line with that name have the member (up to a semicolon)? */
static int has_member(reply_view view, const char *name, upshake_slice wanted,
                      int fold) {
  upshake_slice value, member;
  for (int i = 0; named(view, name, i, &value); i++)
    while (next_member(&value, &member))
      if (is_same(before(member, ';'), wanted, fold))
        return 1;
  return 0;
}

static reply_view view_request(upshake_slice request) {
  reply_view view = {0};
  upshake_slice line;
  REQUIRE(take_line(&request, &line));
  view.fields = request;
  return view;
}

static void assert_accept(reply_view asked, reply_view view) {
  upshake_slice key = {NULL, 0}, value = {NULL, 0};
  char accept[28];
  REQUIRE(named(asked, "Sec-WebSocket-Key", 0, &key) && key.len == 24);
  upshake_accept(key.ptr, accept);
  REQUIRE(count_field(view, "Sec-WebSocket-Accept", NULL) == 1);
  REQUIRE(named(view, "Sec-WebSocket-Accept", 0, &value));
  REQUIRE(is_same(value, part_of(accept, sizeof accept), 0));
}

/* How many members of a value have that name; all of them without one. */
static int count_members(upshake_slice value, const upshake_slice *wanted) {
  upshake_slice member;
  int count = 0;
  while (next_member(&value, &member))
    count += wanted == NULL || is_same(before(member, ';'), *wanted, 0);
  return count;
}

/* One list in any number of lines, each name once and asked for.  Members with
 * quotes are cut by next_member, so their answers are left alone. */
static void assert_extensions(reply_view asked, reply_view view, const run *r) {
  static const char name[] = "Sec-WebSocket-Extensions";
  upshake_slice value = {NULL, 0}, rest, member;
  int count = 0;
  for (int i = 0; named(view, name, i, &value); i++) {
    if (memchr(value.ptr, '"', value.len) != NULL)
      return;
    if (count == 0 && count_members(value, NULL) > 0)
      REQUIRE(is_same(value, r->result.extensions, 0));
    count += count_members(value, NULL);
  }
  REQUIRE((count > 0) == (r->result.extensions.ptr != NULL));
  REQUIRE(count > 0 || count_field(view, name, NULL) == 0);
  for (int i = 0; named(view, name, i, &rest); i++)
    while (next_member(&rest, &member)) {
      upshake_slice extension = before(member, ';');
      REQUIRE(has_member(asked, name, extension, 0));
      count = 0;
      for (int j = 0; named(view, name, j, &value); j++)
        count += count_members(value, &extension);
      REQUIRE(count == 1);
    }
}

/* RFC 6455 4.1 */
static void assert_websocket(reply_view asked, reply_view view, const run *r) {
  static const char name[] = "Sec-WebSocket-Protocol";
  upshake_slice value = {NULL, 0};
  int count = count_field(view, name, NULL);
  REQUIRE(count_field(view, "Upgrade", NULL) == 1);
  REQUIRE(named(view, "Upgrade", 0, &value) && same_fold(value, "websocket"));
  assert_accept(asked, view);
  REQUIRE(count <= 1 && count == (r->result.subprotocol.ptr != NULL));
  if (count == 1) {
    REQUIRE(named(view, name, 0, &value));
    REQUIRE(is_same(value, r->result.subprotocol, 0));
    REQUIRE(has_member(asked, name, value, 0));
  }
  assert_extensions(asked, view, r);
}

static int is_bits(unsigned bits) { return bits >= 8 && bits <= 15; }

static void assert_deflate(reply_view asked, reply_view view, const run *r) {
  static const char name[] = "Sec-WebSocket-Extensions";
  upshake_deflate d = r->result.deflate;
  upshake_slice deflate = text("permessage-deflate");
  REQUIRE((d.server_bits != 0) == (r->result.extensions.ptr != NULL &&
                                   has_member(view, name, deflate, 0)));
  if (d.server_bits == 0)
    return;
  REQUIRE(is_bits(d.server_bits) && is_bits(d.client_bits));
  REQUIRE(d.no_server_takeover <= 1 && d.no_client_takeover <= 1);
  REQUIRE(has_member(asked, name, deflate, 0));
}

static int is_token(upshake_slice s) {
  for (size_t i = 0; i < s.len; i++)
    if (!is_tchar((uint8_t)s.ptr[i]))
      return 0;
  return s.len > 0;
}

/* RFC 9110 7.6.1 */
static void assert_connection(reply_view view) {
  upshake_slice value, member;
  REQUIRE(has_member(view, "Connection", text("upgrade"), 1));
  for (int i = 0; named(view, "Connection", i, &value); i++)
    while (next_member(&value, &member))
      REQUIRE(is_token(member));
}

/* RFC 9297 3.2 */
static void assert_no_content(reply_view view) {
  REQUIRE(count_field(view, "Content-Length", NULL) == 0);
  REQUIRE(count_field(view, "Transfer-Encoding", NULL) == 0);
  REQUIRE(count_field(view, "Content-Type", NULL) == 0);
}

/* RFC 9110 7.8 */
static void assert_may_switch(const input *in, const run *r, reply_view view,
                              upshake_slice head) {
  reply_view asked = view_request(in->request);
  upshake_slice value, first = {NULL, 0};
  REQUIRE(head.ptr[7] > '0');
  REQUIRE(memcmp(head.ptr + 8, " 101", 4) == 0 && r->result.status == 101);
  REQUIRE(r->result.body_len == 0 && r->result.may_keep == 0);
  assert_connection(view);
  for (int i = 0; first.len == 0 && named(view, "Upgrade", i, &value); i++)
    next_member(&value, &first);
  REQUIRE(is_same(first, r->result.protocol, 1) && first.len > 0);
  REQUIRE(is_inside(r->result.protocol, part_of(r->memory, in->cap)));
  REQUIRE(has_member(asked, "Upgrade", first, 1));
  if (same_fold(first, "connect-udp") || same_fold(first, "connect-ip"))
    assert_no_content(view);
  if (same_fold(first, "websocket"))
    assert_websocket(asked, view, r);
  assert_deflate(asked, view, r);
}

/* RFC 9112 6.3 */
/* Up to a comma that is not in quotes. */
static size_t coding_len(upshake_slice list) {
  int is_quoted = 0;
  size_t len = 0;
  for (; len < list.len && (is_quoted || list.ptr[len] != ','); len++) {
    if (is_quoted && list.ptr[len] == '\\')
      len++;
    else if (list.ptr[len] == '"')
      is_quoted = !is_quoted;
  }
  return len < list.len ? len : list.len;
}

/* Is the last coding of all lines chunked (RFC 9112 6.3)? */
static int ends_chunked(reply_view view) {
  upshake_slice list, coding;
  int is_chunked = 0;
  for (int i = 0; named(view, "Transfer-Encoding", i, &list); i++)
    while (list.len > 0) {
      size_t len = coding_len(list);
      coding = trim(part_of(list.ptr, len));
      if (coding.len > 0)
        is_chunked = same_fold(coding, "chunked");
      len += len < list.len;
      list = part_of(list.ptr + len, list.len - len);
    }
  return is_chunked;
}

static void assert_body(const input *in, const run *r, reply_view view) {
  int lengths = count_field(view, "Content-Length", NULL);
  int codings = count_field(view, "Transfer-Encoding", NULL);
  int is_head = memcmp(in->request.ptr, "HEAD ", 5) == 0;
  int is_tunnel = memcmp(in->request.ptr, "CONNECT ", 8) == 0 &&
                  r->result.status / 100 == 2;
  uint64_t expected =
      ends_chunked(view) ? UPSHAKE_BODY_CHUNKED : UPSHAKE_BODY_TO_CLOSE;
  upshake_slice value = {NULL, 0};
  if (is_tunnel) {
    REQUIRE(r->result.body_len == 0 && r->result.may_keep == 0);
    return;
  }
  REQUIRE(lengths + (codings > 0) <= 1);
  if (lengths == 1) {
    expected = 0;
    REQUIRE(named(view, "Content-Length", 0, &value) && value.len > 0);
    for (size_t i = 0; i < value.len; i++)
      expected = expected * 10 + (uint64_t)(value.ptr[i] - '0');
  }
  REQUIRE(r->result.length == (lengths == 1 ? expected : UPSHAKE_BODY_CHUNKED));
  if (is_head || r->result.status == 204 || r->result.status == 304)
    expected = 0;
  REQUIRE(r->result.body_len == expected);
}

/* ---- The harness ----------------------------------------------------------
 */

/* At an octet, which is not taken; or of a head, all of which is. */
static void assert_taken(const input *in, const run *r) {
  const char *end = in->response.ptr + r->taken;
  REQUIRE(r->result.offset <= r->taken);
  REQUIRE(r->result.offset == r->taken ||
          (r->taken >= 4 && memcmp(end - 4, "\r\n\r\n", 4) == 0));
}

static void assert_refusal(const input *in, const run *r) {
  upshake_explanation why = upshake_explain(r->result.error);
  REQUIRE(r->result.error != UPSHAKE_OK);
  REQUIRE(r->result.error != UPSHAKE_ERR_INCOMPLETE);
  REQUIRE(strlen(why.sentence) > 10 && strncmp(why.rule, "RFC ", 4) == 0);
  REQUIRE(r->result.protocol.ptr == NULL && r->result.subprotocol.ptr == NULL);
  assert_taken(in, r);
}

/* A complete head that is no refusal. */
static void assert_head(const input *in, const run *r) {
  upshake_slice head = final_head(in->response);
  reply_view view;
  char *fields = straight_fields(head, &view);
  REQUIRE(head.ptr != NULL && r->result.error == UPSHAKE_OK);
  REQUIRE(head.ptr + head.len == in->response.ptr + r->taken);
  REQUIRE(is_same(view.fields, r->result.fields.raw, 0));
  if (r->result.next == UPSHAKE_CLIENT_SWITCHED)
    assert_may_switch(in, r, view, head);
  else
    assert_body(in, r, view);
  free(fields);
}

static void assert_outcome(const input *in, const run *r) {
  upshake_slice memory = part_of(r->memory, in->cap);
  REQUIRE(is_inside(r->result.reason, memory));
  REQUIRE(is_inside(r->result.fields.raw, memory));
  REQUIRE(is_inside(r->result.subprotocol, memory));
  REQUIRE(is_inside(r->result.extensions, memory));
  if (r->result.next == UPSHAKE_CLIENT_READ) {
    REQUIRE(r->taken == in->response.len && r->result.status == 0);
    REQUIRE(r->result.error == UPSHAKE_ERR_INCOMPLETE);
    REQUIRE(final_head(in->response).ptr == NULL);
  } else if (r->result.next == UPSHAKE_CLIENT_REFUSED)
    assert_refusal(in, r);
  else
    assert_head(in, r);
}

/* See client_requests.h. */
static int read_input(input *in, const uint8_t *data, size_t size) {
  static const size_t caps[] = {4096, 1024, 512, 256};
  const char *octets = (const char *)data + CLIENT_CHOICES;
  size_t number, len = 0;
  if (size < CLIENT_CHOICES + 2)
    return 0;
  size -= CLIENT_CHOICES;
  number = (data[0] & 127) % (OWN_REQUEST + 1);
  in->policy.subprotocol_required = data[0] >> 7;
  if (data[1] % 4 == 3) {
    in->policy.limits.fields = data[2] % 16;
    in->policy.limits.name = data[3] % 32;
  }
  in->cap = data[1] < 128 ? caps[data[1] % 4] : data[1] - 128u;
  in->seed = (uint32_t)(data[2] << 8 | data[3]);
  if (number == OWN_REQUEST) {
    len = (size_t)((uint8_t)octets[0] << 8 | (uint8_t)octets[1]);
    len = len < size - 2 ? len : size - 2;
    in->request = part_of(exact(octets + 2, len), len);
    len += 2;
  } else {
    size_t request_len = strlen(client_requests[number]);
    in->request =
        part_of(exact(client_requests[number], request_len), request_len);
  }
  in->response = part_of(octets + len, size - len);
  return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in;
  run whole;
  memset(&in, 0, sizeof in);
  if (!read_input(&in, data, size))
    return 0;
  whole = run_client(&in, WHOLE);
  if (whole.memory != NULL)
    assert_outcome(&in, &whole);
  for (enum mode mode = RANDOM; whole.memory != NULL && mode < MODES; mode++) {
    run other = run_client(&in, mode);
    assert_same_run(&whole, &other);
    free(other.memory);
  }
  free(whole.memory);
  free((void *)(uintptr_t)in.request.ptr);
  return 0;
}
