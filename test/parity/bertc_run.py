"""Runs `bertc run` on tensors: what the parity checks share."""

import os
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file


def run(artifact, inputs, threads=1):
    """The artifact's outputs for these inputs, by name."""
    with tempfile.TemporaryDirectory() as folder:
        given = os.path.join(folder, "inputs.safetensors")
        made = os.path.join(folder, "outputs.safetensors")
        save_file({name: np.ascontiguousarray(t) for name, t in inputs.items()}, given)
        command = ["bertc", "run", artifact, "--inputs", given, "--outputs", made,
                   "--threads", str(threads)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return load_file(made)


def maskOf(inputs):
    return inputs.get("attention_mask", np.ones_like(inputs["input_ids"])).astype(bool)


def sameBits(a, b):
    return a.shape == b.shape and np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(
        b).tobytes()
