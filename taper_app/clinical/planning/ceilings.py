"""What a plan may not do: falls above the ceiling, a stop from too high, too much diazepam outside hospital.

Each breach is refused, or it passes as a warning that a prescriber signs (interfaces, "Ceilings"). All
percentages are compared as exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import LimitBroken, PlanWarning, Refusal, Severity, StepKind
from taper_app.clinical.planning.equivalents import by_table
from taper_app.clinical.planning.request import Setting
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.softer import what_would_soften
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.tapers import Ceiling
from taper_app.clinical.quantities import mg_of, mg_text, percent_text

Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fall:
    """The largest fall that appears in one step: percent of the dose ``in_days`` earlier."""

    index: int
    percent: Fraction
    earlier: Amounts
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The first reason to refuse (None when there is none), and what passes with a warning."""

    refusal: Refusal | None
    warnings: tuple[PlanWarning, ...]


def judge(settled: Settled, timeline: Timeline) -> Judgement:
    """Hold a finished timeline against every ceiling."""
    warnings: list[PlanWarning] = []
    for finding in _findings(settled, timeline):
        if isinstance(finding, Refusal):
            return Judgement(finding, tuple(warnings))
        warnings.append(finding)
    return Judgement(None, tuple(warnings))


def _findings(settled: Settled, timeline: Timeline) -> Iterator[Refusal | PlanWarning]:
    yield from _too_much_outside_hospital(settled, timeline)
    yield from _first_cut(settled, timeline)
    own = settled.taper.own_ceiling
    general = settled.protocols.tapers[settled.limits.ceiling_protocol].own_ceiling
    assert general is not None, "the protocol whose ceiling judges the others has one"
    if own:
        yield from _own_ceiling(settled, timeline, own)
    if own is None or (own.percent, -own.in_days) > (general.percent, -general.in_days):
        yield from _general_ceiling(settled, timeline, general)
    yield from _stop_from_too_high(settled, timeline)
    yield from _cuts_above_printed_maximum(settled, timeline, own or general)
    yield from _other_tables(settled, timeline, own or general)


