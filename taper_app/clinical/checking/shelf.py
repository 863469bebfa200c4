"""Products as one plan may use them: in whole numbers, and divided as far as the file and the request both allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from taper_app.clinical.checking.makeable import is_liquid, parts_of
from taper_app.clinical.checking.numbers import exact_units
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Split


@dataclass(frozen=True, slots=True)
class OnTheShelf:
    """``strength`` per piece or millilitre; ``least`` volume of a liquid (all in units)."""

    stocked: StockedProduct
    strength: int
    parts: int
    is_liquid: bool
    least: int
    is_listed: bool


class Shelf:
    """Every product that is asked for, looked up once. ``listed``: None when the plan does not say."""

    def __init__(self, protocols: Protocols, listed: Iterable[StockedProduct] | None, split: Split) -> None:
        self._protocols = protocols
        self._listed = None if listed is None else {stocked.id for stocked in listed}
        self._split = split
        self._found: dict[str, OnTheShelf | None] = {}

    def product(self, product_id: str) -> OnTheShelf | None:
        """None when no medicine file has it."""
        if product_id not in self._found:
            stocked = self._protocols.product(product_id)
            self._found[product_id] = None if stocked is None else self._placed(stocked)
        return self._found[product_id]

    def _placed(self, stocked: StockedProduct) -> OnTheShelf:
        return OnTheShelf(
            stocked=stocked,
            strength=int(exact_units(stocked.product.strength_mg)),
            parts=parts_of(stocked, self._split),
            is_liquid=is_liquid(stocked),
            least=0 if stocked.product.smallest_ml is None else int(exact_units(stocked.product.smallest_ml)),
            is_listed=self._listed is None or stocked.id in self._listed,
        )
