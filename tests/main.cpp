// SPDX-License-Identifier: Apache-2.0
#ifdef IMAGEGALLERY_CATCH2_V2
#define CATCH_CONFIG_RUNNER
#endif
#include "catch.hpp"

int main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
