/* SPDX-License-Identifier: MIT
 *
 * Our client against our server: whole exchanges through two streams of
 * octets, each cut wherever a network may cut it.  However that is, both ends
 * come to the same result, and what follows the handshake is lost by neither.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"

#define MEMORY 1024
#define RANDOM_CUTTINGS 10000
#define PIECE_MOST 60
/* The new protocol's first octets; each end speaks as soon as it may: the
 * server right behind its 101, the client when it has read that. */
#define FROM_SERVER "\x81\x05hello\r\n\r\n"
#define FROM_CLIENT "GET \x89\x80\0\r\n"

/* ---- What is exchanged ----------------------------------------------------
 */

typedef struct exchange {
  upshake_ask ask;
  const char *request; /* instead of `ask`, and sent as it is */
  upshake_config config;
  upshake_deflate_caps caps;
  upshake_extra extra;
  int answer; /* to a request that is PLAIN to this server */
  int subprotocol_required;
  /* What is expected of the client. */
  upshake_client_next next;
  upshake_error error;
  int status;
  const char *protocol, *subprotocol, *extensions, *body;
  upshake_deflate deflate;
} exchange;

static int refuse(upshake *hs, void *user) {
  (void)hs;
  (void)user;
  return 401;
}

static const uint8_t nonce[] = "the sample nonce";
static const upshake_protocol table[] = {
    {.token = "SPDY", .version = "3.1"},
    {.token = "websocket"},
    {.token = "h2c"},
    {.token = "connect-udp"},
    {.token = "echo", .methods = "GET, POST"}};
#define TABLE .protocols = table, .protocols_len = CHECK_LEN(table)
static const char *const chats[] = {"superchat", "chat"};
static const char *const spoken[] = {"chat"};
static const char *const two_protocols[] = {"websocket", "SPDY/3.1"};
static const char *const just_echo[] = {"echo"};
static const char *const just_h2c[] = {"h2c"};
static const char *const just_udp[] = {"connect-udp"};
static const char *const unknown[] = {"quux/2"};
static const upshake_deflate_offer deflates[] = {
    {.server_bits = 8},
    {.server_bits = 10, .client_bits = 13, .no_server_takeover = 1}};
static const upshake_field asked_fields[] = {
    {{UPSHAKE_TEXT("User-Agent")}, {UPSHAKE_TEXT("test")}}};
static const upshake_field server_fields[] = {
    {{UPSHAKE_TEXT("Server")}, {UPSHAKE_TEXT("test")}},
    {{UPSHAKE_TEXT("X-Empty")}, {NULL, 0}}};
static const upshake_field challenge[] = {
    {{UPSHAKE_TEXT("WWW-Authenticate")}, {UPSHAKE_TEXT("Basic realm=\"a\"")}}};

/* One SETTINGS parameter (RFC 7540 6.5.1). */
#define SETTINGS "\0\3\0\0\0\144"

static const exchange plain_websocket = {
    .ask = {.authority = "example.com", .target = "/chat"},
    .config = {TABLE},
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "websocket"};

static const exchange subprotocol_and_deflate = {
    .ask = {.authority = "example.com:8080",
            .target = "?room=1",
            .subprotocols = chats,
            .subprotocols_len = 2,
            .deflates = deflates,
            .deflates_len = 2,
            .origin = "http://example.com:8080",
            .fields = asked_fields,
            .fields_len = 1},
    .config = {TABLE, .subprotocols = spoken, .subprotocols_len = 1},
    .caps = {.client_bits = 12},
    .extra = {.fields = server_fields, .fields_len = 2},
    .subprotocol_required = 1,
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "websocket",
    .subprotocol = "chat",
    .extensions = "permessage-deflate; server_no_context_takeover; "
                  "server_max_window_bits=10; client_max_window_bits=12",
    .deflate = {10, 12, 1, 0}};

