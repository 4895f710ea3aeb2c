"""Runs the commands of documents: lines of code blocks, code in sentences, examples of --help.

    check_docs.py GOLDENS [--minilm FOLDER] [--cc COMPILER] [--except README] DOCUMENT...

A DOCUMENT is a file; a folder, which stands for every README.md below it; or a command that ends
in --help, `bertc --help` standing for each of its commands too. Each document has a folder of its
own to run in, where the folders and files that documents name are tiny ones of GOLDENS. Every
command must be one that is run here or one of ELSEWHERE: a new kind fails until somebody says
which.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[2]
DRAWN = {
    "bert-pretrained": "BertForPreTraining",
    "roberta-sentiment": "RobertaForSequenceClassification",
    "roberta-squad": "RobertaForQuestionAnswering",
    "xlm-roberta-sentiment": "XLMRobertaForSequenceClassification",
    "camembert-ner": "CamembertForTokenClassification",
    "albert-base-v2": "AlbertForMaskedLM",
    "albert-pretrained": "AlbertForPreTraining",
    "albert-swag": "AlbertForMultipleChoice",
    "distilbert-ner": "DistilBertForTokenClassification",
    "distilbert-base": "DistilBertModel",
}
NAMED = {
    "sentiment": "sentiment",
    "answers": "questions",
    "entities": "entities",
    "masks": "masks",
    "bert-base-uncased": "masks",
    "all-MiniLM-L6-v2": "sentiment",
}
SQUAD = {"data": [{"paragraphs": [{"context": "He is the King of Spain.", "qas": [
    {"id": "one", "question": "Who is he?", "answers": [{"text": "King of Spain"}]}]}]}]}
PROGRAM = """func.func @main() -> tensor<1x2xf32> {
  %a = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %b = bert.add %a, %a : tensor<1x2xf32>
  return %b : tensor<1x2xf32>
}
"""
MAKE_INPUTS = " ".join(shlex.quote(str(word)) for word in (
    sys.executable, HERE.parent / "bad-input/Inputs/make_inputs.py"))
# What documents take for made: how it is made where the document itself has not done so.
MADE = {
    "minilm.so": "bertc compile all-MiniLM-L6-v2 -o minilm.so --task embed",
    "learning.so": "bertc compile sentiment --train -o learning.so",
    "bert.so": "bertc compile bert-base-uncased -o bert.so --task encode",
    "model.mlir": "bertc compile bert-base-uncased -o model.mlir --task encode --emit bert",
    "batch.safetensors": f"{MAKE_INPUTS} batch.safetensors "
    "'input_ids=[[2, 9, 30, 3], [2, 8, 3, 0]]' 'attention_mask=[[1, 1, 1, 1], [1, 1, 1, 0]]'",
    "labelled.safetensors": f"{MAKE_INPUTS} labelled.safetensors "
    "'input_ids=[[2, 9, 30, 3], [2, 8, 3, 0]]' 'labels=[0, 1]'",
    "words.safetensors": f"{MAKE_INPUTS} words.safetensors "
    "'input_ids=[[2, 9, 30, 3], [2, 8, 3, 0]]' "
    "'labels=[[-100, 7, -100, -100], [-100, 8, -100, -100]]'",
    "pairs.safetensors": f"{MAKE_INPUTS} pairs.safetensors "
    "'input_ids=[[2, 9, 30, 3], [2, 8, 3, 0], [2, 7, 3, 0], [2, 9, 9, 3]]' 'labels=[0, 1]'",
}
# What stands for a placeholder.
FILLED = {
    "MODEL": "~/.cache/bertc/minilm",
    "STAGE": "linalg",
    "COMMAND": "compile",
    "test/FILE.mlir": "model.mlir",
    "--pass-pipeline=...": "--pass-pipeline='builtin.module(bert-fuse-qkv)'",
}
# What builds and tests bertc, which the run of the tests itself shows, and what needs torch or an
# hour. Files that these name must be there.
ELSEWHERE = (r"tools/(quickstart|run-tests|setup|bench/(compare|limits|tokenizers))\b", r"cmake --preset ", r"ninja -C ",
             r"\S*lit -v ", r"python3 -m venv ", r"\S+/pip install ", r"export PATH=",
             r"python3? (test/parity|test/fuzz|tools/bench)/")
RUN_HERE = r"(bertc|bert-opt|cc|\./\w+) "


def prepare(folder, goldens, minilm, cc):
    drawn = {}
    for config in sorted((goldens / "drawn").glob("*/config.json")):
        drawn.setdefault(json.loads(config.read_text())["architectures"][0], config.parent)
    for name, architecture in DRAWN.items():
        (folder / name).symlink_to(drawn[architecture])
    for name, golden in NAMED.items():
        (folder / name).symlink_to(goldens / golden)
    (folder / "lines.txt").write_text("It rains.\nStocks fell.\nA cat sleeps.\nHe sings.\n")
    (folder / "dev.json").write_text(json.dumps(SQUAD))
    (folder / "dev.conll").write_text("Anna B-person\nlives O\n\nParis B-location\n")
    (folder / "reviews.csv").write_text(
        "review,stars\n" + "".join(f"a film of {n} hours,{n % 2}\n" for n in range(12)))
    (folder / "pairs.tsv").write_text(
        "a\tb\tscore\n" + "".join(f"film {n}\tfilm 7\t{n / 2}\n" for n in range(12)))
    (folder / "program.mlir").write_text(PROGRAM)
    (folder / "loss.mlir").symlink_to(SOURCE / "test/passes/differentiate/differentiate.mlir")
    (folder / ".cache/bertc").mkdir(parents=True)
    (folder / ".cache/bertc/minilm").symlink_to(minilm or goldens / "sentiment")
    (folder / "bin").mkdir()
    (folder / "bin/cc").symlink_to(shutil.which(cc))
    (folder / "build").mkdir()
    (folder / "build/release").symlink_to(pathlib.Path(shutil.which("bertc")).parents[1])


def commands_of_help(text):
    overview = text.split("\nUSAGE:")[0]  # of bert-opt; what follows are LLVM's options
    examples = re.findall(r"^examples?:\n((?:  .*\n)+)", text, re.M)
    lines = [line for block in examples for line in block.splitlines()]
    return lines + re.findall(r"^  bert-opt .*", overview, re.M)


def commands_of_document(text, folder):
    """In the document's order. A C program of the document is written to embed.c."""
    for tag, block, code in re.findall(r"^```(\w*)\n(.*?)^```|`([^`\n]+)`", text, re.M | re.S):
        if tag == "c" and "int main(" in block:
            (folder / "embed.c").write_text(block)
        elif block and not tag and not re.search(r"─►|-->|->", block):  # no drawing
            yield from block.splitlines()
        elif re.match(RUN_HERE, code) and len(code.split()) > 2:  # no name of a command
            yield code


