"""Strings that a tokenizer gets wrong most easily, from a seed."""

import random
import unicodedata

SPACES = [chr(c) for c in (0x9, 0xA, 0xB, 0xC, 0xD, 0x1C, 0x1F, 0x20, 0x85, 0xA0, 0x1680,
                           0x180E, 0x2000, 0x2003, 0x200A, 0x200B, 0x2028, 0x2029, 0x202F,
                           0x205F, 0x2060, 0x3000, 0xFEFF)]
MARKS = [chr(c) for c in range(0x300, 0x370)] + [chr(c) for c in (
    0x483, 0x591, 0x5B0, 0x5C1, 0x64B, 0x651, 0x670, 0x93C, 0x94D, 0xE31, 0xE38, 0xF71, 0xF74,
    0x1AB0, 0x1ACE, 0x1DC0, 0x1DFA, 0x20D0, 0x20E3, 0x302A, 0x3099, 0xFE20, 0x1D165, 0x1E8D0,
    0x7FD, 0x8D3, 0x8E2, 0x1715, 0x1734, 0x11046, 0x11938)]
EMOJI = ["\U0001F600", "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466",
         "\U0001F44D\U0001F3FD", "\U0001F1E9\U0001F1EA", "\u2764\uFE0F", "1\uFE0F\u20E3",
         "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F", "\u2620\uFE0E"]
SPECIAL = ["[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[cls]", "[ MASK ]", "[[MASK]]", "[CLS",
           "CLS]", "##ing", "##", "[MASK][MASK]", "[MASK]s", "x[SEP]y", "<mask>", "  <mask>",
           " <mask> ", "<s>", "</s>", "<unk>", "<pad>", "<MASK>", "\u3000<mask>x", "▁", "▁▁a",
           "Ġ", "``", "\'\'", "```", "＜unk＞", "'s", "'LL", " 're", "x'd've"]
CASES = list("İıſẞßŉǰΐŒǅǈϓϔΣσςΩÅKᲓⰀꟋꟲ\U00010400\U00010D50\U00016EA0ﬁﬃÉéêëàùçñÖØÆþÐ")
ALPHABETS = [(0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0x21, 0x2F), (0xC0, 0x17F),
             (0x370, 0x3FF), (0x400, 0x52F), (0x531, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF),
             (0x900, 0x97F), (0xE00, 0xE7F), (0xF00, 0xFFF), (0x10A0, 0x10FF),
             (0x1100, 0x11FF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F),
             (0x20A0, 0x20CF), (0x2100, 0x218F), (0x2460, 0x24FF), (0x3000, 0x30FF),
             (0x3400, 0x3440), (0x4E00, 0x9FFF), (0xA640, 0xA69F), (0xA720, 0xA7FF),
             (0xAC00, 0xD7A3), (0xE000, 0xE010), (0xF900, 0xFAFF), (0xFB00, 0xFDFF),
             (0xFE00, 0xFFFF), (0x10400, 0x1044F), (0x11000, 0x1107F), (0x16E90, 0x16EDF),
             (0x1D400, 0x1D7FF), (0x1F300, 0x1F6FF), (0x20000, 0x20040), (0x2F800, 0x2FA1F),
             (0xE0000, 0xE007F), (0xF0000, 0xF0010)]
BROKEN = [b"\x80", b"\xbf", b"\xc0\x80", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xe2(\xa1", b"\xed\xa0\x80",
          b"\xed\xbf\xbf", b"\xf0\x9f\x98", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80", b"\xf5", b"\xff\xfe",
          b"\xed\xa0\xbd\xed\xb8\x80", b"\xe0\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xef\xbf", b"\xef\xbf\xbd"]
WORDS = ("the of and bank banking unaffable tokenization embeddings Zürich naïve café don't "
         "U.S.A. e-mail 3.14 1,000,000 #hash @user http://a.b/c?d=e&f=g C++ rock'n'roll "
         "München señor Øresund ångström").split()


def scalar(code):
    return not 0xD800 <= code < 0xE000


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def word(self):
        low, high = self.random.choice(ALPHABETS)
        codes = (self.random.randint(low, high) for _ in range(self.random.randint(1, 8)))
        return "".join(chr(c) for c in codes if scalar(c))

    def any_char(self):
        while True:
            code = self.random.choice((self.random.randrange(0x110000),
                                       self.random.randrange(0x10000),
                                       self.random.randrange(0x20000)))
            if scalar(code):
                return chr(code)

    def piece(self):
        pick = self.random.choice
        kind = self.random.randrange(14)
        if kind == 0:
            return "".join(pick(SPACES) for _ in range(self.random.randint(1, 4)))
        if kind == 1:
            return pick(WORDS[0]) + "".join(pick(MARKS) for _ in range(self.random.randint(1, 9)))
        if kind == 2:
            return pick(EMOJI) * self.random.randint(1, 2)
        if kind == 3:
            return pick(SPECIAL)
        if kind == 4:
            return "".join(pick(CASES) for _ in range(self.random.randint(1, 6)))
        if kind == 5:
            return chr(self.random.randrange(0x20)) + chr(self.random.randrange(0x7F, 0xA1))
        if kind == 6:  # around the 100 characters that a word may have
            return pick("aéx漢") * self.random.choice((1, 99, 100, 101, 102, 300))
        if kind == 7:
            form = pick(("NFC", "NFD", "NFKC", "NFKD"))
            return unicodedata.normalize(form, self.word())
        if kind == 8:
            return "".join(self.any_char() for _ in range(self.random.randint(1, 5)))
        if kind in (9, 10):
            return pick(WORDS) + pick(("", ".", "!?", "…", "--", "”"))
        return self.word()

    def text(self):
        """Bytes, mostly UTF-8."""
        result = b""
        for _ in range(self.random.choice((0, 1, 2, 3, 5, 8, 13, 40))):
            result += self.piece().encode()
            if self.random.random() < 0.6:
                result += b" "
            if self.random.random() < 0.05:
                result += self.random.choice(BROKEN)
            if self.random.random() < 0.01:  # a character torn in two
                result = result[:-1]
        return result


def strings(seed, count):
    generator = Generator(seed)
    return [generator.text() for _ in range(count)]
