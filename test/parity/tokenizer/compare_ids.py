#!/usr/bin/env python3
"""Compares bertc's token ids with the tokenizers wheel.

  compare_ids.py DUMP_IDS MODEL_FOLDER [--data DIR] [--count 5000] [--seed 1]

DUMP_IDS is the program bertc-dump-ids, MODEL_FOLDER holds tokenizer.json. Compared:
  * every text below --data (see that folder's README), as texts and as pairs;
  * --count adversarial strings of adversarial.py;
  * both again under other options and under a vocabulary of single characters, which
    shows every character that is kept, dropped, decomposed or lower-cased, and each
    code point of Unicode by itself.
Bytes that are not UTF-8 are replaced as str.decode(errors="replace") does.
Ends with 1 and the first differences when ids or type ids differ.
"""

import argparse
import copy
import glob
import json
import os
import subprocess
import sys
import tempfile

import tokenizers

import adversarial

STRATEGIES = {"l": "longest_first", "f": "only_first", "s": "only_second"}


def read_lines(path):
    with open(path, "rb") as file:
        return file.read().split(b"\n")


def data_texts(folder):
    """Single texts and pairs, as bytes."""
    texts, pairs = [], []
    for path in sorted(glob.glob(f"{folder}/sst2/*.tsv")):
        texts += [line.split(b"\t")[0] for line in read_lines(path)]
    for path in sorted(glob.glob(f"{folder}/wnut17/*.conll")):
        with open(path, "rb") as file:
            for sentence in file.read().split(b"\n\n"):
                texts.append(b" ".join(t.split(b"\t")[0] for t in sentence.split(b"\n")))
    for path in sorted(glob.glob(f"{folder}/sts/*.tsv")):
        for line in read_lines(path):
            fields = line.split(b"\t")
            pairs += [tuple(fields[1:3])] if len(fields) >= 3 else []
    for path in sorted(glob.glob(f"{folder}/wikitext2/*.txt")):
        texts += read_lines(path)
        with open(path, "rb") as file:
            texts.append(file.read())  # a megabyte in one text
    for path in sorted(glob.glob(f"{folder}/squad/*.json")):
        with open(path, encoding="utf-8") as file:
            for article in json.load(file)["data"]:
                texts.append(article["title"].encode())
                for paragraph in article["paragraphs"]:
                    context = paragraph["context"].encode()
                    texts.append(context)
                    for question in paragraph["qas"]:
                        pairs.append((question["question"].encode(), context))
    return texts, pairs


def decode(text):
    return text.decode("utf-8", errors="replace")


def reference(folder, options, requests):
    """Lines as bertc-dump-ids prints them."""
    tokenizer = tokenizers.Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    special = "n" not in options
    with open(f"{folder}/tokenizer_config.json", encoding="utf-8") as file:
        direction = json.load(file).get("truncation_side", "right")
    for letter, strategy in STRATEGIES.items():
        if letter in options:
            digits = options[options.index(letter) + 1:]
            tokenizer.enable_truncation(
                int("".join(c for c in digits if c.isdigit())), strategy=strategy,
                direction=direction)
    inputs = [tuple(map(decode, r)) if len(r) == 2 else decode(r[0]) for r in requests]
    try:
        encodings = tokenizer.encode_batch(inputs, add_special_tokens=special)
    except Exception:  # one text that cannot be truncated fails its whole batch
        encodings = []
        for item in inputs:
            try:
                encodings.append(tokenizer.encode(
                    *(item if isinstance(item, tuple) else (item,)),
                    add_special_tokens=special))
            except Exception:
                encodings.append(None)
    return ["error" if e is None else
            " ".join(f"{i}:{t}" for i, t in zip(e.ids, e.type_ids)) for e in encodings]


def ours(program, folder, options, requests):
    stream = b"".join(
        f"{options or '-'} {' '.join(str(len(t)) for t in r)}\n".encode() + b"".join(r)
        for r in requests)
    done = subprocess.run([program, folder], input=stream, capture_output=True)
    if done.returncode:
        sys.exit(f"{program} ended with {done.returncode}: {done.stderr.decode()}")
    lines = done.stdout.decode("utf-8", errors="replace").split("\n")[:-1]
    return ["error" if line.startswith("error ") else line for line in lines]


class Comparison:
    def __init__(self, program):
        self.program = program
        self.failures = 0

    def check(self, title, folder, options, requests, bare=None):
        """`bare`, where given, is a folder for bertc without tokenizer.json."""
        expected = reference(folder, options, requests)
        found = ours(self.program, bare or folder, options, requests)
        assert len(expected) == len(found), (len(expected), len(found))
        different = [i for i in range(len(found)) if expected[i] != found[i]]
        print(f"{title}: {len(found)} texts, {len(different)} differ", flush=True)
        for i in different[:3]:
            print(f"  {requests[i]!r:.300}\n    expected {expected[i]:.200}\n"
                  f"    found    {found[i]:.200}")
        self.failures += len(different)


# All but most ideographs and Hangul, private use and what is not assigned.
BLOCKS = [(0x21, 0x3400), (0x4E00, 0x4E80), (0xA000, 0xAC20), (0xD7A0, 0xD800),
          (0xF900, 0x12000), (0x16000, 0x17000), (0x1B000, 0x1B200), (0x1BC00, 0x1BD00),
          (0x1CC00, 0x1FC00), (0x20000, 0x20080), (0xE0000, 0xE0200)]


