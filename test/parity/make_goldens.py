"""Makes the goldens of test/parity: tiny random BERT checkpoints with what transformers answers.

    python3 -m venv /tmp/parity && /tmp/parity/bin/pip install -r test/parity/requirements.txt
    /tmp/parity/bin/python test/parity/make_goldens.py [NAME ...]

Each folder goldens/NAME holds a checkpoint as people store them, and `cases.safetensors`:
for each case the tensors CASE.input_ids, CASE.attention_mask, CASE.token_type_ids (the last
two not in every case) and the answers CASE.hidden_rows [kept positions, H], which are
last_hidden_state's rows where the mask is one, and CASE.pooler_output [B, H].

The answers are computed in f64 on the stored weights and rounded to f32, so that the tests'
tolerance holds bertc's own error and not the sum of two. The script stops where transformers
in f32 is farther than 5e-6 from them. A sequence's pooler reads its first position that is
not masked.
"""

import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

GOLDENS = pathlib.Path(__file__).resolve().parent / "goldens"

# config: what goes into BertConfig. store: dtype of the floating-point tensors in the file.
# How the checkpoint is written: prefix, legacy (gamma and beta), heads (extra tensors),
# shards, pooler. peaked: factor on the query weights, so that softmax meets large scores.
MODELS = {
    "gelu-one-layer": dict(
        config=dict(hidden_size=20, num_attention_heads=5, num_hidden_layers=1,
                    intermediate_size=52, max_position_embeddings=40),
        store=torch.float32),
    "gelu-new-prefixed": dict(
        config=dict(hidden_size=36, num_attention_heads=3, num_hidden_layers=2,
                    intermediate_size=108, max_position_embeddings=44,
                    hidden_act="gelu_new"),
        store=torch.float16, prefix=True, heads=True),
    "relu-sharded": dict(
        config=dict(hidden_size=40, num_attention_heads=2, num_hidden_layers=2,
                    intermediate_size=72, max_position_embeddings=40,
                    hidden_act="relu"),
        store=torch.bfloat16, shards=3),
    "silu-one-head": dict(
        config=dict(hidden_size=64, num_attention_heads=1, num_hidden_layers=1,
                    intermediate_size=100, max_position_embeddings=48,
                    hidden_act="silu"),
        store=torch.float16),
    "tanh-gamma-beta": dict(
        config=dict(hidden_size=96, num_attention_heads=2, num_hidden_layers=1,
                    intermediate_size=28, max_position_embeddings=40,
                    hidden_act="tanh"),
        store=torch.bfloat16, prefix=True, legacy=True),
    "many-heads": dict(
        config=dict(hidden_size=48, num_attention_heads=12, num_hidden_layers=1,
                    intermediate_size=68, max_position_embeddings=40),
        store=torch.float16, peaked=3.0),
    "four-layers-long": dict(
        config=dict(hidden_size=20, num_attention_heads=1, num_hidden_layers=4,
                    intermediate_size=60, max_position_embeddings=512),
        store=torch.float16),
    "no-pooler": dict(
        config=dict(hidden_size=36, num_attention_heads=9, num_hidden_layers=1,
                    intermediate_size=44, max_position_embeddings=40,
                    type_vocab_size=1),
        store=torch.float32, prefix=True, heads=True, pooler=False),
    "gelu-tanh-epsilon": dict(
        config=dict(hidden_size=48, num_attention_heads=6, num_hidden_layers=2,
                    intermediate_size=36, max_position_embeddings=40,
                    hidden_act="gelu_pytorch_tanh", layer_norm_eps=1e-5),
        store=torch.float16),
    "odd-sizes": dict(
        config=dict(hidden_size=30, num_attention_heads=2, num_hidden_layers=2,
                    intermediate_size=45, max_position_embeddings=41, vocab_size=53,
                    type_vocab_size=3),
        store=torch.bfloat16),
}


def makeModel(config, store, peaked, seed):
    """A model whose weights are large enough to make attention choose, stored exactly."""
    torch.manual_seed(seed)
    model = BertModel(config, add_pooling_layer=True).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "LayerNorm.weight" in name:
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
            elif name.endswith("bias"):
                parameter.copy_(0.1 * torch.randn_like(parameter))
            elif "embeddings" in name:
                parameter.copy_(torch.randn_like(parameter))
            else:
                parameter.copy_(torch.randn_like(parameter) * parameter.shape[1] ** -0.5)
            if "query.weight" in name:
                parameter.mul_(peaked)
            parameter.copy_(parameter.to(store).to(parameter.dtype))
    return model


