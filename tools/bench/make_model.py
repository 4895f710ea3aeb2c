#!/usr/bin/env python3
"""Writes a BERT of random weights, of a stated size, as transformers saves it.

  make_model.py OUT [--size bert-base|bert-large|minilm] [--layers N] [--seed S]

The weights are transformers' own initialisation under the given seed, with every
bias and LayerNorm weight shaken too (they start as 0 and 1, which would hide a bias
that is dropped). Needs torch and transformers; the result is never committed.
"""

import argparse
import os

SIZES = {
    "bert-base": dict(hidden_size=768, num_hidden_layers=12,
                      num_attention_heads=12, intermediate_size=3072),
    "bert-large": dict(hidden_size=1024, num_hidden_layers=24,
                       num_attention_heads=16, intermediate_size=4096),
    "minilm": dict(hidden_size=384, num_hidden_layers=6,
                   num_attention_heads=12, intermediate_size=1536),
}


def make(folder, size="bert-base", layers=None, seed=0):
    import torch
    import transformers

    shape = dict(SIZES[size])
    if layers:
        shape["num_hidden_layers"] = layers
    torch.manual_seed(seed)
    model = transformers.BertModel(transformers.BertConfig(**shape)).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name:
                value.add_(0.02 * torch.randn_like(value))
    os.makedirs(folder, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", help="folder to write")
    parser.add_argument("--size", choices=sorted(SIZES), default="bert-base")
    parser.add_argument("--layers", type=int, help="another number of layers")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    make(options.out, options.size, options.layers, options.seed)
    print(f"{options.out}: {options.size}, seed {options.seed}")


if __name__ == "__main__":
    main()
