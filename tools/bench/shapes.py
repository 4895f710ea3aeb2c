"""Batches that all peers are measured on: the same token ids for a shape, wherever it is made."""

import random

import numpy as np


def ragged_lengths(count=32, seed=20061):
    """Lengths of sentences: log-normal with median 20, cut to 5..128; 32 of them average 25."""
    draw = random.Random(seed)
    return [min(128, max(5, round(draw.lognormvariate(3.0, 0.7)))) for _ in range(count)]


class Shape:
    """`BxS`, sequences of equal length, or `raggedN`, N sentences of many lengths."""

    def __init__(self, name):
        self.name = name
        if name.startswith("ragged"):
            self.lengths = ragged_lengths(int(name[len("ragged"):] or 32))
        else:
            batch, length = (int(part) for part in name.split("x"))
            self.lengths = [length] * batch
        if not self.lengths or min(self.lengths) < 1:
            raise ValueError(f"shape {name}: expected BxS or raggedN, all at least 1")

    @property
    def ragged(self):
        return len(set(self.lengths)) > 1

    @property
    def tokens(self):
        return sum(self.lengths)

    def sequences(self, vocabulary_size):
        """One array of ids a sequence."""
        draw = np.random.default_rng(self.tokens)
        return [draw.integers(0, vocabulary_size, n) for n in self.lengths]

    def arrangements(self):
        """Ways to cut the sequences into rectangular batches, for peers that pad:
        name -> list of lists of sequence numbers."""
        everything = list(range(len(self.lengths)))
        if not self.ragged:
            return {"whole": [everything]}
        by_length = sorted(everything, key=lambda i: self.lengths[i])
        quarter = -(-len(by_length) // 4)
        return {
            "padded": [everything],
            "one by one": [[i] for i in everything],
            "four sorted batches": [
                by_length[i:i + quarter] for i in range(0, len(by_length), quarter)
            ],
        }


def padded(sequences):
    """Ids and mask [B,S] of some sequences."""
    width = max(len(s) for s in sequences)
    ids = np.zeros((len(sequences), width), np.int64)
    mask = np.zeros_like(ids)
    for row, sequence in enumerate(sequences):
        ids[row, :len(sequence)] = sequence
        mask[row, :len(sequence)] = 1
    return ids, mask
