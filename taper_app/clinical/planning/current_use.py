"""What the way in which current use is known means for the plan: prescribed, reported, non-prescribed, how long."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.answer import PlanWarning, Severity
from taper_app.clinical.planning.facts import HOUSE_RULES
from taper_app.clinical.planning.request import UseSource
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.quantities import mg_of


def warnings_by_use(settled: Settled) -> Iterator[PlanWarning]:
    """Warnings for the whole plan, none of them tied to a step."""
    yield from _warnings_of_sources(settled)
    yield from _fewer_doses_of_short_acting(settled)
    if _taper_may_not_be_needed(settled):
        limit = settled.limits.no_taper_needed
        yield _warning(
            "taper-may-not-be-needed",
            Severity.INFO,
            f"Use of less than {limit.under_months} month, without a known risk of a seizure: stopping or a short "
            "taper may be enough. Sources differ; the patient reports any sign of withdrawal.",
            limit.source,
        )


def _warnings_of_sources(settled: Settled) -> Iterator[PlanWarning]:
    lines = settled.request.current
    bought = [line.drug for line in lines if line.source is UseSource.NON_PRESCRIBED]
    if bought:
        yield _warning(
            "non-prescribed-use",
            Severity.WARN,
            f"Not prescribed: {_listed(bought)}. What it contains may differ from what was bought; offer naloxone, "
            "also at discharge.",
        )
    told = [line.drug for line in lines if line.source is not UseSource.PRESCRIBED]
    if told and settled.request.patient.use_verified is Answer.YES:
        yield _warning(
            "verified-without-prescription",
            Severity.WARN,
            f"The use is called verified and no prescription stands behind {_listed(told)}: write down how it was "
            "verified.",
        )


def _fewer_doses_of_short_acting(settled: Settled) -> Iterator[PlanWarning]:
    """Signs of withdrawal between doses are to be expected when a short-acting medicine is given less often."""
    if settled.changes_medicine or not settled.medicine.acting.short_acting:
        return
    if len(settled.times) < len(settled.taken_now):
        yield _warning(
            "fewer-doses-a-day",
            Severity.WARN,
            f"{settled.medicine.name} is short-acting and taken {len(settled.taken_now)} times a day; with "
            f"{len(settled.times)} there may be withdrawal between the doses.",
        )


def _taper_may_not_be_needed(settled: Settled) -> bool:
    """Only for a short, prescribed and verified use in which every reason to taper was asked for and denied."""
    facts, limit = settled.request.patient, settled.limits.no_taper_needed
    is_short = facts.months_of_use is not None and facts.months_of_use < limit.under_months
    is_known = facts.use_verified is Answer.YES and all(
        line.source is UseSource.PRESCRIBED for line in settled.request.current
    )
    denied = (facts.seizure_history, facts.taken_for_epilepsy, facts.alcohol_co_use)
    return (
        is_short
        and is_known
        and all(answer is Answer.NO for answer in denied)
        and facts.other_sedatives is not None
        and not set(settled.start_amounts) & set(limit.never_with)
        and not _is_high_dose(settled)
    )


def _is_high_dose(settled: Settled) -> bool:
    """Above the guideline's printed moderate band; of several medicines or without a band, by the highest table."""
    amounts = settled.start_amounts
    if len(amounts) == 1:
        ((medicine, amount),) = amounts.items()
        if bands := settled.protocols.medicines[medicine].dose_bands:
            return mg_of(amount) > bands.moderate_up_to_mg
    otherwise = settled.limits.dose_bands_otherwise.moderate_up_to_diazepam_mg
    return settled.converter.highest_mg(amounts) > Fraction(otherwise)


def _listed(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _warning(code: str, severity: Severity, message: str, source: str = HOUSE_RULES) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=None, message=message, source=source)
