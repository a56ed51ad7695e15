# SPDX-License-Identifier: Apache-2.0
# Applies IMAGEGALLERY_SANITIZE to all targets: uninstrumented code would hide errors.
if(IMAGEGALLERY_SANITIZE)
  add_compile_options(-fsanitize=${IMAGEGALLERY_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMAGEGALLERY_SANITIZE})
endif()
