/* SPDX-License-Identifier: MIT
 *
 * The header in C++20: tables that are constant and have names for their
 * members, spans, no object that is not at its place.  A server like
 * examples/cpp17.cpp: /chat greets by WebSocket, `echo` sends bytes back.  One
 * client after the other.
 */
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>

#include <upshake.h>

#include "peer.h"

namespace {

constexpr std::string_view view(upshake_slice slice) {
  return {slice.ptr, slice.len};
}

constexpr upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo"),
                                          UPSHAKE_WEBSOCKET};
/* It takes no exception, as it is called from C. */
constexpr auto decide = [](upshake *hs, void *) noexcept -> int {
  if (upshake_get_result(hs).protocol == &protocols[0])
    return UPSHAKE_ACCEPT;
  return view(upshake_get_request(hs).path) == "/chat" ? +UPSHAKE_ACCEPT : 404;
};
constinit const upshake_config config{
    .protocols = protocols,
    .protocols_len = std::size(protocols),
    .decide = decide,
    .limits = {.fields = 100},
    .origin = UPSHAKE_ORIGIN_ANY,
};

/* Not copied and not moved: the library holds a pointer to `head`. */
class Handshake {
public:
  Handshake() {
    if (upshake_init(&hs, &config, head.data(), head.size(), nullptr))
      throw std::logic_error("the config is wrong");
  }
  Handshake(const Handshake &) = delete;
  Handshake &operator=(const Handshake &) = delete;

  /* Leaves in `bytes` those that belong to the new protocol. */
  upshake_next feed(std::span<const char> &bytes) {
    std::size_t used = 0;
    auto next = upshake_feed(&hs, bytes.data(), bytes.size(), &used);
    bytes = bytes.subspan(used);
    return next;
  }

  void refuse(int status) { upshake_answer(&hs, status); }

  std::span<const char> reply(std::span<char> out) {
    std::size_t len = 0;
    if (upshake_reply(&hs, out.data(), out.size(), &len) != UPSHAKE_OK)
      throw std::logic_error("no reply is possible");
    return out.first(len);
  }

  /* The protocol that it has switched to; empty after a refusal. */
  const char *protocol() const {
    upshake_result result = upshake_get_result(&hs);
    return result.switched ? result.protocol->name : "";
  }

private:
  std::array<char, 8192> head;
  upshake hs;
};

void serve(int peer) {
  std::array<char, 4096> room;
  std::array<char, UPSHAKE_REPLY_CAP> out;
  std::span<const char> bytes;
  Handshake handshake;

  auto next = UPSHAKE_READ;
  while (next == UPSHAKE_READ) {
    bytes = {room.data(), receive(peer, room.data(), room.size())};
    if (bytes.empty())
      return;
    next = handshake.feed(bytes);
  }
  if (next == UPSHAKE_PLAIN)
    handshake.refuse(426);
  auto reply = handshake.reply(out);
  send_all(peer, reply.data(), reply.size());
  go_on(peer, handshake.protocol(), bytes.data(), bytes.size());
}

} // namespace

int main(int argc, char **argv) {
  int listener = listen_on(argc, argv);
  for (int peer; (peer = accept_next(listener)) >= 0; finish(peer))
    serve(peer);
  return 1;
}
