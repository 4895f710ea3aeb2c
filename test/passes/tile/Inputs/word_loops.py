"""word_loops.py ASM PRODUCTS: the largest of the innermost loops with vpmaddwd has so many, none converts to f32."""

import re
import sys

lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
labels, counts = {}, []
for place, line in enumerate(lines):
    if label := re.match(r"(\.L\w+):", line):
        labels[label[1]] = place
    jump = re.match(r"\s+j\w+\s+(\.L\w+)", line)
    if not jump or jump[1] not in labels:
        continue
    loop = lines[labels[jump[1]]:place + 1]
    if any(line.startswith(".L") for line in loop[1:]):
        continue  # has another in it
    count = sum("vpmaddwd" in line for line in loop)
    counts.append(count)
    if count and any("vcvt" in line or "vfmadd" in line for line in loop):
        sys.exit("\n".join(["not of words alone:", *loop]))
assert max(counts) == int(sys.argv[2]), counts
