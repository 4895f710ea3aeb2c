//===- SafetensorsHeader.cpp ----------------------------------------------===//

#include "runtime/io/SafetensorsHeader.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

using namespace bertc::io;
using Json = nlohmann::json;

namespace {

/// Takes the events of the parser one by one: a document tree would have
/// forgotten that a name stood there twice, and costs memory that a hostile
/// header decides on.
class HeaderReader : public Json::json_sax_t {
public:
  SafetensorsHeader header;
  std::string error;

  bool key(string_t &text) override {
    switch (place) {
    case Place::top:
      if (!names.insert(text).second)
        return fail("tensor \"" + text + "\" stands there twice");
      if (text == "__metadata__") {
        place = Place::metadataStart;
        return true;
      }
      header.tensors.emplace_back();
      header.tensors.back().name = text;
      seen = 0;
      place = Place::tensorStart;
      return true;
    case Place::metadata:
      field = text;
      return true;
    case Place::tensor:
      for (int i = 0; i < 3; ++i)
        if (text == fields[i]) {
          if (seen & 1 << i)
            return failTensor(text + " stands there twice");
          seen |= 1 << i;
          field = text;
          return true;
        }
      return failTensor("unknown field \"" + text + "\"");
    default:
      return unexpected();
    }
  }

  bool start_object(size_t) override {
    switch (place) {
    case Place::start:
      place = Place::top;
      return true;
    case Place::metadataStart:
      place = Place::metadata;
      return true;
    case Place::tensorStart:
      place = Place::tensor;
      return true;
    default:
      return unexpected();
    }
  }

  bool end_object() override {
    if (place == Place::tensor)
      for (int i = 0; i < 3; ++i)
        if (!(seen & 1 << i))
          return failTensor(std::string("has no ") + fields[i]);
    place = place == Place::top ? Place::end : Place::top;
    return true;
  }

  bool start_array(size_t) override {
    if (place != Place::tensor || field == "dtype")
      return unexpected();
    place = field == "shape" ? Place::shape : Place::offsets;
    numOffsets = 0;
    return true;
  }

  bool end_array() override {
    if (place == Place::offsets && numOffsets != 2)
      return failTensor("data_offsets are not two numbers");
    place = Place::tensor;
    return true;
  }

  bool string(string_t &text) override {
    if (place == Place::metadata) {
      header.metadata[field] = text;
      return true;
    }
    if (place != Place::tensor || field != "dtype")
      return unexpected();
    std::optional<DType> type = dtypeNamed(text);
    if (!type)
      return failTensor("unknown dtype \"" + text + "\"");
    header.tensors.back().dtype = *type;
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    TensorEntry *tensor =
        header.tensors.empty() ? nullptr : &header.tensors.back();
    if (place == Place::shape) {
      if (value > uint64_t(std::numeric_limits<int64_t>::max()))
        return failTensor("shape with the size " + std::to_string(value));
      // More than any tensor has, before they take memory.
      if (tensor->shape.size() == 64)
        return failTensor("shape of more than 64 dimensions");
      tensor->shape.push_back(static_cast<int64_t>(value));
      return true;
    }
    if (place == Place::offsets) {
      if (numOffsets < 2)
        (numOffsets ? tensor->end : tensor->begin) = value;
      numOffsets = numOffsets < 2 ? numOffsets + 1 : 3;
      return true;
    }
    return unexpected();
  }

  bool number_integer(number_integer_t value) override {
    if (place == Place::shape || place == Place::offsets)
      return failTensor((place == Place::shape ? "shape" : "data_offsets") +
                        std::string(" with the negative number ") +
                        std::to_string(value));
    return unexpected();
  }
  bool number_float(number_float_t, const string_t &) override {
    return unexpected();
  }
  bool null() override { return unexpected(); }
  bool boolean(bool) override { return unexpected(); }
  bool binary(binary_t &) override { return unexpected(); }
  bool parse_error(size_t position, const std::string &,
                   const nlohmann::detail::exception &) override {
    return fail("not valid JSON at byte " + std::to_string(position));
  }

private:
  enum class Place {
    start,
    top,
    metadataStart,
    metadata,
    tensorStart,
    tensor,
    shape,
    offsets,
    end
  };
  static constexpr const char *fields[] = {"dtype", "shape", "data_offsets"};

  bool fail(const std::string &message) {
    if (error.empty())
      error = "header: " + oneLine(message);
    return false;
  }
  bool failTensor(const std::string &message) {
    return fail("tensor \"" + header.tensors.back().name + "\": " + message);
  }
  bool unexpected() {
    switch (place) {
    case Place::tensorStart:
      return failTensor("expected an object of dtype, shape and data_offsets");
    case Place::tensor:
      return failTensor(
          field + (field == "dtype" ? " is not a string" : " is not a list"));
    case Place::shape:
      return failTensor("shape is not a list of whole numbers");
    case Place::offsets:
      return failTensor("data_offsets are not two whole numbers");
    case Place::metadataStart:
    case Place::metadata:
      return fail("__metadata__ is not an object of strings");
    default:
      return fail("expected an object of tensors");
    }
  }

  Place place = Place::start;
  std::string field;
  int seen = 0; ///< bit i: fields[i]
  int numOffsets = 0;
  std::unordered_set<std::string> names;
};

} // namespace

Result<SafetensorsHeader>
bertc::io::parseSafetensorsHeader(std::string_view json) {
  HeaderReader reader;
  if (!Json::sax_parse(json.begin(), json.end(), &reader))
    return Failure{reader.error.empty() ? "header: not valid JSON"
                                        : reader.error};
  return std::move(reader.header);
}
