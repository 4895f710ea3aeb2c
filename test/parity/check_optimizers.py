"""Trains a drawn checkpoint natively for 100 steps with every optimiser; compares with torch's way.

    check_optimizers.py FOLDER CPU [--only RUN...]

FOLDER holds what draw_goldens.py, draw_gradients.py and draw_optimizers.py made. What each parameter
moved by is within 1e-4 in norm and in its products with two vectors of the f64 training, the losses
on the way within 1e-5, relatively. On 1, 2, 3 and 5 threads, padded and packed, parameters of one run
of each kernel have the same bits after ten steps.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file

from gradient_summary import summarize
from training import Session

# One of each kernel.
THOROUGH = ("adamw_clipped", "lamb", "sgd_nesterov")
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def compile_model(folder, run, cpu, path):
    options = ["--optimizer", run["optimizer"]]
    for name in ("beta1", "beta2", "epsilon", "momentum", "max-norm"):
        if name in run:
            options += ["--" + name, repr(run[name])]
    if run.get("nesterov"):
        options.append("--nesterov")
    subprocess.run(["bertc", "compile", folder, "--train", "-o", path, "--target-cpu", cpu,
                    "--no-tokenizer", *options], check=True)


def pack(batch):
    """The same without padding: each sequence a row of the longest's length has none of it."""
    mask = batch["attention_mask"].astype(bool)
    width = mask.sum(1).max()
    packed = {name: np.zeros((len(mask), width), np.int64) for name in batch}
    for row, own in enumerate(mask):
        for name, values in batch.items():
            packed[name][row, :own.sum()] = values[row, own]
    return packed


def train(path, run, batch, labels, steps, total, threads=1):
    session = Session(path, 4096, 64, threads)
    before, losses = session.parameters(), []
    for step in range(1, steps + 1):
        losses.append(session.run(batch, {"labels": labels}))
        session.update(run["rate"] * (1 - (step - 1) / (2 * total)), run["decay"], step)
    return before, session.parameters(), losses


def check_run(folder, name, goldens, batch, labels, cpu, failures):
    golden, total = goldens["runs"][name], goldens["steps"]
    run = golden["settings"]
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "model.so")
        compile_model(folder, run, cpu, path)
        before, after, losses = train(path, run, batch, labels, total, total)
        worst = 0.0
        whole = np.linalg.norm([moved[0] for moved in golden["moved"].values()])
        for parameter, wanted in golden["moved"].items():
            # A gradient that is zero but for rounding: Adam makes steps of its rounding.
            if parameter.endswith("key.bias"):
                continue
            got = summarize(after[parameter].astype(np.float64) - before[parameter])
            apart = np.abs(got - wanted).max() / max(wanted[0], 1e-3 * whole)
            worst = max(worst, apart)
            if not apart <= 1e-4:
                failures.append(f"{name}: what {parameter} moved by differs by {apart:.1e}")
        for got, wanted in zip(losses[::10], golden["losses"]):
            # A small loss has the rounding of the logits.
            if not abs(got - wanted) <= 1e-5 * abs(wanted) + 3e-7:
                failures.append(f"{name}: a loss of {got}, expected {wanted}")
        first = None
        for threads in (1, 2, 3, 5) if name in THOROUGH else ():
            for form in (batch, pack(batch)):
                _, now, _ = train(path, run, form, labels, 10, total, threads)
                bits = {p: values.tobytes() for p, values in now.items()}
                first = first or bits
                if bits != first:
                    failures.append(f"{name}: other bits with {threads} threads")
    return worst


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("cpu")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    with open(os.path.join(options.folder, "optimizers.json")) as file:
        goldens = json.load(file)
    folder = os.path.join(options.folder, goldens["checkpoint"])
    cases = load_file(os.path.join(folder, "cases.safetensors"))
    batch = {name: cases[f"padded.{name}"] for name in INPUTS if f"padded.{name}" in cases}
    labels = load_file(os.path.join(folder, "gradients.safetensors"))["padded.labels"]
    failures, worst = [], {}
    for name in options.only or goldens["runs"]:
        worst[name] = check_run(folder, name, goldens, batch, labels, options.cpu, failures)
    for name, apart in worst.items():
        print(f"{name}: parameters within {apart:.1e}")
    sys.exit("\n".join(failures) if failures else 0 if worst else "nothing to compare")


if __name__ == "__main__":
    main()
