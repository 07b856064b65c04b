"""py3langid's model, held in a fifth of its memory: the same answers about fewer languages.

Its automaton has 38,346 rows of 256 next states, 42 MB. Most rows differ from others in a few places only, so
that cut into sixteenths they are made of 56,000 different pieces, 5 MB. The weights of languages that are not
asked for are let go.
"""

from array import array
from collections import Counter
from collections.abc import Collection
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

_UPPER = bytes(byte >> 4 for byte in range(256))
_LOWER = bytes(byte & 15 for byte in range(256))
_PIECE = 16


class LanguageModel(LanguageIdentifier):  # type: ignore[misc]  # it ships no types
    """`rank(text)` gives all its languages with their likelihoods, best first."""

    nb_ptc: Any
    tk_nextmove: Any
    tk_row: Any
    tk_output: Any

    @classmethod
    def of(cls, languages: Collection[str]) -> "LanguageModel":
        """The model of those `languages` that it knows."""
        model: LanguageModel = cls.from_model_file(MODEL_FILE, norm_probs=True)
        model._keep(sorted(set(languages) & set(model.labels)))
        return model

    def _keep(self, languages: list[str]) -> None:
        self.set_languages(languages)
        self.nb_ptc = np.ascontiguousarray(self.nb_ptc)
        self._full_model = self.nb_ptc, self.nb_pc, self.nb_classes

        moves = self.tk_nextmove
        pieces = np.frombuffer(moves, dtype=f"u{moves.itemsize}").reshape(-1, _PIECE)
        whole = pieces.view(np.dtype((np.void, pieces.itemsize * _PIECE))).ravel()
        different, numbers = np.unique(whole, return_inverse=True)
        self._moves = array("I", different.view(pieces.dtype).astype("u4").tobytes())
        self._piece_of = array("I", (numbers * _PIECE).astype("u4").tobytes())
        self._pieces_of_state = array("I", (row * _PIECE for row in self.tk_row))
        self._weights_of = array("i", self.tk_output)
        self.tk_nextmove = None
        self.tk_row = None
        self.tk_output = None
        self._rowbase = None

    def _raw_score(self, text: bytes) -> Any:
        """As the library's own, which walks through whole rows."""
        moves, piece_of = self._moves, self._piece_of
        pieces_of_state, weights_of = self._pieces_of_state, self._weights_of
        state, found = 0, []
        for upper, lower in zip(text.translate(_UPPER), text.translate(_LOWER), strict=True):
            state = moves[piece_of[pieces_of_state[state] + upper] + lower]
            if (feature := weights_of[state]) >= 0:
                found.append(feature)
        if not found:
            return np.zeros(len(self.nb_classes), dtype=np.float32)
        return self._sparse_score(Counter(found), self.nb_ptc)
