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

/// Memory for the pieces of bodies that wait to be sent. What was sent makes room for what comes:
/// memory got anew, zeroed by the system and again by the vector, costs as much as sending from it.
/// What was given back last is taken first, for the processor's cache.
/// Thread safety: every method may be called from any number of threads at once.
class BufferPool {
 public:
  /// How much to read at once: less while much waits for slow readers.
  [[nodiscard]] std::size_t piece_limit() const noexcept;

  /// Memory for a piece of that size, or more of it.
  [[nodiscard]] imagegallery::Bytes take(std::size_t size);

  /// Keeps a few. `size` as it was taken.
  void give(imagegallery::Bytes space, std::size_t size) noexcept;

 private:
  static constexpr std::size_t max_kept = 8;
  std::atomic<std::size_t> in_use_{0};
  std::mutex mutex_;
  std::vector<imagegallery::Bytes> kept_;
};

/// An answer on its way out: its head, and a piece of its body after the other.
class OutgoingResponse {
 public:
  explicit OutgoingResponse(BufferPool& space) noexcept : space_(space) {}
  OutgoingResponse(const OutgoingResponse&) = delete;
  OutgoingResponse& operator=(const OutgoingResponse&) = delete;
  ~OutgoingResponse() { clear(); }

  /// Takes a response and reads the first piece of its body, unless it answers a HEAD.
  /// Throws: what reading throws; the answer is empty then.
  void begin(imagegallery::HttpResponse response, bool to_head);

  /// Formats the head. `connection` as for `format_head`.
  void add_head(std::string_view connection);

  /// What of the head and the piece is to be sent.
  [[nodiscard]] std::array<imagegallery::ByteView, 2> unsent() const noexcept;

  /// So much of that was sent. The memory of a piece that is sent whole is free again.
  void sent(std::size_t count) noexcept;

  [[nodiscard]] bool piece_is_sent() const noexcept { return written_ == head_.size() + size_; }
  [[nodiscard]] bool is_sent() const noexcept;

  /// Reads the next piece. Throws: what reading throws.
  void read_piece();

  void clear() noexcept;

  [[nodiscard]] int status() const noexcept { return response_.status; }
  [[nodiscard]] std::uint64_t body_bytes_sent() const noexcept { return offset_; }

 private:
  void free_piece() noexcept;

  BufferPool& space_;
  imagegallery::HttpResponse response_;
  bool to_head_ = false;
  std::string head_;
  imagegallery::Bytes piece_;
  std::size_t size_ = 0;      ///< Of the piece, whose memory may be larger.
  std::size_t written_ = 0;   ///< Of the head and the piece.
  std::uint64_t offset_ = 0;  ///< Of the piece in the body.
};

}  // namespace gallery_server
