//===- Variants.cpp -------------------------------------------------------===//

#include "compiler/Variants.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <iterator>
#include <utility>

using namespace bertc;

namespace {

llvm::SmallVector<llvm::StringRef> split(llvm::StringRef features) {
  llvm::SmallVector<llvm::StringRef> list;
  features.split(list, ',', -1, /*KeepEmpty=*/false);
  return list;
}

/// Greater means tried earlier.
std::pair<size_t, Isa> capability(const Variant &variant) {
  return {split(variant.target.extraFeatures).size(), variant.target.isa};
}

} // namespace

llvm::Expected<std::vector<Variant>>
bertc::describeTargets(llvm::ArrayRef<std::string> cpus) {
  std::vector<Variant> variants;
  for (const std::string &cpu : cpus) {
    llvm::Expected<TargetDescription> target = TargetDescription::get(cpu);
    if (!target)
      return target.takeError();
    auto same = llvm::find_if(variants, [&](const Variant &other) {
      return other.target.name == target->name;
    });
    if (same != variants.end())
      return llvm::createStringError(
          same->cpu == cpu ? "--target-cpu: \"" + cpu + "\" is there twice"
                           : "--target-cpu: \"" + same->cpu + "\" and \"" +
                                 cpu + "\" are the same CPU here");
    Variant &variant = variants.emplace_back();
    variant.cpu = cpu;
    variant.target = std::move(*target);
  }
  return std::move(variants);
}

llvm::Error bertc::chooseF32Products(llvm::MutableArrayRef<Variant> variants,
                                     llvm::StringRef name) {
  if (name.empty())
    return llvm::Error::success();
  std::string why;
  for (Variant &variant : variants)
    if (llvm::Error error = variant.target.setF32Products(name))
      why = llvm::toString(std::move(error));
    else
      variant.f32Products = name.str();
  const bool isChosen = llvm::any_of(variants, [](const Variant &variant) {
    return !variant.f32Products.empty();
  });
  return isChosen ? llvm::Error::success() : llvm::createStringError(why);
}

void bertc::sortByCapability(std::vector<Variant> &variants) {
  auto isTriedBefore = [](const Variant &a, const Variant &b) {
    return capability(a) > capability(b);
  };
  // By insertion: std::stable_sort's buffer is deprecated in C++17.
  for (auto place = variants.begin(); place != variants.end(); ++place)
    std::rotate(
        std::upper_bound(variants.begin(), place, *place, isTriedBefore), place,
        std::next(place));
}

const Variant *bertc::variantInFrontOf(llvm::ArrayRef<Variant> variants,
                                       size_t index) {
  auto features = split(variants[index].target.requiredFeatures);
  for (const Variant &other : variants.take_front(index))
    if (llvm::all_of(split(other.target.requiredFeatures),
                     [&](llvm::StringRef feature) {
                       return llvm::is_contained(features, feature);
                     }))
      return &other;
  return nullptr;
}
