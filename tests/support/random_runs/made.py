"""An answer together with what it came from, as the invariants read it: exact fractions, no figure of the builder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from taper_app.clinical.planning.answer import Plan, Severity, Step, StepKind
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PublishedTaper

#: Milligrams a day by medicine.
Daily = Mapping[str, Fraction]


@dataclass(frozen=True)
class Made:
    """``asked`` is the request as it was written, ``request`` the same as it was read, before defaults."""

    asked: Mapping[str, Any]
    request: PlanRequest
    plan: Plan
    protocols: Protocols

    @cached_property
    def answer(self) -> dict[str, Any]:
        return self.plan.as_json()

    @property
    def taper(self) -> PublishedTaper:
        return self.protocols.tapers[self.plan.request.protocol]

    @property
    def drug(self) -> str:
        assert self.plan.request.taper_drug, "the request of an answer is complete"
        return self.plan.request.taper_drug

    @property
    def start(self) -> Daily:
        return {drug: Fraction(mg) for drug, mg in self.plan.starting_daily_mg.items()}

    @property
    def counted_from(self) -> Daily:
        """What falls are counted from: the present use, or the part of it that the plan starts with."""
        starts_at_a_part = self.plan.request.start_fraction_percent is not None
        return daily_of(self.plan.steps[0]) if starts_at_a_part else self.start

    @property
    def changes_medicine(self) -> bool:
        return any(step.kind is StepKind.CROSSOVER for step in self.plan.steps)

    @property
    def tables(self) -> list[EquivalenceTable]:
        return list(self.protocols.equivalence.values())

    def signed_on(self, step: int) -> bool:
        """Whether a prescriber is asked to accept something by name on this step."""
        return any(warning.step == step for warning in self.plan.to_sign)

    def signs(self, code: str) -> bool:
        return any(w.code == code and w.severity is Severity.SIGN for w in self.plan.warnings)


def daily_of(step: Step) -> Daily:
    return {drug: Fraction(mg) for drug, mg in step.daily_mg.items()}


def by_time(step: Step) -> dict[tuple[str, str], Fraction]:
    """The dose of each medicine at each time of day."""
    return {(dose.time, dose.drug): Fraction(dose.mg) for dose in step.doses}


def diazepam_mg(daily: Daily, table: EquivalenceTable) -> Fraction | None:
    """By one table (of a printed range the end with less diazepam); None when it does not list a medicine."""
    total = Fraction(0)
    for drug, mg in daily.items():
        entry = table.entry(drug)
        if entry is None:
            return None
        total += mg * entry.diazepam_mg_per_mg_low
    return total


def highest_diazepam_mg(daily: Daily, tables: list[EquivalenceTable]) -> Fraction:
    """By the highest shipped table for each medicine."""
    total = Fraction(0)
    for drug, mg in daily.items():
        total += mg * max(entry.diazepam_mg_per_mg_high for table in tables if (entry := table.entry(drug)))
    return total


def chosen_diazepam_mg(daily: Daily, made: Made) -> Fraction:
    """By the table that the request names; the highest where it names none."""
    named = made.plan.request.equivalence
    figure = diazepam_mg(daily, made.protocols.equivalence[named]) if named else None
    return highest_diazepam_mg(daily, made.tables) if figure is None else figure
