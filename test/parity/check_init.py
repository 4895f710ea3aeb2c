"""Holds what `bertc init` makes of a family's checkpoints against transformers.

    check_init.py FAMILY GOLDENS [CHECKPOINT...]

From a drawn checkpoint of each kind (bare, with words, with a classifier), GOLDENS being none or their
folder, and from each CHECKPOINT besides, a checkpoint is made for every task of the family: with the model's weights, and of its
config.json alone. transformers' class must load it without a tensor that is missing, unexpected or of
another shape, must save the same tensors again, and must find in config.json what was asked for. What
the model has of them is taken to the bit. Compiled, it gives transformers' answers within 2e-5, as
the goldens ask; for fresh weights too.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
import transformers
from safetensors import safe_open
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_any_float  # NumPy has no bf16

from bertc_run import maskOf, run
from families import FAMILIES, RELATIVES, head_of

TOLERANCE = 2e-5
TASKS = {
    "Model": "encode",
    "ForMaskedLM": "mlm",
    "ForPreTraining": "pretrain",
    "ForSequenceClassification": "sequence-classification",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "ForMultipleChoice": "multiple-choice",
}
LABELS = ["bad", "good", "very odd"]
LABELLED = ("ForSequenceClassification", "ForTokenClassification")
# One drawn checkpoint each is enough.
KINDS = ("Model", "ForMaskedLM", "ForSequenceClassification")
OUTPUTS = ("last_hidden_state", "pooler_output", "logits", "prediction_logits",
           "seq_relationship_logits", "sop_logits", "start_logits", "end_logits")
OLD_NAMES = {"gamma": "weight", "beta": "bias"}


def expect(condition, message):
    if not condition:
        sys.exit(message)


def tensors_of(folder):
    """Those of all files, in f32, without a prefix and under today's names."""
    tensors = {}
    for name in os.listdir(folder):
        if name.startswith("model") and name.endswith(".safetensors"):
            tensors.update(load_any_float(os.path.join(folder, name)))
    return {bare(name): tensor.float().numpy() for name, tensor in tensors.items()}


def bare(name):
    for prefix in ("bert.", "roberta.", "albert.", "distilbert."):
        name = name.removeprefix(prefix)
    start, _, end = name.rpartition(".")
    return f"{start}.{OLD_NAMES.get(end, end)}"


def load(title, head, folder):
    # Not every version of transformers takes the same arguments: these are of all.
    model, info = getattr(transformers, title + head).from_pretrained(
        folder, output_loading_info=True, attn_implementation="eager")
    for what, names in info.items():
        expect(not names, f"{folder}: {what}: {names}")
    return model.float().eval()


def check_saved(model, folder, temporary):
    """transformers saves the names and values that it has read."""
    again = os.path.join(temporary, "again")
    model.save_pretrained(again)
    ours = load_file(os.path.join(folder, "model.safetensors"))
    theirs = load_file(os.path.join(again, "model.safetensors"))
    expect(set(ours) == set(theirs), f"{folder}: tensors {sorted(set(ours) ^ set(theirs))}")
    for name, tensor in ours.items():
        expect(tensor.dtype == np.float32, f"{folder}: {name} is {tensor.dtype}")
        expect(np.array_equal(tensor, theirs[name]), f"{folder}: {name} has other values")


def check_taken(model, made, head, sourceHead):
    """Tensors of the encoder, and of a head for the same task, are the model's own."""
    source, target = tensors_of(model), tensors_of(made)
    taken = 0
    for name in set(source) & set(target):
        isHead = "classifier" in name
        if isHead and (sourceHead != head or source[name].shape != target[name].shape):
            continue
        expect(np.array_equal(source[name], target[name]),
               f"{made}: {name} is not the model's")
        taken += 1
    expect(taken > 10, f"{made}: {taken} tensors of {model}")


