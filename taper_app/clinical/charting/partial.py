"""Sets that were begun and not finished, and patients who refused one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from taper_app.clinical.charting.observation import Observation, Vitals
from taper_app.clinical.protocol.bedside_rules import RefusalReview

REFUSED = "refused"


def vitals_are_partial(vitals: Vitals | None) -> bool:
    """Begun, and one of the seven readings of NEWS2 is blank."""
    if vitals is None:
        return False
    needed = (
        vitals.respiratory_rate,
        vitals.spo2,
        vitals.on_oxygen,
        vitals.systolic,
        vitals.pulse,
        vitals.celsius,
        vitals.acvpu,
    )
    begun = any(field is not None for _name, field in vitals)
    return begun and any(reading is None for reading in needed)


def is_partial(observation: Observation, *, ciwa_b_is_complete: bool) -> bool:
    """A reason was given, or vitals or CIWA-B have blanks; a block left out as a whole was not part of the set."""
    ciwa_b_begun = observation.ciwa_b is not None and bool(observation.ciwa_b.scores())
    ciwa_b_blank = ciwa_b_begun and not ciwa_b_is_complete
    return observation.not_done is not None or vitals_are_partial(observation.vitals) or ciwa_b_blank


@dataclass(frozen=True, slots=True)
class Refusal:
    """A set that was refused: when, and the level of the set before it (None: not known)."""

    at: datetime
    last_level: int | None


@dataclass(frozen=True, slots=True)
class TalkDue:
    """Somebody speaks with the patient who refused, by a moment. ``refused``: how many sets since the last talk."""

    first_refused_at: datetime
    by: datetime
    refused: int


def talk_due(refusals: Iterable[Refusal], talks: Iterable[datetime], rule: RefusalReview) -> TalkDue | None:
    """The talk that is still owed; None when there was one after the last refusal. One talk answers all before it."""
    last_talk = max(talks, default=None)
    open_ones = [refusal for refusal in refusals if last_talk is None or refusal.at > last_talk]
    if not open_ones:
        return None
    by = min(refusal.at + timedelta(days=rule.within_days(refusal.last_level)) for refusal in open_ones)
    return TalkDue(min(refusal.at for refusal in open_ones), by, len(open_ones))
