"""Compares `bertc` with transformers in f32 on a whole checkpoint, for example bert-base.

    compare_transformers.py FOLDER [--target-cpu CPU]

Environment as for make_goldens.py, bertc on the PATH. Prints a table and ends with exit code
1 where last_hidden_state or pooler_output differ by more than 2e-5.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from transformers import BertModel

from bertc_run import maskOf, run

TOLERANCE = 2e-5


def makeCases(config):
    random = np.random.default_rng(7)
    longest = config.max_position_embeddings

    def batch(lengths):
        width = max(lengths)
        ids = random.integers(0, config.vocab_size, (len(lengths), width))
        mask = (np.arange(width)[None, :] < np.array(lengths)[:, None]).astype(np.int64)
        types = random.integers(0, config.type_vocab_size, ids.shape)
        return dict(input_ids=ids, attention_mask=mask, token_type_ids=types)

    for length in (1, 2, 3, 16, 31, 128, 255, longest):
        yield f"1x{length}", batch([length])
    yield "4x64", batch([64] * 4)
    yield "ragged", batch([3, 61, 1, 17, 128, 40, 9, 77])
    holes = batch([48] * 4)
    holes["attention_mask"][:, 1:] = random.integers(0, 2, (4, 47))
    holes["attention_mask"][:, 0] = 1
    yield "holes", holes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--target-cpu", default="native")
    options = parser.parse_args()
    model = BertModel.from_pretrained(options.folder, attn_implementation="eager").eval()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        artifact = os.path.join(folder, "model.so")
        subprocess.run(["bertc", "compile", options.folder, "-o", artifact,
                        "--target-cpu", options.target_cpu], check=True)
        print(f"{'case':10} {'last_hidden_state':>18} {'pooler_output':>14}")
        for case, inputs in makeCases(model.config):
            with torch.no_grad():
                wanted = model(**{name: torch.from_numpy(t) for name, t in inputs.items()})
            got = run(artifact, inputs, threads=os.cpu_count())
            mask = maskOf(inputs)
            if got["last_hidden_state"][~mask].any():
                sys.exit(f"{case}: rows at masked positions are not zero")
            hidden = np.abs(got["last_hidden_state"] - wanted.last_hidden_state.numpy())[mask]
            pooled = np.abs(got["pooler_output"] - wanted.pooler_output.numpy())
            worst = max(worst, hidden.max(), pooled.max())
            print(f"{case:10} {hidden.max():18.1e} {pooled.max():14.1e}")
    sys.exit(f"differs by {worst:.1e}, allowed are {TOLERANCE:.0e}" if worst > TOLERANCE else 0)


if __name__ == "__main__":
    main()
