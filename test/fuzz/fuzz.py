"""Damages the files that bertc reads and expects it to say so.

    fuzz.py GOLDENS [--seed S] [--cases N] [--target NAME]... [--case N] [--jobs N] [--keep FOLDER]
            [--no-memory-limit]

A case is a copy of a good file with one to three random changes; its random numbers come from the
seed, the target and its own number, so it is the same alone and among thousands. Each command of
a case may succeed, or end with exit code 1 and one line on stderr; a signal, another exit code, a
second line and more than a minute or 4 GiB are failures. A damaged library must be refused.
"""

import argparse
import concurrent.futures
import json
import pathlib
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

SECONDS = 60
BYTES = 4 << 30
BAD_INPUT = pathlib.Path(__file__).resolve().parents[1] / "tools/bad-input/Inputs"
sys.path.insert(0, str(BAD_INPUT))
import safetensors_file  # noqa: E402

HOSTILE = [None, True, False, 0, -1, 1, 2**31 - 1, 2**31, -2**31, 2**63 - 1, 2**63, -2**63, 2**64,
           10**30, 0.5, -0.0, 1e-320, 1e308, float("nan"), float("inf"), "", "\0", "\ud800", "é\n",
           "../../etc/passwd", "%s%n", "x" * 100000, [], {}, [[]], [{}], {"": {}}, [0] * 10000]
BYTES_HOSTILE = [b"\0", b"\xff", b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\n", b"\r\n", b"\"", b"\\",
                 b"{", b"[" * 2000, b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf",
                 b"a" * 100000, b"\t", b" "]


# Changes: a random generator and the bytes of a file in, other bytes out.


def changeBytes(draw, data):
    begin = draw.randrange(len(data) + 1)
    end = min(len(data), begin + draw.choice((1, 2, 8, 100)))
    kind = draw.randrange(5)
    if kind == 0 and begin < len(data):
        changed = bytearray(data)
        changed[begin] ^= 1 << draw.randrange(8)
        return bytes(changed)
    if kind == 1:
        return data[:begin]
    if kind == 2:
        return data[:begin] + data[end:]
    if kind == 3:
        return data[:end] + data[begin:]
    hostile = draw.choice(BYTES_HOSTILE)
    return data[:begin] + hostile + data[draw.choice((begin, begin + len(hostile))):]


def changeLines(draw, data):
    lines = data.split(b"\n")
    i, j = draw.randrange(len(lines)), draw.randrange(len(lines))
    kind = draw.randrange(5)
    if kind == 0:
        lines[i], lines[j] = lines[j], lines[i]
    elif kind == 1:
        lines.insert(i, lines[j])
    elif kind == 2:
        lines[i] = draw.choice(BYTES_HOSTILE)
    elif kind == 3:
        del lines[i]
    else:
        lines[i] = lines[i] + draw.choice((b" ", b"\t", b"\r")) + lines[j]
    return b"\n".join(lines)


def places(value):
    """Every container of a JSON value with each of its keys."""
    items = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else ())
    for key, part in items:
        yield value, key
        yield from places(part)


def changeValue(draw, value):
    found = list(places(value))
    if not found:
        return draw.choice(HOSTILE)
    container, key = draw.choice(found)
    kind = draw.randrange(6)
    if kind == 0:
        del container[key]
    elif kind == 1:
        other, otherKey = draw.choice(found)
        # A copy: a value that contains itself has no text.
        container[key] = json.loads(json.dumps(other[otherKey]))
    elif kind == 2 and isinstance(container, dict):
        container[draw.choice(("", key + "x", key.upper()))] = container.pop(key)
    elif kind == 3 and isinstance(container[key], (int, float)):
        container[key] = draw.choice((-container[key], container[key] + 1, container[key] * 2,
                                      str(container[key]), float(container[key])))
    else:
        container[key] = draw.choice(HOSTILE)
    return value


def changeJson(draw, data):
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):  # an earlier change left no JSON
        return changeBytes(draw, data)
    text = json.dumps(changeValue(draw, value))
    if draw.randrange(10) == 0:  # a key twice
        text = text.replace("{", '{"model_type": 1, "model_type": 2, ', 1)
    return text.encode()


