"""Compiles the drawn checkpoints of a family and compares them with transformers' answers.

    check_drawn.py FAMILY FOLDER [--target-cpu CPU] [--only NN...]

FOLDER holds what draw_goldens.py and draw_layers.py made. For each case every output is within 2e-5 of
transformers at all tokens; rows at masked positions are exactly zero; and the bits are the
same on 1, 2, 3 and 5 threads, for each sequence alone, and for vocabulary logits of chosen
positions. Attention maps and hidden states are held to the same, in an artifact compiled for them, whose
other outputs have the bits they have without. The task comes from `architectures` in config.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file

from bertc_run import maskOf, run, sameBits
from families import FAMILIES, RELATIVES, head_of

TOLERANCE = 2e-5
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
# Outputs with a row a token; the others have a row a sequence.
PER_TOKEN = ("last_hidden_state", "prediction_logits", "start_logits", "end_logits")


class Checker:
    def __init__(self, name, artifact, head):
        self.name, self.artifact, self.head = name, artifact, head
        self.failures, self.worst = [], 0.0

    def expect(self, condition, message):
        if not condition:
            self.failures.append(f"{self.name}: {message}")

    def perToken(self, output):
        return output in PER_TOKEN or output.startswith("hidden_states.") or (
            output == "logits" and self.head in ("ForMaskedLM", "ForTokenClassification"))

    def answers(self, case, inputs, wanted, got):
        mask = maskOf(inputs)
        self.expect(set(got) == set(wanted), f"{case}: outputs {sorted(got)}, expected "
                    f"{sorted(wanted)}")
        for output in set(got) & set(wanted):
            value, expected = got[output], wanted[output]
            if value.shape != expected.shape:
                self.expect(False, f"{case}: {output} is {value.shape}, not {expected.shape}")
                continue
            if self.perToken(output):
                self.expect(not value[~mask].any(), f"{case}: {output} is not zero where masked")
                value, expected = value[mask], expected[mask]
            apart = np.abs(value.astype(np.float64) - expected).max(initial=0.0)
            self.worst = max(self.worst, apart)
            self.expect(apart <= TOLERANCE, f"{case}: {output} differs by {apart:.1e}")

    def sameBits(self, case, inputs, got):
        for threads in (2, 3, 5):
            again = run(self.artifact, inputs, threads)
            for output in got:
                self.expect(sameBits(got[output], again[output]),
                            f"{case}: {output} has other bits on {threads} threads")
        mask = maskOf(inputs)
        for row in range(len(mask) if len(mask) > 1 else 0):
            width = mask[row].nonzero()[0].max() + 1
            alone = run(self.artifact, {n: t[row:row + 1, :width] for n, t in inputs.items()})
            for output in got:
                whole = got[output][row]
                if self.perToken(output):
                    whole = whole[:width]
                self.expect(sameBits(alone[output][0], whole),
                            f"{case}: sequence {row} alone has other bits in {output}")

    def chosenPositions(self, case, inputs, got):
        """Logits of chosen tokens are those of all tokens, in the order of the choice."""
        output = "logits" if self.head == "ForMaskedLM" else "prediction_logits"
        positions = np.full((len(maskOf(inputs)), 3), -1, np.int64)
        for row, tokens in enumerate(maskOf(inputs)):
            columns = tokens.nonzero()[0][[0, -1]][::-1]
            positions[row, :len(columns)] = columns
        positions[0, 1:] = -1
        chosen = run(self.artifact, dict(inputs, mlm_positions=positions))[output]
        for threads in (2, 3, 5):
            again = run(self.artifact, dict(inputs, mlm_positions=positions), threads)[output]
            self.expect(sameBits(chosen, again),
                        f"{case}: chosen {output} has other bits on {threads} threads")
        for row, columns in enumerate(positions):
            for slot, column in enumerate(columns):
                expected = got[output][row, column] if column >= 0 else np.zeros_like(got[output][row, 0])
                self.expect(sameBits(chosen[row, slot], expected),
                            f"{case}: {output} of chosen position {column} of {row} differs")

    def hiddenStates(self, inputs, wanted):
        got = {name: value for name, value in run(self.artifact, inputs).items()
               if name.startswith("hidden_states.")}
        self.answers("layers", inputs, wanted, got)
        self.sameBits("layers", inputs, got)

    def attentions(self, inputs, wanted, plain):
        """`plain` are the outputs of an artifact without maps."""
        got = run(self.artifact, inputs)
        maps = {name for name in got if name.startswith("attentions.")}
        self.expect(maps == set(wanted), f"maps {sorted(maps)}, expected {sorted(wanted)}")
        tokens = maskOf(inputs)
        pairs = tokens[:, :, None] & tokens[:, None, :]
        for name in maps & set(wanted):
            value = got[name]
            if value.shape != wanted[name].shape:
                self.expect(False, f"{name} is {value.shape}, not {wanted[name].shape}")
                continue
            seen = np.broadcast_to(pairs[:, None], value.shape)
            self.expect(not value[~seen].any(), f"{name} is not zero where masked")
            apart = np.abs(value.astype(np.float64) - wanted[name])[seen].max(initial=0.0)
            self.worst = max(self.worst, apart)
            self.expect(apart <= TOLERANCE, f"{name} differs by {apart:.1e}")
        for name in plain:
            self.expect(sameBits(got[name], plain[name]), f"{name} has other bits beside maps and states")
        for threads in (2, 3, 5):
            again = run(self.artifact, inputs, threads)
            for name in maps:
                self.expect(sameBits(got[name], again[name]),
                            f"{name} has other bits on {threads} threads")
        for row in range(len(tokens)):
            width = tokens[row].sum()
            alone = run(self.artifact, {n: t[row:row + 1, :width] for n, t in inputs.items()})
            for name in maps:
                self.expect(sameBits(alone[name][0], got[name][row, :, :width, :width]),
                            f"sequence {row} alone has other bits in {name}")


def compiled(folder, temporary, targetCpu, *options):
    artifact = os.path.join(temporary, "model.so")
    subprocess.run(["bertc", "compile", folder, "-o", artifact, "--target-cpu", targetCpu, *options],
                   check=True, stdout=subprocess.DEVNULL)
    return artifact


def check(folder, targetCpu):
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        architecture = json.load(file)["architectures"][0]
    head = head_of(architecture)
    golden = load_file(os.path.join(folder, "cases.safetensors"))
    with tempfile.TemporaryDirectory() as temporary:
        artifact = compiled(folder, temporary, targetCpu)
        checker = Checker(os.path.basename(folder) + " " + architecture, artifact, head)
        for case in sorted({name.split(".")[0] for name in golden}):
            tensors = {name.split(".", 1)[1]: golden[name] for name in golden
                       if name.startswith(case + ".")}
            inputs = {name: tensors.pop(name) for name in INPUTS if name in tensors}
            got = run(artifact, inputs)
            checker.answers(case, inputs, tensors, got)
            if checker.failures:
                break
            if case == "ragged":
                checker.sameBits(case, inputs, got)
                if head in ("ForMaskedLM", "ForPreTraining"):
                    checker.chosenPositions(case, inputs, got)
        maps = load_file(os.path.join(folder, "attentions.safetensors"))
        inputs = {name: maps.pop(name) for name in INPUTS if name in maps}
        plain = run(artifact, inputs)
        outputs = ",".join([*plain, "attentions", "hidden_states"])
        compiled(folder, temporary, targetCpu, "--outputs", outputs)
        checker.attentions(inputs, maps, plain)
        checker.hiddenStates(inputs, load_file(os.path.join(folder, "hidden_states.safetensors")))
    print(f"{checker.name}: largest difference {checker.worst:.1e}")
    return checker.failures


def architectures(folder, numbers):
    for number in numbers:
        with open(os.path.join(folder, number, "config.json"), encoding="utf-8") as file:
            yield json.load(file)["architectures"][0]


def check_complete(folder, families):
    """Sixty at least, every head of every family, and no folder that no test looks at."""
    listed = sorted(number for numbers in families.values() for number in numbers)
    there = sorted(name for name in os.listdir(folder) if name.isdigit())
    failures = [] if listed == there else [f"families.json lists {listed}, there are {there}"]
    failures += [] if len(there) >= 60 else [f"{len(there)} checkpoints, expected 60"]
    for family, (title, heads) in FAMILIES.items():
        found = set(architectures(folder, families[family]))
        failures += [f"no {title}{head}" for head in heads if title + head not in found]
    for family, (title, _) in RELATIVES.items():
        found = set(architectures(folder, families[family]))
        failures += [] if found and all(name.startswith(title) for name in found) else [family]
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("family")
    parser.add_argument("folder")
    parser.add_argument("--target-cpu", default="native")
    parser.add_argument("--only", nargs="+")
    options = parser.parse_args()
    with open(os.path.join(options.folder, "families.json"), encoding="utf-8") as file:
        families = json.load(file)
    numbers = families[options.family]
    failures = check_complete(options.folder, families)
    strangers = set(options.only or ()) - set(numbers)
    failures += [f"{number} is not of this family" for number in sorted(strangers)]
    for number in options.only or numbers:
        failures += check(os.path.join(options.folder, number), options.target_cpu)
    print("\n".join(failures))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
