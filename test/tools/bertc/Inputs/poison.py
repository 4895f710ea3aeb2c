#!/usr/bin/env python3
"""poison.py FROM TO ROW [VALUE NAME...]: a copy of a checkpoint with a row that is VALUE.

Of each tensor whose name ends with a NAME; of the word embeddings, and not a number, by default.
A VALUE such as 0xffffffff is the bits of an f32.
"""

import shutil
import sys

from safetensors.numpy import load_file, save_file

source, target, row, *rest = sys.argv[1:]
value, *ends = rest or ("nan", "word_embeddings.weight")
shutil.copytree(source, target)
tensors = load_file(f"{source}/model.safetensors")
for end in ends:
    (name,) = [name for name in tensors if name.endswith(end)]
    if value.startswith("0x"):
        tensors[name].view("<u4")[int(row)] = int(value, 16)
    else:
        tensors[name][int(row)] = float(value)
save_file(tensors, f"{target}/model.safetensors")
