/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: a HAR file (HTTP Archive 1.2), which browsers save.  Each
 * entry for a WebSocket, or with Upgrade or a 101, is read.
 */
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "json_text.h"
#include "lines.h"

#define HTTP2                                                                  \
  "a HAR file, and its WebSocket went over HTTP/2, which has no Upgrade: an "  \
  "extended CONNECT (RFC 8441)"

/* The value of a field in an array of {"name": ..., "value": ...}. */
static int has_field(upshake_slice fields, const char *wanted) {
  upshake_slice inside = json_inside(fields), none, field;
  while (inside.ptr != NULL && json_next(&inside, &none, &field)) {
    note name = {NULL, 0, 0};
    json_string(json_member(field, "name"), &name);
    int found = upshake_equal_fold(note_slice(&name), wanted);
    note_free(&name);
    if (found)
      return 1;
  }
  return 0;
}

static int is_socket(upshake_slice entry) {
  upshake_slice request = json_member(entry, "request");
  upshake_slice url = json_member(request, "url");
  upshake_slice status = json_member(json_member(entry, "response"), "status");
  return slice_begins(url, "\"ws:") || slice_begins(url, "\"wss:") ||
         json_equals(json_member(entry, "_resourceType"), "websocket") ||
         slice_equals(status, "101") ||
         has_field(json_member(request, "headers"), "Upgrade");
}

static int is_http2(upshake_slice entry) {
  upshake_slice request = json_member(entry, "request");
  return has_field(json_member(request, "headers"), ":method") ||
         has_field(json_member(request, "headers"), ":path");
}

/* Adds the fields, and the empty line.  An end of a line within a value would
 * be another field. */
static void add_fields(upshake_slice fields, note *bytes) {
  upshake_slice inside = json_inside(fields), none, field;
  while (inside.ptr != NULL && json_next(&inside, &none, &field)) {
    note text = {NULL, 0, 0};
    json_string(json_member(field, "name"), &text);
    note_add(&text, ": ");
    json_string(json_member(field, "value"), &text);
    for (size_t i = 0; i < text.len; i++)
      if (text.text[i] == '\n' || text.text[i] == '\r')
        text.text[i] = ' ';
    note_line(bytes, note_slice(&text));
    note_free(&text);
  }
  note_add(bytes, "\r\n");
}

/* Adds path and query of a URL. */
static void add_target(upshake_slice url, note *bytes) {
  note text = {NULL, 0, 0};
  json_string(url, &text);
  upshake_slice rest = note_slice(&text);
  long scheme = slice_find(rest, "://");
  rest = slice_from(rest, scheme >= 0 ? (size_t)scheme + 3 : 0);
  while (rest.len > 0 && memchr("/?#", *rest.ptr, 3) == NULL)
    rest = slice_from(rest, 1);
  long fragment = slice_find(rest, "#");
  if (fragment >= 0)
    rest.len = (size_t)fragment;
  if (rest.len == 0 || *rest.ptr != '/')
    note_add(bytes, "/");
  note_bytes(bytes, rest.ptr, rest.len);
  note_free(&text);
}

static void add_request(upshake_slice request, size_t entry, heads *found) {
  char words[80];
  found_head *added = add_head(found, 0);
  snprintf(words, sizeof words, "entry %zu of all entries", entry);
  note_repair(&added->repairs, words);
  json_string(json_member(request, "method"), &added->bytes);
  note_add(&added->bytes, " ");
  add_target(json_member(request, "url"), &added->bytes);
  note_add(&added->bytes, " HTTP/1.1\r\n");
  add_fields(json_member(request, "headers"), &added->bytes);
}

static void add_response(upshake_slice response, heads *found) {
  upshake_slice status = json_member(response, "status");
  upshake_slice fields = json_member(response, "headers");
  if (status.len != 3 || fields.len <= 2) /* 0: there was no answer */
    return;
  found_head *added = add_head(found, 1);
  note_add(&added->bytes, "HTTP/1.1 ");
  note_bytes(&added->bytes, status.ptr, status.len);
  note_add(&added->bytes, " ");
  json_string(json_member(response, "statusText"), &added->bytes);
  note_add(&added->bytes, "\r\n");
  add_fields(fields, &added->bytes);
}

void read_har(upshake_slice text, heads *found) {
  upshake_slice log = json_member(text, "log");
  upshake_slice inside = json_inside(json_member(log, "entries")), none, entry;
  size_t entries = 0;
  found->why = "a HAR file, and no entry of it is a WebSocket or asks for an "
               "Upgrade";
  found->fix = "save the HAR while the page opens its WebSocket";
  while (inside.ptr != NULL && json_next(&inside, &none, &entry)) {
    entries++;
    if (!is_socket(entry))
      continue;
    if (is_http2(entry)) {
      found->why = HTTP2;
      found->fix = "disable HTTP/2 in the browser or the server to compare";
      continue;
    }
    add_request(json_member(entry, "request"), entries, found);
    add_response(json_member(entry, "response"), found);
  }
}
