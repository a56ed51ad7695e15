// SPDX-License-Identifier: Apache-2.0
#include <imagegallery/error.hpp>

#include <algorithm>
#include <set>
#include <tuple>

#include "limits.hpp"
#include "storage/key_numbering.hpp"
#include "storage/memory_state.hpp"

namespace imagegallery::memory {
namespace {

auto order_of(const ImageUse& use) { return std::tie(use.tenant, use.entity_type, use.entity_id); }

class Stage {
 public:
  Stage(State& state, const Change& change, std::uint64_t& sequence)
      : state_(state), change_(change), sequence_(sequence) {}

  ChangeResult operator()(const CreateImage& create) {
    const auto& requested = create.record;
    if (!requested.operation_id.empty()) {
      if (const auto known = state_.operations.find({requested.tenant, requested.operation_id})) {
        return {ChangeOutcome::already_done, 0, state_.full_record(*state_.images.find(*known))};
      }
    }
    auto row = ImageRow{requested, {}, 1};
    auto& record = row.record;
    if (state_.images.find(record.id)) {
      throw Error(ErrorCode::conflict, "image " + record.id.to_string() + " already exists");
    }
    (void)require_content(record.tenant, record.content);
    if (state_.keys.find({record.tenant, record.key})) {
      if (create.exact_key) {
        throw Error(ErrorCode::conflict, "key \"" + record.key + "\" is already in use");
      }
      record.key = first_free_key(record.tenant, record.key);
    }
    auto tenant = tenant_row(record.tenant);
    check_limits(effective_limits(tenant.limits, create.default_limits), record.descriptor.size,
                 tenant.bytes);
    if (state_.public_keys.find(record.public_key)) record.public_key = create.spare_public_key;

    record.revision = record_change(ChangeKind::created, record.tenant, record.key, record.id);
    tenant.images += 1;
    tenant.bytes += record.descriptor.size;
    state_.tenants.put(record.tenant, tenant);
    index(record);
    hold(record);
    row.record.previews.clear();
    state_.images.put(record.id, row);
    return applied(state_.full_record(row));
  }

  ChangeResult operator()(const UpdateImage& update) {
    auto row = require_image(update.record.tenant, update.record.id);
    require_revision(row.record, update.expected_revision);
    const auto before = row.record;
    row.record = update.record;
    auto& record = row.record;
    (void)require_content(record.tenant, record.content);
    auto tenant = tenant_row(record.tenant);
    tenant.bytes -= before.descriptor.size;
    if (record.descriptor.size > before.descriptor.size) {
      check_limits(effective_limits(tenant.limits, update.default_limits), record.descriptor.size,
                   tenant.bytes);
    }
    tenant.bytes += record.descriptor.size;
    state_.tenants.put(record.tenant, tenant);

    record.revision = record_change(update.kind, record.tenant, record.key, record.id);
    unindex(before);
    index(record);
    if (record.content != before.content) {
      hold(record);
      release(before);
    }
    if (record.key != before.key) {
      free_number(before);
      row.next_number = 1;
    }
    row.record.previews.clear();
    state_.images.put(record.id, row);
    return applied(state_.full_record(row));
  }

  ChangeResult operator()(const RemoveImage& remove) {
    const auto row = state_.images.find(remove.id);
    if (!row || row->record.tenant != remove.tenant) return {ChangeOutcome::not_found, 0, {}};
    const auto& record = row->record;
    if (remove.expected_revision) require_revision(record, *remove.expected_revision);
    if (!row->uses.empty() && !remove.even_if_used) {
      return {ChangeOutcome::in_use, 0, {}, row->uses};
    }
    record_change(ChangeKind::removed, record.tenant, record.key, record.id);
    auto tenant = tenant_row(record.tenant);
    tenant.images -= 1;
    tenant.bytes -= record.descriptor.size;
    state_.tenants.put(record.tenant, tenant);
    unindex(record);
    release(record);
    free_number(record);
    state_.images.erase(record.id);
    return applied();
  }

  ChangeResult operator()(const AttachUse& attach) {
    auto row = require_image(attach.tenant, attach.id);
    const auto place = lower_bound(row.uses, attach.use);
    if (place != row.uses.end() && order_of(*place) == order_of(attach.use)) {
      if (place->name == attach.use.name) return {ChangeOutcome::already_done, 0, {}};
      *place = attach.use;
    } else {
      row.uses.insert(place, attach.use);
    }
    record_change(ChangeKind::attached, row.record.tenant, row.record.key, row.record.id);
    state_.images.put(attach.id, row);
    return applied();
  }

  ChangeResult operator()(const DetachUse& detach) {
    const auto found = state_.images.find(detach.id);
    if (!found || found->record.tenant != detach.tenant) {
      return {ChangeOutcome::already_done, 0, {}};
    }
    auto row = *found;
    const auto place = lower_bound(row.uses, detach.use);
    if (place == row.uses.end() || order_of(*place) != order_of(detach.use)) {
      return {ChangeOutcome::already_done, 0, {}};
    }
    row.uses.erase(place);
    record_change(ChangeKind::detached, row.record.tenant, row.record.key, row.record.id);
    state_.images.put(detach.id, row);
    return applied();
  }