static const exchange another_token = {.ask = {.authority = "[2001:db8::1]",
                                               .target = "/echo",
                                               .method = "POST",
                                               .protocols = just_echo,
                                               .protocols_len = 1},
                                       .config = {TABLE},
                                       .next = UPSHAKE_CLIENT_SWITCHED,
                                       .status = 101,
                                       .protocol = "echo"};

/* The server's preference counts, and what it says is what holds. */
static const exchange one_of_two = {.ask = {.authority = "example.com",
                                            .protocols = two_protocols,
                                            .protocols_len = 2},
                                    .config = {TABLE},
                                    .next = UPSHAKE_CLIENT_SWITCHED,
                                    .status = 101,
                                    .protocol = "SPDY/3.1"};

static const exchange http2 = {.ask = {.scheme = "http",
                                       .authority = "example.com",
                                       .protocols = just_h2c,
                                       .protocols_len = 1,
                                       .settings = {UPSHAKE_TEXT(SETTINGS)}},
                               .config = {TABLE},
                               .next = UPSHAKE_CLIENT_SWITCHED,
                               .status = 101,
                               .protocol = "h2c"};

static const exchange masque = {
    .ask = {.scheme = "https",
            .authority = "example.com",
            .target = "/.well-known/masque/udp/192.0.2.6/443/",
            .protocols = just_udp,
            .protocols_len = 1},
    .config = {TABLE},
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "connect-udp"};

/* RFC 9110 10.1.1: a 100 (Continue), then the 101, in one reply. */
static const exchange continue_first = {
    .request = "GET / HTTP/1.1\r\n" CHECK_FIELDS "Expect: 100-continue\r\n\r\n",
    .config = {TABLE},
    .extra = {.fields = server_fields, .fields_len = 2},
    .next = UPSHAKE_CLIENT_SWITCHED,
    .status = 101,
    .protocol = "websocket"};

static const exchange upgrade_required = {
    .ask = {.authority = "example.com",
            .protocols = unknown,
            .protocols_len = 1},
    .config = {TABLE},
    .extra = {.body = {UPSHAKE_TEXT("Ask for websocket.\r\n\r\n")}},
    .answer = 426,
    .next = UPSHAKE_CLIENT_OTHER,
    .status = 426,
    .body = "Ask for websocket.\r\n\r\n"};

static const exchange unauthorized = {
    .ask = {.authority = "example.com"},
    .config = {TABLE, .decide = refuse},
    .extra = {.fields = challenge,
              .fields_len = 1,
              .reason = {UPSHAKE_TEXT("Who\tis \xc3\xa4?")}},
    .next = UPSHAKE_CLIENT_OTHER,
    .status = 401,
    .body = ""};

/* The server goes on without a sub-protocol; a browser does not. */
static const exchange none_chosen = {
    .ask = {.authority = "example.com",
            .subprotocols = chats,
            .subprotocols_len = 1},
    .config = {TABLE, .subprotocols = spoken, .subprotocols_len = 1},
    .subprotocol_required = 1,
    .next = UPSHAKE_CLIENT_REFUSED,
    .error = UPSHAKE_ERR_SUBPROTOCOL_NONE,
    .status = 101};

/* ---- Cutting --------------------------------------------------------------
 */

enum mode { WHOLE, TWO, SINGLE, RANDOM };
typedef struct cutting {
  enum mode mode;
  size_t at;     /* TWO: the cut */
  uint32_t seed; /* RANDOM */
} cutting;

static uint32_t draw(uint32_t *seed, uint32_t below) {
  *seed = *seed * 1664525u + 1013904223u;
  return (*seed >> 8) % below;
}

/* How many of the octets that are on their way arrive together: now and then
 * none (RANDOM), which must change nothing. */
static size_t piece(cutting *cut, size_t taken, size_t left) {
  size_t most = left;
  if (cut->mode == SINGLE)
    most = 1;
  if (cut->mode == TWO && taken < cut->at)
    most = cut->at - taken;
  if (cut->mode == RANDOM)
    most = draw(&cut->seed, 1 + draw(&cut->seed, PIECE_MOST));
  return most < left ? most : left;
}

