"""Expects the same bits of an artifact however a batch is run.

    check_same_bits.py ARTIFACT [LENGTH...]

The batch is one of sequences of these lengths with ids from a seed. Its outputs on 1, 2, 3 and 5
threads, padded (at the end, and more than needed), in another order, and of each sequence alone
are, bit for bit, those of a packed run on one thread. `bertc run` always pads what it is given,
so this calls the functions of bertc.h in the artifact.
"""

import ctypes
import sys

import numpy as np

LENGTHS = (200, 1, 512, 7, 64)
THREADS = (1, 2, 3, 5)
# bertc_rows_kind; the artifacts here have one row a token, or one a sequence.
PER_TOKEN = 0
P, I64 = ctypes.c_void_p, ctypes.c_int64


class TensorInfo(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("element", ctypes.c_int), ("rows", ctypes.c_int),
                ("columns", I64)]


class View(ctypes.Structure):
    _fields_ = [("data", ctypes.POINTER(ctypes.c_float)), ("rows", I64), ("columns", I64),
                ("stride", I64)]


class Model:
    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.declare("bertc_last_error", ctypes.c_char_p)
        self.declare("bertc_open", P, ctypes.c_char_p)
        self.declare("bertc_output_info", ctypes.POINTER(TensorInfo), P, I64)
        self.declare("bertc_session_create", P, P, I64, I64, I64, P)
        self.declare("bertc_session_destroy", None, P)
        self.declare("bertc_run_packed", ctypes.c_int, P, P, P, P, I64)
        self.declare("bertc_run_padded", ctypes.c_int, P, P, P, P, I64, I64)
        self.declare("bertc_output", ctypes.c_int, P, I64, ctypes.POINTER(View))
        self.model = self.library.bertc_open(path.encode()) or self.fail()
        self.outputs, info = [], self.library.bertc_output_info(self.model, 0)
        while info:
            self.outputs.append((info.contents.name.decode(), info.contents.rows == PER_TOKEN))
            info = self.library.bertc_output_info(self.model, len(self.outputs))

    def declare(self, name, result, *arguments):
        function = getattr(self.library, name)
        function.restype, function.argtypes = result, arguments

    def fail(self):
        sys.exit(self.library.bertc_last_error().decode())

    def run(self, sequences, threads, width=None):
        """For each sequence its rows of each output; packed, or padded to `width`."""
        lengths = [len(sequence) for sequence in sequences]
        session = self.library.bertc_session_create(
            self.model, sum(lengths), len(lengths), threads, None) or self.fail()
        offsets = np.cumsum([0, *lengths], dtype=np.int32)
        if width is None:
            ids = np.concatenate(sequences)
            status = self.library.bertc_run_packed(
                session, ids.ctypes.data, None, offsets.ctypes.data, len(lengths))
        else:
            ids, mask = np.zeros((2, len(lengths), width), np.int32)
            for row, sequence in enumerate(sequences):
                ids[row, :len(sequence)], mask[row, :len(sequence)] = sequence, 1
            status = self.library.bertc_run_padded(
                session, ids.ctypes.data, mask.ctypes.data, None, len(lengths), width)
        if status:
            self.fail()
        results = [[] for _ in sequences]
        for index, (_, perToken) in enumerate(self.outputs):
            view = View()
            if self.library.bertc_output(session, index, ctypes.byref(view)):
                self.fail()
            rows = np.ctypeslib.as_array(view.data, (view.rows, view.stride))[:, :view.columns]
            for b, result in enumerate(results):
                result.append(rows[offsets[b]:offsets[b + 1]].tobytes() if perToken
                              else rows[b].tobytes())
        self.library.bertc_session_destroy(session)
        return results


def main(path, *lengths):
    model = Model(path)
    numbers = np.random.default_rng(1)
    # Ids of words, which BERT's vocabularies have from 1000 on.
    sequences = [numbers.integers(1000, 30000, int(n), np.int32) for n in lengths or LENGTHS]
    wanted = model.run(sequences, 1)
    failures = 0

    def expect(what, got, expected):
        nonlocal failures
        for b, (mine, theirs) in enumerate(zip(got, expected)):
            for (name, _), x, y in zip(model.outputs, mine, theirs):
                if x != y:
                    failures += 1
                    print(f"{what}: {name} of sequence {b} has other bits")

    if any(not np.isfinite(np.frombuffer(x, np.float32)).all() or not any(x)
           for result in wanted for x in result):
        sys.exit("outputs are not finite, or all zero")
    width = max(map(len, sequences))
    for threads in THREADS:
        expect(f"packed, {threads} threads", model.run(sequences, threads), wanted)
        expect(f"padded, {threads} threads", model.run(sequences, threads, width), wanted)
        expect(f"padded to more, {threads} threads", model.run(sequences, threads, width + 6),
               wanted)
        expect(f"reversed, {threads} threads", model.run(sequences[::-1], threads)[::-1], wanted)
        for b, sequence in enumerate(sequences):
            expect(f"sequence {b} alone, {threads} threads", model.run([sequence], threads),
                   wanted[b:b + 1])
    names = ", ".join(name for name, _ in model.outputs)
    print(f"{names}: {len(sequences)} sequences, {failures} differences")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
