"""Which products that are not on the list would make a smaller cut. Each is tried on the doses of that day."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from decimal import Decimal

from taper_app.clinical.planning.pieces import LiquidChoice, SolidChoice
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.start_doses import AmountsAt
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form


def what_would_soften(settled: Settled, doses_before: Mapping[str, AmountsAt], smallest_cut: int) -> str:
    """A sentence naming every strength, form or liquid that makes a smaller cut from these doses (tenth_mcg)."""
    name = settled.medicine.id
    doses = {amounts[name] for amounts in doses_before.values() if amounts.get(name)}
    helping = [
        product
        for product in unlisted_products(settled, name)
        if any(smaller_cuts(settled, product, dose, smallest_cut) for dose in doses)
    ]
    if helping:
        names = [f"the {product.in_words}" for product in helping]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        return f"{listed[0].upper()}{listed[1:]} would soften it."
    if any(product.product.form is Form.LIQUID for product in settled.protocols.products_of(name)):
        return "No other product known here makes a smaller one."
    return "A liquid would soften it."


def unlisted_products(settled: Settled, medicine: str) -> list[StockedProduct]:
    """Products of a medicine that the market has and the request does not list; smallest first, plain tablets first.

    Modified-release forms never come in: they cannot make a taper's small steps.
    """
    listed = {product.id for product in settled.products}
    unlisted = (
        product
        for product in settled.protocols.products_of(medicine)
        if product.id not in listed
        and (product.product.form.is_immediate_release_solid or product.product.form is Form.LIQUID)
    )
    return sorted(unlisted, key=lambda each: (each.product.strength_mg, each.product.form is not Form.TABLET))


def smaller_cuts(settled: Settled, product: StockedProduct, dose: int, than: int) -> bool:
    """Whether this product, alone or beside the listed ones, makes a dose less than ``than`` below ``dose``."""
    makeable = settled.makeable[settled.medicine.id]
    is_liquid = product.product.form is Form.LIQUID
    for amount, pieces in _amounts_of(settled, product, below=dose):
        first = bisect_left(makeable.doses, dose - than - amount + 1)
        for beside in makeable.doses[first : bisect_left(makeable.doses, dose - amount)]:
            used, has_liquid = _pieces_used(settled, beside)
            if used + pieces <= makeable.most_pieces and not (is_liquid and has_liquid):
                return True
    return False


def _amounts_of(settled: Settled, product: StockedProduct, *, below: int) -> Iterator[tuple[int, int]]:
    """What the product alone gives below a dose (tenth_mcg), with the number of pieces; a volume is one piece."""
    if product.product.form is Form.LIQUID:
        volume = LiquidChoice.of(product).volume_tenth_mcg
        yield from ((amount, 1) for amount in range(volume, below, volume))
        return
    choice = SolidChoice.of(product, settled.request.split)
    part = choice.part_tenth_mcg
    yield from ((amount, choice.pieces(amount // part)) for amount in range(part, below, part))


def _pieces_used(settled: Settled, dose: int) -> tuple[int, bool]:
    """How many pieces make a listed dose, and whether a liquid is one of them."""
    pieces = settled.makeable[settled.medicine.id].pieces_of(dose)
    liquids = {product.id for product in settled.products if product.product.form is Form.LIQUID}
    used = [1 if piece.product in liquids else _pieces(piece.count) for piece in pieces]
    return sum(used), any(piece.product in liquids for piece in pieces)


def _pieces(count: Decimal) -> int:
    """Tablets as pieces: a half is one, three quarters are a half and a quarter."""
    whole, rest = divmod(count, 1)
    return int(whole) + {0: 0, 1: 1, 2: 1, 3: 2}[int(rest * 4)]
