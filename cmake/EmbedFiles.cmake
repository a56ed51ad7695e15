# SPDX-License-Identifier: Apache-2.0
# embed_files(<target> LIST <file> FUNCTION <name>): compiles files into a target. LIST is a text file
# with one path per line, relative to itself; blank lines and lines that begin with '#' are ignored.
# Adds `std::span<const imagegallery::EmbeddedFile> imagegallery::<name>()` to the target.
#
# This file is also the script that generates the source: see the end.
function(embed_files target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LIST;FUNCTION" "")
  cmake_path(ABSOLUTE_PATH arg_LIST OUTPUT_VARIABLE list)
  cmake_path(GET list PARENT_PATH directory)
  # The dependencies below depend on the list.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list}")
  _embed_read_list("${list}" names)
  list(TRANSFORM names PREPEND "${directory}/" OUTPUT_VARIABLE files)

  set(source "${CMAKE_CURRENT_BINARY_DIR}/${arg_FUNCTION}.cpp")
  add_custom_command(OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" -D "LIST=${list}" -D "FUNCTION=${arg_FUNCTION}"
            -D "OUTPUT=${source}" -P "${CMAKE_CURRENT_FUNCTION_LIST_FILE}"
    DEPENDS "${list}" ${files} "${CMAKE_CURRENT_FUNCTION_LIST_FILE}"
    COMMENT "Embedding the files of ${arg_LIST}"
    VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()

function(_embed_read_list list result)
  file(STRINGS "${list}" lines ENCODING UTF-8)
  set(names "")
  foreach(line IN LISTS lines)
    string(STRIP "${line}" line)
    if(line AND NOT line MATCHES "^#")
      list(APPEND names "${line}")
    endif()
  endforeach()
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

# An array definition from hexadecimal digits. The trailing zero is for empty files, because C++ has no
# empty arrays.
function(_embed_array name hex result)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  set(${result} "constexpr unsigned char ${name}[] = {\n${bytes}0};\n" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  cmake_minimum_required(VERSION 3.25)
  cmake_path(GET LIST PARENT_PATH directory)
  _embed_read_list("${LIST}" names)
  set(arrays "")
  set(rows "")
  set(index 0)
  foreach(name IN LISTS names)
    set(file "${directory}/${name}")
    file(READ "${file}" hex HEX)
    file(SHA256 "${file}" hash)
    string(SUBSTRING "${hash}" 0 32 etag)
    string(LENGTH "${hex}" digits)
    math(EXPR size "${digits} / 2")
    _embed_array(file_${index} "${hex}" array)
    string(APPEND arrays "${array}")

    file(ARCHIVE_CREATE OUTPUT "${OUTPUT}.gz" PATHS "${file}"
      FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
    file(READ "${OUTPUT}.gz" hex HEX)
    file(REMOVE "${OUTPUT}.gz")
    # Clear the timestamp in bytes 4 to 7 (RFC 1952), for reproducible builds.
    string(SUBSTRING "${hex}" 0 8 start)
    string(SUBSTRING "${hex}" 16 -1 rest)
    set(hex "${start}00000000${rest}")
    string(LENGTH "${hex}" digits)
    math(EXPR gzip_size "${digits} / 2")
    math(EXPR worth "${size} * 9 / 10")
    if(gzip_size LESS worth)
      _embed_array(gzip_${index} "${hex}" array)
      string(APPEND arrays "${array}")
      set(gzip "{gzip_${index}, ${gzip_size}}")
    else()
      set(gzip "{}")
    endif()
    string(APPEND rows "    {\"${name}\", \"${etag}\", {file_${index}, ${size}}, ${gzip}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE "${OUTPUT}" "// Generated from ${LIST}.\n"
    "#include \"web/embedded_file.hpp\"\n\n#include <array>\n\n"
    "namespace imagegallery {\nnamespace {\n\n${arrays}\n"
    "constexpr std::array<EmbeddedFile, ${index}> files{{\n${rows}}};\n\n}  // namespace\n\n"
    "std::span<const EmbeddedFile> ${FUNCTION}() noexcept { return files; }\n\n"
    "}  // namespace imagegallery\n")
endif()
