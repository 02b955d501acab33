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
 * A real server also rests when descriptors run out: see demo/demo.c.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "common/start.h"
#include "common/text.h"
#include "demo/websocket.h"

#define CONNECTIONS_MAX 256
#define POLLED_MAX (CONNECTIONS_MAX + LISTENERS_MAX) /* the listeners last */
#define HEAD_CAP 16384
#define LINGER_SECONDS 2
#define NEVER LONG_MAX

struct connection {
  int fd;
  long deadline; /* of a request, of progress with an answer, of the close */
  /* TALKING: between two answers.  ANSWERED: its content is on the way.
   * ENDING: nothing follows what waits in `out`. */
  enum { TALKING, ANSWERED, SWITCHED, ENDING, LINGERING } phase;
  upshake hs;
  char head[HEAD_CAP];
  /* What was received: in[from .. to) was not used yet. */
  char in[8192];
  size_t from, to;
  /* The body of the request. */
  char *body;
  size_t body_len;
  /* The content of the answer: a file, or a text if `file` is -1. */
  int file;
  const char *type, *text;
  char list[HEAD_CAP];
  uint64_t left; /* bytes of it that were not sent yet */
  /* What is to be sent.  While bytes wait here, nothing is received. */
  struct out out;
  struct websocket *websocket; /* NULL until the callback has accepted */
};

/* The library calls it for a valid offer. */
static int open_websocket(upshake *hs, void *user) {
  struct connection *c = user;
  (void)hs;
  c->websocket = websocket_open(&c->out, NULL);
  return c->websocket != NULL ? UPSHAKE_ACCEPT : 503;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static upshake_config config = {
    .protocols = protocols, .protocols_len = 1, .decide = open_websocket};

/* The command line.  --upload-max is config.limits.body. */
static int root;   /* a directory; -1: there are no files */
static long limit; /* seconds */

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (long)time.tv_sec;
}

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
  size_t cap, len;
  char *room = out_room(&c->out, &cap);
  int status = upshake_get_result(&c->hs).status;
  upshake_error error = upshake_reply_with(&c->hs, extra, room, cap, &len);
  out_commit(&c->out, error ? 0 : len);
  if (error || status != 100)
    c->phase = error ? ENDING : status == 101 ? SWITCHED : ANSWERED;
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
}

/* Sends a piece of the content.  The length is known, so a piece has no frame.
 * The library takes nothing for HEAD, and nothing that was not announced. */
static void send_content(struct connection *c) {
  size_t cap, frame_len;
  char frame[UPSHAKE_FRAME_CAP], *room = out_room(&c->out, &cap);
  ssize_t n = c->left < cap ? (ssize_t)c->left : (ssize_t)cap;
  if (c->file >= 0)
    n = read(c->file, room, (size_t)n);
  else if (n > 0)
    memcpy(room, c->text, (size_t)n);
  if (n <= 0 || upshake_send_content(&c->hs, (uint64_t)n, frame, &frame_len)) {
    finish(c);
    return;
  }
  out_commit(&c->out, (size_t)n);
  if (c->file < 0)
    c->text += n;
  c->left -= (uint64_t)n;
}

/* ---- A connection -------------------------------------------------------- */

/* Goes on while there are bytes of the client and room for answers.  Returns 1
 * if only the room is missing.  The bytes behind a 101 are frames. */
static int go_on(struct connection *c) {
  const upshake_extra extra = {.date = date_now()};
  while (c->phase <= ANSWERED && out_len(&c->out) <= OUT_CAP / 2) {
    size_t used;
    upshake_next next =
        upshake_feed(&c->hs, c->in + c->from, c->to - c->from, &used);
    c->from += used;
    if (c->phase == ANSWERED)
      send_content(c);
    else if (next == UPSHAKE_READ)
      return 0;
    else if (next == UPSHAKE_BODY)
      keep_body(c);
    else if (next == UPSHAKE_PLAIN)
      serve_plain(c);
    else
      reply(c, &extra);
  }
  if (c->phase != SWITCHED)
    return c->phase <= ANSWERED;
  websocket_receive(c->websocket, c->in + c->from, c->to - c->from);
  c->from = c->to;
  websocket_fill(c->websocket);
  if (websocket_is_done(c->websocket))
    c->phase = ENDING;
  return websocket_has_more(c->websocket);
}

