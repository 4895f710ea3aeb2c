"""Makes goldens/minilm/embeddings.safetensors: what sentence-transformers answers.

    make_minilm_golden.py [FOLDER]   # default: the checkpoint that tools/setup fetched

Environment as for make_goldens.py. One vector for each line of goldens/minilm/sentences.txt.
"""

import os
import pathlib
import sys

from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer

GOLDEN = pathlib.Path(__file__).resolve().parent / "goldens" / "minilm"
CACHE = os.environ.get("BERTC_CACHE") or os.path.expanduser("~/.cache/bertc")


def main(folder):
    sentences = (GOLDEN / "sentences.txt").read_text(encoding="utf-8").splitlines()
    model = SentenceTransformer(folder, device="cpu")
    # One by one: no padding takes part in what becomes the golden.
    embedding = model.encode(sentences, batch_size=1)
    save_file({"embedding": embedding}, GOLDEN / "embeddings.safetensors")
    print(f"{embedding.shape[0]} vectors of {embedding.shape[1]}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(CACHE, "minilm"))
