"""A brand's own playbook: what it says counts for its cases, and all else is the main playbook's."""

from datetime import timedelta

import pytest

from config.errors import SettingsError
from config.playbook import load_playbook
from tests.brands.conftest import COFFEE, OWN, TEA
from tests.people import BO, EVA, GRY, written

LEVEL = {"level": 1, "name": "all", "courses": ["tone"]}


def test_what_a_brand_does_not_say_is_the_main_playbook_s(load):
    book = load(
        {"company": {"name": "Fjordly Tea"}, "escalation": {"acknowledge_within": "5m"}},
        company={"name": "Tindra", "role": "barista support"},
        escalation={"resolve_within": "2d"},
    )
    tea = book.of(TEA)
    assert (tea.company.name, tea.company.role) == ("Fjordly Tea", "barista support")
    assert tea.escalation.acknowledge_within == timedelta(minutes=5)
    assert tea.escalation.resolve_within == timedelta(days=2)
    assert tea.checklist == book.checklist
    assert tea.leads_channel == book.leads_channel
    assert book.of(COFFEE) is book.of("a brand of last year") is book


def test_a_list_of_a_brand_s_own_stands_in_place_of_the_main_one(book):
    assert [step.key for step in book.of(TEA).checklist] == ["helps", "packet"]
    assert [one.slack for one in book.of(TEA).specialists] == [BO]


def test_null_takes_a_part_away(load):
    idle = {"remind_after": "4h", "release_after": "8h"}
    book = load({"idle": None, "training": None}, idle=idle, training={"levels": [LEVEL]})
    assert (book.of(TEA).idle, book.of(TEA).training) == (None, None)
    assert book.idle is not None


def test_names_go_with_those_whom_they_name(load):
    levels = [LEVEL, {"level": 2, "name": "severe", "severity": 2}]
    book = load(
        OWN | {"training": {"levels": [LEVEL]}},
        escalation={"chains": {"leak": [{"ask": ["Carla"]}]}},
        surges={"crisis": {"level": 2, "call_in": ["Carla", "Gry"]}},
        training={"levels": levels, "trained": {GRY: 2}},
    )
    tea = book.of(TEA)
    assert tea.escalation.chains == {}
    assert (tea.surges.crisis.level, tea.surges.crisis.call_in) == (None, ())
    assert tea.training is not None
    assert tea.training.trained == {}
    assert book.surges.crisis.call_in == ("Carla", "Gry")


def test_leads_of_the_main_playbook_lead_everywhere_and_those_of_a_brand_there(book):
    assert book.of(TEA).lead_ids == {EVA, GRY}
    assert book.of(COFFEE).lead_ids == {GRY}
    assert (book.remits[GRY].brands, book.remits[GRY].queues) == ((), ("tea", "nordic", "everyone"))
    assert book.remits[EVA].brands == (TEA,)


def test_a_lead_of_two_brands_looks_after_both_and_gets_one_digest(load, tmp_path):
    first, second = written()["brands"][0], dict(written()["brands"][0], name="Lund", playbook="tea.yaml")
    book = load(brands=[first, dict(first, name=TEA, playbook="tea.yaml"), second])
    assert book.remits[EVA].brands == (TEA, "Lund")
    assert book.of(TEA) is book.of("Lund")
    assert len(book.books) == 2


def test_a_lead_in_both_playbooks_leads_all_brands(load):
    lead = {"name": "Gry", "slack": GRY, "digest_at": "07:00", "time_zone": "Europe/Copenhagen"}
    assert load(OWN | {"leads": [lead]}).remits[GRY].brands == ()


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("sources: {}\n", "tea.yaml:1: sources: this is the same for all brands: write it in main.yaml."),
        ("company: {name: F}\nsift: {}\n", "tea.yaml:2: sift: this is the same for all brands"),
        ("brands: []\n", "tea.yaml:1: brands: this is the same for all brands"),
        (
            "training:\n  levels: []\n  certificates_last: 9d\n",
            "tea.yaml:3: training.certificates_last: this is the same for all brands",
        ),
        ("surges: {sensitivity: low}\n", "tea.yaml:1: surges.sensitivity: this is the same for all brands"),
        ("colour: red\n", "tea.yaml:1: colour: there is no such key"),
        ("\nchecklist: []\n", "tea.yaml:2: checklist: name at least one."),
        ("company: [\n", "tea.yaml:2: this is not valid YAML"),
        ("promises: {remind_before: soon}\n", "promises.remind_before: write a time span as 30m, 4h or 2d"),
        (
            "escalation:\n  chains:\n    leak:\n      - ask: [Nobody]\n",
            "tea.yaml:4: escalation.chains.leak[0].ask[0]: there is no specialist 'Nobody'",
        ),
    ],
)
def test_a_mistake_in_a_brand_s_file_is_a_line_that_names_it(write, own, said):
    with pytest.raises(SettingsError) as no:
        load_playbook(write(own))
    [line] = str(no.value).split("\n")
    assert said in line


def test_a_brand_s_lead_looks_after_queues_that_get_its_cases(write):
    coffee = [dict(one, brands=[COFFEE]) if one["name"] == "nordic" else one for one in written()["queues"]]
    own = OWN | {"leads": [dict(OWN["leads"][0], queues=["everyone", "nordic"])]}
    with pytest.raises(SettingsError, match=r"queues\[1\]: the queue 'nordic' takes no cases of Fjordly\."):
        load_playbook(write(own, queues=coffee))


def test_a_file_that_is_not_there_is_named_where_the_brand_names_it(write):
    path = write()
    (path.parent / "tea.yaml").unlink()
    with pytest.raises(SettingsError, match=r"main\.yaml:1: brands\[1\]\.playbook: there is no file .*tea"):
        load_playbook(path)


def test_a_brand_s_file_lies_beside_the_main_one(write):
    brand = dict(written()["brands"][0], playbook="../tea.yaml")
    with pytest.raises(SettingsError, match=r"brands\[0\]\.playbook: write the name of a file beside this"):
        load_playbook(write(brands=[brand], queues=written()["queues"]))
