/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --client: what would the client say to this response?
 *
 * Reads the request as it was sent, feeds the response, and prints the outcome
 * for scripts.
 */
#include "inspect_client.h"

#include <stdlib.h>
#include <string.h>

/* ---- A request that is none ---------------------------------------------- */

/* What is wrong with the request, where that is known, and at which octet. */
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
    fprintf(stderr, ": octet %zu", about.offset);
  if (about.error != UPSHAKE_OK)
    fprintf(stderr, ": %s", upshake_strerror(about.error));
  fputs("\n", stderr);
  exit(BAD_INPUT);
}

/* The library says only that it is no request for a switch.  A server that
 * would switch knows what is missing. */
static complaint ask_server(upshake_slice head) {
  const upshake_protocol protocol = {.token = "websocket"};
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
    return about; /* of other protocols this one knows nothing */
  about.error = result.error;
  about.has_offset = result.next == UPSHAKE_SEND && result.error != UPSHAKE_OK;
  about.offset = result.offset;
  return about;
}

/* The head of the request: a recording may go on behind it. */
static upshake_slice take_request(exchange *ex, const char *file,
                                  const char *octets, size_t len) {
  upshake_parser parser;
  upshake_slice head = {octets, 0};
  memset(&parser, 0, sizeof parser);
  upshake_error error =
      upshake_parse_head(&parser, NULL, octets, len, &head.len);
  complaint about = {error, 1, head.len};
  if (error == UPSHAKE_ERR_INCOMPLETE || error == UPSHAKE_ERR_HTTP2_PREFACE)
    about.has_offset = 0;
  if (error != UPSHAKE_OK)
    fail_request(file, about);
  ex->asked = upshake_parsed_request(&parser, octets).fields;
  return head;
}

/* ---- The response -------------------------------------------------------- */

/* Each piece is fed from memory of exactly its size, so that a memory checker
 * sees an octet too far. */
static void feed_piece(exchange *ex, size_t len) {
  size_t used = 0;
  char *piece = allocate(len);
  memcpy(piece, ex->octets + ex->taken, len);
  upshake_client_feed(&ex->client, piece, len, &used);
  ex->result = upshake_client_get_result(&ex->client);
  ex->taken += used;
  free(piece);
}

static void feed_all(exchange *ex, size_t step) {
  ex->result = upshake_client_get_result(&ex->client);
  while (ex->result.next == UPSHAKE_CLIENT_READ && ex->taken < ex->len) {
    size_t left = ex->len - ex->taken;
    feed_piece(ex, step && step < left ? step : left);
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
    break;
  }
  return INCOMPLETE;
}

int has_response(const exchange *ex) { return ex->result.fields.ptr != NULL; }

/* ---- How the connection goes on ------------------------------------------ */

/* Only the last coding says where a body ends (RFC 9112 6.3). */
int is_chunked(const exchange *ex) {
  upshake_list list = {{NULL, 0}, ex->result.fields, "Transfer-Encoding"};
  upshake_slice member, name, value;
  int chunked = 0;
  while (upshake_next_member(&list, &member))
    chunked = upshake_next_parameter(&member, &name, &value) == 1 &&
              upshake_equal_fold(name, "chunked");
  return chunked;
}

/* ---- For scripts --------------------------------------------------------- */

static void print_object(const exchange *ex) {
  static const char *const outcomes[] = {"switched", "refused", "other",
                                         "incomplete"};
  upshake_explanation why = upshake_explain(ex->result.error);
  verdict said;
  memset(&said, 0, sizeof said);
  said.outcome = outcomes[ex->outcome];
  said.status = ex->result.status;
  said.consumed = ex->taken;
  said.protocol = ex->result.protocol;
  said.subprotocol = ex->result.subprotocol;
  said.extensions = ex->result.extensions;
  said.close =
      ex->outcome == REFUSED || (ex->outcome == OTHER && !ex->result.may_keep);
  if (ex->outcome == REFUSED) {
    said.error = why.name;
    said.rule = why.rule;
    said.offset = ex->result.offset;
  }
  put_json(&said);
}

/* ---- All of it ----------------------------------------------------------- */

static void begin(exchange *ex, const options *opt, upshake_slice request,
                  void *memory, size_t cap) {
  upshake_error error = upshake_client_init(
      &ex->client, request, opt->subprotocol_required, memory, cap);
  if (error == UPSHAKE_ERR_REQUEST)
    fail_request(opt->request, ask_server(request));
  if (error != UPSHAKE_OK)
    fail_library(error);
}

/* Only an input that fills head_max can be too long, so the head memory need
 * not be larger than one octet more than the input. */
static void inspect(exchange *ex, const options *opt, upshake_slice request) {
  size_t cap = ex->len < opt->head_max ? ex->len + 1 : opt->head_max;
  char *head = allocate(cap);
  begin(ex, opt, request, head, cap);
  feed_all(ex, opt->feed);
  ex->outcome = judge_outcome(ex->result.next);
  if (opt->json)
    print_object(ex);
  else
    print_exchange(ex);
  free(head);
}

outcome inspect_response(const options *opt) {
  exchange ex;
  size_t len;
  memset(&ex, 0, sizeof ex);
  char *request = read_input(opt->request, &len);
  upshake_slice asked = take_request(&ex, opt->request, request, len);
  char *octets = read_input(opt->file, &ex.len);
  ex.octets = octets;
  inspect(&ex, opt, asked);
  free(octets);
  free(request);
  return ex.outcome;
}