def changeSafetensors(draw, data):
    """Its header's JSON; the tensors stay."""
    try:
        (length,) = struct.unpack("<Q", data[:8])
        header, rest = json.loads(data[8:8 + length]), data[8 + length:]
    except (ValueError, RecursionError, struct.error):
        return changeBytes(draw, data)
    text = json.dumps(changeValue(draw, header)).encode()
    return struct.pack("<Q", len(text)) + text + rest


def changeLibrary(draw, data):
    """Anything but weights, which the seal leaves out, and the seal's last word, without which
    a library counts as one without a seal."""
    begin, end = struct.unpack("<QQ", data[-32:-16])
    place = draw.choice((draw.randrange(begin), draw.randrange(end, len(data) - 32)))
    kind = draw.randrange(4)
    changed = bytearray(data)
    if kind == 0:
        changed[place] ^= 1 << draw.randrange(8)
    elif kind == 1:
        del changed[place:]
    elif kind == 2:
        del changed[place:place + draw.choice((1, 16, 4096))]
    else:
        changed[place:place] = draw.randbytes(draw.choice((1, 16, 4096)))
    return bytes(changed)


# Good files.

LINES = b"A cat sleeps.\nHe is the King of Spain.\n"
CONLL = b"Anna\tB-person\nlives\tO\nin\tO\nParis\tB-location\n\nHe\tO\nsings\tO\n"
SQUAD = {"version": "2.0", "data": [{"title": "t", "paragraphs": [
    {"context": "He is the King of Spain.", "qas": [
        {"id": "one", "question": "Who is he?", "is_impossible": False,
         "answers": [{"text": "King of Spain", "answer_start": 10}]},
        {"id": "two", "question": "Where?", "is_impossible": True, "answers": []}]}]}]}


def tokenizerJson(vocabulary):
    ids = {word: i for i, word in enumerate(vocabulary.read_text(encoding="utf-8").split("\n"))
           if word}
    special = [word for word in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") if word in ids]
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": ids[word], "content": word, "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False, "special": True} for word in special],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                     {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 1}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
            "special_tokens": {word: {"id": word, "ids": [ids[word]], "tokens": [word]}
                               for word in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": ids}}).encode()


def inputs(path):
    ids = [2, 9, 30, 3, 2, 8, 3, 0]
    header = {"input_ids": {"dtype": "I64", "shape": [2, 4], "data_offsets": [0, 64]},
              "attention_mask": {"dtype": "I64", "shape": [2, 4], "data_offsets": [64, 128]}}
    safetensors_file.write(path, header, struct.pack("<16q", *ids, *[i > 0 for i in ids]))


def prepare(goldens, work):
    """Good checkpoints and artifacts, in `work`."""
    shutil.copytree(goldens / "sentiment", work / "model")
    (work / "model/tokenizer.json").write_bytes(tokenizerJson(work / "model/vocab.txt"))
    shutil.copytree(goldens / "sentiment", work / "words")
    for name, golden in (("questions", "questions"), ("entities", "entities"),
                         ("model", work / "model")):
        subprocess.run(["bertc", "compile", goldens / golden, "-o", work / f"{name}.so"],
                       check=True, stdout=subprocess.DEVNULL)
    inputs(work / "batch.safetensors")
    (work / "dev.json").write_text(json.dumps(SQUAD))
    (work / "dev.conll").write_bytes(CONLL)
    (work / "lines.txt").write_bytes(LINES)


class Target:
    def __init__(self, file, changes, *commands, refused=False):
        self.file, self.changes, self.commands, self.refused = file, changes, commands, refused


# {w} holds the good files, {c} is the case's folder. A command follows when the one before it
# succeeded. Where the file is one of a checkpoint, the case has the rest of that beside it.
COMPILE = ("bertc compile {c} -o {c}/out.so --target-cpu x86-64-v3",
           "bertc run {c}/out.so --text-file {w}/lines.txt --json")
TARGETS = {
    "config": Target("model/config.json", (changeJson, changeBytes), *COMPILE),
    "weights": Target("model/model.safetensors", (changeSafetensors, changeBytes), *COMPILE),
    "tokenizer": Target("model/tokenizer.json", (changeJson, changeJson, changeBytes), *COMPILE),
    "vocabulary": Target("words/vocab.txt", (changeLines, changeBytes), *COMPILE),
    "library": Target("model.so", (changeLibrary,),
                      "bertc run {c}/model.so --text-file {w}/lines.txt", refused=True),
    "inputs": Target("batch.safetensors", (changeSafetensors, changeBytes),
                     "bertc run {w}/model.so --inputs {c}/batch.safetensors "
                     "--outputs {c}/out.safetensors"),
    "lines": Target("lines.txt", (changeLines, changeBytes),
                    "bertc run {w}/model.so --text-file {c}/lines.txt --json"),
    "squad": Target("dev.json", (changeJson, changeBytes),
                    "bertc run {w}/questions.so --squad {c}/dev.json --outputs {c}/out.json"),
    "conll": Target("dev.conll", (changeLines, changeBytes),
                    "bertc run {w}/entities.so --conll {c}/dev.conll --outputs {c}/out.conll"),
}


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def problem(command, mustFail, limited):
    """What is wrong with how the command ended, or None; and whether it succeeded."""

    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS,
                              preexec_fn=limit if limited else None)
    except subprocess.TimeoutExpired:
        return f"not done after {SECONDS} s", False
    # By bytes: the other line ends of str.splitlines may be in a name that the message quotes.
    lines = done.stderr.count(b"\n")
    said = done.stderr.decode(errors="replace")[:500]
    if done.returncode == 0:
        return ("a damaged library runs" if mustFail else None), True
    if done.returncode != 1:
        return f"exit code {done.returncode}: {said}", False
    return (None if lines == 1 else f"{lines} lines on stderr: {said}"), False


