// SPDX-License-Identifier: Apache-2.0
#include "gallery/current_etags.hpp"

namespace imagegallery {
namespace {

constexpr std::uint32_t events_per_batch = 1000;
constexpr char separator = '\0';
constexpr char public_mark = '\1';  // tenant names contain no control characters

std::string entry_name(std::string_view tenant, std::string_view key, std::string_view preset) {
  std::string name;
  name.reserve(tenant.size() + key.size() + preset.size() + 2);
  name.append(tenant).append(1, separator).append(key).append(1, separator).append(preset);
  return name;
}

std::string public_name(std::string_view public_key, std::string_view preset) {
  std::string name(1, public_mark);
  name.append(public_key).append(1, separator).append(preset);
  return name;
}

}  // namespace

CurrentEtags::CurrentEtags(const StorageBackend& storage, const GalleryOptions& options,
                           ErrorReports& reports)
    : storage_(storage),
      reports_(reports),
      single_process_(options.single_process),
      presets_{""},
      cache_(options.cache.etags_max_bytes, options.cache.etags_ttl, options.steady_now),
      seen_(storage.changes_since(0, 0).sequence) {
  for (const auto& preset : options.presets) presets_.push_back(preset.name);
}

std::optional<std::string> CurrentEtags::find(std::string_view tenant, std::string_view key,
                                              std::string_view preset) {
  if (!single_process_) catch_up();
  auto value = cache_.find(entry_name(tenant, key, preset));
  if (value) value->resize(value->find(separator));
  return value;
}

std::optional<std::string> CurrentEtags::find_public(std::string_view public_key,
                                                     std::string_view preset) {
  if (!single_process_) catch_up();
  const auto name = cache_.find(public_name(public_key, preset));
  if (!name) return std::nullopt;
  auto value = cache_.find(*name);
  if (!value) return std::nullopt;
  const auto end = value->find(separator);
  if (std::string_view{*value}.substr(end + 1) != public_key) return std::nullopt;
  value->resize(end);
  return value;
}

void CurrentEtags::store(const ImageRecord& record, std::string_view preset, std::string_view etag,
                         EtagCache::Ticket ticket) {
  const auto name = entry_name(record.tenant, record.key, preset);
  std::string value{etag};
  value += separator;
  if (record.is_public) value += record.public_key;
  cache_.store(name, value, ticket);
  if (record.is_public) cache_.store(public_name(record.public_key, preset), name, ticket);
}

void CurrentEtags::invalidate(std::string_view tenant, std::string_view key) {
  for (const auto& preset : presets_) cache_.invalidate(entry_name(tenant, key, preset));
}

void CurrentEtags::changed() noexcept {
  try {
    catch_up();
  } catch (...) {
    cache_.clear();
    reports_.report_current(ErrorSource::storage, "changes_since");
  }
}

void CurrentEtags::catch_up() {
  for (;;) {
    auto seen = seen_.load();
    const auto feed = storage_.changes_since(seen, events_per_batch);
    if (feed.sequence <= seen) return;
    if (!feed.complete) cache_.clear();
    for (const auto& event : feed.events) {
      if (!event.key.empty()) invalidate(event.tenant, event.key);
    }
    const bool more = feed.events.size() == events_per_batch;
    const auto reached = more ? feed.events.back().sequence : feed.sequence;
    // Advance only after invalidating, and never go back: another thread may be further already.
    while (seen < reached && !seen_.compare_exchange_weak(seen, reached)) {
    }
    if (!more) return;
  }
}

}  // namespace imagegallery
