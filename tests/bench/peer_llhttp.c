/* SPDX-License-Identifier: MIT
 *
 * llhttp as a contestant.
 */
#include <llhttp.h>

#define PARSER llhttp_t
#define SETTINGS llhttp_settings_t
#define FIRST(parser) llhttp_init(parser, HTTP_REQUEST, callbacks())
#define EXECUTE(parser, octets, len)                                           \
  is_good(llhttp_execute(parser, octets, len))
#define IS_GET(parser) ((parser)->method == HTTP_GET)
#define MINOR(parser) ((parser)->http_major == 1 ? (parser)->http_minor : -1)

/* After a request with Upgrade it pauses. */
static inline int is_good(llhttp_errno_t error) {
  return error == HPE_OK || error == HPE_PAUSED_UPGRADE;
}

#include "callbacks.h"

static const SETTINGS *callbacks(void) {
  static const llhttp_settings_t all = {.on_url = on_target,
                                        .on_header_field = on_name,
                                        .on_header_value = on_value,
                                        .on_headers_complete = on_complete};
  return &all;
}

const bench_contestant llhttp;
const bench_contestant llhttp = {
    .name = "llhttp",
    .version = "llhttp " TEXT_OF(LLHTTP_VERSION_MAJOR) "." TEXT_OF(
        LLHTTP_VERSION_MINOR) "." TEXT_OF(LLHTTP_VERSION_PATCH),
    .jobs = {run_fields, run_fields, run_judge, NULL},
    .state = sizeof(llhttp_t), /* the array of fields left out */
};

#ifdef HAVE_OPENSSL
FULL(run_low, judge, openssl_accept)
FULL(run_oneshot, judge, openssl_oneshot_accept)

const bench_contestant llhttp_low;
const bench_contestant llhttp_low = {.name = "llhttp+openssl",
                                     .jobs = {[JOB_FULL] = run_low}};
const bench_contestant llhttp_oneshot;
const bench_contestant llhttp_oneshot = {.name = "llhttp+openssl-oneshot",
                                         .jobs = {[JOB_FULL] = run_oneshot}};
#endif
