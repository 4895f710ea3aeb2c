#!/usr/bin/env python3
"""Compares reference.py's tokenizers with those of transformers; run by hand.

  check_recipes.py SHARED_DATA

Needs transformers 5, sentencepiece and protobuf. Both are compared as tokenizer.json: all but
the order of what has none must be the same.
"""

import json
import sys
import tempfile

import compare_ids
import reference
import transformers


def plain(tokenizer):
    described = json.loads(tokenizer.to_str())
    described["added_tokens"].sort(key=lambda token: token["id"])
    return described


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = f"{sys.argv[1]}/tokenizers"
    vocab, merges, spiece = (f"{data}/{name}" for name in (
        "gpt2-vocab.json", "gpt2-merges.txt", "albert-30k-clean.model"))
    cases = [
        (transformers.RobertaTokenizer, [("vocab.json", vocab), ("merges.txt", merges)],
         lambda **options: reference.roberta(vocab, merges, **options),
         [{}, {"add_prefix_space": True}, {"trim_offsets": False}]),
        (transformers.AlbertTokenizer, [("spiece.model", spiece)],
         lambda **options: reference.albert(spiece, **options),
         [{}, {"do_lower_case": False}, {"keep_accents": True}, {"add_prefix_space": False}]),
    ]
    different = 0
    for family, files, make, variants in cases:
        for options in variants:
            with tempfile.TemporaryDirectory() as scratch:
                folder = compare_ids.make_folder(f"{scratch}/model", files)
                theirs = family.from_pretrained(folder, **options)
                a, b = plain(theirs.backend_tokenizer), plain(make(**options))
            keys = [key for key in a if a[key] != b[key]]
            print(family.__name__, options, f"differs in {keys}" if keys else "is the same")
            for key in keys:
                print(f"  {a[key]!r:.600}\n  {b[key]!r:.600}")
            different += bool(keys)
    sys.exit(different and f"{different} differ")


if __name__ == "__main__":
    main()
