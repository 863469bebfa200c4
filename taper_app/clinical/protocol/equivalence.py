"""Equivalence tables, each under its own name. They disagree two-fold; nobody averages them."""

from __future__ import annotations

from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.quantities import Milligrams


class EquivalenceEntry(Cited):
    """What one source prints: this many mg (a range when it prints one) match so many mg of diazepam."""

    medicine: Identifier
    printed_mg_low: Milligrams
    printed_mg_high: Milligrams
    printed_mg_central: Milligrams | None = Field(default=None, description="Printed beside the range by some sources.")
    printed_against_diazepam_mg: Milligrams

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if not 0 < self.printed_mg_low <= self.printed_mg_high:
            raise ValueError("printed_mg_low must be above 0 and not above printed_mg_high.")
        central = self.printed_mg_central
        if central is not None and not self.printed_mg_low <= central <= self.printed_mg_high:
            raise ValueError("printed_mg_central must lie between printed_mg_low and printed_mg_high.")
        if self.printed_against_diazepam_mg <= 0:
            raise ValueError("printed_against_diazepam_mg must be above 0.")
        return self

    @property
    def diazepam_mg_per_mg_low(self) -> Fraction:
        """The end that gives the smaller diazepam dose."""
        return Fraction(self.printed_against_diazepam_mg) / Fraction(self.printed_mg_high)

    @property
    def diazepam_mg_per_mg_high(self) -> Fraction:
        return Fraction(self.printed_against_diazepam_mg) / Fraction(self.printed_mg_low)


class EquivalenceTable(ProtocolEntry):
    """One published table of equivalents."""

    id: Identifier
    name: str
    short: str = Field(min_length=2, description="How it is named in a sentence.")
    version: str
    note: str = ""
    is_for_conversion: bool = Field(
        default=True, description="False: shown under its own name, never converted with, never part of low and high."
    )
    entries: tuple[EquivalenceEntry, ...] = Field(min_length=1)
    does_not_list: tuple[Identifier, ...] = Field(
        default=(), description="Medicines shipped here that this table was checked for and does not have."
    )
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _each_medicine_once(self) -> Self:
        listed = [entry.medicine for entry in self.entries]
        for medicine in listed:
            if listed.count(medicine) > 1:
                raise ValueError(f"{medicine} stands twice in this table; keep one entry.")
            if medicine in self.does_not_list:
                raise ValueError(f"{medicine} stands both in the entries and in does_not_list.")
        return self

    def entry(self, medicine: str) -> EquivalenceEntry | None:
        return next((entry for entry in self.entries if entry.medicine == medicine), None)
