"""Which language a text is likely in: py3langid's model, out of a file of our own.

It is naive Bayes: an automaton reads the bytes of a text and names the sequences of letters that it knows,
and each of them has a row of weights, one for each language. languages.bin has these tables as they are
needed, so that nothing has to be unpacked. `python -m tests.sift.learn_languages` makes it; a test compares
the answers with the library's. The licence of the model lies beside it.
"""

import json
import mmap
import struct
import sys
import unicodedata
from array import array
from collections import Counter
from math import exp, log1p, sqrt
from operator import itemgetter
from pathlib import Path
from typing import Literal

FILE = Path(__file__).parent / "languages.bin"
"""A line of JSON, {"languages": […], "before": […], "tables": [[name, type code, length], …]}, then those
tables, little-endian, and the rows of weights: see `written` in tests/sift/learn_languages.py."""
SCALE = -512
"""Weights are logarithms below zero, written as whole numbers of 512ths in 16 bits."""
_FIT = 8
"""So many weights, of 13 bits each, make no more than 16 bits."""
PIECE = 16
"""256 next states of a state are so many pieces of so many, as most pieces are found in many states."""
_UPPER = bytes(byte >> 4 for byte in range(256))
_LOWER = bytes(byte & 15 for byte in range(256))


class LanguageModel:
    """`rank(text)` gives all its languages with their likelihoods, best first. May be shared by threads."""

    def __init__(self, file: Path = FILE) -> None:
        with file.open("rb") as opened:
            line = opened.readline()
            self._data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        head, at = json.loads(line), len(line)
        self._languages: list[str] = head["languages"]
        self._before: list[float] = head["before"]
        tables = {}
        for name, code, length in head["tables"]:
            end = at + length * array(code).itemsize
            tables[name] = _numbers(memoryview(self._data)[at:end], code)
            at = end
        self._moves, self._pieces, self._states = tables["moves"], tables["pieces"], tables["states"]
        self._known, self._rows = tables["known"], tables["rows"]
        self._weights = at
        # A row is read and added as one number. Each 32 bits of it are two weights, the lower one of the
        # languages' first half and the upper one of the second; so are their sums, once the halves are apart.
        half = len(self._languages) // 2
        self._unpack = struct.Struct(f"<{half}I")
        self._first_half = int.from_bytes(b"\xff\xff\0\0" * half, "little")

    def rank(self, text: str) -> list[tuple[str, float]]:
        read = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
        data = read.encode("utf-8", "surrogatepass")
        totals = self._totals(data)
        top, cool = max(totals), 1 / sqrt(len(data) or 1)  # long texts would be too sure of themselves
        likely: dict[str, float] = {}
        for language, total in zip(self._languages, totals, strict=True):  # one of two scripts is there twice
            likely[language] = likely.get(language, 0.0) + exp((total - top) * cool)
        whole = sum(likely.values())
        return sorted(((one, part / whole) for one, part in likely.items()), key=itemgetter(1), reverse=True)

    def _totals(self, data: bytes) -> list[float]:
        found = Counter(self._sequences(data))
        if not found:
            return [0.0] * len(self._languages)
        weights, at, size, number_of = self._data, self._weights, self._unpack.size, self._rows
        number, rows = int.from_bytes, dict[int, list[int]]()
        for sequence, count in found.items():
            start = at + number_of[sequence] * size
            rows.setdefault(count, []).append(number(weights[start : start + size], "little"))
        totals = self._before
        for count, of_count in rows.items():
            factor = log1p(count) / SCALE
            sums = self._sums(of_count)
            totals = [total + factor * one for total, one in zip(totals, sums, strict=True)]
        return totals

    def _sums(self, rows: list[int]) -> list[int]:
        """The sums of the weights in `rows`, by language."""
        first = second = 0
        for start in range(0, len(rows), _FIT):
            few = sum(rows[start : start + _FIT])
            first += few & self._first_half
            second += few >> 16 & self._first_half
        return [
            one
            for half in (first, second)
            for one in self._unpack.unpack(half.to_bytes(self._unpack.size, "little"))
        ]

    def _sequences(self, data: bytes) -> list[int]:
        """The known sequences of letters in it, each by its number."""
        moves, pieces, states, known = self._moves, self._pieces, self._states, self._known
        state, found = 0, []
        for upper, lower in zip(data.translate(_UPPER), data.translate(_LOWER), strict=True):
            state = moves[(pieces[(states[state] << 4) + upper] << 4) + lower]
            if sequence := known[state]:
                found.append(sequence)
        return found


def _numbers(data: memoryview, code: Literal["H", "I"]) -> memoryview:
    if sys.byteorder == "little":
        return data.cast(code)
    turned = array(code, data.tobytes())
    turned.byteswap()
    return memoryview(turned)
