"""check_choices.py JSON SAFETENSORS: a question's probabilities are the softmax of its logits."""

import json
import math
import struct
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    answer = json.load(file)
data = open(sys.argv[2], "rb").read()
size = struct.unpack("<Q", data[:8])[0]
logits = json.loads(data[8:8 + size])["logits"]
count = len(answer["scores"])
assert logits["dtype"] == "F32" and math.prod(logits["shape"]) == count, logits
values = struct.unpack(f"<{count}f", data[8 + size:])
whole = sum(math.exp(value) for value in values)
for value, score in zip(values, answer["scores"]):
    assert abs(math.exp(value) / whole - score) < 1e-5, (values, answer)
assert answer["choice"] == max(range(count), key=values.__getitem__), answer
assert len(set(values)) == count, values
