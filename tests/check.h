/* SPDX-License-Identifier: MIT
 *
 * What the unit tests and the fuzz harness share: copies of exact size, so
 * that the sanitizers see one octet too far, and a reader of replies that
 * owes nothing to the library.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "upshake.h"

#define CHECK_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* A handshake of RFC 6455 1.3: its fields, and all of it. */
#define CHECK_HOST "Host: example.com\r\n"
#define CHECK_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define CHECK_VERSION "Sec-WebSocket-Version: 13\r\n"
#define CHECK_FIELDS                                                           \
  CHECK_HOST                                                                   \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n" CHECK_KEY CHECK_VERSION
#define CHECK_REQUEST "GET /chat HTTP/1.1\r\n" CHECK_FIELDS "\r\n"
#define CHECK_PLAIN "GET / HTTP/1.1\r\n" CHECK_HOST "\r\n"

/* Both need cmocka.h before them. */
#define assert_slice(slice, literal)                                           \
  do {                                                                         \
    upshake_slice check_it = (slice);                                          \
    assert_non_null(check_it.ptr);                                             \
    assert_int_equal(check_it.len, strlen(literal));                           \
    assert_memory_equal(check_it.ptr, literal, check_it.len);                  \
  } while (0)
#define assert_absent(slice)                                                   \
  do {                                                                         \
    upshake_slice check_it = (slice);                                          \
    assert_null(check_it.ptr);                                                 \
    assert_int_equal(check_it.len, 0);                                         \
  } while (0)

/* A copy in memory of exactly len octets; free it. */
static inline void *exact(const void *octets, size_t len) {
  void *copy = calloc(len, 1); /* gcc does not see that all of it is set */
  if (len > 0 && copy == NULL)
    abort();
  if (len > 0)
    memcpy(copy, octets, len);
  return copy;
}

static inline upshake_slice part_of(const char *ptr, size_t len) {
  upshake_slice slice;
  slice.ptr = ptr;
  slice.len = len;
  return slice;
}

static inline upshake_slice text(const char *string) {
  return part_of(string, strlen(string));
}

/* Field lines as they are received. */
static inline upshake_fields raw_fields(upshake_slice raw) {
  upshake_fields fields = {{NULL, 0}, NULL, 0};
  fields.raw = raw;
  return fields;
}

static inline upshake_error begin_judge(upshake_judge *judge,
                                        const upshake_config *config,
                                        void *user, upshake_slice method,
                                        upshake_slice target, int version) {
  upshake_found found = {0, 0, {NULL, 0}, {NULL, 0}, {{NULL, 0}, NULL, 0}};
  found.version = version;
  found.method = method;
  found.target = target;
  return upshake_judge_begin(judge, config, user, &found);
}

static inline int octet_in(unsigned octet, const char *set) {
  return octet != 0 && octet < 256 && strchr(set, (int)octet) != NULL;
}

static inline unsigned lower(unsigned octet) {
  return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
}

static inline int is_tchar(unsigned octet) { /* RFC 9110 5.6.2 */
  return (octet >= '0' && octet <= '9') ||
         (lower(octet) >= 'a' && lower(octet) <= 'z') ||
         octet_in(octet, "!#$%&'*+-.^_`|~");
}

static inline int is_value_octet(unsigned octet) { /* RFC 9110 5.5 */
  return octet == '\t' || (octet >= ' ' && octet != 0x7f);
}

static inline int same_fold(upshake_slice slice, const char *string) {
  if (slice.len != strlen(string))
    return 0;
  for (size_t i = 0; i < slice.len; i++)
    if (lower((unsigned char)slice.ptr[i]) != lower((unsigned char)string[i]))
      return 0;
  return 1;
}

/* One call, with the octets in memory that is gone after it. */
static inline upshake_error parse_at_new_address(upshake_parser *parser,
                                                 const upshake_limits *limits,
                                                 const char *octets, size_t len,
                                                 size_t *end) {
  char *copy = exact(octets, len);
  upshake_error error = upshake_parse_head(parser, limits, copy, len, end);
  if (len > 0)
    memset(copy, 'z', len);
  free(copy);
  return error;
}

/* ---- A reply, taken apart ---------------------------------------------- */

