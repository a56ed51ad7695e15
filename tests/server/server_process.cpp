// SPDX-License-Identifier: Apache-2.0
#include "server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace {

struct Child {
  pid_t process = -1;
  int out = -1;
  int err = -1;
};

Child start(const std::string& program, const std::vector<std::string>& arguments,
            const std::vector<std::string>& environment, bool catch_errors) {
  std::array<int, 2> out{};
  std::array<int, 2> err{-1, -1};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) throw std::runtime_error{"pipe"};
  if (catch_errors && ::pipe2(err.data(), O_CLOEXEC) != 0) throw std::runtime_error{"pipe"};
  // All allocation happens before the fork.
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> settings = environment;
  std::vector<char*> envp;
  for (std::string& setting : settings) envp.push_back(setting.data());
  for (char** inherited = environ; *inherited != nullptr; ++inherited) envp.push_back(*inherited);
  envp.push_back(nullptr);

  const pid_t process = ::fork();
  if (process < 0) throw std::runtime_error{"fork"};
  if (process == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    if (catch_errors) ::dup2(err[1], STDERR_FILENO);
    ::execve(program.c_str(), argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(out[1]);
  if (catch_errors) ::close(err[1]);
  return {process, out[0], err[0]};
}

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = ::read(file, buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(count));
  ::close(file);
  return text;
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "server-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp: " + name};
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment) {
  const Child child = start(program, arguments, environment, true);
  ProgramResult result;
  // The output fits into a pipe, so sequential reads do not deadlock.
  result.out = read_all(child.out);
  result.err = read_all(child.err);
  result.status = wait_for(child.process);
  return result;
}

ServerProcess::ServerProcess(const std::string& program, std::vector<std::string> arguments,
                             const std::vector<std::string>& environment) {
  const Child child = start(program, arguments, environment, false);
  process_ = child.process;
  output_ = child.out;
  static constexpr std::string_view announcement = "listening on http://";
  for (char c = 0; ::read(output_, &c, 1) == 1;) {
    greeting_ += c;
    const auto at = greeting_.find(announcement);
    if (c != '\n' || at == std::string::npos) continue;
    const auto colon = greeting_.find(':', at + announcement.size());
    port_ = static_cast<std::uint16_t>(std::stoi(greeting_.substr(colon + 1)));
    greeting_.resize(at);
    return;
  }
  const int status = wait();
  ::close(output_);
  throw std::runtime_error{program + " ended with status " + std::to_string(status) + ": " +
                           greeting_};
}

ServerProcess::~ServerProcess() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    wait_for(process_);
  }
  ::close(output_);
}

void ServerProcess::signal(int number) const { ::kill(process_, number); }

int ServerProcess::wait() {
  const int status = wait_for(process_);
  process_ = -1;
  return status;
}

std::uint64_t ServerProcess::memory() const {
  std::ifstream file{"/proc/" + std::to_string(process_) + "/status"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
  throw std::runtime_error{"no RssAnon in /proc"};
}