def character_vocabulary():
    """The special tokens, and each character alone and as a continuation."""
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    for low, high in BLOCKS:
        for code in range(low, high):
            tokens += [chr(code), "##" + chr(code)]
    return {token: i for i, token in enumerate(tokens)}


def write_config(folder, **config):
    with open(f"{folder}/tokenizer_config.json", "w", encoding="utf-8") as file:
        json.dump(config, file)


def write_vocabulary(folder, base):
    """A model folder that has its vocabulary as vocab.txt."""
    os.makedirs(folder)
    write_config(folder, do_lower_case=True)
    tokens = sorted(base["model"]["vocab"], key=base["model"]["vocab"].get)
    with open(f"{folder}/vocab.txt", "w", encoding="utf-8") as file:
        file.writelines(token + "\n" for token in tokens)
    return folder


def write_variant(folder, base, vocabulary, added=(), **normalizer):
    """A model folder with another vocabulary and other options of the normaliser."""
    os.makedirs(folder)
    write_config(folder)
    variant = copy.deepcopy(base)
    if vocabulary:
        variant["model"]["vocab"] = vocabulary
        for token in variant["added_tokens"]:
            token["id"] = vocabulary[token["content"]]
        for name, token in variant["post_processor"]["special_tokens"].items():
            token["ids"] = [vocabulary[name]]
    known = dict(variant["model"]["vocab"])
    for content, flags in added:
        variant["added_tokens"].append({
            "id": known.setdefault(content, len(known)), "content": content,
            "special": False, "single_word": "w" in flags, "lstrip": "l" in flags,
            "rstrip": "r" in flags, "normalized": "n" in flags})
    variant["normalizer"].update(normalizer)
    with open(f"{folder}/tokenizer.json", "w", encoding="utf-8") as file:
        json.dump(variant, file, ensure_ascii=False)
    return folder


def compare_data(comparison, folder, data):
    texts, pairs = data_texts(data)
    singles = [(t,) for t in texts]
    comparison.check("data", folder, "", singles)
    comparison.check("data, 16 ids", folder, "l16", singles)
    comparison.check("data, pairs", folder, "", pairs)
    for options in ("l64", "l37", "s128", "f128", "nl40", "r"):
        comparison.check(f"data, pairs, {options}", folder, options, pairs)


def compare_adversarial(comparison, folder, hard, hard_pairs):
    comparison.check("adversarial", folder, "", hard)
    for options in ("n", "l12", "r"):
        comparison.check(f"adversarial, {options}", folder, options, hard)
    comparison.check("adversarial pairs", folder, "", hard_pairs)
    for options in ("l21", "l22", "f20", "s20", "nl9", "l3"):
        comparison.check(f"adversarial pairs, {options}", folder, options, hard_pairs)


def code_points(ranges):
    return [(f"a{chr(c)}b {chr(c)} {chr(c)}\u0323\u0301{chr(c)}".encode(),)
            for low, high in ranges for c in range(low, high) if adversarial.scalar(c)]


def compare_variants(comparison, folder, hard, hard_pairs, scratch):
    with open(f"{folder}/tokenizer.json", encoding="utf-8") as file:
        base = json.load(file)
    characters = character_vocabulary()
    variants = {
        "characters": {},
        "characters, cased": dict(lowercase=False),
        "characters, lower case with accents": dict(strip_accents=False),
        "characters, cased without accents": dict(lowercase=False, strip_accents=True),
        "characters, no cleaning": dict(clean_text=False),
        "characters, CJK joined": dict(handle_chinese_chars=False),
    }
    for i, (title, options) in enumerate(variants.items()):
        variant = write_variant(f"{scratch}/{i}", base, characters, **options)
        comparison.check(title, variant, "", hard)
        comparison.check(f"{title}, blob", variant, "r", hard)
        ranges = BLOCKS if i else [(0, 0x110000)]
        comparison.check(f"{title}, each code point", variant, "", code_points(ranges))

    added = [("banking", "n"), ("The", "nw"), ("U.S.", "w"), ("café", "lr"), ("É", "n"),
             ("[MASK]s", "r"), ("don", ""), ("don't", "l"), ("…", "n")]
    variant = write_variant(f"{scratch}/added", base, None, added)
    comparison.check("added tokens", variant, "", hard)
    comparison.check("added tokens, blob", variant, "r", hard)
    write_config(variant, truncation_side="left")
    comparison.check("truncation on the left", variant, "l12", hard)
    comparison.check("truncation on the left, pairs", variant, "l22", hard_pairs)

    bare = write_vocabulary(f"{scratch}/bare", base)
    comparison.check("vocab.txt", folder, "", hard, bare)
    comparison.check("vocab.txt, pairs, blob", folder, "rl40", hard_pairs, bare)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump_ids")
    parser.add_argument("folder")
    parser.add_argument("--data")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    comparison = Comparison(arguments.dump_ids)
    if arguments.data:
        compare_data(comparison, arguments.folder, arguments.data)
    strings = adversarial.strings(arguments.seed, arguments.count)
    hard = [(s,) for s in strings]
    hard_pairs = list(zip(strings, reversed(strings)))
    compare_adversarial(comparison, arguments.folder, hard, hard_pairs)
    with tempfile.TemporaryDirectory() as scratch:
        compare_variants(comparison, arguments.folder, hard, hard_pairs, scratch)

    if comparison.failures:
        sys.exit(f"{comparison.failures} texts differ")
    print("all ids are the same")


if __name__ == "__main__":
    main()
