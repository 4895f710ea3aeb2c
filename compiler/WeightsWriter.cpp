//===- WeightsWriter.cpp --------------------------------------------------===//

#include "compiler/WeightsWriter.h"

#include "compiler/ElfObject.h"
#include "compiler/Errors.h"
#include "compiler/OutputFile.h"
#include "dialect/PackedLayout.h"
#include "dialect/Quantization.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

using namespace bertc;

namespace {

/// A source of a stored parameter and where it starts in the concatenation.
struct Part {
  llvm::StringRef symbol;
  int64_t first = 0, count = 0; ///< elements
};

/// A stored parameter with its sources looked up.
struct Job {
  const StoredParameter *parameter = nullptr;
  std::vector<Part> parts;
  int64_t rows = 0, columns = 1;
  /// Of what is written at a time: a panel, or an element of what is not
  /// packed.
  int64_t unitElements = 1;

  int64_t units() const {
    return parameter->isPacked()
               ? int64_t(llvm::divideCeil(rows, parameter->panel))
               : rows * columns;
  }
  int64_t unitBytes() const {
    return unitElements * bert::bytesOf(parameter->precision);
  }

  /// Reads the elements [first, first + out.size()) of the concatenation.
  llvm::Error read(const ParameterSource &source, int64_t first,
                   llvm::MutableArrayRef<float> out) const {
    for (const Part &part : parts) {
      if (out.empty() || first >= part.first + part.count)
        continue;
      int64_t local = first - part.first;
      size_t count = std::min<int64_t>(part.count - local, out.size());
      if (llvm::Error error =
              source.read(part.symbol, local, out.take_front(count)))
        return error;
      out = out.drop_front(count);
      first += count;
    }
    return llvm::Error::success();
  }
};

/// What one thread does at a time: panels of a packed parameter, elements of a
/// plain one.
struct Piece {
  const Job *job = nullptr;
  int64_t first = 0, count = 0;
};

/// Large enough that a system call a piece is nothing, small enough for L2.
constexpr int64_t pieceBytes = 1 << 20;

llvm::Error unfit(const StoredParameter &parameter, const char *what) {
  return defect("parameter \"" + parameter.name + "\": " + what);
}

llvm::Expected<Job> prepare(const StoredParameter &parameter,
                            const ParameterSource &source) {
  Job job;
  job.parameter = &parameter;
  if (parameter.shape.empty() || parameter.shape.size() > 2)
    return unfit(parameter, "a stored parameter has rank 1 or 2");
  job.rows = parameter.shape[0];
  job.columns = parameter.shape.size() == 2 ? parameter.shape[1] : 1;
  if (parameter.isPacked())
    job.unitElements = parameter.panel * parameter.storedShape()[1] *
                       bert::groupOf(parameter.precision);
  else if (parameter.precision != bert::Precision::f32)
    return unfit(parameter, "what is not packed is f32");
  int64_t elements = 0;
  for (const std::string &symbol : parameter.sources) {
    llvm::Expected<llvm::ArrayRef<int64_t>> shape = source.shape(symbol);
    if (!shape)
      return shape.takeError();
    int64_t count = 1;
    for (int64_t size : *shape)
      count *= size;
    job.parts.push_back({symbol, elements, count});
    elements += count;
  }
  if (elements != job.rows * job.columns)
    return unfit(parameter, "its sources do not add up to its shape");
  if (parameter.bytes < job.units() * job.unitBytes())
    return unfit(parameter, "its place is smaller than its value");
  return job;
}

/// Cuts the jobs into pieces, in the order of the file.
std::vector<Piece> cut(llvm::ArrayRef<Job> jobs) {
  std::vector<Piece> pieces;
  for (const Job &job : jobs) {
    int64_t step = std::max<int64_t>(1, pieceBytes / job.unitBytes());
    for (int64_t first = 0; first < job.units(); first += step)
      pieces.push_back({&job, first, std::min(step, job.units() - first)});
  }
  return pieces;
}

/// One thread's buffers.
class Packer {
public:
  Packer(const ParameterSource &source, const PositionedWriter &file,
         uint64_t base)
      : source(source), file(file), base(base) {}

  llvm::Error operator()(const Piece &piece) {
    const Job &job = *piece.job;
    if (!job.parameter->isPacked()) {
      packed.resize(piece.count);
      if (llvm::Error error = job.read(source, piece.first, packed))
        return error;
      return write(piece, packed.data());
    }
    switch (job.parameter->precision) {
    case bert::Precision::f32:
      return writePanels(piece, packPanel, packed);
    case bert::Precision::bf16:
      return writePanels(piece, packPanelPairs, pairs);
    case bert::Precision::int8:
      return writePanels(piece, packPanelIntegers, integers);
    }
    llvm_unreachable("a precision");
  }

private:
  llvm::Error write(const Piece &piece, const void *units) {
    const int64_t unitBytes = piece.job->unitBytes();
    return file.write(base + piece.job->parameter->offset +
                          piece.first * unitBytes,
                      units, piece.count * unitBytes);
  }

  /// Panels of elements of T, one after the other.
  template <typename T, typename Pack>
  llvm::Error writePanels(const Piece &piece, Pack pack,
                          std::vector<T> &panels) {
    const Job &job = *piece.job;
    int64_t panel = job.parameter->panel;
    panels.resize(piece.count * job.unitElements);
    for (int64_t i = 0; i < piece.count; ++i) {
      int64_t row = (piece.first + i) * panel;
      int64_t count = std::min(panel, job.rows - row);
      rows.resize(count * job.columns);
      if (llvm::Error error = job.read(source, row * job.columns, rows))
        return error;
      pack(rows.data(), count, job.columns, panel,
           panels.data() + i * job.unitElements);
    }
    return write(piece, panels.data());
  }

