#!/usr/bin/env python3
"""Compares bertc's tokenizers with the tokenizers wheel.

  compare_ids.py MODEL DUMP_IDS SOURCE [--data DIR] [--count 5000] [--seed 1] [--part K/N]

MODEL is bert, roberta or albert. DUMP_IDS is the program bertc-dump-ids. SOURCE is for bert a
model folder with tokenizer.json, for roberta vocab.json and merges.txt as two paths with a
comma between them, for albert spiece.model. Compared are ids, types, special marks, sequences,
words, offsets, windows and decoded texts:
  * of every text below --data (see that folder's README), as texts and as pairs;
  * of --count adversarial strings of adversarial.py;
  * of both again under other options, and of each code point of Unicode by itself, for bert
    under a vocabulary of single characters, which shows what becomes of each.
Bytes that are not UTF-8 are replaced as str.decode(errors="replace") does.
--part runs the K-th of N parts of the comparisons.
Ends with 1 and the first differences.
"""

import argparse
import array
import copy
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import adversarial
import reference  # before the wheel: it sets the environment
import tokenizers


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


def ask(program, folder, options, requests):
    stream = b"".join(
        f"{options or '-'} {' '.join(str(len(t)) for t in r)}\n".encode() + b"".join(r)
        for r in requests)
    done = subprocess.run([program, folder], input=stream, capture_output=True)
    if done.returncode:
        sys.exit(f"{program} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def ours(program, folder, options, requests):
    """As Reference.encode."""
    numbers = array.array("i", ask(program, folder, options, requests))
    results, at = [], 0
    for _ in requests:
        count, at = numbers[at], at + 1
        encodings = []
        for _ in range(count):
            size, at = numbers[at], at + 1
            encodings.append([numbers[at + f * size:at + (f + 1) * size].tolist()
                              for f in range(7)])
            at += 7 * size
        results.append(encodings)
    assert at == len(numbers)
    return results


class Comparison:
    def __init__(self, program, part):
        self.program = program
        self.failures = self.strings = self.number = 0
        self.part, self.parts = part

    def takes(self):
        self.number += 1
        return self.number % self.parts == self.part

    def note(self, title, requests, expected, found):
        assert len(expected) == len(found), (len(expected), len(found))
        different = [i for i in range(len(found)) if expected[i] != found[i]]
        print(f"{title}: {len(found)} texts, {len(different)} differ", flush=True)
        for i in different[:3]:
            print(f"  {requests[i]!r:.300}")
            a, b = expected[i], found[i]
            if isinstance(a, list) and len(a) == len(b):
                for x, y in zip(a, b):
                    names = ("ids", "types", "special", "sequences", "words", "begins", "ends")
                    for name, u, v in zip(names, x, y):
                        if u != v:
                            print(f"    {name} expected {u!r:.200}\n    {name} found    {v!r:.200}")
            else:
                print(f"    expected {a!r:.300}\n    found    {b!r:.300}")
        self.failures += len(different)
        self.strings += len(found)

    def check(self, title, side, folder, options, requests):
        """`side` is the Reference, `folder` what bertc reads."""
        if not self.takes():
            return
        begin = time.monotonic()
        for at in range(0, len(requests), 500):  # what is held in memory
            some = requests[at:at + 500]
            self.note(title, some, side.encode(options, some),
                      ours(self.program, folder, options, some))
        print(f"  {time.monotonic() - begin:.1f} s", flush=True)

    def check_decoding(self, title, side, folder, options, all_ids):
        if not self.takes():
            return
        expected = [side.decode(options, ids).encode("utf-8", "replace") for ids in all_ids]
        out = ask(self.program, folder, options, [(" ".join(map(str, ids)).encode(),)
                                                  for ids in all_ids])
        found, at = [], 0
        for _ in all_ids:
            size = int.from_bytes(out[at:at + 4], "little")
            found.append(out[at + 4:at + 4 + size])
            at += 4 + size
        self.note(title, all_ids, expected, found)


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


def compare_data(comparison, side, folder, texts, pairs):
    singles = [(t,) for t in texts]
    comparison.check("data", side, folder, "", singles)
    comparison.check("data, pairs", side, folder, "", pairs)
    for options in ("l16", "f24w8"):
        comparison.check(f"data, {options}", side, folder, options, singles)
    for options in ("l64", "s128", "f128", "nl40", "r", "s96w16", "l37L"):
        comparison.check(f"data, pairs, {options}", side, folder, options, pairs)


def compare_adversarial(comparison, side, folder, hard, hard_pairs, sizes=(21, 22, 20)):
    comparison.check("adversarial", side, folder, "", hard)
    for options in ("n", "l12", "r", "f12L", "f12w3", "l11w4L", "f2w0"):
        comparison.check(f"adversarial, {options}", side, folder, options, hard)
    comparison.check("adversarial pairs", side, folder, "", hard_pairs)
    odd, even, one = sizes
    for options in ("n", f"l{odd}", f"l{even}L", f"f{one}", f"s{one}", "nl9", "l4", f"s{one}w5",
                    f"f{one}w2L"):
        comparison.check(f"adversarial pairs, {options}", side, folder, options, hard_pairs)
    # Windows over both texts: the wheel's memory grows with the square of their number.
    short = [(a, b) for a, b in hard_pairs if len(a) + len(b) < 200]
    for options in (f"l{odd}w3", f"nl{odd}w3"):
        comparison.check(f"short pairs, {options}", side, folder, options, short)


def compare_decoding(comparison, side, folder, texts):
    side.set_options("")
    ids = [e.ids for e in side.tokenizer.encode_batch([reference.decode(t)[0] for t in texts])]
    ids += [list(range(at, at + 40)) for at in range(0, side.tokenizer.get_vocab_size() + 40, 40)]
    for options in ("d", "dk", "dc", "dkcr"):
        comparison.check_decoding(f"decoding, {options}", side, folder, options, ids)


def code_points(ranges, joined=False):
    between = "" if joined else " "
    return [(f"a{chr(c)}b{between}{chr(c)}{between}{chr(c)}\u0323\u0301{chr(c)}".encode(),)
            for low, high in ranges for c in range(low, high) if adversarial.scalar(c)]


def compare_bert(comparison, source, texts, pairs, hard, hard_pairs, scratch):
    def side_of(folder):
        with open(f"{folder}/tokenizer_config.json", encoding="utf-8") as file:
            side = json.load(file).get("truncation_side", "right")
        return reference.Reference(
            tokenizers.Tokenizer.from_file(f"{folder}/tokenizer.json"), side)

    side = side_of(source)
    compare_data(comparison, side, source, texts, pairs)
    compare_adversarial(comparison, side, source, hard, hard_pairs)
    compare_decoding(comparison, side, source, [t for t, in hard] + texts[:5000])
    with open(f"{source}/tokenizer.json", encoding="utf-8") as file:
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
        other = side_of(variant)
        comparison.check(title, other, variant, "", hard)
        for ranges in [BLOCKS] if i else [[(at, at + 0x11000)] for at in
                                          range(0, 0x110000, 0x11000)]:
            comparison.check(f"{title}, each code point", other, variant, "", code_points(ranges))

    added = [("banking", "n"), ("The", "nw"), ("U.S.", "w"), ("café", "lr"), ("É", "n"),
             ("[MASK]s", "r"), ("don", ""), ("don't", "l"), ("…", "n")]
    variant = write_variant(f"{scratch}/added", base, None, added)
    comparison.check("added tokens", side_of(variant), variant, "", hard)
    comparison.check("added tokens, blob", side_of(variant), variant, "r", hard)
    write_config(variant, truncation_side="left")
    comparison.check("truncation on the left", side_of(variant), variant, "l12", hard)
    comparison.check("truncation on the left, pairs", side_of(variant), variant, "l22", hard_pairs)

    bare = write_vocabulary(f"{scratch}/bare", base)
    comparison.check("vocab.txt", side, bare, "", hard)
    comparison.check("vocab.txt, pairs, blob", side, bare, "rl40", hard_pairs)


def make_folder(path, files=(), **config):
    os.makedirs(path)
    for name, source in files:
        shutil.copy(source, f"{path}/{name}")
    if config:
        write_config(path, **config)
    return path


def compare_family(comparison, make, files, variants, texts, pairs, hard, hard_pairs, scratch):
    """`make` gives the wheel's tokenizer for the keywords that a folder's config states."""
    side = reference.Reference(make())
    bare = make_folder(f"{scratch}/bare", files)
    compare_data(comparison, side, bare, texts, pairs)
    compare_adversarial(comparison, side, bare, hard, hard_pairs)
    compare_decoding(comparison, side, bare, [t for t, in hard] + texts[:5000])
    joined = code_points([(0, 0x3400), (0xA000, 0xAC80), (0xD7A0, 0x17000), (0x18C00, 0x20040),
                          (0xE0000, 0xE0200)], joined=True)
    comparison.check("each code point", side, bare, "", joined)
    saved = make_folder(f"{scratch}/json")
    reference.save(side.tokenizer, saved)
    comparison.check("tokenizer.json", side, saved, "", hard)
    comparison.check("tokenizer.json, pairs, blob", side, saved, "rl40", hard_pairs)
    typed = reference.Reference(make())
    typed.tokenizer.post_processor = reference.template(
        typed.tokenizer, *("[CLS]", "[SEP]") if "spiece.model" in dict(files) else ("<s>", "</s>"),
        types=(1, 0))
    folder = make_folder(f"{scratch}/typed")
    reference.save(typed.tokenizer, folder)
    for options in ("f20w3", "s20w3", "nf20w3"):
        comparison.check(f"other types, {options}", typed, folder, options, hard_pairs)
    for i, (title, options) in enumerate(variants.items()):
        other = reference.Reference(make(**options))
        folder = make_folder(f"{scratch}/{i}", files, **options)
        if options.get("mask_strips_left"):
            write_config(folder, **dict(options, mask_token={
                "content": "<mask>", "lstrip": True, "special": True}))
        comparison.check(title, other, folder, "", hard)
        comparison.check(f"{title}, pairs", other, folder, "f20w3", hard_pairs)
        comparison.check(f"{title}, each code point", other, folder, "", joined)
        other_saved = make_folder(f"{scratch}/json{i}")
        reference.save(other.tokenizer, other_saved)
        comparison.check(f"{title}, tokenizer.json", other, other_saved, "r", hard)


def compare_roberta(comparison, source, *rest):
    vocab, merges = source.split(",")
    variants = {
        "prefixed": dict(add_prefix_space=True),
        "untrimmed": dict(trim_offsets=False),
        "prefixed, mask takes spaces": dict(add_prefix_space=True, mask_strips_left=True),
        "mask takes spaces": dict(mask_strips_left=True),
    }
    compare_family(comparison, lambda **options: reference.roberta(vocab, merges, **options),
                   [("vocab.json", vocab), ("merges.txt", merges)], variants, *rest)


def compare_albert(comparison, source, *rest):
    variants = {
        "cased": dict(do_lower_case=False),
        "with accents": dict(keep_accents=True),
        "cased with accents": dict(do_lower_case=False, keep_accents=True),
        "no prefix": dict(add_prefix_space=False),
    }
    compare_family(comparison, lambda **options: reference.albert(source, **options),
                   [("spiece.model", source)], variants, *rest)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    families = {"bert": compare_bert, "roberta": compare_roberta, "albert": compare_albert}
    parser.add_argument("model", choices=families)
    parser.add_argument("dump_ids")
    parser.add_argument("source")
    parser.add_argument("--data")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="0/1", type=lambda t: tuple(map(int, t.split("/"))))
    arguments = parser.parse_args()

    comparison = Comparison(arguments.dump_ids, arguments.part)
    texts, pairs = data_texts(arguments.data) if arguments.data else ([], [])
    strings = adversarial.strings(arguments.seed, arguments.count)
    hard = [(s,) for s in strings]
    hard_pairs = list(zip(strings, reversed(strings)))
    with tempfile.TemporaryDirectory() as scratch:
        families[arguments.model](comparison, arguments.source, texts, pairs, hard, hard_pairs,
                                  scratch)

    if comparison.failures:
        sys.exit(f"{comparison.failures} of {comparison.strings} texts differ")
    print(f"all {comparison.strings} are the same")


if __name__ == "__main__":
    main()
