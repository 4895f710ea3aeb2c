"""The safetensors format with the standard library alone, so that files can be made wrong."""

import json
import struct


def read(path):
    """The header as a dictionary, and the bytes behind it."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length)), file.read()


def write(path, header, data):
    """header: a dictionary, or bytes that stand for it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