def falls(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> list[Fall]:
    """The largest fall per step by the chosen table (milligrams when the medicine is the same), if any."""
    worst: dict[int, Fall] = {}
    for day in timeline.days_to_judge(ceiling.in_days):
        index = timeline.index_on(day)
        earlier, now = timeline.daily_on(day - timedelta(days=ceiling.in_days)), timeline.daily_on(day)
        percent = _fall_percent(settled.converter.chosen_mg(earlier), settled.converter.chosen_mg(now))
        if percent > 0 and (index not in worst or percent > worst[index].percent):
            worst[index] = Fall(index, percent, earlier)
    return [worst[index] for index in sorted(worst)]


def _fall_percent(earlier_mg: Fraction, now_mg: Fraction) -> Fraction:
    return (earlier_mg - now_mg) / earlier_mg * 100 if earlier_mg else Fraction(0)


def in_end_zone(settled: Settled, earlier: Amounts) -> bool:
    """Whether the dose that the fall is measured from lies in the guideline's printed low-dose band."""
    if len(earlier) == 1:
        (medicine, amount), bands = next(iter(earlier.items())), None
        bands = settled.protocols.medicines[medicine].dose_bands
        if bands:
            return mg_of(amount) <= bands.low_up_to_mg
    return settled.converter.highest_mg(earlier) <= Fraction(settled.limits.end_zone_otherwise_diazepam_mg.mg)


def _own_ceiling(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[Refusal | PlanWarning]:
    for fall in falls(settled, timeline, ceiling):
        if fall.percent <= Fraction(ceiling.percent):
            continue
        if in_end_zone(settled, fall.earlier):
            yield _in_end_zone(settled, timeline, fall, ceiling)
        elif settled.has_override:
            yield _overridden(settled, timeline, fall, ceiling)
        else:
            yield _refused(settled, timeline, fall, ceiling)


def _general_ceiling(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[Refusal | PlanWarning]:
    """A protocol without a ceiling of its own, or with a wider one, is judged by the general one as well."""
    months = settled.request.patient.months_of_use
    long_or_unknown = months is None or months >= settled.limits.long_use.months
    plan_wide_given = False
    for fall in falls(settled, timeline, ceiling):
        if fall.percent <= Fraction(ceiling.percent):
            continue
        bigger = timeline.segments[fall.index].is_bigger_than_asked
        if settled.taper.is_published_ladder and not bigger:
            if not plan_wide_given:
                plan_wide_given = True
                yield _ladder_above_ceiling(settled, ceiling)
            yield _warning(
                "ladder-step-above-ceiling",
                Severity.WARN,
                fall.index,
                f"{_fall_words(timeline, fall, ceiling)}; the ladder itself asks for it.",
                ceiling.source,
            )
        elif in_end_zone(settled, fall.earlier):
            yield _in_end_zone(settled, timeline, fall, ceiling)
        elif settled.has_override:
            yield _overridden(settled, timeline, fall, ceiling)
        elif long_or_unknown or settled.taper.is_published_ladder:
            yield _refused(settled, timeline, fall, ceiling)
        else:
            yield _warning(
                "above-general-ceiling",
                Severity.SIGN,
                fall.index,
                f"{_fall_words(timeline, fall, ceiling)}; this protocol prints no ceiling of its own.",
                ceiling.source,
            )


def _ladder_above_ceiling(settled: Settled, ceiling: Ceiling) -> PlanWarning:
    return PlanWarning(
        code="published-ladder-above-ceiling",
        severity=Severity.SIGN,
        step=None,
        message=(
            f"{settled.taper.name} goes down in milligrams: some of its own steps fall by more than "
            f"{percent_text(ceiling.percent)} % in {ceiling.in_days} days. Each is marked."
        ),
        source=ceiling.source,
    )


def _refused(settled: Settled, timeline: Timeline, fall: Fall, ceiling: Ceiling) -> Refusal:
    segment = timeline.segments[fall.index]
    before, now = timeline.daily_before(fall.index), segment.daily
    limit = f"{percent_text(ceiling.percent)} % in {ceiling.in_days} days"
    from_mg, to_mg = _daily_mg(before), _daily_mg(now)
    needed = f"{percent_text(fall.percent)} %"
    if segment.is_bigger_than_asked:
        message = (
            f"These products cannot keep the fall within {limit} below {mg_text(from_mg)} a day: "
            f"{_short(from_mg)} to {mg_text(to_mg)} is {needed}."
        )
    else:
        message = (
            f"This pace falls by {needed} in {ceiling.in_days} days at {mg_text(from_mg)} a day; the limit is {limit}."
        )
    return Refusal(
        code="ceiling",
        message=message,
        limits=(LimitBroken(limit=limit, needed=needed, at_daily_mg=from_mg, source=ceiling.source),),
    )


def _in_end_zone(settled: Settled, timeline: Timeline, fall: Fall, ceiling: Ceiling) -> PlanWarning:
    smallest = settled.makeable[settled.medicine.id].smallest
    cut = _smallest_cut(settled, timeline, fall)
    return _warning(
        "ceiling-in-end-zone",
        Severity.SIGN,
        fall.index,
        f"{_fall_words(timeline, fall, ceiling)}; {mg_text(mg_of(cut or smallest or 0))} is the smallest cut "
        f"these products can make. {what_would_soften(settled, cut or smallest or 0)}",
        ceiling.source,
    )


def _smallest_cut(settled: Settled, timeline: Timeline, fall: Fall) -> int:
    """How far the dose before has to fall at least: to the next makeable daily dose below it, or to nothing."""
    before = timeline.daily_before(fall.index).get(settled.medicine.id, 0)
    doses = settled.makeable[settled.medicine.id].doses
    by_time = timeline.segments[fall.index - 1].doses.values() if fall.index else settled.taken_now.values()
    cuts: list[int] = []
    for amounts in by_time:
        at_this_time = amounts.get(settled.medicine.id, 0)
        cuts.extend(at_this_time - dose for dose in doses if dose < at_this_time)
    return min(cuts, default=before)


def _overridden(settled: Settled, timeline: Timeline, fall: Fall, ceiling: Ceiling) -> PlanWarning:
    return _warning(
        "ceiling-overridden",
        Severity.SIGN,
        fall.index,
        f"{_fall_words(timeline, fall, ceiling)}, above the ceiling of {percent_text(ceiling.percent)} % in "
        f"{ceiling.in_days} days; an override reason was given.",
        ceiling.source,
    )


def _fall_words(timeline: Timeline, fall: Fall, ceiling: Ceiling) -> str:
    before = timeline.daily_before(fall.index)
    if dict(before) == dict(fall.earlier):
        return f"This step is {percent_text(fall.percent)} % below the dose before it"
    return f"This step brings the fall over {ceiling.in_days} days to {percent_text(fall.percent)} %"


def _first_cut(settled: Settled, timeline: Timeline) -> Iterator[Refusal | PlanWarning]:
    """No protocol may begin with a cut of more than a quarter, end zone or not."""
    limit = settled.limits.first_cut_at_most
    for index, segment in enumerate(timeline.segments):
        if segment.kind not in (StepKind.CUT, StepKind.STOP, StepKind.KEEP):
            continue
        before = settled.converter.chosen_mg(settled.start_amounts)
        percent = _fall_percent(before, settled.converter.chosen_mg(segment.daily))
        if percent > Fraction(limit.percent):
            message = (
                f"The first cut is {percent_text(percent)} % below current use; "
                f"the limit is {percent_text(limit.percent)} %."
            )
            if settled.has_override:
                yield _warning("first-cut-overridden", Severity.SIGN, index, message, limit.source)
            else:
                yield Refusal(
                    code="first-cut",
                    message=message,
                    limits=(
                        LimitBroken(
                            limit=f"{percent_text(limit.percent)} % at the first cut",
                            needed=f"{percent_text(percent)} %",
                            at_daily_mg=_daily_mg(timeline.daily_before(index)),
                            source=limit.source,
                        ),
                    ),
                )
        return


def _stop_from_too_high(settled: Settled, timeline: Timeline) -> Iterator[Refusal | PlanWarning]:
    limit = settled.limits.stop_without_override_at_most_diazepam_mg
    last = len(timeline.segments) - 1
    if timeline.segments[last].kind is not StepKind.STOP:
        return
    before = timeline.daily_before(last)
    highest = settled.converter.highest_mg(before)
    if highest <= Fraction(limit.mg):
        return
    message = (
        f"The last dose, {mg_text(_daily_mg(before))} a day, is up to {percent_text(highest)} mg diazepam-equivalent; "
        f"a stop from more than {mg_text(limit.mg)} is refused."
    )
    if settled.has_override:
        yield _warning("stop-from-high-dose", Severity.SIGN, last, message, limit.source)
    else:
        yield Refusal(
            code="stop-from-high-dose",
            message=message,
            limits=(
                LimitBroken(
                    limit=f"{mg_text(limit.mg)} diazepam-equivalent before the stop",
                    needed=f"{percent_text(highest)} mg",
                    at_daily_mg=_daily_mg(before),
                    source=limit.source,
                ),
            ),
        )


def _too_much_outside_hospital(settled: Settled, timeline: Timeline) -> Iterator[Refusal]:
    limit = settled.limits.outpatient_at_most_diazepam_mg
    if settled.request.setting is Setting.INPATIENT:
        return
    for segment in timeline.segments:
        diazepam = mg_of(segment.daily.get("diazepam", 0))
        if diazepam > limit.mg:
            yield Refusal(
                code="too-much-diazepam-outside-hospital",
                message=f"{mg_text(diazepam)} diazepam a day is above {mg_text(limit.mg)}, the most outside hospital.",
                limits=(
                    LimitBroken(
                        limit=f"{mg_text(limit.mg)} diazepam a day outside hospital",
                        needed=mg_text(diazepam),
                        at_daily_mg=diazepam,
                        source=limit.source,
                    ),
                ),
            )
            return


def _cuts_above_printed_maximum(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[PlanWarning]:
    """A makeable cut above the printed maximum, but within the ceiling, is worth knowing."""
    above_ceiling = {
        fall.index for fall in falls(settled, timeline, ceiling) if fall.percent > Fraction(ceiling.percent)
    }
    name = settled.medicine.id
    for index, segment in enumerate(timeline.segments):
        if segment.kind not in (StepKind.CUT, StepKind.KEEP) or index in above_ceiling:
            continue
        before, now = timeline.daily_before(index).get(name, 0), segment.daily.get(name, 0)
        if before > now and settled.pace.is_above_printed_maximum(before, now):
            percent = percent_text(Fraction(before - now, before) * 100)
            cause = (
                "These products cannot make a smaller cut." if segment.is_bigger_than_asked else "The request asks it."
            )
            yield _warning(
                "cut-above-printed-maximum",
                Severity.WARN,
                index,
                f"This step is {percent} % below the dose before it; the source prints "
                f"{settled.pace.printed_range(before)}. {cause}",
                settled.pace.source,
            )


def _other_tables(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[PlanWarning]:
    """While medicines differ, a breach or a rise by a table that was not chosen is signed, never refused."""
    yield from _rises_by_other_tables(settled, timeline)
    fallen: dict[int, list[tuple[str, Fraction]]] = {}
    for day in timeline.days_to_judge(ceiling.in_days):
        index = timeline.index_on(day)
        earlier, now = timeline.daily_on(day - timedelta(days=ceiling.in_days)), timeline.daily_on(day)
        if not now or _is_one_medicine(earlier, now):
            continue
        for table in _tables_not_chosen(settled, {**earlier, **now}):
            percent = _fall_percent(by_table(table, earlier), by_table(table, now))
            if percent > Fraction(ceiling.percent):
                fallen.setdefault(index, []).append((table.id, percent))
    for index, fallen_by in sorted(fallen.items()):
        names = " and ".join(dict.fromkeys(name for name, _ in fallen_by))
        yield _warning(
            "fall-by-another-table",
            Severity.SIGN,
            index,
            f"By {names} this step falls by {percent_text(max(p for _, p in fallen_by))} % in {ceiling.in_days} days.",
            ceiling.source,
        )


def _rises_by_other_tables(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    """One warning for the whole change, on the step where the rise above the dose before it is largest."""
    limit = 1 + Fraction(settled.limits.rise_by_another_table_at_most.percent) / 100
    risen: list[tuple[Fraction, int, EquivalenceTable]] = []
    for index, segment in enumerate(timeline.segments):
        now = segment.daily
        if _is_one_medicine(timeline.before, now):
            continue
        for table in _tables_not_chosen(settled, {**timeline.before, **now}):
            start_mg = by_table(table, timeline.before)
            if by_table(table, now) > start_mg * limit:
                risen.append((by_table(table, now) / start_mg, index, table))
    if not risen:
        return
    _, index, table = max(risen, key=lambda rise: (rise[0], -rise[1]))
    names = " and ".join(dict.fromkeys(each.id for _, _, each in risen))
    start_mg, now_mg = by_table(table, timeline.before), by_table(table, timeline.segments[index].daily)
    yield _warning(
        "rise-by-another-table",
        Severity.SIGN,
        index,
        f"By {names} the cross-over raises the dose from {percent_text(start_mg)} to "
        f"{percent_text(now_mg)} mg diazepam-equivalent.",
        table.entries[0].source,
    )


def _is_one_medicine(earlier: Amounts, now: Amounts) -> bool:
    """Whether milligrams alone say how the dose changed, whatever a table says."""
    return len({*earlier, *now}) <= 1


def _tables_not_chosen(settled: Settled, medicines: Amounts) -> Iterator[EquivalenceTable]:
    for table in settled.converter.tables_listing(medicines):
        if settled.converter.named is None or table.id != settled.converter.named.id:
            yield table


def _daily_mg(amounts: Amounts) -> Decimal:
    return mg_of(sum(amounts.values()))


def _short(mg: Decimal) -> str:
    return mg_text(mg).removesuffix(" mg")


def _warning(code: str, severity: Severity, index: int, message: str, source: str) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=index + 1, message=message, source=source)
