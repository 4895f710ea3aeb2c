#!/usr/bin/env python3
"""poison.py FROM TO ID: a copy of a checkpoint whose word embedding of ID is not a number."""

import shutil
import sys

import numpy
from safetensors.numpy import load_file, save_file

source, target, word = sys.argv[1:]
shutil.copytree(source, target)
tensors = load_file(f"{source}/model.safetensors")
(name,) = [name for name in tensors if name.endswith("word_embeddings.weight")]
tensors[name][int(word)] = numpy.nan
save_file(tensors, f"{target}/model.safetensors")
