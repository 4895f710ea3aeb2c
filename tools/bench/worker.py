"""One peer in a process of its own, told what to do by compare: a JSON object a line.

    {"prepare": "8x128", "arrangement": "whole"}   -> {"ok": true, "states": PATH}
    {"run": 3}                                     -> {"ms": [96.1, 95.8, 96.0]}

`states` is last_hidden_state of the batch, rows of all tokens, as .npy. Anything else that a
peer prints goes to stderr.
"""

import json
import os
import sys
import time

import numpy as np

from peers import PEERS
from shapes import Shape, padded


class Worker:
    def __init__(self, peer, folder, threads, dtype, cache):
        self.cache = cache
        os.makedirs(cache, exist_ok=True)
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            self.vocabulary_size = json.load(file)["vocab_size"]
        self.peer = PEERS[peer](folder, threads, dtype, cache)

    def hello(self):
        return {"version": self.peer.version(), "packs": self.peer.packs}

    def prepare(self, name, arrangement):
        shape = Shape(name)
        sequences = shape.sequences(self.vocabulary_size)
        parts = shape.arrangements().get(arrangement, [list(range(len(sequences)))])
        self.count = len(parts)
        self.peer.prepare([padded([sequences[i] for i in part]) for part in parts])
        rows = [None] * len(sequences)
        for number, part in enumerate(parts):
            states = self.peer.run(number)()
            for row, i in enumerate(part):
                rows[i] = states[row, :len(sequences[i])]
        path = os.path.join(self.cache, "states.npy")
        np.save(path, np.concatenate(rows))
        return {"ok": True, "states": path}

    def run(self, repeat):
        times = []
        for _ in range(repeat):
            start = time.perf_counter()
            for number in range(self.count):
                self.peer.run(number)
            times.append(1e3 * (time.perf_counter() - start))
        return {"ms": times}


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer, folder, threads, dtype, cache = sys.argv[1:]
    worker = None

    def answer(make):
        try:
            print(json.dumps(make()), file=answers)
        except Exception as error:  # whatever a peer throws is told, not fatal
            text = f"{type(error).__name__}: {error}".split("\n")[0][:200]
            print(json.dumps({"error": text}), file=answers)

    def start():
        nonlocal worker
        worker = Worker(peer, folder, int(threads), dtype, cache)
        return worker.hello()

    answer(start)
    for line in sys.stdin:
        order = json.loads(line)
        if "prepare" in order:
            answer(lambda: worker.prepare(order["prepare"], order["arrangement"]))
        else:
            answer(lambda: worker.run(order["run"]))


if __name__ == "__main__":
    main()
