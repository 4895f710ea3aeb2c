#!/usr/bin/env python3
"""Writes runtime/text/UnicodeDifferences.inc: where utf8proc and the tokenizers
wheel know different Unicode versions.

  make_differences.py OUT

The wheel decides what the tokenizers do. BERT's classes are those of Unicode 8,
decompositions and the order of marks those of Unicode 9, the classes of RoBERTa's
regular expression those of Oniguruma (16), whereas lower case follows the Rust
release that built it. This asks the wheel about every code point, asks utf8proc
(the shared library) and, for what utf8proc will learn later, unicodedata2, and lists
the code points where an answer differs. Needs: pip install tokenizers unicodedata2.
"""

import ctypes
import ctypes.util
import struct
import sys

import tokenizers
import unicodedata2
from tokenizers import normalizers, pre_tokenizers

ASCII_PUNCTUATION = set(b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
CATEGORIES = ("Cn Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po "
              "Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co").split()


class Property(ctypes.Structure):
    _fields_ = [("category", ctypes.c_int16), ("combining_class", ctypes.c_int16)]


class Utf8proc:
    def __init__(self):
        self.library = ctypes.CDLL(ctypes.util.find_library("utf8proc"))
        self.library.utf8proc_get_property.restype = ctypes.POINTER(Property)
        self.library.utf8proc_unicode_version.restype = ctypes.c_char_p

    def version(self):
        return self.library.utf8proc_unicode_version().decode()

    def category(self, code):
        return CATEGORIES[self.library.utf8proc_category(code)]

    def combining(self, code):
        return self.library.utf8proc_get_property(code).contents.combining_class

    def lower(self, code):
        return chr(self.library.utf8proc_tolower(code))

    def decompose(self, code, compatible=False):
        buffer = (ctypes.c_int32 * 32)()
        boundary = ctypes.c_int(0)
        stable_decompose = (1 << 1) | (1 << 4)
        count = self.library.utf8proc_decompose_char(
            code, buffer, 32, stable_decompose | compatible << 2, ctypes.byref(boundary))
        return "".join(map(chr, buffer[:count]))

    def joins(self, code):
        """Whether a grapheme that begins with "x" goes on with it."""
        return not self.library.utf8proc_grapheme_break(ord("x"), code)


def x_to_y():
    """SentencePiece's precompiled map with the one entry "x" to "y"."""
    offset, leaf = 1 << 10, 1 << 8
    units = [0] * 512
    units[0] = 256 << 10  # the children of the root, at 256 ^ byte
    units[256 ^ ord("x")] = ord("x") | leaf | offset
    units[256 ^ ord("x") ^ 1] = 1 << 31  # the value: "y" begins at 0
    blob = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(blob)) + blob + b"y\0"


class Wheel:
    def __init__(self):
        off = dict(clean_text=False, handle_chinese_chars=False,
                   strip_accents=False, lowercase=False)
        make = normalizers.BertNormalizer
        self.clean = make(**{**off, "clean_text": True}).normalize_str
        self.strip = make(**{**off, "strip_accents": True}).normalize_str
        self.lower = make(**{**off, "lowercase": True}).normalize_str
        self.nfd = normalizers.NFD().normalize_str
        self.nfkd = normalizers.NFKD().normalize_str
        self.unmark = normalizers.StripAccents().normalize_str
        self.precompiled = normalizers.Precompiled(x_to_y()).normalize_str
        self.words = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str
        self.split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str

    def is_removed(self, code):
        return not self.clean(chr(code))

    def is_punctuation(self, code):
        return len(self.split("a" + chr(code) + "b")) == 3

    def is_mark(self, code):
        # A character that decomposes into marks only is a mark as well.
        return not self.strip(chr(code))

    def is_any_mark(self, code):
        return not self.unmark(chr(code))

    def is_letter(self, code):
        return len(self.words("a" + chr(code))) == 1

    def is_number(self, code):
        return len(self.words("1" + chr(code))) == 1

    def joins(self, code):
        # A grapheme below six bytes is replaced as a whole.
        return self.precompiled("x" + chr(code)) == "y"

    def is_starter(self, code):
        # U+0334 has class 1 and U+0345 has class 240, the extremes: any other
        # class moves behind the one or in front of the other.
        mark = chr(code)
        return (self.nfd("a" + mark + "\u0334") == "a" + mark + "\u0334"
                and self.nfd("a\u0345" + mark) == "a\u0345" + mark)


def ranges(codes, fillers=frozenset()):
    """Joins codes to ranges; a gap made of `fillers` only is bridged."""
    result = []
    for code in sorted(codes):
        if result and all(c in fillers for c in range(result[-1][1] + 1, code)):
            result[-1][1] = code
        else:
            result.append([code, code])
    return result


