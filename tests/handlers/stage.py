"""The program with Slack's payloads handed to it one by one."""

from dataclasses import dataclass
from typing import Any

from slack_bolt import App, BoltRequest
from sqlalchemy import select

from handlers.parts import Parts
from models.schema import metadata
from tests.handlers.happened import Step
from tests.handlers.payloads import click
from tests.people import ANA, BO, CARLA, DAG, Time, playbook

DAYTIME = {"days": {day: ["08:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
AT_WORK = {"topics": ["leak"], "languages": ["en"], "time_zone": "Europe/Amsterdam", "hours": DAYTIME}
BOOK = playbook(
    training={
        "levels": [{"level": 1, "name": "all", "kinds": ["complaint"], "courses": ["tone"]}],
        "trained": dict.fromkeys([ANA, BO, CARLA, DAG], 1),
    },
    specialists=[{"name": "Carla", "slack": CARLA, **AT_WORK}, {"name": "Dag", "slack": DAG, **AT_WORK}],
)
KEYS = [f"x_{name}" for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")]
KEYS.append("facebook_page_token")


@dataclass(frozen=True)
class Stage:
    """The program, and Slack's payloads handed to it one by one."""

    parts: Parts
    app: App
    clock: Time

    def __call__(self, step: Step) -> Any:
        """What the payload was acknowledged with, once it was dealt with. Another step is just taken."""
        if not isinstance(step, dict):
            return step(self.parts)
        answer = self.app.dispatch(BoltRequest(body=step, mode="socket_mode"))
        assert answer.status == 200, step
        return answer.body

    def everything(self) -> dict[str, Any]:
        """All rows of all tables, but for who looks at a case and when Slack was asked about people."""
        with self.parts.office.db.reading() as session:
            return {
                name: [
                    {key: value for key, value in row.items() if key != "seen_at"}
                    for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
                ]
                for name, table in metadata.tables.items()
                if name != "presences"
            }


def at_home(action_id: str, value: object, user: str = ANA) -> dict[str, Any]:
    """A click on the Home tab: its answer is a direct message, which can be read here."""
    payload = click(action_id, value, user)
    return payload | {"container": {"type": "message"}, "message": {}}
