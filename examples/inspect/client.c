/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --client: what would the client say to this response?
 *
 * Reads the request, feeds the response until the verdict is clear, and prints
 * the outcome for scripts.
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#include "../common/exit.h"
#include "../common/join.h"
#include "../common/json.h"

/* The longest head of a request that is read. */
#define REQUEST_MAX ((size_t)1 << 20)

/* ---- A request that asks for no switch ----------------------------------- */

/* What is wrong with the request, if that is known, and at which byte. */
typedef struct complaint {
  upshake_error error;
  int has_offset;
  size_t offset;
} complaint;

static void fail_request(const char *file, complaint about) {
  fputs("upshake-inspect: request '", stderr);
  put_escaped(stderr, file, strlen(file));
  fprintf(stderr, "': %s", upshake_strerror(UPSHAKE_ERR_REQUEST));
  if (about.has_offset)
    fprintf(stderr, ": byte %zu", about.offset);
  if (about.error != UPSHAKE_OK)
    fprintf(stderr, ": %s", upshake_strerror(about.error));
  fputs("\n", stderr);
  exit(EXIT_BAD_INPUT);
}

/* The library only says that the request asks for no switch.  A server knows
 * what is missing, so one is asked here. */
static complaint ask_server(upshake_slice head) {
  const upshake_protocol protocol = UPSHAKE_WEBSOCKET;
  const upshake_config config = {
      .protocols = &protocol, .protocols_len = 1, .origin = UPSHAKE_ORIGIN_ANY};
  complaint about = {UPSHAKE_OK, 0, 0};
  upshake hs;
  size_t used;
  char *memory = allocate(head.len);
  upshake_init(&hs, &config, memory, head.len, NULL);
  upshake_feed(&hs, head.ptr, head.len, &used);
  upshake_result result = upshake_get_result(&hs);
  free(memory);

  if (result.error == UPSHAKE_ERR_NOT_SUPPORTED)
    return about; /* the rules of other protocols are not known here */
  about.error = result.error;
  about.has_offset = result.next == UPSHAKE_SEND && result.error != UPSHAKE_OK;
  about.offset = result.offset;
  return about;
}

/* Reads the head of the request.  A recording may have more bytes behind it. */
static complaint read_request(exchange *ex) {
  input *in = &ex->request;
  upshake_parser parser;
  size_t end = 0;
  memset(&parser, 0, sizeof parser);
  upshake_error error =
      upshake_parse_head(&parser, NULL, in->bytes, in->len, &end);
  while (error == UPSHAKE_ERR_INCOMPLETE && in->len < REQUEST_MAX &&
         input_read(in))
    error = upshake_parse_head(&parser, NULL, in->bytes, in->len, &end);
  complaint about = {error, 1, end};
  if (error == UPSHAKE_ERR_INCOMPLETE && in->len >= REQUEST_MAX)
    about = (complaint){UPSHAKE_ERR_HEAD_LONG, 1, in->len};
  else if (error == UPSHAKE_ERR_INCOMPLETE ||
           error == UPSHAKE_ERR_HTTP2_PREFACE)
    about.has_offset = 0;
  if (error != UPSHAKE_OK)
    return about;
  ex->head = (upshake_slice){in->bytes, end};
  ex->asked = upshake_parsed_request(&parser, NULL, in->bytes).fields;
  return about;
}

static void take_request(exchange *ex, const char *file) {
  input_open(&ex->request, file);
  complaint about = read_request(ex);
  if (about.error != UPSHAKE_OK)
    fail_request(file, about);
}

/* ---- The response -------------------------------------------------------- */

/* Returns REQUEST for a request that no client should have sent. */
static upshake_error begin(exchange *ex, const options *opt, size_t cap) {
  free(ex->memory);
  ex->memory = allocate(ex->head.len + cap);
  ex->cap = cap;
  ex->taken = 0;
  ex->policy.limits = limits_of(opt);
  if (ex->policy.limits.total == 0 || ex->policy.limits.total > cap)
    ex->policy.limits.total = (uint32_t)cap;
  ex->policy.subprotocol_required = opt->subprotocol_required ? 1 : 0;
  upshake_error error = upshake_client_init(&ex->client, &ex->policy, ex->head,
                                            ex->memory, ex->head.len + cap);
  if (error != UPSHAKE_OK && error != UPSHAKE_ERR_REQUEST)
    fail_library(error);
  ex->result = upshake_client_get_result(&ex->client);
  return error;
}

/* The memory also keeps what was asked, in no more bytes than the request.
 * Only an input that fills head_max can be too long, so the head memory needs
 * just one byte more than the input so far.  A client cannot move to other
 * memory, so it begins again. */
