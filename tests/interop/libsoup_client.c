/* SPDX-License-Identifier: MIT
 *
 * libsoup 3: opens with two sub-protocols and permessage-deflate offered,
 * echoes, closes; and a page of elsewhere is refused.
 *
 * usage: libsoup_client HOST PORT [deflate]
 *
 * With "deflate" the server has to agree to it, without it must not.
 */
#include <libsoup/soup.h>
#include <stdio.h>
#include <stdlib.h>

#include "messages.h"

#define TIMEOUT_S 20

struct client {
  GMainLoop *loop;
  SoupMessage *request;
  size_t place; /* of the message that is under way */
  char message[MESSAGE_MAX];
  int deflate;
};

G_GNUC_NORETURN static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(EXIT_FAILURE);
}

static gboolean on_timeout(gpointer user) {
  (void)user;
  fail("not done in time");
}

static void send_message(struct client *client, SoupWebsocketConnection *ws) {
  size_t len = write_message(client->place, client->message);
  int binary = messages[client->place].binary;
  GBytes *bytes = g_bytes_new_static(client->message, len);
  soup_websocket_connection_send_message(
      ws, binary ? SOUP_WEBSOCKET_DATA_BINARY : SOUP_WEBSOCKET_DATA_TEXT,
      bytes);
  g_bytes_unref(bytes);
}

static void on_message(SoupWebsocketConnection *ws, gint type, GBytes *bytes,
                       gpointer user) {
  struct client *client = user;
  gsize len;
  const void *octets = g_bytes_get_data(bytes, &len);
  size_t want = messages[client->place].len;
  int binary = type == SOUP_WEBSOCKET_DATA_BINARY;
  if (len != want || binary != messages[client->place].binary ||
      (len > 0 && memcmp(octets, client->message, len) != 0))
    fail("the echo differs");
  if (++client->place < MESSAGES_LEN)
    send_message(client, ws);
  else
    soup_websocket_connection_close(ws, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void on_closed(SoupWebsocketConnection *ws, gpointer user) {
  struct client *client = user;
  if (client->place < MESSAGES_LEN || soup_websocket_connection_get_close_code(
                                          ws) != SOUP_WEBSOCKET_CLOSE_NORMAL)
    fail("closed");
  puts("checked close");
  g_object_unref(ws);
  g_main_loop_quit(client->loop);
}

static void check_agreed(const struct client *client,
                         SoupWebsocketConnection *ws) {
  GList *agreed = soup_websocket_connection_get_extensions(ws);
  const char *name = soup_websocket_connection_get_protocol(ws);
  const char *value = soup_message_headers_get_list(
      soup_message_get_response_headers(client->request),
      "Sec-WebSocket-Extensions");
  if (g_strcmp0(name, "chat") != 0)
    fail("no sub-protocol was agreed on");
  if (client->deflate != (agreed != NULL) || client->deflate != (value != NULL))
    fail(value != NULL ? value : "no extension");
  printf("echoed; %s\n", value != NULL ? value : "no extension");
  puts("checked 101\nchecked sub-protocol");
  if (value != NULL)
    puts("checked deflate");
}

static void on_open(GObject *session, GAsyncResult *result, gpointer user) {
  struct client *client = user;
  GError *error = NULL;
  SoupWebsocketConnection *ws = soup_session_websocket_connect_finish(
      SOUP_SESSION(session), result, &error);
  if (ws == NULL)
    fail(error->message);
  check_agreed(client, ws);
  g_signal_connect(ws, "message", G_CALLBACK(on_message), client);
  g_signal_connect(ws, "closed", G_CALLBACK(on_closed), client);
  send_message(client, ws);
}

static void on_refused(GObject *session, GAsyncResult *result, gpointer user) {
  struct client *client = user;
  GError *error = NULL;
  if (soup_session_websocket_connect_finish(SOUP_SESSION(session), result,
                                            &error) != NULL)
    fail("a foreign origin was let through");
  g_error_free(error);
  if (soup_message_get_status(client->request) != SOUP_STATUS_FORBIDDEN)
    fail("refused, but not with 403");
  puts("checked refusal");
  g_main_loop_quit(client->loop);
}

/* Connects; on_end ends the loop, now or with what it starts. */
static void run(struct client *client, SoupSession *session, const char *url,
                const char *origin, GAsyncReadyCallback on_end) {
  char other[] = "other", chat[] = "chat";
  char *offer[] = {other, chat, NULL};
  client->request = soup_message_new("GET", url);
  soup_session_websocket_connect_async(session, client->request, origin, offer,
                                       G_PRIORITY_DEFAULT, NULL, on_end,
                                       client);
  g_main_loop_run(client->loop);
  g_object_unref(client->request);
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 64;
  static struct client client;
  client.deflate = argc > 3;
  client.loop = g_main_loop_new(NULL, FALSE);
  SoupSession *session = soup_session_new();
  soup_session_add_feature_by_type(session,
                                   SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  char *url = g_strdup_printf("ws://%s:%s/c?from=libsoup", argv[1], argv[2]);
  g_timeout_add_seconds(TIMEOUT_S, on_timeout, NULL);
  run(&client, session, url, NULL, on_open);
  run(&client, session, url, "http://evil.example", on_refused);
  g_free(url);
  g_object_unref(session);
  g_main_loop_unref(client.loop);
  return EXIT_SUCCESS;
}
