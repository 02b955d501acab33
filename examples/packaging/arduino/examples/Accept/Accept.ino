// SPDX-License-Identifier: MIT
// Judges a request for a WebSocket and prints the reply, without a network.
#include <upshake.h>

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};

static const char request[] = "GET /chat HTTP/1.1\r\n"
                              "Host: device.local\r\n"
                              "Connection: Upgrade\r\n"
                              "Upgrade: websocket\r\n"
                              "Sec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "\r\n";

void setup() {
  static char head[512];
  static char reply[UPSHAKE_REPLY_CAP];
  upshake_config config = {};
  upshake handshake;
  size_t used = 0;
  size_t len = 0;

  Serial.begin(115200);
  config.protocols = protocols;
  config.protocols_len = 1;
  if (upshake_init(&handshake, &config, head, sizeof head, NULL) != UPSHAKE_OK)
    return;  // the config is wrong
  upshake_feed(&handshake, request, sizeof request - 1, &used);
  if (upshake_reply(&handshake, reply, sizeof reply, &len) == UPSHAKE_OK)
    Serial.write(reply, len);
}

void loop() {}
