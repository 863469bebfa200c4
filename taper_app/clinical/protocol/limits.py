"""Limits that stand above every protocol (``protocols/limits.toml``)."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.quantities import Milligrams, PlainNumber


class MgLimit(Cited):
    mg: Milligrams


class PercentLimit(Cited):
    percent: PlainNumber


class DaysLimit(Cited):
    days: int = Field(ge=0)


class MonthsLimit(Cited):
    months: int = Field(ge=0)


class WeeksLimit(Cited):
    weeks: int = Field(ge=0)


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


class MissedDoses(Cited):
    """After how many hours without a dose it is taken up again as it was, asked about, or titrated anew."""

    same_dose_under_hours: int = Field(ge=1)
    same_dose_up_to_hours: int = Field(ge=1)
    half_lives: int = Field(ge=1)


class LettersLimit(Cited):
    letters: int = Field(ge=1)


class SlowPace(Cited):
    at_most_cut_percent: PlainNumber
    at_least_every_days: int = Field(ge=1)


class NamedSubstances(Cited):
    """Substances whose use rules out an automatic plan, by the names under which they are written down."""

    names: tuple[str, ...] = Field(min_length=1)

    def has(self, text: str) -> bool:
        """Whether somebody who wrote ``text`` named one of them, in any letter case, with or without hyphens."""
        return _plain_name(text) in {_plain_name(name) for name in self.names}

    def are_named_in(self, text: str) -> bool:
        """Whether one of them stands among the words of a free text: ``Soma (carisoprodol) 350 mg at night``."""
        words = f" {_words_of(text)} "
        return any(f" {_words_of(name)} " in words for name in self.names)


class StartAtFraction(Cited):
    """When a plan may begin below what the patient reports, and how far below."""

    at_least_percent: PlainNumber
    above_diazepam_mg: Milligrams
    at_least_doses_a_day: int = Field(ge=1)


class NamedMedicines(Cited):
    medicines: tuple[Identifier, ...] = Field(min_length=1)


class OlderAdultCare(Cited):
    """What changes with age, whatever the protocol."""

    from_age_years: int = Field(ge=18, le=120)
    at_most_cut_percent: PlainNumber
    watched: tuple[str, ...] = Field(min_length=1)
    no_comfort_medicines: tuple[str, ...] = Field(min_length=1)


class NoTaperNeeded(Cited):
    """How short a use may be stopped without a taper, and the medicines with which this is never said."""

    under_months: int = Field(ge=1)
    never_with: tuple[Identifier, ...] = Field(min_length=1)


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
    eclampsia_from: WeeksLimit
    missed_doses: MissedDoses
    long_plan_warning: MonthsLimit
    longest_plan: DaysLimit
    youngest_adult: AgeLimit
    search_from: LettersLimit = Field(description="Letters to type before names that are mistaken for others show.")
    pieces_per_dose: int = Field(ge=1, description="A handling limit of this project, not a clinical number.")
    pieces_per_dose_when_needed_now: int = Field(ge=1)
    inpatient_stabilise: DaysLimit
    no_automatic_plan_with: NamedSubstances
    start_at_fraction: StartAtFraction
    designer_benzodiazepines: NamedSubstances
    crossover_targets: NamedMedicines
    older_adult: OlderAdultCare
    no_taper_needed: NoTaperNeeded
    reviewed: Reviewed | None = None


def _plain_name(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


def _words_of(text: str) -> str:
    """Letters and digits only, a space between the words."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())
