/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the two sides of TCP connections: see streams.h.
 */
#include "streams.h"

#include <stdlib.h>
#include <string.h>

#include "lines.h"

/* Bytes that are kept of one direction, and connections that are kept. */
enum { FLOW_MAX = 1 << 20, FLOWS_MAX = 1024 };

/* ---- Packets come in ----------------------------------------------------- */

/* Doubles an array.  Returns its new memory. */
static void *grow(void *old, size_t len, size_t *cap, size_t size) {
  *cap = *cap ? 2 * *cap : 16;
  void *more = allocate(*cap * size);
  if (len > 0)
    memcpy(more, old, len * size);
  free(old);
  return more;
}

/* The last flow of these peers; a later connection may have the same ports. */
static tcp_flow *find_flow(streams *in, const char *from, const char *to) {
  for (size_t i = in->flows_len; i-- > 0;)
    if (strcmp(in->flows[i].from, from) == 0 &&
        strcmp(in->flows[i].to, to) == 0)
      return &in->flows[i];
  return NULL;
}

static tcp_flow *add_flow(streams *in, const char *from, const char *to) {
  if (in->flows_len == FLOWS_MAX)
    return NULL;
  if (in->flows_len == in->flows_cap)
    in->flows =
        grow(in->flows, in->flows_len, &in->flows_cap, sizeof *in->flows);
  tcp_flow *added = &in->flows[in->flows_len++];
  memset(added, 0, sizeof *added);
  strncpy(added->from, from, PEER_MAX - 1);
  strncpy(added->to, to, PEER_MAX - 1);
  return added;
}

static int is_before(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }

static void note_number(tcp_flow *flow, int is_syn, uint32_t number) {
  if (is_syn) {
    flow->has_syn = 1;
    flow->first = number + 1;
  } else if (!flow->has_syn &&
             (!flow->has_first || is_before(number, flow->first))) {
    flow->first = number;
  }
  flow->has_first = 1;
}

/* 1 if the first byte of a flow with this SYN is not that of the known one.
 * Packets may come before their SYN. */
static int is_of_another(const tcp_flow *flow, uint32_t first) {
  if (!flow->has_first)
    return 0;
  return flow->has_syn ? flow->first != first : flow->first - first >= FLOW_MAX;
}

void add_segment(streams *in, const char *from, const char *to, int is_syn,
                 int is_ack, uint32_t number, upshake_slice bytes) {
  tcp_flow *flow = find_flow(in, from, to);
  if (flow == NULL || (is_syn && is_of_another(flow, number + 1)))
    flow = add_flow(in, from, to);
  if (flow == NULL || (!is_syn && bytes.len == 0))
    return;
  note_number(flow, is_syn, number);
  flow->is_client |= is_syn && !is_ack;
  if (bytes.len == 0)
    return;
  if (in->segments_len == in->segments_cap)
    in->segments = grow(in->segments, in->segments_len, &in->segments_cap,
                        sizeof *in->segments);
  in->segments[in->segments_len++] =
      (tcp_segment){(size_t)(flow - in->flows), in->data.len, bytes.len,
                    is_syn ? number + 1 : number};
  note_bytes(&in->data, bytes.ptr, bytes.len);
}

/* ---- They are put in order ----------------------------------------------- */

/* What qsort compares: the place in its flow. */
typedef struct placed {
  size_t flow, place, at, len;
} placed;

static int compare_placed(const void *a_, const void *b_) {
  const placed *a = a_, *b = b_;
  if (a->flow != b->flow)
    return a->flow < b->flow ? -1 : 1;
  if (a->place != b->place)
    return a->place < b->place ? -1 : 1;
  return a->at < b->at ? -1 : a->at > b->at;
}

/* Appends what is new of a segment.  Behind a gap nothing is certain. */
static void append(tcp_flow *flow, const placed *segment, const char *data) {
  size_t have = flow->bytes.len;
  if (segment->place > have || segment->place + segment->len <= have)
    return;
  size_t known = have - segment->place;
  note_bytes(&flow->bytes, data + segment->at + known, segment->len - known);
}

static void put_in_order(streams *in) {
  placed *all = allocate((in->segments_len + 1) * sizeof *all);
  size_t len = 0;
  for (size_t i = 0; i < in->segments_len; i++) {
    const tcp_segment *segment = &in->segments[i];
    uint32_t place = segment->number - in->flows[segment->flow].first;
    if (place < FLOW_MAX)
      all[len++] = (placed){segment->flow, place, segment->at, segment->len};
  }
  qsort(all, len, sizeof *all, compare_placed);
  for (size_t i = 0; i < len; i++)
    append(&in->flows[all[i].flow], &all[i], in->data.text);
  free(all);
}

/* ---- Heads in a stream --------------------------------------------------- */

static upshake_slice first_line(upshake_slice bytes) {
  text_line line;
  return next_line(&bytes, &line) ? line.text : bytes;
}

/* The length of a head with its empty line; of all bytes, if it has none. */
static size_t head_len(upshake_slice bytes) {
  long end = slice_find(bytes, "\r\n\r\n");
  long lf = slice_find(bytes, "\n\n");
  if (end < 0)
    return lf >= 0 ? (size_t)lf + 2 : bytes.len;
  return lf >= 0 && lf < end ? (size_t)lf + 2 : (size_t)end + 4;
}

