"""Makes bot/sift/languages.bin of py3langid's model: `python -m tests.sift.learn_languages`, five seconds.

Needed again after a new version of py3langid, and for a pack of a language that is not in the file. It has
the library's own numbers, of those languages only that the sift tells apart, in a fifth of the room: its
104,583 times 256 next states, cut into pieces of 16, are made of 56,000 different ones, and of its 100,053
rows of weights 62,000 differ.
"""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.sift.language import told_apart
from bot.sift.language_model import FILE, PIECE, SCALE
from config.languages import language_packs

Numbers = NDArray[Any]
_SIZES = {"H": 2, "I": 4}


def library(languages: Iterable[str]) -> LanguageIdentifier:
    """The library's own model of those `languages` that it knows."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(sorted(set(languages) & set(model.labels)))
    return model


def written(model: LanguageIdentifier) -> bytes:
    """What stands in the file. Raises ValueError where the model no longer fits into it."""
    if len(model.nb_classes) % 2:
        raise ValueError("Weights are added two by two: an even number of languages is needed.")
    next_states = np.frombuffer(model.tk_nextmove, dtype=f"u{model.tk_nextmove.itemsize}")
    pieces, piece_numbers = _different(next_states.reshape(-1, PIECE))
    whole = np.rint(model.nb_ptc.astype(np.float64) * SCALE).astype(np.int64)
    if not np.array_equal(whole / SCALE, model.nb_ptc.astype(np.float64)):
        raise ValueError("Weights are no multiples of a 512th any more: choose another SCALE.")
    weights, weight_numbers = _different(whole)
    tables = {
        "moves": ("I", pieces),
        "known": ("I", np.asarray(model.tk_output) + 1),  # 0: none
        "pieces": ("H", piece_numbers),
        "states": ("H", np.asarray(model.tk_row)),
        "rows": ("H", np.concatenate([[0], weight_numbers])),
    }
    half = len(model.nb_classes) // 2
    in_pairs = [column for pair in zip(range(half), range(half, 2 * half), strict=True) for column in pair]
    head = json.dumps(
        {
            "languages": model.nb_classes,
            "before": [float(one) for one in model.nb_pc],
            "tables": [(name, code, int(table.size)) for name, (code, table) in tables.items()],
        }
    )
    aligned = head.encode().ljust(-(-(len(head) + 1) // 4) * 4 - 1) + b"\n"
    stored = [_stored(table, code) for code, table in tables.values()]
    return b"".join([aligned, *stored, _stored(weights[:, in_pairs], "H")])


def _different(rows: Numbers) -> tuple[Numbers, Numbers]:
    """The different rows, and for each row which of them it is."""
    values, numbers = np.unique(rows, axis=0, return_inverse=True)
    return values, numbers.ravel()


def _stored(table: Numbers, code: str) -> bytes:
    size = _SIZES[code]
    if table.min() < 0 or table.max() >= 1 << (8 * size):
        raise ValueError(f"A table needs wider numbers than of {size} bytes.")
    return table.astype(f"<u{size}").tobytes()


if __name__ == "__main__":
    FILE.write_bytes(written(library(told_apart(language_packs()))))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")
