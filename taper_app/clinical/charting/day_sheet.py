"""One day of a chart as a sheet of paper shows it: sets side by side, doses, events, alerts, and who wrote them.

Moments are UTC. Late entries carry both times; a corrected entry carries what it took the place of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.records import Patient


@dataclass(frozen=True, slots=True)
class Written:
    """When something happened, when and by whom it was written down, and what stood there before."""

    happened_at: datetime
    recorded_at: datetime
    by: str
    before: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class SetColumn:
    """One observation set. ``news2`` and ``ciwa_b`` as they are printed, empty when nothing of them was charted."""

    written: Written
    observation: Observation
    news2: str
    ciwa_b: str
    level: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A dose, an event or an alert: what, and what became of it."""

    written: Written
    what: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The last hours of a stay. ``plan``: what stands; ``plan_counts`` False when it is unsigned or suspended."""

    patient: Patient
    age_years: int
    bed: str
    ward: str
    zone: str
    since: datetime
    until: datetime
    printed_by: str
    risks: tuple[str, ...]
    plan: str
    plan_counts: bool
    due: tuple[str, ...]
    sets: tuple[SetColumn, ...]
    doses: tuple[SheetLine, ...]
    events: tuple[SheetLine, ...]
    others: tuple[SheetLine, ...]
    alerts: tuple[SheetLine, ...]
