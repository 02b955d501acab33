/* SPDX-License-Identifier: MIT
 *
 * civetweb as a server, for handshakes.py: echoes on /chat.
 */
#include <civetweb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* A frame begins with its opcode; the library has joined its masked bytes. */
static int echo(struct mg_connection *connection, int first, char *bytes,
                size_t len, void *user) {
  (void)user;
  int opcode = first & 0x0f;
  mg_websocket_write(connection, opcode, bytes, len);
  return opcode != MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE;
}

int main(void) {
  static const char *names[] = {"chat"};
  static struct mg_websocket_subprotocols subprotocols = {1, names};
  const char *options[] = {"listening_ports", "127.0.0.1:0", "num_threads", "4",
                           NULL};
  struct mg_server_port port;
  sigset_t end;
  int number;

  /* The threads of the library inherit that the signal waits for main. */
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigprocmask(SIG_BLOCK, &end, NULL);

  mg_init_library(0);
  struct mg_context *context = mg_start(NULL, NULL, options);
  if (context == NULL || mg_get_server_ports(context, 1, &port) != 1)
    return EXIT_FAILURE;
  mg_set_websocket_handler_with_subprotocols(context, "/chat", &subprotocols,
                                             NULL, NULL, echo, NULL, NULL);
  printf("listening on %d\n", port.port);
  fflush(stdout);

  sigwait(&end, &number);
  mg_stop(context);
  return EXIT_SUCCESS;
}
