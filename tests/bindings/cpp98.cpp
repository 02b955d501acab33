/* SPDX-License-Identifier: MIT
 *
 * The header in C++98: no initializer has a name, no function is a lambda.  A
 * server like examples/cpp17.cpp: /chat greets by WebSocket, `echo` sends bytes
 * back.  One client after the other.
 */
#include <stdexcept>
#include <string>

#include <upshake.h>

#include "peer.h"

/* Constant, so that it is there before any constructor runs. */
static const upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo"),
                                             UPSHAKE_WEBSOCKET};

extern "C" {
static int decide(upshake *hs, void *user) {
  upshake_request request = upshake_get_request(hs);
  ++*static_cast<int *>(user);
  if (upshake_get_result(hs).protocol == &protocols[0])
    return UPSHAKE_ACCEPT;
  return upshake_equal(request.path, "/chat") ? UPSHAKE_ACCEPT : 404;
}
}

static upshake_config make_config() {
  upshake_config config = upshake_config();
  config.protocols = protocols;
  config.protocols_len = sizeof protocols / sizeof *protocols;
  config.decide = decide;
  return config;
}

/* Not copied: the library holds pointers to `head` and `decided`. */
class handshake {
public:
  explicit handshake(const upshake_config &config) : decided(0) {
    if (upshake_init(&hs, &config, head, sizeof head, &decided) != UPSHAKE_OK)
      throw std::logic_error("the config is wrong");
  }

  upshake_next feed(const char *bytes, std::size_t len, std::size_t &used) {
    return upshake_feed(&hs, bytes, len, &used);
  }

  void refuse(int status) { upshake_answer(&hs, status); }

  std::string reply() {
    char out[UPSHAKE_REPLY_CAP];
    std::size_t len;
    if (upshake_reply(&hs, out, sizeof out, &len) != UPSHAKE_OK)
      throw std::logic_error("no reply is possible");
    return std::string(out, len);
  }

  /* The protocol that it has switched to; empty after a refusal. */
  std::string protocol() const {
    upshake_result result = upshake_get_result(&hs);
    if (result.switched && decided != 1)
      throw std::logic_error("it was decided more than once, or never");
    return result.switched ? result.protocol->name : "";
  }

private:
  handshake(const handshake &);
  handshake &operator=(const handshake &);

  char head[8192];
  int decided;
  upshake hs;
};

static void serve(int peer, const upshake_config &config) {
  char bytes[4096];
  std::size_t used = 0, len = 0;
  handshake hs(config);

  upshake_next next = UPSHAKE_READ;
  while (next == UPSHAKE_READ) {
    len = receive(peer, bytes, sizeof bytes);
    if (len == 0)
      return;
    next = hs.feed(bytes, len, used);
  }
  if (next == UPSHAKE_PLAIN)
    hs.refuse(426);
  const std::string reply = hs.reply();
  send_all(peer, reply.data(), reply.size());
  go_on(peer, hs.protocol().c_str(), bytes + used, len - used);
}

int main(int argc, char **argv) {
  const upshake_config config = make_config();
  int listener = listen_on(argc, argv);
  for (int peer; (peer = accept_next(listener)) >= 0; finish(peer))
    serve(peer, config);
  return 1;
}
