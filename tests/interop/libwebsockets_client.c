/* SPDX-License-Identifier: MIT
 *
 * libwebsockets: opens with two sub-protocols and permessage-deflate offered,
 * echoes, closes; and a page of elsewhere is refused.
 *
 * usage: libwebsockets_client HOST PORT [deflate]
 *
 * With "deflate" the server has to agree to it, without it must not.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"

#define TIMEOUT_S 20

struct client {
  char agreed[256]; /* the extensions of the answer */
  size_t place;     /* of the message that is under way */
  size_t received;  /* of its echo */
  int waits; /* to be sent: the library may ask for more than was announced */
  int opened, refused, done;
  char message[LWS_PRE + MESSAGE_MAX], echo[MESSAGE_MAX];
};

/* lws_write masks what it is given in place: a message is written anew to be
 * compared. */

static struct client client;

/* Any end of the loop but by `done` or `refused` is a failure. */
static int fail(const char *what) {
  fprintf(stderr, "message %zu: %s\n", client.place, what);
  exit(EXIT_FAILURE);
}

static int announce(struct lws *wsi) {
  client.waits = 1;
  return lws_callback_on_writable(wsi) < 0 ? fail("not writable") : 0;
}

static int send_message(struct lws *wsi) {
  size_t len = write_message(client.place, client.message + LWS_PRE);
  int binary = messages[client.place].binary;
  client.waits = 0;
  int sent = lws_write(wsi, (unsigned char *)client.message + LWS_PRE, len,
                       binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
  return sent < (int)len ? fail("not sent") : 0;
}

/* An echo comes in pieces.  Behind the last message the connection is closed:
 * -1 says so to the library. */
static int take_echo(struct lws *wsi, const char *octets, size_t len) {
  size_t want = messages[client.place].len;
  if (client.received + len > want)
    fail("the echo is longer");
  if (len > 0)
    memcpy(client.echo + client.received, octets, len);
  client.received += len;
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
    return 0;
  write_message(client.place, client.message);
  if (client.received != want ||
      memcmp(client.echo, client.message, want) != 0 ||
      lws_frame_is_binary(wsi) != messages[client.place].binary)
    fail("the echo differs");
  client.received = 0;
  if (++client.place < MESSAGES_LEN)
    return announce(wsi);
  client.done = 1;
  lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
  return -1;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason,
                    void *user, void *in, size_t len) {
  (void)user;
  switch (reason) {
  case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
    lws_hdr_copy(wsi, client.agreed, sizeof client.agreed,
                 WSI_TOKEN_EXTENSIONS);
    return 0;
  case LWS_CALLBACK_CLIENT_ESTABLISHED:
    client.opened = 1;
    return announce(wsi);
  case LWS_CALLBACK_CLIENT_WRITEABLE:
    return client.waits ? send_message(wsi) : 0;
  case LWS_CALLBACK_CLIENT_RECEIVE:
    return take_echo(wsi, in, len);
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    printf("not opened: %.*s\n", (int)len, in != NULL ? (char *)in : "");
    client.refused = 1;
    return 0;
  case LWS_CALLBACK_CLIENT_CLOSED:
    return client.done ? 0 : fail("closed");
  default:
    return 0;
  }
}

/* The server picks "chat" out of what is offered; it is found here by name. */
static const struct lws_protocols protocols[] = {
    {.name = "chat", .callback = on_event, .rx_buffer_size = 4096}, {0}};

static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_no_context_takeover; client_max_window_bits"},
    {0}};

/* Runs until the connection is over or was not opened. */
static void run(const char *host, int port, const char *origin) {
  struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN,
                                           .protocols = protocols,
                                           .extensions = extensions};
  struct lws_context *context = lws_create_context(&info);
  char authority[256];
  snprintf(authority, sizeof authority, "%s:%d", host, port);
  struct lws_client_connect_info connect = {
      .context = context,
      .address = host,
      .port = port,
      .path = "/c?from=libwebsockets",
      .host = authority,
      .origin = origin,
      .protocol = "other, chat",
      .ietf_version_or_minus_one = -1,
  };
  client = (struct client){0};
  time_t end = time(NULL) + TIMEOUT_S;
  if (context == NULL || lws_client_connect_via_info(&connect) == NULL)
    fail("no connection");
  while (!client.done && !client.refused && time(NULL) < end)
    lws_service(context, 0);
  lws_context_destroy(context);
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 64;
  int deflate = argc > 3;
  lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
  run(argv[1], atoi(argv[2]), NULL);
  if (!client.done)
    fail("not done in time");
  if (deflate != (strncmp(client.agreed, "permessage-deflate", 18) == 0))
    fail(client.agreed[0] != '\0' ? client.agreed : "no extension");
  printf("echoed; %s\n", deflate ? client.agreed : "no extension");
  puts(deflate ? "checked deflate" : "checked 101\nchecked sub-protocol");
  run(argv[1], atoi(argv[2]), "http://evil.example");
  if (!client.refused || client.opened)
    fail("not refused");
  puts("checked refusal");
  return EXIT_SUCCESS;
}
