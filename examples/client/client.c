/* SPDX-License-Identifier: MIT
 *
 * upshake-client: asks for a WebSocket, checks the answer, and talks.
 *
 *     upshake-client -v ws://127.0.0.1:8080/chat
 *
 * This file uses the library, in this order: write_request, read_answer, judge.
 * The other files:
 *
 *     options.c    the command line
 *     talk.c       the talk after the switch
 *     websocket.c  WebSocket's frames, by wslay
 *     report.c     what is printed
 *
 * ../common/uri.c reads the ws:// URI, and ../common/net.c has the socket.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/net.h"
#include "options.h"
#include "report.h"
#include "talk.h"
#include "../common/exit.h"
#include "../common/start.h"
#include "upshake.h"

#define REQUEST_CAP 65536 /* cookies may be long */
#define ANSWER_CAP 16384
#define READ_CAP 4096

enum {
  EXIT_REFUSED = 1, /* the answer breaks a rule */
  EXIT_OTHER = 2,   /* the answer is no switch */
  EXIT_INCOMPLETE = 3,
  EXIT_TALK = 4 /* it failed after the switch */
};

struct session {
  const struct options *options;
  int fd;
  upshake_client_policy policy;
  upshake_client client;
  char request[REQUEST_CAP];
  size_t request_len;
  char answer[ANSWER_CAP]; /* memory for the head of the answer */
  char bytes[READ_CAP];    /* the bytes that were received last */
  upshake_slice early;     /* the bytes among them that follow the head */
  FILE *messages;          /* --json: the received messages */
};

/* ---- Asking -------------------------------------------------------------- */

/* The offer of browsers. */
static const upshake_deflate_offer offer = {.client_bits = UPSHAKE_BITS_ANY};

/* The library checks everything from the command line.  The key is new for each
 * connection (RFC 6455 4.1). */
static int write_request(struct session *s) {
  const struct options *options = s->options;
  upshake_ask ask = {
      .host = upshake_text(options->uri.host),
      .port = (uint32_t)atoi(options->uri.port),
      .target = upshake_text(options->uri.target),
      .subprotocols = upshake_text(options->subprotocols),
      .deflates = &offer,
      .deflates_len = options->deflate ? 1 : 0,
      .origin = upshake_text(options->origin),
      .fields = options->fields,
      .fields_len = options->fields_len,
  };
  unsigned char key[16];
  if (net_random(key, sizeof key) != 0)
    return complain("the system has no random bytes"), EXIT_BAD_SYSTEM;
  upshake_error error = upshake_write_request(
      &ask, key, s->request, sizeof s->request, &s->request_len);
  if (error == UPSHAKE_OK)
    return EXIT_SUCCESS;
  if (error == UPSHAKE_ERR_ROOM)
    complain("the request is longer than %d bytes", REQUEST_CAP);
  else
    complain("cannot ask for this: %s: %s", upshake_explain(error).name,
             upshake_strerror(error));
  return EXIT_BAD_USAGE;
}

static int begin(struct session *s) {
  upshake_slice request = {s->request, s->request_len};
  s->policy.subprotocol_required = s->options->subprotocol_required ? 1 : 0;
  upshake_error error = upshake_client_init(&s->client, &s->policy, request,
                                            s->answer, sizeof s->answer);
  if (error == UPSHAKE_OK)
    return EXIT_SUCCESS;
  complain("%s", upshake_strerror(error));
  return EXIT_BAD_SYSTEM;
}

static int send_request(struct session *s) {
  const struct options *options = s->options;
  const struct uri *uri = &options->uri;
  struct shown shown = {.mark = "> "};
  const char *why;
  s->fd = net_connect(uri->host, uri->port, options->timeout, &why);
  if (s->fd < 0) {
    complain("cannot connect to %s port %s: %s", uri->host, uri->port, why);
    return EXIT_INCOMPLETE;
  }
  if (options->verbose)
    show_bytes(&shown, s->request, s->request_len);
  if (net_send(s->fd, s->request, s->request_len, options->timeout) == 0)
    return EXIT_SUCCESS;
  if (errno == EPIPE || errno == ECONNRESET) /* it may have answered before */
    return EXIT_SUCCESS;
  complain("cannot send the request: %s", strerror(errno));
  return EXIT_INCOMPLETE;
}

/* ---- The answer ---------------------------------------------------------- */

static int complain_of_silence(const struct session *s, int error) {
  size_t len = upshake_client_get_result(&s->client).consumed;
  if (error == 0)
    complain("the server closed before its answer was complete: "
             "%zu bytes came",
             len);
  else if (error == ETIMEDOUT)
    complain("nothing for %ld ms while waiting for the answer: "
             "%zu bytes came",
             s->options->timeout, len);
  else
    complain("the connection is lost: %s", strerror(error));
  return EXIT_INCOMPLETE;
}

/* The bytes may come in any pieces.  Interim responses (100, 103) are skipped.
 * The bytes that the library has not consumed are the first bytes of the new
 * protocol (RFC 9110 7.8). */
static int read_answer(struct session *s) {
  upshake_client_next next = UPSHAKE_CLIENT_READ;
  struct shown shown = {.mark = "< "};
  while (next == UPSHAKE_CLIENT_READ) {
    size_t used;
    ssize_t n =
        net_receive(s->fd, s->bytes, sizeof s->bytes, s->options->timeout);
    if (n <= 0) {
      int error = n < 0 ? errno : 0;
      show_end(&shown);
      return complain_of_silence(s, error);
    }
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

static int judge(struct session *s) {
  upshake_client_result result = upshake_client_get_result(&s->client);
  if (result.next == UPSHAKE_CLIENT_REFUSED)
    return complain_of_refusal(&result);
  if (result.next == UPSHAKE_CLIENT_OTHER)
    return complain_of_status(&result);
  return talk(s->fd, s->options, &result.deflate, s->early, s->messages) == 0
             ? EXIT_SUCCESS
             : EXIT_TALK;
}

/* ---- The whole program --------------------------------------------------- */

static int converse(struct session *s) {
  int status = send_request(s);
  if (status == EXIT_SUCCESS)
    status = read_answer(s);
  if (status == EXIT_SUCCESS)
    status = judge(s);
  if (s->fd >= 0)
    close(s->fd);
  return status;
}

/* The same, but collects the received messages for the object. */
static int converse_for_scripts(struct session *s) {
  char *messages = NULL;
  size_t len;
  s->messages = open_memstream(&messages, &len);
  if (s->messages == NULL)
    return complain("out of memory"), EXIT_BAD_SYSTEM;
  int status = converse(s);
  upshake_client_result result = upshake_client_get_result(&s->client);
  int lost = ferror(s->messages);
  if (fclose(s->messages) == 0 && !lost)
    print_json(&result, messages);
  else
    status = (complain("out of memory"), EXIT_BAD_SYSTEM);
  free(messages);
  return status;
}

static int run(const struct options *options) {
  static struct session s;
  s.options = options;
  s.fd = -1;
  int status = write_request(&s);
  if (status == EXIT_SUCCESS)
    status = begin(&s);
  if (status != EXIT_SUCCESS)
    return status;
  return options->json ? converse_for_scripts(&s) : converse(&s);
}

int main(int argc, char **argv) {
  struct options options;
  keep_streams();
  int status = options_parse(&options, argc, argv);
  if (status == EXIT_SUCCESS && options.help)
    options_print_help();
  else if (status == EXIT_SUCCESS)
    status = run(&options);
  options_free(&options);
  return end_output(status, "upshake-client: cannot write what came");
}
