/* SPDX-License-Identifier: MIT
 *
 * A stand-in for lwIP: its functions that examples/lwip.c calls.  It is as
 * strict as the real one, and complains where that would crash later.
 */
#include <lwip/tcp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void demand(int holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "lwIP: %s\n", what);
  abort();
}

/* ---- chains of pieces ---- */

u8_t pbuf_free(struct pbuf *p) {
  u8_t count = 0;
  demand(p != NULL, "pbuf_free of nothing");
  while (p) {
    struct pbuf *next = p->next;
    free(p->memory);
    free(p);
    p = next;
    count++;
  }
  return count;
}

void pbuf_cat(struct pbuf *head, struct pbuf *tail) {
  demand(head != NULL && tail != NULL, "pbuf_cat without a chain");
  for (;; head = head->next) {
    head->tot_len = (u16_t)(head->tot_len + tail->tot_len);
    if (!head->next)
      break;
  }
  head->next = tail;
}

struct pbuf *pbuf_free_header(struct pbuf *p, u16_t size) {
  while (size > 0 && p) {
    struct pbuf *rest = p->next;
    if (size < p->len) {
      p->payload = (char *)p->payload + size;
      p->len = (u16_t)(p->len - size);
      p->tot_len = (u16_t)(p->tot_len - size);
      return p;
    }
    size = (u16_t)(size - p->len);
    p->next = NULL;
    pbuf_free(p);
    p = rest;
  }
  return p;
}

/* ---- a connection ---- */

void tcp_arg(struct tcp_pcb *pcb, void *arg) { pcb->arg = arg; }
void tcp_recv(struct tcp_pcb *pcb, tcp_recv_fn recv) { pcb->recv = recv; }
void tcp_sent(struct tcp_pcb *pcb, tcp_sent_fn sent) { pcb->sent = sent; }
void tcp_err(struct tcp_pcb *pcb, tcp_err_fn errf) { pcb->errf = errf; }

void tcp_poll(struct tcp_pcb *pcb, tcp_poll_fn poll, u8_t interval) {
  demand(!poll || interval > 0, "tcp_poll without an interval");
  pcb->poll = poll;
}

void tcp_recved(struct tcp_pcb *pcb, u16_t len) {
  pcb->taken += len;
  demand(pcb->taken <= pcb->given, "tcp_recved of more than was received");
}

err_t tcp_write(struct tcp_pcb *pcb, const void *octets, u16_t len,
                u8_t flags) {
  demand(flags == TCP_WRITE_FLAG_COPY, "tcp_write of memory that goes away");
  demand(len > 0, "tcp_write of nothing");
  if (pcb->is_shut || pcb->is_closed)
    return ERR_CONN;
  if (len > pcb->room)
    return ERR_MEM;
  demand(len <= sizeof pcb->out - pcb->out_len, "the test's buffer is full");
  memcpy(pcb->out + pcb->out_len, octets, len);
  pcb->out_len += len;
  pcb->room -= len;
  pcb->unacked += len;
  return ERR_OK;
}

err_t tcp_shutdown(struct tcp_pcb *pcb, int receiving, int sending) {
  demand(!receiving && sending, "tcp_shutdown of the wrong side");
  if (pcb->is_shut)
    return ERR_CONN;
  pcb->is_shut = 1;
  return ERR_OK;
}

/* lwIP resets the peer where octets of it were not taken, and answers its
 * later ones with a reset; both would destroy what was sent to it. */
err_t tcp_close(struct tcp_pcb *pcb) {
  demand(pcb->taken == pcb->given, "tcp_close with octets not taken");
  demand(!pcb->sent && !pcb->poll && !pcb->errf, "tcp_close with callbacks");
  pcb->is_closed = 1;
  return ERR_OK;
}

void tcp_abort(struct tcp_pcb *pcb) {
  pcb->is_aborted = 1;
  if (pcb->errf)
    pcb->errf(pcb->arg, ERR_ABRT);
}
