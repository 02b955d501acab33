/* SPDX-License-Identifier: MIT
 *
 * upshake-site: a small server of HTTP/1.1 and WebSocket, in one poll loop.  It
 * teaches how the library carries a connection from request to request:
 *
 *     feed --> READ    receive more; feed
 *          --> PLAIN   judge the request: answer, or read its body; feed
 *          --> BODY    keep a piece of the body; feed
 *          --> SEND    reply; then
 *                      after 100: feed
 *                      after 101: the bytes that follow are WebSocket
 *                      after any other status: send the content; reset; feed
 *
 *   /          GET: OK; POST: its body comes back
 *   /echo      the fields of the request, as they came
 *   /cookie    its cookies
 *   /FILE      a file below --root
 *   any path   WebSocket echo, by demo/websocket.c
 *
 * To try it (the lines after the server in a second terminal; it needs
 * libwslay-dev and zlib1g-dev):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-site --port 8100 --root .
 *     curl -i 127.0.0.1:8100
 *     curl -d hello 127.0.0.1:8100
 *     curl -I 127.0.0.1:8100/build/CMakeCache.txt
 *     build/upshake-client --message hello ws://127.0.0.1:8100/
 *
 * The poll loop is in common/streams.c.  A real server also rests when
 * descriptors run out: see demo/demo.c.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/start.h"
#include "common/streams.h"
#include "common/text.h"
#include "demo/websocket.h"

#define HEAD_CAP 16384

struct connection {
  struct stream *client;
  /* TALKING: between two answers.  ANSWERED: its content is on the way.
   * ENDING: nothing follows what waits for the client. */
  enum { TALKING, ANSWERED, SWITCHED, ENDING } phase;
  upshake hs;
  char head[HEAD_CAP];
  /* The body of the request. */
  char *body;
  size_t body_len;
  /* The content of the answer: a file, or a text if `file` is -1. */
  int file;
  const char *type, *text;
  char list[HEAD_CAP];
  uint64_t left;               /* bytes of it that were not sent yet */
  struct websocket *websocket; /* NULL until the callback has accepted */
};

