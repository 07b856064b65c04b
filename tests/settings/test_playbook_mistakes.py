"""A mistake in the playbook is one line: file, line, key, and what would be right."""

import json
import re
from pathlib import Path

import pytest

from config.advice import PATTERNS
from config.errors import SettingsError
from config.listening import Sources, XListening
from config.playbook import Playbook, load_playbook
from config.settings import ROOT
from config.social_sources import BlueskyListening, MastodonListening

WHOLE = (ROOT / "config" / "playbook.yaml").read_text(encoding="utf-8")


def said(path: Path) -> list[str]:
    """What the person who starts the program reads."""
    with pytest.raises(SettingsError) as mistake:
        load_playbook(path)
    return str(mistake.value).split("\n")


def changed(tmp_path: Path, *changes: tuple[str, str]) -> tuple[Path, list[int]]:
    """The demo's playbook with each first `old` replaced by `new`, and the lines of the changes."""
    text = WHOLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "playbook.yaml"
    path.write_text(text, encoding="utf-8")
    return path, [text[: text.index(new)].count("\n") + 1 for _, new in changes]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("  role: customer care", "  rôle: customer care", "company.rôle", "no such key"),
        ("  name: Tindra\n  role", "  role", "company.name", "is needed and is not there"),
        ("Europe/Berlin", "Berlin", "queues[0].time_zone", "such as Europe/Copenhagen, found 'Berlin'"),
        ("first_response: 1h", "first_response: 1 hour", "queues[0].targets.first_response", "30m, 4h or 2d"),
        ("first_response: 1h", "first_response: 0h", "queues[0].targets.first_response", "30m, 4h or 2d"),
        ('mon: ["08:00", "18:00"]', 'mon: ["08:00", "08:00"]', "queues[0].hours.days.mon", "ends at 08:00"),
        (
            'mon: ["08:00", "18:00"]',
            'mon: [["08:00", "13:00"], ["12:00", "18:00"]]',
            "queues[0].hours.days.mon",
            "08:00 to 13:00 and 12:00 to 18:00 overlap",
        ),
        (
            'mon: ["08:00", "18:00"]',
            'mon: [["22:00", "06:00"], ["23:00", "23:30"]]',
            "queues[0].hours.days.mon",
            "overlap",
        ),
        ('mon: ["08:00", "18:00"]', "mon: 08:00-18:00", "queues[0].hours.days.mon", "or several such pairs"),
        ("holidays: DE\n", "holidays: Germany\n", "queues[0].holidays", "country such as DK"),
        ("holidays: DE\n", "holidays: NO\n", "queues[0].holidays", 'Norway: "NO"'),
        ("holidays: DE\n", "holidays: DE-XX\n", "queues[0].holidays", "DE has no part 'XX'"),
        ("closed: [2026-12-24", "closed: [2026-13-24", "queues[0].closed[0]", "valid date"),
        ("resolution: 2d", "resolution: 99999d", "queues[0].targets.resolution", "ten years at most"),
        (
            'mon: ["08:00", "18:00"]',
            'mon: ["8 am", "18:00"]',
            "queues[0].hours.days.mon",
            "as 08:30, found '8 am'",
        ),
        ('mon: ["08:00"', 'monday: ["08:00"', "queues[0].hours.days.monday", "'mon', 'tue'"),
        ("slack: UGRY", "slack: gry", "leads[0].slack", "member ID such as U012AB3CD"),
        (
            "channel: mentions-de",
            "channel: Mentions DE",
            "queues[0].channel",
            "by its name, such as mentions",
        ),
        ("languages: [de]", "languages: [german]", "queues[0].languages[0]", "two-letter code"),
        ("stage: public", "stage: open", "checklist[0].stage", "'public', 'private' or 'close'"),
        ("sets_promise: true", "sets_promise: perhaps", "checklist[6].sets_promise", "true or false"),
        ("language_floor: 0.6", "language_floor: 60", "sift.language_floor", "less than 1"),
        (
            r"order_pattern: 'TN-\d{6}'",
            "order_pattern: 'TN-('",
            "sift.order_pattern",
            "not a regular expression",
        ),
        ("https://tindra.example/write-to-us", "tindra.example/write", "brands[0].private_form", "URL"),
        ("acknowledge_within: 30m", "acknowledge_within: soon", "escalation.acknowledge_within", "30m, 4h"),
        ("remind_after: 4h", "remind_after: 8h", "idle", "release_after must be longer than remind_after"),
        (
            "ask: [Carla Jansen, Dag Holm]",
            "ask: [Carla Jensen, Dag Holm]",
            "escalation.chains.leaks[0].ask[0]",
            "there is no specialist 'Carla Jensen' (there are: Carla Jansen, Dag Holm, Eva Brandt",
        ),
        (
            "    leaks:\n      -",
            "    leeks:\n      -",
            "escalation.chains.leeks",
            "there is no topic 'leeks'",
        ),
        ("ask: [Eva Brandt]", "ask: [Dag Holm]", "escalation.chains.leaks[1].ask[0]", "in this chain twice"),
        ("sensitivity: normal", "sensitivity: medium", "surges.sensitivity", "'low', 'normal' or 'high'"),
        ("no_surge_for: 6h", "no_surge_for: six hours", "surges.no_surge_for", "30m, 4h or 2d"),
        (
            "    level: 3\n    call_in",
            "    level: 5\n    call_in",
            "surges.crisis.level",
            "there is no level 5",
        ),
        (
            "call_in: [Carla Jansen, Dag Holm]",
            "call_in: [Carla Jansen, Dag]",
            "surges.crisis.call_in[1]",
            "there is no specialist or lead 'Dag'",
        ),
        ("ask: [Eva Brandt]", "ask: []", "escalation.chains.leaks[1].ask", "name at least one"),
        (
            "acknowledge_within: 15m",
            "acknowledge_within: 15",
            "escalation.chains.leaks[0].acknowledge_within",
            "30m, 4h or 2d",
        ),
        ("resolve_within: 1d", "resolve_within: soon", "escalation.resolve_within", "30m, 4h or 2d"),
        ("release_after: 8h}", "release_after: never}", "idle.release_after", "30m, 4h or 2d"),
        ("check_after: 180d", "check_after: 1h", "answers.check_after", "span from 1d to 1095d, found '1h'"),
        ("followers: 100000", "followers: 0", "sift.reach.followers", "write 1 or more, found 0"),
        ("language_floor: 0.6", "language_floor: 0", "sift.language_floor", "write more than 0, found 0"),
        ("most_waiting_cards: 5", "most_waiting_cards: few", "groups.most_waiting_cards", "a whole number"),
        ("any: [reseller discount]", "any: reseller", "sift.ads.any", "write a list: each entry"),
        ('"NO", ES]', "NO, ES]", "sift.phone_regions[6]", "write it in quotes, found False"),
        ("[GB, DK", "[UK, DK", "sift.phone_regions[0]", "by its two letters, such as DK"),
        ("any: [café tindra, cafe tindra, tindra café]", "any: []", "sift.noise[0].any", "name at least one"),
        ('x_user_id: "1122334455667788990"', "x_user_id: tindra", "brands[0].x_user_id", "digits only"),
        (
            "groups: {alike: true, within: 48h, most_waiting_cards: 5}",
            "groups:",
            "groups",
            "nothing stands below",
        ),
    ],
)
def test_each_mistake_names_its_line_its_key_and_what_would_be_right(tmp_path, old, new, key, words):
    path, [line] = changed(tmp_path, (old, new))
    [sentence] = said(path)
    where, _, advice = sentence.partition(f": {key}: ")
    assert re.fullmatch(rf"{re.escape(str(path))}:\d+", where), sentence
    # A key that is missing is told at its parent; a part of an entry at the entry.
    assert abs(int(where.rsplit(":", 1)[1]) - line) <= 3, sentence
    assert words in advice


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "topics: [parts]",
            "topics: [partz]",
            "queue spare-parts names the topic 'partz', which is not here",
        ),
        ("topics: [leaks]", "topics: [leeks]", "specialist Carla Jansen names the topic 'leeks'"),
        ("- key: helps", "- key: kind", "kind stands there twice"),
        (
            "    channel: mentions\n",
            "    channel: mentions\n    languages: [en]\n",
            "one queue must take everything else",
        ),
    ],
)
def test_names_that_do_not_fit_together_are_told(tmp_path, old, new, words):
    path, _ = changed(tmp_path, (old, new))
    [sentence] = said(path)
    assert words in sentence


