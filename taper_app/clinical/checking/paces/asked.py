"""What every pace answers about a daily dose of the tapered medicine (units of 0.0001 mg).

Source of the rules: interfaces.md, "How the steps follow the pace".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from taper_app.clinical.checking.numbers import Exact


class AskedPace(Protocol):
    @property
    def every_days(self) -> int:
        """The interval of the protocol as a whole; a slot of a cross-over lasts so long."""

    @property
    def has_no_end(self) -> bool:
        """Whether a step is bounded by the longest step, because the pace's own time to zero has no end."""

    def least_days(self, dose: int) -> int:
        """The shortest time on a dose."""

    def asked(self, dose: int) -> tuple[Exact, ...]:
        """What the pace asks after ``dose``, lowest first: more than one where its source can be read in two ways."""

    def is_bigger_than_asked(self, dose: int, lower: int) -> bool: ...

    def is_long_enough(self, dose: int, lower: Exact, days: int) -> bool:
        """Whether ``days`` reach the time that the pace itself takes from ``dose`` to ``lower``."""

    def is_above_printed(self, dose: int, lower: int) -> bool | None:
        """Whether the cut is above the largest that the source prints; None where it can be read either way."""

    def is_above_bands(self, dose: int) -> bool:
        """Whether the dose lies above everything that the source prints a cut for."""


@dataclass(frozen=True, slots=True)
class EitherPace:
    """Two paces of one kind, either of which may stand: what is right by one of them is right."""

    one: AskedPace
    other: AskedPace

    @property
    def every_days(self) -> int:
        return self.one.every_days

    @property
    def has_no_end(self) -> bool:
        return self.one.has_no_end

    def least_days(self, dose: int) -> int:
        return min(self.one.least_days(dose), self.other.least_days(dose))

    def asked(self, dose: int) -> tuple[Exact, ...]:
        return tuple(sorted({*self.one.asked(dose), *self.other.asked(dose)}))

    def is_bigger_than_asked(self, dose: int, lower: int) -> bool:
        return self.one.is_bigger_than_asked(dose, lower) and self.other.is_bigger_than_asked(dose, lower)

    def is_long_enough(self, dose: int, lower: Exact, days: int) -> bool:
        return self.one.is_long_enough(dose, lower, days) or self.other.is_long_enough(dose, lower, days)

    def is_above_printed(self, dose: int, lower: int) -> bool | None:
        one, other = self.one.is_above_printed(dose, lower), self.other.is_above_printed(dose, lower)
        return one if one == other else None

    def is_above_bands(self, dose: int) -> bool:
        return self.one.is_above_bands(dose) and self.other.is_above_bands(dose)
