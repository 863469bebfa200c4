"""The largest fall in fourteen days, day by day in exact fractions: kept, signed for, or violated.

Source: interfaces.md, "Ceilings: refuse, sign or pass". A breach above the end zone needs an override
reason and a signature, one inside it a signature; the numbers are those of the protocol files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import Amounts, StepRead, WarningRead
from taper_app.clinical.checking.wording import day_dose, number, percent
from taper_app.clinical.protocol.tapers import Ceiling


@dataclass(frozen=True, slots=True)
class Breach:
    """The largest fall in one step. ``above_end_zone``: on some day the dose before the fall lay above it."""

    step: StepRead
    fall_percent: Fraction
    before: Amounts
    after: Amounts
    above_end_zone: bool
    as_asked: bool
    """Every cut inside the days looked at was no bigger than the pace itself asks."""

    def sentence(self, ceiling: Ceiling) -> str:
        return (
            f"Within {ceiling.in_days} days the dose falls from {day_dose(self.before)} to {day_dose(self.after)},"
            f" {percent(self.fall_percent)}; the ceiling is {number(Fraction(ceiling.percent))} %."
        )


def judge_ceilings(case: Case) -> None:
    _judge_first_cut(case)
    if case.plan.warnings is None:
        case.findings.not_judged("The plan has no list of warnings: nothing in it is signed for.")
    general = _general_ceiling(case)
    own = case.taper.own_ceiling if case.taper is not None else None
    if own is not None:
        for breach in _breaches(case, own):
            _judge_own(case, own, breach)
    if general is None:
        case.findings.not_judged("No general ceiling is shipped.")
    elif own is None or _is_wider(own, general):
        for breach in _breaches(case, general):
            _judge_general(case, general, breach)
    if case.taper is None:
        case.findings.not_judged("The protocol's own ceiling is not judged: no shipped protocol is named.")


def _judge_own(case: Case, ceiling: Ceiling, breach: Breach) -> None:
    sentence = breach.sentence(ceiling)
    if breach.above_end_zone and not case.has_override:
        case.findings.violated(
            "ceiling", breach.step.number, f"{sentence} Above the end zone this needs an override reason."
        )
        return
    _signed_or_violated(case, "ceiling", breach.step.number, sentence, case.plan.signs_on(breach.step.number))


def _judge_general(case: Case, ceiling: Ceiling, breach: Breach) -> None:
    """A protocol without a ceiling of its own, or with a wider one, is held against the general one as well."""
    number_, sentence = breach.step.number, breach.sentence(ceiling)
    is_ladder = case.taper is not None and case.taper.is_published_ladder
    if is_ladder and breach.as_asked:
        _judge_published_fall(case, breach, sentence)
        return
    is_refused = is_ladder or (case.taper is not None and _is_long_use(case))
    if is_refused and breach.above_end_zone and not case.has_override:
        why = (
            "the cut is bigger than the ladder's own"
            if is_ladder
            else "use has lasted three months or more, or unknown"
        )
        case.findings.violated(
            "ceiling-general", number_, f"{sentence} Without an override reason this is refused: {why}."
        )
        return
    _signed_or_violated(case, "ceiling-general", number_, sentence, case.plan.signs_on(number_))


def _judge_published_fall(case: Case, breach: Breach, sentence: str) -> None:
    """A published ladder's own cuts: one signature for the plan, and a caution on each step."""
    number_ = breach.step.number
    signs = [w for w in case.plan.signs_on(None) if _is_about_the_fall(w)] or list(case.plan.signs_on(number_))
    if signs and not case.plan.cautions_on(number_):
        case.findings.violated(
            "ceiling-general", number_, f"{sentence} The plan's signature stands, but this step has no warning."
        )
        return
    _signed_or_violated(case, "ceiling-general", number_, sentence, tuple(signs))