def runCase(name, number, options, work, folder):
    """The problem of a case, or None; and whether all its commands succeeded."""
    target, draw = TARGETS[name], random.Random(f"{options.seed}/{name}/{number}")
    file = work / target.file
    if file.parent == work:
        folder.mkdir(parents=True)
    else:
        shutil.copytree(file.parent, folder)
    data = file.read_bytes()
    change = draw.choice(target.changes)
    # The library's seal must stay where the change looks for it.
    for _ in range(1 if target.refused else draw.choice((1, 1, 2, 3))):
        data = change(draw, data)
    (folder / file.name).write_bytes(data)
    for command in target.commands:
        words = [word.format(c=folder, w=work) for word in command.split()]
        wrong, succeeded = problem(words, target.refused, not options.no_memory_limit)
        if wrong:
            return f"{' '.join(words)}: {wrong}", False
        if not succeeded:
            return None, False
    return None, True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("goldens", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=20, help="of each target")
    parser.add_argument("--target", action="append", choices=TARGETS, help="all by default")
    parser.add_argument("--case", type=int, help="this one alone")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-memory-limit", action="store_true", help="for sanitized builds")
    parser.add_argument("--keep", type=pathlib.Path, help="a new folder for files of all cases")
    options = parser.parse_args()
    numbers = range(options.cases) if options.case is None else [options.case]
    failures = good = 0
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep.resolve() if options.keep else pathlib.Path(temporary)
        work.mkdir(exist_ok=True)
        prepare(options.goldens.resolve(), work)

        def one(case):
            folder = work / f"{case[0]}-{case[1]}"
            wrong, succeeded = runCase(*case, options, work, folder)
            if not options.keep:
                shutil.rmtree(folder)
            return case, wrong, succeeded

        cases = [(name, number) for number in numbers for name in options.target or TARGETS]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for (name, number), wrong, succeeded in pool.map(one, cases):
                good += succeeded
                if wrong:
                    failures += 1
                    print(f"--seed {options.seed} --target {name} --case {number}: {wrong}",
                          flush=True)
    print(f"{len(cases)} cases: {good} went well, {len(cases) - good - failures} were refused, "
          f"{failures} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
