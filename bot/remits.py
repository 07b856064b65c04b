"""What a lead may switch: everything, or what concerns nobody but the brands that they lead."""

from bot.blocks.text import escape
from bot.office import Office
from config.remits import Remit
from models.errors import NotAllowed


def must_lead(office: Office, by: str) -> Remit:
    """What somebody looks after. Raises NotAllowed for whoever leads nothing."""
    remit = office.playbook.remits.get(by)
    if remit is None:
        raise NotAllowed("Only a lead can switch this. Ask in the leads' channel.")
    return remit


def must_lead_queue(office: Office, by: str, queue: str) -> None:
    """Raises NotAllowed for whoever may not switch this queue, or ALL: leads of single brands switch queues
    that take only those."""
    remit, book = must_lead(office, by), office.playbook
    takes = book.queue(queue).brands if queue else ()
    if remit.brands and not (takes and set(takes) <= set(remit.brands)):
        where = f"#{book.queue(queue).channel}" if queue else "all queues"
        raise NotAllowed(f"Cases of other brands are in {where} too: ask a lead of all brands.")


def must_lead_brand(office: Office, by: str, brand: str | None) -> Remit:
    """What somebody looks after. Raises NotAllowed for whoever leads other brands than this."""
    remit = must_lead(office, by)
    if brand is not None and not remit.has(brand):
        raise NotAllowed(f"Only a lead of {escape(brand)} can do this.")
    return remit