def makeCases(config):
    """name -> inputs. The cases ask for every way a batch may look."""
    vocab, longest = config.vocab_size, config.max_position_embeddings
    types = config.type_vocab_size

    def ids(*shape, dtype=torch.int64):
        return torch.randint(0, vocab, shape, dtype=dtype)

    def maskOf(lengths, width):
        return (torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]).long()

    holes = torch.tensor([[0, 0, 0, 1, 1, 1, 1],
                          [1, 1, 0, 1, 0, 0, 1]])
    return {
        "padded": dict(input_ids=ids(3, 11), attention_mask=maskOf([11, 7, 5], 11),
                       token_type_ids=torch.randint(0, types, (3, 11))),
        "ragged": dict(input_ids=ids(5, 17, dtype=torch.int32),
                       attention_mask=maskOf([3, 17, 1, 2, 9], 17)),
        "one_token": dict(input_ids=ids(1, 1)),
        "full_length": dict(input_ids=ids(1, longest)),
        "holes": dict(input_ids=ids(2, 7), attention_mask=holes),
    }


def answer(model, inputs, dtype):
    """last_hidden_state's kept rows, and pooler_output of the first kept position."""
    # transformers wants i64 ids; the file keeps the type under test.
    inputs = {name: tensor.long() for name, tensor in inputs.items()}
    model = model.to(dtype)
    with torch.no_grad():
        hidden = model(**inputs).last_hidden_state
        mask = inputs.get("attention_mask", torch.ones_like(inputs["input_ids"]))
        first = mask.argmax(dim=1)
        rows = hidden[torch.arange(len(hidden)), first]
        pooled = model.pooler(rows[:, None, :])
    return hidden[mask.bool()], pooled


def checkpointTensors(model, spec):
    tensors = {}
    for name, tensor in model.state_dict().items():
        if name.startswith("pooler.") and not spec.get("pooler", True):
            continue
        if spec.get("legacy"):
            name = name.replace("LayerNorm.weight", "LayerNorm.gamma")
            name = name.replace("LayerNorm.bias", "LayerNorm.beta")
        if spec.get("prefix"):
            name = "bert." + name
        if tensor.is_floating_point():
            tensor = tensor.to(spec["store"])
        tensors[name] = tensor.contiguous().clone()
    if spec.get("heads"):
        hidden, vocab = model.config.hidden_size, model.config.vocab_size
        tensors["cls.predictions.bias"] = torch.zeros(vocab, dtype=spec["store"])
        tensors["cls.seq_relationship.weight"] = torch.ones(2, hidden, dtype=spec["store"])
        tensors["cls.seq_relationship.bias"] = torch.zeros(2, dtype=spec["store"])
        # Old checkpoints carry this buffer.
        tensors["bert.embeddings.position_ids"] = torch.arange(
            model.config.max_position_embeddings)[None, :]
    return tensors


def writeCheckpoint(folder, tensors, shards):
    metadata = {"format": "pt"}
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata)
        return
    weightMap, names = {}, sorted(tensors)
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        part = {name: tensors[name] for name in names[shard::shards]}
        save_file(part, folder / file, metadata)
        weightMap.update({name: file for name in part})
    size = sum(t.numel() * t.element_size() for t in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(weightMap.items()))}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")


def writeConfig(folder, config):
    keep = ("hidden_size", "num_attention_heads", "num_hidden_layers", "intermediate_size",
            "hidden_act", "vocab_size", "type_vocab_size", "max_position_embeddings",
            "layer_norm_eps", "pad_token_id")
    facts = {"architectures": ["BertModel"], "model_type": "bert"}
    facts.update({key: getattr(config, key) for key in keep})
    (folder / "config.json").write_text(json.dumps(facts, indent=1) + "\n")


def makeGolden(name, spec, seed):
    folder = GOLDENS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    options = dict(vocab_size=43, type_vocab_size=2)
    options.update(spec["config"])
    config = BertConfig(**options, attn_implementation="eager")
    model = makeModel(config, spec["store"], spec.get("peaked", 1.0), seed)
    writeConfig(folder, config)
    writeCheckpoint(folder, checkpointTensors(model, spec), spec.get("shards", 1))

    stored, worst = {}, 0.0
    for case, inputs in makeCases(config).items():
        single = answer(model, inputs, torch.float32)
        double = answer(model, inputs, torch.float64)
        worst = max([worst] + [(s - d).abs().max().item() for s, d in zip(single, double)])
        for key, tensor in inputs.items():
            stored[f"{case}.{key}"] = tensor.contiguous()
        stored[f"{case}.hidden_rows"] = double[0].float().contiguous()
        if spec.get("pooler", True):
            stored[f"{case}.pooler_output"] = double[1].float().contiguous()
    if worst > 5e-6:
        sys.exit(f"{name}: transformers in f32 is {worst:.1e} from f64: choose tamer weights")
    save_file(stored, folder / "cases.safetensors")
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{name:20} {size / 1024:6.1f} KB, transformers' f32 differs by {worst:.1e}")


def main():
    wanted = sys.argv[1:] or list(MODELS)
    for seed, (name, spec) in enumerate(MODELS.items()):
        if name in wanted:
            makeGolden(name, spec, seed)


if __name__ == "__main__":
    main()