def check_config(folder, model, title, head):
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        made = json.load(file)
    with open(os.path.join(model, "config.json"), encoding="utf-8") as file:
        before = json.load(file)
    expect(made["architectures"] == [title + head], f"{folder}: {made['architectures']}")
    config = transformers.AutoConfig.from_pretrained(folder)
    expect(config.dtype == torch.float32, f"{folder}: dtype {config.dtype}")
    if head in LABELLED:
        expect(config.id2label == dict(enumerate(LABELS)), f"{folder}: {config.id2label}")
        expect(config.label2id == {label: i for i, label in enumerate(LABELS)},
               f"{folder}: {config.label2id}")
    set_here = {"architectures", "id2label", "label2id", "num_labels", "problem_type", "dtype",
                "torch_dtype"}
    for name in set(before) - set_here:
        expect(made[name] == before[name], f"{folder}: {name} is {made[name]}")


def inputs_of(config):
    random = np.random.default_rng(11)
    ids = random.integers(0, config.vocab_size, (3, 9))
    mask = (np.arange(9)[None, :] < np.array([9, 4, 1])[:, None]).astype(np.int64)
    inputs = {"input_ids": np.where(mask == 1, ids, config.pad_token_id), "attention_mask": mask}
    if getattr(config, "type_vocab_size", 0):
        inputs["token_type_ids"] = random.integers(0, config.type_vocab_size, ids.shape)
    return inputs


def check_answers(model, head, folder, temporary):
    artifact = os.path.join(temporary, "model.so")
    subprocess.run(["bertc", "compile", folder, "-o", artifact], check=True,
                   stdout=subprocess.DEVNULL)
    inputs = inputs_of(model.config)
    got = run(artifact, inputs)
    given = {name: torch.from_numpy(tensor) for name, tensor in inputs.items()}
    if head == "ForMultipleChoice":
        given = {name: tensor[:, None] for name, tensor in given.items()}
    with torch.no_grad():
        answers = model(**given)
    wanted = {name: answers[name].numpy() for name in OUTPUTS if answers.get(name) is not None}
    expect(set(got) == set(wanted), f"{folder}: outputs {sorted(got)}, not {sorted(wanted)}")
    for name, value in got.items():
        expected = wanted[name]
        expect(value.shape == expected.shape, f"{folder}: {name} is {value.shape}")
        if value.shape[:2] == inputs["input_ids"].shape:
            value, expected = value[maskOf(inputs)], expected[maskOf(inputs)]
        apart = np.abs(value - expected).max()
        expect(apart <= TOLERANCE, f"{folder}: {name} differs by {apart:.1e}")


def check(source, title, heads, sourceHead):
    for head in heads:
        for model in (source, os.path.join(source, "config.json")):
            with tempfile.TemporaryDirectory() as temporary:
                made = os.path.join(temporary, TASKS[head])
                labels = ["--labels", ",".join(LABELS)] if head in LABELLED else []
                done = subprocess.run(
                    ["bertc", "init", model, "-o", made, "--task", TASKS[head], *labels,
                     "--seed", "3"], check=True, capture_output=True, text=True)
                expect(not done.stderr, done.stderr)
                with safe_open(os.path.join(made, "model.safetensors"), "np") as file:
                    expect(file.metadata()["format"] == "pt", f"{made}: {file.metadata()}")
                check_config(made, source, title, head)
                loaded = load(title, head, made)
                check_saved(loaded, made, temporary)
                if model == source:
                    check_taken(source, made, head, sourceHead)
                check_answers(loaded, head, made, temporary)
    print(f"{source}: {len(heads)} tasks")


def main(family, goldens, *checkpoints):
    transformers.utils.logging.disable_progress_bar()
    title, heads = (FAMILIES | RELATIVES)[family]
    if family in RELATIVES:  # the same names as their elder, whose heads are all looked at
        heads = LABELLED
    sources, seen = list(checkpoints), set()
    if goldens != "none":
        with open(os.path.join(goldens, "families.json"), encoding="utf-8") as file:
            sources += [os.path.join(goldens, number) for number in json.load(file)[family]]
    for source in sources:
        with open(os.path.join(source, "config.json"), encoding="utf-8") as file:
            sourceHead = head_of(json.load(file)["architectures"][0])
        if source in checkpoints or (sourceHead not in seen and sourceHead in KINDS):
            check(source, title, heads, sourceHead)
            seen.add(sourceHead)
    expect(seen, f"no checkpoint of {family}")


if __name__ == "__main__":
    main(*sys.argv[1:])
