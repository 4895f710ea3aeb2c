//===- Link.cpp -----------------------------------------------------------===//

#include "compiler/Link.h"

#include "compiler/Errors.h"
#include "compiler/OutputFile.h"
#include "compiler/Seal.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

LLD_HAS_DRIVER(elf)

using namespace bertc;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace {

/// Where distributions keep the C library that programs run with; none of these
/// needs a development package.
constexpr const char *libraryFolders[] = {"/lib/x86_64-linux-gnu",
                                          "/usr/lib/x86_64-linux-gnu",
                                          "/lib64",
                                          "/usr/lib64",
                                          "/lib",
                                          "/usr/lib"};
constexpr const char *loader = "/lib64/ld-linux-x86-64.so.2";

llvm::Expected<std::string> findLibrary(llvm::StringRef name) {
  for (llvm::StringRef folder : libraryFolders) {
    llvm::SmallString<128> file(folder);
    path::append(file, name);
    if (fs::exists(file))
      return file.str().str();
  }
  return llvm::createStringError(
      "%s: not found in /lib/x86_64-linux-gnu, /lib64 or /usr/lib64; the GNU C "
      "library for x86-64 is needed to link",
      name.str().c_str());
}

/// lld's complaint as one line.
llvm::Error linkFailed(llvm::StringRef diagnostics) {
  for (int code : {ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM})
    if (diagnostics.contains(std::strerror(code)))
      return llvm::createStringError("cannot write: %s", std::strerror(code));
  llvm::StringRef first = diagnostics.ltrim().split('\n').first;
  first.consume_front("ld.lld: ");
  first.consume_front("error: ");
  return defect("linking failed: " +
                (first.empty() ? "no reason given" : first));
}

/// An error where the disk has no room for what lld makes of the objects among
/// `arguments`, which is not larger than they are. lld writes into a mapping of
/// a file that has holes: a full disk would end the process by a signal.
llvm::Error checkRoom(llvm::ArrayRef<std::string> arguments,
                      llvm::StringRef output) {
  uint64_t bytes = 0;
  for (llvm::StringRef argument : arguments) {
    if (!argument.ends_with(".o"))
      continue;
    uint64_t size = 0;
    if (std::error_code code = fs::file_size(argument, size))
      return fileError(argument, code.message());
    bytes += size;
  }
  llvm::Expected<PositionedWriter> room =
      PositionedWriter::create(output, bytes);
  if (!room)
    return room.takeError();
  if (llvm::Error error = room->close())
    return error;
  // The room is lld's from here on.
  llvm::Expected<PositionedWriter> empty = PositionedWriter::create(output, 0);
  return empty ? empty->close() : empty.takeError();
}

llvm::Error runLld(llvm::ArrayRef<std::string> arguments,
                   llvm::StringRef output) {
  if (llvm::Error error = checkRoom(arguments, output))
    return error;
  std::vector<const char *> pointers{"ld.lld"};
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  static std::mutex oneAtATime;
  std::lock_guard<std::mutex> lock(oneAtATime);
  std::string out, err;
  llvm::raw_string_ostream outStream(out), errStream(err);
  const lld::DriverDef drivers[] = {{lld::Gnu, &lld::elf::link}};
  lld::Result result = lld::lldMain(pointers, outStream, errStream, drivers);
  if (result.retCode != 0)
    return linkFailed(err);
  return llvm::Error::success();
}

llvm::Error linkWithLld(ArtifactKind kind, const ModelObjects &model,
                        const RuntimeFiles &runtime, llvm::StringRef output) {
  // The weights are copied whole: hashing them for a build id would double it.
  std::vector<std::string> arguments{
      "-m",          "elf_x86_64", "--build-id=none", "-z",
      "noexecstack", "-o",         output.str()};
  for (const LinkedObject &object : model.code)
    arguments.push_back(object.path);
  arguments.push_back(model.weights);
  if (kind == ArtifactKind::object) {
    arguments.insert(arguments.end(), {"-r"});
    return runLld(arguments, output);
  }

  arguments.insert(arguments.end(),
                   {"-z", "now", "-z", "relro", "--gc-sections",
                    "--hash-style=gnu", "--strip-debug", "--eh-frame-hdr",
                    "--no-undefined", runtime.runtime});
  llvm::Expected<TemporaryFile> exports =
      TemporaryFile::create(output, ".exports");
  if (!exports)
    return exports.takeError();
  if (llvm::Error error = exports->write("{ global: bertc_*; local: *; };\n"))
    return error;
  if (kind == ArtifactKind::shared) {
    arguments.insert(arguments.end(), {"-shared", "-Bsymbolic",
                                       "--version-script", exports->path()});
    if (model.hasTokenizer)
      arguments.push_back(runtime.text);
  } else {
    arguments.insert(arguments.end(),
                     {"-pie", "--dynamic-linker", loader, runtime.executable});
  }

  arguments.push_back("--as-needed");
  for (llvm::StringRef name : {"libc.so.6", "libm.so.6"}) {
    llvm::Expected<std::string> library = findLibrary(name);
    if (!library)
      return library.takeError();
    arguments.push_back(*library);
  }
  arguments.push_back(loader); // for __tls_get_addr, where anything needs it
  return runLld(arguments, output);
}

llvm::Error writeArchive(const ModelObjects &model, const RuntimeFiles &runtime,
                         llvm::StringRef output) {
  std::vector<llvm::NewArchiveMember> list;
  // Temporary names would make two compilations of a model differ.
  std::vector<LinkedObject> members = model.code;
  members.insert(members.end(), {{model.weights, "weights.o"},
                                 {runtime.runtime, "bertc_runtime.o"},
                                 {runtime.text, "bertc_text.o"}});
  for (const LinkedObject &object : members) {
    llvm::Expected<llvm::NewArchiveMember> member =
        llvm::NewArchiveMember::getFile(object.path, /*Deterministic=*/true);
    if (!member)
      return fileError(object.path, llvm::toString(member.takeError()));
    member->MemberName = object.member;
    list.push_back(std::move(*member));
  }

  std::error_code code;
  llvm::raw_fd_ostream out(output, code);
  if (code)
    return llvm::createStringError("cannot write: " + code.message());
  llvm::Error error = llvm::writeArchiveToStream(
      out, list, llvm::SymtabWritingMode::NormalSymtab,
      llvm::object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  out.close();
  if (out.has_error()) {
    code = out.error();
    out.clear_error();
    llvm::consumeError(std::move(error));
    return llvm::createStringError("cannot write: " + code.message());
  }
  return error;
}

/// To the folder of `output`.
llvm::Error copyHeader(llvm::StringRef header, llvm::StringRef output) {
  auto text = llvm::MemoryBuffer::getFile(header);
  if (!text)
    return fileError(header, text.getError().message());
  llvm::SmallString<128> target(path::parent_path(output));
  path::append(target, path::filename(header));
  return writeFileWhole(target, (*text)->getBuffer());
}

} // namespace

llvm::Expected<RuntimeFiles> RuntimeFiles::find() {
  llvm::SmallString<128> folder;
  if (const char *named = std::getenv("BERTC_RUNTIME")) {
    folder = named;
  } else {
    static int anchor;
    folder = path::parent_path(path::parent_path(
        fs::getMainExecutable("bertc", static_cast<void *>(&anchor))));
    path::append(folder, "lib", "bertc");
  }
  auto file = [&](llvm::StringRef name) {
    llvm::SmallString<128> result = folder;
    path::append(result, name);
    return result.str().str();
  };
  RuntimeFiles files{
      file("bertc_runtime.o"),
      file("bertc_text.o"),
      file("bertc_main.o"),
      {file("bertc.h"), file("bertc_text.h"), file("bertc_train.h")}};
  for (const std::string *name :
       {&files.runtime, &files.text, &files.executable, &files.headers[0],
        &files.headers[1], &files.headers[2]})
    if (!fs::exists(*name))
      return fileError(*name, "missing; it comes with bertc and stands in "
                              "lib/bertc beside its bin folder");
  return files;
}

llvm::Error bertc::link(ArtifactKind kind, const ModelObjects &model,
                        const RuntimeFiles &runtime, llvm::StringRef output) {
  llvm::Expected<TemporaryFile> aside = TemporaryFile::create(output, ".tmp");
  if (!aside)
    return inFile(output, aside.takeError());
  bool archive = kind == ArtifactKind::staticLibrary;
  llvm::Error error = archive
                          ? writeArchive(model, runtime, aside->path())
                          : linkWithLld(kind, model, runtime, aside->path());
  if (error)
    return inFile(output, std::move(error));
  if (kind == ArtifactKind::shared)
    if (llvm::Error failed = sealArtifact(aside->path()))
      return inFile(output, std::move(failed));
  if (archive)
    for (const std::string &header : runtime.headers)
      if (llvm::Error failed = copyHeader(header, output))
        return failed;
  if (llvm::Error failed = aside->keep(output))
    return inFile(output, std::move(failed));
  return llvm::Error::success();
}
