// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>
#include <imagegallery/results.hpp>

#include <algorithm>
#include <fstream>

#include "random_bytes.hpp"

namespace imagegallery {
namespace {

const ByteSource& content_of(const ReadResult& result) {
  if (!result.content) {
    throw Error(ErrorCode::invalid_argument, "The result has no content: it was not modified");
  }
  return *result.content;
}

}  // namespace

Bytes ReadResult::bytes() const { return read_all(content_of(*this)); }

void write_file(const std::filesystem::path& path, const ReadResult& result) {
  const auto& content = content_of(result);
  // In the same directory as the target, so that the rename stays within one file system.
  auto temporary = path;
  temporary += "." + random_alphanumeric(8) + ".part";
  try {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    Bytes buffer(256u * 1024);
    for (std::uint64_t at = 0; file && at < content.size();) {
      const auto count = content.read_at(at, buffer);
      file.write(reinterpret_cast<const char*>(buffer.data()), static_cast<std::streamsize>(count));
      at += count;
    }
    file.close();
    if (!file) throw Error(ErrorCode::storage_failure, temporary.string() + ": cannot be written");
    std::filesystem::rename(temporary, path);
  } catch (const std::filesystem::filesystem_error& error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw Error(ErrorCode::storage_failure, error.what());
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

bool RemoveResult::all_removed() const noexcept {
  return std::all_of(outcomes.begin(), outcomes.end(),
                     [](const auto& outcome) { return outcome.status == RemoveStatus::removed; });
}

}  // namespace imagegallery
