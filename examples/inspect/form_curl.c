/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: a curl command, such as "copy as cURL" in a browser makes:
 * the request that curl sends for it.
 */
#include <stdio.h>
#include <string.h>

#include "../common/base64.h"
#include "forms.h"
#include "lines.h"
#include "options.h"
#include "shell.h"

typedef struct command {
  note url, method, fields, data, cookie, agent, referer, user;
  int head_only, get, compressed, http_1_0, http_2, made_up;
} command;

static void set(note *member, upshake_slice value) {
  member->len = 0;
  note_bytes(member, value.ptr, value.len);
}

/* ---- The options --------------------------------------------------------- */

/* Options that have a value but do not change the head. */
static const char *const with_value[] = {"-o",
                                         "-m",
                                         "-w",
                                         "-K",
                                         "-E",
                                         "-T",
                                         "-x",
                                         "-U",
                                         "-c",
                                         "-D",
                                         "-C",
                                         "-r",
                                         "-z",
                                         "-y",
                                         "-Y",
                                         "-Q",
                                         "-P",
                                         "-F",
                                         "-t",
                                         "-s:",
                                         "--output",
                                         "--max-time",
                                         "--write-out",
                                         "--config",
                                         "--cert",
                                         "--key",
                                         "--cacert",
                                         "--capath",
                                         "--proxy",
                                         "--proxy-user",
                                         "--cookie-jar",
                                         "--dump-header",
                                         "--connect-to",
                                         "--resolve",
                                         "--connect-timeout",
                                         "--interface",
                                         "--retry",
                                         "--range",
                                         "--ciphers",
                                         "--tls-max",
                                         "--unix-socket",
                                         "--limit-rate",
                                         "--max-redirs",
                                         "--form",
                                         "--upload-file",
                                         "--local-port",
                                         "--trace",
                                         "--trace-ascii"};

static int has_value(const char *name) {
  for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++)
    if (strcmp(with_value[i], name) == 0)
      return 1;
  return 0;
}

static void add_data(command *said, upshake_slice value) {
  note_add(&said->data, "%s", said->data.len ? "&" : "");
  note_bytes(&said->data, value.ptr, value.len);
}

static void set_agent(command *said, upshake_slice value) {
  set(&said->agent, value);
}
static void set_method(command *said, upshake_slice value) {
  set(&said->method, value);
}
static void set_cookie(command *said, upshake_slice value) {
  set(&said->cookie, value);
}
static void set_referer(command *said, upshake_slice value) {
  set(&said->referer, value);
}
static void set_user(command *said, upshake_slice value) {
  set(&said->user, value);
}
static void set_url(command *said, upshake_slice value) {
  if (said->url.len == 0)
    set(&said->url, value);
}
static void add_line(command *said, upshake_slice value) {
  note_line(&said->fields, value);
}

static const struct valued {
  const char *letter, *name;
  void (*set)(command *said, upshake_slice value);
} all_valued[] = {
    {"-H", "--header", add_line},
    {"-X", "--request", set_method},
    {"-A", "--user-agent", set_agent},
    {"-b", "--cookie", set_cookie},
    {"-e", "--referer", set_referer},
    {"-u", "--user", set_user},
    {"-d", "--data", add_data},
    {"--data-raw", "--data-binary", add_data},
    {"--json", "--data-ascii", add_data},
    {"--url", "--url", set_url},
};

static const struct valued *find_valued(const char *name) {
  for (size_t i = 0; i < sizeof all_valued / sizeof *all_valued; i++)
    if (strcmp(all_valued[i].letter, name) == 0 ||
        strcmp(all_valued[i].name, name) == 0)
      return &all_valued[i];
  return NULL;
}

static void set_flag(command *said, const char *name) {
  if (strcmp(name, "--compressed") == 0)
    said->compressed = 1;
  if (strcmp(name, "--head") == 0)
    said->head_only = 1;
  if (strcmp(name, "--get") == 0)
    said->get = 1;
  if (strcmp(name, "--http1.0") == 0 || strcmp(name, "-0") == 0)
    said->http_1_0 = 1;
  if (strncmp(name, "--http2", 7) == 0)
    said->http_2 = 1;
}

