/* SPDX-License-Identifier: MIT
 *
 * A stand-in for lwIP's header of this name: what examples/lwip.c needs of it.
 */
#ifndef LWIP_TCP_H
#define LWIP_TCP_H

#include <lwip/pbuf.h>
#include <stddef.h>

#define TCP_WRITE_FLAG_COPY 0x01

struct tcp_pcb;
typedef err_t (*tcp_recv_fn)(void *arg, struct tcp_pcb *pcb, struct pbuf *p,
                             err_t error);
typedef err_t (*tcp_sent_fn)(void *arg, struct tcp_pcb *pcb, u16_t len);
typedef err_t (*tcp_poll_fn)(void *arg, struct tcp_pcb *pcb);
typedef void (*tcp_err_fn)(void *arg, err_t error);

/* A connection; opaque to the program, all the driver's. */
struct tcp_pcb {
  void *arg;
  tcp_recv_fn recv;
  tcp_sent_fn sent;
  tcp_poll_fn poll;
  tcp_err_fn errf;
  size_t room;    /* in the send buffer */
  size_t unacked; /* in the send buffer, not received by the peer yet */
  size_t given;   /* to the program */
  size_t taken;   /* by it, as it says with tcp_recved */
  int is_shut, is_closed, is_aborted;
  size_t out_len;
  char out[65536]; /* all that was sent */
};

void tcp_arg(struct tcp_pcb *pcb, void *arg);
void tcp_recv(struct tcp_pcb *pcb, tcp_recv_fn recv);
void tcp_sent(struct tcp_pcb *pcb, tcp_sent_fn sent);
void tcp_poll(struct tcp_pcb *pcb, tcp_poll_fn poll, u8_t interval);
void tcp_err(struct tcp_pcb *pcb, tcp_err_fn errf);
void tcp_recved(struct tcp_pcb *pcb, u16_t len);
err_t tcp_write(struct tcp_pcb *pcb, const void *octets, u16_t len, u8_t flags);
err_t tcp_shutdown(struct tcp_pcb *pcb, int receiving, int sending);
err_t tcp_close(struct tcp_pcb *pcb);
void tcp_abort(struct tcp_pcb *pcb);

#endif
