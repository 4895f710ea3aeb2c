"""Compares sentence vectors with sentence-transformers on 2,000 real sentences.

    compare_sentences.py DATA [CHECKPOINT]

DATA is the folder with sst2/train.tsv and sts/*.tsv; CHECKPOINT the one that tools/setup
fetched. Environment as for make_goldens.py, bertc on the PATH. Ends with exit code 1 where a
number differs by more than 2e-5.
"""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer

TOLERANCE = 2e-5
CACHE = os.environ.get("BERTC_CACHE") or os.path.expanduser("~/.cache/bertc")


def columns(path, *wanted):
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) > max(wanted):
                yield from (row[column].strip() for column in wanted)


def readSentences(data):
    """1,000 phrases of SST-2 and 1,000 sentences of STS, spread over the files."""
    reviews = list(columns(data / "sst2" / "train.tsv", 0))[1:]
    pairs = [text for file in sorted((data / "sts").glob("*.tsv"))
             for text in columns(file, 1, 2)]
    return [text for corpus in (reviews, pairs)
            for text in [t for t in corpus if t][::len(corpus) // 1000 or 1][:1000]]


def main(data, checkpoint=os.path.join(CACHE, "minilm")):
    sentences = readSentences(pathlib.Path(data))
    wanted = SentenceTransformer(checkpoint, device="cpu").encode(sentences, batch_size=64)
    with tempfile.TemporaryDirectory() as folder:
        artifact, text, made = (os.path.join(folder, name)
                                for name in ("model.so", "text.txt", "out.safetensors"))
        with open(text, "w", encoding="utf-8") as file:
            file.write("\n".join(sentences) + "\n")
        subprocess.run(["bertc", "compile", checkpoint, "-o", artifact, "--task", "embed"],
                       check=True)
        subprocess.run(["bertc", "run", artifact, "--text-file", text, "--outputs", made],
                       check=True)
        got = load_file(made)["embedding"]
    if got.shape != wanted.shape:
        sys.exit(f"embedding has shape {got.shape}, expected {wanted.shape}")
    difference = np.abs(got - wanted).max(axis=1)
    print(f"{len(sentences)} sentences: largest difference {difference.max():.1e}, "
          f"median of the sentences' largest {np.median(difference):.1e}")
    if not difference.max() <= TOLERANCE:
        row = int(difference.argmax())
        sys.exit(f"line {row + 1} differs by {difference[row]:.1e}: {sentences[row]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
