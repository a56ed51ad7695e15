// SPDX-License-Identifier: Apache-2.0
#include "image/decode_meter.hpp"

#include <imagegallery/error.hpp>

#include <functional>
#include <string>

#include "catch.hpp"

using namespace imagegallery;
using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds fake_time;
int fake_readings = 0;

std::chrono::nanoseconds fake_clock() noexcept {
  ++fake_readings;
  return fake_time;
}

/// The message of the `limit_exceeded` thrown by the action; empty if it does not throw.
std::string limit_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::limit_exceeded);
    CHECK_FALSE(error.retryable());
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("Each limit is inclusive, and the error names the exceeded one") {
  DecodeBudget budget;
  budget.max_pixels = 600;
  budget.max_side = 100;
  budget.max_scans = 7;
  budget.max_frames = 8;
  budget.max_chunk_bytes = 9;
  const DecodeMeter meter(budget);

  CHECK(limit_error([&] { meter.check_size(6, 99); }).empty());
  CHECK(limit_error([&] { meter.check_size(6, 100); }).empty());
  CHECK_THAT(limit_error([&] { meter.check_size(1, 101); }),
             ContainsSubstring("101") && ContainsSubstring("100") && ContainsSubstring("max_side"));
  CHECK_THAT(limit_error([&] { meter.check_size(101, 1); }), ContainsSubstring("max_side"));
  CHECK_THAT(limit_error([&] { meter.check_size(601, 1); }), ContainsSubstring("max_side"));
  CHECK_THAT(limit_error([&] { meter.check_size(7, 86); }), ContainsSubstring("602") &&
                                                                ContainsSubstring("600") &&
                                                                ContainsSubstring("max_pixels"));
  CHECK(limit_error([&] { meter.check_scans(7); }).empty());
  CHECK_THAT(limit_error([&] { meter.check_scans(8); }), ContainsSubstring("max_scans"));
  CHECK(limit_error([&] { meter.check_frames(8); }).empty());
  CHECK_THAT(limit_error([&] { meter.check_frames(9); }), ContainsSubstring("max_frames"));
  CHECK(limit_error([&] { meter.check_chunk(9); }).empty());
  CHECK_THAT(limit_error([&] { meter.check_chunk(10); }), ContainsSubstring("max_chunk_bytes"));
}

TEST_CASE("Multiplying 32-bit dimensions does not overflow") {
  DecodeBudget budget;
  budget.max_side = ~0u;
  const DecodeMeter meter(budget);
  CHECK_THAT(limit_error([&] { meter.check_size(~0u, ~0u); }),
             ContainsSubstring("18446744065119617025"));
}

TEST_CASE("Memory adds up until it is released") {
  DecodeBudget budget;
  budget.max_memory_bytes = 100;
  DecodeMeter meter(budget);
  meter.claim_memory(60);
  meter.claim_memory(40);
  CHECK_THAT(limit_error([&] { meter.claim_memory(1); }), ContainsSubstring("max_memory_bytes"));
  meter.release_memory(40);
  CHECK(limit_error([&] { meter.claim_memory(40); }).empty());
  CHECK_THAT(limit_error([&] { meter.claim_memory(~std::uint64_t{0}); }),
             ContainsSubstring("max_memory_bytes"));
}

TEST_CASE("CPU time counts from the start of the decode, and its limit is inclusive") {
  DecodeBudget budget;
  budget.max_cpu_time = 50ms;
  fake_time = 1000ms;
  const DecodeMeter meter(budget, fake_clock);
  fake_time = 1050ms;
  CHECK(limit_error([&] { meter.check_cpu_time(); }).empty());
  fake_time += 1ns;
  CHECK_THAT(limit_error([&] { meter.check_cpu_time(); }),
             ContainsSubstring("50 ms") && ContainsSubstring("max_cpu_time"));
}

TEST_CASE("The clock is read about every 100,000 samples") {
  const DecodeBudget budget;
  fake_time = 0ms;
  DecodeMeter meter(budget, fake_clock);
  fake_readings = 0;
  for (int i = 0; i < 1000; ++i) meter.spend(1000);
  CHECK(fake_readings == 10);
  meter.spend(1'000'000);
  CHECK(fake_readings == 11);
}
