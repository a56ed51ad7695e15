// SPDX-License-Identifier: Apache-2.0
#include "http/metrics.hpp"

#include <string_view>

namespace imagegallery {
namespace {

void head(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void counter(std::string& text, std::string_view name, std::string_view help, std::uint64_t value) {
  head(text, name, "counter", help);
  text.append(name).append(" ").append(std::to_string(value)).append("\n");
}

void gauge(std::string& text, std::string_view name, std::string_view help, std::uint64_t value) {
  head(text, name, "gauge", help);
  text.append(name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

void HttpCounters::count(int status) noexcept {
  const auto index = static_cast<std::size_t>(status);
  if (index < responses_.size()) responses_[index].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t HttpCounters::responses(int status) const noexcept {
  const auto index = static_cast<std::size_t>(status);
  return index < responses_.size() ? responses_[index].load(std::memory_order_relaxed) : 0;
}

std::string metrics_text(const GalleryStats& stats, const HttpCounters& counters) {
  std::string text;
  head(text, "imagegallery_http_responses_total", "counter", "Responses by status.");
  for (int status = 100; status < 600; ++status) {
    const auto responses = counters.responses(status);
    if (responses == 0) continue;
    text.append("imagegallery_http_responses_total{code=\"")
        .append(std::to_string(status))
        .append("\"} ")
        .append(std::to_string(responses))
        .append("\n");
  }
  if (!stats.errors.empty()) {
    head(text, "imagegallery_errors_total", "counter", "Errors reported, by source and code.");
  }
  for (const auto& error : stats.errors) {
    text.append("imagegallery_errors_total{source=\"")
        .append(to_string(error.source))
        .append("\",code=\"")
        .append(error.code ? to_string(*error.code) : "other")
        .append("\"} ")
        .append(std::to_string(error.reports))
        .append("\n");
  }
  counter(text, "imagegallery_uploads_total", "Images stored.", stats.uploads);
  counter(text, "imagegallery_reads_total", "Reads of originals and previews.", stats.reads);
  counter(text, "imagegallery_reads_not_modified_total", "Reads of unmodified images.",
          stats.not_modified);
  counter(text, "imagegallery_changes_total", "Changes to images and tenants.", stats.changes);
  counter(text, "imagegallery_decodes_total", "Images decoded.", stats.decodes);
  counter(text, "imagegallery_decode_failures_total", "Decodes that failed.",
          stats.decode_failures);
  counter(text, "imagegallery_received_bytes_total", "Bytes of originals received.",
          stats.bytes_in);
  counter(text, "imagegallery_etag_cache_hits_total", "ETags found in the cache.",
          stats.etag_cache.hits);
  counter(text, "imagegallery_etag_cache_misses_total", "ETags not found in the cache.",
          stats.etag_cache.misses);
  counter(text, "imagegallery_etag_cache_evictions_total", "ETags evicted from the cache.",
          stats.etag_cache.evictions);
  gauge(text, "imagegallery_etag_cache_entries", "ETags in the cache.", stats.etag_cache.entries);
  gauge(text, "imagegallery_etag_cache_bytes", "Memory used by the ETag cache.",
        stats.etag_cache.bytes);
  if (stats.log_bytes) {
    gauge(text, "imagegallery_log_bytes", "Size of the storage's write-ahead log.",
          *stats.log_bytes);
  }
  if (stats.free_bytes) {
    gauge(text, "imagegallery_free_bytes", "Room on the storage's disk.", *stats.free_bytes);
  }
  return text;
}

}  // namespace imagegallery