static void take_value(command *said, const char *name, upshake_slice value) {
  const struct valued *option = find_valued(name);
  if (option != NULL)
    option->set(said, value);
}

/* Letters that stand together: -sSv, and -XPOST with its value. */
static int take_letters(command *said, upshake_slice letters, char pending[3]) {
  for (size_t i = 0; i < letters.len; i++) {
    const char name[3] = {'-', letters.ptr[i], '\0'};
    said->head_only |= letters.ptr[i] == 'I';
    said->get |= letters.ptr[i] == 'G';
    set_flag(said, name);
    if (find_valued(name) == NULL && !has_value(name))
      continue;
    if (i + 1 < letters.len) {
      take_value(said, name, slice_from(letters, i + 1));
      return 0;
    }
    memcpy(pending, name, 3);
    return 1;
  }
  return 0;
}

static void take_words(upshake_slice text, command *said) {
  note word = {NULL, 0, 0}, value = {NULL, 0, 0};
  int is_cmd = is_for_cmd(text);
  next_word(&text, is_cmd, &word);
  while (next_word(&text, is_cmd, &word)) {
    const char *name = note_text(&word);
    char letter[3] = "";
    if (name[0] != '-' || name[1] == '\0') {
      set_url(said, note_slice(&word));
    } else if (name[1] != '-') {
      if (take_letters(said, slice_from(note_slice(&word), 1), letter) &&
          next_word(&text, is_cmd, &value))
        take_value(said, letter, note_slice(&value));
    } else if (find_valued(name) != NULL || has_value(name)) {
      if (next_word(&text, is_cmd, &value))
        take_value(said, name, note_slice(&value));
    } else {
      set_flag(said, name);
    }
  }
  note_free(&word);
  note_free(&value);
}

/* ---- The request --------------------------------------------------------- */

static upshake_slice find_field(const command *said, const char *name) {
  upshake_slice fields = note_slice(&said->fields);
  text_line line;
  while (next_line(&fields, &line)) {
    const char *colon =
        line.text.len ? memchr(line.text.ptr, ':', line.text.len) : NULL;
    size_t at = colon != NULL ? (size_t)(colon - line.text.ptr) : 0;
    if (at > 0 && upshake_equal_fold((upshake_slice){line.text.ptr, at}, name))
      return slice_trim(slice_from(line.text, at + 1));
  }
  return (upshake_slice){NULL, 0};
}

/* Adds a field of curl's own, unless the command has it. */
static void add_own(const command *said, note *bytes, const char *name,
                    upshake_slice value) {
  if (value.len > 0 && find_field(said, name).ptr == NULL)
    note_field(bytes, name, value);
}

/* -H "Name:" takes a field out, -H "Name;" sends it without a value. */
static void add_fields(const command *said, note *bytes) {
  upshake_slice fields = note_slice(&said->fields);
  text_line line;
  while (next_line(&fields, &line)) {
    upshake_slice text = slice_trim(line.text);
    char last = text.len > 0 ? text.ptr[text.len - 1] : 0;
    int has_colon = text.len > 0 && memchr(text.ptr, ':', text.len) != NULL;
    if (last == ':' &&
        memchr(text.ptr, ':', text.len) == text.ptr + text.len - 1)
      continue;
    if (last == ';' && !has_colon) {
      note_bytes(bytes, text.ptr, text.len - 1);
      note_add(bytes, ":\r\n");
    } else {
      note_line(bytes, line.text);
    }
  }
}

static void add_user(const command *said, note *bytes) {
  char basic[512];
  upshake_slice user = note_slice(&said->user);
  if (user.len == 0 || user.len > 300)
    return;
  memcpy(basic, "Basic ", 6);
  encode_base64((const unsigned char *)user.ptr, user.len, basic + 6);
  add_own(said, bytes, "Authorization", upshake_text(basic));
}

