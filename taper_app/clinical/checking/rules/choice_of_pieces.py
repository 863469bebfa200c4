"""Which pieces make a dose: fewest, then fewest strengths, then larger ones; a liquid only for what tablets cannot.

Judged only where the pieces are right in themselves: listed, divided as allowed, and adding up to the dose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import PER_ONE, exact_units
from taper_app.clinical.checking.shapes import DoseRead, PieceRead
from taper_app.clinical.checking.shelf import OnTheShelf
from taper_app.clinical.checking.tablets import Strength, Way
from taper_app.clinical.checking.wording import mg, number
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import LARGEST_INPUT_MG

_LARGEST = exact_units(LARGEST_INPUT_MG)


class _Made(NamedTuple):
    """How a dose is made: of so many tablets and parts, the amount of each strength, and the amount of liquid."""

    medicine: str
    dose: int
    tablets: int
    way: Way
    liquid: int

    @property
    def solid(self) -> int:
        return self.dose - self.liquid

    @property
    def pieces(self) -> int:
        return self.tablets + bool(self.liquid)


class _Better(NamedTuple):
    rule: str
    sentence: str


def judge_choice_of_pieces(case: Case) -> None:
    if case.products is None:
        return  # said with the doses
    few = case.limits.pieces_per_dose
    made_of: dict[tuple[str, int, tuple[PieceRead, ...] | None], _Made | None] = {}
    judged: dict[tuple[_Made, int], _Better | None] = {}
    for place, step in enumerate(case.plan.steps):
        if case.is_past(place):
            continue
        for dose in step.doses:
            key = dose.medicine, dose.units, dose.pieces
            if key not in made_of:
                made_of[key] = _made(case, dose)
            made = made_of[key]
            if made is None:
                continue
            is_plain = made.pieces <= few and not made.liquid  # then it is the same whatever the step allows
            most = few if is_plain else case.pieces_per_dose(dose.medicine, place)
            if (made, most) not in judged:
                judged[made, most] = _better(case, made, most)
            better = judged[made, most]
            if better is not None:
                what = f"The {mg(dose.units)} of {dose.medicine} at {dose.time}"
                case.findings.violated(better.rule, step.number, f"{what} {better.sentence}.")


def _made(case: Case, dose: DoseRead) -> _Made | None:
    """None when something else is wrong with the pieces."""
    strengths = case.tablets(dose.medicine)
    pieces, total, liquid = 0, 0, 0
    amounts: dict[Strength, int] = {}
    for piece in dose.pieces or ():
        product = case.shelf.product(piece.product)
        if product is None or not product.is_listed or product.stocked.medicine != dose.medicine or piece.amount <= 0:
            return None
        amount, rest = divmod(piece.amount * product.strength, PER_ONE)
        total += amount
        if rest or (product.is_liquid and liquid):
            return None
        if product.is_liquid:
            liquid = amount
            continue
        strength = strengths.of(product.strength)
        needed = strength.pieces_for(amount) if strength is not None else None
        if strength is None or needed is None:
            return None
        pieces += needed
        amounts[strength] = amounts.get(strength, 0) + amount
    if not total or total != dose.units or total > _LARGEST:
        return None
    return _Made(dose.medicine, dose.units, pieces, tuple(sorted(amounts.items(), reverse=True)), liquid)


def _better(case: Case, made: _Made, most: int) -> _Better | None:
    """What better pieces there are for a dose of at most so many; None when there are none."""
    if made.pieces > most or (made.liquid and case.tablets(made.medicine).can_make(made.dose, most)):
        return None  # told with the doses
    less_liquid = _less_liquid(case, made, most) if made.liquid else None
    return less_liquid or (_better_tablets(case, made) if made.way else None)


def _better_tablets(case: Case, made: _Made) -> _Better | None:
    tablets = case.tablets(made.medicine)
    beside = " beside the liquid" if made.liquid else ""
    if tablets.can_make(made.solid, made.tablets - 1):
        fewest = tablets.fewest(made.solid)
        best = tablets.best(made.solid, fewest, len(tablets.strengths))
        where = f"takes {made.tablets} pieces{beside} where {_do(fewest)}"
        return _Better("fewest-pieces", f"{where}: {_named(case, made, best)}")
    best = tablets.best(made.solid, made.tablets, len(made.way))
    if best == made.way:
        return None
    if len(best) < len(made.way):
        where = f"takes {len(made.way)} strengths{beside} where {_do(len(best))}"
        return _Better("fewest-strengths", f"{where}: {_named(case, made, best)}")
    return _Better("larger-strengths", f"can be made of larger strengths{beside}: {_named(case, made, best)}")


def _do(number_: int) -> str:
    return "one does" if number_ == 1 else f"{number_} do"


def _less_liquid(case: Case, made: _Made, most: int) -> _Better | None:
    """The least that has to be measured beside tablets, where that is less than what is measured."""
    found = min(_enough(case, made, most), key=lambda each: each[0], default=None)
    if found is None:
        return None
    liquid, product = found
    volume = number(liquid * PER_ONE // product.strength)
    sentence = f"takes {mg(made.liquid)} in liquid where {volume} mL of {product.stocked.id} is enough beside tablets"
    return _Better("least-liquid", sentence)


def _enough(case: Case, made: _Made, most: int) -> Iterator[tuple[int, OnTheShelf]]:
    tablets = case.tablets(made.medicine)
    for product in case.on_the_list(made.medicine):
        smallest = product.least * product.strength // PER_ONE
        if product.is_liquid and smallest:
            # What is more than the most that tablets make has to be measured anyway.
            least = max(1, -(-(made.dose - tablets.largest(most - 1)) // smallest))
            amounts = range(least * smallest, made.liquid, smallest)
            enough = next((each for each in amounts if tablets.can_make(made.dose - each, most - 1)), None)
            if enough is not None:
                yield enough, product


def _named(case: Case, made: _Made, way: Way) -> str:
    """``1.5 clonazepam-tablet-0.5mg and 1 clonazepam-odt-0.125mg``."""
    return " and ".join(
        f"{number(amount * PER_ONE // strength.whole)} {_product(case, made, strength).stocked.id}"
        for strength, amount in way
    )


def _product(case: Case, made: _Made, strength: Strength) -> OnTheShelf:
    """A listed product of that strength that may be divided as far; of several a plain tablet."""
    of_strength = [
        product
        for product in case.on_the_list(made.medicine)
        if not product.is_liquid and product.strength == strength.whole and product.parts >= strength.parts
    ]
    return min(of_strength, key=lambda product: (product.stocked.product.form is not Form.TABLET, product.stocked.id))
