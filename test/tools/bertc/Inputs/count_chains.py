"""Counts the registers that the multiply-adds of bertc's peak measurements write.

    count_chains.py DISASSEMBLY
"""

import re
import sys

LOOPS = {"multiplyAddAvx2": "vfmadd", "multiplyAddAvx512": "vfmadd", "dotBf16": "vdpbf16ps",
         "dotInt8": "vpdpbusd", "dotInt8Avx2": "vpdpbusd", "multiplyWordsAvx2": "vpmaddwd",
         "multiplyWordsAvx512": "vpmaddwd"}


def main(path):
    inside, registers = None, {name: set() for name in LOOPS}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.rstrip().endswith(">:"):
                inside = next((name for name in LOOPS if f"::{name}()>:" in line), None)
            elif inside and re.search(rf"\s{LOOPS[inside]}\w*\s", line):
                registers[inside].add(line.split(",")[-1].strip())
    for name, instruction in LOOPS.items():
        print(f"{name}: {len(registers[name])} {instruction} chains")


if __name__ == "__main__":
    main(*sys.argv[1:])
