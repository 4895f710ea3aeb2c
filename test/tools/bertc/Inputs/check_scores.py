"""Reads JSON lines of `bertc run`: scores are the softmax of the logits beside them.

    check_scores.py LINES        (a file)
"""

import json
import math
import sys

for line in open(sys.argv[1], encoding="utf-8"):
    answer = json.loads(line)
    most = max(answer["logits"])
    exponents = [math.exp(x - most) for x in answer["logits"]]
    expected = [e / sum(exponents) for e in exponents]
    scores = list(answer["scores"].values())
    # six digits are printed
    assert all(abs(a - b) < 1e-5 for a, b in zip(scores, expected, strict=True)), answer
    assert answer["score"] == max(scores), answer
    assert answer["scores"][answer["label"]] == answer["score"], answer
    print("scores agree")