def test_several_mistakes_are_told_at_once(tmp_path):
    path, lines = changed(
        tmp_path,
        ("  role: customer care", "  rolle: customer care"),
        ("time_zone: Europe/Berlin", "time_zone: Europe/Bärlin"),
        ("first_response: 4h", "first_response: four"),
    )
    assert [int(s.removeprefix(f"{path}:").split(":")[0]) for s in said(path)] == lines


def test_a_doubled_key_is_told_with_its_second_line(tmp_path):
    path, [line] = changed(
        tmp_path, ("leads_channel: care-leads", "leads_channel: care-leads\nleads_channel: x")
    )
    assert said(path) == [f"{path}:{line + 1}: leads_channel: this key stands here twice; keep one."]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1: expected keys and values, found NoneType."),
        ("- a list", "1: expected keys and values, found list."),
        ("company: {name: Tindra", "this is not valid YAML"),
        ("company:\n\tname: Tindra", "2: this is not valid YAML"),
        ("company: \x00", "this is not valid YAML"),
        ("a: &a [*a]", "no such key"),
        ("? [a, b]\n: c", "this is not valid YAML"),
    ],
)
def test_what_is_no_playbook_at_all_is_a_sentence_too(tmp_path, text, words):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    sentences = said(path)
    assert any(words in s for s in sentences), sentences
    assert all(s.startswith(str(path)) for s in sentences)


