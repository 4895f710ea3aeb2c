"""Writes a vocab.json of single bytes, as GPT-2 writes them, behind the special tokens of RoBERTa."""

import json

visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
hidden = [byte for byte in range(256) if byte not in visible]
letters = [chr(b) if b in visible else chr(256 + hidden.index(b)) for b in (9, 32, 97, 98, 160, 194)]
print(json.dumps({token: i for i, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", *letters])}))
