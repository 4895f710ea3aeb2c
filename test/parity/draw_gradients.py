"""Adds losses and gradients to the checkpoints of draw_goldens.py, as torch computes them.

    python test/parity/draw_gradients.py          (environment: README.md)

For each checkpoint with a head, and each of its cases, labels are drawn from one seed: of
tokens (a quarter have none), of sequences, numbers for regression and for several labels,
beginnings and ends of answers (some past the end). `gradients.safetensors` holds them as
CASE.NAME, the loss as CASE.loss, and CASE.gradients, three numbers (gradient_summary.py) for
each parameter in its metadata's list `parameters`. Computed in f64, without dropout. The loss
is transformers' own, but for question answering, whose softmax there takes padding in: here
padding's logits are left out.
"""

import json
import pathlib
import random

import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file

from families import FAMILIES, RELATIVES, head_of
from gradient_summary import summarize

GOLDENS = pathlib.Path(__file__).resolve().parent / "goldens" / "drawn"
SEED = 707
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def draw_labels(draw, head, config, inputs):
    """name -> labels, for a head's loss, and the problem type to state in the config."""
    ids = inputs["input_ids"]
    mask = inputs.get("attention_mask", torch.ones_like(ids)).bool()
    count = len(ids)

    def classes(number, shape):
        return torch.randint(0, number, shape)

    def of_tokens(number):
        labels = classes(number, ids.shape)
        drop = (torch.rand(ids.shape) < 0.25) | ~mask
        drop[0, 0] = False
        return torch.where(drop, torch.tensor(-100), labels)

    if head == "ForMaskedLM":
        return {"labels": of_tokens(config.vocab_size)}, None
    if head == "ForPreTraining":
        second = "sentence_order_label" if config.model_type == "albert" else "next_sentence_label"
        return {"labels": of_tokens(config.vocab_size), second: classes(2, (count,))}, None
    if head == "ForTokenClassification":
        return {"labels": of_tokens(config.num_labels)}, None
    if head == "ForMultipleChoice":
        choices = draw.choice([n for n in range(1, count + 1) if count % n == 0])
        return {"labels": classes(choices, (count // choices,))}, None
    if head == "ForQuestionAnswering":
        lengths = mask.sum(1)
        places = {}
        for name in ("start_positions", "end_positions"):
            places[name] = (torch.rand(count) * lengths).long()
            if count > 1 and draw.random() < 0.5:
                places[name][1] = ids.shape[1]  # no answer
        return places, None
    if config.num_labels == 1:
        return {"labels": torch.randn(count)}, "regression"
    if draw.random() < 0.4:
        return {"labels": (torch.rand(count, config.num_labels) < 0.5).float()}, \
            "multi_label_classification"
    return {"labels": classes(config.num_labels, (count,))}, "single_label_classification"


def loss_of(model, head, inputs, labels, problem):
    # transformers writes what it concludes into the config at the first loss
    model.config.problem_type = problem
    if head == "ForQuestionAnswering":
        out = model(**inputs)
        mask = inputs.get("attention_mask", torch.ones_like(inputs["input_ids"])).bool()
        width = mask.shape[1]
        losses = [torch.nn.functional.cross_entropy(
            logits.masked_fill(~mask, -torch.inf), labels[name], ignore_index=width)
            for logits, name in ((out.start_logits, "start_positions"),
                                 (out.end_logits, "end_positions"))]
        return sum(losses) / 2
    if head == "ForMultipleChoice":
        questions = len(labels["labels"])
        inputs = {name: t.reshape(questions, -1, t.shape[1]) for name, t in inputs.items()}
    labels = {name: t.double() if t.is_floating_point() else t for name, t in labels.items()}
    return model(**inputs, **labels).loss


def add(folder, draw):
    config = json.loads((folder / "config.json").read_text())
    head = head_of(config["architectures"][0])
    if head == "Model":
        return False
    torch.manual_seed(draw.randrange(2**31))
    model_class = getattr(transformers, config["architectures"][0])
    model = model_class.from_pretrained(folder, attn_implementation="eager").double().eval()
    cases = load_file(folder / "cases.safetensors")
    stored, names = {}, None
    for case in sorted({name.split(".")[0] for name in cases}):
        inputs = {name: cases[f"{case}.{name}"].long() for name in INPUTS
                  if f"{case}.{name}" in cases}
        labels, problem = draw_labels(draw, head, model.config, inputs)
        model.zero_grad()
        loss = loss_of(model, head, inputs, labels, problem)
        loss.backward()
        gradients = {name: p.grad for name, p in sorted(model.named_parameters())
                     if p.grad is not None}
        assert names in (None, list(gradients)), folder
        names = list(gradients)
        for name, tensor in labels.items():
            stored[f"{case}.{name}"] = tensor.contiguous()
        stored[f"{case}.loss"] = loss.detach()
        stored[f"{case}.gradients"] = torch.from_numpy(
            np.stack([summarize(g.numpy()) for g in gradients.values()]))
    save_file(stored, folder / "gradients.safetensors",
              metadata={"parameters": json.dumps(names)})
    return True


def main():
    draw = random.Random(SEED)
    made = [folder.name for folder in sorted(GOLDENS.iterdir())
            if folder.is_dir() and add(folder, draw)]
    print(f"{len(made)} of {len(FAMILIES)} families and {len(RELATIVES)} relatives")


if __name__ == "__main__":
    main()
