"""Three made-up brands of one group, an airline, a phone company and a shop, to sift posts for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.sift.sift import Sifter, Verdict
from config.languages import FOLDER, LanguagePack
from config.playbook import Playbook
from config.yaml_file import load_model
from models.post import Post

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LANGUAGES = ("da", "de", "en", "es", "fr", "it", "ja", "nl", "no", "pt", "sv", "zh")
CONTEXT = """
    flight* fly flyet *flug *flieger flyg* gate vlucht* balie vuelo* avion avión crew refund honeymoon
    vouchers ombord handgepäck handbagage håndbagasje bagages equipaje tur resan navn klapvogn
    volo voli valigia voo voos equipaggio tripulação imbarco embarque
"""
TARGETS = {"first_response": "1h", "resolution": "2d"}


def queue(name: str, **rules: Any) -> dict[str, Any]:
    return {"name": name, "channel": name, "time_zone": "Europe/Oslo", "targets": TARGETS, **rules}


def playbook(**changes: Any) -> Playbook:
    """The group's playbook, with top-level keys replaced by `changes`."""
    data: dict[str, Any] = {
        "company": {"name": "Norden Group"},
        "brands": [
            {
                "name": "Velora",
                "handles": {"x": ["VeloraAir"], "bluesky": ["velora.example"]},
                "keywords": {"any": ["velora"]},
                "context": CONTEXT.split(),
            },
            {"name": "Nordlys", "handles": {"x": ["NordlysCare"]}, "keywords": {"any": ["nordlys"]}},
            {
                "name": "Kasto",
                "handles": {"x": ["@KastoHelp"], "facebook": ["kasto"]},
                "keywords": {"any": ["kasto*"]},
            },
        ],
        "sift": {"order_pattern": r"\bKS-\d{6}\b", "phone_regions": ["GB", "DK", "NL", "DE", "NO"]},
        "topics": [
            {"name": "delivery", "any": ["parcel", "courier", "deliver*", "pakke*", "bezorg*", "leverans*"]},
            {"name": "billing", "any": ["billed", "bill", "refund", "regning*", "faktura*", "abbuch*"]},
        ],
        "queues": [
            queue("nordic", languages=["da", "sv", "no"]),
            queue("money", topics=["billing"]),
            queue("ideas", kinds=["idea"]),
            queue("air", brands=["Velora"]),
            queue("all"),
        ],
        "checklist": [{"key": "helps", "label": "A reply helps here", "stage": "public"}],
        "leads": [{"name": "Ida", "slack": "U0IDA", "digest_at": "08:00", "time_zone": "Europe/Oslo"}],
        "leads_channel": "leads",
    }  # fmt: skip
    return Playbook.model_validate(data | changes)


def packs() -> Mapping[str, LanguagePack]:
    """The sift's part of the shipped packs."""
    return {code: load_model(FOLDER / f"{code}.yaml", LanguagePack) for code in LANGUAGES}


def post(text: str, **changes: Any) -> Post:
    facts: dict[str, Any] = {"source": "x", "external_id": "1", "author": "mia_k", "created_at": NOON}
    return Post(text=text, **(facts | changes))


def sift(sifter: Sifter, text: str, **changes: Any) -> Verdict:
    return sifter.sift(post(text, **changes))
