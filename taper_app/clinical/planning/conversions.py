"""What the tables say of a change from one medicine to another, and which way the named one leans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.equivalent_ranges import TableFigure, figures_of
from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.library import Protocols


@dataclass(frozen=True, slots=True)
class Conversion:
    """1 mg of ``medicine`` in mg of ``into``, by every shipped table that lists both (highest first)."""

    medicine: str
    into: str
    figures: Sequence[TableFigure]

    @property
    def highest(self) -> TableFigure:
        return self.figures[0]

    @property
    def lowest(self) -> TableFigure:
        """Of equally low figures one that was read in its source."""
        return min(self.figures, key=lambda figure: (figure.low, figure.evidence is not Evidence.READ))

    @property
    def chosen(self) -> TableFigure | None:
        return next((figure for figure in self.figures if figure.is_chosen), None)

    def differs_by(self, factor: Fraction) -> bool:
        """Whether the highest and the lowest printed figure are so many times apart."""
        return self.highest.high >= factor * self.lowest.low

    @property
    def chosen_is_highest(self) -> bool:
        return self.chosen is None or self.chosen.low == self.highest.high

    @property
    def chosen_is_lowest(self) -> bool:
        return self.chosen is not None and self.chosen.low == self.lowest.low


def conversion(converter: Converter, medicine: str, into: str) -> Conversion | None:
    """None when no shipped table lists both."""
    figures = tuple(figures_of(medicine, Fraction(1), converter, into=into))
    return Conversion(medicine, into, figures) if figures else None


def direction_in_words(found: Conversion) -> str:
    """Which way the named table leans, for the page, the text sheet and the handoff; empty where tables agree."""
    chosen = found.chosen
    if chosen is None or found.highest.high == found.lowest.low:
        return ""
    if found.chosen_is_lowest:
        return f"{chosen.short} gives the smaller dose of {found.into}: too little risks withdrawal and a seizure."
    if found.chosen_is_highest:
        return f"{chosen.short} gives the larger dose of {found.into}: too much risks sedation."
    return (
        f"{chosen.short} lies between the others: too little of {found.into} risks withdrawal and a seizure, "
        "too much sedation."
    )


def directions_of_plan(plan: Plan, protocols: Protocols) -> tuple[str, ...]:
    """A sentence for each present medicine that is changed and on which the tables differ."""
    if plan.equivalence not in protocols.equivalence:
        return ()
    into, converter = plan.request.taper_drug or "", Converter.of(protocols, plan.equivalence)
    found = {medicine: conversion(converter, medicine, into) for medicine in plan.starting_daily_mg if medicine != into}
    words = {medicine: direction_in_words(each) for medicine, each in found.items() if each}
    return tuple(f"{medicine}: {direction}" for medicine, direction in words.items() if direction)
