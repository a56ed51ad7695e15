// SPDX-License-Identifier: Apache-2.0
#include "http/gzip.hpp"

#include <zlib.h>

#include <new>
#include <utility>

namespace imagegallery {
namespace {

constexpr int compression_level = 6;
constexpr int gzip_window_bits = 15 + 16;
constexpr int memory_level = 8;

class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, compression_level, Z_DEFLATED, gzip_window_bits, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc{};
    }
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream_); }

  /// Compresses all of `plain` into `into`; false if `into` is too small.
  bool run(ByteView plain, Bytes& into) {
    // zlib's interface is not const-correct; it does not write to next_in.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(plain.data()));
    stream_.avail_in = static_cast<uInt>(plain.size());
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(into.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return false;
    into.erase(into.end() - static_cast<std::ptrdiff_t>(stream_.avail_out), into.end());
    return true;
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::shared_ptr<const ByteSource> gzip(const ByteSource& content) {
  const auto plain = read_all(content);
  Bytes gzipped(plain.size());
  if (!Deflater{}.run(plain, gzipped) || gzipped.size() >= plain.size()) return nullptr;
  gzipped.shrink_to_fit();
  return make_source(std::move(gzipped));
}

}  // namespace imagegallery