static void make_room(exchange *ex, const options *opt) {
  size_t cap = input_end(&ex->input) + 1;
  if (cap <= ex->cap || ex->cap == opt->head_max)
    return;
  if (cap < 2 * ex->cap)
    cap = 2 * ex->cap;
  begin(ex, opt, cap < opt->head_max ? cap : opt->head_max);
}

/* Each piece is fed from memory of exactly its size, so that a memory checker
 * sees a read beyond it. */
static void feed_piece(exchange *ex, size_t len) {
  size_t used = 0;
  char *piece = allocate(len);
  memcpy(piece, input_at(&ex->input, ex->taken), len);
  upshake_client_feed(&ex->client, piece, len, &used);
  ex->result = upshake_client_get_result(&ex->client);
  ex->taken += used;
  free(piece);
}

static void feed_all(exchange *ex, const options *opt) {
  while (ex->result.next == UPSHAKE_CLIENT_READ) {
    size_t left = input_end(&ex->input) - ex->taken;
    if (left > 0)
      feed_piece(ex, opt->feed && opt->feed < left ? opt->feed : left);
    else if (input_read(&ex->input))
      make_room(ex, opt);
    else
      return;
  }
}

static outcome judge_outcome(upshake_client_next next) {
  switch (next) {
  case UPSHAKE_CLIENT_SWITCHED:
    return SWITCHED;
  case UPSHAKE_CLIENT_OTHER:
    return OTHER;
  case UPSHAKE_CLIENT_REFUSED:
    return REFUSED;
  case UPSHAKE_CLIENT_READ:
  case UPSHAKE_CLIENT_INTERIM: /* the policy skips it */
    break;
  }
  return INCOMPLETE;
}

int has_response(const exchange *ex) {
  return ex->result.fields.raw.ptr != NULL;
}

static char *join_extensions(exchange *ex) {
  char *text = allocate(ex->result.fields.raw.len);
  if (ex->result.extensions.ptr != NULL)
    ex->extensions = join_lines(ex->result.fields, EXTENSIONS_FIELD, text);
  return text;
}

/* ---- For scripts --------------------------------------------------------- */

static void print_object(const exchange *ex, const answer *said) {
  note members = {NULL, 0, 0};
  struct verdict verdict = verdict_of(&ex->result);
  verdict.consumed = ex->taken;
  verdict.extensions = ex->extensions;
  note_members(&members, said);
  verdict.more = note_text(&members);
  put_json(&verdict, JSON_SHORT);
  note_free(&members);
}

/* ---- The whole run ------------------------------------------------------- */

static outcome judge(exchange *ex, const options *opt) {
  feed_all(ex, opt);
  ex->outcome = judge_outcome(ex->result.next);
  char *extensions = join_extensions(ex);
  if (!opt->json)
    input_read_on(&ex->input, ex->taken);
  answer said;
  memset(&said, 0, sizeof said);
  say_response(ex, &said);
  if (opt->json)
    print_object(ex, &said);
  else
    print_exchange(ex, &said, opt);
  answer_free(&said);
  free(extensions);
  free(ex->memory);
  input_close(&ex->input);
  input_close(&ex->request);
  return ex->outcome;
}

static size_t first_cap(const options *opt) {
  return opt->head_max < 1024 ? opt->head_max : 1024;
}

outcome inspect_response(const options *opt) {
  static const reading raw = {.form = "raw"};
  exchange ex;
  memset(&ex, 0, sizeof ex);
  ex.read = &raw;
  take_request(&ex, opt->request);
  if (begin(&ex, opt, first_cap(opt)) != UPSHAKE_OK ||
      upshake_find_field(ex.asked, "Upgrade").ptr == NULL)
    fail_request(opt->request, ask_server(ex.head));
  input_open(&ex.input, opt->file);
  return judge(&ex, opt);
}

/* A request that asks for no switch stands for a request that is wrong. */
static void ask_plainly(exchange *ex, const options *opt) {
  static const char plain[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  input_close(&ex->request);
  input_of_bytes(&ex->request, plain, sizeof plain - 1);
  read_request(ex);
  begin(ex, opt, first_cap(opt));
}

outcome judge_response(const options *opt, const reading *read,
                       upshake_slice request, upshake_slice bytes) {
  exchange ex;
  memset(&ex, 0, sizeof ex);
  ex.read = read;
  input_of_bytes(&ex.request, request.ptr, request.len);
  if (read_request(&ex).error != UPSHAKE_OK ||
      begin(&ex, opt, first_cap(opt)) != UPSHAKE_OK)
    ask_plainly(&ex, opt);
  input_of_bytes(&ex.input, bytes.ptr, bytes.len);
  return judge(&ex, opt);
}
