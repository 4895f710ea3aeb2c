"""Compares `bertc grad` with torch's losses and gradients on the drawn checkpoints of a family.

    check_gradients.py FAMILY FOLDER [--only NN...]

FOLDER holds what draw_goldens.py and draw_gradients.py made. For each case the loss is within
1e-6 of torch's, relatively, and each parameter's gradient within 1e-5 in norm and in its
products with two vectors (gradient_summary.py); the parameters are those that torch has
gradients for. Each policy of what the backward pass computes again gives the same bits. With
the embeddings and the first layer frozen, the other gradients keep their bits.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from gradient_summary import summarize

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
FROZEN = ("*embeddings.*", "*layer.0.*", "*albert_layer_groups.*")


def read(path):
    with safe_open(path, "np") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def grad(model, batch, *options):
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "in.safetensors")
        outputs = os.path.join(folder, "out.safetensors")
        save_file({name: np.ascontiguousarray(t) for name, t in batch.items()}, inputs)
        command = ["bertc", "grad", model, "--inputs", inputs, "--outputs", outputs, *options]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return load_file(outputs)


def check_model(folder, failures):
    """The number of cases compared, and the largest relative difference."""
    cases = load_file(os.path.join(folder, "cases.safetensors"))
    wanted, metadata = read(os.path.join(folder, "gradients.safetensors"))
    names = json.loads(metadata["parameters"])
    name, worst = os.path.basename(folder), 0.0
    labels = {key.split(".")[0]: {} for key in wanted}
    for key, tensor in wanted.items():
        case, label = key.split(".", 1)
        if label not in ("loss", "gradients"):
            labels[case][label] = tensor
    for case, own in sorted(labels.items()):
        batch = {i: cases[f"{case}.{i}"] for i in INPUTS if f"{case}.{i}" in cases} | own
        got = grad(folder, batch)
        loss = float(wanted[f"{case}.loss"])
        apart = abs(float(got.pop("loss")) - loss)
        # One class alone is no choice: the loss and all gradients are zero.
        if not apart <= 1e-6 * abs(loss):
            failures.append(f"{name}, {case}: the loss differs by {apart:.1e}")
        if sorted(got) != sorted(names):
            failures.append(f"{name}, {case}: gradients of {sorted(set(got) ^ set(names))}")
            continue
        summaries = wanted[f"{case}.gradients"]
        whole = np.linalg.norm(summaries[:, 0])
        for parameter, summary in zip(names, summaries):
            # That of a key's bias is zero, but for rounding.
            scale = max(summary[0], 1e-9 * whole, 1e-30)
            apart = np.abs(summarize(got[parameter]) - summary).max() / scale
            worst = max(worst, apart)
            if not apart <= 1e-5:
                failures.append(f"{name}, {case}: the gradient of {parameter} differs by "
                                f"{apart:.1e}")
        if case != "padded":
            continue
        for policy in ("keep-all", "recompute-layer"):
            other = grad(folder, batch, "--recompute", policy)
            other.pop("loss")
            for parameter in names:
                if other[parameter].tobytes() != got[parameter].tobytes():
                    failures.append(f"{name}, {case}: {policy} has other bits in {parameter}")
        frozen = [p for pattern in FROZEN for p in ("--freeze", pattern)
                  if any(fits(pattern, n) for n in names)]
        part = grad(folder, batch, *frozen)
        part.pop("loss")
        kept = [n for n in names if not any(fits(pattern, n) for pattern in FROZEN)]
        if sorted(part) != kept:
            failures.append(f"{name}, {case}: frozen, gradients of {sorted(part)}")
        for parameter in part:
            if part[parameter].tobytes() != got[parameter].tobytes():
                failures.append(f"{name}, {case}: frozen, other bits in {parameter}")
    return len(labels), worst


def fits(pattern, name):
    import fnmatch
    return fnmatch.fnmatchcase(name, pattern)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("family")
    parser.add_argument("folder")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    with open(os.path.join(options.folder, "families.json")) as file:
        numbers = options.only or json.load(file)[options.family]
    failures, count, worst = [], 0, 0.0
    for number in numbers:
        folder = os.path.join(options.folder, number)
        if os.path.exists(os.path.join(folder, "gradients.safetensors")):
            cases, apart = check_model(folder, failures)
            count, worst = count + cases, max(worst, apart)
    print(f"{count} cases of {options.family}, gradients within {worst:.1e}")
    sys.exit("\n".join(failures) if failures else 0 if count else "nothing to compare")


if __name__ == "__main__":
    main()
