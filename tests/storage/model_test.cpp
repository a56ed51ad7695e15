// SPDX-License-Identifier: Apache-2.0
// Uses the memory backend as a model of the SQLite one: the same random calls must return the same
// results.
#include <imagegallery/storage/memory.hpp>
#include <imagegallery/storage/sqlite.hpp>

#include <imagegallery/error.hpp>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "faulty_disk.hpp"
#include "sample_images.hpp"
#include "storage/scratch_directory.hpp"
#include "stored_state.hpp"

namespace imagegallery {
namespace {

using conformance::at;

// Steps per seed. Overridden by the environment variable IMAGEGALLERY_MODEL_STEPS.
int steps() {
  const char* const value = std::getenv("IMAGEGALLERY_MODEL_STEPS");
  return value == nullptr ? 4'000 : std::atoi(value);
}

// The comparable outcome of a call: its result or the code of its error.
template <typename Result>
struct Outcome {
  std::string code;  // Empty if it did not throw.
  std::string message;
  Result result{};

  friend bool operator==(const Outcome& one, const Outcome& other) {
    return one.code == other.code && one.result == other.result;
  }
};

template <typename Call>
auto outcome_of(Call call) {
  Outcome<decltype(call())> outcome;
  try {
    outcome.result = call();
  } catch (const Error& error) {
    outcome.code = to_string(error.code());
    outcome.message = error.what();
  }
  return outcome;
}

using Flat =
    std::tuple<ChangeOutcome, std::uint64_t, std::optional<ImageRecord>, std::vector<Event>>;

std::vector<Flat> flat(const std::vector<ChangeResult>& results) {
  std::vector<Flat> all;
  for (const auto& result : results) {
    all.emplace_back(result.outcome, result.sequence, result.record, result.events);
  }
  return all;
}

class Model {
 public:
  Model(StorageBackend& model, StorageBackend& subject, std::uint64_t seed)
      : model_(model), subject_(subject), random_(seed) {}

  void step() {
    now_ = at(++ticks_);
    switch (below(12)) {
      case 0:
      case 1:
        put();
        break;
      case 2:
        find_some();
        break;
      case 3:
        list();
        break;
      case 4:
        sweep_or_drop();
        break;
      default:
        commit();
    }
  }

