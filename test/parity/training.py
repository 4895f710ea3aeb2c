"""Trains a compiled model by the C API that its shared library carries (bertc_train.h)."""

import ctypes

import numpy as np

NUMBER, PARAMETER, GRADIENT, FIRST_MOMENT, SECOND_MOMENT = range(5)


class StateInfo(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("rank", ctypes.c_int64),
                ("shape", ctypes.c_int64 * 2), ("role", ctypes.c_int),
                ("element", ctypes.c_int)]


class Session:
    """A session of a training artifact; `tokens` and `sequences` are its capacity."""

    def __init__(self, path, tokens, sequences, threads=1):
        self.c = ctypes.CDLL(path)
        for name in ("bertc_open", "bertc_session_create"):
            getattr(self.c, name).restype = ctypes.c_void_p
        self.c.bertc_last_error.restype = ctypes.c_char_p
        for name in ("bertc_num_states", "bertc_find_state"):
            getattr(self.c, name).restype = ctypes.c_int64
        self.model = ctypes.c_void_p(self.c.bertc_open(None) or self.fail())
        count = ctypes.c_int64
        self.session = ctypes.c_void_p(
            self.c.bertc_session_create(self.model, count(tokens), count(sequences),
                                        count(threads), None) or self.fail())

        self.drops = 0 <= self.c.bertc_find_state(self.model, NUMBER, b"dropout_key")

    def fail(self):
        raise RuntimeError(self.c.bertc_last_error().decode())

    def check(self, status):
        if status:
            self.fail()

    def states(self):
        """(role, name, index, shape) of each state of floats."""
        for i in range(self.c.bertc_num_states(self.model)):
            info = StateInfo()
            self.check(self.c.bertc_describe_state(self.model, ctypes.c_int64(i),
                                                   ctypes.byref(info)))
            if info.element == 1:
                yield info.role, info.name.decode(), i, tuple(info.shape)[:info.rank]

    def read(self, role, name):
        index, shape = next((i, s) for r, n, i, s in self.states() if (r, n) == (role, name))
        values = np.empty(shape, np.float32)
        self.check(self.c.bertc_read_state(self.session, ctypes.c_int64(index),
                                           values.ctypes.data_as(ctypes.c_void_p),
                                           ctypes.c_int64(values.size)))
        return values

    def write(self, role, name, values):
        index = next(i for r, n, i, _ in self.states() if (r, n) == (role, name))
        values = np.ascontiguousarray(values, np.float32)
        self.check(self.c.bertc_write_state(self.session, ctypes.c_int64(index),
                                            values.ctypes.data_as(ctypes.c_void_p),
                                            ctypes.c_int64(values.size)))

    def parameters(self):
        return {name: self.read(PARAMETER, name)
                for role, name, _, _ in list(self.states()) if role == PARAMETER}

    def gradients(self):
        return {name: self.read(GRADIENT, name)
                for role, name, _, _ in list(self.states()) if role == GRADIENT}

    def run(self, batch, labels, counts=None, accumulate=False, sequence_ids=None):
        """batch: input_ids and the like, [B, S]; labels: arrays by name, a row of the program
        each. A run that is a part of a step has the step's `counts` of labels by name, adds to
        the parts before it, and says which of the step's sequences it has. Gives the loss."""
        kept = []
        if accumulate:
            self.check(self.c.bertc_accumulate(self.session))
        if sequence_ids is not None:
            kept.append(np.ascontiguousarray(sequence_ids, np.int32))
            self.check(self.c.bertc_give_sequence_ids(
                self.session, kept[-1].ctypes.data_as(ctypes.c_void_p),
                ctypes.c_int64(len(sequence_ids))))
        for name, count in (counts or {}).items():
            self.check(self.c.bertc_count_labels(self.session, name.encode(),
                                                 ctypes.c_int64(count)))
        for name, values in labels.items():
            dtype = np.float32 if values.dtype.kind == "f" else np.int32
            kept.append(np.ascontiguousarray(values, dtype))
            self.check(self.c.bertc_give_labels(self.session, name.encode(),
                                                kept[-1].ctypes.data_as(ctypes.c_void_p),
                                                ctypes.c_int64(len(values))))
        arrays = []
        for name in ("input_ids", "attention_mask", "token_type_ids"):
            if name not in batch:
                arrays.append(None)
                continue
            kept.append(np.ascontiguousarray(batch[name], np.int64))
            arrays.append(kept[-1].ctypes.data_as(ctypes.c_void_p))
        size = [ctypes.c_int64(n) for n in batch["input_ids"].shape]
        self.check(self.c.bertc_run_padded_i64(self.session, *arrays, *size))
        return float(self.read(NUMBER, "loss"))

    def select(self, columns):
        """The tokens of the next run whose rows are computed: int32 [B, slots]."""
        batch, slots = columns.shape
        self.check(self.c.bertc_select(self.session, columns.ctypes.data_as(ctypes.c_void_p),
                                       ctypes.c_int64(batch), ctypes.c_int64(slots)))

    def update(self, rate, decay, step):
        self.check(self.c.bertc_update(self.session, ctypes.c_double(rate),
                                       ctypes.c_double(decay), ctypes.c_int64(step)))
