// SPDX-License-Identifier: Apache-2.0
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <imagegallery/error.hpp>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "image/decoder_input.hpp"
#include "image/gif_structure.hpp"
#include "image/row_reader.hpp"

namespace imagegallery {
namespace {

constexpr unsigned channels = 4;

extern "C" {

static int on_read(GifFileType* gif, GifByteType* into, int count) {
  const auto size = static_cast<std::size_t>(std::max(count, 0));
  const auto bytes = std::as_writable_bytes(std::span(into, size));
  return static_cast<int>(static_cast<DecoderInput*>(gif->UserData)->read(bytes));
}

}  // extern "C"

class GifRows final : public RowReader {
 public:
  GifRows(const ByteSource& source, DecodeMeter& meter) : meter_(meter), input_(source, meter) {
    ByteReader reader(source, "GIF");
    structure_ = read_gif_structure(reader);
  }
  ~GifRows() override {
    int ignored = 0;
    if (gif_ != nullptr) DGifCloseFile(gif_, &ignored);
  }

  void open() {
    meter_.check_size(structure_.width, structure_.height);
    meter_.check_frames(structure_.frames);
    if (!structure_.is_complete) fail("unexpected end of file, or damage between the blocks");
    if (structure_.frames == 0) fail("the file has no frame");
    if (structure_.frame_width == 0 || structure_.frame_height == 0) {
      fail("the first frame is empty");
    }
    layout_ = RowLayout::of_image(structure_.width, structure_.height, channels);
    meter_.claim_memory(decoder_bytes);
    int error = 0;
    gif_ = DGifOpen(&input_, on_read, &error);
    if (gif_ == nullptr) fail(error);
    read_to_frame();
    read_palette();
    meter_.claim_memory(structure_.frame_width);
    frame_row_.resize(structure_.frame_width);
    if (gif_->Image.Interlace) read_interlaced();
  }

  const RowLayout& layout() const noexcept override { return layout_; }

  void read_row(std::span<std::uint8_t> row) override {
    const std::uint32_t y = next_row_++;
    std::fill(row.begin(), row.end(), std::uint8_t{0});
    if (y < structure_.frame_top || y - structure_.frame_top >= structure_.frame_height) return;
    const std::uint32_t frame_y = y - structure_.frame_top;
    const GifPixelType* indices = frame_row_.data();
    if (whole_.empty()) {
      read_line(frame_row_);
    } else {
      indices = whole_.data() + std::size_t{frame_y} * structure_.frame_width;
    }
    if (structure_.frame_left >= layout_.width) return;
    const std::uint32_t visible =
        std::min(structure_.frame_width, layout_.width - structure_.frame_left);
    std::uint8_t* to = row.data() + std::size_t{structure_.frame_left} * channels;
    for (std::uint32_t x = 0; x < visible; ++x, to += channels) {
      std::copy_n(colors_[indices[x]].begin(), channels, to);
    }
  }

  void finish() override {
    // Rows below the canvas are invisible, but must be present.
    while (whole_.empty() && lines_read_ < structure_.frame_height) read_line(frame_row_);
  }

 private:
  // giflib's LZW tables and its file object.
  static constexpr std::uint64_t decoder_bytes = 40'960;

  [[noreturn]] void fail(const std::string& message) {
    throw Error(ErrorCode::broken_image, "GIF: " + message);
  }

  [[noreturn]] void fail(int error) {
    input_.throw_failure();
    if (error == D_GIF_ERR_NOT_ENOUGH_MEM) throw std::bad_alloc();
    const char* const text = GifErrorString(error);
    fail(text != nullptr ? std::string(text) : "the data is damaged");
  }

  void check(int result) {
    if (result != GIF_OK) fail(gif_->Error);
  }

  void read_to_frame() {
    while (true) {
      GifRecordType type = UNDEFINED_RECORD_TYPE;
      check(DGifGetRecordType(gif_, &type));
      if (type == IMAGE_DESC_RECORD_TYPE) {
        check(DGifGetImageDesc(gif_));
        return;
      }
      if (type != EXTENSION_RECORD_TYPE) fail("the file has no frame");
      skip_extension();
    }
  }

  void skip_extension() {
    int label = 0;
    GifByteType* block = nullptr;
    check(DGifGetExtension(gif_, &label, &block));
    while (block != nullptr) {
      if (label == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4) {
        transparent_ = (block[1] & 1) != 0 ? block[4] : NO_TRANSPARENT_COLOR;
      }
      check(DGifGetExtensionNext(gif_, &block));
    }
  }

  /// Indices outside the colour table are transparent, as in browsers.
  void read_palette() {
    const ColorMapObject* const map =
        gif_->Image.ColorMap != nullptr ? gif_->Image.ColorMap : gif_->SColorMap;
    if (map == nullptr) fail("the file has no colour table");
    for (int i = 0; i < map->ColorCount && i < 256; ++i) {
      if (i == transparent_) continue;
      const GifColorType& color = map->Colors[i];
      colors_[static_cast<std::size_t>(i)] = {color.Red, color.Green, color.Blue, 255};
    }
  }

  void read_line(std::span<GifPixelType> line) {
    check(DGifGetLine(gif_, line.data(), static_cast<int>(line.size())));
    ++lines_read_;
    meter_.spend(line.size() * channels);
  }

  void read_interlaced() {
    const std::size_t width = structure_.frame_width;
    meter_.claim_memory(std::uint64_t{structure_.frame_height} * width);
    whole_.resize(structure_.frame_height * width);
    struct Pass {
      std::uint32_t first, step;
    };
    // GIF89a appendix E.
    for (const Pass pass : {Pass{0, 8}, Pass{4, 8}, Pass{2, 4}, Pass{1, 2}}) {
      for (std::uint32_t y = pass.first; y < structure_.frame_height; y += pass.step) {
        read_line(std::span(whole_).subspan(y * width, width));
      }
    }
  }

  DecodeMeter& meter_;
  DecoderInput input_;
  GifStructure structure_;
  GifFileType* gif_ = nullptr;
  RowLayout layout_;
  int transparent_ = NO_TRANSPARENT_COLOR;
  std::array<std::array<std::uint8_t, channels>, 256> colors_{};
  std::vector<GifPixelType> frame_row_;
  std::vector<GifPixelType> whole_;
  std::uint32_t next_row_ = 0;
  std::uint32_t lines_read_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> read_gif_rows(const ByteSource& source, DecodeMeter& meter) {
  auto rows = std::make_unique<GifRows>(source, meter);
  rows->open();
  return rows;
}

}  // namespace imagegallery
