"""Which medicine to taper with instead of the refused one: the present one, or a long-acting one with small steps.

Nothing here is known to work; ``remedies`` tries every change. A table that was named stays named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from taper_app.clinical.planning.answer import Remedy
from taper_app.clinical.planning.build import Attempt
from taper_app.clinical.planning.equivalents import by_table
from taper_app.clinical.planning.protocol_fit import NEEDS_TABLE
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, percent_text, plain

Change = dict[str, Any]


def present_medicine(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """What is taken now instead of a change: where the change itself is unsafe, more slowly first."""
    settled = attempt.settled
    if not settled.changes_medicine:
        return
    present = list(settled.start_amounts)
    targets = settled.limits.crossover_targets.medicines
    for name in present:
        if name == settled.medicine.id or (len(present) > 1 and name not in targets):
            continue
        change: Change = {"taper_drug": name}
        if request.products is not None:
            change["products"] = _usual_products(settled, [name] if len(present) == 1 else present)
        if attempt.refusal.code == "liver-impairment":
            yield from _slower(settled, change, name)
        what = f"Taper {name} itself." if len(present) == 1 else f"Change to {name}, which is taken already."
        yield Remedy(change=change, message=what)


def _slower(settled: Settled, change: Change, name: str) -> Iterator[Remedy]:
    """The gentlest pace that the source prints."""
    pace = settled.taper.pace
    if isinstance(pace, PacePercentOfCurrent) and pace.least_cut_percent is not None:
        percent, days = pace.least_cut_percent, pace.most_every_days
        yield Remedy(
            change={**change, "cut_percent": plain(percent), "every_days": days, "longest_step_days": None},
            message=f"Taper {name} itself, more slowly: {percent_text(percent)} % every {days} days.",
        )


def long_acting(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """A change to diazepam with its small steps, or where that is no way to another long-acting medicine.

    Only for a medicine that wears off within the day, has no product here, or cannot follow the pace that was
    asked: being long-acting already is no reason to change.
    """
    settled = attempt.settled
    # The pace of another medicine, or a target nobody is changed to: the present medicine may well be long-acting.
    asks_for_it = attempt.refusal.code in (NEEDS_TABLE, "crossover-target")
    is_sold_here = bool(settled.protocols.products_of(settled.medicine.id))
    if not asks_for_it and not settled.medicine.acting.short_acting and is_sold_here:
        return
    for target in settled.limits.crossover_targets.medicines:
        if target != settled.medicine.id and target in settled.protocols.medicines:
            yield from _changed_to(target, request, settled)


def _changed_to(target: str, request: PlanRequest, settled: Settled) -> Iterator[Remedy]:
    """By each table, with tablets and capsules; then with a liquid beside them for the smallest steps."""
    name, products = (
        settled.protocols.medicines[target].name,
        _usual_products(settled, {*settled.start_amounts, target}),
    )
    liquids = [each for each in settled.protocols.products_of(target) if each.product.form is Form.LIQUID]
    for liquid in (None, *liquids[:1]):
        for table in _tables_for_change(target, request, settled):
            change: Change = {
                "taper_drug": target,
                "equivalence": table.id,
                "products": [*products, liquid.id] if liquid else products,
            }
            beside = f", with the {liquid.in_words}" if liquid else ""
            yield Remedy(change=change, message=f"Change to {name}, converted by {table.name}{beside}.")


def _tables_for_change(target: str, request: PlanRequest, settled: Settled) -> list[EquivalenceTable]:
    """The named table; else those that list every medicine, the smallest dose first, one of each equal conversion.

    A table whose figures were read in their source comes before one that was copied.
    """
    involved = {*settled.start_amounts, target}
    named = settled.converter.named
    listing = [
        table
        for table in settled.converter.tables
        if (request.equivalence is None or table is named) and all(table.entry(medicine) for medicine in involved)
    ]
    in_order = sorted(listing, key=lambda each: (_is_copied(each, involved), _converted_mg(each, target, settled)))
    found: dict[Fraction, EquivalenceTable] = {}
    for table in in_order:
        found.setdefault(_converted_mg(table, target, settled), table)
    return list(found.values())


def _is_copied(table: EquivalenceTable, medicines: Iterable[str]) -> bool:
    entries = (table.entry(medicine) for medicine in medicines)
    return any(entry is not None and entry.evidence is not Evidence.READ for entry in entries)


def _converted_mg(table: EquivalenceTable, target: str, settled: Settled) -> Fraction:
    return by_table(table, settled.start_amounts) / by_table(table, {target: TENTH_MCG_PER_MG})


def _usual_products(settled: Settled, medicines: Iterable[str]) -> list[str]:
    """Every immediate-release tablet, capsule and ODT that the market has of these medicines."""
    return [
        product.id
        for medicine in sorted(medicines)
        for product in settled.protocols.products_of(medicine)
        if product.product.form.is_immediate_release_solid
    ]
