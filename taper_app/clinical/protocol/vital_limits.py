"""Which readings cannot be right and which are only improbable: the shape of ``protocols/vitals.toml``."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, ProtocolEntry, Reviewed
from taper_app.clinical.quantities import plain, rounded

#: The key under which a validation's context carries the limits.
LIMITS_IN_CONTEXT = "vital_limits"


class Range(Cited):
    """Readings from ``lowest`` to ``highest``, both included; an end that is left out is open."""

    lowest: Decimal | None = None
    highest: Decimal | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> Range:
        if self.lowest is None and self.highest is None:
            raise ValueError("A range needs lowest, highest or both.")
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise ValueError(f"Lowest {self.lowest} is not below highest {self.highest}; swap them.")
        return self

    def holds(self, value: Decimal) -> bool:
        return (self.lowest is None or value >= self.lowest) and (self.highest is None or value <= self.highest)

    @property
    def in_words(self) -> str:
        if self.highest is None:
            return f"from {plain(self.lowest or 0)}"
        return (
            f"up to {plain(self.highest)}" if self.lowest is None else f"{plain(self.lowest)} to {plain(self.highest)}"
        )


class VitalLimit(ProtocolEntry):
    """One vital sign: outside ``possible`` it is refused, outside ``probable`` it carries a warning.

    ``zero_is_an_emergency``: zero is accepted although it lies outside both ranges. ``possible`` None: no source
    says what is impossible, so nothing is refused.
    """

    name: str = Field(min_length=2)
    unit: str = Field(min_length=1)
    possible: Range | None = None
    probable: Range
    zero_is_an_emergency: bool = False

    def is_possible(self, value: Decimal) -> bool:
        is_in_range = self.possible is None or self.possible.holds(value)
        return is_in_range or (self.zero_is_an_emergency and value == 0)


class WeightChange(Cited):
    """A weight that differs from the last one by more than ``percent`` of it is confirmed."""

    percent: Decimal = Field(gt=0, lt=100)


class VitalLimits(ProtocolEntry):
    """The limits of every vital sign that can be charted."""

    id: str
    title: str
    version: str
    respiratory_rate: VitalLimit
    spo2: VitalLimit
    temperature_c: VitalLimit
    systolic: VitalLimit
    diastolic: VitalLimit
    pulse: VitalLimit
    weight_kg: VitalLimit
    weight_change: WeightChange
    glucose_mmol_l: VitalLimit
    #: Entered as °C, these are probably °F.
    fahrenheit_guess: Range
    reviewed: Reviewed | None = None

    def of(self, vital: str) -> VitalLimit | None:
        limit = getattr(self, vital, None)
        return limit if isinstance(limit, VitalLimit) else None

    def refuse_impossible(self, vital: str, value: Decimal | int) -> None:
        """Raises ValueError with a sentence when the reading cannot be right; °F is judged as °C."""
        if vital == "temperature_f":
            self._refuse_impossible_fahrenheit(Decimal(value))
            return
        limit = self.of(vital)
        if limit is None or limit.possible is None or limit.is_possible(Decimal(value)):
            return
        hint = "check the reading"
        if vital == "temperature_c" and self.fahrenheit_guess.holds(Decimal(value)):
            hint = "it looks like °F, so send it as temperature_f"
        raise ValueError(f"{limit.name} {plain(value)} {limit.unit} is impossible ({limit.possible.in_words}); {hint}.")

    def _refuse_impossible_fahrenheit(self, fahrenheit: Decimal) -> None:
        limit = self.temperature_c
        possible = limit.possible
        celsius = rounded(Fraction(fahrenheit - 32) * 5 / 9, 1)
        if limit.is_possible(celsius):
            return
        is_celsius = possible is not None and possible.holds(fahrenheit)
        hint = "it looks like °C, so send it as temperature_c" if is_celsius else "check the reading"
        raise ValueError(f"{limit.name} {plain(fahrenheit)} °F is impossible; {hint}.")

    def improbable(self, vital: str, value: Decimal) -> str | None:
        """The warning that an improbable reading carries, or None when there is nothing to say."""
        limit = self.of(vital)
        if limit is None or limit.probable.holds(value):
            return None
        return f"{limit.name} {plain(value)} {limit.unit} is unusual; confirm the reading."