  void compare_all() {
    for (const auto& tenant : tenants()) {
      for (std::uint64_t i = 0; i < 12; ++i) find(tenant, key(i));
      const auto usage = model_.usage(tenant);
      REQUIRE(subject_.usage(tenant).images == usage.images);
      REQUIRE(subject_.usage(tenant).bytes == usage.bytes);
      REQUIRE(subject_.usage(tenant).limits == usage.limits);
    }
    for (const auto& content : contents_) read(content);
    changes(0);
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  template <typename Value>
  const Value& any(const std::vector<Value>& values) {
    return values.at(below(values.size()));
  }
  static const std::vector<std::string>& tenants() {
    static const std::vector<std::string> all{"", "acme", "zeta"};
    return all;
  }
  static std::string key(std::uint64_t number) {
    static const std::vector<std::string> bases{"a.jpg", "b", "c.d.e", "a_(1).jpg"};
    const auto& base = bases.at(number % bases.size());
    return number < bases.size() ? base
                                 : numbered_key(base, static_cast<std::uint32_t>(number / 4));
  }

  // Mostly an existing id; else a removed or unknown one.
  ImageId image() {
    if (images_.empty() || below(20) == 0) return ImageId::make();
    return any(images_);
  }
  ContentId content() {
    if (contents_.empty() || below(20) == 0) return ContentId::make();
    // The newest ones are not swept yet.
    const auto window = std::min<std::uint64_t>(contents_.size(), 12);
    return contents_.at(contents_.size() - 1 - below(window));
  }

  ImageRecord record(const std::string& tenant) {
    auto record = conformance::sample_record(tenant, key(below(8)), content(), below(30));
    record.folded_title = std::string(1, static_cast<char>('a' + below(3)));
    record.created_at = at(static_cast<std::int64_t>(below(50)));
    record.sub_type = below(3) == 0 ? ImageSubType::scada_symbol : ImageSubType::image;
    record.descriptor.etag = std::string(1, static_cast<char>('a' + below(3)));
    record.is_public = below(2) == 0;
    record.public_key = "public " + std::to_string(below(40));
    if (below(3) == 0) record.operation_id = "operation " + std::to_string(below(15));
    for (auto count = below(3); count > 0; --count) {
      const auto preview = below(4) == 0 ? record.content : content();
      record.previews.push_back(
          conformance::sample_preview("preset " + std::to_string(count), preview));
    }
    return record;
  }

  void put() {
    const auto id = below(10) == 0 ? content() : ContentId::make();
    const auto tenant = any(tenants());
    const auto bytes = conformance::sample_bytes(below(4) == 0 ? below(600'000) : below(200), 3);
    const auto put_into = [&](StorageBackend& storage) {
      return outcome_of([&] {
        storage.put_content(tenant, id, *make_view_source(bytes), now_);
        return 0;
      });
    };
    REQUIRE(put_into(model_) == put_into(subject_));
    contents_.push_back(id);
  }

  Change change() {
    const auto tenant = any(tenants());
    const ImageUse use{"TYPE " + std::to_string(below(2)), std::to_string(below(3)),
                       std::to_string(below(2)), any(tenants())};
    const Limits limits{below(3) == 0 ? 20u : 0u, below(3) == 0 ? 100u : 0u};
    const auto known = model_.list([&] {
      ListRequest request;
      request.tenant = tenant;
      request.count = 100;
      return request;
    }());
    const auto revision = [&](const ImageId& id) {
      for (const auto& image : known) {
        if (image.id == id && below(8) != 0) return image.revision;
      }
      return below(100);
    };
    const auto id = known.empty() || below(6) == 0 ? image() : any(known).id;
    Change result;
    result.actor = "actor " + std::to_string(below(3));
    result.at = now_;
    switch (below(15)) {
      case 0:
      case 1:
      case 2:
      case 3:
        result.action = CreateImage{record(tenant), below(4) == 0,
                                    "spare " + std::to_string(below(1000)), limits};
        images_.push_back(std::get<CreateImage>(result.action).record.id);
        break;
      case 4:
      case 5: {
        auto changed = record(tenant);
        changed.id = id;
        if (below(2) == 0 && !known.empty()) changed.content = any(known).content;
        result.action = UpdateImage{changed, revision(id), ChangeKind::replaced, limits};
        break;
      }
      case 6:
      case 7: {
        RemoveImage remove{tenant, id, {}, below(2) == 0};
        if (below(3) == 0) remove.expected_revision = revision(id);
        result.action = remove;
        break;
      }
      case 8:
        result.action = AttachUse{tenant, id, use};
        break;
      case 9:
        result.action = DetachUse{tenant, id, use};
        break;
      case 10:
        result.action = SetTenantLimits{tenant, {}};
        if (below(3) == 0) {
          std::get<SetTenantLimits>(result.action).limits = {below(30), 50 + below(200)};
        }
        break;
      case 11: {
        auto previews = record(tenant).previews;
        const auto of = known.empty() || below(5) == 0 ? content() : any(known).content;
        result.action = ReplacePreviews{tenant, of, std::move(previews)};
        break;
      }
      case 12:
        result.action = ReleaseContent{tenant, content()};
        break;
      case 13:
        result.action = RestoreContent{tenant, known.empty() ? content() : any(known).content,
                                       content(), record(tenant).previews};
        break;
      default:
        result.action = QuarantineContent{tenant, content()};
    }
    return result;
  }

  void commit() {
    std::vector<Change> changes(1 + (below(3) == 0 ? below(4) : 0));
    for (auto& one : changes) one = change();
    const auto commit_to = [&](StorageBackend& storage) {
      return outcome_of([&] { return flat(storage.commit(changes)); });
    };
    const auto expected = commit_to(model_);
    const auto actual = commit_to(subject_);
    CAPTURE(actual.message, expected.message);
    REQUIRE(actual.code == expected.code);
    REQUIRE((actual == expected));
  }

  void find(const std::string& tenant, const std::string& name) {
    REQUIRE((subject_.find(tenant, name) == model_.find(tenant, name)));
  }

  void read(const ContentId& id) {
    const auto read_from = [&](const StorageBackend& storage) {
      return outcome_of([&] { return conformance::stored_bytes(storage, id); });
    };
    REQUIRE((read_from(subject_) == read_from(model_)));
    const auto verify_in = [&](const StorageBackend& storage) {
      return outcome_of([&] {
        Bytes bytes(1'000'000);
        bytes.resize(storage.verify_at(id, 0, bytes));
        return bytes;
      });
    };
    REQUIRE((verify_in(subject_) == verify_in(model_)));
  }

  void changes(std::uint64_t after) {
    const auto max = static_cast<std::uint32_t>(1 + below(50));
    const auto expected = model_.changes_since(after, max);
    const auto actual = subject_.changes_since(after, max);
    REQUIRE(actual.sequence == expected.sequence);
    REQUIRE(actual.complete == expected.complete);
    REQUIRE((actual.events == expected.events));
  }

  void find_some() {
    const auto tenant = any(tenants());
    find(tenant, key(below(12)));
    const auto public_key = "public " + std::to_string(below(40));
    REQUIRE((subject_.find_public(public_key) == model_.find_public(public_key)));
    const auto etag = std::string(1, static_cast<char>('a' + below(3)));
    const auto size = below(30);
    // Any of several images may be returned.
    auto quarantined = model_.find_quarantined(tenant, etag, size);
    auto found = subject_.find_quarantined(tenant, etag, size);
    std::sort(quarantined.begin(), quarantined.end());
    std::sort(found.begin(), found.end());
    REQUIRE(found == quarantined);
    const auto expected = model_.find_content(tenant, etag, size);
    const auto actual = subject_.find_content(tenant, etag, size);
    REQUIRE(actual.has_value() == expected.has_value());
    if (actual) REQUIRE((model_.find(tenant, actual->key) == actual));
    const auto id = image();
    REQUIRE((subject_.uses(tenant, id) == model_.uses(tenant, id)));
    read(content());
    changes(below(static_cast<std::uint64_t>(ticks_) + 2));
  }

  void list() {
    ListRequest request;
    request.tenant = any(tenants());
    request.every_tenant = below(5) == 0;
    request.include_system = below(2) == 0;
    if (below(2) == 0) request.folded_search = std::string(1, static_cast<char>('a' + below(4)));
    if (below(2) == 0) request.sub_type = ImageSubType::scada_symbol;
    request.sort_by = static_cast<SortBy>(below(4));
    request.sort_order = static_cast<SortOrder>(below(2));
    request.count = static_cast<std::uint32_t>(below(12));
    request.offset = below(6);
    if (below(2) == 0) {
      const auto time = at(static_cast<std::int64_t>(below(50))).time_since_epoch().count();
      const auto number =
          request.sort_by == SortBy::size ? static_cast<std::int64_t>(below(30)) : time;
      request.after =
          ListPosition{number, std::string(1, static_cast<char>('a' + below(3))), image()};
    }
    REQUIRE((subject_.list(request) == model_.list(request)));
    REQUIRE(subject_.count(request) == model_.count(request));
  }

  void sweep_or_drop() {
    if (below(2) == 0) {
      const auto id = content();
      model_.drop_content(id);
      subject_.drop_content(id);
      return;
    }
    const auto grace = std::chrono::milliseconds{below(60)};
    conformance::sweep_all(model_, now_ - grace, now_ - grace);
    conformance::sweep_all(subject_, now_ - grace, now_ - grace);
  }

  StorageBackend& model_;
  StorageBackend& subject_;
  std::mt19937_64 random_;
  std::vector<ImageId> images_;
  std::vector<ContentId> contents_;
  std::int64_t ticks_ = 0;
  Time now_{};
};

TEST_CASE("Memory and SQLite return the same results for the same calls", "[storage]") {
  const faults::FaultyDisk disk;  // Used only to skip syncs.
  const ScratchDirectory directory;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto path = directory.path() / (std::to_string(seed) + ".db");
    const auto memory = open_memory();
    {
      const auto sqlite = disk.open(path);
      Model model(*memory, *sqlite, seed);
      for (int step = 0; step < steps(); ++step) {
        CAPTURE(seed, step);
        model.step();
        if (step % 200 == 199) model.compare_all();
      }
    }
    CHECK(faults::find_inconsistencies(path) == std::vector<std::string>{});
  }
}

}  // namespace
}  // namespace imagegallery
