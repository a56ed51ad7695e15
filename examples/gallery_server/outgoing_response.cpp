// SPDX-License-Identifier: Apache-2.0
#include "outgoing_response.hpp"

#include "response_head.hpp"

#include <imagegallery/error.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace gallery_server {
namespace {

using imagegallery::Bytes;
using imagegallery::ByteView;
using imagegallery::HttpResponse;

// The storage verifies content in chunks of this size, so smaller reads cost more.
constexpr std::size_t large_piece_bytes = 256u << 10;
constexpr std::size_t small_piece_bytes = 32u << 10;
constexpr std::size_t many_piece_bytes = 128u << 20;

}  // namespace

std::size_t BufferPool::piece_limit() const noexcept {
  return in_use_ < many_piece_bytes ? large_piece_bytes : small_piece_bytes;
}

Bytes BufferPool::acquire(std::size_t size) {
  Bytes buffer;
  {
    const std::lock_guard lock{mutex_};
    if (!kept_.empty()) {
      buffer = std::move(kept_.back());
      kept_.pop_back();
    }
  }
  if (buffer.size() < size) buffer = Bytes(size);
  in_use_ += size;
  return buffer;
}

void BufferPool::release(Bytes buffer, std::size_t size) noexcept {
  in_use_ -= size;
  if (buffer.empty()) return;
  const std::lock_guard lock{mutex_};
  if (kept_.size() == max_kept) return;
  try {
    kept_.push_back(std::move(buffer));
  } catch (...) {  // Freed instead of kept.
  }
}

void OutgoingResponse::begin(HttpResponse response, bool to_head) {
  clear();
  if (response.status == 204 || response.status == 304) response.body = nullptr;
  response_ = std::move(response);
  to_head_ = to_head;
  if (response_.body && !to_head) read_piece();
}

void OutgoingResponse::add_head(std::string_view connection) {
  head_ = format_head(response_, current_date(), connection);
  if (to_head_) response_.body = nullptr;  // Its size was needed for the head.
}

std::array<ByteView, 2> OutgoingResponse::unsent() const noexcept {
  const std::size_t of_head = std::min(written_, head_.size());
  return {imagegallery::as_bytes(head_).subspan(of_head),
          ByteView{piece_.data(), size_}.subspan(written_ - of_head)};
}

void OutgoingResponse::sent(std::size_t count) noexcept {
  written_ += count;
  if (!piece_is_sent()) return;
  offset_ += size_;
  free_piece();
}

bool OutgoingResponse::is_sent() const noexcept {
  return piece_is_sent() && (!response_.body || offset_ >= response_.body->size());
}

void OutgoingResponse::read_piece() {
  const auto& body = *response_.body;
  const std::uint64_t rest = body.size() - std::min(offset_, body.size());
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(rest, pool_.piece_limit()));
  if (size == 0) return;
  piece_ = pool_.acquire(size);
  size_ = size;
  try {
    if (body.read_at(offset_, std::span{piece_}.first(size)) != size)
      throw imagegallery::Error{imagegallery::ErrorCode::storage_failure, "the body ended early"};
  } catch (...) {
    free_piece();
    throw;
  }
}

void OutgoingResponse::clear() noexcept {
  free_piece();
  response_ = {};
  offset_ = 0;
}

void OutgoingResponse::free_piece() noexcept {
  pool_.release(std::exchange(piece_, {}), std::exchange(size_, 0));
  head_.clear();
  written_ = 0;
}

}  // namespace gallery_server
