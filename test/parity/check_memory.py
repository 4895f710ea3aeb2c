"""Holds the memory of a training against what bertc inspect promised.

  check_memory.py ARTIFACT PROMISE

PROMISE is what `bertc inspect --json` said of ARTIFACT, a masked-language model, and of a step's size. Trains two
steps of it and compares the process's resident bytes, less those before the artifact was opened, with the promise:
within 5 %, as the kernel gives memory in pages of up to 2 MB and the code is not counted.
"""

import json
import sys

import numpy as np
import training


def resident():
    """Bytes; VmHWM is the most so far."""
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main(path, promise):
    with open(promise) as file:
        step = json.load(file)
    batch, selected = step["sequences"], step["selected"]
    length, slots = step["tokens"] // batch, selected // batch
    assert batch * length == step["tokens"] and batch * slots == selected
    rng = np.random.default_rng(0)
    ids = rng.integers(5, 1000, (batch, length))
    labels = rng.integers(5, 1000, selected)
    columns = np.ascontiguousarray(np.tile(np.arange(slots, dtype=np.int32), (batch, 1)))
    before = resident()
    session = training.Session(path, step["tokens"], batch, step["threads"])
    for number in (1, 2):
        session.select(columns)
        session.run({"input_ids": ids}, {"labels": labels})
        session.update(1e-4, 0.01, number)
    taken = resident() - before
    ratio = taken / step["bytes"]
    print(f"{taken} bytes, {step['bytes']} promised: {ratio:.3f}")
    return 0 if 0.95 <= ratio <= 1.05 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
