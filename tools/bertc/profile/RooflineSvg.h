//===- RooflineSvg.h - a profile under its roofs, as a picture ------------===//

#ifndef BERTC_TOOLS_BERTC_PROFILE_ROOFLINESVG_H
#define BERTC_TOOLS_BERTC_PROFILE_ROOFLINESVG_H

#include "tools/bertc/profile/Profile.h"

#include <string>
#include <vector>

namespace bertc {

/// What the picture is about, in two lines.
struct RooflineTitle {
  std::string run, machine;
};

/// One SVG document, which needs nothing else: both axes logarithmic, a disc
/// for each kernel with products, as large as its share of the run, beside it
/// its name; the others in lines below. Bright or dark as its reader likes.
std::string drawRoofline(const RooflineTitle &title,
                         const std::vector<KernelTime> &kernels, double runMs,
                         Roofs &roofs);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_PROFILE_ROOFLINESVG_H
