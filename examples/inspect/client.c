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
static void take_request(exchange *ex, const char *file) {
  input *in = &ex->request;
  upshake_parser parser;
  size_t end = 0;
  upshake_error error = UPSHAKE_ERR_INCOMPLETE;
  memset(&parser, 0, sizeof parser);
  input_open(in, file);
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
    fail_request(file, about);
  ex->head = (upshake_slice){in->bytes, end};
  ex->asked = upshake_parsed_request(&parser, NULL, in->bytes).fields;
}

/* ---- The response -------------------------------------------------------- */

static void begin(exchange *ex, const options *opt, size_t cap) {
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
  if (error == UPSHAKE_ERR_REQUEST ||
      upshake_find_field(ex->asked, "Upgrade").ptr == NULL)
    fail_request(opt->request, ask_server(ex->head));
  if (error != UPSHAKE_OK)
    fail_library(error);
  ex->result = upshake_client_get_result(&ex->client);
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

/* ---- For scripts --------------------------------------------------------- */

static void print_object(const exchange *ex) {
  struct verdict said = verdict_of(&ex->result);
  said.consumed = ex->taken;
  said.extensions = ex->extensions;
  put_json(&said, JSON_SHORT);
}

/* ---- The whole run ------------------------------------------------------- */

outcome inspect_response(const options *opt) {
  exchange ex;
  memset(&ex, 0, sizeof ex);
  take_request(&ex, opt->request);
  begin(&ex, opt, opt->head_max < 1024 ? opt->head_max : 1024);
  input_open(&ex.input, opt->file);
  feed_all(&ex, opt);
  ex.outcome = judge_outcome(ex.result.next);
  char *extensions = allocate(ex.result.fields.raw.len);
  if (ex.result.extensions.ptr != NULL)
    ex.extensions = join_lines(ex.result.fields, EXTENSIONS_FIELD, extensions);
  if (opt->json) {
    print_object(&ex);
  } else {
    input_read_on(&ex.input, ex.taken);
    print_exchange(&ex);
  }
  free(extensions);
  free(ex.memory);
  input_close(&ex.input);
  input_close(&ex.request);
  return ex.outcome;
}
