"""Invariants 1, 2, 3, 5, 6, 7, 13, 17 and 22 of one plan: what is taken on a day."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from random_runs.made import (
    Made,
    by_time,
    chosen_diazepam_mg,
    daily_of,
    highest_diazepam_mg,
)
from taper_app.clinical.planning.answer import Step, StepKind
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import LARGEST_INPUT_MG, mg_text, parse_exact_mg, parse_plain_number, plain
from taper_app.export.plan_sheets import plan_csv, plan_text

_FINEST = Fraction(1, 10_000)
_CUTS = (StepKind.CUT, StepKind.KEEP, StepKind.STOP)


def invariant_01_doses_are_whole_tenths_of_a_microgram(made: Made) -> Iterator[str]:
    for step in made.plan.steps:
        for dose in step.doses:
            if not dose.mg.is_finite() or dose.mg <= 0 or Fraction(dose.mg) % _FINEST:
                yield f"step {step.number} gives {dose.mg} mg at {dose.time}"


def invariant_02_the_daily_dose_never_rises(made: Made) -> Iterator[str]:
    """A rounding of the equivalents that are shown cannot hide a rise: compared are the milligrams themselves."""
    before, of_before = made.start, None
    for step in made.plan.steps:
        now = daily_of(step)
        if set(now) <= {made.drug} and set(before) <= {made.drug}:
            is_lower = now.get(made.drug, Fraction(0)) < before.get(made.drug, Fraction(0))
            is_same = now == before
            is_taper = step.kind in (StepKind.CUT, StepKind.STOP)
            if not (is_lower or (is_same and not is_taper)):
                yield f"step {step.number} goes from {_mg(before)} to {_mg(now)}"
        elif chosen_diazepam_mg(now, made) > chosen_diazepam_mg(before, made):
            yield f"step {step.number} raises the equivalent"
        if of_before is not None:
            yield from _times_that_rise_or_return(of_before, step)
        before, of_before = now, step


def _times_that_rise_or_return(before: Step, now: Step) -> Iterator[str]:
    """A time's dose rises only when another time is dropped in the same step."""
    if StepKind.CROSSOVER in (before.kind, now.kind) or before.kind is StepKind.STABILISE:
        return
    old, new = by_time(before), by_time(now)
    if returned := set(new) - set(old):
        yield f"step {now.number} gives again at {min(returned)[0]}"
    if len(new) == len(old) and any(new[slot] > old[slot] for slot in set(new) & set(old)):
        yield f"step {now.number} raises the dose at one time of day"


def _mg(daily: Any) -> str:
    return ", ".join(f"{drug} {float(mg)} mg" for drug, mg in daily.items()) or "nothing"


def invariant_03_no_dose_is_above_a_cap(made: Made) -> Iterator[str]:
    """The input limit, diazepam outside hospital, and the present use."""
    limit = made.protocols.limits.outpatient_at_most_diazepam_mg
    outside = made.plan.request.setting.value == "community"
    for step in made.plan.steps:
        if any(dose.mg > LARGEST_INPUT_MG for dose in step.doses):
            yield f"step {step.number} gives more than {LARGEST_INPUT_MG} mg at once"
        if outside and step.daily_of("diazepam") > limit.mg:
            yield f"step {step.number} gives {step.daily_of('diazepam')} mg diazepam outside hospital"
        for drug, mg in daily_of(step).items():
            if drug != made.drug and mg > made.start.get(drug, 0):
                yield f"step {step.number} gives more {drug} than is taken now"


def invariant_05_it_ends_once_at_nothing_or_at_the_target(made: Made) -> Iterator[str]:
    last, earlier = made.plan.steps[-1], made.plan.steps[:-1]
    if last.days or any(not step.days for step in earlier):
        yield "not only the last step is without an end"
    if any(not step.doses for step in earlier):
        yield "nothing is given before the end"
    if last.kind is StepKind.STOP:
        if last.doses or made.plan.first_day_without_drug != last.starts_on:
            yield "the stop gives a dose, or another day is called the first without the medicine"
        if made.plan.request.target_daily_mg or made.taper.floor:
            yield "it stops although a dose to stay on was asked"
    elif last.kind is StepKind.KEEP:
        if made.plan.first_day_without_drug is not None or set(last.daily_mg) != {made.drug}:
            yield "it stays on a dose and names a first day without it"
        if not made.taper.floor and last.daily_of(made.drug) != made.plan.request.target_daily_mg:
            yield f"it stays on {last.daily_of(made.drug)} mg instead of the target"
        if made.taper.floor and made.request.target_daily_mg > last.daily_of(made.drug):
            yield f"it stays on {last.daily_of(made.drug)} mg, below the target"
    else:
        yield f"it ends in {last.kind}"


