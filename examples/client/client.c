/* SPDX-License-Identifier: MIT
 *
 * upshake-client: asks for a WebSocket, or for another protocol, checks the
 * answer, and talks.
 *
 *     upshake-client -v ws://127.0.0.1:8080/chat
 *
 * This file uses the library, in this order: write_request, begin, read_answer,
 * judge.  The other files:
 *
 *     options.c    the command line
 *     address.c    the URI on it
 *     edit.c       a request that is broken on purpose
 *     way.c        the name, the connection, and TLS
 *     talk.c       the talk after the switch
 *     websocket.c  WebSocket's frames, by wslay
 *     raw.c        the talk in another protocol
 *     refusal.c    what helps if there is no switch
 *     report.c     what is printed
 *
 * ../common/channel.c has the connection.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit.h"
#include "options.h"
#include "raw.h"
#include "refusal.h"
#include "report.h"
#include "talk.h"
#include "way.h"
#include "../common/allocate.h"
#include "../common/exit.h"
#include "../common/start.h"
#include "upshake.h"

#define REQUEST_CAP 65536 /* cookies may be long */
#define ANSWER_CAP 16384
#define READ_CAP 4096
#define FIRST_CAP 32 /* what a server that speaks no HTTP says first */

enum {
  EXIT_REFUSED = 1, /* the answer breaks a rule */
  EXIT_OTHER = 2,   /* the answer is no switch */
  EXIT_INCOMPLETE = 3,
  EXIT_TALK = 4 /* it failed after the switch */
};

struct session {
  const struct options *options;
  struct channel channel;
  times times;
  upshake_client_policy policy;
  upshake_client client;
  char request[REQUEST_CAP];
  size_t request_len;
  char written[REQUEST_CAP]; /* the request before --set and --omit */
  size_t written_len;
  upshake_slice asked; /* the one of the two that the answer is judged by */
  char first[FIRST_CAP];
  size_t first_len;
  char answer[ANSWER_CAP]; /* memory for the head of the answer */
  char bytes[READ_CAP];    /* the bytes that were received last */
  upshake_slice early;     /* the bytes among them that follow the head */
  struct refusal refusal;
  FILE *messages; /* --json: the received messages */
};

/* ---- Asking -------------------------------------------------------------- */

/* The offer of browsers. */
static const upshake_deflate_offer offer = {.client_bits = UPSHAKE_BITS_ANY};

/* h2c wants SETTINGS (RFC 7540 3.2.1): ENABLE_PUSH is 0. */
static const char settings[] = {0, 2, 0, 0, 0, 0};

static upshake_ask make_ask(const struct options *options) {
  upshake_ask ask = {
      .scheme = upshake_text(options->uri.secure ? "wss" : "ws"),
      .host = upshake_text(options->uri.host),
      .port = (uint32_t)atoi(options->uri.port),
      .target = upshake_text(options->uri.target),
      .method = upshake_text(options->method),
      .protocols = upshake_text(options->protocol),
      .subprotocols = upshake_text(options->subprotocols),
      .deflates = &offer,
      .deflates_len = options->deflate ? 1 : 0,
      .origin = upshake_text(options->origin),
      .fields = options->fields,
      .fields_len = options->fields_len,
  };
  if (upshake_equal_fold(ask.protocols, "h2c"))
    ask.settings = (upshake_slice){settings, sizeof settings};
  return ask;
}

static int complain_of_room(void) {
  complain("the request is longer than %d bytes", REQUEST_CAP);
  return EXIT_BAD_USAGE;
}

/* The library checks everything from the command line.  The key is new for each
 * connection (RFC 6455 4.1). */
static int write_request(struct session *s) {
  upshake_ask ask = make_ask(s->options);
  unsigned char key[16];
  if (net_random(key, sizeof key) != 0)
    return complain("the system has no random bytes"), EXIT_BAD_SYSTEM;
  upshake_error error =
      upshake_write_request(&ask, s->options->protocol == NULL ? key : NULL,
                            s->request, sizeof s->request, &s->request_len);
  if (error == UPSHAKE_OK)
    return EXIT_SUCCESS;
  if (error == UPSHAKE_ERR_ROOM)
    return complain_of_room();
  complain("cannot ask for this: %s: %s", upshake_explain(error).name,
           upshake_strerror(error));
  return EXIT_BAD_USAGE;
}

/* The rules do not hold for --set and --omit. */
static int edit_request(struct session *s) {
  const struct options *options = s->options;
  memcpy(s->written, s->request, s->request_len);
  s->written_len = s->request_len;
  for (size_t i = 0; i < options->edits_len; i++)
    if (edit_head(s->request, sizeof s->request, &s->request_len,
                  &options->edits[i]) != 0)
      return complain_of_room();
  return EXIT_SUCCESS;
}

