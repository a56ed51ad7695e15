// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

extern char** environ;

namespace imagegallery::faults {
namespace {

void require(bool success, const char* call) {
  if (!success) throw std::system_error(errno, std::generic_category(), call);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  require(::pipe2(in.data(), O_CLOEXEC) == 0 && ::pipe2(out.data(), O_CLOEXEC) == 0, "pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  errno = ::posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  const int error = errno;
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
  errno = error;
  require(error == 0, "posix_spawn");
}

ChildProcess::~ChildProcess() {
  kill();
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  if (input_ >= 0) ::close(input_);
  if (output_ >= 0) ::close(output_);
}

std::optional<std::string> ChildProcess::read_line() {
  return read_line(std::chrono::microseconds{-1});
}

std::optional<std::string> ChildProcess::read_line(std::chrono::microseconds timeout) {
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    ::pollfd ready{output_, POLLIN, 0};
    const ::timespec limit{timeout.count() / 1'000'000, timeout.count() % 1'000'000 * 1'000};
    const int count = ::ppoll(&ready, 1, timeout.count() < 0 ? nullptr : &limit, nullptr);
    if (count == 0) return std::nullopt;
    require(count > 0, "ppoll");
    std::array<char, 4096> chunk{};
    const auto got = ::read(output_, chunk.data(), chunk.size());
    require(got >= 0, "read");
    if (got == 0) return std::nullopt;
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

void ChildProcess::write_line(const std::string& line) {
  const auto text = line + "\n";
  require(::write(input_, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
}

void ChildProcess::kill() noexcept {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

int ChildProcess::wait() {
  int status = 0;
  require(::waitpid(pid_, &status, 0) == pid_, "waitpid");
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace imagegallery::faults
