"""Starting below what a patient reports: where nobody verified a high use, the whole of it could sedate.

Only on a ward, in divided doses, topped up to signs; never for verified use (clinical rules, section 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.answer import LimitBroken, PlanWarning, Reason, Refusal, Severity
from taper_app.clinical.planning.request import PlanRequest, Setting, UseSource
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.quantities import mg_text, percent_text


def refusal_by_start_fraction(settled: Settled) -> Refusal | None:
    """Every condition that is not met, in one refusal."""
    percent = settled.request.start_fraction_percent
    if percent is None:
        return None
    missing = tuple(_missing(settled, percent))
    if not missing:
        return None
    wanted = "; ".join(f"{limit.limit} (here {limit.needed})" for limit in missing)
    return Refusal(
        code="start-fraction",
        message=f"A start at {percent_text(percent)} % of the reported dose is refused; it asks for {wanted}.",
        limits=missing,
        whom_to_ask="An addiction specialist with inpatient beds; the reported dose can be verified first.",
    )


def _missing(settled: Settled, percent: Decimal) -> Iterator[LimitBroken]:
    limit, request = settled.limits.start_at_fraction, settled.request
    if request.setting is not Setting.INPATIENT:
        yield _broken(settled, "inpatient care", "outside hospital")
    if request.patient.use_verified is not Answer.NO:
        yield _broken(settled, "use that was looked into and not verified", _verified_words(request))
    prescribed = [line for line in request.current if line.source is UseSource.PRESCRIBED]
    if prescribed:
        yield _broken(settled, "reported or non-prescribed use", f"{prescribed[0].drug} is prescribed")
    equivalent = settled.converter.chosen_or_lowest_mg(settled.reported_amounts)
    if equivalent <= Fraction(limit.above_diazepam_mg):
        yield _broken(
            settled,
            f"more than {mg_text(limit.above_diazepam_mg)} diazepam-equivalent a day",
            f"{percent_text(equivalent)} mg",
        )
    if len(settled.reported) < limit.at_least_doses_a_day:
        yield _broken(settled, f"at least {limit.at_least_doses_a_day} doses a day", str(len(settled.reported)))
    if percent < limit.at_least_percent and not settled.has_override:
        yield _broken(
            settled,
            f"at least {percent_text(limit.at_least_percent)} % without an override reason",
            f"{percent_text(percent)} %",
        )


def _verified_words(request: PlanRequest) -> str:
    return "verified" if request.patient.use_verified is Answer.YES else "not assessed"


def _broken(settled: Settled, limit: str, needed: str) -> LimitBroken:
    return LimitBroken(limit=limit, needed=needed, source=settled.limits.start_at_fraction.source)


def reason_for_start(settled: Settled, percent: Decimal) -> Reason:
    """Why the first dose lies below the reported one."""
    return Reason(
        text=f"{percent_text(percent)} % of the reported dose, each dose rounded up to what the products make.",
        source=settled.limits.start_at_fraction.source,
    )


def warnings_of_start(settled: Settled) -> Iterator[PlanWarning]:
    """One warning to sign on the first step."""
    percent, limit = settled.request.start_fraction_percent, settled.limits.start_at_fraction
    if percent is None:
        return
    below = f" {percent_text(percent)} % is below the {percent_text(limit.at_least_percent)} % that a source prints."
    yield PlanWarning(
        code="start-at-fraction",
        severity=Severity.SIGN,
        step=1,
        message=(
            f"The plan starts at {percent_text(percent)} % of a reported dose that nobody verified: top up to signs "
            "where the patient is watched, score sedation before each dose, and do not go below this dose until the "
            f"first cut.{below if percent < limit.at_least_percent else ''}"
        ),
        source=limit.source,
    )
