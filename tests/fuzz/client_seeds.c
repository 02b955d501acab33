/* SPDX-License-Identifier: MIT
 *
 * Writes a corpus for fuzz_client: what our own server answers to each of its
 * requests, and what else a server says.
 *
 * usage: client_seeds DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>

#include "client_requests.h"

#define CAP 2048

#define SWITCH                                                                 \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"                 \
  "Connection: Upgrade\r\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define CHOSEN "Sec-WebSocket-Protocol: chat\r\n"
#define AGREED "Sec-WebSocket-Extensions: permessage-deflate"

static const char *const others[] = {
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n"
    "\r\nHTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 426 \r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
    "Sec-WebSocket-Version: 13, 8\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    "HTTP/1.0 204 None\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nServer: a\r\n b\r\n\tc\r\n"
    "Sec-WebSocket-Accept:\r\n s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    "Sec-WebSocket-Extensions: x-shout; loud=\"a\\\"b\", permessage-deflate; "
    "client_max_window_bits=\"12\"\r\nUpgrade: WebSocket\r\n"
    "Connection: keep-alive, ,\r\n upgrade\r\n\r\n",
    SWITCH ACCEPT AGREED "; server_no_context_takeover; "
                         "client_no_context_takeover; "
                         "server_max_window_bits=9\r\n\r\n",
    SWITCH ACCEPT "Content-Length: 0\r\n\r\n",
    SWITCH ACCEPT "Sec-WebSocket-Extensions: , x-shout,\r\nServer: a\r\n" AGREED
                  "\r\n\r\n",
    "HTTP/1.1 103\r\n\r\nHTTP/1.1 101\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n" ACCEPT "\r\n",
    /* Each breaks one rule. */
    SWITCH ACCEPT "Sec-WebSocket-Extensions: ,\r\n\r\n",
    SWITCH ACCEPT ACCEPT "\r\n",
    SWITCH ACCEPT "Upgrade: websocket\r\n\r\n",
    SWITCH ACCEPT CHOSEN CHOSEN "\r\n",
    SWITCH ACCEPT "Sec-WebSocket-Protocol: Chat\r\n\r\n",
    SWITCH ACCEPT "Sec-WebSocket-Protocol: chat, superchat\r\n\r\n",
    SWITCH ACCEPT AGREED "\r\n" AGREED "\r\n\r\n",
    SWITCH ACCEPT AGREED ", permessage-deflate\r\n\r\n",
    SWITCH ACCEPT AGREED "; client_max_window_bits\r\n\r\n",
    SWITCH ACCEPT AGREED ", x-mux\r\n\r\n",
    "HTTP/1.0 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" ACCEPT
    "\r\n",
    "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket,\r\n" ACCEPT
    "\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n"
    "Connection: Upgrade\r\n\r\n\x16\x03",
};

static size_t number;

static int write_seed(const char *directory, size_t request, const char *octets,
                      size_t len) {
  char path[4096];
  const char choices[CLIENT_CHOICES] = {(char)request, 0, (char)number, 7};
  snprintf(path, sizeof path, "%s/%04zu", directory, number++);
  FILE *file = fopen(path, "wb");
  if (file == NULL)
    return 0;
  size_t written = fwrite(choices, 1, sizeof choices, file);
  written += fwrite(octets, 1, len, file);
  return fclose(file) == 0 && written == sizeof choices + len;
}

/* What our server says to it, with all that it can agree to. */
static size_t answer(const char *request, char *out) {
  static const upshake_protocol table[] = {
      UPSHAKE_WEBSOCKET,
      {.name = "echo", .methods = "HEAD"},
      UPSHAKE_CAPSULES("connect-udp"),
      UPSHAKE_H2C,
      {.name = "TLS/1.2", .methods = "OPTIONS"}};
  static const char *const spoken[] = {"superchat"};
  static const upshake_config config = {
      table, CHECK_LEN(table), .subprotocols = spoken, .subprotocols_len = 1};
  char memory[CAP], value[UPSHAKE_DEFLATE_CAP];
  upshake_extra extra = {.keep = 0};
  upshake_deflate agreed;
  upshake hs;
  size_t len;
  upshake_init(&hs, &config, memory, sizeof memory, NULL);
  if (upshake_feed(&hs, request, strlen(request), &len) == UPSHAKE_PLAIN)
    upshake_answer(&hs, 404);
  if (upshake_get_result(&hs).next != UPSHAKE_SEND)
    return 0;
  extra.extensions.ptr = value;
  extra.extensions.len = upshake_agree_deflate(upshake_get_request(&hs).fields,
                                               NULL, &agreed, value);
  return upshake_reply_with(&hs, &extra, out, CAP, &len) == UPSHAKE_OK ? len
                                                                       : 0;
}

static int write_own(const char *directory, const char *request,
                     const char *octets, size_t len) {
  char all[2 * CAP];
  size_t request_len = strlen(request);
  all[0] = (char)(request_len >> 8);
  all[1] = (char)request_len;
  memcpy(all + 2, request, request_len);
  memcpy(all + 2 + request_len, octets, len);
  return write_seed(directory, OWN_REQUEST, all, 2 + request_len + len);
}

int main(int argc, char **argv) {
  char out[CAP];
  int is_good = argc == 2;
  for (size_t i = 0; is_good && i < CHECK_LEN(client_requests); i++) {
    size_t len = answer(client_requests[i], out);
    is_good = len > 0 && write_seed(argv[1], i, out, len) &&
              write_own(argv[1], client_requests[i], out, len);
    for (size_t j = 0; is_good && j < CHECK_LEN(others); j++)
      is_good = write_seed(argv[1], i, others[j], strlen(others[j]));
  }
  if (!is_good) {
    fprintf(stderr, "client_seeds: cannot write the seeds\n");
    return EXIT_FAILURE;
  }
  printf("%zu seeds\n", number);
  return EXIT_SUCCESS;
}
