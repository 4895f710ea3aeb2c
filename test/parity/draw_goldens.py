"""Draws tiny random checkpoints of all families and heads, with transformers' answers.

    python test/parity/draw_goldens.py            (environment: README.md)

Sixty-four configurations come from one seeded generator: family, head, sizes, activation,
epsilon, layer groups, labels. None is chosen by hand and none is thrown away; the seed is the
first that was tried. Behind them come the pairs of family and head that were not drawn, and
three of each relative of RoBERTa, with all else drawn. Each folder goldens/drawn/NN holds the checkpoint as transformers saves
it and `cases.safetensors`: for a case the inputs, and the answers under their names. Answers
are computed in f64 on the stored weights (f16) and rounded to f32.
"""

import json
import pathlib
import random
import shutil

import torch
import transformers
from safetensors.torch import save_file

from families import FAMILIES, RELATIVES

GOLDENS = pathlib.Path(__file__).resolve().parent / "goldens" / "drawn"
SEED, COUNT = 2026, 64
ROBERTAS = {"roberta", *RELATIVES}


def draw_config(draw, family, head):
    heads = draw.choice([1, 2, 3, 4, 6])
    hidden = heads * draw.choice([3, 4, 5, 8, 10])
    layers = draw.randint(1, 4)
    activation = draw.choice(["gelu", "gelu_new", "relu", "silu", "gelu_pytorch_tanh"])
    positions = draw.randint(24, 40)
    config = dict(vocab_size=draw.randint(30, 60), max_position_embeddings=positions,
                  tie_word_embeddings=draw.random() < 0.75, pad_token_id=0)
    if family == "distilbert":
        config.update(dim=hidden, n_heads=heads, n_layers=layers,
                      hidden_dim=draw.randint(20, 60), activation=activation,
                      sinusoidal_pos_embds=hidden % 2 == 0 and draw.random() < 0.5)
    else:
        config.update(hidden_size=hidden, num_attention_heads=heads, num_hidden_layers=layers,
                      intermediate_size=draw.randint(20, 60), hidden_act=activation,
                      type_vocab_size=draw.randint(1, 3),
                      layer_norm_eps=draw.choice([1e-12, 1e-5, 1e-7]))
    if family in ROBERTAS:
        config["pad_token_id"] = draw.choice([0, 1, 3])
    if family == "albert":
        config.update(embedding_size=draw.choice([8, 12, 20, hidden]),
                      num_hidden_groups=draw.randint(1, min(3, layers)),
                      inner_group_num=draw.randint(1, 2))
    if head in ("ForSequenceClassification", "ForTokenClassification", "ForPreTraining"):
        config["num_labels"] = 2 if head == "ForPreTraining" else draw.randint(1, 5)
    if family == "bert" or family in ROBERTAS:
        config["classifier_dropout"] = draw.choice([None, 0.0, 0.3])
    return config


def shake(model):
    """Weights large enough that attention chooses, stored exactly in f16."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # sinusoidal positions are what transformers computed
            if "position_embeddings" in name and not parameter.requires_grad:
                pass
            elif parameter.dim() == 1:
                norm = "norm" in name.lower() and name.endswith("weight")
                parameter.copy_((1.0 if norm else 0.0) + 0.1 * torch.randn_like(parameter))
            elif "embeddings" in name:
                parameter.copy_(0.5 * torch.randn_like(parameter))
            else:
                parameter.copy_(torch.randn_like(parameter) * parameter.shape[1] ** -0.5)
            parameter.copy_(parameter.half().to(parameter.dtype))


def cases(config, draw, longest):
    """name -> inputs: one full sequence, a padded batch, a ragged one with a long row."""
    pad = config.pad_token_id
    types = getattr(config, "type_vocab_size", 0)

    def batch(lengths):
        width = max(lengths)
        ids = torch.randint(0, config.vocab_size, (len(lengths), width))
        mask = (torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]).long()
        inputs = {"input_ids": torch.where(mask.bool(), ids, torch.tensor(pad)),
                  "attention_mask": mask}
        if types:
            inputs["token_type_ids"] = torch.randint(0, types, ids.shape)
        return inputs

    yield "full", {k: v for k, v in batch([draw.randint(2, longest)]).items()
                   if k != "attention_mask"}
    yield "padded", batch([draw.randint(2, 14) for _ in range(3)])
    yield "ragged", batch([1, longest, draw.randint(1, 9), draw.randint(1, 30 % longest + 1)])


def answer(model, head, inputs):
    inputs = dict(inputs)
    if head == "ForMultipleChoice":
        inputs = {name: t[:, None] for name, t in inputs.items()}
    with torch.no_grad():
        out = model(**inputs)
    names = ("last_hidden_state", "pooler_output", "logits", "prediction_logits",
             "seq_relationship_logits", "sop_logits", "start_logits", "end_logits")
    return {name: out[name] for name in names if name in out and out[name] is not None}


def make(number, draw, family=None, head=None):
    family = family or draw.choice(sorted(FAMILIES))
    title, heads = (FAMILIES | RELATIVES)[family]
    head = head or draw.choice(heads)
    torch.manual_seed(draw.randrange(2**31))
    config = getattr(transformers, title + "Config")(**draw_config(draw, family, head))
    config._attn_implementation = "eager"
    model = getattr(transformers, title + head)(config).eval()
    shake(model)
    folder = GOLDENS / f"{number:02}"
    model.half().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    stored = {}
    offset = config.pad_token_id + 1 if family in ROBERTAS else 0
    longest = config.max_position_embeddings - offset
    for case, inputs in cases(config, draw, longest):
        single = answer(model.float(), head, inputs)
        double = answer(model.double(), head, inputs)
        apart = max((single[n] - double[n]).abs().max().item() for n in double)
        assert apart < 1e-5, f"{number}: transformers' own f32 is {apart:.1e} from f64"
        for name, tensor in inputs.items():
            stored[f"{case}.{name}"] = tensor.int().contiguous()
        for name, tensor in double.items():
            stored[f"{case}.{name}"] = tensor.float().contiguous()
    save_file(stored, folder / "cases.safetensors")
    return family, head


def main():
    shutil.rmtree(GOLDENS, ignore_errors=True)
    GOLDENS.mkdir(parents=True)
    draw = random.Random(SEED)
    made = [make(number, draw) for number in range(COUNT)]
    missing = [(family, head) for family, (_, heads) in sorted(FAMILIES.items())
               for head in heads if (family, head) not in made]
    for family, (_, heads) in sorted(RELATIVES.items()):
        missing += [(family, head) for head in draw.sample(heads, 3)]
    made += [make(COUNT + i, draw, *pair) for i, pair in enumerate(missing)]
    lists = {}
    for number, (family, _) in enumerate(made):
        lists.setdefault(family, []).append(f"{number:02}")
    (GOLDENS / "families.json").write_text(json.dumps(lists, indent=1) + "\n")
    for family, head in sorted(set(made)):
        print(f"{family:11} {head:26} {made.count((family, head))}")


if __name__ == "__main__":
    main()
