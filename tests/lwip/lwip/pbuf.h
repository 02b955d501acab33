/* SPDX-License-Identifier: MIT
 *
 * A stand-in for lwIP's header of this name: what examples/lwip.c needs of it.
 */
#ifndef LWIP_PBUF_H
#define LWIP_PBUF_H

#include <stdint.h>

typedef uint8_t u8_t;
typedef uint16_t u16_t;
typedef int8_t err_t;

enum {
  ERR_OK = 0,
  ERR_MEM = -1,
  ERR_CONN = -11,
  ERR_ABRT = -13,
  ERR_RST = -14,
  ERR_ARG = -16
};

/* A piece of a chain.  tot_len is that of all pieces from this one on. */
struct pbuf {
  struct pbuf *next;
  void *payload;
  u16_t tot_len, len;
  void *memory; /* the stand-in's own: what payload points into */
};

/* Frees the chain; returns how many pieces that were. */
u8_t pbuf_free(struct pbuf *p);

/* Appends a chain; the caller's reference goes with it. */
void pbuf_cat(struct pbuf *head, struct pbuf *tail);

/* Takes octets off the front and frees the pieces that are then empty.
 * Returns the new front, NULL where nothing is left. */
struct pbuf *pbuf_free_header(struct pbuf *p, u16_t size);

#endif
