/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: TCP in IP packets (RFC 791, RFC 8200, RFC 9293): see
 * streams.h.
 */
#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "streams.h"

static unsigned byte_at(upshake_slice bytes, size_t at) {
  return (unsigned char)bytes.ptr[at];
}

static unsigned short_at(upshake_slice bytes, size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

static uint32_t long_at(upshake_slice bytes, size_t at) {
  return (uint32_t)short_at(bytes, at) << 16 | short_at(bytes, at + 2);
}

/* Writes address and port as digits. */
static void write_peer(upshake_slice address, unsigned port,
                       char peer[PEER_MAX]) {
  size_t len = 0;
  for (size_t i = 0; i < address.len; i++)
    len += (size_t)snprintf(peer + len, PEER_MAX - len, "%02x",
                            byte_at(address, i));
  snprintf(peer + len, PEER_MAX - len, ":%u", port);
}

static void add_tcp(streams *in, upshake_slice from, upshake_slice to,
                    upshake_slice tcp) {
  char sender[PEER_MAX], receiver[PEER_MAX];
  if (tcp.len < 20)
    return;
  size_t header = (size_t)(byte_at(tcp, 12) >> 4) * 4;
  unsigned flags = byte_at(tcp, 13);
  if (header < 20 || header > tcp.len)
    return;
  write_peer(from, short_at(tcp, 0), sender);
  write_peer(to, short_at(tcp, 2), receiver);
  add_segment(in, sender, receiver, (flags & 2) != 0, (flags & 16) != 0,
              long_at(tcp, 4), slice_from(tcp, header));
}

static void add_ipv4(streams *in, upshake_slice packet) {
  if (packet.len < 20)
    return;
  size_t header = (size_t)(byte_at(packet, 0) & 15) * 4;
  size_t total = short_at(packet, 2);
  int is_fragment = (short_at(packet, 6) & 0x3fff) != 0;
  if (total >= 20 && total < packet.len) /* behind it is padding */
    packet.len = total;
  if (header < 20 || header > packet.len || is_fragment ||
      byte_at(packet, 9) != 6)
    return;
  add_tcp(in, (upshake_slice){packet.ptr + 12, 4},
          (upshake_slice){packet.ptr + 16, 4}, slice_from(packet, header));
}

static void add_ipv6(streams *in, upshake_slice packet) {
  if (packet.len < 40)
    return;
  size_t payload = short_at(packet, 4), at = 40;
  unsigned next = byte_at(packet, 6);
  if (payload > 0 && payload + 40 < packet.len)
    packet.len = payload + 40;
  /* Hop-by-hop, routing and destination options. */
  while ((next == 0 || next == 43 || next == 60) && at + 8 <= packet.len) {
    next = byte_at(packet, at);
    at += 8 + (size_t)byte_at(packet, at + 1) * 8;
  }
  if (next != 6 || at > packet.len)
    return;
  add_tcp(in, (upshake_slice){packet.ptr + 8, 16},
          (upshake_slice){packet.ptr + 24, 16}, slice_from(packet, at));
}

void add_packet(streams *in, upshake_slice packet) {
  if (packet.len == 0)
    return;
  if (byte_at(packet, 0) >> 4 == 4)
    add_ipv4(in, packet);
  else if (byte_at(packet, 0) >> 4 == 6)
    add_ipv6(in, packet);
}
