// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace gallery_server {

/// The memory that all spools of a server may use beyond their initial buffers.
struct SpoolBudget {
  std::atomic<std::size_t> used{0};
  std::size_t max = 64u << 20;
};

/// Buffers a body of unknown length: in memory while it is small, else in an unnamed file in
/// TMPDIR. Thread safety: one thread at a time.
class BodySpool {
 public:
  static constexpr std::size_t initial_bytes = 16u << 10;
  static constexpr std::size_t threshold = 256u << 10;  ///< Larger bodies go to the file.

  explicit BodySpool(std::shared_ptr<SpoolBudget> budget);
  BodySpool(const BodySpool&) = delete;
  BodySpool& operator=(const BodySpool&) = delete;
  ~BodySpool();

  /// Free memory for the next bytes; empty if `flush` must be called first.
  /// Valid until the next call of any method.
  [[nodiscard]] std::span<std::byte> space();

  /// Adds the first `count` bytes of `space` to the body.
  void commit(std::size_t count) noexcept { filled_ += count; }

  /// Writes the buffer to the file; may block.
  /// Throws: `imagegallery::Error` with `storage_failure`, for example if the disk is full.
  void flush();

  [[nodiscard]] std::uint64_t size() const noexcept { return flushed_ + filled_; }

  /// The whole body; null if it is empty. May block; call it once, at the end. Throws: as
  /// `flush`.
  [[nodiscard]] std::shared_ptr<const imagegallery::ByteSource> finish();

 private:
  void release_budget() noexcept;

  std::shared_ptr<SpoolBudget> budget_;
  std::size_t budgeted_ = 0;
  imagegallery::Bytes memory_;
  std::size_t filled_ = 0;  // Of the memory.
  int file_ = -1;
  std::uint64_t flushed_ = 0;
};

}  // namespace gallery_server
