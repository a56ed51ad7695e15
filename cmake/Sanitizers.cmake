# SPDX-License-Identifier: Apache-2.0
# IMAGEGALLERY_SANITIZE applies to the whole tree: a report must not hide in an uninstrumented part.
if(IMAGEGALLERY_SANITIZE)
  add_compile_options(-fsanitize=${IMAGEGALLERY_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMAGEGALLERY_SANITIZE})
endif()
