"""The tokenizers that bertc is compared with, made by the tokenizers wheel alone.

Folders are as transformers writes them. `roberta` and `albert` follow the recipes of
transformers 5 (models/roberta/tokenization_roberta.py, models/albert/
tokenization_albert.py); check_recipes.py compares them with transformers itself.
"""

import codecs
import json
import os
import struct

# A stride that is too long is a panic of the wheel: an answer like others here.
os.environ["RUST_BACKTRACE"] = "0"
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import tokenizers
from tokenizers import AddedToken, decoders, models, normalizers, pre_tokenizers, processors


def fields(data):
    """The fields of a protobuf message: number, value."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            yield key >> 3, data[at:at + size]
            at += size


def read_spiece(path):
    """Pieces with score and type, and the charsmap."""
    with open(path, "rb") as file:
        data = file.read()
    pieces, charsmap = [], b""
    for number, value in fields(data):
        if number == 1:
            piece = dict(fields(value))
            pieces.append((piece[1].decode(), struct.unpack("<f", piece.get(2, bytes(4)))[0],
                           piece.get(3, 1)))
        elif number == 3:
            charsmap = dict(fields(value)).get(2, b"")
    return pieces, charsmap


def add(tokenizer, names, mask_strips_left=False):
    special = [AddedToken(n, special=True, normalized=False,
                          lstrip=mask_strips_left and n == names[-1]) for n in names]
    tokenizer.add_tokens(special)


def roberta(vocab, merges, add_prefix_space=False, trim_offsets=True, mask_strips_left=False):
    tokenizer = tokenizers.Tokenizer(models.BPE.from_file(
        vocab, merges, continuing_subword_prefix="", end_of_word_suffix="", fuse_unk=False))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space)
    tokenizer.decoder = decoders.ByteLevel()
    add(tokenizer, ["<s>", "</s>", "<unk>", "<pad>", "<mask>"], mask_strips_left)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")),
        trim_offsets, add_prefix_space)
    return tokenizer


def albert(path, do_lower_case=True, keep_accents=False, add_prefix_space=True):
    pieces, charsmap = read_spiece(path)
    tokenizer = tokenizers.Tokenizer(models.Unigram(
        [(text, score) for text, score, _ in pieces], unk_id=1, byte_fallback=False))
    steps = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"')]
    if not keep_accents:
        steps += [normalizers.NFKD(), normalizers.StripAccents()]
    if do_lower_case:
        steps.append(normalizers.Lowercase())
    if charsmap:
        steps.append(normalizers.Precompiled(charsmap))
    tokenizer.normalizer = normalizers.Sequence(steps)
    scheme = "always" if add_prefix_space else "never"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(),
        pre_tokenizers.Metaspace(replacement="▁", prepend_scheme=scheme)])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme=scheme)
    add(tokenizer, ["[CLS]", "[SEP]", "<unk>", "<pad>", "[MASK]"])
    tokenizer.add_tokens([AddedToken(text, normalized=False, special=kind == 3)
                          for text, _, kind in pieces if kind in (3, 4)
                          and text not in ("[CLS]", "[SEP]", "<unk>", "<pad>", "[MASK]")])
    tokenizer.post_processor = template(tokenizer, "[CLS]", "[SEP]")
    return tokenizer


def template(tokenizer, cls, sep, types=(0, 1)):
    a, b = types
    return processors.TemplateProcessing(
        single=f"{cls}:{a} $A:{a} {sep}:{a}", pair=f"{cls}:{a} $A:{a} {sep}:{a} $B:{b} {sep}:{b}",
        special_tokens=[(cls, tokenizer.token_to_id(cls)), (sep, tokenizer.token_to_id(sep))])


def clean_up(text):
    """clean_up_tokenization of transformers."""
    for old, new in ((" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"),
                     (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"),
                     (" 're", "'re")):
        text = text.replace(old, new)
    return text


def decode(data):
    """The text of bytes, and the byte at which each character begins, one more at the end.

    Each maximal part that is not UTF-8 is one U+FFFD, as str.decode has it.
    """
    if data.isascii():
        return data.decode(), range(len(data) + 1)
    broken = {}

    def note(error):
        broken[error.start] = error.end
        return "\ufffd", error.end

    codecs.register_error("note", note)
    text = data.decode("utf-8", errors="note")
    starts, at = [], 0
    while at < len(data):
        starts.append(at)
        at = broken.get(at) or at + (1 if data[at] < 0x80 else 2 if data[at] < 0xE0 else
                                     3 if data[at] < 0xF0 else 4)
    assert len(starts) == len(text)
    return text, starts + [len(data)]


class Reference:
    """Encodes requests under options of bertc-dump-ids."""

    def __init__(self, tokenizer, side="right"):
        self.tokenizer = tokenizer
        self.side = side

    def set_options(self, options):
        def number(letter):
            digits = options[options.index(letter) + 1:]
            end = next((i for i, c in enumerate(digits) if not c.isdigit()), len(digits))
            return int(digits[:end])

        tokenizer = self.tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        side = "left" if "L" in options else "right" if "R" in options else self.side
        for letter, strategy in (("l", "longest_first"), ("f", "only_first"),
                                 ("s", "only_second")):
            if letter in options:
                tokenizer.enable_truncation(
                    number(letter), strategy=strategy, direction=side,
                    stride=number("w") if "w" in options else 0)

    def encode(self, options, requests):
        """For each request a list of encodings, each a list of seven lists; [] for an error."""
        self.set_options(options)
        special = "n" not in options
        decoded = [[decode(part) for part in r] for r in requests]
        inputs = [tuple(text for text, _ in d) if len(d) == 2 else d[0][0] for d in decoded]
        try:
            encodings = self.tokenizer.encode_batch(inputs, add_special_tokens=special)
        except BaseException:  # one text that cannot be truncated fails its whole batch
            encodings = []
            for item in inputs:
                try:
                    encodings.append(self.tokenizer.encode(
                        *(item if isinstance(item, tuple) else (item,)),
                        add_special_tokens=special))
                except BaseException:  # a panic, where a stride is too long
                    encodings.append(None)
        results = []
        for encoding, texts in zip(encodings, decoded):
            all_of_it = [] if encoding is None else [encoding]
            if encoding is not None and "w" in options:
                all_of_it += encoding.overflowing
            results.append([self.plain(e, texts) for e in all_of_it])
        return results

    @staticmethod
    def plain(encoding, texts):
        sequences = [-1 if s is None else s for s in encoding.sequence_ids]
        offsets = encoding.offsets
        begins, ends = [b for b, _ in offsets], [e for _, e in offsets]
        if not all(isinstance(starts, range) for _, starts in texts):
            begins = [texts[s][1][b] if s >= 0 else b for s, b in zip(sequences, begins)]
            ends = [texts[s][1][e] if s >= 0 else e for s, e in zip(sequences, ends)]
        return [encoding.ids, encoding.type_ids, encoding.special_tokens_mask, sequences,
                [-1 if w is None else w for w in encoding.word_ids], begins, ends]

    def decode(self, options, ids):
        text = self.tokenizer.decode(ids, skip_special_tokens="k" in options)
        is_bpe = isinstance(self.tokenizer.model, models.BPE)
        return clean_up(text) if "c" in options and not is_bpe else text


def save(tokenizer, folder, **config):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(f"{folder}/tokenizer.json")
    with open(f"{folder}/tokenizer_config.json", "w", encoding="utf-8") as file:
        json.dump(config, file)
