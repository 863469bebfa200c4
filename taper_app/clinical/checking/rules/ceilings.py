"""The largest fall in fourteen days, day by day in exact fractions: kept, signed for, or violated.

Source: interfaces.md, "Ceilings: refuse, sign or pass". A breach above the end zone needs an override
reason and a signature, one inside it a signature; the numbers are those of the protocol files.
"""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.ceiling_breaches import Breach, breaches_of, fall_percent, is_above
from taper_app.clinical.checking.shapes import RAISING_KINDS, WarningRead
from taper_app.clinical.checking.wording import percent
from taper_app.clinical.protocol.tapers import Ceiling, PublishedTaper
from taper_app.clinical.quantities import plain


def judge_ceilings(case: Case) -> None:
    _judge_first_cut(case)
    if case.plan.warnings is None:
        case.findings.not_judged("The plan has no list of warnings: nothing in it is signed for.")
    general = general_ceiling(case)
    own = case.taper.own_ceiling if case.taper is not None else None
    if own is not None:
        for breach in breaches_of(case, own):
            _judge_own(case, own, breach)
    if general is None:
        case.findings.not_judged("No general ceiling is shipped.")
    elif own is None or _is_wider(own, general):
        for breach in breaches_of(case, general):
            _judge_general(case, general, breach)
    if case.taper is None:
        case.findings.not_judged("The protocol's own ceiling is not judged: no shipped protocol is named.")


def breached_steps(case: Case) -> frozenset[int]:
    """Numbers of the steps that breach the ceiling they are judged by (they carry a signature, not a mere caution)."""
    own = case.taper.own_ceiling if case.taper is not None else None
    ceilings = {(each.percent, each.in_days): each for each in (own, general_ceiling(case)) if each is not None}
    return frozenset(breach.step.number for ceiling in ceilings.values() for breach in breaches_of(case, ceiling))


def general_ceiling(case: Case) -> Ceiling | None:
    taper = case.protocols.tapers.get(case.limits.ceiling_protocol)
    return taper.own_ceiling if taper is not None else None


def _judge_own(case: Case, ceiling: Ceiling, breach: Breach) -> None:
    sentence = breach.sentence(ceiling)
    if breach.above_end_zone and not case.is_overridden(breach.step):
        case.findings.violated(
            "ceiling", breach.step.number, f"{sentence} Above the end zone this needs an override reason."
        )
        return
    _signed_or_violated(case, "ceiling", breach.step.number, sentence, case.plan.signs_on(breach.step.number))


def _judge_general(case: Case, ceiling: Ceiling, breach: Breach) -> None:
    """A protocol without a ceiling of its own, or with a wider one, is held against the general one as well."""
    number, sentence = breach.step.number, breach.sentence(ceiling)
    is_excepted = case.taper is not None and _is_excepted(case.taper)
    if is_excepted and (breach.as_asked or case.began_before_the_change(breach.step)):
        _judge_published_fall(case, breach, sentence)
        return
    is_refused = is_excepted or (case.taper is not None and _is_long_use(case))
    if is_refused and breach.above_end_zone and not case.is_overridden(breach.step):
        why = (
            "the cut is bigger than the protocol's own"
            if is_excepted
            else "use has lasted three months or more, or unknown"
        )
        case.findings.violated(
            "ceiling-general", number, f"{sentence} Without an override reason this is refused: {why}."
        )
        return
    _signed_or_violated(case, "ceiling-general", number, sentence, case.plan.signs_on(number))


def _judge_published_fall(case: Case, breach: Breach, sentence: str) -> None:
    """The own cuts of a published ladder or inpatient protocol: one signature for the plan, a caution on each step."""
    number = breach.step.number
    signs = [w for w in case.plan.signs_on(None) if _is_about_the_fall(w)] or list(case.plan.signs_on(number))
    if signs and not case.plan.cautions_on(number):
        case.findings.violated(
            "ceiling-general", number, f"{sentence} The plan's signature stands, but this step has no warning."
        )
        return
    _signed_or_violated(case, "ceiling-general", number, sentence, tuple(signs))


def _signed_or_violated(case: Case, rule: str, step: int | None, sentence: str, signs: tuple[WarningRead, ...]) -> None:
    if signs:
        case.findings.accepted(rule, step, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated(rule, step, f"{sentence} No sign warning names it.")


def _judge_first_cut(case: Case) -> None:
    """More than so much below current use in the first cut is refused by every protocol, end zone or not."""
    start, limit = case.course.start, case.limits.first_cut_at_most
    if start is None or case.has_override:
        return
    until = len(case.plan.steps) if case.first_cut is None else case.first_cut + 1
    for step in case.plan.steps[:until]:
        if step.kind in RAISING_KINDS:
            return  # the cuts begin from a dose that a prescriber has ordered
        if case.is_overridden(step):
            continue
        pair = case.equivalents.comparable(start, step.amounts)
        if pair is not None and is_above(pair, Fraction(limit.percent)):
            case.findings.violated(
                "first-cut",
                step.number,
                f"The first cut is {percent(fall_percent(*pair))} below current use;"
                f" more than {plain(limit.percent)} % needs an override reason.",
            )
            return


def _is_excepted(taper: PublishedTaper) -> bool:
    return taper.is_published_ladder or taper.is_inpatient_only


def _is_long_use(case: Case) -> bool:
    """Three months or more, or not known."""
    months = case.request.patient.months_of_use if case.request is not None else None
    return months is None or months >= case.limits.long_use.months


def _is_wider(own: Ceiling, general: Ceiling) -> bool:
    return own.percent > general.percent or own.in_days < general.in_days


def _is_about_the_fall(warning: WarningRead) -> bool:
    """Whether a signature for the whole plan is one for its falls, not for facts that nobody asked about."""
    return warning.mentions("ceiling", "ladder", "14 days", "25 %", "25%", "pace")
