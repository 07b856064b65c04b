"""Models as they are stored, what they are made from, and what is refused."""

import io
import pickle
import zipfile
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from bot.lessons.comparing import LONGEST, compared
from bot.lessons.examples import Example, weighed
from bot.lessons.model import LARGEST, BadModel, Head, Model, pack, unpack
from bot.lessons.pieces import WIDTH, rows
from bot.lessons.scoring import may_be
from bot.lessons.training import train
from tests.people import ANA, BO, NOON


def model(answers=("a", "b")):
    weights = np.ones((len(answers), WIDTH), dtype="float32")
    return Model({"kind": Head(answers, weights, np.zeros(len(answers), "float32"))}, frozenset({"kind"}))


def example(text, by=ANA, minutes=0, said="complaint", ruled="question"):
    at = NOON + timedelta(minutes=minutes)
    return Example(text, by, at, {"kind": ruled, "needed": "yes"}, {"kind": said})


def stored(**arrays):
    given = {name: value for name, value in np.load(io.BytesIO(pack(model()))).items()}
    out = io.BytesIO()
    np.savez_compressed(out, **(given | arrays))
    return out.getvalue()


def test_what_is_stored_comes_back():
    back = unpack(pack(model()))
    assert back.used == {"kind"}
    assert back.heads["kind"].answers == ("a", "b")
    assert np.array_equal(back.heads["kind"].weights, model().heads["kind"].weights)


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("it was run",))


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"nothing of ours",
        pickle.dumps(Evil()),
        b"\x00" * (LARGEST + 1),
        stored(fingerprint=np.array([1])),
        stored(**{"kind.weights": np.ones((2, 7), "float16")}),
        stored(**{"kind.weights": np.full((2, WIDTH), np.nan, "float16")}),
        stored(**{"kind.answers": np.array([Evil()], dtype=object)}),
        stored(**{"kind.answers": np.array(["one"])}),
    ],
    ids=["empty", "junk", "pickle", "large", "other rows", "shape", "not a number", "object", "one answer"],
)
def test_anything_else_is_refused_and_nothing_in_it_is_run(bad):
    with pytest.raises(BadModel):
        unpack(bad)


def test_a_file_that_unpacks_to_far_more_is_refused_unread():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("fingerprint.npy", b"\x00" * 40_000_000)
    with pytest.raises(BadModel, match="unpacks to more"):
        unpack(out.getvalue())


def test_names_numbers_links_and_personal_data_are_not_compared():
    text = compared(
        "Call me on 20 12 34 56, @mia_j! #Tindra https://x.com/mia?id=7 costs 99", ["20 12 34 56"]
    )
    assert text == "call me on , ! tindra ↗ costs 00"


@pytest.mark.parametrize("text", ["", "   ", "@only_a_name", "😤" * 25_000, "x" * 25_000, "क\u200b" * 9000])
def test_any_text_has_a_row(text):
    assert len(compared(text)) <= LONGEST
    assert rows([compared(text)]).shape == (1, WIDTH)


def test_nobody_outweighs_all_others_and_a_text_counts_once():
    many = [example(f"text {n}") for n in range(300)]
    others = [example(f"other {n}", BO) for n in range(60)]
    same = [example("the same") for _ in range(200)]
    found = weighed([*many, *others, *same])
    weight = {by: sum(one.weight for one in found if one.by == by) for by in (ANA, BO)}
    assert weight[ANA] == pytest.approx(weight[BO]) == pytest.approx(60)
    alone = sum(one.weight for one in found if one.text == "the same")
    assert alone <= max(one.weight for one in found if one.by == ANA and one.text != "the same") + 1e-9


def test_200_lessons_of_one_text_teach_nothing():
    trained = train([example("the same", minutes=n) for n in range(200)], [])
    assert (trained.heads, trained.why_silent) == ({}, "the lessons are about 1 different texts only")


def test_lessons_that_all_say_the_same_teach_nothing():
    trained = train([example(f"{n} all alike {n * 7}", minutes=n) for n in range(200)], [])
    assert trained.heads == {}
    assert trained.why_silent


def test_contradictory_lessons_teach_nothing():
    kinds = ("complaint", "praise")
    told = [
        example(f"my machine {n % 9} does {n % 7} {n}", minutes=n, said=kinds[n % 2], ruled=kinds[n // 2 % 2])
        for n in range(300)
    ]
    trained = train(told, [])
    assert trained.heads == {}
    assert trained.why_silent


def test_an_answer_of_the_rules_that_was_never_taught_stays():
    head = model(("complaint", "praise")).heads["kind"]
    head = replace(head, offsets=np.array([9.0, 0.0], "float32"))
    assert head.decide("kind", rows(["x y", "z"]), ["idea", "praise"]) == ["idea", "complaint"]


def test_languages_are_corrected_among_those_that_are_alike():
    assert may_be("no", "da")
    assert may_be("unknown", "ja")
    assert not may_be("en", "da")
