// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <exception>
#include <imagegallery/error.hpp>
#include <new>
#include <string>
#include <utility>

// libjpeg's headers need <cstdio> before them.
#include <jerror.h>
#include <jpeglib.h>

#include "image/encoders.hpp"
#include "image/longjmp_guard.hpp"

namespace imagegallery {
namespace {

constexpr int quality = 85;

/// libjpeg's object and the state of its callbacks. Every call goes through `call`.
struct Session {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_destination_mgr output{};
  LongjmpGuard exit;
  std::array<JOCTET, 16'384> buffer{};
  DecodeMeter* meter = nullptr;
  Bytes bytes;
  std::exception_ptr thrown;
  int error = 0;

  template <typename Function>
  void call(Function function) {
    if (exit.try_call(function)) return;
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
    if (error == JERR_OUT_OF_MEMORY) throw std::bad_alloc();
    throw Error(ErrorCode::limit_exceeded, "JPEG: the preview cannot be encoded (libjpeg error " +
                                               std::to_string(error) + ")");
  }

  bool flush(std::size_t count) noexcept {
    try {
      meter->claim_memory(count);
      const auto part = std::as_bytes(std::span(buffer).first(count));
      bytes.insert(bytes.end(), part.begin(), part.end());
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
    output.next_output_byte = buffer.data();
    output.free_in_buffer = buffer.size();
    return true;
  }
};

extern "C" {

[[noreturn]] static void on_error(j_common_ptr jpeg) {
  auto& session = *static_cast<Session*>(jpeg->client_data);
  session.error = jpeg->err->msg_code;
  session.exit.leave();
}

static void on_message(j_common_ptr, int) {}
static void on_output(j_common_ptr) {}

static void on_start(j_compress_ptr jpeg) {
  auto& session = *static_cast<Session*>(jpeg->client_data);
  session.output.next_output_byte = session.buffer.data();
  session.output.free_in_buffer = session.buffer.size();
}

static boolean on_full(j_compress_ptr jpeg) {
  auto& session = *static_cast<Session*>(jpeg->client_data);
  if (!session.flush(session.buffer.size())) ERREXIT(jpeg, JERR_FILE_WRITE);
  return TRUE;
}

static void on_end(j_compress_ptr jpeg) {
  auto& session = *static_cast<Session*>(jpeg->client_data);
  const std::size_t count = session.buffer.size() - session.output.free_in_buffer;
  if (!session.flush(count)) ERREXIT(jpeg, JERR_FILE_WRITE);
}

}  // extern "C"

class Encoder {
 public:
  explicit Encoder(DecodeMeter& meter) {
    session_.meter = &meter;
    session_.jpeg.err = jpeg_std_error(&session_.errors);
    session_.jpeg.client_data = &session_;
    session_.errors.error_exit = on_error;
    session_.errors.emit_message = on_message;
    session_.errors.output_message = on_output;
    session_.output.init_destination = on_start;
    session_.output.empty_output_buffer = on_full;
    session_.output.term_destination = on_end;
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() { jpeg_destroy_compress(&session_.jpeg); }

  Bytes encode(const Raster& raster) {
    jpeg_compress_struct& jpeg = session_.jpeg;
    session_.call([&] {
      jpeg_create_compress(&jpeg);
      jpeg.dest = &session_.output;
      jpeg.image_width = raster.width;
      jpeg.image_height = raster.height;
      jpeg.input_components = static_cast<int>(raster.channels);
      jpeg.in_color_space = raster.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
      jpeg_set_defaults(&jpeg);
      jpeg_set_quality(&jpeg, quality, TRUE);
      jpeg.optimize_coding = TRUE;
    });
    // To optimize the Huffman tables, libjpeg buffers the whole image as coefficients.
    const std::uint64_t coefficients =
        std::uint64_t{raster.width + 15} * (raster.height + 15) * raster.channels * sizeof(JCOEF);
    session_.meter->claim_memory(coefficients);
    session_.call([&] { jpeg_start_compress(&jpeg, TRUE); });
    for (std::uint32_t y = 0; y < raster.height; ++y) {
      // libjpeg takes non-const rows but does not modify them.
      auto* row = const_cast<JSAMPROW>(raster.samples.data() + y * raster.row_bytes());
      session_.call([&] { (void)jpeg_write_scanlines(&jpeg, &row, 1); });
      session_.meter->spend(raster.row_bytes());
    }
    session_.call([&] { jpeg_finish_compress(&jpeg); });
    session_.meter->release_memory(coefficients);
    return std::move(session_.bytes);
  }

 private:
  Session session_;
};

}  // namespace

Bytes encode_jpeg(const Raster& raster, DecodeMeter& meter) {
  Encoder encoder(meter);
  return encoder.encode(raster);
}

}  // namespace imagegallery