def invariant_06_the_pieces_make_the_dose(made: Made) -> Iterator[str]:
    limits, listed = made.protocols.limits, set(made.plan.request.products or ())
    for step in made.plan.steps:
        for dose in step.doses:
            place = f"step {step.number} at {dose.time}"
            if {piece.product for piece in dose.pieces} - listed:
                yield f"{place} uses a product that is not listed"
                continue
            if sum(_piece_mg(piece.product, piece.count, made) for piece in dose.pieces) != Fraction(dose.mg):
                yield f"{place}: the pieces do not make {dose.mg} mg"
            if sum("-liquid-" in piece.product for piece in dose.pieces) > 1:
                yield f"{place} measures two liquids"
            solid = sum(-(-piece.count // 1) for piece in dose.pieces if "-liquid-" not in piece.product)
            if solid > limits.pieces_per_dose_when_needed_now * 2:
                yield f"{place} takes {solid} pieces"
            if any(made.protocols.product(piece.product).medicine != dose.drug for piece in dose.pieces):  # type: ignore[union-attr]
                yield f"{place} makes {dose.drug} of another medicine"


def _piece_mg(product: str, count: Decimal, made: Made) -> Fraction:
    """0 for a part that cannot be cut or measured, so that the sum no longer fits."""
    stocked = made.protocols.product(product)
    assert stocked is not None
    if stocked.product.form is Form.LIQUID:
        assert stocked.product.smallest_ml is not None
        is_possible = count % stocked.product.smallest_ml == 0
    else:
        parts = min(stocked.product.splits_into.parts, made.plan.request.split.parts)
        is_possible = (count * parts) % 1 == 0
    return Fraction(stocked.product.strength_mg * count) if is_possible else Fraction(0)


def invariant_07_doses_make_the_day_and_days_what_is_dispensed(made: Made) -> Iterator[str]:
    needed: Counter[str] = Counter()
    for step in made.plan.steps:
        sums: Counter[str] = Counter()
        for dose in step.doses:
            sums[dose.drug] += dose.mg  # type: ignore[assignment]
            for piece in dose.pieces:
                needed[piece.product] += piece.count * step.days  # type: ignore[assignment]
        if dict(sums) != {drug: mg for drug, mg in step.daily_mg.items() if mg}:
            yield f"step {step.number}: the doses do not make the day"
        if len(by_time(step)) != len(step.doses):
            yield f"step {step.number} gives one medicine twice at one time"
    at_home = {line.product: line.count for line in made.plan.request.stock or ()}
    missing = {product: max(Decimal(0), count - at_home.get(product, Decimal(0))) for product, count in needed.items()}
    dispensed: Counter[str] = Counter()
    for line in made.plan.dispense:
        dispensed[line.product] += line.count  # type: ignore[assignment]
    if dispensed != Counter({product: count for product, count in missing.items() if count}):
        yield "what is dispensed is not what is taken less what is at home"


def invariant_13_no_cut_is_bigger_than_asked_while_a_smaller_one_is_makeable(made: Made) -> Iterator[str]:
    """Makeable doses by brute force; one time of day alone going down is always allowed."""
    steps = [step for step in made.plan.steps if step.kind in _CUTS]
    for before, now in pairwise(steps):
        target, dose = now.target_daily_mg, now.daily_of(made.drug)
        if target is None:
            yield f"step {now.number} does not say what the pace asked for"
        elif target > before.daily_of(made.drug):
            yield f"step {now.number} asks for more than before"
        elif now.kind is StepKind.CUT and dose < target:
            cut = before.daily_of(made.drug) - dose
            if any(_has_smaller_cut(slot.mg, cut, made) for slot in before.doses):
                yield f"step {now.number} falls from {before.daily_of(made.drug)} to {dose}; a smaller cut is makeable"


def _has_smaller_cut(mg: Decimal, cut: Decimal, made: Made) -> bool:
    products = tuple(p for p in made.plan.request.products or () if p.startswith(f"{made.drug}-"))
    makeable = _brute_force(products, made.plan.request.split.parts, int(mg * 10_000), made.protocols)
    return any(max(0, mg - cut) * 10_000 < lower < mg * 10_000 and lower > 0 for lower in makeable)


class _ById:
    """The library as a key of a cache: it is loaded once."""

    def __init__(self, protocols: Protocols) -> None:
        self.protocols = protocols

    def __hash__(self) -> int:
        return id(self.protocols)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.protocols is self.protocols


def _brute_force(products: tuple[str, ...], split_parts: int, up_to: int, protocols: Protocols) -> frozenset[int]:
    return _sums(products, split_parts, up_to, _ById(protocols))


@lru_cache(maxsize=512)
def _sums(products: tuple[str, ...], split_parts: int, up_to: int, library: _ById) -> frozenset[int]:
    """Doses (tenth_mcg) of at most six pieces of the solid products: a lower bound on what is makeable."""
    pieces: set[int] = set()
    for product_id in products:
        stocked = library.protocols.product(product_id)
        if stocked is None or stocked.product.form is Form.LIQUID:
            continue
        whole = Fraction(stocked.product.strength_mg) * 10_000
        parts = min(stocked.product.splits_into.parts, split_parts)
        pieces |= {int(whole / n) for n in (1, 2, 4) if n <= parts and (whole / n).denominator == 1}
    made = new = {0}
    for _ in range(library.protocols.limits.pieces_per_dose):
        new = {dose + piece for dose in new for piece in pieces if dose + piece <= up_to} - made
        made = made | new
    return frozenset(made)


def invariant_17_a_change_of_medicine_never_rises_and_goes_one_time_at_a_time(made: Made) -> Iterator[str]:
    """By the chosen and by the highest table; at most one time of day a step, never with a cut."""
    steps = [step for step in made.plan.steps if step.kind is StepKind.CROSSOVER]
    for step in steps:
        if highest_diazepam_mg(daily_of(step), made.tables) > highest_diazepam_mg(made.start, made.tables):
            yield f"step {step.number} lies above the start by the highest table"
        if chosen_diazepam_mg(daily_of(step), made) > chosen_diazepam_mg(made.start, made):
            yield f"step {step.number} lies above the start by the chosen table"
    for before, now in pairwise(steps):
        changed = {slot for slot, _ in by_time(before).items() ^ by_time(now).items()}
        if len({time for time, _ in changed}) != 1:
            yield f"step {now.number} changes {len(changed)} doses at once"
    if steps and set(steps[-1].daily_mg) != {made.drug}:
        yield "the change of medicine is not finished"


def invariant_22_what_is_shown_reads_back_as_the_same_number(made: Made) -> Iterator[str]:
    text = plan_text(made.plan, made.protocols)
    rows = list(csv.DictReader(io.StringIO(plan_csv(made.plan, made.protocols))))
    shown = iter(rows)
    for step in made.plan.steps:
        for dose in step.doses or (None,):
            row = next(shown)
            if dose and parse_exact_mg(row["dose"].removesuffix(" mg")) != dose.mg:
                yield f"step {step.number} shows {row['dose']} for {dose.mg}"
            if dose and f"{dose.drug} {mg_text(dose.mg)}:" not in text:
                yield f"step {step.number}: {dose.mg} mg is not in the text"
    if any(row["kind"] != "pick_up" for row in shown):
        yield "the table has more rows than doses and pick-ups"
    for number in _numbers(made.answer["steps"]):
        if plain(parse_plain_number(number)) != number:
            yield f"{number} is not written plainly"


def _numbers(steps: list[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        yield from step["daily_mg"].values()
        yield from step["diazepam_equivalent_mg"].values()
        yield step["cut_percent_of_current"]
        yield step["cut_percent_of_start"]
        if step["target_daily_mg"] is not None:
            yield step["target_daily_mg"]
        for dose in step["doses"]:
            yield dose["mg"]
            yield from (piece["count"] for piece in dose["pieces"])
