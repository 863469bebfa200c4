"""The plan builder: a request in, a plan or a refusal out. The same request always gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from taper_app.clinical.planning.answer import (
    Plan,
    PlanWarning,
    ProtocolUsed,
    Reason,
    Refusal,
    Severity,
    StepKind,
)
from taper_app.clinical.planning.ceilings import judge
from taper_app.clinical.planning.crossover import SlotNotMakeable, cross_over
from taper_app.clinical.planning.equivalents import by_table
from taper_app.clinical.planning.facts import HOUSE_RULES, refusal_by_facts, warnings_by_facts
from taper_app.clinical.planning.makeable import daily_doses
from taper_app.clinical.planning.pace import Ladder
from taper_app.clinical.planning.path import NoPath, PathRules, Start, days_of_start, find_path
from taper_app.clinical.planning.printed_range import refusal_by_printed_range
from taper_app.clinical.planning.request import PlanRequest, Setting
from taper_app.clinical.planning.settled import Settled, settle
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.planning.steps import (
    TARGET_REACHED,
    count_pieces,
    reason_for_cut,
    reason_for_stop,
    write_steps,
)
from taper_app.clinical.planning.timeline import Segment, Timeline
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_of, mg_text, percent_text

DAYS_PER_MONTH = Fraction(36525, 1200)
#: What begins when the present dose has been kept and the medicine has been changed.
_AFTER_LEAD_IN = (StepKind.CUT, StepKind.STOP, StepKind.KEEP)


@dataclass(frozen=True, slots=True)
class LeadIn:
    """Days on a dose that a prescriber has ordered before the first cut (restabilise, keep the dose).

    ``before`` and ``earlier`` are the daily doses (tenth_mcg) before the old plan and from the days on which its
    steps began: the ceilings look back over them.
    """

    kind: StepKind
    starts_on: date
    days: int
    reason: Reason
    before: Mapping[str, int]
    earlier: tuple[tuple[date, Mapping[str, int]], ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A plan, or a refusal together with the doses that led to it (for the remedies)."""

    settled: Settled
    outcome: Plan | Refusal
    timeline: Timeline | None = None


def attempt_plan(request: PlanRequest, protocols: Protocols, *, lead_in: LeadIn | None = None) -> Attempt:
    """Build once, without looking for remedies. The request has passed ``parse_request``."""
    settled = settle(request, protocols)
    refusal = refusal_by_facts(settled) or refusal_by_printed_range(settled)
    if refusal:
        return Attempt(settled, refusal)
    try:
        timeline = _timeline(settled, lead_in)
    except SlotNotMakeable as error:
        return Attempt(settled, _not_makeable(mg_text(mg_of(error.tenth_mcg)), error.medicine))
    except NoPath as error:
        return Attempt(settled, _no_path(settled, error.stuck_at))
    if too_long := _too_long(settled, timeline):
        return Attempt(settled, too_long, timeline)
    judgement = judge(settled, timeline)
    if judgement.refusal:
        return Attempt(settled, judgement.refusal, timeline)
    return Attempt(settled, _plan(settled, timeline, judgement.warnings), timeline)


def _timeline(settled: Settled, lead_in: LeadIn | None) -> Timeline:
    """All segments from the start to the end."""
    segments: list[Segment] = []
    first_cut = settled.request.start_on
    present = {time: dict(amounts) for time, amounts in settled.taken_now.items()}
    if lead_in:
        _require_present_makeable(settled)
        segments.append(
            Segment(lead_in.kind, lead_in.starts_on, lead_in.days, present, _present_target(settled), (lead_in.reason,))
        )
        first_cut = lead_in.starts_on + timedelta(days=lead_in.days)
    elif settled.request.setting is Setting.INPATIENT:
        _require_present_makeable(settled)
        segments.append(_stabilise(settled, present))
        first_cut = segments[-1].starts_on + timedelta(days=segments[-1].days)
    doses_now = {time: amounts.get(settled.medicine.id, 0) for time, amounts in present.items()}
    is_first_step = False
    if settled.changes_medicine:
        change = cross_over(settled, first_cut)
        segments.extend(change.segments)
        doses_now, is_first_step = change.doses_after, True
    segments.extend(_cuts(settled, doses_now, first_cut, segments, is_first_step))
    if lead_in:
        return Timeline(lead_in.before, tuple(segments), lead_in.earlier)
    return Timeline(settled.start_amounts, tuple(segments))


def _present_target(settled: Settled) -> Fraction | None:
    return None if settled.changes_medicine else Fraction(settled.start_amounts[settled.medicine.id])


def _require_present_makeable(settled: Settled) -> None:
    for amounts in settled.taken_now.values():
        for medicine, tenth_mcg in amounts.items():
            if tenth_mcg not in settled.makeable[medicine]:
                raise SlotNotMakeable(medicine, tenth_mcg)


