/* SPDX-License-Identifier: MIT
 *
 * lwIP's raw API: chains of pbufs in, tcp_write out, and 768 bytes for a whole
 * handshake.  An upgrade gets `echo`, any other request gets 426.  Build it
 * with your lwIP and call tcp_accept(listener, accept_upgrades), or see
 * tests/lwip.
 *
 * To try it (DEVICE is the name or address of your device):
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' DEVICE:8100
 */
#include <lwip/pbuf.h>
#include <lwip/tcp.h>
#include <upshake.h>
static struct connection {
  upshake hs;
  struct tcp_pcb *pcb;   /* NULL: this place is free */
  struct pbuf *in;       /* bytes that handshake or `echo` have not taken */
  upshake_cursor cursor; /* in the reply */
  size_t ended, polls;
  enum { READING, REPLYING, ECHOING, REFUSED } phase;
  char part[24], head[480];
} connections[4];
_Static_assert(sizeof(struct connection) <= 768, "more than was promised");
static const upshake_protocol table[] = {UPSHAKE_PROTOCOL("echo")};
static const upshake_config config = {.protocols = table, .protocols_len = 1};
static void take(struct connection *c, size_t len) {
  tcp_recved(c->pcb, (u16_t)len); /* the peer may send as much again */
  c->in = pbuf_free_header(c->in, (u16_t)len);
}
/* tcp_write takes all or nothing.  If it takes nothing, on_sent calls again. */
static err_t go_on(struct connection *c) {
  size_t len;
  while (c->in && c->phase == READING) {
    upshake_next next = upshake_feed(&c->hs, c->in->payload, c->in->len, &len);
    c->phase = next == UPSHAKE_READ ? READING : REPLYING;
    if (next == UPSHAKE_PLAIN)
      upshake_answer(&c->hs, 426);
    take(c, len);
  }
  while (c->phase == REPLYING) {
    upshake_cursor cursor = c->cursor;
    upshake_reply_part(&c->hs, NULL, &cursor, c->part, sizeof c->part, &len);
    if (len > 0 && tcp_write(c->pcb, c->part, (u16_t)len, TCP_WRITE_FLAG_COPY))
      break;
    c->cursor = cursor;
    if (len == 0)
      c->phase = upshake_get_result(&c->hs).protocol ? ECHOING : REFUSED;
  }
  while (c->in && c->phase == ECHOING &&
         !tcp_write(c->pcb, c->in->payload, c->in->len, TCP_WRITE_FLAG_COPY))
    take(c, c->in->len);
  /* Our side stops sending first, and drops its input (RFC 9112 9.6). */
  if (c->phase == REFUSED && tcp_shutdown(c->pcb, 0, 1) != ERR_MEM && c->in)
    take(c, c->in->tot_len);
  if (!c->ended || c->in || c->phase == REPLYING)
    return ERR_OK;
  tcp_sent(c->pcb, NULL);
  tcp_poll(c->pcb, NULL, 0);
  tcp_err(c->pcb, NULL);
  tcp_close(c->pcb);
  c->pcb = NULL;
  return ERR_OK;
}
static err_t on_in(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t e) {
  struct connection *c = arg;
  (void)pcb, (void)e;
  c->ended = p == NULL;
  if (p && c->in)
    pbuf_cat(c->in, p);
  else if (p)
    c->in = p;
  return go_on(c);
}
static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len) {
  (void)pcb, (void)len;
  return go_on(arg);
}
static void on_error(void *arg, err_t error) { /* the pcb is gone already */
  struct connection *c = arg;
  (void)error;
  if (c->in)
    pbuf_free(c->in);
  c->pcb = NULL;
}
static err_t on_poll(void *arg, struct tcp_pcb *pcb) { /* every 10 seconds */
  struct connection *c = arg;
  if (c->phase == ECHOING || c->polls++ == 0)
    return go_on(c);
  return tcp_abort(pcb), ERR_ABRT; /* on_error is called */
}
err_t accept_upgrades(void *arg, struct tcp_pcb *pcb, err_t error) {
  struct connection *c = connections;
  (void)arg;
  for (; error || c->pcb; c++)
    if (error || c == connections + 3)
      return ERR_MEM; /* lwIP aborts it */
  *c = (struct connection){.pcb = pcb};
  upshake_init(&c->hs, &config, c->head, sizeof c->head, c);
  tcp_arg(pcb, c);
  tcp_recv(pcb, on_in);
  tcp_sent(pcb, on_sent);
  tcp_poll(pcb, on_poll, 20);
  tcp_err(pcb, on_error);
  return ERR_OK;
}
