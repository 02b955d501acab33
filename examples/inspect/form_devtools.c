/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: fields as a browser's developer tools show them: without a
 * request line, in sections, or with a name in one line and its value in the
 * next.  Firefox copies them as JSON.
 */
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "json_text.h"
#include "lines.h"

#define HTTP2                                                                  \
  "fields of HTTP/2 (:method, :path), which has no Upgrade: a WebSocket is "   \
  "opened there with an extended CONNECT (RFC 8441)"

typedef struct shown {
  note url, method, status, request, response;
  note *section;      /* where fields go */
  upshake_slice name; /* whose value is in the next line; or absent */
  int provisional, http2;
} shown;

/* What stands in the section "General". */
static note *find_general(shown *in, upshake_slice name) {
  if (upshake_equal_fold(name, "Request URL"))
    return &in->url;
  if (upshake_equal_fold(name, "Request Method"))
    return &in->method;
  if (upshake_equal_fold(name, "Status Code") ||
      upshake_equal_fold(name, "Status"))
    return &in->status;
  return NULL;
}

/* Lines that are no fields. */
static int is_layout(shown *in, upshake_slice line) {
  static const char *const words[] = {"General",     "view source",
                                      "view parsed", "view URL encoded",
                                      "Raw",         "Headers"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (slice_equals(line, words[i]))
      return 1;
  if (slice_begins(line, "Provisional headers") ||
      slice_begins(line, "Learn more"))
    return in->provisional = 1;
  if (slice_begins(line, "Request Headers"))
    in->section = &in->request;
  else if (slice_begins(line, "Response Headers"))
    in->section = &in->response;
  else
    return 0;
  return 1;
}

static int is_other(upshake_slice name) {
  return upshake_equal_fold(name, "Remote Address") ||
         upshake_equal_fold(name, "Referrer Policy") ||
         upshake_equal_fold(name, "Scheme") ||
         upshake_equal_fold(name, "Version");
}

static void add_value(shown *in, upshake_slice name, upshake_slice value) {
  note *general = find_general(in, name);
  name = slice_trim(name);
  if (general != NULL && general->len == 0) {
    note_bytes(general, value.ptr, value.len);
    return;
  }
  if (is_other(name))
    return;
  note_bytes(in->section, name.ptr, name.len);
  note_add(in->section, ": ");
  note_line(in->section, value);
}

/* A name alone: its value is in the next line. */
static int is_name(const shown *in, upshake_slice line) {
  int has_colon = line.len > 1 && line.ptr[line.len - 1] == ':';
  upshake_slice name = {line.ptr, line.len - (has_colon ? 1 : 0)};
  return (has_colon || in->section->len > 0 || in->url.len > 0 ||
          slice_begins(line, "Request ")) &&
         (upshake_is_token(name) || slice_begins(line, "Request ") ||
          slice_begins(line, "Status Code") ||
          slice_begins(line, "Remote Address") ||
          slice_begins(line, "Referrer Policy"));
}

static void take_line(shown *in, upshake_slice line) {
  if (slice_begins(line, ":"))
    in->http2 = 1;
  if (in->name.ptr != NULL) {
    add_value(in, in->name, line);
    in->name.ptr = NULL;
    return;
  }
  if (line.len == 0 || is_layout(in, line))
    return;
  const char *colon = memchr(line.ptr, ':', line.len);
  size_t at = colon != NULL ? (size_t)(colon - line.ptr) : line.len;
  if (colon != NULL && at + 1 < line.len) {
    add_value(in, (upshake_slice){line.ptr, at},
              slice_trim(slice_from(line, at + 1)));
  } else if (is_name(in, line)) {
    in->name = (upshake_slice){line.ptr, at};
  }
}

/* ---- Firefox's JSON ------------------------------------------------------ */

static void take_json(upshake_slice text, shown *in) {
  upshake_slice inside = json_inside(text), name, value, none, field;
  while (inside.ptr != NULL && json_next(&inside, &name, &value)) {
    upshake_slice fields = json_inside(json_member(value, "headers"));
    in->section =
        slice_begins(name, "\"Response Headers") ? &in->response : &in->request;
    while (fields.ptr != NULL && json_next(&fields, &none, &field)) {
      note key = {NULL, 0, 0}, content = {NULL, 0, 0};
      json_string(json_member(field, "name"), &key);
      json_string(json_member(field, "value"), &content);
      add_value(in, note_slice(&key), note_slice(&content));
      note_free(&key);
      note_free(&content);
    }
  }
}

/* ---- The heads ----------------------------------------------------------- */

static void add_target(upshake_slice url, note *bytes) {
  long scheme = slice_find(url, "://");
  url = slice_from(url, scheme >= 0 ? (size_t)scheme + 3 : url.len);
  while (url.len > 0 && *url.ptr != '/' && *url.ptr != '?')
    url = slice_from(url, 1);
  if (url.len == 0 || *url.ptr != '/')
    note_add(bytes, "/");
  note_bytes(bytes, url.ptr, url.len);
}

static void add_request(const shown *in, heads *found) {
  found_head *added = add_head(found, 0);
  note_repair(&added->repairs, "request line added");
  if (in->provisional)
    note_repair(&added->repairs,
                "provisional: the browser did not show all that it sent");
  note_add(&added->bytes, "%s ", in->method.len > 0 ? in->method.text : "GET");
  add_target(note_slice(&in->url), &added->bytes);
  note_add(&added->bytes, " HTTP/1.1\r\n%s\r\n", note_text(&in->request));
}

static void add_response(const shown *in, heads *found) {
  found_head *added = add_head(found, 1);
  note_repair(&added->repairs, "status line added");
  note_add(&added->bytes, "HTTP/1.1 %s\r\n%s\r\n",
           in->status.len > 0 ? in->status.text : "101 Switching Protocols",
           note_text(&in->response));
}

void read_devtools(upshake_slice text, heads *found) {
  shown in;
  text_line line;
  memset(&in, 0, sizeof in);
  in.section = &in.request;
  if (text.len > 0 && *text.ptr == '{')
    take_json(text, &in);
  else
    while (next_line(&text, &line))
      take_line(&in, slice_trim(line.text));
  if (slice_find(note_slice(&in.request), "Sec-WebSocket-Accept") >= 0 &&
      in.response.len == 0) {
    note request = in.request;
    in.request = in.response;
    in.response = request;
  }
  if (in.http2) {
    found->why = HTTP2;
    found->fix = "curl --http1.1 ...";
  } else {
    if (in.request.len > 0)
      add_request(&in, found);
    if (in.response.len > 0)
      add_response(&in, found);
  }
  note_free(&in.url);
  note_free(&in.method);
  note_free(&in.status);
  note_free(&in.request);
  note_free(&in.response);
}
