"""What a prescriber has to know, and partly to sign, where milligrams of one medicine become those of another.

Neither end of a range is safe by itself: too little risks withdrawal and a seizure, too much sedation.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from taper_app.clinical.planning.answer import PlanWarning, Severity, StepKind
from taper_app.clinical.planning.conversions import Conversion, conversion, direction_in_words
from taper_app.clinical.planning.equivalent_ranges import TableFigure
from taper_app.clinical.planning.facts import HOUSE_RULES, is_older_adult
from taper_app.clinical.planning.protocol_fit import medicine_of_pace
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.quantities import plain, rounded


def warnings_of_conversion(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    """For a change of medicine on its first step; for a pace written in another medicine for the whole plan."""
    first = next((i for i, segment in enumerate(timeline.segments, 1) if segment.kind is StepKind.CROSSOVER), None)
    if first is not None:
        yield from _warnings_of_change(settled, first)
    written_in = medicine_of_pace(settled)
    if written_in not in (None, settled.medicine.id):
        yield from _warnings_of_scaled_pace(settled, written_in)


def _warnings_of_change(settled: Settled, step: int) -> Iterator[PlanWarning]:
    is_watched_named = False
    leans: list[str] = []
    for medicine in settled.start_amounts:
        if medicine == settled.medicine.id:
            continue
        found = conversion(settled.converter, medicine, settled.medicine.id)
        assert found is not None, "parse_request refuses a change that no table converts"
        if found.differs_by(Fraction(settled.limits.tables_disagree_from.factor)):
            is_watched_named = True
            yield _differs(settled, found, step, f"{_lean(found)}{_watch(settled)}")
        elif direction := direction_in_words(found):
            leans.append(f"For {medicine}, {direction} ")
        yield from _warnings_of_evidence(found, step)
        if not settled.protocols.medicines[medicine].acting.short_acting:
            yield _warning(
                "switch-from-long-acting",
                Severity.SIGN,
                step,
                f"{medicine} is already long-acting: a change of medicine needs a reason, and the first offer is a "
                f"slower taper of {medicine} itself.",
            )
    if not is_watched_named:
        yield _warning(
            "sedation-after-each-slot",
            Severity.WARN,
            step,
            f"{''.join(leans)}{_watch(settled)}",
            settled.limits.sedation_watch_after_slot.source,
        )
    yield from _warnings_of_age(settled, step)


def _warnings_of_age(settled: Settled, step: int) -> Iterator[PlanWarning]:
    if not is_older_adult(settled):
        return
    present = [medicine for medicine in settled.start_amounts if medicine != settled.medicine.id]
    yield _warning(
        "switch-in-older-adult",
        Severity.SIGN,
        step,
        f"From {settled.limits.older_adult.from_age_years} years {settled.medicine.name} may build up over weeks: "
        f"the first offer is a slower taper of {' and '.join(present)} itself.",
        settled.limits.older_adult.source,
    )


def _lean(found: Conversion) -> str:
    """Said where the named table gives less than another: the watch for sedation alone would point the wrong way."""
    return f"{direction_in_words(found)} " if not found.chosen_is_highest else ""


def _watch(settled: Settled) -> str:
    return f"Watch for sedation for {settled.limits.sedation_watch_after_slot.hours} h after each slot."


def _warnings_of_scaled_pace(settled: Settled, written_in: str) -> Iterator[PlanWarning]:
    found = conversion(settled.converter, settled.medicine.id, written_in)
    assert found is not None, "a pace in another medicine needs a named table, and a request names one that lists both"
    if found.differs_by(Fraction(settled.limits.tables_disagree_from.factor)):
        yield _differs(settled, found, None, _lean_of_cuts(settled, found))
    yield from _warnings_of_evidence(found, None)


def _lean_of_cuts(settled: Settled, found: Conversion) -> str:
    """A table that makes the medicine strong makes a pace in mg diazepam go down in small cuts of it."""
    assert found.chosen is not None, "a pace is scaled by a named table only"
    pace = f"{settled.taper.name} is written in {found.into} and scaled by {found.chosen.short}"
    if found.chosen_is_lowest:
        return f"{pace}, which gives the larger cuts: they risk withdrawal and a seizure."
    if found.chosen_is_highest:
        return f"{pace}, which gives the smaller cuts: the plan is gentler and longer."
    return f"{pace}; by {found.highest.short} the cuts would be smaller, by {found.lowest.short} larger."


def _differs(settled: Settled, found: Conversion, step: int | None, words: str) -> PlanWarning:
    apart = settled.limits.tables_disagree_from.in_words
    high, low = found.highest, found.lowest
    if high.table == low.table:
        what = (
            f"{high.short} itself prints a {apart} range for {found.medicine}: "
            f"1 mg equals {_mg(low.low)} to {_mg(high.high)} mg {found.into}."
        )
    else:
        what = (
            f"Sources differ {apart} on {found.medicine}: 1 mg equals {_mg(high.high)} mg {found.into} "
            f"({_named(high)}) or {_mg(low.low)} mg ({_named(low)})."
        )
    return _warning("conversion-differs-between-sources", Severity.SIGN, step, f"{what} {words}", high.source)


def _named(figure: TableFigure) -> str:
    return figure.short if figure.evidence is Evidence.READ else f"{figure.short}, {figure.evidence.value}"


def _warnings_of_evidence(found: Conversion, step: int | None) -> Iterator[PlanWarning]:
    """A figure that nobody read in its source is named where it converts."""
    if found.chosen is None or found.chosen.evidence is Evidence.READ:
        return
    yield _warning(
        "equivalent-not-read-in-source",
        Severity.WARN,
        step,
        f"The figure by which {found.medicine} is converted ({found.chosen.short}, 1 mg equals "
        f"{_mg(found.chosen.low)} mg {found.into}) is marked: {found.chosen.evidence.mark}.",
        found.chosen.source,
    )


def _mg(mg: Fraction) -> str:
    """A figure per milligram, at most three decimals."""
    return plain(rounded(mg, 3))


def _warning(code: str, severity: Severity, step: int | None, message: str, source: str = HOUSE_RULES) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=step, message=message, source=source)
