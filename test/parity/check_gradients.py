"""Compares `bertc grad` with torch's losses and gradients on the drawn checkpoints of a family.

    check_gradients.py FAMILY FOLDER [--only NN...] [--native CPU [--dtype bf16]]

FOLDER holds what draw_goldens.py and draw_gradients.py made. For each case the loss is within
1e-6 of torch's, relatively, and each parameter's gradient within 1e-5 in norm and in its
products with two vectors (gradient_summary.py); the parameters are those that torch has
gradients for. Each policy of what the backward pass computes again gives the same bits. With
the embeddings and the first layer frozen, the other gradients keep their bits.

With --native this is asked of what `bertc compile --train` makes for that CPU, in f32 on 1, 2, 3 and
5 threads with the same bits, instead of the reference interpreter, policies and frozen parameters of
the first model alone. In bf16 each factor is off by up to 2^-9,
and gradients of parts that cancel by more: each is asked to be within 3e-2 of the norm of the whole
gradient, and the loss, where it is below 1 absolutely, within 3e-2 of torch's. Of drawn checkpoints that
holds for most: with rounded factors 28 means other gradients by itself (check_interpreted.py).
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


class Reference:
    """Gradients by the interpreter. What is zero but for rounding is compared with the whole."""

    floor, mostOfLoss, leastLoss = 1e-9, 1e-6, 0

    def __init__(self, folder):
        self.folder, self.most = folder, 1e-5

    def grad(self, batch, *options):
        return grad(self.folder, batch, *options)


class Native:
    """Gradients by an artifact for each choice of options. Some are zero as sums of what cancels
    (the bias of keys, that of an answer's logits and of the norm before them): in f32 they keep
    its rounding, some 1e-7 of the whole, and so does torch."""

    floor = 5e-2

    def __init__(self, folder, cpu, dtype):
        self.folder, self.cpu, self.dtype, self.made = folder, cpu, dtype, {}
        with open(os.path.join(folder, "config.json")) as file:
            config = json.load(file)
        # The norm of three columns leaves a gradient one direction: the rest of it cancels.
        self.most = 2e-5 if config.get("hidden_size", config.get("dim")) < 8 else 1e-5
        self.mostOfLoss, self.leastLoss = 1e-6, 0
        if dtype == "bf16":
            self.most, self.mostOfLoss, self.leastLoss, self.floor = 3e-2, 3e-2, 1, 1
        self.place = tempfile.TemporaryDirectory()

    def grad(self, batch, *options):
        if batch.get("labels", np.zeros(1, np.int64)).dtype.kind == "f":
            options += ("--real-labels",)
        if options not in self.made:
            path = os.path.join(self.place.name, f"{len(self.made)}.so")
            command = ["bertc", "compile", self.folder, "--train", "-o", path, "--target-cpu",
                       self.cpu, "--dtype", self.dtype, "--no-tokenizer", *options]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
            self.made[options] = path
        first, *others = (grad(self.made[options], batch, "--threads", str(n)) for n in (1, 2, 3, 5))
        for other in others:
            for name in first:
                assert other[name].tobytes() == first[name].tobytes(), (self.folder, name)
        return first


def furthest(got, wanted, what):
    """The largest difference of a native gradient from the interpreter's, which is to be within
    1e-5 in norm; `what` names the case."""
    assert sorted(got) == sorted(wanted), what
    worst = 0.0
    whole = np.sqrt(sum(np.linalg.norm(g) ** 2 for g in wanted.values()))
    for name, gradient in wanted.items():
        scale = max(np.linalg.norm(gradient), Native.floor * whole)
        apart = np.linalg.norm(got[name] - gradient) / scale
        assert apart <= 1e-5, (*what, name, apart)
        worst = max(worst, apart)
    return worst


def check_numbered(check_model, gradients):
    """The command line of a script that holds checkpoints, by number, against the interpreter:
    check_model(folder, cpu, place) gives the largest difference of its `gradients`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("numbers", nargs="+")
    parser.add_argument("--native", metavar="CPU", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        worst = max(check_model(os.path.join(options.folder, number), options.native, place)
                    for number in options.numbers)
    print(f"{len(options.numbers)} models, {gradients} within {worst:.1e}")


def check_model(folder, failures, cpu, dtype, thorough):
    """The number of cases compared, and the largest relative difference."""
    model = Native(folder, cpu, dtype) if cpu else Reference(folder)
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
        got = model.grad(batch)
        loss = float(wanted[f"{case}.loss"])
        apart = abs(float(got.pop("loss")) - loss)
        # One class alone is no choice: the loss and all gradients are zero.
        if not apart <= model.mostOfLoss * max(abs(loss), model.leastLoss):
            failures.append(f"{name}, {case}: the loss differs by {apart:.1e}")
        if sorted(got) != sorted(names):
            failures.append(f"{name}, {case}: gradients of {sorted(set(got) ^ set(names))}")
            continue
        summaries = wanted[f"{case}.gradients"]
        whole = np.linalg.norm(summaries[:, 0])
        for parameter, summary in zip(names, summaries):
            # That of a key's bias is zero, but for rounding.
            scale = max(summary[0], model.floor * whole, 1e-30)
            apart = np.abs(summarize(got[parameter]) - summary).max() / scale
            worst = max(worst, apart)
            if not apart <= model.most:
                failures.append(f"{name}, {case}: the gradient of {parameter} differs by "
                                f"{apart:.1e}")
        if case != "padded" or not thorough:
            continue
        for policy in ("keep-all", "recompute-layer"):
            other = model.grad(batch, "--recompute", policy)
            other.pop("loss")
            for parameter in names:
                if other[parameter].tobytes() != got[parameter].tobytes():
                    failures.append(f"{name}, {case}: {policy} has other bits in {parameter}")
        frozen = [p for pattern in FROZEN for p in ("--freeze", pattern)
                  if any(fits(pattern, n) for n in names)]
        part = model.grad(batch, *frozen)
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
    parser.add_argument("--native", metavar="CPU")
    parser.add_argument("--dtype", default="f32")
    options = parser.parse_args()
    with open(os.path.join(options.folder, "families.json")) as file:
        numbers = options.only or json.load(file)[options.family]
    failures, count, worst = [], 0, 0.0
    for number in numbers:
        folder = os.path.join(options.folder, number)
        if not os.path.exists(os.path.join(folder, "gradients.safetensors")):
            continue
        cases, apart = check_model(folder, failures, options.native, options.dtype,
                                   not options.native or count == 0)
        count, worst = count + cases, max(worst, apart)
    print(f"{count} cases of {options.family}, gradients within {worst:.1e}")
    sys.exit("\n".join(failures) if failures else 0 if count else "nothing to compare")


if __name__ == "__main__":
    main()
