"""Doses were missed: taken up again as before, after a sedation check, or not by a plan at all.

A gap is no taper progress: the rest is shifted. A cut that fell into the gap was none: the dose before it is taken up
again, on paper a step back, and has its whole time. Source: clinical rules, section 5; the hours stand in
``limits.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend.changes import Missed
from taper_app.clinical.planning.amend.order import Order, keep_open, lead_in, written_for
from taper_app.clinical.planning.amend.standing import NO_DOSE, Standing, standing_on
from taper_app.clinical.planning.amend.step_back import rise
from taper_app.clinical.planning.answer import LimitBroken, Plan, PlanWarning, Refusal, Severity, StepKind
from taper_app.clinical.protocol.library import Protocols

_DAY = timedelta(days=1)
_WHOM_TO_ASK = (
    "A prescriber titrates anew from a low dose, with sedation scored before each dose; the dose that is found is "
    "ordered by restabilise."
)


def missed(plan: Plan, change: Missed, protocols: Protocols) -> Order | Refusal:
    """The dose that was taken last goes on for the days that it had left, so that the rest is later by the gap."""
    gap = _Gap.of(plan, change)
    standing = _taken_up_again(plan, change, gap)
    hours = gap.hours(standing)
    if refusal := _needs_titration(standing, hours, protocols):
        return refusal
    warnings = [_sedation_check(hours, protocols)]
    text = f"Doses were missed from {gap.first_day} on; the same dose is taken up again: {change.reason}"
    if standing.is_suspended or standing.days_left is None:
        order = keep_open(standing, change, text, protocols, days_left=standing.days_left)
        return replace(order, warnings=tuple(warnings))
    days = standing.days_left + gap.days_beside(change.on)
    written, on_paper = written_for(standing, change, days, protocols), _on_paper(plan, change.on)
    if on_paper != standing.daily_mg:
        warnings.append(rise(on_paper, standing.daily_mg, "because the cut fell into the missed days and was not made"))
        ordered = lead_in(plan, StepKind.STEP_BACK, change.on, days, text, days_given=0)
    else:
        is_timed = standing.days_given is not None
        ordered = lead_in(plan, StepKind.KEEP, change.on, days, text, days_given=standing.days_given, is_exact=is_timed)
    return Order(written, ordered, warnings=tuple(warnings))


@dataclass(frozen=True, slots=True)
class _Gap:
    """``taken_on``: the day on which doses are taken again. ``hours_between`` is known when moments were named."""

    first_day: date
    taken_on: date
    is_told_late: bool
    hours_between: Fraction | None

    @classmethod
    def of(cls, plan: Plan, change: Missed) -> _Gap:
        """Raises InputRefused when the days do not fit the plan or the day of the change."""
        first, last = _day(change.since), _day(change.to)
        faults = []
        if first < plan.starts_on:
            faults.append(Fault("from", f"That lies before the plan's start on {plan.starts_on}; choose a later day."))
        if change.on < last:
            faults.append(Fault("on", f"Doses are missed until {last}; choose that day or the one after it."))
        if faults:
            raise InputRefused(faults)
        if isinstance(change.since, datetime) and isinstance(change.to, datetime):
            between = Fraction((change.to - change.since) // timedelta(minutes=1), 60)
            return cls(first, last, change.on > last, between)
        taken_on = last if change.on == last else last + _DAY
        return cls(first, taken_on, change.on > taken_on, None)

    @property
    def days(self) -> int:
        """Days that are no progress, a part of a day for a whole one."""
        if self.hours_between is not None:
            return max(1, ceil(self.hours_between / 24))
        return max(1, (self.taken_on - self.first_day).days)

    def days_beside(self, on: date) -> int:
        """How many of them are not counted already because the rest begins on ``on`` and not on the first day."""
        return self.days if self.is_told_late else max(0, self.days - (on - self.first_day).days)

    def hours(self, standing: Standing) -> Fraction:
        """From the last dose before the gap to the first after it; doses of one day that were only late are none."""
        if self.hours_between is not None:
            return self.hours_between
        if self.taken_on == self.first_day:
            return Fraction(0)
        clock = sorted(_hours(str(line["time"])) for line in standing.current())
        return ((self.taken_on - self.first_day).days + 1) * 24 - (clock[-1] - clock[0])


def _taken_up_again(plan: Plan, change: Missed, gap: _Gap) -> Standing:
    """The dose before the gap, as it stood then; told late, the dose that has been taken again since.

    A cut that was due on the first missed day has its dose's time behind it: then it is the lower dose.
    """
    if gap.is_told_late:
        return standing_on(plan, change.on)
    standing = standing_on(plan, gap.first_day)
    if standing.days_left == 0 and gap.first_day < change.on and not standing.is_suspended:
        step = plan.step_on(gap.first_day)
        assert step is not None, "the gap does not begin before the plan"
        if not step.doses:
            raise InputRefused([Fault("from", NO_DOSE)])
        standing = replace(standing, step=step, days_left=step.days or None, days_given=0)
    return replace(standing, on=change.on)


def _needs_titration(standing: Standing, hours: Fraction, protocols: Protocols) -> Refusal | None:
    limit = protocols.limits.missed_doses
    if hours < limit.same_dose_under_hours:
        return None
    most, why = Fraction(limit.same_dose_up_to_hours), f"{limit.same_dose_up_to_hours} hours"
    for name in standing.daily_mg:
        half_life = protocols.medicines[name].half_life
        if half_life and (washed_out := Fraction(half_life.low_hours) * limit.half_lives) < most:
            most, why = washed_out, f"{limit.half_lives} half-lives of {name} ({int(washed_out)} hours)"
    if hours <= most:
        return None
    return Refusal(
        code="re-titration",
        message=f"{ceil(hours)} hours without a dose are more than {why}: the old dose is never restarted by a plan.",
        limits=(LimitBroken(limit=why, needed=f"{ceil(hours)} hours", source=limit.source),),
        whom_to_ask=_WHOM_TO_ASK,
    )


def _sedation_check(hours: Fraction, protocols: Protocols) -> PlanWarning:
    limit = protocols.limits.missed_doses
    is_short = hours < limit.same_dose_under_hours
    return PlanWarning(
        code="doses-missed-briefly" if is_short else "doses-missed",
        severity=Severity.INFO if is_short else Severity.SIGN,
        step=1,
        message=(
            f"Less than {limit.same_dose_under_hours} hours without a dose: the same dose, never doubled."
            if is_short
            else f"{ceil(hours)} hours without a dose: score sedation before the first one; the same dose, never "
            "doubled, on a prescriber's word."
        ),
        source=limit.source,
    )


def _on_paper(plan: Plan, on: date) -> dict[str, Decimal]:
    """What the plan gave on the day before."""
    step = plan.step_on(on - _DAY)
    return dict(step.daily_mg) if step else dict(plan.starting_daily_mg)


def _day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _hours(clock: str) -> Fraction:
    hours, minutes = clock.split(":")
    return int(hours) + Fraction(int(minutes), 60)
