"""Entities of `bertc run` against transformers' token-classification pipeline, formulas in NumPy.

    check_entities.py ARTIFACT MODEL-FOLDER TEXTS [--lines N]

TEXTS has one text a line, or is a CoNLL file (.conll): then `--conll` is checked as well, labels and
scores. Words come from the tokenizers package; a word has the label of its first token
(aggregation_strategy "first"), its entities are grouped as the pipeline groups B- and I-, and
E- ends one, S- is one.
"""

import argparse
import json
import subprocess
import tempfile

import numpy as np
from bertc_run import run
from tokenizers import BertWordPieceTokenizer


def read_sentences(path):
    """Of each sentence its (word, label) pairs, or of each line one text without labels."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not path.endswith(".conll"):
        return [[(line, None)] for line in text.splitlines()]
    parts = [part.strip("\n").split("\n") for part in text.split("\n\n") if part.strip()]
    return [[tuple(line.split("\t")) for line in part] for part in parts]


def probabilities(logits):
    values = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return values / values.sum(axis=-1, keepdims=True)


def group(labels):
    """(first, last, type) of each entity."""
    groups, is_open = [], False
    for i, label in enumerate(labels):
        if label == "O":
            is_open = False
            continue
        prefix, kind = label.split("-", 1)
        if is_open and prefix in "IE" and groups[-1][2] == kind:
            groups[-1][1] = i
        else:
            groups.append([i, i, kind])
        is_open = prefix in "BI"
    return groups


def entities_of(text, encoding, scores, names):
    words = []
    for i, (word, span) in enumerate(zip(encoding.word_ids, encoding.offsets)):
        if word is None:
            continue
        if word == len(words):
            best = int(scores[i].argmax())
            words.append([names[best], scores[i][best], span[0], span[1]])
        else:
            words[word][3] = span[1]
    return [
        {
            "text": text[words[first][2] : words[last][3]],
            "label": kind,
            "score": np.mean([word[1] for word in words[first : last + 1]]),
            "start": words[first][2],
            "end": words[last][3],
        }
        for first, last, kind in group([word[0] for word in words])
    ]


def check_conll(args, sentences, encodings, scores, names):
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out.conll"
        command = ["bertc", "run", args.artifact, "--conll", args.texts, "--outputs", out]
        made = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        with open(out, encoding="utf-8") as file:
            parts = [p.strip("\n").split("\n") for p in file.read().split("\n\n") if p]
    assert len(parts) == len(sentences)
    found = wanted = both = 0
    for part, sentence, encoding, score in zip(parts, sentences, encodings, scores):
        labels, place = [], 0
        for word, _ in sentence:
            inside = [i for i, span in enumerate(encoding.offsets)
                      if span[0] < place + len(word) and span[1] > place]
            labels.append(names[int(score[inside[0]].argmax())] if inside else "O")
            place += len(word) + 1
        expected = [f"{word}\t{right}\t{label}" for (word, right), label in zip(sentence, labels)]
        assert part == expected, (part, expected)
        ours = {tuple(g) for g in group(labels)}
        theirs = {tuple(g) for g in group([right for _, right in sentence])}
        found, wanted, both = found + len(ours), wanted + len(theirs), both + len(ours & theirs)
    metrics = json.loads(made)
    expected = [both / found, both / wanted, 2 * both / (found + wanted), wanted]
    given = [metrics[key] for key in ("precision", "recall", "f1", "entities")]
    np.testing.assert_allclose(given, expected, rtol=1e-5)
    print(metrics)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("artifact")
    parser.add_argument("model")
    parser.add_argument("texts")
    args = parser.parse_args()
    with open(f"{args.model}/config.json", encoding="utf-8") as file:
        config = json.load(file)
    names = [config["id2label"][str(i)] for i in range(len(config["id2label"]))]
    tokenizer = BertWordPieceTokenizer(f"{args.model}/vocab.txt", lowercase=True)
    sentences = read_sentences(args.texts)
    texts = [" ".join(word for word, *_ in sentence) for sentence in sentences]
    encodings = [tokenizer.encode(text) for text in texts]
    most = max(len(encoding.ids) for encoding in encodings)
    assert most <= config["max_position_embeddings"], "one window each"
    ids = np.array([e.ids + [0] * (most - len(e.ids)) for e in encodings], dtype=np.int64)
    mask = np.array([[1] * len(e.ids) + [0] * (most - len(e.ids)) for e in encodings], dtype=np.int64)
    logits = run(args.artifact, {"input_ids": ids, "attention_mask": mask})["logits"]
    scores = probabilities(logits)

    command = ["bertc", "run", args.artifact, "--text-file", "-", "--json"]
    out = subprocess.run(command, check=True, capture_output=True, input="\n".join(texts) + "\n",
                         text=True, encoding="utf-8").stdout
    count = 0
    for line, text, encoding, score in zip(out.splitlines(), texts, encodings, scores, strict=True):
        given = json.loads(line)["entities"]
        expected = entities_of(text, encoding, score, names)
        assert len(given) == len(expected), (given, expected)
        for ours, theirs in zip(given, expected):
            assert abs(ours.pop("score") - theirs.pop("score")) < 1e-5
            assert ours == theirs, (ours, theirs)
        count += len(given)
    print(f"{len(texts)} texts, {count} entities")
    if args.texts.endswith(".conll"):
        check_conll(args, sentences, encodings, scores, names)


if __name__ == "__main__":
    main()