/* curl of version 7.86 and later adds these to ws:// and wss://. */
static void add_websocket(command *said, note *bytes) {
  static const char *const own[][2] = {
      {"Upgrade", "websocket"},
      {"Connection", "Upgrade"},
      {"Sec-WebSocket-Version", "13"},
      {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  if (!slice_begins(note_slice(&said->url), "ws"))
    return;
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    said->made_up += find_field(said, own[i][0]).ptr == NULL;
    add_own(said, bytes, own[i][0], upshake_text(own[i][1]));
  }
}

/* Splits scheme://authority/path?query#fragment. */
static void split_url(upshake_slice url, upshake_slice *authority,
                      upshake_slice *target) {
  long scheme = slice_find(url, "://");
  if (scheme >= 0)
    url = slice_from(url, (size_t)scheme + 3);
  size_t end = 0;
  while (end < url.len && memchr("/?#", url.ptr[end], 3) == NULL)
    end++;
  *authority = (upshake_slice){url.ptr, end};
  *target = slice_from(url, end);
  const char *fragment =
      target->len > 0 ? memchr(target->ptr, '#', target->len) : NULL;
  if (fragment != NULL)
    target->len = (size_t)(fragment - target->ptr);
  const char *at = end > 0 ? memchr(authority->ptr, '@', end) : NULL;
  if (at != NULL)
    *authority = slice_from(*authority, (size_t)(at + 1 - authority->ptr));
}

static const char *method_of(const command *said) {
  if (said->method.len > 0)
    return said->method.text;
  if (said->head_only)
    return "HEAD";
  return said->data.len > 0 && !said->get ? "POST" : "GET";
}

static void write_request(command *said, note *bytes) {
  upshake_slice authority, target;
  split_url(note_slice(&said->url), &authority, &target);
  note_add(bytes, "%s ", method_of(said));
  if (target.len == 0 || *target.ptr != '/')
    note_add(bytes, "/");
  note_bytes(bytes, target.ptr, target.len);
  note_add(bytes, " HTTP/1.%d\r\n", said->http_1_0 ? 0 : 1);
  add_own(said, bytes, "Host", authority);
  add_user(said, bytes);
  add_own(said, bytes, "User-Agent",
          said->agent.len > 0 ? note_slice(&said->agent)
                              : upshake_text("curl"));
  add_own(said, bytes, "Accept", upshake_text("*/*"));
  if (said->compressed)
    add_own(said, bytes, "Accept-Encoding", upshake_text("deflate, gzip"));
  add_own(said, bytes, "Referer", note_slice(&said->referer));
  add_own(said, bytes, "Cookie", note_slice(&said->cookie));
  add_fields(said, bytes);
  add_websocket(said, bytes);
  if (said->data.len > 0 && !said->get)
    note_add(bytes, "Content-Length: %zu\r\n", said->data.len);
  note_add(bytes, "\r\n");
  if (!said->get)
    note_bytes(bytes, note_text(&said->data), said->data.len);
}

static void command_free(command *said) {
  note *const members[] = {&said->url,     &said->method, &said->fields,
                           &said->data,    &said->cookie, &said->agent,
                           &said->referer, &said->user};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++)
    note_free(members[i]);
}

/* The command begins behind the prompt of a shell. */
static upshake_slice find_command(upshake_slice text) {
  long at = slice_find(text, "curl");
  return at > 0 ? slice_from(text, (size_t)at) : text;
}

void read_curl(upshake_slice text, heads *found) {
  command said;
  memset(&said, 0, sizeof said);
  take_words(find_command(text), &said);
  if (said.url.len == 0) {
    found->why = "a curl command, and it has no URL";
    command_free(&said);
    return;
  }
  found_head *request = add_head(found, 0);
  note_repair(&request->repairs, "the request that curl sends for it");
  write_request(&said, &request->bytes);
  if (said.made_up > 0)
    note_repair(&request->repairs, "WebSocket fields that curl adds itself");
  if (said.http_2)
    note_repair(&request->repairs, "with --http2 curl may speak HTTP/2");
  command_free(&said);
}
