// SPDX-License-Identifier: Apache-2.0
#include "image/resampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace imagegallery {
namespace {

constexpr double lobes = 3;

/// The box filter shrinks the image to this many times the target size, or slightly more. The rest
/// is left to Lanczos, which preserves sharpness with a bounded number of taps.
constexpr double left_to_lanczos = 2;

double lanczos(double x) noexcept {
  if (x == 0) return 1;
  if (std::abs(x) >= lobes) return 0;
  const double angle = std::numbers::pi * x;
  return lobes * std::sin(angle) * std::sin(angle / lobes) / (angle * angle);
}

/// Sums of this many values of 255 times 255 fit into 32 bits.
constexpr double max_box = 32'768;
static_assert(max_box * 255 * 255 <= std::numeric_limits<std::int32_t>::max());

std::uint32_t box_side(double from, std::uint32_t to) noexcept {
  return static_cast<std::uint32_t>(std::clamp(from / to / left_to_lanczos, 1.0, max_box));
}

std::uint32_t divide_up(std::uint32_t value, std::uint32_t by) noexcept {
  return value / by + (value % by != 0 ? 1 : 0);
}

std::uint8_t to_sample(float value) noexcept {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5f, 0.0f, 255.0f));
}

/// Maximum number of output rows in progress at once: the Lanczos support is three rows each way.
constexpr std::uint32_t max_open_rows = 2 * static_cast<std::uint32_t>(lobes) + 2;

}  // namespace

Resampler::Kernel Resampler::make_kernel(double scale, std::uint32_t inputs,
                                         std::uint32_t outputs) {
  Kernel kernel;
  kernel.taps.reserve(outputs);
  const double stretch = std::max(1.0, scale);
  const double support = lobes * stretch;
  for (std::uint32_t i = 0; i < outputs; ++i) {
    const double center = (i + 0.5) * scale;
    const double lowest = std::clamp(std::floor(center - support), 0.0, inputs - 1.0);
    const double highest = std::clamp(std::ceil(center + support), lowest + 1, inputs * 1.0);
    Kernel::Taps taps;
    taps.first = static_cast<std::uint32_t>(lowest);
    taps.count = static_cast<std::uint32_t>(highest) - taps.first;
    taps.weights = kernel.weights.size();
    double sum = 0;
    for (std::uint32_t j = 0; j < taps.count; ++j) {
      sum += lanczos((taps.first + j + 0.5 - center) / stretch);
    }
    for (std::uint32_t j = 0; j < taps.count; ++j) {
      const double weight = lanczos((taps.first + j + 0.5 - center) / stretch);
      kernel.weights.push_back(static_cast<float>(weight / sum));
    }
    kernel.taps.push_back(taps);
  }
  return kernel;
}

Resampler::Resampler(const RowLayout& from, std::uint32_t width, std::uint32_t height)
    : from_(from),
      box_width_(box_side(from.picture_width, width)),
      box_height_(box_side(from.picture_height, height)),
      copies_(from.width == width && from.height == height),
      shrunken_width_(divide_up(from.width, box_width_)),
      shrunken_height_(divide_up(from.height, box_height_)) {
  result_.width = width;
  result_.height = height;
  result_.channels = from.channels;
  result_.samples.resize(result_.row_bytes() * height);
  if (copies_) return;
  horizontal_ = make_kernel(from.picture_width / box_width_ / width, shrunken_width_, width);
  vertical_ = make_kernel(from.picture_height / box_height_ / height, shrunken_height_, height);
  box_sums_.resize(from.row_bytes());
  shrunken_row_.resize(std::size_t{shrunken_width_} * from.channels);
  open_rows_ = std::min(max_open_rows, height);
  accumulators_.resize(shrunken_row_.size() * open_rows_);
}

std::uint64_t Resampler::memory_need(const RowLayout& from, std::uint32_t width,
                                     std::uint32_t height) noexcept {
  const std::uint64_t shrunken_width = divide_up(from.width, box_side(from.picture_width, width));
  const std::uint64_t shrunken_height =
      divide_up(from.height, box_side(from.picture_height, height));
  const std::uint64_t raster = std::uint64_t{width} * height * from.channels;
  const std::uint64_t rows =
      from.row_bytes() * sizeof(std::int32_t) +
      shrunken_width * from.channels * sizeof(float) * (1 + std::min(max_open_rows, height));
  // A kernel has about six weights per input, and its vector doubles its capacity as it grows.
  const std::uint64_t kernels =
      (shrunken_width + shrunken_height) * 2 * static_cast<std::uint64_t>(2 * lobes) *
          sizeof(float) +
      (std::uint64_t{width} + height) * (sizeof(Kernel::Taps) + 4 * sizeof(float));
  return raster + rows + kernels;
}

void Resampler::add_row(std::span<const std::uint8_t> row) {
  if (copies_) {
    std::copy(row.begin(), row.end(),
              result_.samples.begin() +
                  static_cast<std::ptrdiff_t>(copied_rows_++ * result_.row_bytes()));
    return;
  }
  add_to_box(row);
  const std::uint32_t rows_before = shrunken_y_ * box_height_;
  if (++box_rows_ == box_height_ || rows_before + box_rows_ == from_.height) finish_box();
}

