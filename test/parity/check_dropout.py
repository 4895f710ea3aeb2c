"""Compares gradients with dropout of `bertc compile --train --dropout` with the interpreter's.

    check_dropout.py FOLDER NN... --native CPU

Both draw the same numbers by the same key, so that a wrong number drops another element and
changes a gradient by far more than rounding. For each key the loss is within 1e-6 of the
interpreter's, relatively, and each gradient within 1e-5 in norm (check_gradients.py says of
what), on 1 and 3 threads with the same bits; another key gives another loss.
"""

import os
import subprocess

from safetensors.numpy import load_file

from check_gradients import INPUTS, check_numbered, furthest, grad

KEYS = (0, 7, 2**63 + 2**31 + 5)
LABELS = ("labels", "next_sentence_label", "sentence_order_label", "start_positions",
          "end_positions")


def check_model(folder, cpu, place):
    """The largest difference of a gradient."""
    cases = load_file(os.path.join(folder, "cases.safetensors"))
    labels = load_file(os.path.join(folder, "gradients.safetensors"))
    batch = {name: tensors[f"padded.{name}"] for tensors, names in ((cases, INPUTS), (labels, LABELS))
             for name in names if f"padded.{name}" in tensors}
    artifact = os.path.join(place, f"{os.path.basename(folder)}.so")
    subprocess.run(["bertc", "compile", folder, "--train", "--dropout", "-o", artifact, "--target-cpu", cpu,
                    "--no-tokenizer"], check=True)
    worst, losses = 0.0, set()
    for key in KEYS:
        option = ("--dropout-key", str(key))
        wanted = grad(folder, batch, *option)
        got, other = (grad(artifact, batch, *option, "--threads", n) for n in ("1", "3"))
        assert all(other[name].tobytes() == got[name].tobytes() for name in got), (folder, key)
        loss = float(wanted.pop("loss"))
        losses.add(loss)
        apart = abs(float(got.pop("loss")) - loss)
        assert apart <= 1e-6 * abs(loss), (folder, key, loss, apart)
        worst = max(worst, furthest(got, wanted, (folder, key)))
    assert len(losses) == len(KEYS), (folder, losses)
    return worst


if __name__ == "__main__":
    check_numbered(check_model, "gradients with dropout")