  const ParameterSource &source;
  const PositionedWriter &file;
  uint64_t base;
  std::vector<float> rows, packed;
  std::vector<uint16_t> pairs;
  std::vector<int8_t> integers;
};

/// The nearest bf16, ties to even.
uint16_t toBf16(float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return uint16_t(bits >> 16 | 0x40); // quiet
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

} // namespace

void bertc::packPanel(const float *rows, int64_t count, int64_t columns,
                      int64_t panel, float *packed) {
  // A block of 16 columns is one cache line of each row: all lines of a block,
  // read and written, stay in L1.
  constexpr int64_t block = 16;
  for (int64_t k0 = 0; k0 < columns; k0 += block) {
    int64_t k1 = std::min(k0 + block, columns);
    for (int64_t k = k0; k < k1; ++k) {
      float *line = packed + k * panel;
      for (int64_t j = 0; j < count; ++j)
        line[j] = rows[j * columns + k];
      std::fill(line + count, line + panel, 0.0f);
    }
  }
}

void bertc::packPanelPairs(const float *rows, int64_t count, int64_t columns,
                           int64_t panel, uint16_t *packed) {
  constexpr int64_t block = 16; // as above
  const int64_t used = (columns + 1) / 2;
  const int64_t groups = bert::groupsOf(columns, bert::Precision::bf16);
  std::fill(packed + used * panel * 2, packed + groups * panel * 2,
            uint16_t(0));
  for (int64_t k0 = 0; k0 < columns; k0 += block) {
    int64_t k1 = std::min(k0 + block, columns);
    for (int64_t k = k0; k < k1; k += 2) {
      uint16_t *line = packed + k * panel;
      std::fill(line, line + 2 * panel, uint16_t(0));
      for (int64_t j = 0; j < count; ++j) {
        const float *pair = rows + j * columns + k;
        line[2 * j] = toBf16(pair[0]);
        if (k + 1 < columns)
          line[2 * j + 1] = toBf16(pair[1]);
      }
    }
  }
}

void bertc::packPanelIntegers(const float *rows, int64_t count, int64_t columns,
                              int64_t panel, int8_t *packed) {
  const int64_t groups = bert::groupsOf(columns, bert::Precision::int8);
  std::fill(packed, packed + (groups + 2) * panel * 4, int8_t(0));
  for (int64_t j = 0; j < count; ++j) {
    const float *row = rows + j * columns;
    float most = 0;
    for (int64_t k = 0; k < columns; ++k)
      // Keeps a NaN: the scale is one then, and so are the results.
      if (!std::isnan(most) && !(std::fabs(row[k]) <= most))
        most = std::fabs(row[k]);
    const bool isNumber = most <= std::numeric_limits<float>::max();
    const float scale = most / 127;
    const float inverse = most > leastRange && isNumber ? 127 / most : 0;
    int32_t sum = 0;
    for (int64_t k = 0; k < columns && isNumber; ++k) {
      const auto q = static_cast<int8_t>(std::nearbyint(row[k] * inverse));
      packed[(k / 4 * panel + j) * 4 + k % 4] = q;
      sum += q;
    }
    std::memcpy(packed + (groups * panel + j) * 4, &sum, 4);
    std::memcpy(packed + ((groups + 1) * panel + j) * 4, &scale, 4);
  }
}

llvm::Error
bertc::writeWeightsObject(llvm::StringRef path,
                          llvm::ArrayRef<StoredParameter> parameters,
                          const ParameterSource &source, unsigned threads) {
  std::vector<Job> jobs;
  ElfDataObject object{weightsSection.str(), weightsSymbol.str()};
  for (const StoredParameter &parameter : parameters) {
    llvm::Expected<Job> job = prepare(parameter, source);
    if (!job)
      return job.takeError();
    jobs.push_back(std::move(*job));
    object.bytes =
        std::max<uint64_t>(object.bytes, parameter.offset + parameter.bytes);
  }

  llvm::Expected<PositionedWriter> file =
      PositionedWriter::create(path, object.fileBytes());
  if (!file)
    return file.takeError();
  std::string head = object.head(), tail = object.tail();
  if (llvm::Error error = file->write(0, head.data(), head.size()))
    return error;
  if (llvm::Error error =
          file->write(object.tailOffset(), tail.data(), tail.size()))
    return error;

  std::vector<Piece> pieces = cut(jobs);
  std::atomic<size_t> next{0};
  std::mutex mutex;
  llvm::Error failure = llvm::Error::success();
  auto work = [&] {
    Packer pack(source, *file, object.dataOffset());
    for (size_t i = next++; i < pieces.size(); i = next++) {
      if (llvm::Error error = pack(pieces[i])) {
        std::lock_guard<std::mutex> lock(mutex);
        if (failure)
          llvm::consumeError(std::move(error)); // one line says enough
        else
          failure = std::move(error);
        next = pieces.size();
      }
    }
  };
  if (threads == 0)
    threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> workers;
  for (unsigned i = 1; i < threads; ++i)
    workers.emplace_back(work);
  work();
  for (std::thread &worker : workers)
    worker.join();
  if (failure)
    return failure;
  return file->close();
}