/* ---- The two streams ------------------------------------------------------
 */

typedef struct octets {
  char data[MEMORY];
  size_t len;
} octets;

typedef struct wire {
  octets sent;
  size_t taken;
  cutting cut;
} wire;

static void add(octets *to, const void *data, size_t len) {
  assert_true(len <= sizeof to->data - to->len);
  if (len > 0)
    memcpy(to->data + to->len, data, len);
  to->len += len;
}

static void begin_wire(wire *w, cutting cut) {
  w->sent.len = w->taken = 0;
  w->cut = cut;
}

/* The next piece, in memory of its own: free it. */
static char *arrives(wire *from, size_t *len) {
  char *data;
  *len = piece(&from->cut, from->taken, from->sent.len - from->taken);
  data = exact(from->sent.data + from->taken, *len);
  from->taken += *len;
  return data;
}

static int is_quiet(const wire *from) { return from->taken == from->sent.len; }

/* ---- The two ends ---------------------------------------------------------
 */

typedef struct run {
  wire to_server, to_client;
  upshake hs;
  upshake_client client;
  size_t request_len; /* of to_server, the head of the request */
  char server_memory[MEMORY], client_memory[MEMORY];
  octets server_rest, client_rest; /* what came after the handshake */
} run;

static upshake_extra with_deflate(const exchange *e, run *r, char *value) {
  upshake_request request = upshake_get_request(&r->hs);
  upshake_list offers = {{NULL, 0}, {NULL, 0}, "Sec-WebSocket-Extensions"};
  upshake_extra extra = e->extra;
  upshake_deflate agreed;
  offers.fields = request.fields;
  extra.extensions.ptr = value;
  extra.extensions.len =
      upshake_agree_deflate(offers, &e->caps, &agreed, value);
  if (upshake_get_result(&r->hs).status == 101 && extra.extensions.len > 0)
    assert_memory_equal(&agreed, &e->deflate, sizeof agreed);
  else
    extra.extensions = part_of(NULL, 0);
  return extra;
}

static void server_replies(const exchange *e, run *r) {
  char value[UPSHAKE_DEFLATE_CAP], out[MEMORY];
  upshake_extra extra = with_deflate(e, r, value);
  size_t len;
  assert_int_equal(upshake_reply(&r->hs, &extra, out, sizeof out, &len),
                   UPSHAKE_OK);
  add(&r->to_client.sent, out, len);
  if (upshake_get_result(&r->hs).status == 101)
    add(&r->to_client.sent, FROM_SERVER, sizeof FROM_SERVER - 1);
}

static void server_receives(const exchange *e, run *r) {
  size_t len, used = 0;
  char *data = arrives(&r->to_server, &len);
  if (upshake_get_result(&r->hs).next == UPSHAKE_READ) {
    upshake_next next = upshake_feed(&r->hs, data, len, &used);
    if (next == UPSHAKE_PLAIN)
      assert_int_equal(upshake_answer(&r->hs, e->answer), UPSHAKE_OK);
    if (next != UPSHAKE_READ)
      server_replies(e, r);
  }
  add(&r->server_rest, data + used, len - used);
  free(data);
}

static void client_receives(run *r) {
  size_t len, used = 0;
  char *data = arrives(&r->to_client, &len);
  if (upshake_client_get_result(&r->client).next == UPSHAKE_CLIENT_READ) {
    upshake_client moved = r->client; /* as a caller may */
    memset(&r->client, 0xa5, sizeof r->client);
    if (upshake_client_feed(&moved, data, len, &used) ==
        UPSHAKE_CLIENT_SWITCHED)
      add(&r->to_server.sent, FROM_CLIENT, sizeof FROM_CLIENT - 1);
    r->client = moved;
  }
  add(&r->client_rest, data + used, len - used);
  free(data);
}

