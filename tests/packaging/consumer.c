/* SPDX-License-Identifier: MIT
 *
 * A program of another project: links the library and uses a function that
 * has a known answer (RFC 6455 1.3).
 */
#include <string.h>
#include <upshake.h>

int main(void) {
  char accept[28];
  upshake_accept("dGhlIHNhbXBsZSBub25jZQ==", accept);
  return memcmp(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", sizeof accept) != 0;
}
