/* SPDX-License-Identifier: MIT
 *
 * lwIP's raw API: chains of pbufs in, tcp_write out, and 768 bytes for a whole
 * handshake.  An upgrade gets `echo`, any other request gets 426.  Compile it
 * with your lwIP and the two files of the library, and give it to a listener:
 *
 *     tcp_accept(listener, accept_upgrades);
 *
 * To try it (DEVICE is the name or address of your device):
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' DEVICE:8100
 *
 * tests/lwip runs this file without a device.
 */
#include <lwip/pbuf.h>
#include <lwip/tcp.h>
#include <upshake.h>

#define CLIENTS_MOST 4
#define POLL_INTERVAL 20 /* half seconds */

static struct connection {
  struct tcp_pcb *pcb; /* NULL: this place is free */
  enum { READING, REPLYING, ECHOING, REFUSED } phase;
  struct pbuf *in; /* bytes that handshake or `echo` have not taken */
  int in_ended;
  unsigned polls;
  upshake hs;
  upshake_cursor cursor; /* in the reply */
  char part[24];         /* of the reply */
  char head[480];
} connections[CLIENTS_MOST];
_Static_assert(sizeof(struct connection) <= 768, "more than was promised");

static const upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = protocols,
                                      .protocols_len = 1};

/* Drops bytes of the input: the peer may send as many again. */
static void take(struct connection *c, size_t len) {
  tcp_recved(c->pcb, (u16_t)len);
  c->in = pbuf_free_header(c->in, (u16_t)len);
}

/* tcp_write takes all or nothing.  If it takes nothing, on_sent or on_poll
 * calls again.  Returns 1 if the bytes were taken. */
static int write_bytes(struct connection *c, const void *bytes, size_t len) {
  return tcp_write(c->pcb, bytes, (u16_t)len, TCP_WRITE_FLAG_COPY) == ERR_OK;
}

/* ---- The phases ---------------------------------------------------------- */

static void read_head(struct connection *c) {
  while (c->in != NULL && c->phase == READING) {
    size_t used;

    /* 1 feed */
    upshake_next next = upshake_feed(&c->hs, c->in->payload, c->in->len, &used);
    if (next != UPSHAKE_READ)
      c->phase = REPLYING;

    /* 2 decide: this config accepts every valid offer */
    if (next == UPSHAKE_PLAIN)
      upshake_answer(&c->hs, 426);
    take(c, used);
  }
}

/* 3 reply, then early bytes: a part of the reply that could not be written is
 * made again, later.  If no reply is possible, the connection just ends. */
static void reply(struct connection *c) {
  while (c->phase == REPLYING) {
    upshake_cursor next = c->cursor;
    size_t len;
    upshake_error error =
        upshake_reply_part(&c->hs, NULL, &next, c->part, sizeof c->part, &len);
    if (error != UPSHAKE_OK)
      c->phase = REFUSED;
    else if (len == 0)
      c->phase = upshake_get_result(&c->hs).switched ? ECHOING : REFUSED;
    else if (!write_bytes(c, c->part, len))
      return;
    c->cursor = next;
  }
}

/* The early bytes are still in the input. */
static void echo(struct connection *c) {
  while (c->in != NULL && write_bytes(c, c->in->payload, c->in->len))
    take(c, c->in->len);
}

/* Our side stops sending first, and drops its input: closing at once could
 * destroy the reply on its way (RFC 9112 9.6). */
static void drop_input(struct connection *c) {
  if (tcp_shutdown(c->pcb, 0, 1) != ERR_MEM && c->in != NULL)
    take(c, c->in->tot_len);
}

static void end(struct connection *c) {
  tcp_sent(c->pcb, NULL);
  tcp_poll(c->pcb, NULL, 0);
  tcp_err(c->pcb, NULL);
  tcp_close(c->pcb);
  c->pcb = NULL;
}

/* Goes as far as input and room to send allow. */
static err_t go_on(struct connection *c) {
  if (c->phase == READING)
    read_head(c);
  if (c->phase == REPLYING)
    reply(c);
  if (c->phase == ECHOING)
    echo(c);
  if (c->phase == REFUSED)
    drop_input(c);
  if (c->in_ended && c->in == NULL && c->phase != REPLYING)
    end(c);
  return ERR_OK;
}

/* ---- lwIP's callbacks ---------------------------------------------------- */

/* The peer has ended its side if there is no chain. */
static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *chain,
                         err_t error) {
  struct connection *c = arg;

  (void)pcb, (void)error;
  if (chain == NULL)
    c->in_ended = 1;
  else if (c->in == NULL)
    c->in = chain;
  else
    pbuf_cat(c->in, chain);
  return go_on(c);
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len) {
  (void)pcb, (void)len;
  return go_on(arg);
}

/* The pcb is gone already. */
static void on_error(void *arg, err_t error) {
  struct connection *c = arg;

  (void)error;
  if (c->in != NULL)
    pbuf_free(c->in);
  c->pcb = NULL;
}

/* Every 10 seconds.  Who speaks `echo` may be silent; any other phase has 10 to
 * 20 seconds. */
static err_t on_poll(void *arg, struct tcp_pcb *pcb) {
  struct connection *c = arg;

  if (c->phase == ECHOING || c->polls++ == 0)
    return go_on(c);
  tcp_abort(pcb); /* calls on_error */
  return ERR_ABRT;
}

/* ---- The listener's callback --------------------------------------------- */

static struct connection *find_free_place(void) {
  for (size_t i = 0; i < CLIENTS_MOST; i++)
    if (connections[i].pcb == NULL)
      return &connections[i];
  return NULL;
}

err_t accept_upgrades(void *arg, struct tcp_pcb *pcb, err_t error) {
  struct connection *c = find_free_place();

  (void)arg;
  if (error != ERR_OK || c == NULL)
    return ERR_MEM; /* lwIP aborts the connection */

  *c = (struct connection){0};
  if (upshake_init(&c->hs, &config, c->head, sizeof c->head, c) != UPSHAKE_OK)
    return ERR_ARG; /* the config is wrong: hs must not be used */
  c->pcb = pcb;
  tcp_arg(pcb, c);
  tcp_recv(pcb, on_received);
  tcp_sent(pcb, on_sent);
  tcp_poll(pcb, on_poll, POLL_INTERVAL);
  tcp_err(pcb, on_error);
  return ERR_OK;
}
