"""Adds what transformers has of every layer to the drawn checkpoints of draw_goldens.py.

    python test/parity/draw_layers.py            (environment: README.md)

Each folder goldens/drawn/NN gets `attentions.safetensors`: a ragged batch of a few short rows,
since maps are large, and `attentions.N` of every layer, [B, heads, S, S]; and of the same batch
`hidden_states.safetensors`, with `hidden_states.N` of the embeddings and every layer, [B, S, H].
They are computed with attn_implementation="eager" in f64 on the stored weights and rounded to f32.
"""

import json
import pathlib
import random

import torch
import transformers
from safetensors.torch import save_file

from families import head_of

GOLDENS = pathlib.Path(__file__).resolve().parent / "goldens" / "drawn"
SEED = 2027


def batch(config, draw):
    lengths = [draw.randint(2, 9), 1, draw.randint(2, 9)]
    width = max(lengths) + draw.randint(0, 1)
    mask = (torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]).long()
    ids = torch.randint(0, config.vocab_size, mask.shape)
    inputs = {"input_ids": torch.where(mask.bool(), ids, torch.tensor(config.pad_token_id)),
              "attention_mask": mask}
    if getattr(config, "type_vocab_size", 0):
        inputs["token_type_ids"] = torch.randint(0, config.type_vocab_size, mask.shape)
    return inputs


def make(folder, draw):
    architecture = json.loads((folder / "config.json").read_text())["architectures"][0]
    model = getattr(transformers, architecture).from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float64).eval()
    torch.manual_seed(draw.randrange(2**31))
    inputs = batch(model.config, draw)
    given = inputs
    if head_of(architecture) == "ForMultipleChoice":
        given = {name: tensor[:, None] for name, tensor in inputs.items()}
    with torch.no_grad():
        made = model(**given, output_attentions=True, output_hidden_states=True)
    stored = {name: tensor.int().contiguous() for name, tensor in inputs.items()}
    for kind, tensors in (("attentions", stored), ("hidden_states", {})):
        for number, tensor in enumerate(made[kind]):
            tensors[f"{kind}.{number}"] = tensor.float().contiguous()
        save_file(tensors, folder / f"{kind}.safetensors")


def main():
    draw = random.Random(SEED)
    for folder in sorted(GOLDENS.iterdir()):
        if folder.is_dir():
            make(folder, draw)


if __name__ == "__main__":
    main()
