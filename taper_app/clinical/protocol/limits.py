"""Limits that stand above every protocol (``protocols/limits.toml``)."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, ProtocolEntry, Reviewed
from taper_app.clinical.quantities import Milligrams, PlainNumber


class MgLimit(Cited):
    mg: Milligrams


class PercentLimit(Cited):
    percent: PlainNumber


class DaysLimit(Cited):
    days: int = Field(ge=0)


class MonthsLimit(Cited):
    months: int = Field(ge=0)


class AgeLimit(Cited):
    years: int = Field(ge=0)


class CrossoverSlotDays(Cited):
    at_least_days: int = Field(ge=1)
    at_most_days: int = Field(ge=1)


class HoursLimit(Cited):
    hours: int = Field(ge=1)


class Disagreement(Cited):
    """How far apart two tables print the same medicine before a signature is asked."""

    factor: PlainNumber
    in_words: str = Field(min_length=1)


class DiazepamDoseBands(Cited):
    """The printed bands of a day's dose in mg diazepam-equivalent, for medicines without bands of their own."""

    low_up_to_diazepam_mg: Milligrams
    moderate_up_to_diazepam_mg: Milligrams

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low_up_to_diazepam_mg >= self.moderate_up_to_diazepam_mg:
            raise ValueError("low_up_to_diazepam_mg must be below moderate_up_to_diazepam_mg.")
        return self


class LettersLimit(Cited):
    letters: int = Field(ge=1)


class SlowPace(Cited):
    at_most_cut_percent: PlainNumber
    at_least_every_days: int = Field(ge=1)


class NamedSedatives(Cited):
    """Other sedatives whose dependence rules out an automatic plan."""

    names: tuple[str, ...] = Field(min_length=1)


class PlanLimits(ProtocolEntry):
    """Everything a plan is held against whatever its protocol says."""

    version: str
    ceiling_protocol: str = Field(description="The taper whose ceiling judges those without one of their own.")
    end_zone_otherwise_diazepam_mg: MgLimit
    dose_bands_otherwise: DiazepamDoseBands
    stop_without_override_at_most_diazepam_mg: MgLimit
    stop_may_follow_at_most_diazepam_mg: MgLimit
    outpatient_at_most_diazepam_mg: MgLimit
    first_cut_at_most: PercentLimit
    rise_by_another_table_at_most: PercentLimit
    long_use: MonthsLimit
    seizure_history_pace: SlowPace
    crossover_slot: CrossoverSlotDays
    sedation_watch_after_slot: HoursLimit
    tables_disagree_from: Disagreement
    after_seizure_no_cut: DaysLimit
    long_plan_warning: MonthsLimit
    longest_plan: DaysLimit
    youngest_adult: AgeLimit
    search_from: LettersLimit = Field(description="Letters to type before names that are mistaken for others show.")
    pieces_per_dose: int = Field(ge=1, description="A handling limit of this project, not a clinical number.")
    pieces_per_dose_when_needed_now: int = Field(ge=1)
    inpatient_stabilise: DaysLimit
    no_automatic_plan_with: NamedSedatives
    reviewed: Reviewed | None = None
