"""Compares the vectors that `bertc run --outputs` wrote with a golden.

    check_embeddings.py GOT.safetensors goldens/minilm/embeddings.safetensors [COSINE]

Largest difference 2e-5, or a least COSINE; each vector has length 1 to 1e-6.
"""

import sys

import numpy as np
from safetensors.numpy import load_file


def main(got, wanted, cosine=None):
    got, wanted = load_file(got)["embedding"], load_file(wanted)["embedding"]
    if got.shape != wanted.shape:
        sys.exit(f"embedding has shape {got.shape}, expected {wanted.shape}")
    rows = np.abs(got - wanted).max(axis=1)
    length = np.linalg.norm(got.astype(np.float64), axis=1)
    print(f"largest difference {rows.max():.1e} (sentence {rows.argmax() + 1})")
    if cosine:
        cosines = (got.astype(np.float64) * wanted).sum(axis=1)
        print(f"least cosine {cosines.min():.6f} (sentence {cosines.argmin() + 1})")
        if not cosines.min() >= float(cosine):
            sys.exit("vectors are too far from those of f32")
    elif not rows.max() <= 2e-5:
        sys.exit(f"sentences {[int(r) + 1 for r in np.flatnonzero(rows > 2e-5)]} differ")
    if not np.abs(length - 1).max() <= 1e-6:
        sys.exit("vectors are not normalised")


if __name__ == "__main__":
    main(*sys.argv[1:])
