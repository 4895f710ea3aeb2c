# bertc_add_unit_test(NAME bertc_unit_io SOURCES A.cpp B.cpp LIBRARIES bertc_io)
#
# One GoogleTest program with gtest_main and gmock, registered with ctest under the label
# `unit`. It may read the source tree through BERTC_SOURCE_DIR. Left out where one of bertc's
# libraries is not part of the build (BERTC_BUILD_COMPILER=OFF).
function(bertc_add_unit_test)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LIBRARIES" ${ARGN})
  foreach(library IN LISTS arg_LIBRARIES)
    if(library MATCHES "^bertc_" AND NOT TARGET ${library})
      message(STATUS "${arg_NAME} is left out: no ${library} in this build")
      return()
    endif()
  endforeach()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_compile_definitions(${arg_NAME} PRIVATE BERTC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  set_target_properties(${arg_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin/unit)
  add_test(NAME ${arg_NAME} COMMAND ${arg_NAME})
  set_tests_properties(${arg_NAME} PROPERTIES LABELS unit)
  set_property(GLOBAL APPEND PROPERTY BERTC_UNIT_TESTS ${arg_NAME})
endfunction()