void Resampler::add_to_box(std::span<const std::uint8_t> row) {
  std::int32_t* const sums = box_sums_.data();
  if (!from_.has_alpha()) {
    for (std::size_t i = 0; i < row.size(); ++i) sums[i] += row[i];
    return;
  }
  const std::size_t colors = from_.channels - 1;
  for (std::size_t i = 0; i < row.size(); i += colors + 1) {
    const std::int32_t alpha = row[i + colors];
    for (std::size_t c = 0; c < colors; ++c) sums[i + c] += row[i + c] * alpha;
    sums[i + colors] += alpha;
  }
}

template <std::size_t Channels>
void Resampler::average_columns() {
  constexpr bool has_alpha = Channels == 2 || Channels == 4;
  for (std::uint32_t x = 0; x < shrunken_width_; ++x) {
    const std::uint32_t left = x * box_width_;
    const std::uint32_t columns = std::min(box_width_, from_.width - left);
    const std::int32_t* sums = box_sums_.data() + left * Channels;
    std::array<double, Channels> totals{};
    for (std::uint32_t i = 0; i < columns; ++i, sums += Channels) {
      for (std::size_t c = 0; c < Channels; ++c) totals[c] += sums[c];
    }
    const double scale = 1.0 / (static_cast<double>(columns) * box_rows_);
    for (std::size_t c = 0; c < Channels; ++c) {
      const bool is_alpha = c + 1 == Channels;
      const double factor = has_alpha && !is_alpha ? scale / 255 : scale;
      shrunken_row_[x * Channels + c] = static_cast<float>(totals[c] * factor);
    }
  }
}

void Resampler::finish_box() {
  if (box_width_ == 1 && !from_.has_alpha()) {
    const float scale = 1.0f / static_cast<float>(box_rows_);
    for (std::size_t i = 0; i < shrunken_row_.size(); ++i) {
      shrunken_row_[i] = static_cast<float>(box_sums_[i]) * scale;
    }
  } else if (from_.channels == 1) {
    average_columns<1>();
  } else if (from_.channels == 2) {
    average_columns<2>();
  } else if (from_.channels == 3) {
    average_columns<3>();
  } else {
    average_columns<4>();
  }
  std::fill(box_sums_.begin(), box_sums_.end(), 0);
  box_rows_ = 0;
  add_shrunken_row();
  ++shrunken_y_;
}

std::span<float> Resampler::accumulator(std::uint32_t y) noexcept {
  return std::span(accumulators_)
      .subspan(y % open_rows_ * shrunken_row_.size(), shrunken_row_.size());
}

void Resampler::add_shrunken_row() {
  const std::uint32_t y = shrunken_y_;
  for (std::uint32_t out = first_open_; out < result_.height; ++out) {
    const Kernel::Taps& taps = vertical_.taps[out];
    if (y < taps.first) break;
    if (y >= taps.first + taps.count) continue;
    const float weight = vertical_.weights[taps.weights + (y - taps.first)];
    float* const sums = accumulator(out).data();
    const float* const row = shrunken_row_.data();
    const std::size_t count = shrunken_row_.size();
    for (std::size_t i = 0; i < count; ++i) sums[i] += weight * row[i];
  }
  while (first_open_ < result_.height &&
         y + 1 >= vertical_.taps[first_open_].first + vertical_.taps[first_open_].count) {
    finish_output_row(first_open_++);
  }
}

template <std::size_t Channels>
void Resampler::filter_across(std::span<const float> sums, std::uint8_t* to) const {
  constexpr bool has_alpha = Channels == 2 || Channels == 4;
  for (const Kernel::Taps& taps : horizontal_.taps) {
    const float* from = sums.data() + taps.first * Channels;
    const float* const weights = horizontal_.weights.data() + taps.weights;
    std::array<float, Channels> values{};
    for (std::uint32_t i = 0; i < taps.count; ++i, from += Channels) {
      for (std::size_t c = 0; c < Channels; ++c) values[c] += weights[i] * from[c];
    }
    if constexpr (has_alpha) {
      const float alpha = values[Channels - 1];
      const float scale = alpha >= 0.5f ? 255.0f / alpha : 0.0f;
      for (std::size_t c = 0; c + 1 < Channels; ++c) values[c] *= scale;
    }
    for (std::size_t c = 0; c < Channels; ++c) *to++ = to_sample(values[c]);
  }
}

void Resampler::finish_output_row(std::uint32_t y) {
  const std::span<float> sums = accumulator(y);
  std::uint8_t* const to = result_.samples.data() + y * result_.row_bytes();
  if (from_.channels == 1) {
    filter_across<1>(sums, to);
  } else if (from_.channels == 2) {
    filter_across<2>(sums, to);
  } else if (from_.channels == 3) {
    filter_across<3>(sums, to);
  } else {
    filter_across<4>(sums, to);
  }
  std::fill(sums.begin(), sums.end(), 0.0f);
}

Raster Resampler::finish() { return std::move(result_); }

}  // namespace imagegallery
