// SPDX-License-Identifier: Apache-2.0
#pragma once

// The same interface for Catch2 2.13 (Debian 12) and Catch2 3.
#ifdef IMAGEGALLERY_CATCH2_V2
#include <catch2/catch.hpp>
#ifndef SKIP
#define SKIP(reason)             \
  do {                           \
    WARN("SKIPPED: " << reason); \
    return;                      \
  } while (false)
#endif
#ifndef STATIC_CHECK
#define STATIC_CHECK(...) STATIC_REQUIRE(__VA_ARGS__)
#endif
using Catch::Matchers::Contains;
inline auto ContainsSubstring(const std::string& text) { return Contains(text); }
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
#endif
