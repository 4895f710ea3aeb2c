"""Copies a good checkpoint and breaks one thing.

    make_model.py MODEL DESTINATION KIND [ARGUMENT...]

The kinds are the functions below; each gets the new folder.
"""

import json
import os
import shutil
import struct
import sys

import safetensors_file

WORD = "embeddings.word_embeddings.weight"
QUERY = "encoder.layer.0.attention.self.query.weight"


def weights(folder):
    return os.path.join(folder, "model.safetensors")


def changeHeader(folder, change):
    header, data = safetensors_file.read(weights(folder))
    change(header)
    safetensors_file.write(weights(folder), header, data)


def without(folder, file):
    os.remove(os.path.join(folder, file))


def set_config(folder, key, value):
    """value is JSON; "none" removes the key."""
    path = os.path.join(folder, "config.json")
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    if value == "none":
        del config[key]
    else:
        config[key] = json.loads(value)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)


def file_text(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def config_text(folder, text):
    file_text(folder, "config.json", text)


def truncate_weights(folder, size):
    """A negative size counts from the end."""
    size = int(size)
    os.truncate(weights(folder), size if size >= 0 else os.path.getsize(weights(folder)) + size)


def header_length(folder, length):
    with open(weights(folder), "r+b") as file:
        file.write(struct.pack("<Q", int(length)))


def header_text(folder, text):
    _, data = safetensors_file.read(weights(folder))
    safetensors_file.write(weights(folder), text.encode(), data)


def overlapping_offsets(folder):
    """The query's weight lies where the word embeddings do, with its right size."""
    def change(header):
        start = header[WORD]["data_offsets"][0]
        begin, end = header[QUERY]["data_offsets"]
        header[QUERY]["data_offsets"] = [start, start + end - begin]
    changeHeader(folder, change)


def set_tensor(folder, key, value, name=QUERY):
    def change(header):
        header[name][key] = json.loads(value)
    changeHeader(folder, change)


def missing_tensor(folder, name=QUERY):
    """The name is gone; the bytes stay described, under a name nobody asks for."""
    def change(header):
        header["unused.tensor"] = header.pop(name)
    changeHeader(folder, change)


def sharded(folder, shard, moved=QUERY):
    """All tensors in one shard; the index says that one lies in another file.

    That file is missing, or, named part-2.safetensors, lacks the tensor.
    """
    header, _ = safetensors_file.read(weights(folder))
    os.rename(weights(folder), os.path.join(folder, "part-1.safetensors"))
    names = [name for name in header if name != "__metadata__"]
    places = {name: shard if name == moved else "part-1.safetensors" for name in names}
    with open(os.path.join(folder, "model.safetensors.index.json"), "w",
              encoding="utf-8") as file:
        json.dump({"metadata": {}, "weight_map": places}, file)
    if shard == "part-2.safetensors":
        safetensors_file.write(os.path.join(folder, shard), {}, b"")


def main(model, destination, kind, *arguments):
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(model, destination)
    globals()[kind](destination, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