def commands_of(text, folder, isHelp):
    lines = commands_of_help(text) if isHelp else commands_of_document(text, folder)
    for line in lines:
        command = re.split(r"\s+#\s|\s{3,}", line.strip())[0]
        for word, meaning in FILLED.items():
            command = re.sub(rf"(?<!\S){re.escape(word)}(?!\S)", lambda _: meaning, command)
        if command:
            yield command


def run(document, command, folder):
    if any(re.match(pattern, command) for pattern in ELSEWHERE):
        for path in re.findall(r"(?<!\S)(?:tools|test)/\S+", command):
            if not (SOURCE / path).exists():
                sys.exit(f"{document}: {command}: no file {path}")
        return
    if not re.match(RUN_HERE, command):
        sys.exit(f"{document}: {command}: neither run by check_docs.py nor of its ELSEWHERE")
    words = shlex.split(command)
    blank = [word for word in words if re.fullmatch(r"[A-Z]{2,}", word)]
    if blank:
        sys.exit(f"{document}: {command}: check_docs.py has nothing for {blank[0]}")
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    environment = dict(os.environ, HOME=str(folder), PATH=path)

    def shell(line):
        return subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True,
                              env=environment, timeout=300)

    for before, word in zip(words, words[1:]):
        if word in MADE and before != "-o" and not (folder / word).exists():
            shell(MADE[word]).check_returncode()
    done = shell(command)
    print(f"$ {command}\n{(done.stdout + done.stderr)[:400]}")
    # bert-opt tells what it verified on stderr, the output being IR.
    if done.returncode or (done.stderr and words[0] != "bert-opt"):
        sys.exit(f"{document}: {command}: exit code {done.returncode}\n{done.stderr}")
    if words[0] == "cc":
        run(document, f"./{words[words.index('-o') + 1]} ", folder)


def help_of(command):
    return subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout


def documents_of(arguments, exceptions):
    """Pairs of a document's name and its text; what need not have commands is a folder's."""
    for argument in arguments:
        path = pathlib.Path(argument)
        if argument.endswith(" --help"):
            text = help_of(argument)
            yield argument, text, True
            listed = re.search(r"^commands:\n((?:  .*\n)+)", text, re.M)
            for line in listed.group(1).splitlines() if listed else ():
                command = f"bertc {line.split()[0]} --help"
                yield command, help_of(command), True
        elif path.is_dir():
            found = {str(readme.relative_to(path)) for readme in path.rglob("README.md")}
            for name in sorted(name for name in found - set(exceptions)
                               if not name.startswith("build/")):
                yield name, (path / name).read_text(encoding="utf-8"), False
        else:
            yield argument, path.read_text(encoding="utf-8"), True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("goldens", type=pathlib.Path)
    parser.add_argument("--minilm")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--except", dest="exceptions", action="append", default=[])
    parser.add_argument("documents", nargs="+")
    options = parser.parse_args()
    for document, text, mustHave in documents_of(options.documents, options.exceptions):
        count = 0
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            prepare(folder, options.goldens.resolve(), options.minilm, options.cc)
            for command in commands_of(text, folder, document.endswith(" --help")):
                run(document, command, folder)
                count += 1
        if mustHave and count == 0:
            sys.exit(f"{document} has no commands")
        print(f"{document}: {count} commands")


if __name__ == "__main__":
    main()
