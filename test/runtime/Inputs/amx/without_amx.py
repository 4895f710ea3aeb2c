"""A copy of an artifact that does not say that it needs AMX, for AmxEmulator.c.

    without_amx.py ARTIFACT COPY

The names of AMX's features go from its list, and the seal from its end, so that the change is
no damage.
"""

import re
import sys

SEAL_BYTES = 32

given, made = sys.argv[1:]
with open(given, "rb") as file:
    artifact = bytearray(file.read())
if artifact[-8:] != b"BERTSEAL":
    sys.exit(f"{given}: has no seal")
lists = list(re.finditer(rb"avx2,fma,[a-z0-9,.-]*?((?:,amx-[a-z0-9]+)+)\0", artifact))
if len(lists) != 1:
    sys.exit(f"{given}: {len(lists)} lists of features name AMX")
artifact[lists[0].start(1)] = 0
with open(made, "wb") as file:
    file.write(artifact[:-SEAL_BYTES])
