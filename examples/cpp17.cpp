/* SPDX-License-Identifier: MIT
 *
 * upshake in C++17, a thread for each client: sockets close themselves, text is
 * a std::string_view, and no exception passes through the library, which is C.
 * The path /chat greets by WebSocket; `echo` sends bytes back.
 *
 * With this file and the two files of the library in one folder:
 *     cc -I. cpp17.cpp upshake.c -lstdc++ -lpthread -o cpp17
 *
 * To try it (the lines after the server in a second terminal):
 *     cmake -S . -B build && cmake --build build
 *     build/upshake-cpp17 8100
 *     build/upshake-client 'ws://127.0.0.1:8100/chat?name=Ada'
 *     curl -i -m 1 -H 'Connection: Upgrade' -H 'Upgrade: echo' 127.0.0.1:8100
 *
 * A real server sets a limit of time for the whole head, not for each piece,
 * and for the number of clients.
 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <upshake.h>

namespace {

/* ---- The library's types as those of C++ --------------------------------- */

/* Absent and empty are both empty here: slice.ptr tells them apart. */
std::string_view view(upshake_slice slice) { return {slice.ptr, slice.len}; }

/* Bytes in memory that somebody else owns; C++20 has std::span. */
struct Bytes {
  char *data = nullptr;
  std::size_t size = 0;

  std::string_view text() const { return {data, size}; }
};

/* ---- Sockets ------------------------------------------------------------- */

