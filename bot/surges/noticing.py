"""The clock's view of surges: one begins, grows, and is over. One row and one alarm each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.office import Office
from bot.surges.counting import QUARTER, Counts, Key, heard, of_key, past_weeks, people_now
from bot.surges.statistic import SENSITIVITIES, Sensitivity, Usual, is_quiet, is_surge, usual_of
from bot.surges.telling import again, begun, over, redraw, redraw_called
from bot.surges.words import new_words
from models.ahead import is_ahead
from models.people import BOT_ID
from models.source_state import SourceState
from models.surge import NO_SURGE, TWICE, Surge
from models.switch import Switch

OVER_AFTER = timedelta(minutes=30)
"""As usual for so long, and it is over."""
BLIND_FOR = timedelta(hours=12)
"""A source that can't be read for longer holds nothing up: perhaps it is in no playbook any more."""
WORDS_AGE = timedelta(minutes=10)
"""How often what people say is read anew."""


@dataclass(frozen=True)
class Found:
    """What is written about one thing now."""

    people: int
    usual: Usual
    alarming: bool
    quiet: bool


NOTHING = Found(0, Usual(0.0, 0.0, 0.0), alarming=False, quiet=True)


@dataclass(frozen=True)
class Surges:
    """`look` may run anywhere, any number of times: a surge is one row while it lasts."""

    office: Office

    def look(self) -> int:
        """Counts, and tells of what changed. Returns how many surges go on."""
        at = self.office.clock()
        with self.office.db.reading() as session:
            live = list(session.scalars(select(Surge).where(Surge.live.is_not(None)).order_by(Surge.id)))
            known = heard(session, at)
            now = people_now(session, known.names, at) if known.since else {}
            lasting = self._lasting(session, at)
            if not live and not lasting and (not now or self._too_few(now)):
                return 0
            weeks = past_weeks(session, known, at, self.office.playbook.everything.time_zone)
            if len(weeks) > 1:
                found = self._all(now, weeks, live)
            else:  # what was usual is forgotten: nothing begins, and what goes on comes to its end
                found = {(one.brand, one.topic): NOTHING for one in live}
            blind = self._blind(session, known.names, at)
            words = {key: new_words(session, *key, at=at) for key in self._to_explain(found, live, at)}

        def work(session: Session) -> int:
            for number in lasting:
                redraw(self.office, session, session.get_one(Surge, number), at)
            return self._settle(session, found, words, at, blind=blind)

        return self.office.transact(work)

    # Helpers, in the order in which they are called.

    @property
    def _sensitivity(self) -> Sensitivity:
        return SENSITIVITIES[self.office.playbook.surges.sensitivity]

    def _too_few(self, now: Counts) -> bool:
        """Nothing can be an alarm: what is usual need not be counted, which is the case nearly always."""
        return all(of_key(now, brand, None) < self._sensitivity.people for brand in {one for one, _ in now})

    def _all(self, now: Counts, weeks: list[Counts], live: list[Surge]) -> dict[Key, Found]:
        """Topics first; then each brand without the topics that surge by themselves."""
        going_on = {(one.brand, one.topic) for one in live}
        found: dict[Key, Found] = {}
        for brand, topic in {*now, *going_on}:
            if topic is not None:
                found[brand, topic] = self._found(now, weeks, brand, topic, set())
        for brand in {brand for brand, _ in {*now, *going_on}}:
            apart = {
                topic
                for (name, topic), one in found.items()
                if name == brand and (one.alarming or (brand, topic) in going_on)
            }
            if (brand, None) in going_on:
                apart &= {topic for name, topic in going_on if name == brand}
            found[brand, None] = self._found(now, weeks, brand, None, apart)
        return found

    def _found(
        self, now: Counts, weeks: list[Counts], brand: str, topic: str | None, apart: set[str | None]
    ) -> Found:
        people = of_key(now, brand, topic, apart)
        usual = usual_of([of_key(week, brand, topic, apart) for week in weeks])
        return Found(
            people,
            usual,
            is_surge(people, usual, self._sensitivity),
            is_quiet(people, usual, self._sensitivity),
        )

    @staticmethod
    def _lasting(session: Session, at: datetime) -> set[int]:
        """Surges that are over while their crisis is on: who waits still changes."""
        over = select(Surge.id).where(Surge.live.is_(None))
        rows = session.scalars(select(Switch).where(Switch.live.is_not(None), Switch.surge_id.in_(over)))
        return {row.surge_id for row in rows if row.surge_id is not None and row.is_on(at)}

    @staticmethod
    def _blind(session: Session, names: Sequence[str], at: datetime) -> bool:
        """A source can't be read: that nobody is heard does not mean that nobody writes."""
        since = SourceState.failing_since > at - BLIND_FOR
        return session.scalar(select(SourceState.name).where(SourceState.name.in_(names), since)) is not None

    @staticmethod
    def _to_explain(found: dict[Key, Found], live: list[Surge], at: datetime) -> list[Key]:
        """Those whose words are to be looked up: what may be new, and now and then what goes on."""
        known = {(one.brand, one.topic): one for one in live}
        fresh = [key for key, one in found.items() if one.alarming and key not in known]
        old = [
            key
            for key, one in known.items()
            if not one.words
            or (at - one.began_at) // WORDS_AGE > (one.counted_at - one.began_at) // WORDS_AGE
        ]
        return fresh + old

    def _settle(
        self,
        session: Session,
        found: dict[Key, Found],
        words: dict[Key, list[str]],
        at: datetime,
        *,
        blind: bool,
    ) -> int:
        rows = session.scalars(select(Surge).where(Surge.live.is_not(None)).with_for_update())
        live = {(one.brand, one.topic): one for one in rows}
        better_known: set[Key] = set()
        for key, one in found.items():
            if one.alarming and key not in live and key not in better_known:
                brand, topic = key
                general, whole = live.get((brand, None)), found.get((brand, None), NOTHING)
                if topic is not None and general is not None and 2 * one.people > whole.people:
                    # What surged over all topics is about this one: the same surge.
                    general.narrow(topic)
                    live[key] = live.pop((brand, None))
                    better_known.add((brand, None))
                elif not self._hushed(session, key, one.people, at):
                    live[key] = self._begin(session, key, one, words.get(key, []), at)
        for key, surge in list(live.items()):
            seen = found.get(key)
            if seen is None or (blind and seen.quiet) or self._is_newer(surge, at):
                continue
            self._follow(session, surge, seen, words.get(key), at)
        return sum(one.is_live for one in live.values())

    @staticmethod
    def _is_newer(surge: Surge, at: datetime) -> bool:
        """Another process has counted since, and not by a clock that was ahead."""
        return surge.counted_at >= at and not is_ahead(surge.counted_at, at)

    def _begin(self, session: Session, key: Key, one: Found, words: list[str], at: datetime) -> Surge:
        began_at = at - QUARTER
        surge = Surge.begin(*key, people=one.people, usual=one.usual.typical, began_at=began_at, at=at)
        surge.words = words
        session.add(surge)
        session.flush()
        begun(self.office, session, surge, at)
        return surge

    def _hushed(self, session: Session, key: Key, people: int, at: datetime) -> bool:
        """A lead said lately that this is no surge, and it has not doubled since."""
        said = session.scalar(
            select(Surge)
            .where(
                Surge.brand == key[0],
                Surge.topic == key[1] if key[1] is not None else Surge.topic.is_(None),
                Surge.ended_because == NO_SURGE,
                Surge.ended_at > at - self.office.playbook.surges.no_surge_for,
            )
            .order_by(Surge.id.desc())
            .limit(1)
        )
        return said is not None and people < TWICE * said.peak

    def _follow(
        self, session: Session, surge: Surge, seen: Found, words: list[str] | None, at: datetime
    ) -> None:
        louder = surge.count(seen.people, quiet=seen.quiet, at=at)
        if words:
            surge.words = words
            redraw_called(session, surge, at)
        if louder:
            again(self.office, session, surge, at)
        elif surge.quiet_since is not None and at - surge.quiet_since >= OVER_AFTER:
            surge.end(by=BOT_ID, at=at)
            over(self.office, session, surge, at)
        else:
            redraw(self.office, session, surge, at)