def test_a_file_that_is_not_there_or_no_text_is_a_sentence(tmp_path):
    assert said(tmp_path / "none.yaml") == [f"{tmp_path / 'none.yaml'}: there is no such file."]
    assert said(tmp_path)[0].startswith(f"{tmp_path}: can't be read: ")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("company: {name: Kværn}".encode("latin-1"))
    assert said(latin)[0].startswith(f"{latin}: can't be read: ")


def test_a_target_that_no_year_of_these_hours_could_meet_is_told_at_its_queue(tmp_path):
    path, _ = changed(tmp_path, ("resolution: 2d", "resolution: 3000d"))
    [sentence] = said(path)
    assert "queues[0]: targets.resolution takes more than a year of these hours" in sentence


@pytest.mark.parametrize(
    ("webhooks", "words"),
    [
        ("[{name: Desk}]", "webhooks[0].name"),
        ("[{name: desk, source: slack}]", "one of our own places"),
        ("[{name: desk}, {name: desk}]", "desk stands there twice"),
        ('[{name: desk, callback: "http://far.example/told"}]', "an address that begins with https://"),
        ("[{name: desk, callback: far}]", "webhooks[0].callback"),
    ],
)
def test_a_webhook_that_cannot_be_is_named(tmp_path, webhooks, words):
    path, _ = changed(tmp_path, ("  replay:\n", f"  webhooks: {webhooks}\n  replay:\n"))
    assert words in said(path)[0]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ("x: {search: false, mentions: false}", "sources.x: search or mentions must be true"),
        ("mastodon: {mentions: false, tags: []}", "sources.mastodon: mentions, search or a tag is needed"),
        ("mastodon: {tags: ['#a b']}", "sources.mastodon.tags[0]: write one hashtag"),
        (f"mastodon: {{tags: ['#{'a' * 101}']}}", "sources.mastodon.tags[0]: write 101 characters at most"),
        ("facebook:", "sources.facebook.page_id: this key is needed"),
        ("feeds: [{name: a, url: ftp://a.example}]", "write a whole address (URL) that begins with https://"),
        ("x: {budget: {currency: dollars}}", "write a currency by its three letters"),
    ],
)
def test_a_source_that_brings_nothing_or_is_written_wrongly_is_named(tmp_path, sources, words):
    path, _ = changed(tmp_path, ("  replay:\n", f"  {sources}\n  replay:\n"))
    assert words in said(path)[0]


