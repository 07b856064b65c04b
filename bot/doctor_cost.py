"""`doctor` on what reading costs."""

from collections.abc import Iterator

from bot.doctor import Line
from bot.ledger import month_of
from bot.office import Office
from config.errors import SettingsError


def cost_finding(office: Office) -> Iterator[Line]:
    """For `doctor`: how the month's budget stands, where X is read and the database can be."""
    if office.playbook.sources.x is None:
        return
    try:
        office.db.refuse_another_version()
    except SettingsError:
        return  # it has been said
    with office.db.reading() as session:
        month = month_of(session, office.playbook, office.clock())
    if month.budget is None or month.budget.monthly is None:
        yield Line("note", "X's cost", f"{month}; no bound: sources.x.budget in the playbook sets one")
    elif month.left == 0:
        yield Line("bad", "X's cost", f"{month}: only direct mentions are read until the month ends (UTC)")
    else:
        yield Line("ok", "X's cost", str(month))
