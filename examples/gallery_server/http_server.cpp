// SPDX-License-Identifier: Apache-2.0
#include "http_server.hpp"

#include "connection.hpp"

#include <imagegallery/error.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace gallery_server {
namespace {

using boost::system::error_code;
using imagegallery::Error;
using imagegallery::ErrorCode;
using imagegallery::ErrorReport;
using imagegallery::ErrorSource;
using tcp = asio::ip::tcp;
using Timer =
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

constexpr std::chrono::milliseconds stop_poll{10};
constexpr std::size_t other_files = 256;  // The database, temporary files, the log.

std::size_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = raised.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return static_cast<std::size_t>(limit.rlim_cur);
}

HttpServerOptions with_defaults(HttpServerOptions options) {
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  if (options.io_threads == 0) options.io_threads = processors;
  if (options.storage.threads == 0) options.storage.threads = 4 * processors;
  if (options.decode.threads == 0) options.decode.threads = default_decode_threads();
  if (options.bulk.threads == 0) options.bulk.threads = 2;
  const std::size_t files = raise_file_limit();
  options.max_connections =
      std::min(options.max_connections, files > 2 * other_files ? files - other_files : files / 2);
  return options;
}

std::string format_address(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' +
         std::to_string(endpoint.port());
}

/// A hang-up that the parent ignores, such as nohup, stays ignored.
bool ignores_hangup() noexcept {
  struct sigaction action {};
  return ::sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Server-wide tasks of the first I/O thread.
struct Front {
  Front(asio::io_context& context, const tcp::endpoint& endpoint)
      : acceptor(context, endpoint),
        accept_timer(context),
        stop_timer(context),
        upkeep_timer(context),
        signals(context, SIGTERM, SIGINT) {
    if (!ignores_hangup()) signals.add(SIGHUP);
  }

  Acceptor acceptor;
  Timer accept_timer;
  Timer stop_timer;
  Timer upkeep_timer;
  asio::signal_set signals;
};

}  // namespace

struct HttpServer::Impl {
  Impl(HttpServerOptions the_options, Application the_application)
      : options(with_defaults(std::move(the_options))), application(std::move(the_application)) {
    if (!options.access_log.empty()) shared.access_log = &log.emplace(options.access_log);
    for (unsigned i = 0; i < options.io_threads; ++i)
      io_threads.push_back(std::make_unique<IoThread>(shared));
    for (const auto& io_thread : io_threads) tickers.emplace_back(io_thread->context);
    front.emplace(io_threads.front()->context,
                  tcp::endpoint{asio::ip::make_address(options.address), options.port});
    address = format_address(front->acceptor.local_endpoint());
    workers.emplace(options);
    shared.workers = &*workers;
  }

  ~Impl() {
    // Workers end first: they post their connections back to I/O threads. Handlers pending in the
    // first I/O thread may hold sockets of the others, so it is destroyed before them.
    workers.reset();
    front.reset();
    tickers.clear();
    for (auto& io_thread : io_threads) io_thread.reset();
  }

