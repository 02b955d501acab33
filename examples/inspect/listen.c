/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --listen: waits for clients.  guest.h serves each.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "guest.h"
#include "inspect.h"
#include "live.h"
#include "../common/exit.h"
#include "../common/start.h"

/* ---- The loop ------------------------------------------------------------ */

static moment next_deadline(const host *all) {
  moment next = net_now_ms() + 60000;
  for (size_t i = 0; i < all->guests_len; i++)
    if (all->guests[i]->deadline < next)
      next = all->guests[i]->deadline;
  return next;
}

enum { STOP = LISTENERS_MAX, FIRST_GUEST };

static void fill_polled(const host *all, struct pollfd *polled) {
  int full = all->guests_len == GUESTS_MAX || all->is_done;
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    polled[i] = (struct pollfd){full ? -1 : all->listeners.fds[i], POLLIN, 0};
  polled[STOP] = (struct pollfd){net_stop_fd(), POLLIN, 0};
  for (size_t i = 0; i < all->guests_len; i++)
    polled[FIRST_GUEST + i] =
        (struct pollfd){all->guests[i]->fd, guest_events(all->guests[i]), 0};
}

/* Guests are served from the last to the first, as one that goes gives its
 * place to the last. */
static int turn(host *all) {
  struct pollfd polled[FIRST_GUEST + GUESTS_MAX];
  fill_polled(all, polled);
  moment left = next_deadline(all) - net_now_ms();
  int ready =
      poll(polled, FIRST_GUEST + all->guests_len, left > 0 ? (int)left : 0);
  if (ready < 0 && errno != EINTR)
    return complain("cannot wait: %s", strerror(errno)), EXIT_BAD_SYSTEM;
  if (ready < 0)
    return 0;
  if (polled[STOP].revents != 0)
    return -1;
  for (size_t i = all->guests_len; i-- > 0;)
    if (guest_serve(all, all->guests[i], polled[FIRST_GUEST + i].revents) != 0)
      guest_part(all, i);
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    if (polled[i].revents != 0)
      guest_welcome(all, polled[i].fd);
  return 0;
}

static void print_summary(const host *all) {
  const size_t *n = all->outcomes;
  size_t count = n[SWITCHED] + n[REFUSED] + n[PLAIN] + n[INCOMPLETE];
  complain("%zu client%s: %zu switched, %zu refused, %zu plain, "
           "%zu incomplete",
           count, count == 1 ? "" : "s", n[SWITCHED], n[REFUSED], n[PLAIN],
           n[INCOMPLETE]);
}

/* With --once the answer of the first client is sent before the end. */
static int loop(host *all) {
  int status = 0;
  while (status == 0 && !(all->is_done && all->guests_len == 0))
    status = turn(all);
  while (all->guests_len > 0)
    guest_part(all, all->guests_len - 1);
  if (status > 0)
    return status;
  if (!all->opt->once || !all->is_done)
    print_summary(all);
  return all->last;
}

/* ---- The port ------------------------------------------------------------ */

/* An address of the option, such as "0.0.0.0:8080" and "[::]:8080". */
static int open_address(host *all, const char *text, const char *colon) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                           .ai_flags = AI_NUMERICHOST | AI_PASSIVE};
  struct addrinfo *found;
  char address[64] = "";
  int bracket = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
  size_t len = (size_t)(colon - text) - (bracket ? 2 : 0);
  if (len < sizeof address)
    memcpy(address, text + bracket, len);
  if (getaddrinfo(address, colon + 1, &hints, &found) != 0)
    return complain("--listen: '%s' is not an address and a port", text),
           EXIT_BAD_USAGE;
  all->listeners = (struct listeners){.fds = {-1, -1}, .len = 1};
  all->listeners.fds[0] = listen_on(found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (all->listeners.fds[0] >= 0)
    return 0;
  complain("cannot listen on %s: %s", text, strerror(errno));
  return EXIT_BAD_SYSTEM;
}

static int open_port(host *all) {
  const char *text = all->opt->listen;
  const char *colon = strrchr(text, ':');
  long port = parse_number(colon ? colon + 1 : text, 0, 65535);
  if (port < 0)
    return complain("--listen: '%s' is not [ADDR:]PORT", text), EXIT_BAD_USAGE;
  if (colon != NULL)
    return open_address(all, text, colon);
  return open_listeners("upshake-inspect", port, &all->listeners) == 0
             ? 0
             : EXIT_BAD_SYSTEM;
}

/* On stderr, as stdout has the verdicts. */
static void say_address(int listener) {
  char at[ADDRESS_CAP];
  own_address(listener, at);
  fprintf(stderr, "listening on ws://%s/\n", at);
}

int listen_run(const options *opt) {
  static host all;
  all.opt = opt;
  all.config = config_of(opt);
  all.last = INCOMPLETE;
  int status = open_port(&all);
  if (status != 0)
    return status;
  say_address(all.listeners.fds[0]);
  status = loop(&all);
  for (size_t i = 0; i < LISTENERS_MAX; i++)
    if (all.listeners.fds[i] >= 0)
      close(all.listeners.fds[i]);
  return status;
}
