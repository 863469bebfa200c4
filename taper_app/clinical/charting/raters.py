"""Two people's sets of one moment side by side: every item, every total. Neither takes the place of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.scores import CIWA_B, FOUR_AT, ItemScore, ciwa_b, four_at
from taper_app.clinical.protocol.scales import Scale

#: The parts of a set that somebody rates or reads; what is counted from the chart is the same for both.
_RATED = ("vitals", "rass", "poss", "ciwa_b", "four_at", "symptoms", "signs", "asq", "cssrs", "phq9", "gad7")
_NOT_ASKED = (None, "not_assessed")
Value = int | str | bool


@dataclass(frozen=True, slots=True)
class RatedItem:
    """One item by its path in the observation (``ciwa_b.21``); None: this rater did not chart it."""

    path: str
    first: Value | None
    second: Value | None

    @property
    def gap(self) -> int | None:
        """Second less first, where both gave a number."""
        if isinstance(self.first, bool) or isinstance(self.second, bool):
            return None
        if isinstance(self.first, int) and isinstance(self.second, int):
            return self.second - self.first
        return None

    @property
    def differs(self) -> bool:
        """Both charted it, and not the same."""
        return self.first is not None and self.second is not None and self.first != self.second


@dataclass(frozen=True, slots=True)
class RatedTotal:
    """A total of both; ``gap`` None while one of them is incomplete."""

    scale: str
    first: ItemScore
    second: ItemScore

    @property
    def gap(self) -> int | None:
        if self.first.total is None or self.second.total is None:
            return None
        return self.second.total - self.first.total


@dataclass(frozen=True, slots=True)
class TwoRaters:
    """``other_form``: CIWA-B was asked in two wordings, which are never compared."""

    items: tuple[RatedItem, ...]
    totals: tuple[RatedTotal, ...]
    other_form: bool

    @property
    def differing(self) -> tuple[RatedItem, ...]:
        return tuple(item for item in self.items if item.differs)


def two_raters(first: Observation, second: Observation, scales: Mapping[str, Scale]) -> TwoRaters:
    """Everything that one of the two charted. CIWA-B only where both used the same wording of the form."""
    own_form = scales[CIWA_B].form
    other_form = _uses_other_form(first, second, own_form)
    charted = _flat(first), _flat(second)
    paths = [path for path in dict.fromkeys([*charted[0], *charted[1]]) if not (other_form and _is_ciwa_b(path))]
    items = tuple(RatedItem(path, charted[0].get(path), charted[1].get(path)) for path in paths)
    return TwoRaters(items, tuple(_totals(first, second, scales, with_ciwa_b=not other_form)), other_form)


def _uses_other_form(first: Observation, second: Observation, own_form: str | None) -> bool:
    if first.ciwa_b is None or second.ciwa_b is None:
        return False
    return (first.ciwa_b_form or own_form) != (second.ciwa_b_form or own_form)


def _is_ciwa_b(path: str) -> bool:
    return path.startswith("ciwa_b.")


def _flat(observation: Observation) -> dict[str, Value]:
    """Paths and values of what was charted; what nobody asked is left out."""
    dump = observation.model_dump(mode="json", by_alias=True, exclude_none=True)
    found: dict[str, Value] = {}
    for block in _RATED:
        for path, value in _leaves(block, dump.get(block)):
            if value not in _NOT_ASKED:
                found[path] = value
    return found


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield f"{path}.{number}", inner
    elif value is not None:
        yield path, value


def _totals(
    first: Observation, second: Observation, scales: Mapping[str, Scale], *, with_ciwa_b: bool
) -> Iterator[RatedTotal]:
    if with_ciwa_b and first.ciwa_b and second.ciwa_b:
        scale = scales[CIWA_B]
        yield RatedTotal(CIWA_B, ciwa_b(first.ciwa_b, scale), ciwa_b(second.ciwa_b, scale))
    if first.four_at and second.four_at:
        scale = scales[FOUR_AT]
        yield RatedTotal(FOUR_AT, four_at(first.four_at, scale), four_at(second.four_at, scale))
