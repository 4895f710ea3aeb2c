"""Reads JSON lines from stdin and prints each as `key [shape]`, or `key value` for the rest."""

import json
import sys


def shapeOf(value):
    return [len(value)] + shapeOf(value[0]) if isinstance(value, list) else []


for line in sys.stdin:
    print(", ".join(f"{key} {shapeOf(value) if isinstance(value, list) else value}"
                    for key, value in json.loads(line).items()))
