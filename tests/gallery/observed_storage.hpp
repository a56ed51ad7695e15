// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <imagegallery/storage/forwarding.hpp>

#include <functional>
#include <set>
#include <utility>

/// A storage that counts calls, knows which content was stored and not dropped, and calls each
/// hook once. A hook may throw: the call then fails without effect. For use by one thread.
class ObservedStorage final : public imagegallery::ForwardingBackend {
 public:
  using ForwardingBackend::ForwardingBackend;

  std::optional<imagegallery::ImageRecord> find(std::string_view tenant,
                                                std::string_view key) const override {
    auto record = next().find(tenant, key);
    call_once(after_find);
    return record;
  }

  std::optional<imagegallery::ImageRecord> find_public(std::string_view public_key) const override {
    auto record = next().find_public(public_key);
    call_once(after_find);
    return record;
  }

  std::uint64_t count(const imagegallery::ListRequest& request) const override {
    ++counts;
    const auto total = next().count(request);
    call_once(after_count);
    return total;
  }

  std::size_t read_at(const imagegallery::ContentId& content, std::uint64_t offset,
                      std::span<std::byte> into) const override {
    if (on_read_at) return on_read_at(content, offset, into);
    return next().read_at(content, offset, into);
  }

  std::size_t verify_at(const imagegallery::ContentId& content, std::uint64_t offset,
                        std::span<std::byte> into) const override {
    if (on_read_at) return on_read_at(content, offset, into);
    return next().verify_at(content, offset, into);
  }

  void put_content(std::string_view tenant, const imagegallery::ContentId& content,
                   const imagegallery::ByteSource& source, imagegallery::Time now) override {
    ++puts;
    if (puts == failing_put) call_once(on_failing_put);
    next().put_content(tenant, content, source, now);
    kept.insert(content);
  }

  void drop_content(const imagegallery::ContentId& content) override {
    next().drop_content(content);
    kept.erase(content);
  }

  std::vector<imagegallery::ChangeResult> commit(
      std::span<const imagegallery::Change> changes) override {
    ++commits;
    call_once(before_commit);
    if (before_each_commit) before_each_commit();
    return next().commit(changes);
  }

  imagegallery::ChangeFeed changes_since(std::uint64_t after,
                                         std::uint32_t max_events) const override {
    ++feeds;
    return next().changes_since(after, max_events);
  }

  std::function<void()> before_commit;
  std::function<void()> before_each_commit;  ///< Not only once.
  std::function<void()> on_failing_put;      ///< Called by the `failing_put`th call, from 1.
  int failing_put = 0;
  mutable std::function<void()> after_find;
  mutable std::function<void()> after_count;
  /// Reads in place of the storage; not only once.
  std::function<std::size_t(const imagegallery::ContentId&, std::uint64_t, std::span<std::byte>)>
      on_read_at;

  std::set<imagegallery::ContentId> kept;
  int puts = 0;
  int commits = 0;
  mutable int counts = 0;
  mutable int feeds = 0;

 private:
  static void call_once(std::function<void()>& hook) {
    if (const auto call = std::exchange(hook, {})) call();
  }
};
