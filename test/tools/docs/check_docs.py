"""Runs the commands of a document: lines of its code blocks, and code in its sentences.

    check_docs.py DOCUMENT GOLDENS [MINILM]

A command begins with `bertc` or `./`. The folders that documents name are tiny checkpoints of
GOLDENS here. What has a placeholder in capitals (MODEL, FILE) is no command, nor is IR.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

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
    "bert-base-uncased": "gelu-one-layer",
}
SQUAD = {"data": [{"paragraphs": [{"context": "He is the King of Spain.", "qas": [
    {"id": "one", "question": "Who is he?", "answers": [{"text": "King of Spain"}]}]}]}]}


def prepare(folder, goldens):
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


def commands_of(text):
    blocks = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    lines += re.findall(r"`([^`\n]+)`", rest)
    for line in lines:
        command = line.split(" #")[0].strip()
        words = command.split()
        if not words or not re.match(r"(bertc|\./\w+)$", words[0]):
            continue
        if words[0] == "bertc" and len(words) < 3:
            continue  # the name of a tool or of a command of it
        if not any(re.fullmatch(r"[A-Z]{2,}", word) for word in words):
            yield command


def main():
    document, goldens = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    count = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder, goldens)
        if len(sys.argv) > 3:
            (folder / ".cache/bertc").mkdir(parents=True)
            (folder / ".cache/bertc/minilm").symlink_to(sys.argv[3])
        for command in commands_of(document.read_text(encoding="utf-8")):
            done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True,
                                  env=dict(os.environ, HOME=name))
            print(f"$ {command}\n{(done.stdout + done.stderr)[:400]}")
            if done.returncode or done.stderr:
                sys.exit(f"{document}: {command}: exit code {done.returncode}\n{done.stderr}")
            count += 1
    if count == 0:
        sys.exit(f"{document} has no commands")


if __name__ == "__main__":
    main()
