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
# TableGen searches the folder's include directories, whatever its targets say.
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})

# MLIR's headers are not clean under -Wextra: take them as system headers.
add_library(bertc_mlir INTERFACE)
# So is what TableGen makes of our definitions.
target_include_directories(bertc_mlir SYSTEM INTERFACE
  ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS} ${PROJECT_BINARY_DIR})
separate_arguments(BERTC_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(bertc_mlir INTERFACE ${BERTC_LLVM_DEFINITIONS})
target_link_libraries(bertc_mlir INTERFACE MLIR LLVM)

# MLIR's headers take about 4 s to read and are the larger part of compiling a pass: the
# libraries read them once, precompiled. Executables cannot share it (-fPIE against -fPIC).
option(BERTC_PCH "Precompile MLIR's headers; off finds includes that a file forgot" ON)

if(BERTC_PCH)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/mlir_pch.cpp CONTENT "")
  add_library(bertc_mlir_pch OBJECT ${PROJECT_BINARY_DIR}/mlir_pch.cpp)
  target_link_libraries(bertc_mlir_pch PRIVATE bertc_mlir)
  # A time stamp inside would make each build's header new to ccache.
  target_compile_options(bertc_mlir_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(bertc_mlir_pch PRIVATE
    <mlir/Dialect/Arith/IR/Arith.h>
    <mlir/Dialect/Func/IR/FuncOps.h>
    <mlir/Dialect/LLVMIR/LLVMDialect.h>
    <mlir/Dialect/Math/IR/Math.h>
    <mlir/Dialect/MemRef/IR/MemRef.h>
    <mlir/Dialect/SCF/IR/SCF.h>
    <mlir/Dialect/Vector/IR/VectorOps.h>
    <mlir/IR/BuiltinOps.h>
    <mlir/IR/PatternMatch.h>
    <mlir/Pass/Pass.h>)
endif()

# bertc_use_mlir_pch(TARGET...): static libraries that link bertc_mlir.
function(bertc_use_mlir_pch)
  if(NOT BERTC_PCH)
    return()
  endif()
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      target_precompile_headers(${target} REUSE_FROM bertc_mlir_pch)
    endif()
  endforeach()
endfunction()
