"""Compares the gradients of a model compiled in bf16 with what the interpreter makes of the same program.

    check_interpreted.py FOLDER CPU

FOLDER is a drawn checkpoint of sequence classification (draw_goldens.py, draw_gradients.py), of
whose cases those count whose labels are classes. The module that `bertc compile --train --dtype bf16 --emit bert-fused` prints says which factors are
rounded; with the checkpoint's weights `bert-opt --interpret` computes it in f64. Both round the same
numbers: all gradients together are within 1e-6. That is for models of few columns: of some ten
thousand numbers one lies so near to a tie that f32 and f64 round it apart, which costs 5e-3.
"""

import os
import re
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def with_values(module, weights):
    """The module's text with each parameter's values in it, and none that is learned."""
    def fill(match):
        name, kind, source = match.groups()
        values = np.asarray(weights[source or name], np.float32).tobytes().hex()
        return f'bert.parameter @{name} : {kind} = dense<"0x{values}"> : {kind}'
    return re.sub(r'bert\.parameter @([\w.]+) : (\S+) \{learned(?:, source = "([^"]*)")?\}', fill, module)


def packed(cases, labels, case):
    """The batch as the entry takes it, by names: tokens one after the other."""
    ids = cases[f"{case}.input_ids"]
    mask = cases.get(f"{case}.attention_mask", np.ones_like(ids)) == 1
    batch = {"input_ids": ids[mask], "labels": labels,
             "position_ids": np.concatenate([np.arange(n) for n in mask.sum(1)]),
             "offsets": np.concatenate([[0], np.cumsum(mask.sum(1))])}
    types = cases.get(f"{case}.token_type_ids", np.zeros_like(ids))
    return batch | {"token_type_ids": types[mask]}


def as_function(arguments, batch):
    """The entry's arguments: what the batch has, weights of 1, and sums that begin anew."""
    lines, kinds = [], []
    for i, (name, kind) in enumerate(arguments):
        if name in batch:
            kind = f"tensor<{len(batch[name])}xi32>"
            value = [int(x) for x in batch[name]]
        else:
            value = 1.0 if name.endswith(".weight") and kind == "tensor<f32>" else 0.0
        kinds.append(kind)
        lines.append(f"  %{i} = arith.constant dense<{value}> : {kind}")
    kinds, names = ", ".join(kinds), ", ".join(f"%{i}" for i in range(len(arguments)))
    return "\n".join([f"func.func @inputs() -> ({kinds}) {{", *lines, f"  return {names} : {kinds}", "}", ""])


def results(text):
    """What --interpret prints, by names."""
    named, values = {}, []
    for line in text.splitlines():
        if head := re.fullmatch(r"@\w+, (.+): \[.*\]", line):
            values = named[head.group(1)] = []
        else:
            values += [float(x) for x in line.split()]
    return {name: np.array(values) for name, values in named.items()}


def main():
    checkpoint, cpu = sys.argv[1:]
    weights = load_file(os.path.join(checkpoint, "model.safetensors"))
    cases = load_file(os.path.join(checkpoint, "cases.safetensors"))
    wanted = load_file(os.path.join(checkpoint, "gradients.safetensors"))
    compile = ["bertc", "compile", checkpoint, "--train", "--dtype", "bf16", "--target-cpu", cpu, "--no-tokenizer"]
    with tempfile.TemporaryDirectory() as folder:
        def place(name):
            return os.path.join(folder, name)
        module = run(*compile, "--emit", "bert-fused", "-o", "-")
        entry = next(line for line in module.splitlines() if "bert.gradient_of" in line and "func.func" in line)
        arguments = [(name, kind) for kind, name in re.findall(
            r'%\w+: (\S+) \{[^}]*?bert\.name = "([^"]+)"', entry.split(") -> (")[0])]
        with open(place("module.mlir"), "w") as file:
            file.write(with_values(module, weights))
        run(*compile, "-o", place("model.so"))
        labelled = {key.split(".")[0]: tensor for key, tensor in wanted.items()
                    if key.endswith(".labels") and tensor.dtype.kind == "i"}
        for case, labels in sorted(labelled.items()):
            batch = packed(cases, labels, case)
            with open(place("inputs.mlir"), "w") as file:
                file.write(as_function(arguments, batch))
            meant = results(run("bert-opt", place("module.mlir"), "--interpret", f"--inputs={place('inputs.mlir')}"))
            padded = {key.split(".", 1)[1]: tensor for key, tensor in cases.items()
                      if key.startswith(case + ".") and key.endswith(("input_ids", "attention_mask", "token_type_ids"))}
            save_file({**padded, "labels": labels}, place("in.safetensors"))
            run("bertc", "grad", place("model.so"), "--inputs", place("in.safetensors"),
                "--outputs", place("out.safetensors"))
            got = load_file(place("out.safetensors"))
            assert sorted(got) == sorted(meant), sorted(set(got) ^ set(meant))
            whole = np.concatenate([meant[name] for name in sorted(got)])
            apart = np.linalg.norm(np.concatenate([got[name].ravel() for name in sorted(got)]) - whole)
            apart /= np.linalg.norm(whole)
            print(f"{case}: {len(got) - 1} gradients within {apart:.1e}")
            if not apart <= 1e-6:
                sys.exit("too far")
        if not labelled:
            sys.exit("nothing to compare")


if __name__ == "__main__":
    main()
