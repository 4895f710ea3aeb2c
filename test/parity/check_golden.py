"""Compares an artifact with a golden of make_goldens.py, and with itself.

    check_golden.py ARTIFACT goldens/NAME/cases.safetensors [COSINE]

Against the golden: largest difference 2e-5 (transformers in f32 itself is within 5e-6; see
make_goldens.py) or, for products in a narrower type, a least COSINE of each row; rows at masked
positions exactly zero. Against itself, bit by bit: 1, 2, 3
and 5 threads; each sequence alone and in its batch; packed tightly and with more padding.
"""

import sys

import numpy as np
from safetensors.numpy import load_file

from bertc_run import maskOf, run, sameBits

TOLERANCE = 2e-5
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
leastCosine = None
failures = []


def expect(condition, message):
    if not condition:
        failures.append(message)
        print("FAIL", message)


def compare(case, name, got, wanted):
    if got.shape != wanted.shape:
        expect(False, f"{case}: {name} has shape {got.shape}, expected {wanted.shape}")
        return
    if leastCosine:
        got = got.astype(np.float64)
        lengths = np.linalg.norm(got, axis=-1) * np.linalg.norm(wanted, axis=-1)
        cosine = ((got * wanted).sum(axis=-1) / lengths).min(initial=1.0)
        print(f"{case}: {name} has a cosine of {cosine:.6f}")
        expect(cosine >= leastCosine, f"{case}: {name} has a cosine of {cosine:.6f}")
        return
    difference = np.abs(got.astype(np.float64) - wanted).max(initial=0.0)
    print(f"{case}: {name} differs by {difference:.1e}")
    expect(difference <= TOLERANCE, f"{case}: {name} differs by {difference:.1e}")


def checkAnswers(case, inputs, answers, got):
    expect("last_hidden_state" in got, f"{case}: no output last_hidden_state")
    expect(("pooler_output" in got) == ("pooler_output" in answers),
           f"{case}: pooler_output is there where the checkpoint has no pooler, or missing")
    if failures:
        return
    hidden, mask = got["last_hidden_state"], maskOf(inputs)
    expect(hidden.dtype == np.float32, f"{case}: last_hidden_state is {hidden.dtype}")
    expect(hidden.shape[:2] == mask.shape, f"{case}: last_hidden_state is {hidden.shape}")
    if failures:
        return
    expect(not hidden[~mask].any(), f"{case}: rows at masked positions are not zero")
    compare(case, "last_hidden_state", hidden[mask], answers["hidden_rows"])
    if "pooler_output" in answers:
        compare(case, "pooler_output", got["pooler_output"], answers["pooler_output"])


def checkThreads(artifact, case, inputs, got):
    for threads in (2, 3, 5):
        again = run(artifact, inputs, threads)
        for name in got:
            expect(sameBits(got[name], again[name]),
                   f"{case}: {name} has other bits on {threads} threads")


def checkAlone(artifact, case, inputs, got):
    """A sequence with its own padding cut off gives the bits that it has in the batch."""
    mask = maskOf(inputs)
    for row in range(len(mask)):
        width = mask[row].nonzero()[0].max() + 1
        alone = {name: t[row:row + 1, :width] for name, t in inputs.items()}
        single = run(artifact, alone)
        expect(sameBits(single["last_hidden_state"][0], got["last_hidden_state"][row, :width]),
               f"{case}: sequence {row} alone has other bits in last_hidden_state")
        if "pooler_output" in got:
            expect(sameBits(single["pooler_output"][0], got["pooler_output"][row]),
                   f"{case}: sequence {row} alone has other bits in pooler_output")


def checkMorePadding(artifact, case, inputs, got):
    width = maskOf(inputs).shape[1]
    padded = dict(inputs, attention_mask=maskOf(inputs).astype(np.int64))
    padded = {name: np.pad(t, ((0, 0), (0, 6))) for name, t in padded.items()}
    wider = run(artifact, padded)
    expect(sameBits(wider["last_hidden_state"][:, :width], got["last_hidden_state"]),
           f"{case}: more padding changes bits")


def main(artifact, file, cosine=None):
    global leastCosine
    leastCosine = float(cosine) if cosine else None
    golden = load_file(file)
    for case in sorted({name.split(".")[0] for name in golden}):
        tensors = {name.split(".")[1]: golden[name] for name in golden
                   if name.startswith(case + ".")}
        inputs = {name: tensors.pop(name) for name in INPUTS if name in tensors}
        got = run(artifact, inputs)
        checkAnswers(case, inputs, tensors, got)
        if failures:
            break
        checkThreads(artifact, case, inputs, got)
        if len(maskOf(inputs)) > 1:
            checkAlone(artifact, case, inputs, got)
            checkMorePadding(artifact, case, inputs, got)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
