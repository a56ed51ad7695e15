// SPDX-License-Identifier: Apache-2.0
#include "http/accept_encoding.hpp"

#include "catch.hpp"

using namespace imagegallery;

TEST_CASE("gzip is used if the client weights it at least as high as identity", "[http]") {
  for (const auto* field :
       {"gzip", "GZIP", "x-gzip", "*", "deflate, gzip, br", "gzip;q=1", "gzip; q=0.001",
        "gzip ; q=1.000", "gzip;Q=0.5", "br;q=1.0, gzip;q=0.8, *;q=0.1", "identity;q=0.5, gzip",
        "identity;q=0, gzip;q=0.1", "gzip;q=0.5, identity;q=0.5", "*;q=0.5, identity;q=0",
        ",gzip,"}) {
    CAPTURE(field);
    CHECK(prefers_gzip(field));
  }
}

TEST_CASE("gzip is not used otherwise", "[http]") {
  for (const auto* field : {"",
                            "identity",
                            "deflate, br",
                            "gzip;q=0",
                            "gzip;q=0.000",
                            "gzip; q=0, *",
                            "*;q=0",
                            "gzipped",
                            "notgzip",
                            "gzip;q=0.4, identity;q=0.5",
                            "identity, gzip;q=0.9",
                            "gzip;q=2",
                            "gzip;q=1.001",
                            "gzip;q=0.0001",
                            "gzip;q=0.5000",
                            "gzip;q=1.0000",
                            "gzip;q=-1",
                            "gzip;q=",
                            "gzip;q",
                            "gzip;x=1",
                            "gzip;q=.5",
                            "gzip q=1"}) {
    CAPTURE(field);
    CHECK_FALSE(prefers_gzip(field));
  }
}
