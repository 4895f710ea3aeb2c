"""Answers of `bertc run --squad` against the question-answering pipeline's formulas.

    check_answers.py ARTIFACT VOCABULARY SQUAD.json [--questions N] [--no-answer]

The windows come from the tokenizers package, the logits from the artifact by token ids, the answers
from what transformers 4 does with them (pipelines/question_answering.py), in NumPy. Exact match and
F1 are computed as the official script of SQuAD 2.0 defines them.
"""

import argparse
import collections
import json
import re
import string
import subprocess
import tempfile

import numpy as np
from bertc_run import run
from tokenizers import BertWordPieceTokenizer

LONGEST, STRIDE, ANSWER = 384, 128, 15
N_BEST = 3


def read_questions(path, limit):
    with open(path, encoding="utf-8") as file:
        articles = json.load(file)["data"]
    questions = [
        (q["id"], q["question"], p["context"], [a["text"] for a in q["answers"]])
        for article in articles
        for p in article["paragraphs"]
        for q in p["qas"]
    ]
    return questions[:: max(1, len(questions) // limit)] if limit else questions


def windows_of(tokenizer, question, context):
    tokenizer.enable_truncation(LONGEST, stride=STRIDE, strategy="only_second")
    first = tokenizer.encode(question, context)
    return [first] + first.overflowing


def logits_of(artifact, windows):
    width = max(len(window.ids) for window in windows)
    tensors = {
        name: np.array([row(w) + [0] * (width - len(w.ids)) for w in windows], dtype=np.int64)
        for name, row in (
            ("input_ids", lambda w: w.ids),
            ("token_type_ids", lambda w: w.type_ids),
            ("attention_mask", lambda w: [1] * len(w.ids)),
        )
    }
    out = run(artifact, tensors)
    return out["start_logits"], out["end_logits"]


def softmax(logits, wanted):
    logits = np.where(wanted, logits.astype(np.float64), -np.inf)
    values = np.exp(logits - logits.max())
    return values / values.sum()


def spans_of(window, start_logits, end_logits, cls, null):
    """(start token, end token, score), best first, and the probability of no answer."""
    in_context = np.array([s == 1 for s in window.sequence_ids])
    wanted = in_context | (np.array(window.ids) == cls)
    count = len(window.ids)
    start = softmax(start_logits[:count], wanted)
    end = softmax(end_logits[:count], wanted)
    null = min(null, start[0] * end[0])
    start[0] = end[0] = 0
    scores = np.tril(np.triu(np.outer(start, end)), ANSWER - 1)
    scores = np.where(np.outer(in_context, in_context), scores, -1)
    order = np.argsort(-scores, axis=None, kind="stable")[: N_BEST * 2 + 10]
    pairs = [divmod(int(i), count) for i in order]
    return [(s, e, scores[s, e]) for s, e in pairs if scores[s, e] > 0], null


def answers_of(windows, starts, ends, context, cls, no_answer):
    found, null = [], 1e6
    for window, start, end in zip(windows, starts, ends):
        spans, null = spans_of(window, start, end, cls, null)
        for s, e, score in spans:
            begin = window.word_to_chars(window.token_to_word(s), 1)[0]
            stop = window.word_to_chars(window.token_to_word(e), 1)[1]
            text = context[begin:stop]
            same = [a for a in found if a["answer"].lower() == text.lower()]
            if same:
                same[0]["score"] += score
            else:
                found.append({"answer": text, "score": score, "start": begin, "end": stop})
    if no_answer:
        found.append({"answer": "", "score": null, "start": 0, "end": 0})
    return sorted(found, key=lambda a: -a["score"])[:N_BEST]


def words_of(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def score(answer, right):
    given = words_of(answer)
    best = [0.0, 0.0]
    for words in [w for w in map(words_of, right) if w] or [[]]:
        exact = float(given == words)
        common = sum((collections.Counter(given) & collections.Counter(words)).values())
        f1 = exact if not given or not words else 2 * common / (len(given) + len(words))
        best = [max(best[0], exact), max(best[1], f1)]
    return best


def check_equal(identity, given, expected):
    """Answers in the same order; those whose scores nobody can tell apart in any."""
    assert len(given) == len(expected), (identity, given, expected)
    for ours, theirs in zip(given, expected):
        close = abs(ours["score"] - theirs["score"]) <= 1e-5 * theirs["score"] + 1e-9
        assert close, (identity, given, expected)
        if ours["answer"] != theirs["answer"]:
            twins = [a for a in expected if abs(a["score"] - ours["score"]) <= 1e-5 * ours["score"]]
            assert len(twins) > 1 or theirs is expected[-1], (identity, given, expected)
            continue
        assert (ours["start"], ours["end"]) == (theirs["start"], theirs["end"]), identity


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("artifact")
    parser.add_argument("vocabulary")
    parser.add_argument("squad")
    parser.add_argument("--questions", type=int, default=0)
    parser.add_argument("--no-answer", action="store_true")
    args = parser.parse_args()
    questions = read_questions(args.squad, args.questions)
    tokenizer = BertWordPieceTokenizer(args.vocabulary, lowercase=True)
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/squad.json", "w", encoding="utf-8") as file:
            qas = [
                {
                    "context": context,
                    "qas": [{"id": i, "question": q, "answers": [{"text": t} for t in right]}],
                }
                for i, q, context, right in questions
            ]
            json.dump({"data": [{"paragraphs": qas}]}, file)
        command = ["bertc", "run", args.artifact, "--squad", f"{folder}/squad.json", "--json"]
        command += ["--n-best", str(N_BEST), "--outputs", f"{folder}/predictions"]
        command += ["--no-answer"] if args.no_answer else []
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        *lines, last = [json.loads(line) for line in out.splitlines()]
        with open(f"{folder}/predictions", encoding="utf-8") as file:
            predictions = json.load(file)
    encodings = [windows_of(tokenizer, q, context) for _, q, context, _ in questions]
    flat = [window for windows in encodings for window in windows]
    starts, ends = logits_of(args.artifact, flat)

    assert [line["id"] for line in lines] == [q[0] for q in questions]
    place, totals, empty = 0, [0.0, 0.0], 0
    cls = tokenizer.token_to_id("[CLS]")
    for line, windows, (identity, _, context, right) in zip(lines, encodings, questions):
        part = slice(place, place + len(windows))
        place += len(windows)
        expected = answers_of(windows, starts[part], ends[part], context, cls, args.no_answer)
        check_equal(identity, line["answers"], expected)
        best = predictions[identity]
        assert best == line["answers"][0]["answer"], identity
        empty += best == ""
        totals = [t + s for t, s in zip(totals, score(best, right))]
    for name, total in zip(("exact", "f1"), totals):
        assert abs(last[name] - 100 * total / len(questions)) < 1e-3, (name, last, total)
    assert last["total"] == len(questions)
    print(f"{len(questions)} questions, {len(flat)} windows, {empty} without answer: {last}")


if __name__ == "__main__":
    main()