  void run() {
    accept();
    wait_for_signal();
    schedule_upkeep();
    for (std::size_t i = 0; i < io_threads.size(); ++i) tick(i);
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < io_threads.size(); ++i)
      threads.emplace_back([io_thread = io_threads[i].get()] { io_thread->context.run(); });
    io_threads.front()->context.run();
    for (std::thread& thread : threads) thread.join();
  }

  void accept() {
    IoThread& io_thread = *io_threads[next_io_thread++ % io_threads.size()];
    front->acceptor.async_accept(io_thread.context.get_executor(),
                                 [this, &io_thread](error_code error, Socket socket) {
                                   if (stopping) return;
                                   if (error) return on_accept_error(error);
                                   accept_failures = 0;
                                   admit(io_thread, std::move(socket));
                                   accept();
                                 });
  }

  /// Retries later: most likely the process or the system is out of descriptors or memory.
  void on_accept_error(error_code error) {
    report_accept(std::system_error{error, "a connection could not be accepted"});
    front->accept_timer.expires_after(accept_pause(++accept_failures));
    front->accept_timer.async_wait([this](error_code) {
      if (!stopping) accept();
    });
  }

  template <typename Exception>
  void report_accept(Exception exception) const {
    if (!application.on_error) return;
    try {
      throw std::move(exception);
    } catch (...) {
      application.on_error(ErrorReport::of_current(ErrorSource::transport, "accept"));
    }
  }

  void admit(IoThread& io_thread, Socket socket) {
    if (shared.connections >= options.max_connections) {
      static constexpr std::string_view full =
          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
          "Connection: close\r\n\r\n";
      error_code ignored;
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(full), ignored);
      report_accept(Error{ErrorCode::busy, "all " + std::to_string(options.max_connections) +
                                               " connections are in use"});
      return;
    }
    asio::post(io_thread.context, [&io_thread, socket = std::move(socket)]() mutable {
      Connection::make(io_thread, std::move(socket))->start();
    });
  }

  /// Checks all deadlines periodically, so no connection needs its own timer.
  void tick(std::size_t index) {
    const auto shortest =
        std::min({options.header_timeout, options.progress_timeout, options.idle_timeout,
                  options.storage.max_wait, options.decode.max_wait, options.bulk.max_wait,
                  std::chrono::milliseconds{4000}});
    tickers[index].expires_after(std::max(shortest / 4, std::chrono::milliseconds{5}));
    tickers[index].async_wait([this, index](error_code error) {
      if (error) return;
      const auto now = Clock::now();
      for (Connection* connection : io_threads[index]->connections) connection->check(now);
      tick(index);
    });
  }

  void schedule_upkeep() {
    if (!application.upkeep) return;
    front->upkeep_timer.expires_after(options.upkeep_period);
    front->upkeep_timer.async_wait([this](error_code error) {
      if (error || stopping) return;
      // If a call already waits for the running one, it is enough.
      [[maybe_unused]] const auto ticket = workers->upkeep.try_post({}, application.upkeep);
      schedule_upkeep();
    });
  }

  void wait_for_signal() {
    front->signals.async_wait([this](error_code error, int) {
      if (error) return;
      if (stopping) return stop_now();
      stop();
      wait_for_signal();
    });
  }

  void stop() {
    stopping = true;
    shared.stopping = true;
    error_code ignored;
    front->acceptor.close(ignored);
    for (const auto& io_thread : io_threads) {
      asio::post(io_thread->context, [io_thread = io_thread.get()] {
        io_thread->draining = true;
        for (Connection* connection : io_thread->connections) connection->drain();
      });
    }
    stop_end = Clock::now() + options.stop_timeout;
    await_connections();
  }

  void await_connections() {
    if (shared.connections == 0 || Clock::now() >= stop_end) return stop_now();
    front->stop_timer.expires_after(stop_poll);
    front->stop_timer.async_wait([this](error_code) { await_connections(); });
  }

  void stop_now() {
    for (const auto& io_thread : io_threads) io_thread->context.stop();
  }

  const HttpServerOptions options;
  const Application application;
  std::optional<AccessLog> log;
  Shared shared{options, application};
  std::vector<std::unique_ptr<IoThread>> io_threads;
  std::vector<Timer> tickers;
  std::optional<Front> front;
  std::string address;
  std::optional<Workers> workers;
  std::size_t next_io_thread = 0;
  unsigned accept_failures = 0;  // In a row.
  bool stopping = false;
  Clock::time_point stop_end;
};

unsigned default_decode_threads() noexcept {
  return std::max(2u, std::thread::hardware_concurrency()) - 1;
}

std::chrono::milliseconds accept_pause(unsigned failures) noexcept {
  constexpr std::chrono::milliseconds first{50};
  constexpr std::chrono::milliseconds longest{1000};
  return std::min(longest, first * (1u << std::clamp(failures, 1u, 6u)) / 2);
}

HttpServer::HttpServer(HttpServerOptions options, Application application)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(application))) {}

HttpServer::~HttpServer() = default;

const std::string& HttpServer::address() const noexcept { return impl_->address; }

void HttpServer::run() { impl_->run(); }

void HttpServer::stop() {
  asio::post(impl_->io_threads.front()->context, [impl = impl_.get()] {
    if (!impl->stopping) impl->stop();
  });
}

}  // namespace gallery_server
