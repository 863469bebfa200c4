"""Of which pieces a dose was really made: the plan's, or other listed products that make exactly the same dose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from taper_app.clinical.errors import Fault
from taper_app.clinical.planning.answer import Pieces
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import mg_of, mg_text, plain

#: More ways than this are not offered; the ones with fewest pieces come first.
MOST_WAYS = 24


def piece_faults(pieces: Sequence[Pieces], medicine: str, mg: Decimal, protocols: Protocols) -> list[Fault]:
    """What is wrong with the pieces of a dose: an unknown product, another medicine, a part too small, the sum."""
    faults = []
    total = Decimal(0)
    for index, piece in enumerate(pieces):
        field = f"pieces.{index}"
        stocked = protocols.product(piece.product)
        if stocked is None or stocked.medicine != medicine:
            faults.append(Fault(field, f"{piece.product} is no listed product of {medicine}; choose one that is."))
            continue
        if not piece.count or piece.count % smallest_part(stocked):
            whole = "whole" if smallest_part(stocked) == 1 else f"in parts of {plain(smallest_part(stocked))}"
            faults.append(Fault(field, f"The {stocked.in_words} is given {whole}, not {plain(piece.count)} of it."))
        total += piece.count * stocked.product.strength_mg
    if pieces and not faults and total != mg:
        faults.append(Fault("pieces", f"These pieces make {mg_text(total)}, not {mg_text(mg)}; choose others."))
    return faults


def smallest_part(stocked: StockedProduct) -> Decimal:
    """The smallest count of a product that can be given: a scored part, a whole piece, or a volume in mL."""
    if stocked.product.form is Form.LIQUID:
        assert stocked.product.smallest_ml is not None, "every liquid has a smallest volume; its file is checked for it"
        return stocked.product.smallest_ml
    return Decimal(1) / stocked.product.splits_into.parts


def ways_to_make(medicine: str, tenth_mcg: int, protocols: Protocols, *, most_pieces: int) -> list[tuple[Pieces, ...]]:
    """Ways to make the dose of one or two of the market's products, fewest pieces first; empty when there is none.

    Modified-release forms are left out: they take the place of nothing else.
    """
    products = [
        stocked
        for stocked in protocols.products_of(medicine)
        if stocked.product.form.is_immediate_release_solid or stocked.product.form is Form.LIQUID
    ]
    found = [*_of_one(products, tenth_mcg, most_pieces), *_of_two(products, tenth_mcg, most_pieces)]
    return sorted(found, key=_handiest)[:MOST_WAYS]


def _of_one(products: Iterable[StockedProduct], tenth_mcg: int, most: int) -> Iterator[tuple[Pieces, ...]]:
    for stocked in products:
        if (piece := _pieces(stocked, tenth_mcg)) and _number(piece, stocked) <= most:
            yield (piece,)


def _of_two(products: Sequence[StockedProduct], tenth_mcg: int, most: int) -> Iterator[tuple[Pieces, ...]]:
    """Of tablets and capsules; a liquid is taken alone, so that a dose is measured once."""
    solids = [stocked for stocked in products if stocked.product.form is not Form.LIQUID]
    for smaller, larger in combinations(solids, 2):
        part = _part_tenth_mcg(larger)
        for parts in range(1, tenth_mcg // part + 1):
            first, rest = _pieces(larger, parts * part), _pieces(smaller, tenth_mcg - parts * part)
            if first and rest and _number(first, larger) + _number(rest, smaller) <= most:
                yield (first, rest)


def _part_tenth_mcg(stocked: StockedProduct) -> int:
    return int(smallest_part(stocked) * stocked.product.strength_mg * 10_000)


def _pieces(stocked: StockedProduct, tenth_mcg: int) -> Pieces | None:
    """So much of one product, when it can be made of it."""
    exact = Fraction(mg_of(tenth_mcg)) / Fraction(stocked.product.strength_mg)
    if not tenth_mcg or exact % Fraction(smallest_part(stocked)):
        return None
    return Pieces(product=stocked.id, count=Decimal(exact.numerator) / Decimal(exact.denominator))


def _number(piece: Pieces, stocked: StockedProduct) -> int:
    """How many pieces are taken in hand: a half is one; a liquid is one."""
    if stocked.product.form is Form.LIQUID:
        return 1
    whole = int(piece.count)
    return whole + (0 if piece.count == whole else 1)


def _handiest(way: tuple[Pieces, ...]) -> tuple[object, ...]:
    count = sum((piece.count for piece in way), Decimal(0))
    splits = sum(piece.count != int(piece.count) for piece in way)
    return (len(way), splits, count, tuple(piece.product for piece in way))
