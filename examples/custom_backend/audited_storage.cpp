// SPDX-License-Identifier: Apache-2.0
#include "audited_storage.hpp"

#include <imagegallery/error.hpp>

#include <utility>

namespace custom_backend {
namespace {

using namespace imagegallery;

// Describes a change.
struct Description {
  std::string operator()(const CreateImage& change) const {
    return "create " + name(change.record.tenant, change.record.key);
  }
  std::string operator()(const UpdateImage& change) const {
    return std::string{to_string(change.kind)} + " " +
           name(change.record.tenant, change.record.key);
  }
  std::string operator()(const RemoveImage& change) const {
    return "remove " + name(change.tenant, change.id.to_string());
  }
  std::string operator()(const AttachUse& change) const {
    return "attach " + user(change.use) + " to " + name(change.tenant, change.id.to_string());
  }
  std::string operator()(const DetachUse& change) const {
    return "detach " + user(change.use) + " from " + name(change.tenant, change.id.to_string());
  }
  std::string operator()(const SetTenantLimits& change) const {
    return "set limits of " + change.tenant;
  }
  std::string operator()(const ReplacePreviews& change) const {
    return "replace previews of " + name(change.tenant, change.content.to_string());
  }
  std::string operator()(const QuarantineContent& change) const {
    return "quarantine " + name(change.tenant, change.content.to_string());
  }

  std::string operator()(const ReleaseContent& change) const {
    return "release " + name(change.tenant, change.content.to_string());
  }
  std::string operator()(const RestoreContent& change) const {
    return "restore " + name(change.tenant, change.damaged.to_string());
  }

  static std::string name(const std::string& tenant, const std::string& item) {
    return (tenant.empty() ? "system" : tenant) + "/" + item;
  }
  static std::string user(const ImageUse& use) { return use.entity_type + " " + use.entity_id; }
};

std::string outcome(const ChangeResult& result) {
  switch (result.outcome) {
    case ChangeOutcome::applied:
      return "applied as change " + std::to_string(result.sequence);
    case ChangeOutcome::already_done:
      return "already done";
    case ChangeOutcome::not_found:
      return "not found";
    case ChangeOutcome::in_use:
      return "in use";
  }
  return "unknown";
}

std::string line(const Change& change, const std::string& ending) {
  const std::string actor = change.actor.empty() ? "anonymous" : change.actor;
  return actor + ": " + std::visit(Description{}, change.action) + ": " + ending;
}

}  // namespace

AuditedStorage::AuditedStorage(std::shared_ptr<StorageBackend> next, Sink sink)
    : ForwardingBackend(std::move(next)), sink_(std::move(sink)) {}

std::vector<ChangeResult> AuditedStorage::commit(std::span<const Change> changes) {
  std::vector<ChangeResult> results;
  try {
    results = next().commit(changes);
  } catch (const Error& error) {
    for (const Change& change : changes)
      sink_(line(change, "failed: " + std::string{error.what()}));
    throw;
  }
  for (std::size_t i = 0; i < changes.size(); ++i) sink_(line(changes[i], outcome(results[i])));
  return results;
}

}  // namespace custom_backend