def _stabilise(settled: Settled, present: dict[str, dict[str, int]]) -> Segment:
    limit = settled.limits.inpatient_stabilise
    return Segment(
        kind=StepKind.STABILISE,
        starts_on=settled.request.start_on,
        days=limit.days,
        doses=present,
        target=_present_target(settled),
        reasons=(
            Reason(
                text=f"In hospital the present dose is kept {limit.days} days before the first cut (a local default).",
                source=limit.source,
            ),
        ),
    )


def _cuts(
    settled: Settled, doses_now: dict[str, int], first_cut: date, before: list[Segment], is_first_step: bool
) -> list[Segment]:
    """The cuts down to the target. ``before`` may lose days: the last cross-over slot lasts as rule 2 says."""
    makeable = settled.makeable[settled.medicine.id]
    if makeable.smallest is None:
        raise SlotNotMakeable(settled.medicine.id, sum(doses_now.values()))
    rules = PathRules(
        pace=settled.pace,
        longest_step_days=settled.longest_step_days,
        target=settled.target,
        smallest=makeable.smallest,
        stop_allowed_up_to=_stop_allowed_up_to(settled),
    )
    same_times = set(doses_now) == set(settled.times)
    start_doses = tuple(doses_now[time] for time in settled.times) if same_times else None
    start = Start(start_doses, sum(doses_now.values()), len(settled.times), is_first_step, may_end=_is_kept(before))
    daily = daily_doses(makeable, len(settled.times), up_to=start.daily)
    splitter = SlotSplitter(makeable, settled.taper.slots, settled.medicine.acting.short_acting)
    given = find_path(start, daily, splitter, rules)
    starts_on = first_cut
    days_before: int | None = None
    if is_first_step:
        days_before = days_of_start(start, given, rules)
        last = before[-1]
        before[-1] = Segment(last.kind, last.starts_on, max(last.days, days_before), last.doses, None, last.reasons)
        starts_on = before[-1].starts_on + timedelta(days=before[-1].days)
    if rules.target == start.daily:
        return [_stay(settled, rules, doses_now, starts_on)]
    segments = []
    dose = start.daily
    for step in given:
        is_end = bool(rules.target) and step.daily == rules.target
        asked = max(rules.pace.lowest_after(dose), Fraction(rules.target))
        segments.append(
            Segment(
                kind=StepKind.KEEP if is_end else StepKind.CUT,
                starts_on=starts_on,
                days=step.days,
                doses={
                    time: {settled.medicine.id: amount} for time, amount in zip(settled.times, step.doses, strict=True)
                },
                target=asked,
                reasons=(reason_for_cut(settled, rules, dose, step.daily, days_before, daily),),
                is_bigger_than_asked=step.daily < rules.pace.lowest_after(dose),
            )
        )
        starts_on += timedelta(days=step.days)
        dose, days_before = step.daily, step.days
    if not rules.target:
        segments.append(_stop(settled, rules, dose, days_before or 0, starts_on))
    return segments


def _is_kept(before: Sequence[Segment]) -> bool:
    """Whether the cuts go on from a step of the old plan that is only kept longer: it may be the last one."""
    return bool(before) and before[-1].kind is StepKind.KEEP


def _stay(settled: Settled, rules: PathRules, doses_now: Mapping[str, int], starts_on: date) -> Segment:
    """The dose after a change of medicine is already the one to stay on."""
    return Segment(
        kind=StepKind.KEEP,
        starts_on=starts_on,
        days=0,
        doses={time: {settled.medicine.id: amount} for time, amount in doses_now.items()},
        target=Fraction(rules.target),
        reasons=(Reason(text=TARGET_REACHED, source=rules.pace.source),),
    )


def _stop_allowed_up_to(settled: Settled) -> Fraction:
    """The highest dose (tenth_mcg) that is still within the limit by the highest shipped table."""
    limit_mg = Fraction(settled.limits.stop_may_follow_at_most_diazepam_mg.mg)
    return limit_mg / settled.converter.high_factor(settled.medicine.id) * TENTH_MCG_PER_MG


def _stop(settled: Settled, rules: PathRules, last: int, days: int, starts_on: date) -> Segment:
    return Segment(
        kind=StepKind.STOP,
        starts_on=starts_on,
        days=0,
        doses={},
        target=Fraction(0),
        reasons=(reason_for_stop(settled, rules, last, days),),
        is_bigger_than_asked=rules.pace.lowest_after(last) > 0,
    )


def _not_makeable(dose: str, medicine: str) -> Refusal:
    return Refusal(
        code="not-makeable", message=f"The listed products cannot make {dose} of {medicine} at one time of day."
    )


