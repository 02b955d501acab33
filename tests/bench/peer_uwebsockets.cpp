/* SPDX-License-Identifier: MIT
 *
 * uWebSockets as a contestant: its Accept.
 */
#include "bench.h"

#include <WebSocketHandshake.h>

static void uwebsockets_accept(const char key[KEY_LEN],
                               char accept[ACCEPT_LEN]) {
  uWS::WebSocketHandshake::generate(key, accept);
}

extern "C" {
extern const bench_contestant uwebsockets;
const bench_contestant uwebsockets = {"uwebsockets",
                                      {0, 0, 0, 0},
                                      uwebsockets_accept,
                                      0,
                                      0,
                                      "uWebSockets " UWS_VERSION};
}
