"""Every table in one place, for migrations."""

from models import (
    absence,
    approved_answer,
    case,
    certificate,
    digest,
    employee,
    escalation,
    event,
    handled,
    handover,
    mention,
    outbox,
    overrule,
    practice,
    presence,
    reply,
    source_state,
    switch,
)
from models.base import Base

TABLES = (
    absence,
    approved_answer,
    case,
    certificate,
    digest,
    employee,
    escalation,
    event,
    handled,
    handover,
    mention,
    outbox,
    practice,
    overrule,
    presence,
    reply,
    source_state,
    switch,
)
metadata = Base.metadata
