"""less_error.py MODEL ARTIFACT BETTER FACTOR: `bertc verify` finds an error in BETTER of at most
FACTOR times that in ARTIFACT."""

import subprocess
import sys


def relative(artifact, model):
    table = subprocess.run(["bertc", "verify", artifact, model, "--tolerance", "9"], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    # output, rows, columns, max and mean absolute difference, relative, ...
    return float(table[1].split()[5])


model, artifact, better, factor = sys.argv[1:]
plain, calibrated = relative(artifact, model), relative(better, model)
print(f"{plain} {calibrated}")
if not calibrated <= float(factor) * plain:
    sys.exit(f"an error of {calibrated}, without calibration {plain}")
