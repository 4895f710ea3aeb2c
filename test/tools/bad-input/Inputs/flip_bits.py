#!/usr/bin/env python3
"""flip_bits.py FILE -- COMMAND: changes one bit of a compiled library at a time, some of the code
and of the description among them, and expects COMMAND to end each time with 1 and one line."""

import subprocess
import sys

path, command = sys.argv[1], sys.argv[3:]
with open(path, "rb") as file:
    whole = file.read()

sections = subprocess.run(["llvm-readelf", "-SW", path], check=True, capture_output=True, text=True)
places = {}
for line in sections.stdout.splitlines():
    fields = line.replace("[ ", "[").split()
    if len(fields) > 5 and fields[1] in (".text", ".rodata", ".data.rel.ro", ".dynsym"):
        begin, size = int(fields[4], 16), int(fields[5], 16)
        places[fields[1]] = [begin, begin + size // 3, begin + size - 1]
assert len(places) == 4, sections.stdout

for name, some in places.items():
    for place in some:
        changed = bytearray(whole)
        changed[place] ^= 4
        with open(path, "wb") as file:
            file.write(changed)
        done = subprocess.run(command, capture_output=True, text=True)
        lines = done.stderr.splitlines()
        if done.returncode != 1 or len(lines) != 1 or "damaged" not in lines[0]:
            sys.exit(f"{name} at {place}: exit {done.returncode}, {done.stderr!r}")
with open(path, "wb") as file:
    file.write(whole)
done = subprocess.run(command)
sys.exit(done.returncode)
