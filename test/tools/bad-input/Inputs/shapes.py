"""Prints name and shape of each tensor of a safetensors file."""

import sys

import safetensors_file

header, _ = safetensors_file.read(sys.argv[1])
for name in sorted(header):
    if name != "__metadata__":
        print(name, header[name]["shape"])
