"""Writes a safetensors file of inputs, right or wrong.

    make_inputs.py FILE NAME=JSON [NAME:DTYPE=JSON ...]

JSON is a nested list, I64 unless a dtype (I32, F32, U8) is named. NAME@SHAPE=JSON gives a
shape of its own (2x0) to a flat list.
"""

import json
import re
import struct
import sys

import safetensors_file

FORMATS = {"I64": "q", "I32": "i", "F32": "f", "U8": "B"}


def shapeOf(value):
    return [len(value)] + shapeOf(value[0]) if isinstance(value, list) else []


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def main(path, *arguments):
    header, data = {}, b""
    for argument in arguments:
        match = re.fullmatch(r"(\w+)(?::(\w+))?(?:@([\dx]+))?=(.*)", argument)
        name, dtype, shape, value = match.groups()
        dtype, value = dtype or "I64", json.loads(value)
        shape = [int(n) for n in shape.split("x")] if shape else shapeOf(value)
        values = flat(value)
        part = struct.pack(f"<{len(values)}{FORMATS[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    safetensors_file.write(path, header, data)


if __name__ == "__main__":
    main(*sys.argv[1:])