static upshake_error begin_with(struct session *s, const char *request,
                                size_t len) {
  s->asked = (upshake_slice){request, len};
  return upshake_client_init(&s->client, &s->policy, s->asked, s->answer,
                             sizeof s->answer);
}

/* The answer is judged as one to the request that was sent.  If no client
 * should have sent that, the answer is judged as one to the request before it
 * was broken. */
static int begin(struct session *s) {
  s->policy.subprotocol_required = s->options->subprotocol_required ? 1 : 0;
  upshake_error error = begin_with(s, s->request, s->request_len);
  if (error != UPSHAKE_OK && s->options->edits_len > 0)
    error = begin_with(s, s->written, s->written_len);
  if (error == UPSHAKE_OK)
    return EXIT_SUCCESS;
  complain("%s", upshake_strerror(error));
  return EXIT_BAD_SYSTEM;
}

static int send_request(struct session *s) {
  const struct options *options = s->options;
  struct shown shown = {.mark = "> "};
  if (way_open(&s->channel, options, &s->times) != 0)
    return EXIT_INCOMPLETE;
  if (options->verbose)
    show_bytes(&shown, s->request, s->request_len);
  if (channel_send(&s->channel, s->request, s->request_len,
                   net_now_ms() + options->timeout) == 0)
    return EXIT_SUCCESS;
  if (errno == EPIPE || errno == ECONNRESET) /* it may have answered before */
    return EXIT_SUCCESS;
  complain("cannot send the request: %s", s->channel.why);
  return EXIT_INCOMPLETE;
}

/* ---- The answer ---------------------------------------------------------- */

static int complain_of_silence(const struct session *s, ssize_t n, int error) {
  size_t len = upshake_client_get_result(&s->client).consumed;
  if (n == 0)
    complain("the server closed before its answer was complete: "
             "%zu bytes came",
             len);
  else if (error == ETIMEDOUT)
    complain("nothing for %ld ms while waiting for the answer: "
             "%zu bytes came",
             s->options->timeout, len);
  else
    complain("the connection is lost: %s", s->channel.why);
  return EXIT_INCOMPLETE;
}

static void keep_first(struct session *s, size_t len) {
  size_t room = sizeof s->first - s->first_len;
  len = len < room ? len : room;
  memcpy(s->first + s->first_len, s->bytes, len);
  s->first_len += len;
}

/* The bytes may come in any pieces.  Interim responses (100, 103) are skipped.
 * The bytes that the library has not consumed are the first bytes of the new
 * protocol (RFC 9110 7.8). */
static int read_answer(struct session *s) {
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  struct shown shown = {.mark = "< "};
  while (next == UPSHAKE_CLIENT_READ) {
    size_t used;
    ssize_t n = channel_receive(&s->channel, s->bytes, sizeof s->bytes,
                                net_now_ms() + s->options->timeout);
    if (n <= 0) {
      int error = errno;
      show_end(&shown);
      return complain_of_silence(s, n, error);
    }
    keep_first(s, (size_t)n);
    next = upshake_client_feed(&s->client, s->bytes, (size_t)n, &used);
    s->early = (upshake_slice){s->bytes + used, (size_t)n - used};
    if (s->options->verbose)
      show_bytes(&shown, s->bytes, used);
  }
  show_end(&shown);
  return EXIT_SUCCESS;
}

/* ---- What it means ------------------------------------------------------- */

static int complain_of_refusal(const upshake_client_result *result) {
  upshake_explanation why = upshake_explain(result->error);
  complain("refused: %s: %s (%s), byte %zu", why.name, why.sentence, why.rule,
           result->offset);
  return EXIT_REFUSED;
}

/* Returns the field that tells the user what to do, if the status has such a
 * field. */
static const char *name_remedy(int status) {
  if (status >= 300 && status < 400)
    return "Location";
  if (status == 401)
    return "WWW-Authenticate";
  if (status == 407)
    return "Proxy-Authenticate";
  if (status == 426)
    return "Sec-WebSocket-Version";
  return "Retry-After";
}

static int complain_of_status(const upshake_client_result *result) {
  const char *name = name_remedy(result->status);
  upshake_slice value = upshake_find_field(result->fields, name);
  int remedy = value.ptr != NULL;
  complain("no switch: the server answers %03d%s%.*s%s%s%s%.*s", result->status,
           result->reason.len > 0 ? " " : "", (int)result->reason.len,
           result->reason.ptr, remedy ? "; " : "", remedy ? name : "",
           remedy ? ": " : "", remedy ? (int)value.len : 0,
           remedy ? value.ptr : "");
  return EXIT_OTHER;
}

