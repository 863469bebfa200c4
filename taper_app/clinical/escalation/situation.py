"""Everything a rule can look at: the facts of this set, the events, and the sets before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from taper_app.clinical.charting import scores
from taper_app.clinical.charting.case import PatientFacts
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.scores import ItemScore, News2Range
from taper_app.clinical.protocol.scales import Scale


class NotApplicable:
    """A fact that cannot be true of this patient (SpO2 under the scale that does not apply)."""


NOT_APPLICABLE: Final = NotApplicable()


@dataclass(frozen=True, slots=True)
class Bounded:
    """A score that is not complete: a test fires on the least, and is ruled out only by the most."""

    least: int
    most: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """Not known, and which inputs are missing (None stands for the usual inputs of the fact)."""

    missing: tuple[str, ...]


#: None: nobody assessed it.
FactValue = Decimal | int | bool | str | Bounded | Blank | NotApplicable | None


@dataclass(frozen=True, slots=True)
class ChartedEvent:
    """One event; ``hours_ago`` None when neither it nor its set says when (it then counts as recent)."""

    kind: str
    hours_ago: Decimal | None
    in_this_set: bool
    facts: Mapping[str, FactValue]


class ScoredSet:
    """One set and its scores, each worked out when it is first asked for.

    ``now``: the moment that is judged.
    """

    def __init__(
        self, observation: Observation, now: datetime | None, scales: Mapping[str, Scale], patient: PatientFacts
    ) -> None:
        self.observation = observation
        self._now = now
        self._scales = scales
        self._patient = patient

    @cached_property
    def hours_ago(self) -> Decimal | None:
        """None when the set, or the one that is judged, says no time."""
        return hours_between(self.observation.at, self._now)

    @cached_property
    def news2(self) -> News2Range:
        vitals = self.observation.vitals
        return scores.news2_range(vitals, self._patient.spo2_scale, self._scales[scores.NEWS2])

    @cached_property
    def ciwa_b(self) -> ItemScore:
        return scores.ciwa_b(self.observation.ciwa_b, self._scales[scores.CIWA_B])

    @cached_property
    def four_at(self) -> ItemScore:
        return scores.four_at(self.observation.four_at, self._scales[scores.FOUR_AT])

    @property
    def ciwa_b_form(self) -> str | None:
        """The wording that was used; the scale file's own when the set names none."""
        return self.observation.ciwa_b_form or self._scales[scores.CIWA_B].form


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules are evaluated on.

    ``earlier`` is newest first. ``earlier_facts`` and ``earlier_level`` judge one of them as it stood then; they
    are called only when a rule needs them.
    """

    facts: Mapping[str, FactValue]
    events: tuple[ChartedEvent, ...]
    events_asked: bool
    news2_is_valid: bool
    now: ScoredSet
    earlier: tuple[ScoredSet, ...]
    earlier_facts: Callable[[int], Mapping[str, FactValue]]
    earlier_level: Callable[[int], int]


def hours_between(earlier: datetime | None, later: datetime | None) -> Decimal | None:
    """Exact hours; None when one of the two is not known."""
    if earlier is None or later is None:
        return None
    gap = later - earlier
    return (Decimal(gap.days * 86_400 + gap.seconds) + Decimal(gap.microseconds) / 1_000_000) / 3600
