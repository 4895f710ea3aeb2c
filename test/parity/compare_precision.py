"""Compares sentence vectors of a narrower dtype with those of f32, on the pairs of STS.

    compare_precision.py DATA CHECKPOINT DTYPE LEAST_COSINE MOST_DROP [CALIBRATION]

DATA is the folder with sts/*.tsv: score, sentence, sentence. Every sentence's vector has at least
LEAST_COSINE with that of f32, and Spearman's correlation of the pairs' cosines with the scores of
people drops by at most MOST_DROP, in hundredths. CALIBRATION is a file for --calibration.
"""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file


def readPairs(data):
    for path in sorted((pathlib.Path(data) / "sts").glob("*.tsv")):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if len(row) >= 3 and row[1].strip() and row[2].strip():
                    yield float(row[0]), row[1].strip(), row[2].strip()


def vectors(checkpoint, dtype, sentences, folder, *options):
    artifact, text, made = (os.path.join(folder, name)
                            for name in ("model.so", "text.txt", "out.safetensors"))
    pathlib.Path(text).write_text("\n".join(sentences) + "\n", encoding="utf-8")
    subprocess.run(["bertc", "compile", checkpoint, "-o", artifact, "--task", "embed", "--dtype",
                    dtype, *options], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["bertc", "run", artifact, "--text-file", text, "--outputs", made], check=True)
    made = load_file(made)["embedding"].astype(np.float64)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def ranks(values):
    """From 0, equal values sharing the mean of theirs."""
    order = np.argsort(values, kind="stable")
    rank = np.empty(len(values))
    rank[order] = np.arange(len(values))
    _, group = np.unique(values, return_inverse=True)
    return (np.bincount(group, rank) / np.bincount(group))[group]


def spearman(x, y):
    return float(np.corrcoef(ranks(x), ranks(y))[0, 1])


def main(data, checkpoint, dtype, leastCosine, mostDrop, calibration=None):
    scores, first, second = zip(*readPairs(data))
    sentences = list(first) + list(second)
    with tempfile.TemporaryDirectory() as folder:
        wanted = vectors(checkpoint, "f32", sentences, folder)
        options = ["--calibration", calibration] if calibration else []
        got = vectors(checkpoint, dtype, sentences, folder, *options)
    cosines = (wanted * got).sum(axis=1)
    worst = int(cosines.argmin())
    correlations = []
    for made in (wanted, got):
        pairs = (made[:len(first)] * made[len(first):]).sum(axis=1)
        correlations.append(spearman(pairs, np.array(scores)))
    drop = 100 * (correlations[0] - correlations[1])
    print(f"{len(sentences)} sentences in {dtype}: least cosine {cosines.min():.6f}, mean "
          f"{cosines.mean():.6f}; Spearman {correlations[0]:.4f} in f32, {correlations[1]:.4f}")
    if cosines.min() < float(leastCosine):
        sys.exit(f'"{sentences[worst]}" has a cosine of {cosines.min():.6f} with that of f32')
    if drop > float(mostDrop):
        sys.exit(f"the correlation drops by {drop:.2f} hundredths")


if __name__ == "__main__":
    main(*sys.argv[1:])
