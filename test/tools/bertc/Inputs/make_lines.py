#!/usr/bin/env python3
"""make_lines.py COUNT: that many lines of one to thirteen words, always the same."""

import sys

WORDS = ["hello", "world", "a", "unknown"]

for i in range(int(sys.argv[1])):
    print(" ".join(WORDS[(i * 7 + j * j) % 4] for j in range(i % 13 + 1)))
