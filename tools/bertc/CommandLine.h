//===- CommandLine.h - how all commands read their arguments --------------===//

#ifndef BERTC_TOOLS_BERTC_COMMANDLINE_H
#define BERTC_TOOLS_BERTC_COMMANDLINE_H

#include <boost/program_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bertc {

/// What the process ends with.
enum ExitCode : int {
  exitOk = 0,
  exitInput = 1,  ///< the input is at fault
  exitUsage = 2,  ///< the command line is
  exitDefect = 3, ///< we are
};

using Arguments = std::vector<std::string>;

/// One line on stderr: "bertc: `message`"; returns `code`.
int fail(const std::string &message, ExitCode code = exitInput);

/// The options of one command.
class CommandLine {
public:
  /// `positional` names the arguments without an option, in their order; all
  /// are required. `text` says what the command does, `examples` how to call
  /// it.
  CommandLine(std::string command, std::vector<std::string> positional,
              std::string text, std::string examples);

  /// Options are added here; `--help` is there already.
  boost::program_options::options_description options;

  /// Reads the arguments; an exit code when there is nothing left to do. Only
  /// what is named TEXT may be empty: anything else would count as not given.
  std::optional<int> parse(const Arguments &arguments);

  bool has(const std::string &name) const { return values.count(name) != 0; }
  template <typename T = std::string> T get(const std::string &name) const {
    return values[name].as<T>();
  }
  template <typename T = std::string>
  std::optional<T> find(const std::string &name) const {
    return has(name) ? std::optional<T>(get<T>(name)) : std::nullopt;
  }
  /// For what the options' types do not say.
  int usageError(const std::string &message) const;

private:
  std::optional<int>
  checkEmpty(const boost::program_options::parsed_options &parsed) const;
  void printHelp() const;

  std::string command;
  std::vector<std::string> positional;
  std::string text, examples;
  boost::program_options::variables_map values;
};

/// An integer of at least 1, for `boost::program_options::value`.
struct Count {
  int64_t value = 0;
  operator int64_t() const { return value; }
};
void validate(boost::any &result, const std::vector<std::string> &texts,
              Count *, int);

/// An integer from 1 to 1024, as many as a session takes.
struct ThreadCount {
  int64_t value = 0;
  operator int64_t() const { return value; }
  /// All of the machine.
  static ThreadCount all();
};
void validate(boost::any &result, const std::vector<std::string> &texts,
              ThreadCount *, int);

/// A whole number of 64 bits.
struct Seed {
  uint64_t value = 0;
  operator uint64_t() const { return value; }
};
void validate(boost::any &result, const std::vector<std::string> &texts, Seed *,
              int);

/// Bytes, at least one: "2000000000", "2G", "1900Mi"; K, M, G and T are powers
/// of 1000, Ki, Mi, Gi and Ti of 1024.
struct ByteCount {
  int64_t value = 0;
  operator int64_t() const { return value; }
};
void validate(boost::any &result, const std::vector<std::string> &texts,
              ByteCount *, int);

/// "12,40,7" as numbers of at least 1.
struct Counts {
  std::vector<int64_t> values;
};
void validate(boost::any &result, const std::vector<std::string> &texts,
              Counts *, int);

} // namespace bertc

#endif // BERTC_TOOLS_BERTC_COMMANDLINE_H
