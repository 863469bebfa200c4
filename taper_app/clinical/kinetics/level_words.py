"""What stands beside a curve: which figures it was drawn with, what other sources print, and why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.citation import Cited
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Absorption, Form, HoursRange, Medicine
from taper_app.clinical.quantities import mg_text, plain

#: Swallowed and released at once: the forms that a time to the peak was read for.
_FORMS_READ = frozenset((Form.TABLET, Form.CAPSULE, Form.ODT, Form.LIQUID))


def why_no_level(plan: Plan, medicine: str, protocols: Protocols) -> str | None:
    """The end of a sentence (``no half-life was read in a source``); None when a level can be worked out."""
    known = protocols.medicines.get(medicine)
    if known is None:
        return "there is no file of it"
    if known.no_level_curve is not None:
        return known.no_level_curve.why
    if known.half_life is None:
        return "no half-life was read in a source"
    if known.absorption is None:
        return "no time to the peak was read in a source"
    for form in _forms(plan, medicine, protocols):
        if form not in _FORMS_READ:
            return f"it is taken as {form.in_words}, and how that is absorbed was not read in a source"
    return None


def figures_used(medicine: Medicine, protocols: Protocols) -> tuple[str, ...]:
    """A sentence for each figure: its range and source, and the ranges that others print, which are not used."""
    return tuple(_figures(medicine, protocols))


def reference_words(medicine: Medicine, reference_mg: Decimal, *, is_taken_before: bool) -> str:
    """What 100 % means."""
    when = "the dose before the plan" if is_taken_before else "the highest dose of the plan"
    return f"100 % is the mean level at steady state on {mg_text(reference_mg)} {medicine.name} a day, {when}."


def hours_words(low: Decimal, high: Decimal) -> str:
    """``18–50 h``, ``2 h``."""
    return f"{plain(low)} h" if low == high else f"{plain(low)}–{plain(high)} h"


def cited_words(cited: Cited, protocols: Protocols) -> str:
    """How a figure's source is named beside it, with its mark when it was not read there."""
    mark = cited.evidence.mark
    return protocols.source_short(cited.source) + (f", {mark}" if mark else "")


def _forms(plan: Plan, medicine: str, protocols: Protocols) -> Iterator[Form]:
    for step in plan.steps:
        for dose in step.doses:
            for piece in dose.pieces if dose.drug == medicine else ():
                stocked = protocols.product(piece.product)
                if stocked is not None:
                    yield stocked.product.form


def _figures(medicine: Medicine, protocols: Protocols) -> Iterator[str]:
    if medicine.half_life is not None:
        others = (f"{_of(one.of)}{_hours(one, protocols)}" for one in medicine.other_half_lives)
        yield _sentence("Half-life", _hours(medicine.half_life, protocols), others)
    if medicine.active_metabolite_half_life is not None:
        yield _sentence("Active metabolite: half-life", _hours(medicine.active_metabolite_half_life, protocols), ())
    if medicine.absorption is not None:
        others = (f"{_of(one.of)}{_tmax(one, protocols)}" for one in medicine.other_absorptions)
        yield _sentence("Time to the peak", _tmax(medicine.absorption, protocols), others)


def _sentence(what: str, used: str, others: Iterable[str]) -> str:
    rest = ", ".join(others)
    return f"{what} {used}." + (f" Others print {rest}." if rest else "")


def _of(what: str) -> str:
    return "" if what == "parent" else f"{what} "


def _hours(hours: HoursRange, protocols: Protocols) -> str:
    return f"{hours_words(hours.low_hours, hours.high_hours)} ({cited_words(hours, protocols)})"


def _tmax(peak: Absorption, protocols: Protocols) -> str:
    return f"{hours_words(peak.tmax_low_hours, peak.tmax_high_hours)} ({cited_words(peak, protocols)})"
