"""What every script here asks: the tree, the folder of downloads, the machine, a file to write."""

import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.join(ROOT, "build", "release", "bin")
CACHE = os.environ.get("BERTC_CACHE") or os.path.expanduser("~/.cache/bertc")


def cpu():
    """The processor's name, how many there are, and the instruction sets that kernels choose by."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        lines = file.read().splitlines()
    name = next((l.split(":")[1].strip() for l in lines if l.startswith("model name")), "?")
    flags = next((set(l.split()) for l in lines if l.startswith("flags")), set())
    isa = [f for f in ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16") if f in flags]
    return f"{name}, {os.cpu_count()} CPUs, {' '.join(isa)}"


def write_whole(path, text):
    """All of the file or the old one."""
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".part", path)
