# SPDX-License-Identifier: Apache-2.0
# imagegallery_warnings: the warning options of our own targets. Not exported.
add_library(imagegallery_warnings INTERFACE)
target_compile_options(imagegallery_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough
  $<$<BOOL:${IMAGEGALLERY_WARNINGS_AS_ERRORS}>:-Werror>)