/* Its field lines are behind the request line. */
static upshake_fields fields_of(upshake_slice request) {
  const char *feed = memchr(request.ptr, '\n', request.len);
  size_t line = feed != NULL ? (size_t)(feed - request.ptr) + 1 : request.len;
  return (upshake_fields){.raw = {request.ptr + line, request.len - line}};
}

/* Scripts find the same in the object. */
static void explain(struct session *s, const upshake_client_result *result) {
  const struct answer_seen seen = {
      result, {s->first, s->first_len}, fields_of(s->asked), 1};
  refusal_read(&s->refusal, &seen, &s->channel, s->early);
  if (!s->options->json)
    refusal_print(&s->refusal);
}

static int judge(struct session *s) {
  upshake_client_result result = upshake_client_get_result(&s->client);
  if (result.next != UPSHAKE_CLIENT_SWITCHED) {
    int status = result.next == UPSHAKE_CLIENT_REFUSED
                     ? complain_of_refusal(&result)
                     : complain_of_status(&result);
    explain(s, &result);
    return status;
  }
  int failed = s->options->protocol != NULL
                   ? raw_talk(&s->channel, s->early)
                   : talk(&s->channel, s->options, &result.deflate, s->early,
                          s->messages);
  return failed ? EXIT_TALK : EXIT_SUCCESS;
}

/* ---- The whole program --------------------------------------------------- */

static void show_times(const struct session *s) {
  note people = {NULL, 0, 0}, scripts = {NULL, 0, 0};
  note_times(&s->times, &people, &scripts);
  fprintf(stderr, "Times: %s\n", note_text(&people));
  note_free(&people);
  note_free(&scripts);
}

static int converse(struct session *s) {
  int status = send_request(s);
  long long begun = net_now_us();
  if (status == EXIT_SUCCESS)
    status = read_answer(s);
  if (status == EXIT_SUCCESS)
    s->times.answer = net_now_us() - begun;
  if (s->options->timing && !s->options->json && s->times.name >= 0)
    show_times(s);
  if (status == EXIT_SUCCESS)
    status = judge(s);
  channel_close(&s->channel);
  return status;
}

/* An absent slice is null. */
static upshake_slice slice_or_absent(const note *text) {
  upshake_slice absent = {NULL, 0};
  return text->len > 0 ? note_slice(text) : absent;
}

static void print_object(const struct session *s, const char *messages) {
  upshake_client_result result = upshake_client_get_result(&s->client);
  note more = {NULL, 0, 0}, people = {NULL, 0, 0};
  note_add(&more, ",\"hint\":");
  note_json(&more, slice_or_absent(&s->refusal.hint));
  note_add(&more, ",\"body\":");
  note_json(&more, slice_or_absent(&s->refusal.body));
  if (s->options->timing)
    note_times(&s->times, &people, &more);
  print_json(&result, messages, note_text(&more));
  note_free(&more);
  note_free(&people);
}

/* The same, but collects the received messages for the object. */
static int converse_for_scripts(struct session *s) {
  char *messages = NULL;
  size_t len;
  s->messages = open_memstream(&messages, &len);
  if (s->messages == NULL)
    return complain("out of memory"), EXIT_BAD_SYSTEM;
  int status = converse(s);
  int lost = ferror(s->messages);
  if (fclose(s->messages) == 0 && !lost)
    print_object(s, messages);
  else
    status = (complain("out of memory"), EXIT_BAD_SYSTEM);
  free(messages);
  return status;
}

static int run(const struct options *options) {
  static struct session s;
  s.options = options;
  s.channel.fd = -1;
  s.times = (times){-1, -1, -1, -1};
  int status = write_request(&s);
  if (status == EXIT_SUCCESS)
    status = edit_request(&s);
  if (status == EXIT_SUCCESS)
    status = begin(&s);
  if (status != EXIT_SUCCESS)
    return status;
  status = options->json ? converse_for_scripts(&s) : converse(&s);
  refusal_free(&s.refusal);
  return status;
}

int main(int argc, char **argv) {
  struct options options;
  allocate_program = "upshake-client";
  keep_streams();
  int status = options_parse(&options, argc, argv);
  if (status == EXIT_SUCCESS && options.help)
    options_print_help();
  else if (status == EXIT_SUCCESS)
    status = run(&options);
  options_free(&options);
  return end_output(status, "upshake-client: cannot write what came");
}
