# SPDX-License-Identifier: Apache-2.0
# cmake -D PROGRAM=… -D IMAGES=… -D WORK=… -P quickstart.cmake: runs the quickstart in an empty
# directory with two photographs and checks its output.
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
file(COPY_FILE "${IMAGES}/jpeg-baseline.jpg" "${WORK}/pump.jpg")
file(COPY_FILE "${IMAGES}/jpeg-444.jpg" "${WORK}/pump-new.jpg")
execute_process(COMMAND "${PROGRAM}" WORKING_DIRECTORY "${WORK}" OUTPUT_VARIABLE output
  COMMAND_ERROR_IS_FATAL ANY)
foreach(line IN ITEMS
    "/api/images/tenant/pump.jpg: "
    "1 of 1 images"
    ", not modified since"
    "imported as pump.jpg"
    "Pump 7, north hall, revision 3"
    "pump.jpg is in use by North hall"
    "removed")
  string(FIND "${output}" "${line}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "the quickstart did not print \"${line}\":\n${output}")
  endif()
endforeach()
execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files "${WORK}/pump.jpg" "${WORK}/pump-copy.jpg"
  COMMAND_ERROR_IS_FATAL ANY)