  ChangeResult operator()(const SetTenantLimits& set) {
    auto tenant = tenant_row(set.tenant);
    tenant.limits = set.limits;
    record_change(ChangeKind::limits_set, set.tenant, {}, {});
    state_.tenants.put(set.tenant, tenant);
    return applied();
  }

  ChangeResult operator()(const ReplacePreviews& replace) {
    const auto found = state_.contents.find(replace.content);
    if (!found || found->tenant != replace.tenant || found->images == 0) {
      throw_unused_content(replace);
    }
    for (const auto& preview : replace.previews) {
      (void)require_content(replace.tenant, preview.content);
    }
    // Old and new may share content: increment first, so that its count never drops to 0.
    use_previews(replace.content, replace.previews, +1);
    use_previews(replace.content, found->previews, -1);
    auto content = *state_.contents.find(replace.content);
    content.previews = replace.previews;
    state_.contents.put(replace.content, content);
    record_content_change(ChangeKind::previews_rebuilt, replace.content);
    return applied();
  }

  ChangeResult operator()(const QuarantineContent& quarantine) {
    return mark_damaged(quarantine, true, ChangeKind::quarantined);
  }

  ChangeResult operator()(const ReleaseContent& release) {
    return mark_damaged(release, false, ChangeKind::restored);
  }

  ChangeResult operator()(const RestoreContent& restore) {
    const auto found = state_.contents.find(restore.damaged);
    const auto images = images_of(restore.damaged);
    if (!found || found->tenant != restore.tenant || images.empty() ||
        restore.damaged == restore.content) {
      return {ChangeOutcome::already_done, 0, {}};
    }
    (void)require_content(restore.tenant, restore.content);
    for (const auto& id : images) {
      auto row = *state_.images.find(id);
      auto& record = row.record;
      release(record);
      state_.holdings.erase({restore.damaged, id});
      state_.holdings.put({restore.content, id}, id);
      record.content = restore.content;
      record.previews = restore.previews;
      hold(record);
      record.previews.clear();
      record.revision = record_change(ChangeKind::restored, record.tenant, record.key, id);
      state_.images.put(id, row);
    }
    return applied();
  }

 private:
  template <typename Action>
  ChangeResult mark_damaged(const Action& action, bool damaged, ChangeKind kind) {
    const auto found = state_.contents.find(action.content);
    if (!found || found->tenant != action.tenant || images_with(action.content).empty()) {
      throw_unused_content(action);
    }
    if (found->damaged == damaged) return {ChangeOutcome::already_done, 0, {}};
    auto content = *found;
    content.damaged = damaged;
    state_.contents.put(action.content, content);
    record_content_change(kind, action.content);
    return applied();
  }

  template <typename Action>
  [[noreturn]] static void throw_unused_content(const Action& action) {
    throw Error(ErrorCode::not_found, "no image has the content " + action.content.to_string());
  }

  static std::vector<ImageUse>::iterator lower_bound(std::vector<ImageUse>& uses,
                                                     const ImageUse& use) {
    return std::lower_bound(uses.begin(), uses.end(), use, [](const auto& left, const auto& right) {
      return order_of(left) < order_of(right);
    });
  }

  ChangeResult applied(std::optional<ImageRecord> record = {}) {
    return {ChangeOutcome::applied, sequence_, std::move(record), {}, std::move(events_)};
  }

  std::uint64_t record_change(ChangeKind kind, const std::string& tenant, const std::string& key,
                              const ImageId& image) {
    ++sequence_;
    events_.push_back({sequence_, kind, change_.at, change_.actor, tenant, key, image});
    state_.changes.put(sequence_, events_.back());
    return sequence_;
  }

  // Records a change, with its own number and event, for every image that uses the content.
  void record_content_change(ChangeKind kind, const ContentId& content) {
    for (const auto& id : images_with(content)) {
      auto row = *state_.images.find(id);
      row.record.revision = record_change(kind, row.record.tenant, row.record.key, id);
      state_.images.put(id, row);
    }
  }

  ImageRow require_image(const std::string& tenant, const ImageId& id) const {
    const auto row = state_.images.find(id);
    if (!row || row->record.tenant != tenant) {
      throw Error(ErrorCode::not_found, "image " + id.to_string() + " does not exist");
    }
    return *row;
  }

  static void require_revision(const ImageRecord& record, std::uint64_t expected) {
    if (record.revision != expected) {
      throw Error(ErrorCode::conflict, "image \"" + record.key + "\" is at revision " +
                                           std::to_string(record.revision) + ", not " +
                                           std::to_string(expected));
    }
  }

  TenantRow tenant_row(const std::string& name) const {
    const auto row = state_.tenants.find(name);
    return row ? *row : TenantRow{};
  }

  std::shared_ptr<const ContentRow> require_content(const std::string& tenant,
                                                    const ContentId& id) const {
    auto row = state_.contents.find(id);
    if (!row || row->tenant != tenant) {
      throw Error(ErrorCode::not_found, "content " + id.to_string() + " does not exist");
    }
    return row;
  }

