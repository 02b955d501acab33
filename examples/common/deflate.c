/* SPDX-License-Identifier: MIT
 *
 * permessage-deflate by zlib: see deflate.h.
 */
#include "deflate.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST /* input of zlib is const */
#include <zlib.h>

/* Every compressed message ends with these bytes, which are not sent (RFC 7692
 * 7.2.1). */
static const uint8_t tail[4] = {0x00, 0x00, 0xff, 0xff};

/* The most final blocks of one message.  A final block has only two bytes and
 * costs more time than a thousand other bytes (see `restart`), so a long
 * message of final blocks would take the processor for most of a second.  A
 * sender that ends each message or each fragment with a final block needs far
 * fewer. */
#define FINAL_BLOCKS_MAX 64

#define MEMORY_LEVEL 8 /* zlib's default */
#define WINDOW_MAX 32768

struct deflater {
  upshake_deflate agreed;
  z_stream in, out;
};

/* Negative bits mean plain DEFLATE, without zlib's header. */
static int begin(struct deflater *deflater) {
  const upshake_deflate *agreed = &deflater->agreed;
  if (inflateInit2(&deflater->in, -agreed->client_bits) != Z_OK)
    return -1;
  if (deflateInit2(&deflater->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                   -agreed->server_bits, MEMORY_LEVEL,
                   Z_DEFAULT_STRATEGY) == Z_OK)
    return 0;
  inflateEnd(&deflater->in);
  return -1;
}

struct deflater *deflater_open(const upshake_deflate *agreed) {
  struct deflater *deflater = calloc(1, sizeof *deflater);
  if (deflater == NULL)
    return NULL;
  deflater->agreed = *agreed;
  if (begin(deflater) == 0)
    return deflater;
  free(deflater);
  return NULL;
}

void deflater_close(struct deflater *deflater) {
  if (deflater == NULL)
    return;
  inflateEnd(&deflater->in);
  deflateEnd(&deflater->out);
  free(deflater);
}

/* ---- Received messages -------------------------------------------------- */

/* A block may say that it is the last block (RFC 7692 7.2.3.5).  For zlib the
 * stream ends there, so it is started again with the same window. */
static int restart(z_stream *z) {
  static uint8_t window[WINDOW_MAX];
  uInt len = 0;
  if (inflateGetDictionary(z, window, &len) != Z_OK || inflateReset(z) != Z_OK)
    return Z_STREAM_ERROR;
  return inflateSetDictionary(z, window, len);
}

static int inflate_all(z_stream *z, const uint8_t *bytes, size_t len) {
  int finals = 0;
  z->next_in = bytes;
  z->avail_in = (uInt)len;
  while (z->avail_in > 0) {
    int status = inflate(z, Z_SYNC_FLUSH);
    if (z->avail_out == 0)
      return INFLATED_LONG;
    if (status == Z_STREAM_END && ++finals > FINAL_BLOCKS_MAX)
      return INFLATED_LONG;
    if (status == Z_STREAM_END)
      status = restart(z);
    if (status != Z_OK)
      return INFLATED_MALFORMED;
  }
  return INFLATED;
}

/* 1 at the end of a block that is not the last block: the tail must lead there.
 * zlib says so with this value. */
static int is_between_blocks(const z_stream *z) { return z->data_type == 128; }

/* If `out` is full, it may have been too small, so that counts as too long. */
int deflater_inflate(struct deflater *deflater, const uint8_t *bytes,
                     size_t len, uint8_t *out, size_t cap, size_t *out_len) {
  z_stream *z = &deflater->in;
  z->next_out = out;
  z->avail_out = (uInt)cap;
  int outcome = inflate_all(z, bytes, len);
  if (outcome == INFLATED)
    outcome = inflate_all(z, tail, sizeof tail);
  if (outcome == INFLATED && !is_between_blocks(z))
    outcome = INFLATED_MALFORMED;
  *out_len = cap - z->avail_out;
  if (deflater->agreed.no_client_takeover)
    inflateReset(z);
  return outcome;
}

/* ---- Sent messages ------------------------------------------------------ */

size_t deflater_deflate(struct deflater *deflater, const uint8_t *bytes,
                        size_t len, uint8_t *out, size_t cap) {
  z_stream *z = &deflater->out;
  z->next_in = bytes;
  z->avail_in = (uInt)len;
  z->next_out = out;
  z->avail_out = (uInt)cap;
  if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_out == 0)
    return 0;
  if (deflater->agreed.no_server_takeover)
    deflateReset(z);
  return cap - z->avail_out - sizeof tail;
}