def _signed_or_violated(case: Case, rule: str, step: int | None, sentence: str, signs: tuple[WarningRead, ...]) -> None:
    if signs:
        case.findings.accepted(rule, step, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated(rule, step, f"{sentence} No sign warning names it.")


def _judge_first_cut(case: Case) -> None:
    """More than so much below current use in the first cut is refused by every protocol, end zone or not."""
    start = case.course.start
    most = Fraction(case.limits.first_cut_at_most.percent)
    if start is None or case.has_override:
        return
    for step in case.plan.steps:
        pair = case.equivalents.comparable(start, step.amounts)
        if pair is None or pair[1] >= pair[0]:
            continue
        fall = _fall_percent(*pair)
        if fall > most:
            case.findings.violated(
                "first-cut",
                step.number,
                f"The first cut is {percent(fall)} below current use;"
                f" more than {number(most)} % needs an override reason.",
            )
        return


def breached_steps(case: Case) -> frozenset[int]:
    """Numbers of the steps that breach the ceiling they are judged by (they carry a signature, not a mere caution)."""
    own = case.taper.own_ceiling if case.taper is not None else None
    ceilings = [ceiling for ceiling in (own, _general_ceiling(case)) if ceiling is not None]
    return frozenset(breach.step.number for ceiling in ceilings for breach in _breaches(case, ceiling))


def _breaches(case: Case, ceiling: Ceiling) -> Iterator[Breach]:
    """The worst day of each step whose fall is above the ceiling; exactly at it is none."""
    worst: dict[int, Breach] = {}
    for day in range(case.course.last_day + 1):
        before, after = case.course.amounts_on(day - ceiling.in_days), case.course.amounts_on(day)
        if before is None or after is None:
            continue
        pair = case.equivalents.comparable(before, after)
        if pair is None or not pair[0]:
            continue
        fall = _fall_percent(*pair)
        if fall <= Fraction(ceiling.percent):
            continue
        step = case.course.step_on(day)
        known = worst.get(step.number)
        above = _is_above_end_zone(case, before)
        as_asked = _is_as_asked(case, day, ceiling.in_days)
        worst[step.number] = Breach(
            step=step,
            fall_percent=max(fall, known.fall_percent) if known else fall,
            before=known.before if known and known.fall_percent >= fall else before,
            after=known.after if known and known.fall_percent >= fall else after,
            above_end_zone=above or (known is not None and known.above_end_zone),
            as_asked=as_asked and (known is None or known.as_asked),
        )
    yield from worst.values()


def _is_as_asked(case: Case, day: int, in_days: int) -> bool:
    """Whether each cut of the days looked at is no bigger than the pace asks."""
    if case.pace is None:
        return False
    for changed in range(max(day - in_days + 1, 0), day + 1):
        before, after = case.course.amounts_on(changed - 1), case.course.amounts_on(changed)
        if before is None or after is None or before == after:
            continue
        dose, lower = case.paced(before), case.paced(after)
        if dose is None or lower is None or (lower < dose and lower < case.pace.asked(dose)[0]):
            return False
    return True


def _is_above_end_zone(case: Case, amounts: Amounts) -> bool:
    """The end zone is the printed low-dose band of the one medicine, otherwise a diazepam dose by the highest table."""
    if len(amounts) == 1:
        ((medicine, dose),) = amounts.items()
        entry = case.protocols.medicines.get(medicine)
        if entry is not None and entry.dose_bands is not None:
            return dose > Fraction(entry.dose_bands.low_up_to_mg)
    high = case.equivalents.high(amounts)
    return high is None or high > Fraction(case.limits.end_zone_otherwise_diazepam_mg.mg)


def _is_long_use(case: Case) -> bool:
    """Three months or more, or not known."""
    months = case.request.patient.months_of_use if case.request is not None else None
    return months is None or months >= case.limits.long_use.months


def _general_ceiling(case: Case) -> Ceiling | None:
    taper = case.protocols.tapers.get(case.limits.ceiling_protocol)
    return taper.own_ceiling if taper is not None else None


def _is_wider(own: Ceiling, general: Ceiling) -> bool:
    return own.percent > general.percent or own.in_days < general.in_days


def _is_about_the_fall(warning: WarningRead) -> bool:
    """Whether a signature for the whole plan is one for its falls, not for facts that nobody asked about."""
    return warning.mentions("ceiling", "ladder", "14 days", "25 %", "25%", "pace")


def _fall_percent(earlier: Fraction, now: Fraction) -> Fraction:
    return (earlier - now) * 100 / earlier