def emit_class(out, what, name, codes, wheel, others):
    """Two tables: codes of the class, and not of it, that one of `others` gets wrong."""
    inside = {c for c in codes if wheel(c)}
    wrong = {c for c in codes for other in others if other(c) != (c in inside)}
    emit(out, f"{what}, whatever other versions of Unicode say.", f"{name}Ranges",
         ranges(wrong & inside, inside))
    emit(out, "Not so.", f"not{name[0].upper()}{name[1:]}Ranges",
         ranges(wrong - inside, set(codes) - inside))


def emit(out, comment, name, rows, kind="CodeRange"):
    if not rows:
        return
    out.write(f"\n// {comment}\nstatic constexpr {kind} {name}[] = {{\n")
    line = "   "
    for row in rows:
        cell = " {" + ", ".join(f"{v:#x}" for v in row) + "},"
        if len(line + cell) > 80:
            out.write(line + "\n")
            line = "   "
        line += cell
    out.write(line + "\n};\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wheel, library = Wheel(), Utf8proc()
    codes = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    new_category = {c: unicodedata2.category(chr(c)) for c in codes}
    plain = {c for c in codes if library.category(c)[0] not in "CMPZ"
             and new_category[c][0] not in "MPZ" and new_category[c] not in
             ("Cc", "Cf", "Co") or library.category(c) == "Cn"}

    unknown, marks, punctuation, starters, composed, lower = [], [], [], [], [], []
    for c in codes:
        known = {library.category(c), new_category[c]}
        whole = library.decompose(c) == chr(c)
        none = not (wheel.is_removed(c) or wheel.is_punctuation(c) or wheel.is_mark(c))
        if none and whole and (known & {"Mn", "Cf"} or any(
                k[0] == "P" for k in known)) and c not in ASCII_PUNCTUATION:
            unknown.append(c)
        if wheel.is_mark(c) and "Mn" not in known and whole:
            marks.append(c)
        if (wheel.is_punctuation(c) and library.category(c)[0] != "P"
                and c not in ASCII_PUNCTUATION):
            punctuation.append(c)
        if wheel.is_starter(c) and c not in (0x334, 0x345) and (
                library.combining(c) or unicodedata2.combining(chr(c))):
            starters.append(c)
        if wheel.nfd(chr(c)) == chr(c) and (
                not whole or unicodedata2.normalize("NFD", chr(c)) != chr(c)):
            composed.append(c)
        lowered = wheel.lower(chr(c))
        if len(lowered) == 1 and (library.lower(c) != lowered):
            delta = ord(lowered) - c
            if lower and lower[-1][1] == c - 1 and lower[-1][2] == delta:
                lower[-1][1] = c
            else:
                lower.append([c, c, delta])

    with open(sys.argv[1], "w") as out:
        out.write(
            "// Written by test/parity/tokenizer/make_differences.py from tokenizers\n"
            f"// {tokenizers.__version__}, utf8proc with Unicode {library.version()} and "
            f"Unicode {unicodedata2.unidata_version}.\n")
        emit(out, "Neither removed, nor punctuation, nor a nonspacing mark, whatever\n"
             "// younger versions of Unicode say.", "unclassifiedRanges",
             ranges(unknown, plain))
        emit(out, "Nonspacing marks that later became something else.", "markRanges",
             ranges(marks))
        emit(out, "Punctuation that later became something else.",
             "punctuationRanges", ranges(punctuation))
        emit(out, "Not reordered: combining class 0.", "starterRanges",
             ranges(starters, plain))
        emit(out, "Not decomposed.", "composedRanges", ranges(composed))
        emit(out, "Lower case is the code point plus a difference.",
             "lowerCaseRanges", lower, "CaseRange")

        fixed = {c for c in codes if wheel.nfkd(chr(c)) == chr(c)}
        changed = [c for c in codes if c not in fixed]
        for c in changed:
            assert library.decompose(c, True) == wheel.nfkd(chr(c)), hex(c)
        emit(out, "Not decomposed by compatibility either.", "compatibilityRanges",
             ranges({c for c in fixed if library.decompose(c, True) != chr(c) or
                     unicodedata2.normalize("NFKD", chr(c)) != chr(c)}, fixed))
        old, new = library.category, lambda c: new_category[c]
        emit_class(out, "Marks of any kind to StripAccents", "anyMark", codes, wheel.is_any_mark,
                   [lambda c: old(c)[0] == "M", lambda c: new(c)[0] == "M"])
        emit_class(out, r"\p{L} to a regular expression", "letter", codes, wheel.is_letter,
                   [lambda c: old(c)[0] == "L", lambda c: new(c)[0] == "L"])
        emit_class(out, r"\p{N} to a regular expression", "number", codes, wheel.is_number,
                   [lambda c: old(c)[0] == "N", lambda c: new(c)[0] == "N"])
        emit_class(out, "Goes on with a grapheme", "graphemeExtend", codes, wheel.joins,
                   [library.joins])


if __name__ == "__main__":
    main()
