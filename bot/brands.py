"""Cases by the playbook that holds for them, and by the leads whose they are, as conditions of a query."""

from sqlalchemy import ColumnElement, true

from config.playbook import Playbook
from config.remits import Remit
from models.case import Case
from models.mention import Mention


def by_playbook(main: Playbook) -> list[tuple[Playbook, ColumnElement[bool]]]:
    """Each playbook with the cases that it holds for: brands' own first, the main one last."""
    own = [
        (book, Case.brand.in_([brand for brand, theirs in main.own.items() if theirs is book]))
        for book in main.books[1:]
    ]
    return [*own, (main, Case.brand.not_in(list(main.own)) if own else true())]


def mentions_of(remit: Remit) -> ColumnElement[bool]:
    """The posts that a lead looks after."""
    mine = Mention.queue.in_(remit.queues)
    return mine & Mention.brand.in_(remit.brands) if remit.brands else mine


def cases_of(remit: Remit) -> ColumnElement[bool]:
    """The cases that a lead looks after."""
    mine = Case.queue.in_(remit.queues)
    return mine & Case.brand.in_(remit.brands) if remit.brands else mine
