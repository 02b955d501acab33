/* SPDX-License-Identifier: MIT
 *
 * http-parser as a contestant: the distribution's library, built with the
 * distribution's flags.
 */
#include <http_parser.h>

#define PARSER http_parser
#define SETTINGS http_parser_settings
#define FIRST(parser) http_parser_init(parser, HTTP_REQUEST)
#define EXECUTE(parser, octets, len) execute(parser, octets, len)
#define IS_GET(parser) ((parser)->method == HTTP_GET)
#define MINOR(parser) ((parser)->http_major == 1 ? (parser)->http_minor : -1)

static int execute(http_parser *parser, const char *octets, size_t len);

#include "callbacks.h"

static const SETTINGS *callbacks(void) {
  static const http_parser_settings all = {.on_url = on_target,
                                           .on_header_field = on_name,
                                           .on_header_value = on_value,
                                           .on_headers_complete = on_complete};
  return &all;
}

static int execute(http_parser *parser, const char *octets, size_t len) {
  return http_parser_execute(parser, callbacks(), octets, len) == len &&
         HTTP_PARSER_ERRNO(parser) == HPE_OK;
}

const bench_contestant http_parser_peer;
const bench_contestant http_parser_peer = {
    .name = "http-parser",
    .version = "http-parser " TEXT_OF(HTTP_PARSER_VERSION_MAJOR) "." TEXT_OF(
        HTTP_PARSER_VERSION_MINOR) "." TEXT_OF(HTTP_PARSER_VERSION_PATCH),
    .jobs = {run_fields, run_fields, run_judge, NULL},
    .state = sizeof(http_parser), /* the array of fields left out */
};

#ifdef HAVE_OPENSSL
FULL(run_low, judge, openssl_accept)

const bench_contestant http_parser_low;
const bench_contestant http_parser_low = {.name = "http-parser+openssl",
                                          .jobs = {[JOB_FULL] = run_low}};
#endif
