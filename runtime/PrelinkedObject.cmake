# bertc links artifacts on machines without a compiler. What it adds to each is linked here
# into one relocatable object, with the parts of the C++ library that it uses, so that only
# symbols of the C library are left open.
#
# bertc_add_prelinked_object(NAME FILES file... DEPENDS target... [WITH object...]
#                            [EXPORTS pattern...])
#   Makes lib/bertc/NAME in the build folder from FILES (objects and archives, in this order).
#   Then links it once, together with the objects of lib/bertc in WITH, to a program on the C
#   library alone: the build fails where it needs anything else but the model.
#   With EXPORTS only symbols of these names stay visible: a host may have a C++ library of its
#   own, and the two must not meet, neither by name nor as members of one section group.

find_program(BERTC_LD_LLD NAMES ld.lld-22 ld.lld HINTS /usr/lib/llvm-22/bin REQUIRED)
find_program(BERTC_OBJCOPY NAMES llvm-objcopy-22 llvm-objcopy HINTS /usr/lib/llvm-22/bin REQUIRED)
set(BERTC_ARTIFACT_FILES_DIR ${PROJECT_BINARY_DIR}/lib/bertc)
file(MAKE_DIRECTORY ${BERTC_ARTIFACT_FILES_DIR})

# bertc_find_linker_file(VARIABLE crti.o): a file of the C or C++ library.
function(bertc_find_linker_file variable name)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${name}
    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT EXISTS "${path}")
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} does not find ${name}")
  endif()
  set(${variable} ${path} PARENT_SCOPE)
endfunction()

bertc_find_linker_file(BERTC_LIBC libc.so.6)
bertc_find_linker_file(BERTC_LIBM libm.so.6)
bertc_find_linker_file(BERTC_LOADER ld-linux-x86-64.so.2)

function(bertc_add_prelinked_object name)
  cmake_parse_arguments(arg "" "" "FILES;DEPENDS;WITH;EXPORTS" ${ARGN})
  set(output ${BERTC_ARTIFACT_FILES_DIR}/${name})
  list(TRANSFORM arg_WITH PREPEND ${BERTC_ARTIFACT_FILES_DIR}/)
  set(groups)
  set(hide)
  if(arg_EXPORTS)
    set(groups --force-group-allocation)
    list(TRANSFORM arg_EXPORTS PREPEND --keep-global-symbol=)
    set(hide COMMAND ${BERTC_OBJCOPY} --wildcard ${arg_EXPORTS} ${output})
  endif()
  add_custom_command(OUTPUT ${output}
    COMMAND ${BERTC_LD_LLD} -m elf_x86_64 -r --strip-debug ${groups} -o ${output} ${arg_FILES}
    ${hide}
    COMMAND ${BERTC_LD_LLD} -m elf_x86_64 -shared -z defs -o /dev/null
      --defsym=bertc_artifact_descriptor=0 --defsym=main=0 ${output} ${arg_WITH}
      ${BERTC_LIBC} ${BERTC_LIBM} ${BERTC_LOADER}
    DEPENDS ${arg_DEPENDS} ${arg_WITH}
    COMMENT "Linking ${name}" COMMAND_EXPAND_LISTS VERBATIM)
endfunction()

# bertc_artifact_library(VARIABLE target): the target itself or, in a build with sanitizers, a
# copy of it without them, since their library is not there when artifacts are linked.
function(bertc_artifact_library variable target)
  if(NOT BERTC_SANITIZE)
    set(${variable} ${target} PARENT_SCOPE)
    return()
  endif()
  get_target_property(folder ${target} SOURCE_DIR)
  get_target_property(sources ${target} SOURCES)
  list(TRANSFORM sources PREPEND ${folder}/)
  set(copy ${target}_in_artifact)
  add_library(${copy} STATIC ${sources})
  foreach(property INCLUDE_DIRECTORIES COMPILE_DEFINITIONS COMPILE_OPTIONS LINK_LIBRARIES)
    get_target_property(value ${target} ${property})
    if(value)
      set_property(TARGET ${copy} PROPERTY ${property} ${value})
    endif()
  endforeach()
  target_compile_options(${copy} PRIVATE -O2 -fno-sanitize=all)
  set(${variable} ${copy} PARENT_SCOPE)
endfunction()
