"""How one dose passes through the body: a chain of rates, and what of it is where after how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log

from taper_app.clinical.kinetics.absorption import absorption_rate

#: Two equal rates have a solution of another form. They are moved apart by so much of themselves instead, which
#: changes no level by more than about this part and leaves ten digits to the differences.
_APART = 1e-5


@dataclass(frozen=True, eq=False)
class Chain:
    """Rates per hour, in the order of the way: absorption, elimination of the parent, that of its metabolite.

    The last link's level after one dose, in units in which its area over all time is 1, is
    ``sum(part * exp(-rate * hours))`` over ``modes``.
    """

    rates: tuple[float, ...]
    half_life_hours: float

    @cached_property
    def modes(self) -> tuple[tuple[float, float], ...]:
        """(part, rate) of each exponential; Bateman's solution."""
        return tuple((_part(rate, self.rates), rate) for rate in self.rates)

    def density(self, hours: float) -> float:
        """The level so long after a dose, as part of the whole area per hour; 0 before the dose."""
        return sum(part * exp(-rate * hours) for part, rate in self.modes) if hours > 0 else 0.0

    def done_after(self, hours: float) -> float:
        """The part (0 to 1) of a lasting change of dose that has shown so long after it began."""
        return 1 - sum(part / rate * exp(-rate * hours) for part, rate in self.modes) if hours > 0 else 0.0


def chain_of_parent(tmax_hours: float, half_life_hours: float) -> Chain:
    rates = (absorption_rate(tmax_hours, half_life_hours), log(2) / half_life_hours)
    return Chain(_set_apart(rates), half_life_hours)


def chain_of_metabolite(parent: Chain, half_life_hours: float) -> Chain:
    """The metabolite is made as the parent is eliminated; how much of it is made cancels out of a relative level."""
    return Chain(_set_apart((*parent.rates, log(2) / half_life_hours)), half_life_hours)


def spaced(low: float, high: float, count: int) -> tuple[float, ...]:
    """``count`` values from low to high, each the same multiple of the one before; one value where they are equal."""
    if low == high:
        return (low,)
    return tuple(low * (high / low) ** (index / (count - 1)) for index in range(count))


def _part(rate: float, rates: Sequence[float]) -> float:
    part = rate
    for other in rates:
        if other != rate:
            part *= other / (other - rate)
    return part


def _set_apart(rates: Sequence[float]) -> tuple[float, ...]:
    """The same rates in the same order, none closer to another than ``_APART`` of itself."""
    return tuple(_moved(rates))


def _moved(rates: Sequence[float]) -> Iterator[float]:
    kept: list[float] = []
    for rate in rates:
        while any(abs(rate - other) < _APART * other for other in kept):
            rate *= 1 + 2 * _APART
        kept.append(rate)
        yield rate
