"""Computes a step's gradients in several runs, and in one.

    check_accumulation.py FOLDER CPU

FOLDER holds what draw_goldens.py and draw_gradients.py made. Of every kind of labels one checkpoint
is compiled, with dropout: in parts of one, three and uneven numbers of sequences its loss is within
1e-6 of that of the whole batch, relatively, and each gradient within 1e-5 in norm.
"""

import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file

from training import Session

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
NO_LABEL = -100


def kind_of(labels):
    """What tells the losses apart."""
    return tuple(sorted((name, values.dtype.kind, values.ndim) for name, values in labels.items()))


def cases_of(folder):
    cases = load_file(os.path.join(folder, "cases.safetensors"))
    wanted = load_file(os.path.join(folder, "gradients.safetensors"))
    labels = {key.split(".", 1)[1]: values for key, values in wanted.items()
              if key.startswith("padded.") and key.split(".")[1] not in ("loss", "gradients")}
    batch = {name: cases[f"padded.{name}"] for name in INPUTS if f"padded.{name}" in cases}
    return batch, labels


def rows_of(values, mask):
    """The rows of the program that labels are of: of classes of tokens those without padding."""
    return values[mask] if values.dtype.kind != "f" and values.ndim == 2 else values


def count(name, values, mask):
    if values.dtype.kind == "f":
        return len(values)
    if name.endswith("positions"):
        return int((values < mask.sum(1)).sum())
    return int((rows_of(values, mask) != NO_LABEL).sum())


def step(session, batch, labels, sizes):
    mask = batch["attention_mask"].astype(bool)
    counts = {name: count(name, values, mask) for name, values in labels.items()}
    first = 0
    for size in sizes:
        part = slice(first, first + size)
        loss = session.run({name: values[part] for name, values in batch.items()},
                           {name: rows_of(values[part], mask[part])
                            for name, values in labels.items()},
                           counts if len(sizes) > 1 else None, first > 0,
                           np.arange(first, first + size) if session.drops else None)
        first += size
    return loss, session.gradients()


def check(folder, cpu, place, failures):
    name = os.path.basename(folder)
    batch, labels = cases_of(folder)
    path = os.path.join(place, f"{name}.so")
    real = ["--real-labels"] if any(v.dtype.kind == "f" for v in labels.values()) else []
    subprocess.run(["bertc", "compile", folder, "--train", "--dropout", "-o", path, "--target-cpu",
                    cpu, "--no-tokenizer", *real], check=True)
    # Each sequence four times: some are as long as others.
    batch = {key: np.concatenate([values] * 4) for key, values in batch.items()}
    labels = {key: np.concatenate([values] * 4) for key, values in labels.items()}
    sequences = len(batch["input_ids"])
    session = Session(path, 4096, 64, 2)
    loss, whole = step(session, batch, labels, [sequences])
    scale = np.sqrt(sum(np.square(g, dtype=np.float64).sum() for g in whole.values()))
    worst = 0.0
    uneven = [1, sequences // 2, sequences - 1 - sequences // 2]
    threes = [3] * (sequences // 3) + [sequences % 3] * (sequences % 3 > 0)
    for sizes in ([1] * sequences, threes, uneven):
        other, gradients = step(session, batch, labels, sizes)
        if not abs(other - loss) <= 1e-6 * abs(loss):
            failures.append(f"{name}: in parts of {sizes} the loss is {other}, in one {loss}")
        for parameter, gradient in gradients.items():
            norm = max(np.linalg.norm(whole[parameter]), 1e-2 * scale)
            apart = np.linalg.norm(gradient - whole[parameter]) / norm
            worst = max(worst, apart)
            if not apart <= 1e-5:
                failures.append(f"{name}: in parts of {sizes} the gradient of {parameter} differs "
                                f"by {apart:.1e}")
    return worst


def main():
    drawn, cpu = sys.argv[1:]
    chosen = {}
    for path in sorted(glob.glob(os.path.join(drawn, "*", "gradients.safetensors"))):
        folder = os.path.dirname(path)
        with open(os.path.join(folder, "config.json")) as file:
            choice = "MultipleChoice" in json.load(file)["architectures"][0]
        if not choice:
            chosen.setdefault(kind_of(cases_of(folder)[1]), folder)
    failures = []
    with tempfile.TemporaryDirectory() as place:
        for kind, folder in chosen.items():
            worst = check(folder, cpu, place, failures)
            print(f"{', '.join(name for name, *_ in kind)}: within {worst:.1e}")
    sys.exit("\n".join(failures) if failures else 0 if len(chosen) > 5 else "nothing compared")


if __name__ == "__main__":
    main()
