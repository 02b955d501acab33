/* SPDX-License-Identifier: MIT
 *
 * OpenSSL as a contestant: the Accept in two ways.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "peer_openssl.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#ifdef OPENSSL_VERSION_STR /* since 3.0 */
#define VERSION "OpenSSL " OPENSSL_VERSION_STR
#else
#define VERSION OPENSSL_VERSION_TEXT
#endif

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static void encode(const unsigned char digest[SHA_DIGEST_LENGTH],
                   char accept[ACCEPT_LEN]) {
  unsigned char text[ACCEPT_LEN + 1]; /* it adds a NUL */
  EVP_EncodeBlock(text, digest, SHA_DIGEST_LENGTH);
  memcpy(accept, text, ACCEPT_LEN);
}

void openssl_accept(const char key[KEY_LEN], char accept[ACCEPT_LEN]) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, key, KEY_LEN);
  SHA1_Update(&context, guid, sizeof guid - 1);
  SHA1_Final(digest, &context);
  encode(digest, accept);
}

void openssl_oneshot_accept(const char key[KEY_LEN], char accept[ACCEPT_LEN]) {
  unsigned char text[KEY_LEN + sizeof guid - 1], digest[SHA_DIGEST_LENGTH];
  memcpy(text, key, KEY_LEN);
  memcpy(text + KEY_LEN, guid, sizeof guid - 1);
  SHA1(text, sizeof text, digest);
  encode(digest, accept);
}

/* OPENSSL_ia32cap=0x...:0x..., bit 29 of the second word is SHA. */
int openssl_uses_sha(void) {
#ifdef OPENSSL_INFO_CPU_SETTINGS
  const char *text = OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS);
  const char *colon = text ? strchr(text, ':') : NULL;
  if (colon && strncmp(text, "OPENSSL_ia32cap", 15) == 0)
    return (int)(strtoull(colon + 1, NULL, 16) >> 29 & 1);
#endif
  return -1;
}

const bench_contestant openssl;
const bench_contestant openssl = {.name = "openssl",
                                  .version = VERSION,
                                  .accept = openssl_accept,
                                  .state = sizeof(SHA_CTX)};
const bench_contestant openssl_oneshot;
const bench_contestant openssl_oneshot = {.name = "openssl-oneshot",
                                          .accept = openssl_oneshot_accept};