def _no_path(settled: Settled, stuck_at: int) -> Refusal:
    target = settled.target
    if target and target > stuck_at:
        return Refusal(
            code="target-not-below",
            message=(
                f"The target of {mg_text(mg_of(target))} a day does not lie below {mg_text(mg_of(stuck_at))}, "
                "the dose that the cuts start from."
            ),
        )
    if target and target not in daily_doses(settled.makeable[settled.medicine.id], len(settled.times), up_to=target):
        return Refusal(
            code="not-makeable",
            message=f"The listed products cannot make the target of {mg_text(mg_of(target))} a day.",
        )
    return Refusal(
        code="not-makeable",
        message=f"Below {mg_text(mg_of(stuck_at))} a day the listed products make no further dose.",
    )


def _too_long(settled: Settled, timeline: Timeline) -> Refusal | None:
    limit = settled.limits.longest_plan
    days = (timeline.segments[-1].starts_on - timeline.segments[0].starts_on).days
    if days <= limit.days:
        return None
    return Refusal(
        code="too-long",
        message=f"This plan would take {days} days, more than ten years; ask for a faster pace or a maintenance dose.",
    )


def _plan(settled: Settled, timeline: Timeline, ceiling_warnings: Sequence[PlanWarning]) -> Plan:
    steps = write_steps(settled, timeline)
    stop = steps[-1] if steps[-1].kind is StepKind.STOP else None
    warnings = [*warnings_by_facts(settled), *_warnings_of_request(settled, timeline), *ceiling_warnings]
    return Plan(
        request=settled.request,
        protocol=ProtocolUsed(
            id=settled.taper.id, version=settled.taper.version, sha256=settled.protocols.sha256[settled.taper.id]
        ),
        equivalence=settled.request.equivalence,
        starting_daily_mg={name: mg_of(amount) for name, amount in timeline.before.items()},
        starts_on=steps[0].starts_on,
        first_day_without_drug=stop.starts_on if stop else None,
        steps=steps,
        dispense=count_pieces(steps),
        warnings=tuple(sorted(warnings, key=lambda warning: warning.step or 0)),
    )


def _warnings_of_request(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    if settled.changes_medicine:
        yield from _warnings_of_change(settled, timeline)
    if set(settled.times) != set(settled.taken_now):
        first_cut = next(i for i, segment in enumerate(timeline.segments, start=1) if segment.kind in _AFTER_LEAD_IN)
        yield _warning(
            "times-of-day-change",
            Severity.WARN,
            first_cut,
            "The times of day change with the first cut; tell the patient.",
        )
    if isinstance(settled.pace, Ladder):
        start = settled.start_amounts.get(settled.medicine.id) or 0
        highest = max((segment.daily.get(settled.medicine.id, 0) for segment in timeline.segments), default=0)
        if settled.pace.is_above_highest_band(max(start, highest)):
            top = settled.pace.printed.bands[0]
            yield _warning(
                "above-highest-band",
                Severity.WARN,
                None,
                f"The ladder prints nothing above {mg_text(top.from_mg)}; its highest band's step is used there.",
                top.source,
            )
    days = (timeline.segments[-1].starts_on - timeline.segments[0].starts_on).days
    limit = settled.limits.long_plan_warning
    if days > limit.months * DAYS_PER_MONTH:
        yield _warning(
            "long-plan",
            Severity.WARN,
            None,
            f"This plan takes {days} days, more than {limit.months} months.",
            limit.source,
        )


def _warnings_of_change(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    first = next(i + 1 for i, segment in enumerate(timeline.segments) if segment.kind is StepKind.CROSSOVER)
    for medicine in settled.start_amounts:
        if medicine == settled.medicine.id:
            continue
        figures = {
            table.short: by_table(table, {medicine: TENTH_MCG_PER_MG})
            for table in settled.converter.tables_listing({medicine: 1})
        }
        if figures and max(figures.values()) >= 2 * min(figures.values()):
            high, low = max(figures, key=lambda n: figures[n]), min(figures, key=lambda n: figures[n])
            yield _warning(
                "conversion-differs-between-sources",
                Severity.SIGN,
                first,
                f"Sources differ two-fold on {medicine}: 1 mg equals {percent_text(figures[high])} mg diazepam "
                f"({high}) or {percent_text(figures[low])} mg ({low}). Watch for sedation for 72 h after each slot.",
                _source_of_table(settled, high),
            )
        if not settled.protocols.medicines[medicine].acting.short_acting:
            yield _warning(
                "switch-from-long-acting",
                Severity.SIGN,
                first,
                f"{medicine} is already long-acting: a change of medicine needs a reason.",
                HOUSE_RULES,
            )


def _source_of_table(settled: Settled, short: str) -> str:
    return next(table.entries[0].source for table in settled.converter.tables if table.short == short)


def _warning(code: str, severity: Severity, step: int | None, message: str, source: str = HOUSE_RULES) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=step, message=message, source=source)