/* A decimal Content-Length, or 0. */
static size_t content_len(upshake_slice head) {
  text_line line;
  while (next_line(&head, &line)) {
    upshake_slice name = {line.text.ptr, 14};
    size_t len = 0;
    if (line.text.len < 16 || !upshake_equal_fold(name, "Content-Length"))
      continue;
    upshake_slice digits = slice_trim(slice_from(line.text, 15));
    for (size_t i = 0; i < digits.len && i < 9; i++)
      if (digits.ptr[i] >= '0' && digits.ptr[i] <= '9')
        len = len * 10 + (size_t)(digits.ptr[i] - '0');
    return len;
  }
  return 0;
}

/* Takes a message off the bytes.  If no head follows it, all that follows
 * belongs to it: a body, or the new protocol. */
static upshake_slice take_message(upshake_slice *bytes,
                                  int (*begins)(upshake_slice line)) {
  upshake_slice all = *bytes;
  size_t len = head_len(all);
  size_t body = content_len((upshake_slice){all.ptr, len});
  len = body < all.len - len ? len + body : all.len;
  upshake_slice rest = slice_from(all, len);
  if (rest.len == 0 || !begins(first_line(rest)))
    len = all.len;
  *bytes = slice_from(all, len);
  return (upshake_slice){all.ptr, len};
}

static int is_interim(upshake_slice message) {
  return slice_begins(message, "HTTP/1.1 1") &&
         !slice_begins(message, "HTTP/1.1 101");
}

/* A 100 belongs to the response behind it. */
static upshake_slice take_response(upshake_slice *bytes) {
  upshake_slice all = take_message(bytes, is_status_line);
  while (is_interim((upshake_slice){bytes->ptr - all.len, all.len}) &&
         bytes->len > 0) {
    upshake_slice next = take_message(bytes, is_status_line);
    all.len += next.len;
    if (!is_interim(next))
      break;
  }
  return all;
}

void split_heads(upshake_slice client, upshake_slice server, heads *found) {
  while (client.len > 0) {
    upshake_slice request = take_message(&client, is_request_line);
    note_bytes(&add_head(found, 0)->bytes, request.ptr, request.len);
    if (server.len == 0)
      continue;
    upshake_slice response = take_response(&server);
    note_bytes(&add_head(found, 1)->bytes, response.ptr, response.len);
  }
}

/* ---- Heads in all streams ------------------------------------------------ */

static int is_of_upgrade(upshake_slice bytes) {
  text_line line;
  while (next_line(&bytes, &line) && line.text.len > 0) {
    upshake_slice name = line.text;
    name.len = name.len < 7 ? name.len : 7;
    if (upshake_equal_fold(name, "Upgrade") ||
        upshake_equal_fold(name, "Sec-Web"))
      return 1;
  }
  return 0;
}

/* Leaves out every exchange that has nothing of an upgrade, if another has. */
static void choose(heads *found) {
  size_t kept = 0, wanted = 0, entries = 0;
  for (size_t i = 0; i < found->len; i++)
    wanted += (size_t)is_of_upgrade(note_slice(&found->all[i].bytes));
  if (wanted == 0)
    return;
  for (size_t i = 0; i < found->len; i++) {
    found_head *at = &found->all[i];
    found_head *next = i + 1 < found->len ? &found->all[i + 1] : at;
    int has_response = next->is_response && !at->is_response;
    int keeps = is_of_upgrade(note_slice(&at->bytes)) ||
                (has_response && is_of_upgrade(note_slice(&next->bytes)));
    for (size_t n = 0; n < 1 + (size_t)has_response; n++, i++) {
      entries += keeps && n == 0;
      found->all[i].entry = entries;
      if (keeps) {
        found->all[kept++] = found->all[i];
      } else {
        note_free(&found->all[i].bytes);
        note_free(&found->all[i].repairs);
      }
    }
    i--;
  }
  found->len = kept;
  found->entries = entries;
}

static upshake_slice bytes_back(streams *in, size_t client) {
  const tcp_flow *flow = &in->flows[client];
  for (size_t i = client + 1; i < in->flows_len; i++)
    if (strcmp(in->flows[i].from, flow->to) == 0 &&
        strcmp(in->flows[i].to, flow->from) == 0)
      return note_slice(&in->flows[i].bytes);
  for (size_t i = client; i-- > 0;)
    if (strcmp(in->flows[i].from, flow->to) == 0 &&
        strcmp(in->flows[i].to, flow->from) == 0)
      return note_slice(&in->flows[i].bytes);
  return (upshake_slice){"", 0};
}

void find_heads(streams *in, heads *found) {
  put_in_order(in);
  for (size_t i = 0; i < in->flows_len; i++) {
    upshake_slice bytes = note_slice(&in->flows[i].bytes);
    if (bytes.len > 0 && is_request_line(first_line(bytes)))
      split_heads(bytes, bytes_back(in, i), found);
  }
  for (size_t i = 0; found->len == 0 && i < in->flows_len; i++) {
    upshake_slice bytes = note_slice(&in->flows[i].bytes);
    if (bytes.len > 0 && in->flows[i].is_client)
      note_bytes(&add_head(found, 0)->bytes, bytes.ptr, bytes.len);
  }
  choose(found);
}

void streams_free(streams *in) {
  for (size_t i = 0; i < in->flows_len; i++)
    note_free(&in->flows[i].bytes);
  free(in->flows);
  free(in->segments);
  note_free(&in->data);
  memset(in, 0, sizeof *in);
}
