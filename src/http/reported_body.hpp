// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/bytes.hpp>
#include <imagegallery/error_report.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace imagegallery {

/// A response body that reports its read errors: the transport turns them into a 500 or aborts the
/// connection, and nobody else gets them.
class ReportedBody final : public ByteSource {
 public:
  /// `operation` must be a literal. `sink` must not be null.
  ReportedBody(std::shared_ptr<const ByteSource> body, std::shared_ptr<const ErrorSink> sink,
               std::string_view operation, std::string tenant)
      : body_(std::move(body)),
        sink_(std::move(sink)),
        operation_(operation),
        tenant_(std::move(tenant)) {}

  [[nodiscard]] std::uint64_t size() const override { return body_->size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    try {
      return body_->read_at(offset, into);
    } catch (...) {
      (*sink_)(ErrorReport::of_current(ErrorSource::http, operation_, tenant_));
      throw;
    }
  }

 private:
  const std::shared_ptr<const ByteSource> body_;
  const std::shared_ptr<const ErrorSink> sink_;
  const std::string_view operation_;
  const std::string tenant_;
};

}  // namespace imagegallery