typedef struct reply_view {
  int status;           /* of the last response; 0: this is no response  */
  int continues;        /* how many 100 (Continue) go before it          */
  upshake_slice fields; /* its field lines, each with its CR LF          */
  upshake_slice body;
} reply_view;

/* The first line without its CR LF, which is taken off *all as well. */
static inline int take_line(upshake_slice *all, upshake_slice *line) {
  for (size_t i = 0; i + 1 < all->len; i++)
    if (all->ptr[i] == '\r' && all->ptr[i + 1] == '\n') {
      *line = part_of(all->ptr, i);
      *all = part_of(all->ptr + i + 2, all->len - i - 2);
      return 1;
    }
  return 0;
}

/* name ":" SP value, without any octet that could end the line early. */
static inline int split_line(upshake_slice line, upshake_field *field) {
  size_t colon = 0;
  while (colon < line.len && is_tchar((unsigned char)line.ptr[colon]))
    colon++;
  if (colon == 0 || colon == line.len || line.ptr[colon] != ':')
    return 0;
  for (size_t i = colon; i < line.len; i++)
    if (!is_value_octet((unsigned char)line.ptr[i]))
      return 0;
  field->name = part_of(line.ptr, colon);
  field->value = part_of(line.ptr + colon + 1, line.len - colon - 1);
  while (field->value.len > 0 &&
         octet_in((unsigned char)*field->value.ptr, " \t"))
    field->value = part_of(field->value.ptr + 1, field->value.len - 1);
  return 1;
}

/* How many lines have that name, and the value of the last of them. */
static inline int count_field(reply_view view, const char *name,
                              upshake_slice *value) {
  int count = 0;
  upshake_slice line;
  upshake_field field;
  while (take_line(&view.fields, &line) && split_line(line, &field))
    if (same_fold(field.name, name)) {
      count++;
      if (value != NULL)
        *value = field.value;
    }
  return count;
}

static inline int status_of_line(upshake_slice line) { /* RFC 9112 4 */
  const char *p = line.ptr;
  if (line.len < 13 || memcmp(p, "HTTP/1.1 ", 9) != 0 || p[12] != ' ')
    return 0;
  for (size_t i = 9; i < 12; i++)
    if (p[i] < '0' || p[i] > '9')
      return 0;
  for (size_t i = 13; i < line.len; i++)
    if (!is_value_octet((unsigned char)p[i]))
      return 0;
  return (p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0');
}

/* One response with its head; all->ptr is behind it afterwards. */
static inline int take_response_head(upshake_slice *all, reply_view *view) {
  upshake_slice line;
  upshake_field field;
  if (!take_line(all, &line))
    return 0;
  view->status = status_of_line(line);
  view->fields = part_of(all->ptr, 0);
  while (take_line(all, &line)) {
    if (line.len == 0)
      return view->status != 0;
    if (!split_line(line, &field))
      return 0;
    view->fields.len = (size_t)(all->ptr - view->fields.ptr);
  }
  return 0;
}

static inline reply_view view_reply(const void *octets, size_t len) {
  upshake_slice all = part_of((const char *)octets, len);
  const reply_view none = {0};
  reply_view view = {0};
  if (!take_response_head(&all, &view))
    return none;
  while (view.status == 100) {
    int continues = view.continues + 1;
    if (view.fields.len != 0 || !take_response_head(&all, &view))
      return none;
    view.continues = continues;
  }
  view.body = all;
  return view;
}

/* Whether Content-Length says what the body is (RFC 9110 8.6): in a 101 and a
 * 304 there is neither; to HEAD there is no body, whatever the number. */
static inline int is_framed(reply_view view, int to_head) {
  upshake_slice value = {0};
  int count = count_field(view, "Content-Length", &value);
  size_t number = 0;
  if (count_field(view, "Transfer-Encoding", NULL) != 0)
    return 0;
  if (view.status == 101 || view.status == 204 || view.status == 304)
    return count == 0 && view.body.len == 0;
  if (count != 1 || value.len == 0 || value.len > 9)
    return 0;
  for (size_t i = 0; i < value.len; i++)
    number = number * 10 + (size_t)(value.ptr[i] - '0');
  return to_head ? view.body.len == 0 : view.body.len == number;
}

#endif
