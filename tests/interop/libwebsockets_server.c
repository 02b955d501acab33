/* SPDX-License-Identifier: MIT
 *
 * libwebsockets as a server, for client.py: echoes.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX 70000

/* One for each connection: the library gives it, all 0. */
struct echo {
  size_t len;
  int waits; /* the message is whole, and to be sent */
  char message[LWS_PRE + MESSAGE_MAX];
};

static volatile sig_atomic_t stopped;

static void handle_signal(int number) {
  (void)number;
  stopped = 1;
}

static int take(struct lws *wsi, struct echo *echo, const char *octets,
                size_t len) {
  if (len > MESSAGE_MAX - echo->len)
    return -1;
  if (len > 0)
    memcpy(echo->message + LWS_PRE + echo->len, octets, len);
  echo->len += len;
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
    return 0;
  echo->waits = 1;
  lws_rx_flow_control(wsi, 0); /* until the echo is sent */
  return lws_callback_on_writable(wsi) < 0 ? -1 : 0;
}

static int give(struct lws *wsi, struct echo *echo) {
  if (!echo->waits)
    return 0;
  size_t len = echo->len;
  int sent = lws_write(wsi, (unsigned char *)echo->message + LWS_PRE, len,
                       LWS_WRITE_TEXT);
  echo->waits = 0;
  echo->len = 0;
  lws_rx_flow_control(wsi, 1);
  return sent < (int)len ? -1 : 0;
}

/* Where there is an Origin, it is one of elsewhere. */
static int refuse(struct lws *wsi) {
  if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0)
    return 0;
  lws_return_http_status(wsi, HTTP_STATUS_FORBIDDEN, NULL);
  return 1;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason,
                    void *user, void *in, size_t len) {
  switch (reason) {
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    return refuse(wsi);
  case LWS_CALLBACK_RECEIVE:
    return take(wsi, user, in, len);
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return give(wsi, user);
  default:
    return 0;
  }
}

static const struct lws_protocols protocols[] = {
    {.name = "chat",
     .callback = on_event,
     .per_session_data_size = sizeof(struct echo),
     .rx_buffer_size = 4096},
    {0}};

static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate"},
    {0}};

int main(void) {
  struct lws_context_creation_info info = {.port = 0, /* any free one */
                                           .iface = "127.0.0.1",
                                           .protocols = protocols,
                                           .extensions = extensions};
  lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
  signal(SIGTERM, handle_signal);
  struct lws_context *context = lws_create_context(&info);
  if (context == NULL)
    return EXIT_FAILURE;
  printf("listening on %d\n",
         lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
  fflush(stdout);
  while (!stopped)
    lws_service(context, 0);
  lws_context_destroy(context);
  return EXIT_SUCCESS;
}
