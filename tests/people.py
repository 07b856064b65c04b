"""The people and the playbook that the tests share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from config.playbook import Playbook
from models.post import Post

ANA, BO, CARLA, DAG, EVA, GRY = "UANA", "UBO", "UCARLA", "UDAG", "UEVA", "UGRY"
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # a Tuesday
STEPS: list[dict[str, Any]] = [
    {
        "key": "helps",
        "label": "a reply helps here",
        "stage": "public",
        "required_for": ["complaint", "question"],
    },
    {
        "key": "introduced",
        "label": "I said my name, my company and my role",
        "stage": "public",
        "required_for": ["complaint", "question"],
    },
    {"key": "wrote_back", "label": "they wrote back", "stage": "private", "required_for": ["complaint"]},
    {
        "key": "next_step",
        "label": "I told them the next step and by when",
        "stage": "private",
        "required_for": ["complaint"],
        "sets_promise": True,
    },
    {"key": "solved", "label": "it is solved", "stage": "close", "required_for": ["complaint", "question"]},
    {"key": "recommend", "label": "I asked how likely they are to recommend us", "stage": "close"},
]


def playbook(**changes: Any) -> Playbook:
    """A small valid playbook; `changes` replace whole top-level parts."""
    return Playbook.model_validate(written(**changes))


def written(**changes: Any) -> dict[str, Any]:
    """The same as it would stand in a file."""
    data: dict[str, Any] = {
        "company": {"name": "Tindra"},
        "brands": [
            {
                "name": "Tindra",
                "handles": {"x": ["TindraCare"]},
                "x_user_id": "42",
                "private_form": "https://tindra.example/write",
                "keywords": {"any": ["tindra"]},
            }
        ],
        "sift": {"order_pattern": r"TN-\d{6}"},
        "topics": [{"name": "leak", "label": "Leaks", "any": ["leak*", "utæt*"]}],
        "queues": [
            {
                "name": "nordic",
                "channel": "mentions-nordic",
                "languages": ["da"],
                "time_zone": "Europe/Copenhagen",
                "targets": {"first_response": "1h", "resolution": "1d"},
            },
            {
                "name": "everyone",
                "channel": "mentions",
                "time_zone": "Europe/Copenhagen",
                "targets": {"first_response": "1h", "resolution": "1d"},
            },
        ],
        "checklist": STEPS,
        "specialists": [
            {
                "name": "Carla",
                "slack": CARLA,
                "topics": ["leak"],
                "languages": ["en"],
                "time_zone": "Europe/Amsterdam",
            },
            {
                "name": "Dag",
                "slack": DAG,
                "topics": ["leak"],
                "languages": ["da"],
                "time_zone": "Europe/Oslo",
            },
        ],
        "leads": [{"name": "Gry", "slack": GRY, "digest_at": "08:30", "time_zone": "Europe/Copenhagen"}],
        "leads_channel": "care-leads",
        # Most tests say the same words again and again, and mean different customers.
        "groups": {"alike": False, "most_waiting_cards": 0},
    }
    return data | changes


_count = iter(range(10_000_000))


def post(text: str = "My Tindra leaks all over the kitchen counter, what a mess", **fields: Any) -> Post:
    """A customer's post; each with its own id unless one is given."""
    given: dict[str, Any] = {
        "source": "x",
        "external_id": str(8_000_000_000 + next(_count)),
        "created_at": NOON,
        "author": "mia_j",
        "author_name": "Mia Jensen",
        "url": "https://x.com/mia_j/status/7000000001",
    }
    return Post(text=text, **(given | fields))


class Time:
    """The clock a test holds in its hand."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        """Lets time go by: `pass_(minutes=30)`."""
        self.now += timedelta(**span)