  std::string first_free_key(const std::string& tenant, const std::string& key) {
    const auto owner_id = *state_.keys.find({tenant, key});
    auto owner = *state_.images.find(owner_id);
    const bool uses_next_number = fits_any_number(key);
    for (auto number = uses_next_number ? owner.next_number : 1;; ++number) {
      auto candidate = numbered_key(key, number);
      if (state_.keys.find({tenant, candidate})) continue;
      if (uses_next_number) {
        owner.next_number = number + 1;
        state_.images.put(owner_id, owner);
      }
      return candidate;
    }
  }

  void free_number(const ImageRecord& record) {
    const auto numbered = parse_numbered_key(record.key);
    if (!numbered) return;
    const auto base = state_.keys.find({record.tenant, numbered->base});
    if (!base) return;
    auto row = *state_.images.find(*base);
    row.next_number = std::min(row.next_number, numbered->number);
    state_.images.put(*base, row);
  }

  static void require_free(const std::shared_ptr<const ImageId>& owner, std::string_view field,
                           const std::string& value) {
    if (owner) {
      throw Error(ErrorCode::conflict, std::string{field} + " \"" + value + "\" is already in use");
    }
  }

  void index(const ImageRecord& record) {
    const State::TenantKey key{record.tenant, record.key};
    require_free(state_.keys.find(key), "key", record.key);
    state_.keys.put(key, record.id);
    if (!record.public_key.empty()) {
      require_free(state_.public_keys.find(record.public_key), "public key", record.public_key);
      state_.public_keys.put(record.public_key, record.id);
    }
    if (!record.operation_id.empty()) {
      const State::TenantKey operation{record.tenant, record.operation_id};
      require_free(state_.operations.find(operation), "operation id", record.operation_id);
      state_.operations.put(operation, record.id);
    }
    state_.holdings.put({record.content, record.id}, record.id);
    state_.fingerprints.put(
        {record.tenant, record.descriptor.etag, record.descriptor.size, record.id}, record.id);
  }

  void unindex(const ImageRecord& record) {
    state_.keys.erase({record.tenant, record.key});
    if (!record.public_key.empty()) state_.public_keys.erase(record.public_key);
    if (!record.operation_id.empty()) {
      state_.operations.erase({record.tenant, record.operation_id});
    }
    state_.holdings.erase({record.content, record.id});
    state_.fingerprints.erase(
        {record.tenant, record.descriptor.etag, record.descriptor.size, record.id});
  }

  // Stores the record's previews if its content has none yet.
  void hold(const ImageRecord& record) {
    auto content = *require_content(record.tenant, record.content);
    content.images += 1;
    const bool first = content.previews.empty();
    if (first) content.previews = record.previews;
    state_.contents.put(record.content, content);
    if (first) {
      for (const auto& preview : record.previews) {
        (void)require_content(record.tenant, preview.content);
      }
      use_previews(record.content, record.previews, +1);
    }
  }

  void release(const ImageRecord& record) {
    auto content = *state_.contents.find(record.content);
    content.images -= 1;
    content.released_at = change_.at;
    state_.contents.put(record.content, content);
  }

  void use_previews(const ContentId& original, const std::vector<PreviewRecord>& previews,
                    int difference) {
    for (const auto& preview : previews) {
      if (preview.content == original) continue;  // Would reference itself forever.
      auto content = *state_.contents.find(preview.content);
      content.preview_uses += static_cast<std::uint64_t>(difference);
      content.released_at = change_.at;
      state_.contents.put(preview.content, content);
    }
  }

  // The images that use the content as their original or as a preview.
  std::set<ImageId> images_with(const ContentId& id) const {
    std::set<ContentId> originals{id};
    state_.contents.for_each(
        {}, [](const ContentId&) { return true; },
        [&](const ContentId& original, const ContentRow& row) {
          if (std::any_of(row.previews.begin(), row.previews.end(),
                          [&](const auto& preview) { return preview.content == id; })) {
            originals.insert(original);
          }
        });
    std::set<ImageId> images;
    for (const auto& original : originals) images.merge(images_of(original));
    return images;
  }

  // The images that use the content as their original.
  std::set<ImageId> images_of(const ContentId& original) const {
    std::set<ImageId> images;
    state_.holdings.for_each(
        {original, {}}, [&](const State::Holding& key) { return key.first == original; },
        [&](const State::Holding&, const ImageId& image) { images.insert(image); });
    return images;
  }

  State& state_;
  const Change& change_;
  std::uint64_t& sequence_;
  std::vector<Event> events_;
};

}  // namespace

ImageRecord State::full_record(const ImageRow& row) const {
  auto record = row.record;
  if (const auto content = contents.find(record.content)) record.previews = content->previews;
  return record;
}

ChangeResult stage(State& state, const Change& change, std::uint64_t& sequence) {
  return std::visit(Stage{state, change, sequence}, change.action);
}

}  // namespace imagegallery::memory
