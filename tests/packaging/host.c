/* SPDX-License-Identifier: MIT
 *
 * A library that holds upshake inside, and exports one function of its own.
 */
#include <string.h>
#include <upshake.h>

#ifdef _WIN32
__declspec(dllexport)
#endif
int host_answer(void);

int host_answer(void) {
  char accept[28];
  upshake_accept("dGhlIHNhbXBsZSBub25jZQ==", accept);
  return memcmp(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", sizeof accept) != 0;
}
