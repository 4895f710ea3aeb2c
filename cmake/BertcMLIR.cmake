# LLVM, MLIR and lld 22 as the distribution packages them: shared libraries but for lld.

# The package accepts its exact version only, so the major version is checked here.
find_package(MLIR REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "bertc needs LLVM and MLIR 22, found ${LLVM_VERSION}")
endif()
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# MLIR's headers are not clean under -Wextra: take them as system headers.
add_library(bertc_mlir INTERFACE)
target_include_directories(bertc_mlir SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
separate_arguments(BERTC_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(bertc_mlir INTERFACE ${BERTC_LLVM_DEFINITIONS})
target_link_libraries(bertc_mlir INTERFACE MLIR LLVM)
