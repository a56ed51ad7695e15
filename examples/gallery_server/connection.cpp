// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include "http_connection.hpp"

#include <utility>

namespace gallery_server {

Connection::Connection(IoThread& io_thread)
    : io_thread_(io_thread),
      place_(io_thread.connections.insert(io_thread.connections.end(), this)) {
  ++io_thread_.shared.connections;
}

Connection::~Connection() {
  --io_thread_.shared.connections;
  io_thread_.connections.erase(place_);
}

std::shared_ptr<Connection> Connection::make(IoThread& io_thread, Socket socket) {
  return std::make_shared<HttpConnection>(io_thread, std::move(socket));
}

}  // namespace gallery_server