def test_a_source_whose_name_stands_alone_is_switched_on(tmp_path):
    path, _ = changed(tmp_path, ("  replay:\n", "  x:\n  bluesky:\n  mastodon:\n  feeds:\n  replay:\n"))
    sources = load_playbook(path).sources
    assert (sources.x, sources.bluesky, sources.mastodon) == (
        XListening(), BlueskyListening(), MastodonListening(),
    )  # fmt: skip
    assert sources.feeds == ()


def test_sources_without_any_are_none_at_all(tmp_path):
    path = tmp_path / "playbook.yaml"
    path.write_text(WHOLE[: WHOLE.index("\nsources:\n")] + "\nsources:\n", encoding="utf-8")
    assert load_playbook(path).sources == Sources()


def test_each_pattern_of_the_playbook_is_explained_in_words():
    asked = set(re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(Playbook.model_json_schema())))
    assert len(asked) > 5
    assert {json.loads(pattern) for pattern in asked} <= PATTERNS.keys()


@pytest.mark.parametrize(
    ("facebook", "words"),
    [
        ("{page_id: tindra}", "facebook.page_id"),
        ("{page_id: 1, webhook: false, poll: false}", "webhook or poll must be true"),
        ("{page_id: 1, every: often}", "write a time span as 30m, 4h or 2d"),
    ],
)
def test_a_page_that_cannot_be_is_named(tmp_path, facebook, words):
    path, _ = changed(tmp_path, ("  replay:\n", f"  facebook: {facebook}\n  replay:\n"))
    assert words in said(path)[0]


@pytest.mark.parametrize(
    ("bluesky", "words"),
    [
        ("{search: false, mentions: false}", "search, mentions or stream must be true"),
        ("{every: often}", "write a time span as 30m, 4h or 2d"),
        ("{handle: tindra}", "bluesky.handle"),
    ],
)
def test_a_bluesky_that_cannot_be_is_named(tmp_path, bluesky, words):
    path, _ = changed(tmp_path, ("  replay:\n", f"  bluesky: {bluesky}\n  replay:\n"))
    assert words in said(path)[0]


def test_a_tag_that_cannot_be_is_named(tmp_path):
    path, _ = changed(tmp_path, ("  replay:\n", "  mastodon: {tags: [two words]}\n  replay:\n"))
    assert "mastodon.tags[0]" in said(path)[0]


def test_a_pages_number_needs_no_quotes(tmp_path):
    for number in ("122104000000000", '"122104000000000"'):
        path, _ = changed(tmp_path, ("  replay:\n", f"  facebook: {{page_id: {number}}}\n  replay:\n"))
        page = load_playbook(path).sources.facebook
        assert page is not None
        assert page.page_id == "122104000000000"


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ("{most_waiting_cards: -1}", "groups.most_waiting_cards: write 0 or more"),
        ("{within: 20d}", "groups.within: write 14d at most"),
        ("{within: 48}", "groups.within: write a time span as 30m, 4h or 2d"),
    ],
)
def test_groups_that_cannot_be_are_named(tmp_path, groups, words):
    path, _ = changed(
        tmp_path, ("groups: {alike: true, within: 48h, most_waiting_cards: 5}", f"groups: {groups}")
    )
    assert words in said(path)[0]
