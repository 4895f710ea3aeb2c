"""Checks the losses of pairs of sequences, compiled and interpreted.

    check_pairs.py FOLDER NN... --native CPU

Sequences are drawn from one seed, in pairs; labels are numbers of pairs, some without one
(sentence-transformers' MultipleNegativesRankingLoss, scale 20), or cosines (its
CosineSimilarityLoss). The loss that `bertc grad` prints for `bertc compile --task embed --train` is
within 1e-6 of what numpy makes of the program's own vectors, relatively or, below 1, in all, and
so is the interpreter's; each gradient is within 1e-5 of the interpreter's in norm
(check_gradients.py says of what), on 1, 2 and 5 threads with the same bits.
"""

import json
import os
import subprocess

import numpy as np
from safetensors.numpy import load_file, save_file

from check_gradients import check_numbered, furthest, grad

SEED = 811


def draw(random, config, count):
    """Padded sequences of ids that mean nothing to a model."""
    lengths = random.integers(1, min(12, config["max_position_embeddings"] - 3), count)
    mask = (np.arange(max(lengths)) < lengths[:, None]).astype(np.int64)
    ids = random.integers(4, config["vocab_size"], mask.shape)
    pad = config.get("pad_token_id") or 0
    return {"input_ids": np.where(mask == 1, ids, pad), "attention_mask": mask}


def loss_of(vectors, labels):
    vectors = vectors.astype(np.float64)
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    first, second = unit[::2], unit[1::2]
    if labels.dtype.kind == "f":
        return np.mean(((first * second).sum(1) - labels) ** 2)
    scores = 20 * first @ second.T
    most = scores.max(1, keepdims=True)
    logs = scores - most - np.log(np.exp(scores - most).sum(1, keepdims=True))
    known = labels >= 0
    return -np.mean(logs[known, labels[known]])


def check_model(folder, cpu, place):
    """The largest difference of a gradient."""
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    random, worst = np.random.default_rng(SEED), 0.0
    inputs, outputs = os.path.join(place, "in"), os.path.join(place, "out")
    for name in ("ranking", "cosine"):
        artifact = os.path.join(place, f"{name}.so")
        subprocess.run(["bertc", "compile", folder, "--task", "embed", "--train", "--target-cpu", cpu,
                        "--no-tokenizer", "-o", artifact]
                       + ["--real-labels"] * (name == "cosine"), check=True)
        for pairs in (2, 7):
            batch = draw(random, config, 2 * pairs)
            save_file(batch, inputs)
            subprocess.run(["bertc", "run", artifact, "--inputs", inputs, "--outputs", outputs], check=True,
                           stdout=subprocess.DEVNULL)
            if name == "cosine":
                labels = random.uniform(-1, 1, pairs).astype(np.float32)
            else:
                labels = random.permutation(pairs)
                labels[pairs // 2] = -100
            expected = loss_of(load_file(outputs)["embedding"], labels)
            batch["labels"] = labels
            wanted = grad(folder, batch, "--task", "embed")
            got, *others = (grad(artifact, batch, "--threads", n) for n in ("1", "2", "5"))
            for other in others:
                assert all(other[n].tobytes() == got[n].tobytes() for n in got), (folder, name)
            loss = float(wanted.pop("loss"))
            apart = max(abs(float(got.pop("loss")) - expected), abs(loss - expected))
            # A small loss is a difference of scores, whose last digit is 2e-6 in f32.
            assert apart <= 1e-6 * max(expected, 1), (folder, name, pairs, expected, apart)
            worst = max(worst, furthest(got, wanted, (folder, name, pairs)))
    return worst


if __name__ == "__main__":
    check_numbered(check_model, "gradients of pairs")
