"""Scores of one observation set: pure arithmetic on the scale files.

What is missing is never counted as 0: an incomplete score has no total and no band, but the least and the most
that it could be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from taper_app.clinical.charting.observation import Asq, CiwaB, Cssrs, FourAt, Observation, Vitals
from taper_app.clinical.protocol.scales import ChoiceItem, MeasuredItem, Scale
from taper_app.clinical.records import Frozen

NEWS2, CIWA_B, FOUR_AT, PHQ9, GAD7 = "news2", "ciwa-b", "four-at", "phq-9", "gad-7"
#: The parts of NEWS2 in the order of the chart, and the input field that each needs.
NEWS2_PARTS: Mapping[str, str] = {
    "respiratory_rate": "respiratory_rate",
    "spo2": "spo2",
    "oxygen": "on_oxygen",
    "systolic": "systolic",
    "pulse": "pulse",
    "consciousness": "acvpu",
    "temperature": "temperature_c",
}


@dataclass(frozen=True, slots=True)
class Possible:
    """The scores that are still possible: one when everything needed was charted."""

    least: int
    most: int

    @property
    def known(self) -> int | None:
        return self.least if self.least == self.most else None


class News2Score(Frozen):
    """``total`` is None unless all seven parts were charted; ``least`` counts what was."""

    total: int | None
    least: int
    parts: dict[str, int | None]
    complete: bool


class ItemScore(Frozen):
    """A sum of items. ``band`` is None unless complete; ``missing`` names the items of the total that are blank."""

    total: int | None
    complete: bool
    least: int
    most: int
    band: str | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News2Range:
    """NEWS2 with what is still possible, for the rules."""

    parts: Mapping[str, Possible]
    missing: tuple[str, ...]

    @property
    def least(self) -> int:
        return sum(part.least for part in self.parts.values())

    @property
    def most(self) -> int:
        return sum(part.most for part in self.parts.values())

    @property
    def highest_known_part(self) -> int:
        return max(part.least for part in self.parts.values())

    @property
    def highest_possible_part(self) -> int:
        return max(part.most for part in self.parts.values())


def news2_range(vitals: Vitals | None, spo2_scale: int, scale: Scale) -> News2Range:
    """Every part of NEWS2 as the scores it can still have; ``missing`` names the input fields that are blank."""
    seen = vitals or Vitals()
    parts = {
        "respiratory_rate": _measured(scale.measured("respiratory_rate"), seen.respiratory_rate),
        "spo2": _spo2(seen, spo2_scale, scale),
        "oxygen": _chosen(
            scale.choice("oxygen"), None if seen.on_oxygen is None else "oxygen" if seen.on_oxygen else "air"
        ),
        "systolic": _measured(scale.measured("systolic"), seen.systolic),
        "pulse": _measured(scale.measured("pulse"), seen.pulse),
        "consciousness": _chosen(scale.choice("consciousness"), seen.acvpu),
        "temperature": _measured(scale.measured("temperature"), seen.celsius),
    }
    return News2Range(parts, _blank(seen))


def _blank(vitals: Vitals) -> tuple[str, ...]:
    charted = {
        "respiratory_rate": vitals.respiratory_rate,
        "spo2": vitals.spo2,
        "on_oxygen": vitals.on_oxygen,
        "systolic": vitals.systolic,
        "pulse": vitals.pulse,
        "acvpu": vitals.acvpu,
        "temperature_c": vitals.celsius,
    }
    return tuple(field for field in NEWS2_PARTS.values() if charted[field] is None)


def _spo2(vitals: Vitals, spo2_scale: int, scale: Scale) -> Possible:
    """Under the second scale a saturation above the target scores only on oxygen."""
    if spo2_scale == 1:
        return _measured(scale.measured("spo2_scale_1"), vitals.spo2)
    on_air = _measured(scale.measured("spo2_scale_2_air"), vitals.spo2)
    on_oxygen = _measured(scale.measured("spo2_scale_2_oxygen"), vitals.spo2)
    if vitals.on_oxygen is None:
        return Possible(min(on_air.least, on_oxygen.least), max(on_air.most, on_oxygen.most))
    return on_oxygen if vitals.on_oxygen else on_air


def _measured(item: MeasuredItem, reading: Decimal | int | None) -> Possible:
    if reading is None:
        return Possible(min(band.score for band in item.bands), item.highest)
    score = item.score_of(reading)
    return Possible(score, score)


def _chosen(item: ChoiceItem, value: str | None) -> Possible:
    if value is None:
        return Possible(item.lowest_score, item.highest_score)
    score = item.score_of(value)
    return Possible(score, score)


def news2(vitals: Vitals | None, spo2_scale: int, scale: Scale) -> News2Score:
    """NEWS2 of the vitals; zero breaths and zero pulse are readings like any other."""
    return news2_score(news2_range(vitals, spo2_scale, scale))


def news2_score(found: News2Range) -> News2Score:
    """What is shown of NEWS2; a part whose own reading is blank is None, whatever it could be."""
    blank = {part for part, field in NEWS2_PARTS.items() if field in found.missing}
    parts = {part: None if part in blank else possible.known for part, possible in found.parts.items()}
    complete = not found.missing
    return News2Score(total=found.least if complete else None, least=found.least, parts=parts, complete=complete)


def news2_not_valid() -> News2Score:
    """What is shown in pregnancy and under 16 years: no total, no parts."""
    return News2Score(total=None, least=0, parts=dict.fromkeys(NEWS2_PARTS), complete=False)


def items_score(scale: Scale, answers: Mapping[str, object]) -> ItemScore:
    """The sum of a scale's items, of which ``answers`` holds those that were given, by item id."""
    scores = {item.id: item.score_of(answers[item.id]) for item in scale.items_of_total if item.id in answers}
    missing = tuple(item.id for item in scale.items_of_total if item.id not in scores)
    least = sum(scores.get(item.id, item.lowest_score) for item in scale.items_of_total)
    most = sum(scores.get(item.id, item.highest_score) for item in scale.items_of_total)
    return _score_between(scale, least, most, missing)


