/* SPDX-License-Identifier: MIT
 *
 * WebSocket on a device, with FreeRTOS and FreeRTOS-Plus-TCP: a task for each
 * client, and 800 bytes for its handshake and its messages.  The path /chat
 * sends each message back.  Compile it with your FreeRTOS and the two files of
 * the library, and start its first task when the network is up:
 *
 *     xTaskCreate(serve_upgrades, "upgrades", TASK_WORDS, NULL, 1, NULL);
 *
 * To try it (DEVICE is the name or address of your device):
 *     build/upshake-client --message hello ws://DEVICE:8100/chat
 *
 * The frames are written by hand: of one piece and at most 125 bytes.  UTF-8 is
 * not checked.  wslay does both, and needs a heap.  tests/freertos runs this
 * file without a device.
 */
#include <string.h>
#include <FreeRTOS.h>
#include <task.h>
#include <FreeRTOS_IP.h>
#include <FreeRTOS_Sockets.h>
#include <upshake.h>

#define PORT 8100
#define CLIENTS_MOST 4
#define TASK_WORDS 512
#define FRAME_MOST 125
/* For a head and for an end; for the next frame of a client. */
#define PATIENCE pdMS_TO_TICKS(10000)
#define LONGEST_SILENCE pdMS_TO_TICKS(60000)

struct connection {
  Socket_t socket;
  upshake hs;
  upshake_slice early; /* bytes behind the head that are not used yet */
  char head[480];
  char out[2 + FRAME_MOST]; /* a part of the reply; then a frame */
};
_Static_assert(sizeof(struct connection) <= 800, "more than was promised");

static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/chat") ? 101 : 404;
}

static const upshake_protocol protocols[] = {UPSHAKE_WEBSOCKET};
static const upshake_config config = {
    .protocols = protocols, .protocols_len = 1, .decide = decide};

/* FreeRTOS_send may take less than it is given.  It returns 0 or an error if it
 * took nothing for as long as FREERTOS_SO_SNDTIMEO says. */
static int send_all(struct connection *c, const char *bytes, size_t len) {
  while (len > 0) {
    BaseType_t sent = FreeRTOS_send(c->socket, bytes, len, 0);
    if (sent <= 0)
      return -1;
    bytes += sent;
    len -= (size_t)sent;
  }
  return 0;
}

/* ---- The handshake ------------------------------------------------------- */

/* The head is received where the handshake keeps it.  A limit for each piece is
 * not enough: a client could send a byte now and then. */
static upshake_next feed_head(struct connection *c) {
  upshake_next next = UPSHAKE_READ;
  TickType_t began = xTaskGetTickCount();

  while (next == UPSHAKE_READ) {
    size_t cap;
    void *room = upshake_room(&c->hs, &cap);
    BaseType_t received = FreeRTOS_recv(c->socket, room, cap, 0);
    if (received < 0) /* -pdFREERTOS_ERRNO_ENOTCONN: the client has gone */
      return UPSHAKE_READ;
    if (received == 0 || xTaskGetTickCount() - began > PATIENCE) {
      upshake_answer(&c->hs, 408);
      return UPSHAKE_SEND;
    }
    next = upshake_commit(&c->hs, (size_t)received);
  }
  return next;
}

static int send_reply(struct connection *c) {
  upshake_cursor cursor = {0};
  size_t len = 1;

  while (len > 0) {
    upshake_error error =
        upshake_reply_part(&c->hs, NULL, &cursor, c->out, sizeof c->out, &len);
    if (error != UPSHAKE_OK || send_all(c, c->out, len) != 0)
      return -1;
  }
  return 0;
}

/* Returns 0 after a switch. */
static int shake_hands(struct connection *c) {
  if (upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK)
    return -1; /* the config is wrong: hs must not be used */

  /* 1 feed */
  upshake_next next = feed_head(c);
  if (next == UPSHAKE_READ)
    return -1;

  /* 2 decide: an offer was decided by the callback */
  if (next == UPSHAKE_PLAIN)
    upshake_answer(&c->hs, 426);

  /* 3 reply, then early bytes */
  if (send_reply(c) != 0 || !upshake_get_result(&c->hs).switched)
    return -1;
  c->early = upshake_rest(&c->hs);
  return 0;
}

/* ---- WebSocket (RFC 6455 5) ---------------------------------------------- */

enum { FIN = 0x80, RESERVED = 0x70, CONTROL = 0x08, MASKED = 0x80 };
enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

static int read_bytes(struct connection *c, char *out, size_t len) {
  size_t early = c->early.len < len ? c->early.len : len;

  if (early > 0) {
    memcpy(out, c->early.ptr, early);
    c->early.ptr += early;
    c->early.len -= early;
  }
  while (early < len) {
    BaseType_t received = FreeRTOS_recv(c->socket, out + early, len - early, 0);
    if (received <= 0) /* silent for too long, or gone */
      return -1;
    early += (size_t)received;
  }
  return 0;
}

