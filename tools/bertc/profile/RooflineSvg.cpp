//===- RooflineSvg.cpp ----------------------------------------------------===//

#include "tools/bertc/profile/RooflineSvg.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

using namespace bertc;

namespace {

// Names stand in a column beside the plot and roofs in a line above it, so that
// no words overlap, however close the discs are.
constexpr double left = 70, top = 108, legend = 74, legendWidth = 190,
                 plotWidth = 560, namesLeft = 672;
constexpr double pictureWidth = 1000, leastPlotHeight = 380;
constexpr double nameHeight = 36, lineHeight = 17;

/// Colours by number of the roof; each is legible on both grounds.
constexpr const char *style = R"(<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.name { font-weight: 600 }
.minor { font-size: 11px; fill: #57606a }
.ground { fill: #ffffff }
.grid { stroke: #e4e7eb }
.lead { stroke: #8c959f; fill: none }
.roof { stroke-width: 2; fill: none }
.memory { stroke: #57606a }
.roof0 { stroke: #0969da } .disc0 { fill: #0969da; stroke: #0969da }
.roof1 { stroke: #bc4c00 } .disc1 { fill: #bc4c00; stroke: #bc4c00 }
.roof2 { stroke: #1a7f37 } .disc2 { fill: #1a7f37; stroke: #1a7f37 }
circle { fill-opacity: 0.35 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .minor { fill: #9198a1 }
  .ground { fill: #0d1117 }
  .grid { stroke: #262c36 }
  .lead { stroke: #6e7681 }
  .memory { stroke: #9198a1 }
  .roof0 { stroke: #4493f8 } .disc0 { fill: #4493f8; stroke: #4493f8 }
  .roof1 { stroke: #db6d28 } .disc1 { fill: #db6d28; stroke: #db6d28 }
  .roof2 { stroke: #3fb950 } .disc2 { fill: #3fb950; stroke: #3fb950 }
}
</style>
)";
constexpr size_t colours = 3;

[[gnu::format(printf, 1, 2)]] std::string formatted(const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  return text;
}

std::string escaped(const std::string &text) {
  std::string result;
  for (char c : text)
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    default:
      result += c;
    }
  return result;
}

/// A logarithmic axis that holds some values with room around them.
class Axis {
public:
  /// From `begin` to `end` on the picture.
  Axis(double least, double most, double begin, double end)
      : low(std::floor(2 * std::log10(least / 1.5)) / 2),
        high(std::ceil(2 * std::log10(most * 1.5)) / 2), begin(begin),
        end(end) {}

  double place(double value) const {
    return begin + (std::log10(value) - low) / (high - low) * (end - begin);
  }
  double least() const { return std::pow(10, low); }
  double most() const { return std::pow(10, high); }
  /// 1, 2 and 5 of each decade or, where there are many, 1 alone.
  std::vector<double> ticks() const {
    std::vector<double> result;
    for (double decade = std::floor(low); decade <= high; ++decade)
      for (double digit : {1.0, 2.0, 5.0}) {
        const double tick = digit * std::pow(10, decade);
        if ((digit == 1 || high - low < 3.5) && tick >= least() * 0.999 &&
            tick <= most() * 1.001)
          result.push_back(tick);
      }
    return result;
  }

private:
  double low, high; ///< powers of ten, in halves
  double begin, end;
};

/// A compute roof and the dtypes that it is of.
struct Peaks {
  double gflops = 0;
  std::string dtypes;
};

class Picture {
public:
  Picture(const std::vector<KernelTime> &kernels, double runMs, Roofs &roofs)
      : runMs(runMs), roofs(roofs) {
    for (const KernelTime &kernel : kernels)
      (kernel.intensity() > 0 && kernel.ms > 0 ? products : others)
          .push_back(kernel);
    plotHeight =
        std::max(leastPlotHeight, nameHeight * double(products.size()));
    for (const KernelTime &kernel : products)
      addPeak(kernel);
  }

  std::string draw(const RooflineTitle &title) {
    const double height = top + plotHeight + 64 +
                          (others.empty() ? 0 : lineHeight) +
                          lineHeight * double(others.size());
    svg = formatted("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
                    "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n",
                    pictureWidth, height, pictureWidth, height);
    svg += style;
    svg += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n";
    text(left, 30, "title", title.run);
    text(left, 50, "minor", title.machine);
    if (!products.empty())
      drawPlot();
    drawOthers();
    return svg + "</svg>\n";
  }

private:
  void addPeak(const KernelTime &kernel);
  size_t peakOf(const KernelTime &kernel) const;
  void drawPlot();
  void drawGrid(const Axis &x, const Axis &y);
  void drawRoofs(const Axis &x, const Axis &y);
  void drawKernels(const Axis &x, const Axis &y);
  void drawOthers();

  void text(double x, double y, const char *kind, const std::string &words,
            const char *more = "") {
    svg += formatted("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\"%s>", x, y, kind,
                     more) +
           escaped(words) + "</text>\n";
  }
  void line(double x1, double y1, double x2, double y2, const char *kind) {
    svg += formatted("<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", kind,
                     x1, y1, x2, y2);
  }

  std::vector<KernelTime> products, others;
  double runMs;
  Roofs &roofs;
  double plotHeight;
  std::vector<Peaks> peaks;
  std::string svg;
};

void Picture::addPeak(const KernelTime &kernel) {
  const double gflops = roofs.peak(kernel.dtype).gflops;
  auto known = std::find_if(peaks.begin(), peaks.end(), [&](const Peaks &peak) {
    return peak.gflops == gflops;
  });
  if (known == peaks.end())
    peaks.push_back({gflops, kernel.dtype});
  else if ((", " + known->dtypes + ",").find(", " + kernel.dtype + ",") ==
           std::string::npos)
    known->dtypes += ", " + kernel.dtype;
}

size_t Picture::peakOf(const KernelTime &kernel) const {
  size_t i = 0;
  while (peaks[i].gflops != roofs.peak(kernel.dtype).gflops)
    ++i;
  return i;
}

void Picture::drawPlot() {
  double leastX = 1e300, mostX = 0, leastY = 1e300, mostY = 0;
  for (const KernelTime &kernel : products) {
    leastX = std::min({leastX, kernel.intensity(), roofs.ridge(kernel.dtype)});
    mostX = std::max({mostX, kernel.intensity(), roofs.ridge(kernel.dtype)});
    leastY = std::min(leastY, kernel.gflops());
    mostY = std::max({mostY, kernel.gflops(), roofs.peak(kernel.dtype).gflops});
  }
  const Axis x(leastX, mostX, left, left + plotWidth);
  const Axis y(leastY, mostY, top + plotHeight, top);
  drawGrid(x, y);
  drawRoofs(x, y);
  drawKernels(x, y);
}

void Picture::drawGrid(const Axis &x, const Axis &y) {
  const double bottom = top + plotHeight;
  for (double tick : x.ticks()) {
    line(x.place(tick), top, x.place(tick), bottom, "grid");
    text(x.place(tick), bottom + 18, "minor", formatted("%g", tick),
         " text-anchor=\"middle\"");
  }
  for (double tick : y.ticks()) {
    line(left, y.place(tick), left + plotWidth, y.place(tick), "grid");
    text(left - 8, y.place(tick) + 4, "minor", formatted("%g", tick),
         " text-anchor=\"end\"");
  }
  text(left + plotWidth / 2, bottom + 38, "minor",
       "FLOP a byte of weights and activations", " text-anchor=\"middle\"");
  text(left, top - 10, "minor", "GFLOP/s");
}

void Picture::drawRoofs(const Axis &x, const Axis &y) {
  double highest = 0, at = left;
  auto explain = [&](const char *kind, const std::string &words) {
    line(at, legend - 4, at + 24, legend - 4, kind);
    text(at + 30, legend, "minor", words);
    at += legendWidth;
  };
  const double rate = roofs.readGigabytes();
  explain("roof memory", formatted("memory %.1f GB/s", rate));
  for (size_t i = 0; i < peaks.size(); ++i) {
    const double peak = peaks[i].gflops;
    const std::string kind = formatted("roof roof%zu", i % colours);
    line(x.place(std::max(x.least(), peak / rate)), y.place(peak),
         left + plotWidth, y.place(peak), kind.c_str());
    explain(kind.c_str(),
            formatted("%s peak %.0f GFLOP/s", peaks[i].dtypes.c_str(), peak));
    highest = std::max(highest, peak);
  }
  // From where the slope enters the plot to the highest peak.
  const double from = std::max(x.least(), y.least() / rate);
  const double to = highest / rate;
  line(x.place(from), y.place(from * rate), x.place(to), y.place(highest),
       "roof memory");
}

void Picture::drawKernels(const Axis &x, const Axis &y) {
  std::sort(products.begin(), products.end(),
            [](const KernelTime &a, const KernelTime &b) {
              return a.gflops() > b.gflops();
            });
  // Names as near to their discs as the ones above them allow, then as far up
  // as the ones below need.
  std::vector<double> places;
  for (const KernelTime &kernel : products)
    places.push_back(
        std::max(y.place(kernel.gflops()),
                 places.empty() ? top + 12 : places.back() + nameHeight));
  double lowest = top + plotHeight - nameHeight / 2;
  for (size_t i = places.size(); i-- > 0; lowest -= nameHeight)
    places[i] = std::min(places[i], lowest);

  for (size_t i = 0; i < products.size(); ++i) {
    const KernelTime &kernel = products[i];
    const double share = runMs > 0 ? kernel.ms / runMs : 0;
    const double radius = 4 + 16 * std::sqrt(std::min(share, 1.0));
    const double cx = x.place(kernel.intensity()),
                 cy = y.place(kernel.gflops());
    line(cx, cy, namesLeft - 8, places[i] - 4, "lead");
    svg += formatted("<circle class=\"disc%zu\" cx=\"%.1f\" cy=\"%.1f\" "
                     "r=\"%.1f\"><title>",
                     peakOf(kernel) % colours, cx, cy, radius) +
           escaped(kernel.kernel) + "</title></circle>\n";
    text(namesLeft, places[i], "name", kernel.shortName());
    text(namesLeft, places[i] + 14, "minor",
         formatted("%.1f GFLOP/s, %.0f%% of its roof, %.1f%% of the run",
                   kernel.gflops(), 100 * kernel.roofRatio(roofs),
                   100 * share));
  }
}

void Picture::drawOthers() {
  if (others.empty())
    return;
  double y = top + (products.empty() ? 0 : plotHeight + 64);
  text(left, y, "minor", "Without products:");
  for (const KernelTime &kernel : others) {
    y += lineHeight;
    text(left, y, "minor",
         kernel.shortName() +
             formatted(": %.3f ms, %.1f%% of the run, %.1f GB/s", kernel.ms,
                       runMs > 0 ? 100 * kernel.ms / runMs : 0,
                       kernel.ms > 0 ? kernel.bytes() / kernel.ms * 1e-6 : 0));
  }
}

} // namespace

std::string bertc::drawRoofline(const RooflineTitle &title,
                                const std::vector<KernelTime> &kernels,
                                double runMs, Roofs &roofs) {
  return Picture(kernels, runMs, roofs).draw(title);
}
