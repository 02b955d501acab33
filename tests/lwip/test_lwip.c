/* SPDX-License-Identifier: MIT
 *
 * examples/lwip.c, driven as lwIP would: chains of odd cuts in, what was
 * written out, a send buffer that is nearly full, ends, resets and timeouts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lwip/tcp.h>

#define OFFER                                                                  \
  "GET / HTTP/1.1\r\nHost: device\r\nUpgrade: echo\r\n"                        \
  "Connection: Upgrade\r\n\r\n"
#define SWITCHED                                                               \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n"                      \
  "Connection: Upgrade\r\n\r\n"
#define EARLY "early octets, of the new protocol"
#define PLACES 4

err_t accept_upgrades(void *arg, struct tcp_pcb *pcb, err_t error);

/* ---- lwIP's part ---- */

static struct tcp_pcb *connect_with_room(size_t room) {
  struct tcp_pcb *pcb = calloc(1, sizeof *pcb);
  assert_non_null(pcb);
  pcb->room = room;
  return pcb;
}

static struct tcp_pcb *connect_peer(size_t room) {
  struct tcp_pcb *pcb = connect_with_room(room);
  assert_int_equal(accept_upgrades(NULL, pcb, ERR_OK), ERR_OK);
  return pcb;
}

/* A piece in memory of its exact size, in front of others. */
static struct pbuf *piece_of(const char *octets, size_t len,
                             struct pbuf *next) {
  struct pbuf *p = malloc(sizeof *p);
  assert_non_null(p);
  p->memory = p->payload = malloc(len);
  assert_non_null(p->payload);
  memcpy(p->payload, octets, len);
  p->len = (u16_t)len;
  p->tot_len = (u16_t)(len + (next ? next->tot_len : 0));
  p->next = next;
  return p;
}

/* A chain whose pieces have `size` octets each; the last may have less. */
static struct pbuf *chain_of(const char *octets, size_t len, size_t size) {
  size_t last = len % size ? len % size : size;
  struct pbuf *chain = NULL;
  for (size_t at = len; at > 0;) {
    size_t part = at == len ? last : size;
    at -= part;
    chain = piece_of(octets + at, part, chain);
  }
  return chain;
}

static void give_chain(struct tcp_pcb *pcb, struct pbuf *chain) {
  pcb->given += chain->tot_len;
  assert_int_equal(pcb->recv(pcb->arg, pcb, chain, ERR_OK), ERR_OK);
}

static void give(struct tcp_pcb *pcb, const char *octets, size_t len,
                 size_t size) {
  give_chain(pcb, chain_of(octets, len, size));
}

static void end_input(struct tcp_pcb *pcb) {
  assert_int_equal(pcb->recv(pcb->arg, pcb, NULL, ERR_OK), ERR_OK);
}

/* The peer has received up to `len` octets, for which there is room again. */
static size_t acknowledge(struct tcp_pcb *pcb, size_t len) {
  if (len > pcb->unacked)
    len = pcb->unacked;
  pcb->unacked -= len;
  pcb->room += len;
  if (len > 0 && pcb->sent)
    assert_int_equal(pcb->sent(pcb->arg, pcb, (u16_t)len), ERR_OK);
  return len;
}

static void assert_sent(const struct tcp_pcb *pcb, const char *text) {
  assert_int_equal(pcb->out_len, strlen(text));
  assert_memory_equal(pcb->out, text, strlen(text));
}

static void assert_begins(const struct tcp_pcb *pcb, const char *text) {
  assert_true(pcb->out_len > strlen(text));
  assert_memory_equal(pcb->out, text, strlen(text));
}

/* Both sides are done, and the place is free. */
static void finish(struct tcp_pcb *pcb) {
  end_input(pcb);
  assert_true(pcb->is_closed);
  free(pcb);
}

/* ---- handshakes ---- */

static void switches_for_every_two_pieces(void **state) {
  const char *stream = OFFER EARLY;
  size_t len = strlen(stream);
  (void)state;
  for (size_t cut = 1; cut < len; cut++) {
    struct tcp_pcb *pcb = connect_peer(4096);
    give_chain(pcb,
               piece_of(stream, cut, piece_of(stream + cut, len - cut, NULL)));
    assert_sent(pcb, SWITCHED EARLY);
    finish(pcb);
  }
}

static void switches_for_pieces_of_every_size(void **state) {
  const char *stream = OFFER EARLY;
  (void)state;
  for (size_t size = 1; size <= strlen(stream); size++) {
    struct tcp_pcb *pcb = connect_peer(4096);
    give(pcb, stream, strlen(stream), size);
    assert_sent(pcb, SWITCHED EARLY);
    finish(pcb);
  }
}

static void switches_for_chains_that_come_one_by_one(void **state) {
  const char *stream = OFFER EARLY;
  size_t len = strlen(stream);
  (void)state;
  for (size_t step = 1; step <= len; step++) {
    struct tcp_pcb *pcb = connect_peer(4096);
    for (size_t at = 0; at < len; at += step)
      give(pcb, stream + at, len - at < step ? len - at : step, 3);
    assert_sent(pcb, SWITCHED EARLY);
    finish(pcb);
  }
}

static void echoes_what_comes_later(void **state) {
  struct tcp_pcb *pcb = connect_peer(4096);
  (void)state;
  give(pcb, OFFER, strlen(OFFER), 7);
  assert_sent(pcb, SWITCHED);
  give(pcb, "one", 3, 2);
  give(pcb, "two", 3, 1);
  assert_sent(pcb, SWITCHED "onetwo");
  finish(pcb);
}

