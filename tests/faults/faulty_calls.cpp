// SPDX-License-Identifier: Apache-2.0
#include "faulty_calls.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdarg>
#include <stdexcept>

namespace imagegallery::faults {
namespace {

std::atomic<FaultyCalls*> the_calls = nullptr;

// Whether to fail the call. Then errno is set.
bool fails(SystemCall call) noexcept {
  auto* const calls = the_calls.load();
  const int error = calls == nullptr ? 0 : calls->error_of(call);
  if (error != 0) errno = error;
  return error != 0;
}

}  // namespace

FaultyCalls::FaultyCalls() {
  if (the_calls != nullptr) throw std::logic_error("a FaultyCalls already exists");
  the_calls = this;
}

FaultyCalls::~FaultyCalls() { the_calls = nullptr; }

void FaultyCalls::arm(SystemCall call, int error, std::uint64_t nth, bool sticky) {
  const std::lock_guard lock(mutex_);
  armed_call_ = call;
  error_ = error;
  calls_left_ = nth;
  sticky_ = sticky;
  armed_ = true;
  triggered_ = false;
}

void FaultyCalls::disarm() {
  const std::lock_guard lock(mutex_);
  armed_ = false;
}

int FaultyCalls::error_of(SystemCall call) noexcept {
  const std::lock_guard lock(mutex_);
  ++calls_[static_cast<std::size_t>(call)];
  if (!armed_ || call != armed_call_) return 0;
  if (calls_left_ > 1) {
    --calls_left_;
    return 0;
  }
  if (!sticky_) armed_ = false;
  triggered_ = true;
  return error_;
}

}  // namespace imagegallery::faults

// The linker's option --wrap directs calls of NAME to __wrap_NAME, and __real_NAME to NAME.
extern "C" {
int __real_fcntl(int file, int command, ...);
int __real_open(const char* path, int flags, ...);
void* __real_mmap(void* at, std::size_t size, int access, int flags, int file, ::off_t offset);
ssize_t __real_pwrite(int file, const void* bytes, std::size_t size, ::off_t offset);
int __real_ftruncate(int file, ::off_t size);

int __wrap_fcntl(int file, int command, ...) {
  using imagegallery::faults::SystemCall;
  std::va_list rest;
  va_start(rest, command);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  const bool sets =
      command == F_OFD_SETLK && static_cast<const struct flock*>(argument)->l_type != F_UNLCK;
  if (sets && imagegallery::faults::fails(SystemCall::lock)) return -1;
  if (command == F_OFD_GETLK && imagegallery::faults::fails(SystemCall::query_lock)) return -1;
  return __real_fcntl(file, command, argument);
}

int __wrap_open(const char* path, int flags, ...) {
  ::mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    std::va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, ::mode_t);
    va_end(rest);
  }
  if (imagegallery::faults::fails(imagegallery::faults::SystemCall::open)) return -1;
  return __real_open(path, flags, mode);
}

void* __wrap_mmap(void* at, std::size_t size, int access, int flags, int file, ::off_t offset) {
  if (file >= 0 && imagegallery::faults::fails(imagegallery::faults::SystemCall::map)) {
    return MAP_FAILED;
  }
  return __real_mmap(at, size, access, flags, file, offset);
}

ssize_t __wrap_pwrite(int file, const void* bytes, std::size_t size, ::off_t offset) {
  if (imagegallery::faults::fails(imagegallery::faults::SystemCall::grow)) return -1;
  return __real_pwrite(file, bytes, size, offset);
}

int __wrap_ftruncate(int file, ::off_t size) {
  if (imagegallery::faults::fails(imagegallery::faults::SystemCall::truncate)) return -1;
  return __real_ftruncate(file, size);
}
}
