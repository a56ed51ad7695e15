// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/http.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace gallery_server {

/// Reuses the buffers of response pieces: a newly allocated buffer, zeroed by the system and again
/// by the vector, costs as much as sending it. Last in, first out, for the processor's cache.
/// Thread safety: every method may be called from any number of threads at once.
class BufferPool {
 public:
  /// The maximum size of a piece: smaller while slow readers hold many buffers.
  [[nodiscard]] std::size_t piece_limit() const noexcept;

  /// A buffer of at least that size.
  [[nodiscard]] imagegallery::Bytes acquire(std::size_t size);

  /// Returns a buffer; a few are kept for reuse. `size` as passed to `acquire`.
  void release(imagegallery::Bytes buffer, std::size_t size) noexcept;

 private:
  static constexpr std::size_t max_kept = 8;
  std::atomic<std::size_t> in_use_{0};
  std::mutex mutex_;
  std::vector<imagegallery::Bytes> kept_;
};

/// A response being sent: its head, then its body piece by piece.
class OutgoingResponse {
 public:
  explicit OutgoingResponse(BufferPool& pool) noexcept : pool_(pool) {}
  OutgoingResponse(const OutgoingResponse&) = delete;
  OutgoingResponse& operator=(const OutgoingResponse&) = delete;
  ~OutgoingResponse() { clear(); }

  /// Starts a response and reads the first piece of its body, unless it responds to a HEAD.
  /// Throws: as the body's `read_at`; the response is then empty.
  void begin(imagegallery::HttpResponse response, bool to_head);

  /// Formats the head. `connection` as for `format_head`.
  void add_head(std::string_view connection);

  /// The unsent bytes of the head and the piece.
  [[nodiscard]] std::array<imagegallery::ByteView, 2> unsent() const noexcept;

  /// Consumes `count` bytes of `unsent`. Releases the buffer once the piece is sent.
  void sent(std::size_t count) noexcept;

  [[nodiscard]] bool piece_is_sent() const noexcept { return written_ == head_.size() + size_; }
  [[nodiscard]] bool is_sent() const noexcept;

  /// Reads the next piece. Throws: as the body's `read_at`.
  void read_piece();

  void clear() noexcept;

  [[nodiscard]] int status() const noexcept { return response_.status; }
  [[nodiscard]] std::uint64_t body_bytes_sent() const noexcept { return offset_; }

 private:
  void free_piece() noexcept;

  BufferPool& pool_;
  imagegallery::HttpResponse response_;
  bool to_head_ = false;
  std::string head_;
  imagegallery::Bytes piece_;
  std::size_t size_ = 0;      ///< Of the piece, whose memory may be larger.
  std::size_t written_ = 0;   ///< Of the head and the piece.
  std::uint64_t offset_ = 0;  ///< Of the piece in the body.
};

}  // namespace gallery_server