/* `len` bytes of payload are in out + 2. */
static int send_frame(struct connection *c, int opcode, size_t len) {
  c->out[0] = (char)(FIN | opcode);
  c->out[1] = (char)len;
  return send_all(c, c->out, 2 + len);
}

static int send_close(struct connection *c, int code) {
  c->out[2] = (char)(code >> 8);
  c->out[3] = (char)code;
  send_frame(c, CLOSE, 2);
  return -1;
}

/* Returns the code to close with, or 0. */
static int judge_frame(int first, int second) {
  int opcode = first & 0x0f, is_control = opcode & CONTROL;
  int is_whole = (first & FIN) && (second & 0x7f) <= FRAME_MOST;

  if ((first & RESERVED) || !(second & MASKED))
    return 1002; /* a wrong frame */
  if (!is_whole)
    return is_control ? 1002 : 1009; /* too big for us */
  if (opcode == TEXT || opcode == BINARY)
    return 0;
  return opcode >= CLOSE && opcode <= PONG ? 0 : 1002;
}

/* Answers one frame.  Returns -1 if it was the last. */
static int answer_frame(struct connection *c) {
  char start[2], mask[4], *payload = c->out + 2;

  if (read_bytes(c, start, sizeof start) != 0)
    return -1;
  int code = judge_frame((unsigned char)start[0], (unsigned char)start[1]);
  if (code != 0)
    return send_close(c, code);

  int opcode = start[0] & 0x0f;
  size_t len = start[1] & 0x7f;
  if (read_bytes(c, mask, sizeof mask) != 0 || read_bytes(c, payload, len) != 0)
    return -1;
  for (size_t i = 0; i < len; i++)
    payload[i] ^= mask[i % 4];
  if (opcode == PONG)
    return 0;
  if (send_frame(c, opcode == PING ? PONG : opcode, len) != 0)
    return -1;
  return opcode == CLOSE ? -1 : 0;
}

/* ---- Tasks --------------------------------------------------------------- */

/* Closing at once could destroy the answer on its way: first the client closes,
 * or is silent, or has had its time. */
static void close_gently(struct connection *c) {
  TickType_t began = xTaskGetTickCount(), limit = PATIENCE;

  FreeRTOS_setsockopt(c->socket, 0, FREERTOS_SO_RCVTIMEO, &limit, sizeof limit);
  FreeRTOS_shutdown(c->socket, FREERTOS_SHUT_RDWR);
  while (FreeRTOS_recv(c->socket, c->out, sizeof c->out, 0) > 0)
    if (xTaskGetTickCount() - began > PATIENCE)
      break;
  FreeRTOS_closesocket(c->socket);
}

static void serve_client(void *parameter) {
  struct connection *c = parameter;
  TickType_t limit = PATIENCE, silence = LONGEST_SILENCE;

  FreeRTOS_setsockopt(c->socket, 0, FREERTOS_SO_RCVTIMEO, &limit, sizeof limit);
  FreeRTOS_setsockopt(c->socket, 0, FREERTOS_SO_SNDTIMEO, &limit, sizeof limit);
  if (shake_hands(c) == 0) {
    FreeRTOS_setsockopt(c->socket, 0, FREERTOS_SO_RCVTIMEO, &silence,
                        sizeof silence);
    while (answer_frame(c) == 0)
      continue;
  }
  close_gently(c);
  vPortFree(c);
  vTaskDelete(NULL);
}

static void start_client(Socket_t socket) {
  struct connection *c = pvPortMalloc(sizeof *c);

  if (c != NULL) {
    memset(c, 0, sizeof *c);
    c->socket = socket;
    if (xTaskCreate(serve_client, "client", TASK_WORDS, c, 1, NULL) == pdPASS)
      return;
  }
  vPortFree(c);
  FreeRTOS_closesocket(socket); /* no memory for it now */
}

static void accept_clients(Socket_t listener) {
  Socket_t client;

  while ((client = FreeRTOS_accept(listener, NULL, NULL)) !=
         FREERTOS_INVALID_SOCKET)
    if (client != NULL) /* NULL: nobody came */
      start_client(client);
}

/* The first task.  It ends only if the port cannot be had. */
void serve_upgrades(void *parameter) {
  struct freertos_sockaddr at = {.sin_family = FREERTOS_AF_INET,
                                 .sin_port = FreeRTOS_htons(PORT)};
  TickType_t forever = portMAX_DELAY;
  Socket_t listener = FreeRTOS_socket(FREERTOS_AF_INET, FREERTOS_SOCK_STREAM,
                                      FREERTOS_IPPROTO_TCP);

  (void)parameter;
  if (listener != FREERTOS_INVALID_SOCKET) {
    FreeRTOS_setsockopt(listener, 0, FREERTOS_SO_RCVTIMEO, &forever,
                        sizeof forever);
    if (FreeRTOS_bind(listener, &at, sizeof at) == 0 &&
        FreeRTOS_listen(listener, CLIENTS_MOST) == 0) /* at one time */
      accept_clients(listener);
    FreeRTOS_closesocket(listener);
  }
  vTaskDelete(NULL);
}
