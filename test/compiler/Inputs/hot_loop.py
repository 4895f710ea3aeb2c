"""Prints what the busiest loops of a function in assembly hold.

    hot_loop.py FILE.s FUNCTION [INSTRUCTION]

FUNCTION is a regular expression, INSTRUCTION a multiply-add, vfmadd231ps by default. A loop here is a label and a jump back to it without another
label between them. Of those with the most multiply-adds, the one that uses the stack most.
"""

import re
import sys


def linesOf(path, function):
    """The lines of each function whose name matches, one after the other."""
    inside = False
    with open(path, encoding="utf-8") as file:
        for line in file:
            if re.match(r'^[\w"][^\s:]*:', line):
                inside = re.match(function, line.strip('"')) is not None
            if inside:
                yield line.split("#")[0].strip()


def innerLoops(lines):
    start = None
    for at, line in enumerate(lines):
        if re.match(r"\.LBB\w+:", line):
            start = at
        elif start is not None and re.match(r"j\w+\s", line):
            if line.split()[1] == lines[start].rstrip(":"):
                yield lines[start:at + 1]


def main(path, function, instruction="vfmadd231ps"):
    def count(loop, pattern):
        return sum(re.search(pattern, line) is not None for line in loop)

    loops = list(innerLoops(list(linesOf(path, function))))
    if not loops:
        sys.exit(f"no loop in a function {function}")
    loop = max(loops, key=lambda loop: (count(loop, "^" + instruction), count(loop, r"\(%rsp")))
    for register in ("tmm", "zmm", "ymm"):
        found = count(loop, rf"^{instruction}\s.*%{register}")
        if found or register != "tmm":
            print(f"{instruction} on {register}:", found)
    print("uses of the stack:", count(loop, r"\(%rsp"))


if __name__ == "__main__":
    main(*sys.argv[1:])
