// SPDX-License-Identifier: Apache-2.0
#include "promises.hpp"

#include <imagegallery/error.hpp>

#include <utility>

#include "sample_images.hpp"

namespace imagegallery::faults {
namespace {

using conformance::at;
using conformance::sample_bytes;

Bytes original_of(std::uint64_t contents) {
  // Mostly some kilobytes, sometimes several chunks and transactions.
  const auto size = contents % 16 == 0 ? contents % 1'500'000 : contents % 20'000;
  return sample_bytes(static_cast<std::size_t>(size), contents);
}

Bytes preview_of(std::uint64_t contents) {
  return sample_bytes(static_cast<std::size_t>(contents % 3'000), contents + 1);
}

bool matches(const StorageBackend& storage, const ImageRecord& record, std::uint64_t contents) {
  return record.title == std::to_string(contents) &&
         conformance::stored_bytes(storage, record.content) == original_of(contents) &&
         conformance::stored_bytes(storage, record.previews.at(0).content) == preview_of(contents);
}

std::string describe(const std::set<Contents>& allowed) {
  std::string text;
  for (const auto& contents : allowed) {
    text += text.empty() ? "" : " or ";
    text += contents ? std::to_string(*contents) : "nothing";
  }
  return text;
}

}  // namespace

std::vector<std::string> Promises::broken(const StorageBackend& storage) const {
  std::vector<std::string> broken;
  for (const auto& [key, allowed] : allowed_) {
    std::string found = "nothing";
    bool kept = false;
    try {
      const auto record = storage.find("acme", key);
      if (!record) {
        kept = allowed.contains(std::nullopt);
      } else {
        found = record->title;
        for (const auto& contents : allowed) {
          kept = kept || (contents && matches(storage, *record, *contents));
        }
      }
    } catch (const Error& error) {
      found = error.what();
    }
    if (!kept) broken.push_back(key + " is " + found + ", not " + describe(allowed));
  }
  return broken;
}

std::string check_image(const StorageBackend& storage, const std::string& key) {
  const auto record = storage.find("acme", key);
  if (!record || matches(storage, *record, std::stoull(record->title))) return {};
  return key + " has other bytes than " + record->title;
}

Writer::Writer(StorageBackend& storage, std::string name, std::uint64_t seed,
               std::atomic<std::int64_t>& clock, Report report, std::chrono::milliseconds grace)
    : storage_(storage),
      name_(std::move(name)),
      random_(seed),
      clock_(clock),
      report_(std::move(report)),
      grace_(grace) {}

ImageRecord Writer::stored(const std::string& key, std::uint64_t contents) {
  const auto preview = conformance::put(storage_, "acme", preview_of(contents), now_);
  const auto original = original_of(contents);
  auto record = conformance::sample_record(
      "acme", key, conformance::put(storage_, "acme", original, now_), original.size());
  record.title = std::to_string(contents);
  record.previews = {conformance::sample_preview("preview", preview)};
  return record;
}

void Writer::step() {
  now_ = at(++clock_);
  const auto key = name_ + std::to_string(random_() % 8);
  const auto choice = random_() % 10;
  const auto contents = random_();
  const auto current = storage_.find("acme", key);
  if (!current) {
    report_(false, key, contents);
    conformance::commit(storage_, CreateImage{stored(key, contents), true, "spare", {}}, now_);
    report_(true, key, contents);
  } else if (choice < 7) {
    report_(false, key, contents);
    auto record = stored(key, contents);
    record.id = current->id;
    record.public_key = current->public_key;
    conformance::commit(storage_, UpdateImage{record, current->revision, ChangeKind::replaced, {}},
                        now_);
    report_(true, key, contents);
  } else if (choice < 9) {
    report_(false, key, std::nullopt);
    conformance::commit(storage_, RemoveImage{"acme", current->id, {}, true}, now_);
    report_(true, key, std::nullopt);
  } else {
    storage_.sweep(now_ - grace_, now_ - grace_);
  }
}

}  // namespace imagegallery::faults
