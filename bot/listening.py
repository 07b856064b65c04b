"""From source to case: fetch, sift, store, and the card's place in the outbox. Here is the asking; what
becomes of the answer is in `taking` and `placing`, what people say themselves in `by_hand`."""

from dataclasses import dataclass

import structlog

from bot.by_hand import ByHand, Logged
from bot.source_health import asked_to_wait, failed
from bot.sources import Busy, Source, SourceError
from bot.taking import Taken, Taking
from models.errors import DatabaseAway, NoRoom
from models.source_state import SourceState

__all__ = ["Listener", "Logged", "Taken"]
log = structlog.get_logger()


@dataclass(frozen=True)
class Listener(Taking, ByHand):
    """Polls sources, and takes in what they and people bring. One that fails leaves the others working."""

    def poll(self, source: Source) -> Taken | None:
        """Fetches once if the source may be asked now. None: not asked, or it failed (which is on record)."""
        now = self.office.clock()
        with self.office.db.reading() as session:
            state = session.get(SourceState, source.name)
            if state is not None and state.next_at is not None and state.next_at > now:
                return None
            cursor = state.cursor if state is not None else None
        try:
            batch = source.fetch(cursor)
        except Busy as busy:
            asked_to_wait(self.office, source.name, busy)
            return None
        except SourceError as error:
            failed(self.office, source.name, str(error))
            return None
        except DatabaseAway:
            raise
        except Exception as error:  # whatever a source throws, the others must go on
            log.exception("source broke", source=source.name)
            failed(self.office, source.name, f"{type(error).__name__}: {error}", in_log=False)
            return None
        for note in batch.notes:
            log.warning("source note", source=source.name, note=note)
        try:
            return self.take(source.name, batch)
        except NoRoom as full:  # its cursor stays, so that it all comes again
            log.error(str(full), source=source.name)
            return None
        except DatabaseAway:
            raise
        except Exception as error:  # it would break each time: somebody must hear of it
            log.exception("batch not stored", source=source.name)
            failed(
                self.office,
                source.name,
                f"What it brought can't be stored ({type(error).__name__}); the log says more",
            )
            return None
