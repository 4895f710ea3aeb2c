"""Checks that the last of the hidden states is last_hidden_state, and that masked rows are zero.

    check_states.py OUTPUTS INPUTS
"""

import sys

import numpy as np
from safetensors.numpy import load_file

outputs, mask = load_file(sys.argv[1]), load_file(sys.argv[2])["attention_mask"].astype(bool)
last = outputs.pop("last_hidden_state")
states = [outputs[f"hidden_states.{n}"] for n in range(len(outputs))]
assert last.tobytes() == states[-1].tobytes(), "the last hidden state is another"
for n, state in enumerate(states):
    assert state[mask].any(axis=-1).all(), f"hidden_states.{n} has a token without numbers"
    assert not state[~mask].any(), f"hidden_states.{n} is not zero where masked"