/* The library calls it for a valid offer. */
static int open_websocket(upshake *hs, void *user) {
  struct connection *c = user;
  (void)hs;
  c->websocket = websocket_open(&c->client->out, NULL);
  return c->websocket != NULL ? UPSHAKE_ACCEPT : 503;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static upshake_config config = {
    .protocols = protocols, .protocols_len = 1, .decide = open_websocket};

/* The command line.  --upload-max is config.limits.body. */
static int root; /* a directory; -1: there are no files */

/* ---- The content of an answer -------------------------------------------- */

static void add_line(struct text *list, upshake_field field,
                     const char *between) {
  text_add_slice(list, field.name);
  text_add(list, between);
  text_add_slice(list, field.value);
  text_add(list, "\n");
}

static void list_fields(struct text *list, upshake_fields fields) {
  upshake_field field;
  while (upshake_next_field(&fields, &field))
    add_line(list, field, ": ");
}

static void list_cookies(struct text *list, upshake_fields fields) {
  upshake_field field, cookie;
  while (upshake_next_field(&fields, &field))
    if (upshake_equal_fold(field.name, "Cookie"))
      while (upshake_next_cookie(&field.value, &cookie))
        if (cookie.name.len > 0)
          add_line(list, cookie, "=");
}

static const char *find_type(const char *name) {
  static const char *const types[][2] = {
      {".html", "text/html"},     {".css", "text/css"},
      {".js", "text/javascript"}, {".json", "application/json"},
      {".txt", "text/plain"},     {".svg", "image/svg+xml"},
      {".png", "image/png"},      {".jpg", "image/jpeg"}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(strrchr(name, '.'), types[i][0]) == 0) /* "./" has a "." */
      return types[i][1];
  return "application/octet-stream";
}

/* The name begins with "./", so it is below root if it has no "/../".  Links
 * are followed.  A pipe does not block.  Returns 0 if there is no file. */
static int open_file(struct connection *c, const char *path) {
  char name[HEAD_CAP + sizeof "./index.html"];
  struct stat about;
  int len = sprintf(name, ".%s/", path);
  if (root < 0 || strstr(name, "/../") != NULL)
    return 0;
  name[len - 1] = '\0';
  if (fstatat(root, name, &about, 0) == 0 && S_ISDIR(about.st_mode))
    strcat(name, "/index.html");
  c->file = openat(root, name, O_RDONLY | O_NONBLOCK);
  if (c->file < 0 || fstat(c->file, &about) != 0 || !S_ISREG(about.st_mode))
    return 0;
  c->left = (uint64_t)about.st_size;
  c->type = find_type(name);
  return 1;
}

static const char all_methods[] = "GET, HEAD, OPTIONS, POST";
static const char safe_methods[] = "GET, HEAD, OPTIONS";

/* Returns the methods for the path, or NULL if there is nothing.  A list is
 * never longer than the head that it comes from. */
static const char *find_content(struct connection *c, upshake_request request,
                                const char *path) {
  struct text list = {c->list, sizeof c->list, 0, 0};
  int is_root = strcmp(path, "/") == 0, is_cookie = !strcmp(path, "/cookie");
  int is_post = upshake_equal(request.method, "POST");
  if (is_root && !is_post)
    text_add(&list, "OK");
  else if (is_cookie)
    list_cookies(&list, request.fields);
  else if (strcmp(path, "/echo") == 0)
    list_fields(&list, request.fields);
  else if (!is_root)
    return open_file(c, path) ? safe_methods : NULL;
  c->type = "text/plain";
  c->text = is_root && is_post ? c->body : c->list;
  c->left = is_root && is_post ? c->body_len : list.len;
  return is_cookie ? safe_methods : all_methods;
}

/* ---- An ordinary request ------------------------------------------------- */

/* RFC 9110 9.3, RFC 5789 */
static const char known_methods[] =
    "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH";

static int is_listed(upshake_slice method, const char *methods) {
  upshake_list list = {.value = upshake_text(methods)};
  upshake_slice member;
  while (upshake_next_member(&list, &member))
    if (upshake_same(member, method))
      return 1;
  return 0;
}

/* Returns the status, and the methods for Allow.  `OPTIONS *` has no path. */
static int judge(struct connection *c, upshake_request request,
                 const char **methods) {
  char path[HEAD_CAP + 1];
  size_t len;
  *methods = all_methods;
  if ((request.empty_host && request.authority.len == 0) ||
      upshake_decode(request.path, 0, path, HEAD_CAP, &len) != UPSHAKE_OK)
    return 400;
  path[len] = '\0';
  if (strcspn(path, "\r\n") != len) /* nor is there a NUL */
    return 400;
  if (request.unknown_coding || !is_listed(request.method, known_methods))
    return 501;
  if (request.has_expect == 2)
    return 417;
  if (is_listed(request.method, all_methods) && path[0] != '\0')
    *methods = find_content(c, request, path);
  if (*methods == NULL)
    return 404;
  if (!is_listed(request.method, *methods))
    return 405;
  return upshake_equal(request.method, "OPTIONS") ? 204 : 200;
}

static void drop_content(struct connection *c) {
  if (c->file >= 0)
    close(c->file);
  c->file = -1;
  c->left = 0;
}

/* Writes the reply that is due: the answer, a 101, or a 100 in the middle of a
 * request. */
static void reply(struct connection *c, const upshake_extra *extra) {
  int status = upshake_get_result(&c->hs).status;
  upshake_error error = stream_reply(c->client, &c->hs, extra);
  if (!error && status == 100)
    return;
  c->phase = error ? ENDING : status == 101 ? SWITCHED : ANSWERED;
  c->client->deadline = NEVER;
}

/* The body of a POST is read first.  Then the request comes here again. */
static void serve_plain(struct connection *c) {
  upshake_request request = upshake_get_request(&c->hs);
  const char *methods;
  int status = judge(c, request, &methods);
  upshake_field allow = {{UPSHAKE_TEXT("Allow")}, upshake_text(methods)};
  upshake_field type = {{UPSHAKE_TEXT("Content-Type")}, upshake_text(c->type)};
  upshake_extra extra = {.date = date_now()};
  if (status == 200 && upshake_equal(request.method, "POST") &&
      upshake_read_body(&c->hs) == UPSHAKE_OK)
    return;
  if (status == 200) {
    extra.content = UPSHAKE_CONTENT_LENGTH;
    extra.body_len = c->left;
  }
  extra.fields = status == 200 ? &type : &allow;
  extra.fields_len = status == 200 || status == 204 || status == 405;
  upshake_answer(&c->hs, status);
  reply(c, &extra);
}

/* There is room: the library refuses a body that is longer than limits.body. */
static void keep_body(struct connection *c) {
  upshake_slice piece = upshake_get_result(&c->hs).content;
  memcpy(c->body + c->body_len, piece.ptr, piece.len);
  c->body_len += piece.len;
}

/* ---- After the reply ----------------------------------------------------- */

/* Goes on to the next request.  reset fails if the content is not complete, or
 * if the connection is not kept. */
static void finish(struct connection *c) {
  drop_content(c);
  c->body_len = 0;
  c->phase = upshake_reset(&c->hs) == UPSHAKE_OK ? TALKING : ENDING;
  stream_renew(c->client);
}

/* Sends a piece of the content.  The length is known, so a piece has no frame.
 * The library takes nothing for HEAD, and nothing that was not announced. */
static void send_content(struct connection *c) {
  size_t cap, frame_len;
  char frame[UPSHAKE_FRAME_CAP], *room = out_room(&c->client->out, &cap);
  ssize_t n = c->left < cap ? (ssize_t)c->left : (ssize_t)cap;
  if (c->file >= 0)
    n = read(c->file, room, (size_t)n);
  else if (n > 0)
    memcpy(room, c->text, (size_t)n);
  if (n <= 0 || upshake_send_content(&c->hs, (uint64_t)n, frame, &frame_len)) {
    finish(c);
    return;
  }
  out_commit(&c->client->out, (size_t)n);
  if (c->file < 0)
    c->text += n;
  c->left -= (uint64_t)n;
}

/* ---- A connection -------------------------------------------------------- */

static void close_connection(struct connection *c) {
  websocket_close(c->websocket);
  drop_content(c);
  free(c->body);
  free(c);
}

/* Goes on while there are bytes of the client and room for answers.  Returns 1
 * if bytes of the client are missing. */
static int serve_http(struct connection *c) {
  const upshake_extra extra = {.date = date_now()};
  while (c->phase <= ANSWERED && stream_has_room(c->client)) {
    upshake_next next = stream_feed(c->client, &c->hs);
    if (c->phase == ANSWERED)
      send_content(c);
    else if (next == UPSHAKE_READ)
      return 1;
    else if (next == UPSHAKE_BODY)
      keep_body(c);
    else if (next == UPSHAKE_PLAIN)
      serve_plain(c);
    else
      reply(c, &extra);
  }
  return 0;
}

/* The bytes that follow a 101 are frames. */
static int serve_websocket(struct connection *c) {
  struct stream *client = c->client;
  websocket_receive(c->websocket, client->at, client->left);
  stream_use(client, client->left);
  websocket_fill(c->websocket);
  if (websocket_is_done(c->websocket))
    c->phase = ENDING;
  return !websocket_has_more(c->websocket);
}

/* While an answer waits, nothing is received.  So who sends and does not read
 * needs no memory. */
static void go_on(void *owner) {
  struct connection *c = owner;
  struct stream *client = c->client;
  int wants = serve_http(c);
  if (c->phase == SWITCHED)
    wants = serve_websocket(c);
  client->wants = wants && out_len(&client->out) == 0;
  if (c->phase != ENDING && !stream_is_over(client))
    return;
  stream_finish(client);
  close_connection(c);
}

/* While an answer is sent, the loop looks whether it moves.  A client that has
 * sent a part of a request is told that it is late. */
static void expire(void *owner) {
  struct connection *c = owner;
  if (out_len(&c->client->out) > 0) {
    stream_renew(c->client);
    return;
  }
  if (upshake_get_result(&c->hs).consumed == 0 ||
      upshake_answer(&c->hs, 408) != UPSHAKE_OK)
    c->phase = ENDING;
  go_on(c);
}

/* The system gives a part of the memory for the body when it is used. */
static void *open_connection(struct stream *client) {
  struct connection *c = calloc(1, sizeof *c);
  if (c == NULL)
    return NULL;
  c->client = client;
  c->file = -1;
  c->body = malloc(config.limits.body);
  /* If the config is wrong, hs must not be used. */
  if (c->body == NULL ||
      upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK) {
    free(c->body);
    free(c);
    return NULL;
  }
  return c;
}

int main(int argc, char **argv) {
  struct option_value options[] = {{"--port", NULL},
                                   {"--root", ""},
                                   {"--upload-max", "1048576"},
                                   {"--deadline", "30"}};
  const struct service service = {open_connection, go_on, expire};
  keep_streams();
  int error = take_values(argc, argv, options, 4);
  const char *folder = options[1].value;
  long port = error ? -1 : parse_number(options[0].value, 0, 65535);
  long upload_max = parse_number(options[2].value, 1, INT_MAX);
  long limit = parse_number(options[3].value, 1, 86400);
  if (port < 0 || upload_max < 0 || limit < 0)
    end_with_usage(
        argc, argv,
        "usage: upshake-site --port N [--root DIR] [--upload-max "
        "BYTES] [--deadline SECONDS]; N is a number from 0 to 65535");
  root = *folder ? open(folder, O_RDONLY | O_DIRECTORY) : -1;
  if (*folder && root < 0) {
    fprintf(stderr, "upshake-site: %s: %s\n", folder, strerror(errno));
    return EXIT_BAD_INPUT;
  }
  config.limits.body = (size_t)upload_max;
  run_streams("upshake-site", port, limit, &service);
}
