"""lit configuration of bertc: tools, substitutions and features of the tests.

Features a test may ask for with `REQUIRES:`
  compiler     the build has the compiler (BERTC_BUILD_COMPILER)
  avx2 avx512  this machine can run artifacts for x86-64-v3, x86-64-v4
  avx512bf16   this machine multiplies bf16
  avx512vnni   and integers of eight bits too: artifacts for znver4
  minilm       the real checkpoint was downloaded by tools/setup; its folder is %minilm
  shared-data  real text lies in ../shared/data beside the source tree; its folder is %shared_data
  tokenizers   %python has the tokenizers wheel (tools/setup makes that environment)
  numpy        %python has numpy and safetensors
  transformers %torch_python has it, and torch: an environment of test/parity/README.md, or that of
               tools/bench/compare
  asan tsan    the build is sanitized
  chromium     Chromium or Chrome is installed
  not-root     file permissions bind the user who runs the tests
  mount-namespace  one may mount a file system in a namespace of one's own
"""

import os
import shutil
import subprocess

import lit.formats

config.name = "bertc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["unit", "Inputs", "goldens", "CMakeLists.txt", "README.md"]
config.test_source_root = os.path.join(config.bertc_source_dir, "test")
config.test_exec_root = os.path.join(config.bertc_build_dir, "test")

config.environment["PATH"] = os.pathsep.join(
    [
        os.path.join(config.bertc_build_dir, "bin"),
        config.bertc_llvm_tools_dir,
        os.environ["PATH"],
    ]
)
for name in ("HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# Where tools/setup keeps downloads and the Python environment of the tests.
cache = os.environ.get("BERTC_CACHE") or os.path.join(
    os.path.expanduser("~"), ".cache", "bertc"
)
minilm = os.path.join(cache, "minilm")
shared_data = os.path.join(config.bertc_source_dir, "..", "shared", "data")
shared_data = os.path.realpath(shared_data)
test_python = os.path.join(cache, "venv", "bin", "python")
if not os.path.exists(test_python):
    test_python = shutil.which("python3") or "python3"

torch_python = next(
    (path for path in (os.path.join(cache, name, "bin", "python") for name in ("parity", "bench"))
     if os.path.exists(path)), "")

config.substitutions += [
    ("%python", test_python),
    ("%torch_python", torch_python),
    ("%minilm", minilm),
    ("%shared_data", shared_data),
    ("%source_dir", config.bertc_source_dir),
    ("%build_dir", config.bertc_build_dir),
    ("%cc", config.bertc_cc),
    ("%cxx", config.bertc_cxx),
]


def succeeds(*command):
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def python_has(*modules):
    return succeeds(test_python, "-c", "import " + ", ".join(modules))


def torch_python_has(*modules):
    """Without importing them, which takes seconds."""
    return succeeds(torch_python, "-c", "import importlib.util, sys; sys.exit(not all("
                    "importlib.util.find_spec(name) for name in sys.argv[1:]))", *modules)


def cpu_flags():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("flags"):
                    return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


config.chromium = next(
    (name for name in ("chromium", "google-chrome") if succeeds(name, "--version")), ""
)

flags = cpu_flags()
# The sets that x86-64-v3 and x86-64-v4 name, as the kernel spells them.
v3 = {"avx2", "fma", "bmi1", "bmi2", "f16c", "movbe", "abm"}
v4 = v3 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
features = {
    "compiler": config.bertc_build_compiler.upper() in ("ON", "1", "TRUE", "YES"),
    "avx2": v3 <= flags,
    "avx512": v4 <= flags,
    "avx512bf16": v4 | {"avx512_bf16"} <= flags,
    "avx512vnni": v4 | {"avx512_bf16", "avx512_vnni"} <= flags,
    "minilm": os.path.exists(os.path.join(minilm, "model.safetensors")),
    "shared-data": os.path.isdir(shared_data),
    "tokenizers": python_has("tokenizers"),
    "numpy": python_has("numpy", "safetensors"),
    "transformers": torch_python_has("transformers", "torch", "safetensors"),
    "asan": "address" in config.bertc_sanitize,
    "tsan": "thread" in config.bertc_sanitize,
    "chromium": bool(config.chromium),
    "not-root": os.geteuid() != 0,
    "mount-namespace": succeeds("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"),
}
config.available_features.update(name for name, on in features.items() if on)
if not features["compiler"]:
    config.excludes += ["dialect", "models", "passes", "compiler", "tools"]