def ciwa_b(given: CiwaB | None, scale: Scale) -> ItemScore:
    """CIWA-B: 20 of the 22 items; hours slept and minutes to fall asleep stand outside the total."""
    return items_score(scale, given.scores() if given else {})


def four_at(given: FourAt | None, scale: Scale) -> ItemScore:
    """The 4AT; untestable scores as the scale file says."""
    return items_score(scale, {name: value for name, value in (given or FourAt()) if value is not None})


def questionnaire(given: Iterable[int | None] | None, scale: Scale) -> ItemScore:
    """PHQ-9 or GAD-7: the answers in the form's order, None for one that was left out."""
    answers = {str(number): answer for number, answer in enumerate(given or (), 1) if answer is not None}
    return items_score(scale, answers)


def _score_between(scale: Scale, least: int, most: int, missing: tuple[str, ...]) -> ItemScore:
    complete = not missing
    band = scale.bands.name_of(least) if complete and scale.bands else None
    return ItemScore(
        total=least if complete else None, complete=complete, least=least, most=most, band=band, missing=missing
    )


def suicide_screen_answered(observation: Observation) -> bool:
    """Whether ASQ or C-SSRS was asked and answered; refused, or opened and left blank, is not answered."""
    return _asq_answered(observation) or _cssrs_answered(observation)


def _asq_answered(observation: Observation) -> bool:
    asq = observation.asq
    return isinstance(asq, Asq) and asq_any_yes(asq) is not None


def _cssrs_answered(observation: Observation) -> bool:
    """Questions 1 and 2 decide how the screener goes on."""
    cssrs = observation.cssrs
    return isinstance(cssrs, Cssrs) and cssrs.q1 is not None and cssrs.q2 is not None


def asq_any_yes(asq: Asq) -> bool | None:
    """Whether one of the first four was yes; None while none was and one is not answered."""
    answers = (asq.q1, asq.q2, asq.q3, asq.q4)
    if any(answer == "yes" for answer in answers):
        return True
    return False if all(answer == "no" for answer in answers) else None