static void client_asks(const exchange *e, run *r) {
  octets *sent = &r->to_server.sent;
  size_t len = 0;
  if (e->request != NULL)
    add(sent, e->request, len = strlen(e->request));
  else
    assert_int_equal(
        upshake_write_request(
            &e->ask,
            e->ask.protocols == NULL || e->ask.protocols_len > 1 ? nonce : NULL,
            sent->data, MEMORY, &len),
        UPSHAKE_OK);
  sent->len = r->request_len = len;
  assert_int_equal(upshake_client_init(&r->client, part_of(sent->data, len),
                                       e->subprotocol_required,
                                       r->client_memory, MEMORY),
                   UPSHAKE_OK);
}

/* Until all is still. */
static void take_place(const exchange *e, run *r, cutting up, cutting down) {
  begin_wire(&r->to_server, up);
  begin_wire(&r->to_client, down);
  r->server_rest.len = r->client_rest.len = 0;
  assert_int_equal(
      upshake_init(&r->hs, &e->config, r->server_memory, MEMORY, NULL),
      UPSHAKE_OK);
  client_asks(e, r);
  while (!is_quiet(&r->to_server) || !is_quiet(&r->to_client)) {
    server_receives(e, r);
    client_receives(r);
  }
}

/* ---- The result -----------------------------------------------------------
 */

#define NOWHERE ((size_t)-1)

static size_t place(upshake_slice slice, const char *memory) {
  return slice.ptr == NULL ? NOWHERE : (size_t)(slice.ptr - memory);
}

static void assert_same_slice(upshake_slice a, const char *in_a,
                              upshake_slice b, const char *in_b) {
  assert_int_equal(place(a, in_a), place(b, in_b));
  assert_int_equal(a.len, b.len);
  if (a.len > 0)
    assert_memory_equal(a.ptr, b.ptr, a.len);
}

static void assert_same_octets(const octets *a, const octets *b) {
  assert_int_equal(a->len, b->len);
  assert_memory_equal(a->data, b->data, a->len);
}

static void assert_same_client(const run *a, const run *b) {
  upshake_client_result x = upshake_client_get_result(&a->client);
  upshake_client_result y = upshake_client_get_result(&b->client);
  assert_int_equal(x.next, y.next);
  assert_int_equal(x.error, y.error);
  assert_int_equal(x.status, y.status);
  assert_int_equal(x.offset, y.offset);
  assert_int_equal(x.consumed, y.consumed);
  assert_true(x.body_len == y.body_len);
  assert_memory_equal(&x.deflate, &y.deflate, sizeof x.deflate);
  assert_same_slice(x.reason, a->client_memory, y.reason, b->client_memory);
  assert_same_slice(x.fields, a->client_memory, y.fields, b->client_memory);
  assert_same_slice(x.subprotocol, a->client_memory, y.subprotocol,
                    b->client_memory);
  assert_same_slice(x.extensions, a->client_memory, y.extensions,
                    b->client_memory);
  assert_same_slice(x.protocol, a->to_server.sent.data, y.protocol,
                    b->to_server.sent.data);
}

static void assert_same_server(const run *a, const run *b) {
  upshake_result x = upshake_get_result(&a->hs);
  upshake_result y = upshake_get_result(&b->hs);
  assert_int_equal(x.next, y.next);
  assert_int_equal(x.error, y.error);
  assert_int_equal(x.status, y.status);
  assert_int_equal(x.consumed, y.consumed);
  assert_ptr_equal(x.protocol, y.protocol);
  assert_ptr_equal(x.subprotocol.ptr, y.subprotocol.ptr); /* the config's */
}

static void assert_same_run(const run *a, const run *b) {
  assert_same_client(a, b);
  assert_same_server(a, b);
  assert_same_octets(&a->to_server.sent, &b->to_server.sent);
  assert_same_octets(&a->to_client.sent, &b->to_client.sent);
  assert_same_octets(&a->client_rest, &b->client_rest);
  assert_same_octets(&a->server_rest, &b->server_rest);
}

