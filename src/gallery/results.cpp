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
    throw Error(ErrorCode::invalid_argument, "the result holds no content: it was not modified");
  }
  return *result.content;
}

}  // namespace

Bytes ReadResult::bytes() const { return read_all(content_of(*this)); }

void write_file(const std::filesystem::path& path, const ReadResult& result) {
  const auto& content = content_of(result);
  // Beside the target, so that the last step is a rename within one file system.
  auto draft = path;
  draft += "." + random_alphanumeric(8) + ".part";
  try {
    std::ofstream file(draft, std::ios::binary | std::ios::trunc);
    Bytes piece(256u * 1024);
    for (std::uint64_t at = 0; file && at < content.size();) {
      const auto count = content.read_at(at, piece);
      file.write(reinterpret_cast<const char*>(piece.data()), static_cast<std::streamsize>(count));
      at += count;
    }
    file.close();
    if (!file) throw Error(ErrorCode::storage_failure, draft.string() + ": cannot be written");
    std::filesystem::rename(draft, path);
  } catch (const std::filesystem::filesystem_error& error) {
    std::error_code ignored;
    std::filesystem::remove(draft, ignored);
    throw Error(ErrorCode::storage_failure, error.what());
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(draft, ignored);
    throw;
  }
}

bool RemoveResult::all_removed() const noexcept {
  return std::all_of(outcomes.begin(), outcomes.end(),
                     [](const auto& outcome) { return outcome.status == RemoveStatus::removed; });
}

}  // namespace imagegallery
