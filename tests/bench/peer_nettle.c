/* SPDX-License-Identifier: MIT
 *
 * nettle as a contestant: the Accept as wslay's example has it.
 */
#include "bench.h"

#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <nettle/version.h>

static void nettle_accept(const char key[KEY_LEN], char accept[ACCEPT_LEN]) {
  static const uint8_t guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  uint8_t digest[SHA1_DIGEST_SIZE];
  struct sha1_ctx context;
  sha1_init(&context);
  sha1_update(&context, KEY_LEN, (const uint8_t *)key);
  sha1_update(&context, sizeof guid - 1, guid);
  sha1_digest(&context, sizeof digest, digest);
  base64_encode_raw(accept, sizeof digest, digest);
}

const bench_contestant nettle;
const bench_contestant nettle = {
    .name = "nettle",
    .version = "nettle " TEXT_OF(NETTLE_VERSION_MAJOR) "." TEXT_OF(
        NETTLE_VERSION_MINOR),
    .accept = nettle_accept,
    .state = sizeof(struct sha1_ctx)};