static void assert_text(upshake_slice slice, const char *expected) {
  if (expected == NULL)
    assert_absent(slice);
  else
    assert_slice(slice, expected);
}

static void assert_rest(const octets *rest, const char *text, size_t len) {
  assert_int_equal(rest->len, len);
  assert_memory_equal(rest->data, text, len);
}

/* What follows the head at either end is all there and nothing else is. */
static void assert_nothing_lost(const exchange *e, const run *r) {
  upshake_client_result result = upshake_client_get_result(&r->client);
  assert_int_equal(result.consumed + r->client_rest.len, r->to_client.sent.len);
  assert_int_equal(upshake_get_result(&r->hs).consumed, r->request_len);
  if (e->status == 101)
    assert_rest(&r->client_rest, FROM_SERVER, sizeof FROM_SERVER - 1);
  else
    assert_rest(&r->client_rest, e->body, strlen(e->body));
  assert_rest(&r->server_rest, FROM_CLIENT,
              e->next == UPSHAKE_CLIENT_SWITCHED ? sizeof FROM_CLIENT - 1 : 0);
}

static void assert_expected(const exchange *e, const run *r) {
  upshake_client_result result = upshake_client_get_result(&r->client);
  assert_int_equal(result.error, e->error);
  assert_int_equal(result.next, e->next);
  assert_int_equal(result.status, e->status);
  assert_int_equal(upshake_get_result(&r->hs).status, e->status);
  assert_text(result.protocol, e->protocol);
  assert_text(result.subprotocol, e->subprotocol);
  assert_text(result.extensions, e->extensions);
  assert_memory_equal(&result.deflate, &e->deflate, sizeof e->deflate);
  assert_true(result.body_len == (e->body ? strlen(e->body) : 0));
  assert_nothing_lost(e, r);
}

/* ---- The tests ------------------------------------------------------------
 */

static const cutting whole = {WHOLE, 0, 0}, single = {SINGLE, 0, 0};

static void every_pair_of_cuts(const exchange *e, const run *good) {
  run other;
  for (size_t up = 1; up < good->to_server.sent.len; up++)
    for (size_t down = 1; down < good->to_client.sent.len; down++) {
      take_place(e, &other, (cutting){TWO, up, 0}, (cutting){TWO, down, 0});
      assert_same_run(good, &other);
    }
}

static void random_cuttings(const exchange *e, const run *good) {
  run other;
  for (uint32_t seed = 1; seed <= RANDOM_CUTTINGS; seed++) {
    take_place(e, &other, (cutting){RANDOM, 0, seed},
               (cutting){RANDOM, 0, ~seed});
    assert_same_run(good, &other);
  }
}

static void comes_to_the_same_however_it_is_cut(void **state) {
  const exchange *e = *state;
  run good, other;
  take_place(e, &good, whole, whole);
  assert_expected(e, &good);
  take_place(e, &other, single, single);
  assert_same_run(&good, &other);
  take_place(e, &other, whole, single);
  assert_same_run(&good, &other);
  every_pair_of_cuts(e, &good);
  random_cuttings(e, &good);
}

#define EXCHANGE(e)                                                            \
  {                                                                            \
    .name = #e, .test_func = comes_to_the_same_however_it_is_cut,              \
    .initial_state = (void *)(uintptr_t) & (e)                                 \
  }

int main(void) {
  const struct CMUnitTest tests[] = {
      EXCHANGE(plain_websocket), EXCHANGE(subprotocol_and_deflate),
      EXCHANGE(another_token),   EXCHANGE(one_of_two),
      EXCHANGE(http2),           EXCHANGE(masque),
      EXCHANGE(continue_first),  EXCHANGE(upgrade_required),
      EXCHANGE(unauthorized),    EXCHANGE(none_chosen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
