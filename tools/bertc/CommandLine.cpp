//===- CommandLine.cpp ----------------------------------------------------===//

#include "tools/bertc/CommandLine.h"

#include "runtime/io/Result.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

using namespace bertc;
namespace po = boost::program_options;

namespace {

constexpr int64_t mostThreads = 1024;

int64_t countFrom(std::string_view text, int64_t most = INT64_MAX) {
  int64_t value = 0;
  auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 1 ||
      value > most)
    throw po::error_with_option_name(
        "%canonical_option% takes whole numbers from 1 " +
        (most == INT64_MAX ? "up" : "to " + std::to_string(most)));
  return value;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text;
}

/// "-o", or "--text" for an option without a letter.
std::string displayName(const po::option_description &option) {
  std::string name = option.canonical_display_name(
      po::command_line_style::allow_dash_for_short);
  return name[0] == '-' ? name : "--" + name;
}

} // namespace

int bertc::fail(const std::string &message, ExitCode code) {
  std::cout.flush();
  std::cerr << "bertc: " << io::withoutControls(message) << '\n';
  return code;
}

CommandLine::CommandLine(std::string command,
                         std::vector<std::string> positional, std::string text,
                         std::string examples)
    : options("options"), command(std::move(command)),
      positional(std::move(positional)), text(std::move(text)),
      examples(std::move(examples)) {
  options.add_options()("help,h", "show this text");
}

int CommandLine::usageError(const std::string &message) const {
  return fail(command + ": " + message + "; see bertc " + command + " --help",
              exitUsage);
}

void CommandLine::printHelp() const {
  std::cout << "usage: bertc " << command;
  for (const std::string &name : positional)
    std::cout << ' ' << upper(name);
  for (const auto &option : options.options())
    if (option->semantic()->is_required())
      std::cout << ' ' << displayName(*option) << ' '
                << option->semantic()->name();
  std::cout << " [options]\n\n" << text << '\n' << options << '\n' << examples;
}

std::optional<int>
CommandLine::checkEmpty(const po::parsed_options &parsed) const {
  for (const po::option &given : parsed.options) {
    if (given.value.empty() || !given.value.front().empty())
      continue;
    if (given.position_key >= 0)
      return usageError(upper(given.string_key) + " is empty");
    const po::option_description &option =
        parsed.description->find(given.string_key, /*approx=*/false);
    if (option.semantic()->name() != "TEXT")
      return usageError(displayName(option) + " is empty");
  }
  return std::nullopt;
}

std::optional<int> CommandLine::parse(const Arguments &arguments) {
  po::options_description all;
  po::positional_options_description places;
  all.add(options);
  for (const std::string &name : positional) {
    all.add_options()(name.c_str(), po::value<std::string>());
    places.add(name.c_str(), 1);
  }
  // A prefix that is no option today may be two tomorrow: no guessing.
  int style = po::command_line_style::unix_style &
              ~po::command_line_style::allow_guessing;
  try {
    const po::parsed_options parsed = po::command_line_parser(arguments)
                                          .options(all)
                                          .positional(places)
                                          .style(style)
                                          .run();
    if (std::optional<int> code = checkEmpty(parsed))
      return code;
    po::store(parsed, values);
    if (has("help")) {
      printHelp();
      return exitOk;
    }
    // What stands first in the usage is asked for first.
    for (const std::string &name : positional)
      if (!has(name))
        return usageError(upper(name) + " is missing");
    po::notify(values);
  } catch (const po::error &error) {
    return usageError(error.what());
  }
  return std::nullopt;
}

void bertc::validate(boost::any &result, const std::vector<std::string> &texts,
                     Count *, int) {
  po::validators::check_first_occurrence(result);
  result = Count{countFrom(po::validators::get_single_string(texts))};
}

ThreadCount ThreadCount::all() {
  return {
      std::clamp<int64_t>(std::thread::hardware_concurrency(), 1, mostThreads)};
}

void bertc::validate(boost::any &result, const std::vector<std::string> &texts,
                     ThreadCount *, int) {
  po::validators::check_first_occurrence(result);
  result = ThreadCount{
      countFrom(po::validators::get_single_string(texts), mostThreads)};
}

void bertc::validate(boost::any &result, const std::vector<std::string> &texts,
                     Seed *, int) {
  po::validators::check_first_occurrence(result);
  const std::string &text = po::validators::get_single_string(texts);
  Seed seed;
  auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), seed.value);
  if (code != std::errc() || end != text.data() + text.size())
    throw po::error_with_option_name(
        "%canonical_option% takes whole numbers from 0 to " +
        std::to_string(UINT64_MAX));
  result = seed;
}

void bertc::validate(boost::any &result, const std::vector<std::string> &texts,
                     ByteCount *, int) {
  po::validators::check_first_occurrence(result);
  const std::string &text = po::validators::get_single_string(texts);
  ByteCount count;
  auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), count.value);
  std::string_view unit(end,
                        static_cast<size_t>(text.data() + text.size() - end));
  constexpr std::string_view prefixes = "KMGT";
  bool fits = code == std::errc() && count.value > 0;
  if (!unit.empty()) {
    const size_t prefix = prefixes.find(unit.front());
    fits = fits && prefix != std::string_view::npos &&
           (unit.size() == 1 || unit.substr(1) == "i");
    for (size_t i = 0; fits && i <= prefix; ++i)
      fits = !__builtin_mul_overflow(
          count.value, unit.size() == 1 ? 1000 : 1024, &count.value);
  }
  if (!fits)
    throw po::error_with_option_name(
        "%canonical_option% takes bytes, such as 1900000000, 1900M or 2Gi");
  result = count;
}

void bertc::validate(boost::any &result, const std::vector<std::string> &texts,
                     Counts *, int) {
  po::validators::check_first_occurrence(result);
  std::string text = po::validators::get_single_string(texts);
  std::istringstream stream(text);
  Counts counts;
  for (std::string item; std::getline(stream, item, ',');)
    counts.values.push_back(countFrom(item));
  if (counts.values.empty() || text.back() == ',')
    throw po::error_with_option_name(
        "%canonical_option% takes whole numbers with commas between");
  result = counts;
}