/* Returns 0 if the client has gone.  A request begins with its first byte. */
static int receive(struct connection *c) {
  ssize_t n = recv(c->fd, c->in, sizeof c->in, 0);
  if (n <= 0)
    return n < 0 && (errno == EAGAIN || errno == EINTR);
  if (c->phase == TALKING && upshake_get_result(&c->hs).consumed == 0)
    c->deadline = now() + limit;
  c->from = 0;
  c->to = (size_t)n;
  return 1;
}

/* Returns the event to wait for, or 0 if the connection is over.  Closing with
 * unread bytes could destroy the answer on its way (RFC 9112 9.6).  So our side
 * stops sending first, and then reads until the client closes. */
static short serve(struct connection *c, short event) {
  if (event == POLLIN && !receive(c))
    return 0;
  int has_more = go_on(c);
  long sent = out_flush(&c->out, c->fd);
  if (sent < 0)
    return 0;
  if (sent > 0 || (out_len(&c->out) > 0 && c->deadline == NEVER))
    c->deadline = now() + limit;
  if (has_more || out_len(&c->out) > 0)
    return POLLOUT;
  if (c->phase == SWITCHED)
    c->deadline = NEVER;
  if (c->phase == ENDING) {
    shutdown(c->fd, SHUT_WR);
    c->phase = LINGERING;
    c->deadline = now() + LINGER_SECONDS;
  }
  return POLLIN;
}

/* The deadline has passed.  If the client has sent a part of a request, and has
 * read all answers, it is told so. */
static short expire(struct connection *c) {
  if (out_len(&c->out) > 0 || upshake_get_result(&c->hs).consumed == 0 ||
      upshake_answer(&c->hs, 408) != UPSHAKE_OK)
    return 0;
  c->deadline = now() + LINGER_SECONDS;
  return serve(c, POLLOUT);
}

/* Returns -1: there is no connection. */
static int close_connection(struct connection *c) {
  websocket_close(c->websocket);
  drop_content(c);
  free(c->body);
  close(c->fd);
  return -1;
}

/* Returns its descriptor, or -1.  The system gives a part of the memory for the
 * body when it is used. */
static int open_connection(struct connection *c, int listener) {
  memset(c, 0, sizeof *c);
  upshake_init(&c->hs, &config, c->head, sizeof c->head, c);
  c->deadline = now() + limit;
  c->body = malloc(config.limits.body);
  c->file = -1;
  c->fd = accept_for_poll(listener);
  return c->body != NULL && c->fd >= 0 ? c->fd : close_connection(c);
}

/* poll skips a place whose descriptor is -1.  If there is no room for a
 * connection, the client waits.  poll returns each second, for the deadlines.
 */
static _Noreturn void run(const struct listeners *listeners) {
  static struct connection all[CONNECTIONS_MAX];
  struct pollfd at[POLLED_MAX], *doors = &at[CONNECTIONS_MAX];
  size_t i, room = 0;
  for (i = 0; i < POLLED_MAX; i++)
    at[i] = (struct pollfd){-1, POLLIN, 0};
  for (;;) {
    for (i = 0; i < LISTENERS_MAX; i++)
      doors[i].fd = room < CONNECTIONS_MAX ? listeners->fds[i] : -1;
    if (poll(at, POLLED_MAX, 1000) < 0)
      continue;
    for (i = 0; i < LISTENERS_MAX; i++)
      if (doors[i].revents != 0 && at[room].fd < 0)
        at[room].fd = open_connection(&all[room], doors[i].fd);
    for (i = 0, room = CONNECTIONS_MAX; i < CONNECTIONS_MAX; i++) {
      if (at[i].revents != 0)
        at[i].events = serve(&all[i], at[i].events);
      if (at[i].fd >= 0 && at[i].events != 0 && now() >= all[i].deadline)
        at[i].events = expire(&all[i]);
      if (at[i].events == 0)
        at[i] = (struct pollfd){close_connection(&all[i]), POLLIN, 0};
      if (at[i].fd < 0)
        room = i;
    }
  }
}

int main(int argc, char **argv) {
  struct option_value options[] = {{"--port", NULL},
                                   {"--root", ""},
                                   {"--upload-max", "1048576"},
                                   {"--deadline", "30"}};
  struct listeners listeners;
  keep_streams();
  int error = take_values(argc, argv, options, 4);
  const char *folder = options[1].value;
  long port = error ? -1 : parse_number(options[0].value, 0, 65535);
  long upload_max = parse_number(options[2].value, 1, INT_MAX);
  limit = parse_number(options[3].value, 1, 86400);
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
  if (open_listeners("upshake-site", port, &listeners) != 0)
    return EXIT_FAILURE;
  say_where("upshake-site", "http", &listeners);
  run(&listeners);
}
