#!/usr/bin/env python3
"""check_spooled.py FILE.safetensors FILE.json: the same numbers, rows of no token zero."""

import json
import sys

import numpy
from safetensors.numpy import load_file

tensors = load_file(sys.argv[1])
with open(sys.argv[2], encoding="utf-8") as lines:
    answers = [json.loads(line) for line in lines]
for name, tensor in tensors.items():
    assert len(tensor) == len(answers), name
    for row, answer in zip(tensor, answers):
        given = numpy.array(answer[name], dtype=numpy.float32)
        expected = numpy.zeros(row.shape, dtype=numpy.float32)
        expected[tuple(slice(0, size) for size in given.shape)] = given
        numpy.testing.assert_array_equal(row, expected, err_msg=name)