static void waits_for_room_to_send(void **state) {
  const char *stream = OFFER EARLY;
  (void)state;
  for (size_t step = 1; step < 64; step += 9) {
    struct tcp_pcb *pcb = connect_peer(64);
    give(pcb, stream, strlen(stream), 11);
    give(pcb, EARLY, strlen(EARLY), 5);
    assert_true(pcb->out_len <= 64);
    end_input(pcb);
    assert_false(pcb->is_closed);
    while (acknowledge(pcb, step) > 0)
      ;
    assert_sent(pcb, SWITCHED EARLY EARLY);
    assert_true(pcb->is_closed);
    free(pcb);
  }
}

static void tries_again_when_polled(void **state) {
  struct tcp_pcb *pcb = connect_peer(0);
  (void)state;
  give(pcb, OFFER, strlen(OFFER), 9);
  assert_int_equal(pcb->out_len, 0);
  pcb->room = 4096; /* other connections had it */
  assert_int_equal(pcb->poll(pcb->arg, pcb), ERR_OK);
  assert_sent(pcb, SWITCHED);
  finish(pcb);
}

/* ---- refusals ---- */

static void refuses_and_drops_what_still_comes(void **state) {
  static const struct {
    const char *head, *reply;
  } rows[] = {
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 426 "},
      {"GET /\n", "HTTP/1.1 400 "},
      {"GET / HTTP/2.0\r\n", "HTTP/1.1 505 "},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct tcp_pcb *pcb = connect_peer(64);
    give(pcb, rows[i].head, strlen(rows[i].head), 4);
    while (acknowledge(pcb, 64) > 0)
      ;
    assert_begins(pcb, rows[i].reply);
    assert_memory_equal(pcb->out + pcb->out_len - 4, "\r\n\r\n", 4);
    assert_true(pcb->is_shut);
    give(pcb, EARLY, strlen(EARLY), 6);
    assert_int_equal(pcb->taken, pcb->given);
    assert_false(pcb->is_closed);
    finish(pcb);
  }
}

static void refuses_head_that_does_not_fit(void **state) {
  struct tcp_pcb *pcb = connect_peer(4096);
  char head[1024];
  (void)state;
  memset(head, 'x', sizeof head);
  memcpy(head, "GET / HTTP/1.1\r\nX: ", 19);
  give(pcb, head, sizeof head, 100);
  assert_begins(pcb, "HTTP/1.1 431 ");
  finish(pcb);
}

/* ---- ends ---- */

static void closes_when_peer_ends_before_its_head_does(void **state) {
  struct tcp_pcb *pcb = connect_peer(4096);
  (void)state;
  give(pcb, OFFER, 20, 3);
  finish(pcb);
}

static void forgets_connection_that_was_reset(void **state) {
  (void)state;
  for (int i = 0; i < 2 * PLACES; i++) {
    struct tcp_pcb *pcb = connect_peer(i % 2 ? 0 : 4096);
    give(pcb, OFFER EARLY, strlen(OFFER EARLY), 5);
    pcb->errf(pcb->arg, ERR_RST);
    free(pcb);
  }
}

static void has_four_places(void **state) {
  struct tcp_pcb *pcbs[PLACES], *fifth = connect_with_room(4096);
  (void)state;
  for (size_t i = 0; i < PLACES; i++)
    pcbs[i] = connect_peer(4096);
  assert_int_equal(accept_upgrades(NULL, fifth, ERR_OK), ERR_MEM);
  assert_int_equal(accept_upgrades(NULL, NULL, ERR_MEM), ERR_MEM);
  finish(pcbs[2]);
  assert_int_equal(accept_upgrades(NULL, NULL, ERR_MEM), ERR_MEM);
  assert_int_equal(accept_upgrades(NULL, fifth, ERR_OK), ERR_OK);
  pcbs[2] = fifth;
  for (size_t i = 0; i < PLACES; i++) {
    give(pcbs[i], OFFER, strlen(OFFER), 8);
    assert_sent(pcbs[i], SWITCHED);
    finish(pcbs[i]);
  }
}

static void gives_up_on_slow_head_but_not_on_silence(void **state) {
  struct tcp_pcb *slow = connect_peer(4096), *silent = connect_peer(4096);
  (void)state;
  give(slow, OFFER, 20, 20);
  give(silent, OFFER, strlen(OFFER), 20);
  assert_int_equal(slow->poll(slow->arg, slow), ERR_OK);
  assert_int_equal(slow->poll(slow->arg, slow), ERR_ABRT);
  assert_true(slow->is_aborted);
  for (int i = 0; i < 10; i++)
    assert_int_equal(silent->poll(silent->arg, silent), ERR_OK);
  finish(silent);
  free(slow);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(switches_for_every_two_pieces),
      cmocka_unit_test(switches_for_pieces_of_every_size),
      cmocka_unit_test(switches_for_chains_that_come_one_by_one),
      cmocka_unit_test(echoes_what_comes_later),
      cmocka_unit_test(waits_for_room_to_send),
      cmocka_unit_test(tries_again_when_polled),
      cmocka_unit_test(refuses_and_drops_what_still_comes),
      cmocka_unit_test(refuses_head_that_does_not_fit),
      cmocka_unit_test(closes_when_peer_ends_before_its_head_does),
      cmocka_unit_test(forgets_connection_that_was_reset),
      cmocka_unit_test(has_four_places),
      cmocka_unit_test(gives_up_on_slow_head_but_not_on_silence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
