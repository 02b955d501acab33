/* SPDX-License-Identifier: MIT
 *
 * A WebSocket server's side on a small machine: state, head and a piece of the
 * reply in 768 octets, octets in one by one, the reply out in parts.  Run by
 * run.sh on the emulated machine, and linked for the table of sizes: what this
 * holds of the library is a whole server side.
 *
 * With CORE it is the least server: the library without bodies, lean heads and
 * phrases, no sub-protocols, and each reply written whole by upshake_reply.
 */
#include "machine.h"

#include <string.h>
#include <upshake.h>

#ifdef CORE
enum { MEMORY = 832, PART = 144 };
#define PHRASE(text) ""
#define CHOSEN ""
#else
enum { MEMORY = 768, PART = 64 };
#define PHRASE(text) text
#define CHOSEN "Sec-WebSocket-Protocol: ocpp1.6\r\n"
#endif

struct connection {
  upshake hs;
  upshake_cursor cursor; /* of the reply */
  char part[PART];
  char head[MEMORY - PART - sizeof(upshake_cursor) - sizeof(upshake)];
};
_Static_assert(sizeof(struct connection) <= MEMORY, "more than was promised");

static int decide(upshake *hs, void *user) {
  (void)user;
  return upshake_equal(upshake_get_request(hs).path, "/chat") ? 101 : 404;
}

static const upshake_protocol table[] = {UPSHAKE_WEBSOCKET};
#ifdef CORE
static const upshake_config config = {table, 1, .decide = decide};
#else
static const char *const subprotocols[] = {"mqtt", "ocpp1.6"};
static const upshake_config config = {.protocols = table,
                                      .protocols_len = 1,
                                      .decide = decide,
                                      .subprotocols = subprotocols,
                                      .subprotocols_len = 2};
#endif

/* ---- One exchange ------------------------------------------------------- */

/* Octets that arrive one by one, until an answer is due. */
static void receive(struct connection *c, const char *octets, size_t len) {
  upshake_next next = UPSHAKE_READ;
  size_t used;
  for (size_t at = 0; next == UPSHAKE_READ && at < len; at++)
    next = upshake_feed(&c->hs, octets + at, 1, &used);
  if (next == UPSHAKE_PLAIN)
    upshake_answer(&c->hs, 426);
}

/* Returns 1 if these are the octets that are sent. */
#ifdef CORE
static int sends(struct connection *c, const char *expected, size_t len) {
  size_t n = 0;
  return upshake_reply(&c->hs, c->part, sizeof c->part, &n) == UPSHAKE_OK &&
         n == len && memcmp(c->part, expected, n) == 0;
}
#else
static int sends(struct connection *c, const char *expected, size_t len) {
  const upshake_cursor begin = {0};
  size_t from = 0, n = 0;
  c->cursor = begin;
  do {
    if (upshake_reply_part(&c->hs, NULL, &c->cursor, c->part, sizeof c->part,
                           &n) != UPSHAKE_OK)
      return 0;
    if (n > len - from || memcmp(c->part, expected + from, n) != 0)
      return 0;
    from += n;
  } while (n > 0);
  return from == len;
}
#endif

typedef struct exchange {
  const char *what, *request, *reply;
} exchange;

static int is_right(struct connection *c, const exchange *e) {
  if (upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK)
    return 0;
  receive(c, e->request, strlen(e->request));
  int status = upshake_get_result(&c->hs).status;
  return status == (e->reply[9] - '0') * 100 + (e->reply[10] - '0') * 10 +
                       e->reply[11] - '0' &&
         sends(c, e->reply, strlen(e->reply));
}

/* ---- The exchanges ------------------------------------------------------ */

#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define ACCEPT                                                                 \
  "HTTP/1.1 101 Switching Protocols\r\n" UPGRADE                               \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define NAMES_PROTOCOL                                                         \
  "Upgrade: websocket\r\nConnection: Upgrade, close\r\n"                       \
  "Content-Length: 0\r\n\r\n"
#define CLOSES "Connection: close\r\nContent-Length: 0\r\n\r\n"

static const exchange exchanges[] = {
    {"RFC 6455 1.3",
     "GET /chat HTTP/1.1\r\nHost: server.example.com\r\n" UPGRADE KEY
     "Origin: http://server.example.com\r\n"
     "Sec-WebSocket-Protocol: chat, ocpp1.6, mqtt\r\n" VERSION "\r\n",
     ACCEPT CHOSEN "\r\n"},
    {"a browser",
     "GET /chat HTTP/1.1\r\nHost: 192.168.4.1\r\nConnection: Upgrade\r\n"
     "Pragma: no-cache\r\nCache-Control: no-cache\r\n"
     "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
     "Upgrade: websocket\r\nOrigin: http://192.168.4.1\r\n" VERSION
     "Accept-Encoding: gzip, deflate\r\nAccept-Language: en-US,en;q=0.9\r\n" KEY
     "Sec-WebSocket-Extensions: permessage-deflate; "
     "client_max_window_bits\r\n\r\n",
     ACCEPT "\r\n"},
    {"another path",
     "GET /other HTTP/1.1\r\nHost: a\r\n" UPGRADE KEY VERSION "\r\n",
     "HTTP/1.1 404 " PHRASE("Not Found") "\r\n" CLOSES},
    {"no upgrade", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
     "HTTP/1.1 426 " PHRASE("Upgrade Required") "\r\n" NAMES_PROTOCOL},
    {"no key", "GET /chat HTTP/1.1\r\nHost: a\r\n" UPGRADE VERSION "\r\n",
     "HTTP/1.1 400 " PHRASE("Bad Request") "\r\n" CLOSES},
    {"a blank before the colon", "GET /chat HTTP/1.1\r\nHost ",
     "HTTP/1.1 400 " PHRASE("Bad Request") "\r\n" CLOSES},
};

int main(void) {
  static struct connection c;
  size_t len = sizeof exchanges / sizeof *exchanges, right = 0, deepest;
  volatile uint32_t *sp = stack_paint();
  for (size_t i = 0; i < len; i++)
    if (is_right(&c, &exchanges[i]))
      right++;
    else {
      say("FAIL handshake: ");
      say(exchanges[i].what);
      say("\n");
    }
  deepest = stack_depth(sp);
  say_number("handshake in ", sizeof c, " octets (state ");
  say_number("", sizeof c.hs, ", ");
  say_number("head ", sizeof c.head, ", ");
  say_number("reply ", sizeof c.part, "): ");
  say_number("", right, " of ");
  say_number("", len, " exchanges right, ");
  say_number("stack ", deepest, " octets with the server's own\n");
  return right == len ? 0 : 1;
}
