"""Checks `bertc bench --profile --json` of one shape, and how the figures hang together.

    check_profile.py JSON PHASES

PHASES is how many the artifact has. The phases take no longer than the run, their work is that of
the run, and rates are work over time.
"""

import json
import sys


def near(a, b, tolerance=2e-3):
    """Figures are printed with four digits."""
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-30)


def main(path, count):
    with open(path, encoding="utf-8") as file:
        run, *phases = [json.loads(line) for line in file]
    assert len(phases) == int(count), len(phases)
    assert [phase["phase"] for phase in phases] == list(range(len(phases)))
    assert 0 < sum(phase["ms"] for phase in phases) <= run["min_ms"] * 1.002
    flops = sum(phase["flops"] for phase in phases)
    assert near(flops, run["gflops"] * run["min_ms"] * 1e6), flops
    for phase in phases:
        assert phase["ms"] > 0 and 0 <= phase["waiting"] < 1, phase
        assert phase["weight_bytes"] + phase["activation_bytes"] > 0, phase
        assert near(phase["gflops"] * phase["ms"] * 1e6, phase["flops"]), phase
        assert near(phase["weights_gb_s"] * phase["ms"] * 1e6, phase["weight_bytes"]), phase
        if phase["flops"]:
            assert near(phase["peak_ratio"] * phase["peak_gflops"], phase["gflops"]), phase
    names = " ".join(phase["kernel"] for phase in phases)
    print(f"{len(phases)} phases: {names}")


if __name__ == "__main__":
    main(*sys.argv[1:])
