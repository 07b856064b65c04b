"""Which posts are copies of one another: nearly the same words; not by chance, whoever writes them."""

import pytest

from bot.stories.likeness import alike, compared, likeness

CLAIM = (
    "Don't buy a Tindra One! The drip tray of mine cracked after two weeks, and all they say is that it "
    "is not covered by the warranty"
)
JAPANESE = (
    "ティンドラのエスプレッソマシンを買って二週間で受け皿が割れました。保証の対象外だと言われて困っています"
)
CHINESE = "我买的Tindra咖啡机用了两个星期滴水盘就裂开了，客服说不在保修范围之内，真的很失望"


def are_alike(one: str, other: str) -> bool:
    """As they are looked for: a key in common, then the words themselves."""
    first, second = likeness(one), likeness(other)
    if first is None or second is None:
        return False
    return bool(set(first.keys) & set(second.keys)) and alike(first, second)


@pytest.mark.parametrize(
    "copy",
    [
        CLAIM,
        f"RT @mia_j: {CLAIM}",
        f"{CLAIM.upper()} https://t.co/abc #tindrafail",
        CLAIM.replace("two weeks", "three weeks"),
        CLAIM.replace("Don't buy", "Never ever buy"),
        f"Exactly this 👇 “{CLAIM}”",
        CLAIM[:-25] + "…",
    ],
)
def test_a_copy_with_a_few_words_changed_or_a_remark_is_a_copy(copy):
    assert are_alike(CLAIM, copy)


@pytest.mark.parametrize(
    "other",
    [
        "My Tindra One leaks all over the kitchen counter and nobody at customer care answers my letters",
        "Does anybody know whether the drip tray of a Tindra Duo fits a Tindra One? Mine is getting old",
        "The Tindra One is the best machine I have ever had, two weeks in and I drink nothing else",
    ],
)
def test_another_post_about_the_same_machine_is_none(other):
    assert not are_alike(CLAIM, other)


@pytest.mark.parametrize("short", ["Thanks!", "Same here", "@TindraCare my machine is broken", "同じです"])
def test_short_posts_are_alike_by_chance(short):
    assert likeness(short) is None


@pytest.mark.parametrize("text", [JAPANESE, CHINESE])
def test_scripts_without_spaces_are_compared_by_their_signs(text):
    assert are_alike(text, f"これ見て {text}")
    assert are_alike(text, text.replace("二週間", "三週間").replace("两个星期", "三个星期"))
    assert not are_alike(JAPANESE, CHINESE)


def test_private_details_do_not_tell_copies_apart():
    one = f"{CLAIM}. I'm Mia Jensen, Nørregade 12, order TN-204518, call +45 20 12 34 56"
    other = f"{CLAIM}. I'm Bo Holm, Søgade 3, order TN-999999, call +45 99 88 77 66"
    private = ["Nørregade 12", "TN-204518", "+45 20 12 34 56"]
    assert not {"nørregade", "tn", "20"} & set(compared(one, private).split())
    first, second = likeness(one, private), likeness(other, ["Søgade 3", "TN-999999", "+45 99 88 77 66"])
    assert first is not None
    assert second is not None
    assert alike(first, second)


def test_keys_fit_into_any_database_s_whole_numbers():
    found = likeness(CLAIM * 100)
    assert found is not None
    assert 0 < len(found.keys) <= 6
    assert all(0 <= key < 2**31 for key in found.keys)
