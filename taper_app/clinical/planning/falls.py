"""How far the dose falls in so many days, compared as exact fractions, and how a finding about it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import PlanWarning, Severity
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.tapers import Ceiling
from taper_app.clinical.quantities import mg_of, percent_text

#: A daily dose: tenth_mcg by medicine.
Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fall:
    """The largest fall that appears in one step: percent of the dose ``in_days`` earlier."""

    index: int
    percent: Fraction
    earlier: Amounts
    table: str | None = None


def falls(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> list[Fall]:
    """The largest fall per step by the chosen table (milligrams when the medicine is the same), if any."""
    worst: dict[int, Fall] = {}
    for day in timeline.days_to_judge(ceiling.in_days):
        index = timeline.index_on(day)
        earlier, now = timeline.daily_on(day - timedelta(days=ceiling.in_days)), timeline.daily_on(day)
        percent = _fall_percent_by_chosen_table(settled, earlier, now)
        if percent > 0 and (index not in worst or percent > worst[index].percent):
            worst[index] = Fall(index, percent, earlier)
    return [worst[index] for index in sorted(worst)]


def _fall_percent_by_chosen_table(settled: Settled, earlier: Amounts, now: Amounts) -> Fraction:
    if len(earlier) == 1 and earlier.keys() >= now.keys():  # of one medicine milligrams say it, whatever a table says
        amount, left = sum(earlier.values()), sum(now.values())
        return Fraction((amount - left) * 100, amount)
    return fall_percent(settled.converter.chosen_mg(earlier), settled.converter.chosen_mg(now))


def fall_percent(earlier_mg: Fraction, now_mg: Fraction) -> Fraction:
    return (earlier_mg - now_mg) / earlier_mg * 100 if earlier_mg else Fraction(0)


def in_end_zone(settled: Settled, earlier: Amounts) -> bool:
    """Whether the dose that the fall is measured from lies in the guideline's printed low-dose band."""
    if len(earlier) == 1:
        (medicine, amount), bands = next(iter(earlier.items())), None
        bands = settled.protocols.medicines[medicine].dose_bands
        if bands:
            return mg_of(amount) <= bands.low_up_to_mg
    return settled.converter.highest_mg(earlier) <= Fraction(settled.limits.end_zone_otherwise_diazepam_mg.mg)


def fall_words(timeline: Timeline, fall: Fall, ceiling: Ceiling) -> str:
    before = timeline.daily_before(fall.index)
    if dict(before) == dict(fall.earlier):
        return f"This step is {percent_text(fall.percent)} % below the dose before it"
    return f"This step brings the fall over {ceiling.in_days} days to {percent_text(fall.percent)} %"


def daily_mg_of(amounts: Amounts) -> Decimal:
    return mg_of(sum(amounts.values()))


def warning_on(code: str, severity: Severity, index: int, message: str, source: str) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=index + 1, message=message, source=source)
