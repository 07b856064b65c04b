"""3,000 posts within a minute in one channel, at a Slack that takes one message a second.

Half of them tell one of five stories in nearly the same words, half are nobody else's, a few are severe;
and people claim meanwhile. Each must be seen, on its own card or counted on its story's or heap's.
"""

import math
import random
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bot.sources import Batch
from config.playbook import Playbook
from handlers.parts import Parts
from models.case import Case
from models.errors import NotAllowed
from models.mention import Mention
from models.outbox import Outbox
from models.post import Post
from tests.bench.figures import Figure, Samples
from tests.bench.limiter import Limiter, Sent
from tests.people import ANA, playbook
from tests.slack import MENTIONS, Slack, running, settings_for
from tests.stories.words import BEGINNINGS, REST, TROUBLES, copy, different

POSTS, SECONDS = 3_000, 60
CLAIM_EVERY = 5
SETTLE = 15
"""Seconds after the last post in which it must be seen."""
NEVER = 60_000.0
"""Milliseconds, for what was not seen at all."""


def measure(folder: Path) -> list[Figure]:
    with ExitStack() as stack:
        slack = Slack()
        stack.callback(slack.stop)
        limiter = Limiter(slack.url, {"mentions": MENTIONS})
        stack.callback(limiter.stop)
        settings = settings_for(limiter.url, f"sqlite:///{folder / 'rush.db'}")
        parts = stack.enter_context(running(settings, _book()))
        parts.works.listener.take("warm-up", Batch([_post(-1)]))
        time.sleep(2)
        arrived = _rush(parts)
        end = time.monotonic() + SETTLE
        while time.monotonic() < end:
            time.sleep(0.1)
        return _figures(parts, limiter.sent, arrived)


def _book() -> Playbook:
    topics = [{"name": "leak", "any": ["water*"]}, {"name": "grinding", "any": ["grinder*", "beans"]}]
    queue = playbook().queues[-1].model_dump(mode="json", exclude={"targets"}, exclude_defaults=True)
    targets = {"first_response": "4h", "resolution": "2d"}
    return playbook(groups={}, topics=topics, specialists=[], queues=[{**queue, "targets": targets}])


def _post(number: int) -> Post:
    now = datetime.now(UTC)
    if number % 200 == 199:
        return different(number, text_after=" And now there is smoke!", created_at=now)
    if number % 2:
        return different(number, created_at=now)
    pick = random.Random(number % 10)
    story = f"{pick.choice(BEGINNINGS)} {pick.choice(TROUBLES)}, and {pick.choice(TROUBLES)}. "
    story += f"{pick.choice(REST)} {pick.choice(REST)}"
    return copy(number, f"{story} #{number} https://t.co/{number}", created_at=now)


Arrived = dict[int, tuple[float, float, str]]
"""By case: when its post was handed over, when it was stored, and what message shows it."""


def _rush(parts: Parts) -> Arrived:
    arrived: Arrived = {}
    began = time.time()
    for second in range(SECONDS):
        time.sleep(max(0.0, began + second - time.time()))
        first = second * POSTS // SECONDS
        batch = [_post(number) for number in range(first, (second + 1) * POSTS // SECONDS)]
        handed = time.time()
        parts.works.listener.take("rush", Batch(batch))
        stored = time.time()
        with parts.office.db.reading() as session:
            ids = [post.external_id for post in batch]
            for case in session.scalars(
                select(Case).join(Mention, Mention.case_id == Case.id).where(Mention.external_id.in_(ids))
            ):
                arrived[case.id] = handed, stored, _stands_on(case)
        if second % CLAIM_EVERY == CLAIM_EVERY - 1:
            try:
                parts.services.desk.claim_next(by=ANA)
            except NotAllowed:
                continue
    return arrived


def _stands_on(case: Case) -> str:
    if not case.behind:
        return f"card:{case.id}"
    return f"heap:{case.heap_id}" if case.heap_id is not None else f"card:{case.like_id}"


def _figures(parts: Parts, sent: list[Sent], arrived: Arrived) -> list[Figure]:
    taken = [one for one in sent if one.taken and one.channel == MENTIONS]
    waits = [_wait(number, taken, *known) for number, known in arrived.items()]
    in_a_second = [sum(1 for o in taken if one.at <= o.at < one.at + 1) for one in taken]
    refused = sum(not one.taken for one in sent)
    doubled = sum(count - 1 for count in Counter(o.key for o in taken if o.new).values())
    with parts.office.db.reading() as session:
        stored = session.scalar(select(func.count(Mention.id)).where(Mention.heard_from == "rush")) or 0
        cases = session.scalar(select(func.count(func.distinct(Mention.case_id)))) or 0
        parked = session.scalar(select(func.count(Outbox.id)).where(Outbox.parked_at.is_not(None))) or 0
    lost = POSTS - stored + sum(math.isclose(wait, NEVER) for wait in waits) + parked
    new = {kind: sum(o.new and o.key.startswith(kind) for o in taken) for kind in ("card", "heap")}
    what = f"{POSTS:,} posts in {SECONDS} s to one channel"
    return [
        Figure(f"{what}: visible within", Samples(waits, "ms"), aim="10,000 ms"),
        Figure(f"{what}: messages there in any second", Samples(in_a_second, "messages"), aim="1"),
        Figure(
            f"… in all ({new['card']} cards, {new['heap']} heaps posted; {cases:,} cases)",
            Samples([len(taken)], "messages"),
        ),
        Figure("… refused by Slack (429)", Samples([refused], "messages"), aim="0"),
        Figure("… lost, doubled", Samples([lost, doubled], "posts"), aim="0"),
    ]


def _wait(number: int, taken: list[Sent], handed: float, stored: float, key: str) -> float:
    """Milliseconds from handing over to the first message that shows it, drawn after it was stored."""
    keys = (key, f"card:{number}")
    seen = [one.at for one in taken if one.key in keys and one.at >= stored]
    return (min(seen) - handed) * 1000 if seen else NEVER
