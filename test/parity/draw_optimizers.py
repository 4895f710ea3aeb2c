"""Trains a drawn checkpoint with every optimiser, in f64, for check_optimizers.py.

    python test/parity/draw_optimizers.py          (environment: README.md)

100 steps on one batch: torch's own AdamW and SGD; Google's AdamW and LAMB
(google-research/bert optimization.py, albert lamb_optimizer.py), fairseq's AdamW
(optim/adam.py) and NVIDIA's LAMB (DeepLearningExamples, apex FusedLAMB) by their formulas.
Vectors have no weight decay. `optimizers.json` beside the drawn checkpoints holds the settings of
each, the losses, and three numbers (gradient_summary.py) for what each parameter moved by.
"""

import json
import math
import pathlib

import torch
import transformers
from safetensors.torch import load_file

from gradient_summary import summarize

GOLDENS = pathlib.Path(__file__).resolve().parent / "goldens" / "drawn"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
STEPS = 100
RUNS = {
    "adamw": {"optimizer": "adamw", "rate": 1e-3, "decay": 0.1},
    "adamw_clipped": {"optimizer": "adamw", "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6,
                      "max-norm": 0.25, "rate": 2e-3, "decay": 0.01},
    "adamw_google": {"optimizer": "adamw-google", "max-norm": 1.0, "rate": 2e-4, "decay": 0.01},
    "adamw_fairseq": {"optimizer": "adamw-fairseq", "rate": 1e-3, "decay": 0.01},
    "lamb": {"optimizer": "lamb", "rate": 2e-3, "decay": 0.01},
    "lamb_nvidia": {"optimizer": "lamb-nvidia", "rate": 2e-3, "decay": 0.01},
    "sgd": {"optimizer": "sgd", "rate": 2e-2, "decay": 0.01},
    "sgd_momentum": {"optimizer": "sgd", "momentum": 0.9, "rate": 5e-3, "decay": 0.01,
                     "max-norm": 1.0},
    "sgd_nesterov": {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "rate": 5e-3,
                     "decay": 0.01},
}
DEFAULTS = {"adamw-google": (0.9, 0.999, 1e-6), "adamw-fairseq": (0.9, 0.98, 1e-6),
            "lamb": (0.9, 0.999, 1e-6), "lamb-nvidia": (0.9, 0.999, 1e-6)}


def rate_at(run, step):
    """Of step 1 and on: linearly down to a half."""
    return run["rate"] * (1 - (step - 1) / (2 * STEPS))


class Formula:
    """Steps that torch has no optimiser for."""

    def __init__(self, run, parameters):
        self.kind, self.parameters, self.step = run["optimizer"], parameters, 0
        self.decay = run["decay"]
        self.moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
        self.most = run.get("max-norm", 1.0 if self.kind.startswith("lamb") else 0.0)

    @torch.no_grad()
    def update(self, rate):
        b1, b2, epsilon = DEFAULTS[self.kind]
        self.step += 1
        norm = math.sqrt(sum(float((p.grad ** 2).sum()) for p in self.parameters))
        clip = self.most / max(norm, self.most) if self.most else 1.0
        c1, c2 = 1 - b1 ** self.step, 1 - b2 ** self.step
        for p, (m, v) in zip(self.parameters, self.moments):
            g = clip * p.grad
            decay = self.decay if p.dim() > 1 else 0.0
            m.mul_(b1).add_(g, alpha=1 - b1)
            v.mul_(b2).add_(g * g, alpha=1 - b2)
            if self.kind == "adamw-google":
                p.sub_(rate * (m / (v.sqrt() + epsilon) + decay * p))
            elif self.kind == "adamw-fairseq":
                p.sub_(rate * decay * p)
                p.sub_(rate * math.sqrt(c2) / c1 * m / (v.sqrt() + epsilon))
            else:
                d1, d2 = (c1, c2) if self.kind == "lamb-nvidia" else (1.0, 1.0)
                u = (m / d1) / ((v / d2).sqrt() + epsilon) + decay * p
                ratio = 1.0
                if decay and p.norm() > 0 and u.norm() > 0:
                    ratio = float(p.norm() / u.norm())
                p.sub_(rate * ratio * u)


class Torch:
    def __init__(self, run, parameters):
        self.parameters, self.most = parameters, run.get("max-norm", 0.0)
        groups = [{"params": [p for p in parameters if p.dim() > 1],
                   "weight_decay": run["decay"]},
                  {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0}]
        if run["optimizer"] == "sgd":
            self.inner = torch.optim.SGD(groups, lr=1.0, momentum=run.get("momentum", 0.0),
                                         nesterov=run.get("nesterov", False))
        else:
            self.inner = torch.optim.AdamW(
                groups, lr=1.0, betas=(run.get("beta1", 0.9), run.get("beta2", 0.999)),
                eps=run.get("epsilon", 1e-8))

    def update(self, rate):
        if self.most:
            torch.nn.utils.clip_grad_norm_(self.parameters, self.most)
        for group in self.inner.param_groups:
            group["lr"] = rate
        self.inner.step()


def train(folder, run, batch, labels):
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").double().eval()
    model.config.problem_type = "single_label_classification"
    named = dict(model.named_parameters())
    before = {name: p.detach().clone() for name, p in named.items()}
    formula = run["optimizer"] not in ("adamw", "sgd")
    optimizer = (Formula if formula else Torch)(run, list(named.values()))
    losses = []
    for step in range(1, STEPS + 1):
        loss = model(**batch, labels=labels).loss
        for p in named.values():
            p.grad = None
        loss.backward()
        for p in named.values():
            if p.grad is None:
                p.grad = torch.zeros_like(p)
        losses.append(float(loss))
        optimizer.update(rate_at(run, step))
    moved = {name: summarize((p.detach() - before[name]).numpy()) for name, p in named.items()}
    return {"settings": run, "losses": losses[::10],
            "moved": {name: [float(f"{x:.9g}") for x in summary] for name, summary in moved.items()}}


def main():
    number = "08"
    folder = GOLDENS / number
    cases = load_file(folder / "cases.safetensors")
    batch = {name: cases[f"padded.{name}"].long() for name in INPUTS if f"padded.{name}" in cases}
    labels = load_file(folder / "gradients.safetensors")["padded.labels"].long()
    results = {"checkpoint": number, "steps": STEPS,
               "runs": {name: train(folder, run, batch, labels) for name, run in RUNS.items()}}
    (GOLDENS / "optimizers.json").write_text(json.dumps(results) + "\n")


if __name__ == "__main__":
    main()
