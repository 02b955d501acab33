/* SPDX-License-Identifier: MIT
 *
 * Sec-WebSocket-Accept: the proof that a server has read the key
 * (RFC 6455 4.2.2 step 5.4).
 */
#include "base64.h"
#include "sha1.h"
#include "upshake.h"

#include <string.h>

#define KEY_LEN 24
#define GUID_LEN 36
#define DIGEST_LEN 20

void upshake_accept(const char key[24], char accept[28]) {
  static const char guid[GUID_LEN + 1] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char message[SHA1_BLOCK];
  uint32_t h[5];

  memcpy(message, key, KEY_LEN);
  memcpy(message + KEY_LEN, guid, GUID_LEN);
  memcpy(h, upshake_sha1_initial, sizeof h);
  upshake_sha1_end(h, message, KEY_LEN + GUID_LEN, KEY_LEN + GUID_LEN, message);
  upshake_base64(message, DIGEST_LEN, accept);
}
