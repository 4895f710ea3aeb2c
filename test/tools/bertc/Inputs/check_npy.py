#!/usr/bin/env python3
"""check_npy.py FILE.npy FILE.safetensors: the same tensor, the only one."""

import sys

import numpy
from safetensors.numpy import load_file

(expected,) = load_file(sys.argv[2]).values()
given = numpy.load(sys.argv[1])
assert given.dtype == numpy.float32 and given.flags.c_contiguous
numpy.testing.assert_array_equal(given, expected)