class Socket {
public:
  explicit Socket(int fd) : fd_{fd} {
    if (fd < 0)
      throw std::system_error{errno, std::generic_category(), "socket"};
  }
  Socket(Socket &&other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  ~Socket() {
    if (fd_ >= 0)
      close(fd_);
  }

  int get() const { return fd_; }

  /* Returns the received part of the room; it is empty at the end. */
  Bytes receive(Bytes room) const {
    ssize_t received = recv(fd_, room.data, room.size, 0);
    return {room.data, received > 0 ? static_cast<std::size_t>(received) : 0};
  }

  void send_all(std::string_view text) const {
    while (!text.empty()) {
      ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        throw std::system_error{errno, std::generic_category(), "send"};
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /* Closing at once could destroy the answer on its way. */
  void finish(Bytes room) const {
    shutdown(fd_, SHUT_WR);
    while (receive(room).size > 0)
      continue;
  }

private:
  int fd_;
};

/* ---- The handshake ------------------------------------------------------- */

const upshake_protocol protocols[] = {UPSHAKE_PROTOCOL("echo"),
                                      UPSHAKE_WEBSOCKET};

/* Copying to a string may throw.  The name stays as it was sent, which is
 * visible ASCII; upshake_decode would decode it. */
int choose(const upshake_request &request, std::string &name) {
  std::string_view given = view(upshake_find_parameter(request.query, "name"));

  if (view(request.path) != "/chat")
    return 404;
  if (given.size() > 100)
    return 414;
  if (!given.empty())
    name = given;
  return UPSHAKE_ACCEPT;
}

/* The library, which is C, calls this: no exception may leave it. */
int decide(upshake *hs, void *user) noexcept {
  try {
    if (upshake_get_result(hs).protocol == &protocols[0])
      return UPSHAKE_ACCEPT;
    return choose(upshake_get_request(hs), *static_cast<std::string *>(user));
  } catch (const std::exception &) {
    return 500;
  }
}

/* C++17 has no initializers with names for the members. */
const upshake_config config = [] {
  upshake_config made{};
  made.protocols = protocols;
  made.protocols_len = std::size(protocols);
  made.decide = decide;
  return made;
}();

/* It is used where it was made: the library holds pointers to its members. */
class Handshake {
public:
  Handshake() {
    if (upshake_init(&hs_, &config, head_.data(), head_.size(), &name_))
      throw std::logic_error("the config is wrong");
  }
  Handshake(const Handshake &) = delete;
  Handshake &operator=(const Handshake &) = delete;

  /* Leaves in `bytes` those that belong to the new protocol. */
  upshake_next feed(Bytes &bytes) {
    std::size_t used = 0;
    upshake_next next = upshake_feed(&hs_, bytes.data, bytes.size, &used);
    bytes = {bytes.data + used, bytes.size - used};
    return next;
  }

  void refuse(int status) { upshake_answer(&hs_, status); }

  std::string reply() {
    std::string reply(UPSHAKE_REPLY_CAP, '\0');
    std::size_t len = 0;
    if (upshake_reply(&hs_, reply.data(), reply.size(), &len) != UPSHAKE_OK)
      throw std::logic_error("no reply is possible");
    reply.resize(len);
    return reply;
  }

  /* The protocol that it has switched to; empty after a refusal. */
  std::string_view protocol() const {
    upshake_result result = upshake_get_result(&hs_);
    return result.switched ? result.protocol->name : std::string_view{};
  }

  const std::string &name() const { return name_; }

private:
  std::array<char, 8192> head_;
  std::string name_{"you"};
  upshake hs_;
};

/* ---- The server ---------------------------------------------------------- */

void echo(const Socket &socket, Bytes early, Bytes room) {
  socket.send_all(early.text());
  for (Bytes bytes; (bytes = socket.receive(room)).size > 0;)
    socket.send_all(bytes.text());
}

/* A frame with text, then Close, which the client answers. */
void greet(const Socket &socket, std::string_view name, Bytes room) {
  std::string text = "hello " + std::string{name};
  std::string frame{'\x81', static_cast<char>(text.size())};
  socket.send_all(frame + text + "\x88\x02\x03\xe8");
  socket.receive(room);
}

void serve(const Socket &socket) {
  std::array<char, 4096> memory;
  const Bytes room{memory.data(), memory.size()};
  Bytes bytes;
  Handshake handshake;

  /* 1 feed */
  upshake_next next = UPSHAKE_READ;
  while (next == UPSHAKE_READ) {
    bytes = socket.receive(room);
    if (bytes.size == 0)
      return;
    next = handshake.feed(bytes);
  }

  /* 2 decide: an offer was decided by the callback */
  if (next == UPSHAKE_PLAIN)
    handshake.refuse(426);

  /* 3 reply, then early bytes */
  socket.send_all(handshake.reply());
  if (handshake.protocol() == "echo")
    echo(socket, bytes, room);
  else if (handshake.protocol() == "websocket")
    greet(socket, handshake.name(), room);
  socket.finish(room);
}

/* No exception may leave a thread, either. */
template <typename Function> bool succeeds(Function function) noexcept {
  try {
    function();
    return true;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "cpp17: %s\n", error.what());
    return false;
  }
}

Socket listen_on(in_port_t port) {
  Socket listener{socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in at{};
  socklen_t len = sizeof at;
  int on = 1;
  auto *address = reinterpret_cast<sockaddr *>(&at);

  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener.get(), address, len) || listen(listener.get(), 64))
    throw std::system_error{errno, std::generic_category(), "cannot listen"};
  getsockname(listener.get(), address, &len);
  std::printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  std::fflush(stdout);
  return listener;
}

void accept_next(const Socket &listener) {
  const timeval limit{10, 0};
  Socket client{accept(listener.get(), nullptr, nullptr)};
  setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(client.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  std::thread{[client = std::move(client)] {
    succeeds([&] { serve(client); });
  }}.detach();
}

} // namespace

int main(int argc, char **argv) {
  std::string_view text = argc == 2 ? argv[1] : "";
  const char *end = text.data() + text.size();
  in_port_t port = 0;
  auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end) {
    std::fputs("usage: cpp17 PORT; a number from 0 to 65535\n", stderr);
    return 64;
  }

  succeeds([&] {
    Socket listener = listen_on(port);
    for (;;)
      if (!succeeds([&] { accept_next(listener); }))
        sleep(1); /* until there are descriptors again */
  });
  return 1;
}
