"""What was learned: for each aspect of a post a row of weights per answer, and how it decides with the rules.

A multinomial logistic regression whose rows are `pieces`; stored as arrays that hold no objects, so that
reading one can run nothing.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.lessons.pieces import WIDTH, fingerprint

RULES_COUNT = 1.0
"""So much (in logits) the rules' own answer is likelier than the words alone make it."""
SURE = {"kind": 0.7, "topic": 0.7, "language": 0.8, "no": 0.85, "yes": 0.75}
"""From what likelihood on an answer takes the place of the rules'; setting aside ("no") takes the most."""
MOST_ANSWERS = 60
LARGEST = 8_000_000
"""Bytes of a stored model; larger ones are neither written nor read."""
_LARGEST_UNPACKED = WIDTH * 2 * MOST_ANSWERS * 4


class BadModel(ValueError):
    """What is stored is no model of this program."""


@dataclass(frozen=True)
class Head:
    """One aspect: its answers, and weights of shape (answers, WIDTH) with an offset each."""

    answers: tuple[str, ...]
    weights: "np.ndarray[Any, Any]"
    offsets: "np.ndarray[Any, Any]"

    def decide(self, aspect: str, rows: Any, ruled: Sequence[str]) -> list[str]:
        """For each row the rules' answer, or the one that takes its place. An answer of the rules that was
        never taught stays: nothing is known to compare it with."""
        index = {answer: n for n, answer in enumerate(self.answers)}
        logits = np.asarray(rows @ self.weights.T) + self.offsets
        known = [(n, index[answer]) for n, answer in enumerate(ruled) if answer in index]
        for n, m in known:
            logits[n, m] += RULES_COUNT
        logits -= logits.max(axis=1, keepdims=True)
        likely = np.exp(logits)
        likely /= likely.sum(axis=1, keepdims=True)
        best, decided = likely.argmax(axis=1), list(ruled)
        for n, _ in known:
            answer = self.answers[best[n]]
            if likely[n, best[n]] >= SURE.get(answer if aspect == "needed" else aspect, 1.0):
                decided[n] = answer
        return decided


@dataclass(frozen=True)
class Model:
    """What was learned of a brand. `used`: the sorts of decisions that it may take (`scoring.NAMES`)."""

    heads: Mapping[str, Head]
    used: frozenset[str]


def pack(model: Model) -> bytes:
    """As it is stored. Raises BadModel when that would be too large."""
    arrays: dict[str, Any] = {
        "fingerprint": np.array([fingerprint()], dtype="int64"),
        "used": np.array(sorted(model.used), dtype="U60"),
    }
    for aspect, head in model.heads.items():
        arrays[f"{aspect}.answers"] = np.array(head.answers, dtype="U60")
        arrays[f"{aspect}.weights"] = head.weights.astype("float16")
        arrays[f"{aspect}.offsets"] = head.offsets.astype("float32")
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    if out.tell() > LARGEST:
        raise BadModel("it is larger than a model may be")
    return out.getvalue()


def unpack(stored: bytes) -> Model:
    """A stored model. Raises BadModel for anything else, however it is made."""
    if len(stored) > LARGEST:
        raise BadModel("it is larger than a model may be")
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as file:
            if sum(part.file_size for part in file.infolist()) > _LARGEST_UNPACKED:
                raise BadModel("it unpacks to more than a model may have")
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            if arrays["fingerprint"].tolist() != [fingerprint()]:
                raise BadModel("it was made with other rows of numbers")
            aspects = [name.removesuffix(".answers") for name in arrays.files if name.endswith(".answers")]
            used = frozenset(str(one) for one in arrays["used"].tolist())
            return Model({aspect: _head(arrays, aspect) for aspect in aspects}, used)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise BadModel(str(error)) from None


def _head(arrays: Any, aspect: str) -> Head:
    answers = tuple(str(one) for one in arrays[f"{aspect}.answers"].tolist())
    weights, offsets = arrays[f"{aspect}.weights"], arrays[f"{aspect}.offsets"].astype("float32")
    fits = weights.shape == (len(answers), WIDTH) and offsets.shape == (len(answers),)
    if not fits or not 2 <= len(answers) <= MOST_ANSWERS or weights.dtype != np.float16:
        raise BadModel(f"{aspect}: the arrays do not fit together")
    if not (np.isfinite(weights).all() and np.isfinite(offsets).all()):
        raise BadModel(f"{aspect}: not all of its weights are numbers")
    return Head(answers, weights.astype("float32"), offsets)
